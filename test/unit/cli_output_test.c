/* cli/text, cli/times, cli/output, cli/listing: what reaches the terminal. */
#include "base/mem.h"
#include "base/time.h"
#include "cli/listing.h"
#include "cli/output.h"
#include "cli/text.h"
#include "cli/times.h"

#include <CUnit/Basic.h>
#include <string.h>

static void expect(struct buf *buf, const char *expected)
{
    if (strcmp(buf_text(buf), expected) != 0)
        printf("\n--- expected\n%s\n--- found\n%s\n", expected, buf_text(buf));
    CU_ASSERT_STRING_EQUAL(buf_text(buf), expected);
    buf_clear(buf);
}

static void shown_not_obeyed(void)
{
    struct buf buf;
    buf_init(&buf, 10000);
    text_put(&buf, "plain \xc3\xa4\xe2\x82\xac");
    expect(&buf, "plain \xc3\xa4\xe2\x82\xac");
    text_put(&buf, "\033[2J\a\b\x7f\r\n\t");
    expect(&buf, "\\u001b[2J\\u0007\\u0008\\u007f\\r\\n\\t");
    text_put(&buf, "\xc2\x9b"
                   "31m \xe2\x80\xae evil \xef\xbb\xbf \xe2\x80\xa8");
    expect(&buf, "\\u009b31m \\u202e evil \\ufeff \\u2028");
    text_put(&buf, "\xff\xc3(\xed\xa0\x80");
    expect(&buf, "\\xff\\xc3(\\xed\\xa0\\x80");
    buf_done(&buf);
}

static void words_for_a_shell(void)
{
    struct buf buf;
    buf_init(&buf, 1000);
    text_put_word(&buf, "order-1001/a");
    expect(&buf, "order-1001/a");
    text_put_word(&buf, "");
    expect(&buf, "''");
    text_put_word(&buf, "it's; rm -rf $HOME");
    expect(&buf, "'it'\\''s; rm -rf $HOME'");
    buf_done(&buf);
}

static void cells(void)
{
    struct buf buf;
    buf_init(&buf, 1000);
    CU_ASSERT_EQUAL(text_width("\xe6\xbc\xa2\xe5\xad\x97"
                               "a\xcc\x81"),
                    5); /* two wide, one with an accent */
    text_put_cell(&buf, "abc", 5);
    expect(&buf, "abc  ");
    text_put_cell(&buf, "abcdef", 4);
    expect(&buf, "abc~");
    text_put_cell(&buf, "\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2", 4); /* half a wide character does not fit */
    expect(&buf, "\xe6\xbc\xa2~ ");
    text_put_cell(&buf, "ab", 0);
    expect(&buf, "");
    text_put_cell(&buf, "ab", 1);
    expect(&buf, "~");
    buf_done(&buf);
}

static void times_read(void)
{
    static const char *const wrong[] = {"",
                                        "2026",
                                        "2026-01-02",
                                        "2026-01-02 03:04:05Z",
                                        "2026-01-02T03:04:05",
                                        "2026-01-02T03:04:05.Z",
                                        "2026-13-02T03:04:05Z",
                                        "2026-01-02T24:04:05Z",
                                        "1969-12-31T23:59:59Z",
                                        "2026-01-02T03:04:05+2:00",
                                        "2026-01-02T03:04:05Zx",
                                        "-026-01-02T03:04:05Z",
                                        "2026-01-02T03:04:05+25:00",
                                        "2026-01-02T03:04: 5Z"};
    uint64_t ms = 7;
    char text[TIME_TEXT];
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CU_ASSERT_FALSE(time_parse(wrong[i], &ms));
    CU_ASSERT_EQUAL(ms, 7);
    CU_ASSERT_TRUE(time_parse("1970-01-01T00:00:01Z", &ms));
    CU_ASSERT_EQUAL(ms, 1000);
    CU_ASSERT_TRUE(time_parse("2026-01-02T03:04:05.6789Z", &ms));
    time_print(ms, text);
    CU_ASSERT_STRING_EQUAL(text, "2026-01-02T03:04:05.678Z");
    CU_ASSERT_TRUE(time_parse("2026-01-02T05:04:05.5+02:00", &ms));
    time_print(ms, text);
    CU_ASSERT_STRING_EQUAL(text, "2026-01-02T03:04:05.500Z");
    time_print(253402300800007, text);
    CU_ASSERT_STRING_EQUAL(text, "10000-01-01T00:00:00.007Z");
}

static void spans(void)
{
    static const struct {
        uint64_t ms;
        const char *text;
    } cases[] = {{0, "0ms"},          {999, "999ms"},
                 {1000, "1.00s"},     {59999, "59.99s"},
                 {60000, "1m00s"},    {3599999, "59m59s"},
                 {3600000, "1h00m"},  {86399999, "23h59m"},
                 {86400000, "1d00h"}, {UINT64_MAX, "213503982334d14h"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[TIMES_TEXT];
        times_print_span(cases[i].ms, text);
        CU_ASSERT_STRING_EQUAL(text, cases[i].text);
    }
}

static void points(void)
{
    struct error error;
    uint64_t ms = 0;
    CU_ASSERT_EQUAL(times_parse_point("--since", "2h", 10000000, &ms, &error), 0);
    CU_ASSERT_EQUAL(ms, 2800000);
    CU_ASSERT_EQUAL(times_parse_point("--since", "7d", 1000, &ms, &error), 0);
    CU_ASSERT_EQUAL(ms, 0);
    CU_ASSERT_EQUAL(times_parse_point("--since", "1970-01-01T00:00:01Z", 5, &ms, &error), 0);
    CU_ASSERT_EQUAL(ms, 1000);
    CU_ASSERT_EQUAL(times_parse_point("--since", "yesterday", 5, &ms, &error), ERROR_USAGE);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "--since takes a time"));
}

static const struct column columns[] = {
    {.title = "ID", .member = "id", .flexible = true},
    {.title = "STATUS", .member = "status", .kind = COLUMN_STATUS},
    {.title = "STEP", .member = "step", .flexible = true},
    {.title = "AGE", .member = "at", .kind = COLUMN_AGE},
    {.title = "TAGS", .member = "tags", .kind = COLUMN_LIST},
    {.title = "EXTRA", .member = "extra", .kind = COLUMN_JSON, .wide = true},
};

static json_t *rows(void)
{
    return json_pack("[{s:s, s:s, s:s, s:[s,s], s:{s:i}}, {s:s, s:s}]", "id", "order-1", "status", "paused", "at",
                     "1970-01-01T00:00:01.000Z", "tags", "vip", "e\033u", "extra", "n", 1, "id",
                     "a-much-longer-id", "status", "running");
}

static void put(struct output output, struct buf *buf, const json_t *list)
{
    listing_put(&output, buf, columns, sizeof columns / sizeof *columns, list);
}

static void tables(void)
{
    struct buf buf;
    json_t *list = rows(), *none = json_array();
    buf_init(&buf, 10000);
    put((struct output){.now_ms = 3500}, &buf, list);
    expect(&buf, "ID                STATUS   AGE    TAGS\n"
                 "order-1           paused   2.50s  vip,e\\u001bu\n"
                 "a-much-longer-id  running\n");
    put((struct output){.format = FORMAT_WIDE, .now_ms = 3500}, &buf, list);
    expect(&buf, "ID                STATUS   AGE                       TAGS          EXTRA\n"
                 "order-1           paused   1970-01-01T00:00:01.000Z  vip,e\\u001bu  {\"n\":1}\n"
                 "a-much-longer-id  running\n");
    put((struct output){.now_ms = 3500, .width = 40, .terminal = true}, &buf, list);
    expect(&buf, "ID          STATUS   AGE    TAGS\n"
                 "order-1     paused   2.50s  vip,e\\u001bu\n"
                 "a-much-lo~  running\n");
    put((struct output){0}, &buf, none);
    expect(&buf, "ID  STATUS  STEP  AGE  TAGS\n");
    json_decref(none);
    json_decref(list);
    buf_done(&buf);
}

static void colours(void)
{
    struct buf buf;
    json_t *list = json_pack("[{s:s, s:s}]", "id", "x", "status", "completed");
    buf_init(&buf, 10000);
    put((struct output){.colour = true}, &buf, list);
    expect(&buf, "\033[1mID\033[0m  \033[1mSTATUS\033[0m\nx   \033[32mcompleted\033[0m\n");
    json_decref(list);
    buf_done(&buf);
}

static void json_forms(void)
{
    struct buf buf;
    json_t *list = rows(), *evil = json_pack("{s:s}", "a\xc2\x9b", "\xe2\x80\xae\x7f\033\xc3\xa4");
    buf_init(&buf, 10000);
    put((struct output){.format = FORMAT_JSONL}, &buf, list);
    expect(&buf, "{\"id\":\"order-1\",\"status\":\"paused\",\"at\":\"1970-01-01T00:00:01.000Z\",\"tags\":[\"vip\","
                 "\"e\\u001Bu\"],\"extra\":{\"n\":1}}\n{\"id\":\"a-much-longer-id\",\"status\":\"running\"}\n");
    put((struct output){.format = FORMAT_JSON}, &buf, list);
    json_t *again = json_loads(buf_text(&buf), 0, NULL);
    CU_ASSERT_TRUE(json_equal(list, again));
    buf_clear(&buf);
    output_put_json_line(&buf, evil);
    json_decref(again);
    again = json_loads(buf_text(&buf), 0, NULL);
    CU_ASSERT_TRUE(json_equal(evil, again)); /* still the same value */
    expect(&buf, "{\"a\\u009b\":\"\\u202e\\u007f\\u001B\xc3\xa4\"}");
    json_decref(again);
    json_decref(evil);
    json_decref(list);
    buf_done(&buf);
}

/* Rows of no use are shown as well as can be, and never crash. */
static void odd_rows(void)
{
    struct buf buf;
    json_t *list = json_pack("[n, i, [], {s:[i], s:i, s:i, s:{}}]", 5, "id", 1, "status", 7, "at", 9, "tags");
    buf_init(&buf, 10000);
    put((struct output){0}, &buf, list);
    CU_ASSERT_PTR_NOT_NULL(strstr(buf_text(&buf), "[1]"));
    buf_clear(&buf);
    put((struct output){0}, &buf, NULL);
    expect(&buf, "ID  STATUS  STEP  AGE  TAGS\n");
    json_decref(list);
    buf_done(&buf);
}

void cli_output_test_suite(void);
void cli_output_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("cli/output", NULL, NULL);
    CU_add_test(suite, "control characters are shown, not obeyed", shown_not_obeyed);
    CU_add_test(suite, "words that a shell reads as they are", words_for_a_shell);
    CU_add_test(suite, "cells have exactly their width", cells);
    CU_add_test(suite, "times are read as RFC 3339 has them", times_read);
    CU_add_test(suite, "spans as people say them", spans);
    CU_add_test(suite, "points in time, or so long ago", points);
    CU_add_test(suite, "tables leave out empty columns and fit the terminal", tables);
    CU_add_test(suite, "colours only when asked for", colours);
    CU_add_test(suite, "JSON stays the same value and is safe", json_forms);
    CU_add_test(suite, "rows that are no rows", odd_rows);
}
