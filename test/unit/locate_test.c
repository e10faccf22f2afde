/* definition/locate: pointers to lines and columns. */
#include "definition/locate.h"

#include "base/buf.h"
#include "definition/findings.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

static const char text[] = "{\n"
                           "  \"name\": \"shop\",\n"
                           "  \"a\": { \"b\": [1, {\"c\": null}, [true, 2.5e3]] },\n"
                           "  \"a-b\": 1, \"a/b\": 2, \"m~n\": 3, \"\": 4,\n"
                           "  \"gr\xc3\xb6\xc3\x9f"
                           "e\": { \"\\u0061\\n\": 5 }, \"z\": \"x\",\n"
                           "\t\"list\": [0,1,2,3,4,5,6,7,8,9,\"ten\",11]\n"
                           "}\n";

static const struct {
    const char *pointer;
    unsigned line, column;
} known[] = {
    {"", 1, 1},
    {"/name", 2, 3},
    {"/a", 3, 3},
    {"/a/b", 3, 10},
    {"/a/b/0", 3, 16},
    {"/a/b/1", 3, 19},
    {"/a/b/1/c", 3, 20},
    {"/a/b/2", 3, 32},
    {"/a/b/2/1", 3, 39},
    {"/a-b", 4, 3},
    {"/a~1b", 4, 13},
    {"/m~0n", 4, 23},
    {"/", 4, 33},
    {"/gr\xc3\xb6\xc3\x9f"
     "e",
     5, 3},
    {"/gr\xc3\xb6\xc3\x9f"
     "e/a\n",
     5, 14},
    {"/z", 5, 31},
    {"/list/10", 6, 31},
    {"/list/11", 6, 37},
    {"/list/1", 6, 13},
    /* not there: the nearest thing around it */
    {"/nobody", 1, 1},
    {"/a/x/y/z", 3, 3},
    {"/a/b/7", 3, 10},
    {"/a/b/1/c/d", 3, 20},
    {"/list/01", 6, 2},
    {"/list/-", 6, 2},
    {"/name/0", 2, 3},
};

static void finds_everything_at_once(void)
{
    enum { COUNT = sizeof known / sizeof known[0] };
    struct place places[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        places[i] = (struct place){.pointer = known[i].pointer, .inside = FINDING_WHOLE, .owner = i};
    locate(text, strlen(text), places, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        size_t owner = places[i].owner;
        bool good = places[i].line == known[owner].line && places[i].column == known[owner].column;
        CU_ASSERT_TRUE(good);
        if (!good)
            printf("\n%s: found %u:%u", known[owner].pointer, places[i].line, places[i].column);
    }
}

static void finds_each_alone(void)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct place place = {.pointer = known[i].pointer, .inside = FINDING_WHOLE};
        locate(text, strlen(text), &place, 1);
        CU_ASSERT_EQUAL(place.line, known[i].line);
        CU_ASSERT_EQUAL(place.column, known[i].column);
    }
}

/* Bytes of the string's meaning, not of its spelling. */
static void inside_strings(void)
{
    static const char json[] = "{ \"when\": \"a\\\"\\u00e9\xc3\xa9\\ud83d\\ude00\\n<\" }";
    static const struct {
        size_t inside;
        unsigned column;
    } wanted[] = {{0, 12}, {1, 13}, {2, 15}, {4, 21}, {6, 22}, {10, 34}, {11, 36}, {12, 37}, {99, 37}};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        struct place place = {.pointer = "/when", .inside = wanted[i].inside};
        locate(json, strlen(json), &place, 1);
        CU_ASSERT_EQUAL(place.column, wanted[i].column);
    }
    struct place number = {.pointer = "/a", .inside = 3}; /* no string: the member itself */
    locate("{\"a\": 1234}", 11, &number, 1);
    CU_ASSERT_EQUAL(number.column, 2);
}

static void last_of_two_counts(void)
{
    struct place place = {.pointer = "/a/c", .inside = FINDING_WHOLE};
    static const char json[] = "{\"a\": {\"b\": 1},\n \"\\u0061\": {\"c\": 2}}";
    locate(json, strlen(json), &place, 1);
    CU_ASSERT_EQUAL(place.line, 2);
    CU_ASSERT_EQUAL(place.column, 13);
}

/* Whatever it is given, it ends and stays within the text. */
static void broken_texts(void)
{
    for (size_t cut = 0; cut <= strlen(text); cut++) {
        struct place places[2] = {{.pointer = "/a/b/1/c", .inside = 5}, {.pointer = "/list/10", .inside = 1}};
        char copy[sizeof text];
        memcpy(copy, text, cut);
        locate(copy, cut, places, 2);
        CU_ASSERT_TRUE(places[0].offset <= cut && places[1].offset <= cut);
        CU_ASSERT_TRUE(places[0].line >= 1 && places[0].column >= 1);
    }
    static const char *const odd[] = {"",        "]",    "[,,]",           "{\"a\" 1}", "[1 2]",
                                      "{\"a\":", "\"\\", "{\"a\":\"\\u12", "\xff\xfe",  "[[[[[["};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        struct place place = {.pointer = "/0/0/0/0/0/0/0", .inside = 0};
        locate(odd[i], strlen(odd[i]), &place, 1);
        CU_ASSERT_TRUE(place.offset <= strlen(odd[i]));
    }
}

/* Many places in a wide file: one walk, not one for each. */
static void wide_files(void)
{
    enum { WIDTH = 50000, COUNT = 1000 };
    struct buf buf;
    buf_init(&buf, 1 << 20);
    buf_putc(&buf, '[');
    for (int i = 0; i < WIDTH; i++)
        buf_puts(&buf, i ? ",\n{\"k\":1}" : "{\"k\":1}");
    buf_putc(&buf, ']');
    static struct place places[COUNT];
    static char pointers[COUNT][24];
    for (size_t i = 0; i < COUNT; i++) {
        snprintf(pointers[i], sizeof pointers[i], "/%zu/k", i * 50);
        places[i] = (struct place){.pointer = pointers[i], .inside = FINDING_WHOLE, .owner = i};
    }
    locate(buf.data, buf.length, places, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        CU_ASSERT_EQUAL(places[i].line, places[i].owner * 50 + 1);
        CU_ASSERT_EQUAL(places[i].column, places[i].owner ? 2 : 3);
    }
    buf_done(&buf);
}

void locate_test_suite(void);
void locate_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("definition/locate", NULL, NULL);
    CU_add_test(suite, "finds pointers, in one walk", finds_everything_at_once);
    CU_add_test(suite, "finds pointers, one by one", finds_each_alone);
    CU_add_test(suite, "finds places inside strings, through escapes", inside_strings);
    CU_add_test(suite, "of a key that stands twice, the last one counts", last_of_two_counts);
    CU_add_test(suite, "survives texts that are no JSON", broken_texts);
    CU_add_test(suite, "stays fast in wide files", wide_files);
}
