/* cli: what `belay plan` shows. */
#include "cli/commands.h"
#include "cli_runner.h"

#include <CUnit/Basic.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

static const char path[] = "/tmp/belay-plan-test.saga.json";

static const char saga[] =
    "{\"name\":\"order\",\"version\":3,\"timeout\":\"1h\",\"steps\":["
    "{\"id\":\"look\",\"participant\":\"stock\",\"operation\":\"look\",\"readOnly\":true},"
    "{\"id\":\"both\",\"parallel\":["
    "{\"id\":\"reserve\",\"participant\":\"stock\",\"action\":{\"request\":\"POST /parts/${ input.part "
    "}/reserve\","
    "\"headers\":{\"X-Of\":\"${ steps.look.output.of }\"},\"body\":{\"n\":\"${ steps.look.output.n + 1 }\"}},"
    "\"compensation\":{\"request\":\"DELETE /holds/${ steps.reserve.key }/${ error.code }\"}},"
    "{\"id\":\"book\",\"participant\":\"carrier\",\"operation\":\"book\",\"when\":\"steps.look.output.heavy\"}]},"
    "{\"id\":\"charge\",\"participant\":\"bank\",\"when\":\"input.cents > 0\",\"operation\":\"charge\","
    "\"body\":{\"quote\\\"\\u001B\":\"${ steps.book.output['a\\\"b'] }\",\"cents\":\"${ input.cents }\"}},"
    "{\"id\":\"ship\",\"participant\":\"carrier\",\"operation\":\"ship\",\"pivot\":true}],"
    "\"output\":{\"at\":\"${ now }\",\"n\":\"${ steps.look.output.n }\"}}";

static void put(const char *text)
{
    FILE *file = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs(text, file);
    fclose(file);
}

static json_t *plan_of(const char *file, const char *input, const char *fail, int status)
{
    struct run run;
    if (fail)
        RUN(&run, NULL, "plan", file, "--input", input, "--fail", fail, "-o", "json");
    else
        RUN(&run, NULL, "plan", file, "--input", input, "-o", "json");
    CU_ASSERT_EQUAL(run.status, status);
    json_t *plan = json_loads(run.out, 0, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(plan);
    run_done(&run);
    return plan;
}

static void forward(void)
{
    struct run run;
    put(saga);
    RUN(&run, NULL, "plan", path, "--input", "{\"part\":\"<b>/ x\",\"cents\":5}");
    CU_ASSERT_EQUAL(run.status, EXIT_DONE);
    run_expect(run.out, "order v3, if every step is answered yes\n");
    run_expect(run.out, "assumed, at book: steps.look.output.heavy is true\n");
    run_expect(run.out, " 1  look  POST /belay/look  to stock\n");
    run_expect(run.out, "    others can see: nothing\n");                /* it only reads */
    run_expect(run.out, "POST /parts/%3Cb%3E%2F%20x/reserve  to stock"); /* the input is encoded as it will be */
    run_expect(run.out, "      X-Of: <steps.look.output.of>\n      {\"n\":\"<steps.look.output.n + 1>\"}\n");
    run_expect(run.out, "    book  POST /belay/book  to carrier, at the same time\n");
    run_expect(run.out, "    others can see: reserve, book\n");
    run_expect(run.out, "charge runs: input.cents > 0 is true\n");
    run_expect(run.out, "{\"quote\\\"\\u001B\":\"<steps.book.output['a\\\"b']>\",\"cents\":5}\n");
    run_expect(run.out, "the pivot: its yes is the decision");
    run_expect(run.out, "\ncompleted, pivot_succeeded at ship\noutput: {\"at\":\"<now>\",\"n\":"
                        "\"<steps.look.output.n>\"}\n");
    CU_ASSERT_PTR_NULL(strstr(run.out, "Belay-Phase"));
    CU_ASSERT_PTR_NULL(strstr(run.out, "undo\n"));
    run_done(&run);
    RUN(&run, NULL, "plan", path, "--input", "{\"part\":\"p\",\"cents\":0}", "-o", "wide");
    run_expect(run.out, "charge is skipped: input.cents > 0 is false\n");
    run_expect(run.out, "      Belay-Phase: action\n");
    run_expect(run.out, "      Belay-Deadline: <now + 10s>\n      traceparent: <traceparent>\n");
    run_done(&run);
}

/* Without an input everything that reads it is a placeholder, and its conditions hold. */
static void without_input(void)
{
    struct run run;
    put(saga);
    RUN(&run, NULL, "plan", path, "--fail", "ship:no");
    CU_ASSERT_EQUAL(run.status, EXIT_DONE);
    run_expect(run.out, "order v3, ship is refused\n");
    run_expect(run.out, "assumed, at charge: input.cents > 0 is true\n");
    run_expect(run.out, "POST /parts/<input.part>/reserve");
    run_expect(run.out, "      \"<input>\"\n");
    run_expect(run.out, "answers no, tried 1 time\n");
    run_expect(run.out, "DELETE /holds/<saga.id>%2Freserve%2Faction/%3Cerror.code%3E  to stock");
    run_expect(run.out, "      Belay-Action-Key: <saga.id>/reserve/action\n");
    run_expect(run.out, "compensated, step_refused at ship\n");
    run_done(&run);
}

static void visible(void)
{
    put(saga);
    json_t *plan = plan_of(path, "{\"part\":\"p\",\"cents\":1}", "charge:unknown", EXIT_DONE);
    json_t *moves = json_object_get(plan, "moves"), *perhaps = NULL, *undo = json_object_get(plan, "undo");
    const json_t *last = json_array_get(moves, json_array_size(moves) - 1), *move;
    size_t i;
    json_array_foreach(moves, i, move) if (!perhaps && json_array_size(json_object_get(move, "perhaps"))) perhaps =
        json_object_get(move, "perhaps");
    CU_ASSERT_STRING_EQUAL(json_string_value(json_array_get(perhaps, 0)), "charge");
    CU_ASSERT_EQUAL(json_array_size(json_object_get(last, "visible")), 0);
    CU_ASSERT_EQUAL(json_array_size(json_object_get(last, "perhaps")), 0);
    CU_ASSERT_EQUAL(json_array_size(undo), 3);
    CU_ASSERT_STRING_EQUAL(json_string_value(json_array_get(undo, 0)), "charge");
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(plan, "status")), "compensated");
    CU_ASSERT_TRUE(json_is_true(json_object_get(json_object_get(plan, "fails"), "reached")));
    json_decref(plan);
    /* An undo that never ends: the plan does. */
    put("{\"name\":\"x\",\"version\":1,\"timeout\":\"1h\",\"steps\":[{\"id\":\"a\",\"participant\":\"p\","
        "\"operation\":\"a\"},{\"id\":\"b\",\"participant\":\"p\",\"operation\":\"b\",\"pivot\":true}]}");
    plan = plan_of(path, "{}", "a.compensation:unknown", EXIT_FAILED);
    CU_ASSERT_FALSE(json_is_true(json_object_get(json_object_get(plan, "fails"), "reached")));
    json_decref(plan);
}

static void misused(void)
{
    static const struct {
        const char *fail, *says;
        int status;
    } cases[] = {{"chrage", "did you mean \"charge\"?", EXIT_MISUSED},
                 {"charge:maybe", "--fail takes STEP or STEP:unknown", EXIT_MISUSED},
                 {"", "has no step \"\"", EXIT_MISUSED},
                 {"charge", "is never called with this input", EXIT_FAILED}};
    struct run run;
    put(saga);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        RUN(&run, NULL, "plan", path, "--input", "{\"part\":\"p\",\"cents\":0}", "--fail", cases[i].fail);
        CU_ASSERT_EQUAL(run.status, cases[i].status);
        run_expect(run.err, cases[i].says);
        run_done(&run);
    }
    RUN(&run, NULL, "plan", path, "--input", "{\"part\":");
    CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
    run_expect(run.err, "--input:1:");
    run_done(&run);
    /* What the input lacks is found out by the engine, as it would be. */
    RUN(&run, NULL, "plan", path, "--input", "{\"cents\":1}");
    CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
    run_expect(run.out, "problem: answered reserve no request_unbuildable");
    run_expect(run.out, "input.part");
    run_done(&run);
    put("{\"name\":\"x\",\"version\":1,\"steps\":[{\"id\":\"a\",\"opration\":\"a\"}]}");
    RUN(&run, NULL, "plan", path);
    CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
    run_expect(run.err, "did you mean \"operation\"?");
    run_done(&run);
}

/* A body whose members are named like keys of a saga is a body all the same. */
static void names_like_keys(void)
{
    put("{\"name\":\"x\",\"version\":1,\"timeout\":\"1h\",\"steps\":[{\"id\":\"a\",\"participant\":\"p\","
        "\"operation\":\"a\"},{\"id\":\"b\",\"participant\":\"p\",\"operation\":\"b\",\"body\":{\"when\":"
        "\"steps.a.output.x\",\"key\":\"${ steps.a.key }\",\"steps\":[{\"id\":\"${ steps.a.output.y }\"}],"
        "\"outcomes\":1,\"t\":\"$${ steps.a.output.z }\"}}]}");
    json_t *plan = plan_of(path, "{}", NULL, EXIT_DONE);
    const json_t *move = json_array_get(json_object_get(plan, "moves"), 1);
    const json_t *body = json_object_get(json_array_get(json_object_get(move, "calls"), 0), "body");
    char *text = json_dumps(body, JSON_COMPACT);
    CU_ASSERT_STRING_EQUAL(text,
                           "{\"when\":\"steps.a.output.x\",\"key\":\"<saga.id>/a/action\",\"steps\":[{\"id\":"
                           "\"<steps.a.output.y>\"}],\"outcomes\":1,\"t\":\"${ steps.a.output.z }\"}");
    free(text);
    json_decref(plan);
}

static void waits_and_cases(void)
{
    struct run run;
    RUN(&run, NULL, "plan", "test/unit/sagas/right/switch.json", "--input", "{\"cents\":5,\"method\":\"cash\"}",
        "--fail", "ask");
    CU_ASSERT_EQUAL(run.status, EXIT_DONE);
    run_expect(run.out, "the case input.method == 'card' is not taken\n    and with it authorize, capture\n");
    run_expect(run.out, "the case steps.reserve.output.total < 1000 is taken\n");
    run_expect(run.out, "ask waits for a yes or no: {\"title\":\"Invoice?\"");
    run_expect(run.out, "compensated, step_refused at ask\n");
    run_done(&run);
    RUN(&run, NULL, "plan", "test/unit/sagas/right/waits.json", "--fail", "capture:unknown", "-o", "wide");
    CU_ASSERT_EQUAL(run.status, EXIT_DONE);
    run_expect(run.out, "paid waits for a signal: {\"signal\":\"paid\"");
    run_expect(run.out, "cool_down waits: \"30s\"\n");
    run_expect(run.out, "      X-To: <callback.url>\n");
    run_expect(run.out, "      Belay-Callback: <callback.url>\n");
    run_expect(run.out, "capture.check  GET /captures/");
    run_expect(run.out, "paused, pivot_unknown at capture\n");
    run_done(&run);
}

#define AROUND(lock, schedule)                                                                                    \
    "{\"name\":\"clean\",\"version\":1,\"timeout\":\"1h\",\"lock\":{\"key\":\"'shelf/' + input.shelf\"," lock     \
    "},"                                                                                                          \
    "\"schedule\":" schedule                                                                                      \
    ",\"events\":{\"on\":[\"started\",\"compensating\",\"compensated\",\"completed\"],\"to\":"                    \
    "\"log\"},\"steps\":[{\"id\":\"a\",\"participant\":\"stock\",\"operation\":\"a\"},"                           \
    "{\"id\":\"cool\",\"delay\":\"30m\"},{\"id\":\"b\",\"participant\":\"stock\",\"operation\":\"b\"}]}"

/* The lock, what is announced when, and when it starts by itself; but no run that would start meanwhile. */
static void around_the_moves(void)
{
    struct run run;
    put(AROUND("\"timeout\":\"5m\"", "{\"every\":\"10m\",\"overlap\":\"skip\",\"input\":{\"shelf\":\"x\"}}"));
    RUN(&run, NULL, "plan", path, "--input", "{\"shelf\":\"top\"}");
    CU_ASSERT_EQUAL(run.status, EXIT_DONE);
    run_expect(run.out, "starts by itself: every 10m; next 20");
    run_expect(run.out,
               "0:00.000Z; left out while the run before it is open; runs that were missed are made up for "
               "by one\n");
    run_expect(run.out, "lock \"shelf/top\": taken before anything else, released with the end; while another has "
                        "it, it waits, at most 5m\n\n    publishes started to log\n\n 1  a  POST /belay/a");
    run_expect(run.out, " 2  b  POST /belay/b  to stock\n");
    run_expect(run.out, "    others can see: a, b\n\n    publishes completed to log\n\ncompleted");
    run_done(&run);
    RUN(&run, NULL, "plan", path, "--fail", "b");
    run_expect(run.out, "lock \"<'shelf/' + input.shelf>\": taken");
    run_expect(run.out,
               "answers no, tried 1 time\n    others can see: a\n\n    publishes compensating to log\n\nundo\n");
    run_expect(run.out, "others can see: nothing\n\n    publishes compensated to log\n\ncompensated");
    run_done(&run);
    put(AROUND("\"onConflict\":\"reject\"", "{\"cron\":\"30 3 * * *\",\"timeZone\":\"UTC\",\"overlap\":\"queue\","
                                            "\"missed\":\"all\"}"));
    RUN(&run, NULL, "plan", path);
    CU_ASSERT_EQUAL(run.status, EXIT_DONE);
    run_expect(run.out, "starts by itself: 30 3 * * * in UTC; next 20");
    run_expect(run.out,
               "T03:30:00.000Z; each waits for the end of the run before it; runs that were missed are made "
               "up for by as many\n");
    run_expect(run.out, "released with the end; while another has it, it is refused\n");
    run_done(&run);
}

static void around_as_json(void)
{
    put(AROUND("\"timeout\":\"5m\"", "\"0 6 * * *\""));
    json_t *plan = plan_of(path, "{\"shelf\":\"top\"}", NULL, EXIT_DONE);
    const json_t *lock = json_object_get(plan, "lock"), *schedule = json_object_get(plan, "schedule");
    const json_t *move = json_array_get(json_object_get(plan, "moves"), 0);
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(lock, "key")), "shelf/top");
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(lock, "timeout")), "5m");
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(schedule, "when")), "0 6 * * *");
    CU_ASSERT_EQUAL(json_array_size(json_object_get(schedule, "next")), 3);
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(move, "publishes")), "started");
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(move, "to")), "log");
    json_decref(plan);
}

void cli_plan_test_suite(void);
void cli_plan_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("cli_plan", NULL, NULL);
    CU_add_test(suite, "forward, with an input", forward);
    CU_add_test(suite, "without an input", without_input);
    CU_add_test(suite, "what others can see, and perhaps can", visible);
    CU_add_test(suite, "misused and impossible", misused);
    CU_add_test(suite, "bodies are no sagas", names_like_keys);
    CU_add_test(suite, "lock, schedule and events", around_the_moves);
    CU_add_test(suite, "lock, schedule and events as JSON", around_as_json);
    CU_add_test(suite, "approvals, signals, delays, cases, checks", waits_and_cases);
}
