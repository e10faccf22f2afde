/* cli: what differs between two values, and `belay diff`. */
#include "cli/commands.h"
#include "cli/compare.h"
#include "cli_runner.h"

#include <CUnit/Basic.h>
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* One line for each difference: "changed /a/b 1 -> 2 (step)". */
static void expect(const char *from, const char *to, const char *expected)
{
    json_t *a = json_loads(from, JSON_DECODE_ANY, NULL), *b = json_loads(to, JSON_DECODE_ANY, NULL), *row;
    CU_ASSERT_PTR_NOT_NULL_FATAL(a);
    CU_ASSERT_PTR_NOT_NULL_FATAL(b);
    json_t *found = compare_values(a, b);
    char text[2000] = "";
    size_t i;
    json_array_foreach(found, i, row)
    {
        size_t used = strlen(text);
        const char *step = json_string_value(json_object_get(row, "step"));
        char *old = json_dumps(json_object_get(row, "from"), JSON_ENCODE_ANY | JSON_COMPACT);
        char *new = json_dumps(json_object_get(row, "to"), JSON_ENCODE_ANY | JSON_COMPACT);
        snprintf(text + used, sizeof text - used, "%s%s %s%s%s%s%s%s%s", used ? "\n" : "",
                 json_string_value(json_object_get(row, "change")),
                 json_string_value(json_object_get(row, "pointer")), old ? " -" : "", old ? old : "",
                 new ? " +" : "", new ? new : "", step ? " @" : "", step ? step : "");
        free(old);
        free(new);
    }
    if (strcmp(text, expected) != 0)
        printf("\n%s\n%s\n--- expected\n%s\n--- found\n%s\n", from, to, expected, text);
    CU_ASSERT_STRING_EQUAL(text, expected);
    json_decref(found);
    json_decref(a);
    json_decref(b);
}

static void values(void)
{
    expect("{}", "{}", "");
    expect("1", "1.0", "");
    expect("[1,{\"a\":2}]", "[1.0,{\"a\":2.0}]", "");
    expect("9007199254740993", "9007199254740992", "changed  -9007199254740993 +9007199254740992");
    expect("1", "\"1\"", "changed  -1 +\"1\"");
    expect("null", "false", "changed  -null +false");
    expect("{\"a\":1,\"b\":2}", "{\"b\":3,\"c\":null}", "removed /a -1\nchanged /b -2 +3\nadded /c +null");
    expect("{\"a/b\":{\"~\":1}}", "{\"a/b\":{\"~\":2}}", "changed /a~1b/~0 -1 +2");
    expect("[1,2,3]", "[1,3]", "removed /1 -2");
    expect("[1,3]", "[0,1,2,3]", "added /0 +0\nadded /2 +2");
    expect("[1,2]", "[2,1]", "changed /0 -1 +2\nchanged /1 -2 +1");
    expect("[]", "[[]]", "added /0 +[]");
    expect("{\"a\":[]}", "{\"a\":{}}", "changed /a -[] +{}");
}

static void by_id(void)
{
    expect("{\"steps\":[{\"id\":\"a\"},{\"id\":\"b\",\"x\":1},{\"id\":\"c\"}]}",
           "{\"steps\":[{\"id\":\"b\",\"x\":2},{\"id\":\"d\"},{\"id\":\"c\"}]}",
           "removed /steps/0 -{\"id\":\"a\"} @a\nchanged /steps/0/x -1 +2 @b\nadded /steps/1 +{\"id\":\"d\"} @d");
    expect("[{\"id\":\"a\"},{\"id\":\"b\"},{\"id\":\"c\"}]", "[{\"id\":\"c\"},{\"id\":\"a\"},{\"id\":\"b\"}]",
           "moved /0");
    expect("[{\"id\":\"a\"},{\"id\":\"b\"},{\"id\":\"c\"}]", "[{\"id\":\"c\"},{\"id\":\"b\"},{\"id\":\"a\"}]",
           "moved /1\nmoved /2");
    expect("[{\"id\":\"a\",\"steps\":[{\"id\":\"b\",\"body\":{\"k\":[1]}}]}]",
           "[{\"id\":\"a\",\"steps\":[{\"id\":\"b\",\"body\":{\"k\":[1,2]}}]}]",
           "added /0/steps/0/body/k/1 +2 @b");
    /* One without an id: they are a list like any other. */
    expect("[{\"id\":\"a\"},{}]", "[{\"id\":\"b\"},{}]", "changed /0/id -\"a\" +\"b\" @b");
}

/* Pairs keep their order, whatever the lists are; and huge ones cost no table. */
static void alignments(void)
{
    json_t *from = json_array(), *to = json_array();
    static size_t pair[5000];
    for (int i = 0; i < 5000; i++) {
        json_array_append_new(from, json_integer(i * 7 % 13));
        json_array_append_new(to, json_integer(i * 5 % 11));
    }
    compare_align(from, to, pair);
    for (size_t i = 0, last = 0; i < 5000; i++) {
        if (pair[i] == SIZE_MAX)
            continue;
        CU_ASSERT_TRUE_FATAL(pair[i] < 5000 && (i == 0 || pair[i] >= last));
        CU_ASSERT_TRUE_FATAL(json_equal(json_array_get(from, i), json_array_get(to, pair[i])));
        last = pair[i] + 1;
    }
    json_decref(from);
    json_decref(to);
}

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs(text, file);
    fclose(file);
}

static void files(void)
{
    static const char one[] = "/tmp/belay-diff-1.json", two[] = "/tmp/belay-diff-2.json";
    struct run run;
    put(one, "{\"name\":\"o\",\"version\":1,\"timeout\":\"1h\",\"steps\":[{\"id\":\"a\",\"x\":\"\\u001b[2J\"}]}");
    put(two, "{\"name\":\"o\",\"version\":1,\"timeout\":\"2h\",\"steps\":[{\"id\":\"a\"},{\"id\":\"b\"}]}");
    RUN(&run, NULL, "diff", one, two);
    CU_ASSERT_EQUAL(run.status, EXIT_DONE);
    CU_ASSERT_STRING_EQUAL(run.out,
                           "o v1 -> o v1: 3 changes\n  the saga\n    ~ /timeout changed: \"1h\" -> \"2h\"\n"
                           "  step a\n    - /steps/0/x removed: \"\\u001B[2J\"\n"
                           "  step b\n    + /steps/1 added: {\"id\":\"b\"}\n");
    run_expect(run.err, "once registered, a version never changes");
    run_done(&run);
    RUN(&run, NULL, "diff", one, one);
    CU_ASSERT_STRING_EQUAL(run.out, "o v1 -> o v1: nothing changed\n");
    CU_ASSERT_STRING_EQUAL(run.err, "");
    run_done(&run);
    RUN(&run, NULL, "diff", one, "/nowhere.json");
    CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
    run_expect(run.err, "belay diff NAME V1 V2");
    run_done(&run);
    RUN(&run, NULL, "diff", one);
    CU_ASSERT_EQUAL(run.status, EXIT_MISUSED);
    run_done(&run);
}

static void registered(void)
{
    static const struct scene scenes[] = {
        {"GET /v1/definitions/my%20saga/1", 200, NULL, "{\"definition\":{\"name\":\"my saga\",\"version\":1}}"},
        {"GET /v1/definitions/my%20saga/3", 200, NULL,
         "{\"definition\":{\"name\":\"my saga\",\"version\":3,\"tags\":[\"x\"]}}"},
        {"GET /v1/definitions/x/1", 404, "application/problem+json",
         "{\"code\":\"not_found\",\"detail\":\"no x\"}"},
        {"GET /v1/definitions/x/1", 200, NULL, "[]"},
    };
    struct cli_server *server = PLAY(scenes);
    const char *url = cli_server_url(server);
    struct run run;
    RUN(&run, url, "diff", "my saga", "1", "3", "-o", "jsonl");
    CU_ASSERT_EQUAL(run.status, EXIT_DONE);
    CU_ASSERT_STRING_EQUAL(run.out, "{\"change\":\"changed\",\"pointer\":\"/version\",\"from\":1,\"to\":3}\n"
                                    "{\"change\":\"added\",\"pointer\":\"/tags\",\"to\":[\"x\"]}\n");
    run_done(&run);
    for (int i = 0; i < 2; i++) {
        RUN(&run, url, "diff", "x", "1", "2");
        CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
        run_done(&run);
    }
    RUN(&run, url, "diff", "x", "1", "two");
    CU_ASSERT_EQUAL(run.status, EXIT_MISUSED);
    run_expect(run.err, "V2 takes a whole number");
    run_done(&run);
    CU_ASSERT_EQUAL(cli_server_stop(server), 0);
}

void cli_diff_test_suite(void);
void cli_diff_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("cli_diff", NULL, NULL);
    CU_add_test(suite, "values", values);
    CU_add_test(suite, "steps by their id", by_id);
    CU_add_test(suite, "alignments", alignments);
    CU_add_test(suite, "two files", files);
    CU_add_test(suite, "two registered versions", registered);
}
