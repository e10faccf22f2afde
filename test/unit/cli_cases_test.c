/* cli: `belay test`: cases that hold, cases that do not, and files that are none. */
#include "cli/commands.h"
#include "cli_runner.h"

#include <CUnit/Basic.h>
#include <glob.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

static const char saga_path[] = "/tmp/belay-cases-test.saga.json";
static const char cases_path[] = "/tmp/belay-cases-test.test.json";

static const char saga[] =
    "{\"name\":\"order\",\"version\":1,\"timeout\":\"1h\",\"defaults\":{\"timeout\":\"2s\",\"retry\":{"
    "\"maxAttempts\":3,\"initialInterval\":\"1s\",\"jitter\":\"none\"}},\"steps\":["
    "{\"id\":\"a\",\"participant\":\"p\",\"operation\":\"a\"},"
    "{\"id\":\"both\",\"parallel\":[{\"id\":\"b\",\"participant\":\"p\",\"operation\":\"b\"},"
    "{\"id\":\"c\",\"participant\":\"p\",\"operation\":\"c\",\"when\":\"input.c\"}]},"
    "{\"id\":\"d\",\"participant\":\"p\",\"action\":{\"request\":\"PUT /d/${ steps.b.output.n }\",\"headers\":"
    "{\"X-A\":\"${ steps.a.key }\"},\"body\":{\"n\":\"${ steps.b.output.n }\",\"s\":\"${ saga.startedAt }\"}},"
    "\"compensation\":{\"request\":\"DELETE /d\",\"body\":{\"why\":\"${ error.code }\"}}}],"
    "\"output\":{\"n\":\"${ steps.b.output.n }\"}}";

static const char *played = saga;

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs(text, file);
    fclose(file);
}

/* Runs one case; "answers" of the file make it go well. */
static void play(struct run *run, const char *one)
{
    char text[8000];
    snprintf(
        text, sizeof text,
        "{\"input\":{\"c\":true},\"answers\":{\"b\":{\"body\":{\"n\":7}}},\"cases\":[{\"name\":\"case\",%s}]}",
        one);
    put(saga_path, played);
    put(cases_path, text);
    RUN(run, NULL, "test", saga_path);
}

static void hold(const char *one)
{
    struct run run;
    play(&run, one);
    if (run.status != EXIT_DONE)
        printf("\n%s\n%s%s", one, run.out, run.err);
    CU_ASSERT_EQUAL(run.status, EXIT_DONE);
    run_done(&run);
}

static void fails(const char *one, const char *says)
{
    struct run run;
    play(&run, one);
    CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
    run_expect(run.out, "FAIL  case\n");
    run_expect(run.out, says);
    run_expect(run.out, "1 case, 1 failed");
    run_done(&run);
}

static void refused(const char *one, const char *says)
{
    struct run run;
    play(&run, one);
    CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
    CU_ASSERT_STRING_EQUAL(run.out, "");
    run_expect(run.err, cases_path);
    run_expect(run.err, says);
    run_done(&run);
}

static void cases_that_hold(void)
{
    hold("\"expect\":{\"status\":\"completed\",\"calls\":[\"a\",[\"c\",\"b\"],\"d\"],\"output\":{\"n\":7.0},"
         "\"bodies\":{\"d\":{\"n\":7,\"s\":\"2026-01-01T00:00:00.000Z\"},\"a\":{\"c\":true}},"
         "\"requests\":{\"d\":{\"method\":\"PUT\",\"path\":\"/d/7\",\"headers\":{\"X-A\":\"test/a/action\"}}},"
         "\"attempts\":{\"a\":1},\"within\":\"5ms\"}");
    hold("\"inputPatch\":{\"c\":false},\"expect\":{\"skipped\":[\"c\"],\"calls\":[\"a\",\"b\",\"d\"]}");
    hold("\"input\":{\"c\":false,\"x\":1},\"id\":\"o-1\",\"now\":\"2030-02-03T04:05:06Z\",\"expect\":{\"bodies\":{"
         "\"a\":"
         "{\"c\":false,\"x\":1},\"d\":{\"n\":7,\"s\":\"2030-02-03T04:05:06.000Z\"}},\"requests\":{\"d\":{"
         "\"headers\":"
         "{\"X-A\":\"o-1/a/action\"}}}}");
    /* Three timeouts of two seconds, waits of one and of two seconds. */
    hold("\"answers\":{\"d\":[\"timeout\"]},\"expect\":{\"status\":\"compensated\",\"cause\":\"step_exhausted\","
         "\"step\":\"d\",\"attempts\":{\"d\":3},\"within\":\"9010ms\",\"bodies\":{\"d.compensation\":{\"why\":"
         "\"step_exhausted\"}}}");
    fails("\"answers\":{\"d\":[\"timeout\"]},\"expect\":{\"within\":\"8900ms\"}",
          "expected at most 8900ms, it took 9");
    hold("\"answers\":{\"d\":{\"after\":\"3s\",\"status\":200}},\"expect\":{\"status\":\"compensated\"}");
    hold("\"answers\":{\"d\":[{\"status\":503,\"retryAfter\":\"1m\"},200]},\"expect\":{\"status\":\"completed\","
         "\"within\":\"61s\"}");
    hold("\"answers\":{\"d\":{\"text\":\"<html>\"}},\"expect\":{\"cause\":\"step_exhausted\"}");
    hold("\"answers\":{\"d\":[\"not_connected\",\"broken\",\"yes\"]},\"expect\":{\"attempts\":{\"d\":3}}");
    hold(
        "\"answers\":{\"c\":{\"code\":\"late\"}},\"expect\":{\"history\":[\"begun\",\"called a\",\"answered a yes "
        "200\",\"called b\",\"guarded c runs\",\"called c\",\"answered b yes 200\",\"answered c no "
        "409\",\"decided "
        "abort step_refused at c\",\"called b.compensation\",\"answered b.compensation yes 200\",\"called "
        "a.compensation\",\"answered a.compensation yes 200\",\"ended compensated\"]}");
}

static void an_input_that_is_refused(void)
{
    struct run run;
    put(saga_path,
        "{\"name\":\"i\",\"version\":1,\"timeout\":\"1h\",\"input\":{\"schema\":{\"type\":\"object\",\"required\":"
        "["
        "\"a\"],\"properties\":{\"b\":{\"type\":\"integer\"}}}},\"steps\":[{\"id\":\"a\",\"participant\":\"p\","
        "\"operation\":\"a\"}]}");
    put(cases_path,
        "{\"cases\":[{\"name\":\"x\",\"input\":{\"b\":\"c\"},\"expect\":{\"error\":\"/input/b\",\"calls\":[]}},"
        "{\"name\":\"y\",\"input\":{\"a\":1},\"expect\":{\"status\":\"completed\"}},"
        "{\"name\":\"z\",\"input\":{\"b\":1},\"expect\":{\"status\":\"completed\"}}]}");
    RUN(&run, NULL, "test", saga_path);
    CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
    run_expect(run.out, "ok    x\nok    y\nFAIL  z\n");
    run_expect(run.out, "it does not start: the input is not as i version 1 wants it");
    run_done(&run);
    RUN(&run, NULL, "plan", saga_path, "--input", "{\"b\":\"c\"}");
    CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
    run_expect(run.out, "refused\nit does not start: ");
    run_expect(run.out, "problem: /input/b: ");
    run_done(&run);
    RUN(&run, NULL, "plan", saga_path); /* without an input nothing can be said of it */
    CU_ASSERT_EQUAL(run.status, EXIT_DONE);
    run_done(&run);
}

static void cases_that_fail(void)
{
    fails("\"expect\":{\"status\":\"compensated\"}", "/cases/0/expect/status: expected \"compensated\", found "
                                                     "\"completed\"\n");
    fails("\"expect\":{\"step\":\"d\",\"status\":\"completed\"}", "/expect/step: expected a value, there is none");
    fails("\"expect\":{\"calls\":[\"a\",[\"b\",\"c\"],\"d\",\"d.compensation\"]}",
          "(- expected, + happened)\n          a\n          b\n          c\n          d\n        - "
          "d.compensation\n");
    fails("\"expect\":{\"calls\":[\"a\",\"d\"]}", "          a\n        + b\n        + c\n          d\n");
    fails("\"expect\":{\"calls\":[]}", "        + a\n");
    fails("\"expect\":{\"output\":{\"n\":8,\"m\":1}}", "/expect/output/n: expected 8, found 7\n");
    fails("\"expect\":{\"output\":{\"n\":8,\"m\":1}}", "/expect/output/m: expected 1, found nothing\n");
    fails("\"expect\":{\"bodies\":{\"d.compensation\":{}}}", "d.compensation was never called\n");
    fails("\"expect\":{\"bodies\":{\"d\":null}}", "/expect/bodies/d: expected null, found {");
    fails("\"expect\":{\"requests\":{\"d\":{\"path\":\"/e\",\"headers\":{\"X-B\":\"1\"}}}}",
          "/expect/requests/d/path: expected \"/e\", found \"/d/7\"\n");
    fails("\"expect\":{\"requests\":{\"d\":{\"headers\":{\"X-B\":\"1\"}}}}",
          "headers/X-B: expected a value, there is none");
    fails("\"expect\":{\"attempts\":{\"a\":2}}", "/expect/attempts/a: expected 2, it was tried 1 times");
    fails("\"expect\":{\"skipped\":[\"c\"]}", "c was not skipped\n");
    fails("\"expect\":{\"error\":\"schema\"}", "expected that it does not start: schema; it did");
    fails("\"expect\":{\"history\":[\"begun\",\"ended completed\"]}", "        + called a\n");
    fails("\"expect\":{\"status\":\"x\"}", "what happened:\n        begun\n        called a\n");
}

static void meanwhile(void)
{
    hold("\"answers\":{\"d\":{\"after\":\"1s\"}},\"meanwhile\":[{\"at\":\"500ms\",\"verb\":\"cancel\"}],"
         "\"expect\":{"
         "\"cause\":\"cancelled\",\"calls\":[\"a\",[\"b\",\"c\"],\"d\",\"d.compensation\",[\"b.compensation\","
         "\"c.compensation\"],\"a.compensation\"]}");
    fails("\"meanwhile\":[{\"at\":\"500ms\",\"verb\":\"cancel\"}],\"expect\":{\"status\":\"completed\"}",
          "/cases/0/meanwhile/0: the moment for it never came\n");
    fails(
        "\"answers\":{\"d\":{\"after\":\"1s\"}},\"meanwhile\":[{\"at\":\"5ms\",\"verb\":\"skip\",\"step\":\"a\"}],"
        "\"expect\":{\"status\":\"completed\"}",
        "/meanwhile/0: it was refused: ");
    hold("\"answers\":{\"d\":{\"after\":\"1s\"}},\"meanwhile\":[{\"at\":\"5ms\",\"verb\":\"skip\",\"step\":\"a\","
         "\"refused\":\"not stuck\"}],\"expect\":{\"status\":\"completed\"}");
    /* Paused by a person, gone on at the pause, paused again and ended. */
    hold("\"answers\":{\"d\":{\"after\":\"1s\"}},\"meanwhile\":[{\"at\":\"5ms\",\"verb\":\"pause\"},{\"verb\":"
         "\"resume\"},"
         "{\"at\":\"6ms\",\"verb\":\"pause\"},{\"verb\":\"terminate\",\"reason\":\"enough\"}],\"expect\":{"
         "\"status\":"
         "\"terminated\"}");
    hold("\"answers\":{\"a.compensation\":{\"status\":409}},\"inputPatch\":{\"c\":1},\"meanwhile\":[{\"at\":"
         "\"1h\",\"verb\":"
         "\"skip\",\"step\":\"a\",\"reason\":\"by hand\"}],\"expect\":{\"status\":\"compensated\"}");
}

/* What waits, calls back and is asked. */
static void outside(void)
{
    static const char text[] = "{\"name\":\"w\",\"version\":1,\"timeout\":\"9d\",\"steps\":[{\"id\":\"paid\","
                               "\"waitFor\":{\"signal\":\"paid\","
                               "\"timeout\":\"5d\"}},{\"id\":\"ok\",\"approval\":{\"title\":\"ok?\",\"roles\":["
                               "\"boss\"],\"timeout\":\"1d\"}},"
                               "{\"id\":\"nap\",\"delay\":\"2h\"},{\"id\":\"ship\",\"participant\":\"p\","
                               "\"operation\":\"ship\",\"async\":{"
                               "\"timeout\":\"6h\"}}],\"output\":{\"id\":\"${ steps.ship.output.id "
                               "}\",\"by\":\"${ steps.paid.output.by }\"}}";
    static const char cases[] =
        "{\"cases\":[{\"name\":\"all\",\"answers\":{\"ship\":{\"status\":202,\"callback\":{\"after\":\"5h\","
        "\"output\":{"
        "\"id\":9}}}},\"meanwhile\":[{\"verb\":\"approve\",\"step\":\"ok\",\"role\":\"boss\"},{\"at\":\"1d\","
        "\"verb\":"
        "\"signal\",\"signal\":\"paid\",\"output\":{\"by\":\"x\"}}],\"expect\":{\"status\":\"completed\","
        "\"output\":{\"id\":9,"
        "\"by\":\"x\"},\"within\":\"1d7h1s\"}},"
        "{\"name\":\"rejected\",\"meanwhile\":[{\"verb\":\"signal\",\"signal\":\"paid\",\"output\":{\"by\":1}},{"
        "\"verb\":"
        "\"reject\",\"step\":\"ok\",\"role\":\"boss\"}],\"expect\":{\"status\":\"compensated\",\"step\":\"ok\","
        "\"calls\":[]}},"
        "{\"name\":\"failed\",\"answers\":{\"ship\":202},\"meanwhile\":[{\"verb\":\"signal\",\"signal\":\"paid\","
        "\"output\":"
        "{\"by\":1}},{\"verb\":\"approve\",\"step\":\"ok\",\"role\":\"boss\"},{\"verb\":\"fail\",\"step\":"
        "\"ship\",\"code\":"
        "\"lost\"}],\"expect\":{\"status\":\"compensated\",\"step\":\"ship\"}},"
        "{\"name\":\"nobody\",\"expect\":{\"status\":\"compensated\",\"step\":\"paid\"}}]}";
    struct run run;
    put(saga_path, text);
    put(cases_path, cases);
    RUN(&run, NULL, "test", saga_path);
    if (run.status)
        printf("\n%s%s", run.out, run.err);
    CU_ASSERT_EQUAL(run.status, EXIT_DONE);
    run_done(&run);
}

static void files_that_are_none(void)
{
    refused("\"expect\":{}", "a case that expects nothing tests nothing");
    refused("\"answers\":{}", "a case that expects nothing tests nothing");
    refused("\"expects\":{\"status\":\"x\"}",
            "/cases/0: there is no key \"expects\" here; did you mean \"expect\"?");
    refused("\"expect\":{\"stauts\":1}",
            "/cases/0/expect: there is no key \"stauts\" here; did you mean \"status\"?");
    refused("\"answers\":{\"dd\":200},\"expect\":{\"status\":\"x\"}", "/cases/0/answers: there is no step \"dd\"");
    refused("\"answers\":{\"d.compensate\":200},\"expect\":{\"status\":\"x\"}", "\"d.compensate\" is no call");
    refused("\"answers\":{\"d[1\":200},\"expect\":{\"status\":\"x\"}", "has no ] behind its item");
    refused("\"answers\":{\"d\":\"maybe\"},\"expect\":{\"status\":\"x\"}", "/answers/d/0: \"maybe\" is no answer");
    refused("\"answers\":{\"d\":[]},\"expect\":{\"status\":\"x\"}", "\"d\" has no answers");
    refused("\"answers\":{\"d\":[200,99]},\"expect\":{\"status\":\"x\"}", "/d/1: an answer is a status");
    refused("\"answers\":{\"d\":{\"status\":0}},\"expect\":{\"status\":\"x\"}", "from 100 to 599");
    refused("\"answers\":{\"d\":{\"after\":5}},\"expect\":{\"status\":\"x\"}", "\"after\" is a time span");
    refused("\"answers\":{\"d\":{\"transport\":\"ok\"}},\"expect\":{\"status\":\"x\"}", "\"transport\" is");
    refused("\"answers\":{\"d\":{\"code\":1}},\"expect\":{\"status\":\"x\"}", "are texts");
    refused("\"answers\":{\"d\":{\"callback\":{\"status\":\"maybe\"}}},\"expect\":{\"status\":\"x\"}",
            "done or failed");
    refused("\"expect\":{\"calls\":[\"q\"]}", "/expect/calls: there is no step \"q\"");
    refused("\"expect\":{\"calls\":[[1]]}", "expected names of calls");
    refused("\"expect\":{\"calls\":\"a\"}", "\"calls\" is a list");
    refused("\"expect\":{\"bodies\":[]}", "\"bodies\" is an object");
    refused("\"expect\":{\"within\":\"soon\"}", "\"within\" is a time span");
    refused("\"now\":\"today\",\"expect\":{\"status\":\"x\"}", "\"now\" is a time");
    refused("\"id\":\"\",\"expect\":{\"status\":\"x\"}", "\"id\" is a text");
    refused("\"inputPatch\":1,\"expect\":{\"status\":\"x\"}", "\"inputPatch\" is an object");
    refused("\"meanwhile\":{},\"expect\":{\"status\":\"x\"}", "\"meanwhile\" is a list");
    refused("\"meanwhile\":[{}],\"expect\":{\"status\":\"x\"}", "/meanwhile/0: \"verb\" is");
    refused("\"meanwhile\":[{\"verb\":\"skip\"}],\"expect\":{\"status\":\"x\"}", "\"skip\" needs a \"step\"");
    refused("\"meanwhile\":[{\"verb\":\"signal\"}],\"expect\":{\"status\":\"x\"}", "a signal needs its name");
    refused("\"meanwhile\":[{\"verb\":\"retry\",\"step\":\"q\"}],\"expect\":{\"status\":\"x\"}", "no step \"q\"");
    struct run run;
    put(cases_path, "{\"cases\":[]}");
    RUN(&run, NULL, "test", saga_path, cases_path);
    CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
    run_expect(run.err, "at least one case");
    run_done(&run);
    put(cases_path,
        "{\"sagas\":[\"nowhere.saga.json\"],\"cases\":[{\"name\":\"x\",\"expect\":{\"status\":\"x\"}}]}");
    RUN(&run, NULL, "test", saga_path);
    CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
    run_expect(run.err, "/tmp/nowhere.saga.json");
    run_done(&run);
    RUN(&run, NULL, "test", saga_path, "/nowhere.json");
    CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
    run_expect(run.err, "TESTING.md");
    run_done(&run);
}

static void as_json(void)
{
    struct run run;
    put(saga_path, saga);
    put(cases_path,
        "{\"cases\":[{\"name\":\"x\",\"answers\":{\"a\":409},\"expect\":{\"status\":\"completed\"}}]}");
    RUN(&run, NULL, "test", saga_path, "-o", "json");
    CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
    json_t *rows = json_loads(run.out, 0, NULL), *row = json_array_get(rows, 0);
    CU_ASSERT_TRUE(json_is_false(json_object_get(row, "passed")));
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(row, "status")), "compensated");
    CU_ASSERT_EQUAL(json_array_size(json_object_get(row, "failures")), 1);
    CU_ASSERT_STRING_EQUAL(json_string_value(json_array_get(json_object_get(row, "history"), 1)), "called a");
    json_decref(rows);
    run_done(&run);
}

/* What it locks, and what it announces, though the last of it is never sent. */
static void locks_and_events(void)
{
    played = "{\"name\":\"order\",\"version\":1,\"timeout\":\"1h\",\"lock\":{\"key\":\"'x/' + string(input.c)\","
             "\"timeout\":\"1m\"},\"events\":{\"on\":[\"started\",\"paused\",\"resumed\",\"compensating\","
             "\"completed\","
             "\"compensated\",\"terminated\"],\"to\":\"q\"},\"steps\":[{\"id\":\"b\",\"participant\":\"p\","
             "\"operation\":"
             "\"b\"},{\"id\":\"d\",\"participant\":\"p\",\"operation\":\"d\"}]}";
    hold("\"expect\":{\"lock\":\"x/true\",\"events\":[\"started\",\"completed\"]}");
    hold("\"inputPatch\":{\"c\":7},\"answers\":{\"d\":409},\"expect\":{\"lock\":\"x/7\",\"events\":[\"started\","
         "\"compensating\",\"compensated\"]}");
    hold("\"answers\":{\"d\":{\"after\":\"2s\",\"status\":200}},\"meanwhile\":[{\"at\":\"1s\",\"verb\":\"pause\"},"
         "{\"at\":\"1100ms\",\"verb\":\"resume\"},{\"at\":\"1200ms\",\"verb\":\"terminate\"}],\"expect\":{"
         "\"events\":"
         "[\"started\",\"paused\",\"resumed\",\"terminated\"]}");
    fails("\"expect\":{\"lock\":\"stock\"}", "/cases/0/expect/lock: expected \"stock\", found \"x/true\"\n");
    fails("\"expect\":{\"lock\":null}", "/cases/0/expect/lock: expected null, found \"x/true\"\n");
    fails("\"expect\":{\"events\":[\"completed\"]}", "        + started\n          completed\n");
    refused("\"expect\":{\"events\":\"completed\"}", "\"events\" is a list");
    played = saga;
    hold("\"expect\":{\"lock\":null,\"events\":[]}");
}

/* The cases of every example saga hold. */
static void examples(void)
{
    glob_t files;
    CU_ASSERT_EQUAL_FATAL(glob("sagas/*/*.saga.json", 0, NULL, &files), 0);
    CU_ASSERT_TRUE(files.gl_pathc >= 4);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        struct run run;
        RUN(&run, NULL, "test", files.gl_pathv[i]);
        if (run.status)
            printf("\n%s\n%s%s", files.gl_pathv[i], run.out, run.err);
        CU_ASSERT_EQUAL(run.status, EXIT_DONE);
        run_done(&run);
    }
    globfree(&files);
}

void cli_cases_test_suite(void);
void cli_cases_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("cli_cases", NULL, NULL);
    CU_add_test(suite, "cases that hold", cases_that_hold);
    CU_add_test(suite, "an input that is refused", an_input_that_is_refused);
    CU_add_test(suite, "cases that fail", cases_that_fail);
    CU_add_test(suite, "what people do meanwhile", meanwhile);
    CU_add_test(suite, "signals, approvals, callbacks", outside);
    CU_add_test(suite, "files that are none", files_that_are_none);
    CU_add_test(suite, "for a machine", as_json);
    CU_add_test(suite, "locks and events", locks_and_events);
    CU_add_test(suite, "every example", examples);
}
