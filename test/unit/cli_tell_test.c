/* cli: approve, reject and signal against a scripted coordinator; waits, cases and checks told as stories. */
#include "base/time.h"
#include "cli/commands.h"
#include "cli/story.h"
#include "cli/timeline.h"
#include "cli_runner.h"

#include <CUnit/Basic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SHORT(status) "{\"id\":\"o/1\",\"saga\":\"order\",\"version\":2,\"status\":\"" status "\"}"
#define GONE                                                                                                      \
    "{\"title\":\"Gone\",\"status\":410,\"code\":\"gone\",\"detail\":\"that step does not wait for this\"}"

static void persons(void)
{
    static const struct scene scenes[] = {
        {"POST /v1/transactions/o%2F1/steps/review/approve", 200, NULL, SHORT("running")},
        {"POST /v1/transactions/o%2F1/steps/a%20b/reject", 200, NULL, SHORT("compensating")},
        {"POST /v1/transactions/o%2F1/steps/review/approve", 410, "application/problem+json", GONE},
        {"POST /v1/transactions/o%2F1/steps/review/approve", 200, NULL, SHORT("completed")},
    };
    struct cli_server *server = PLAY(scenes);
    struct run run;
    RUN(&run, cli_server_url(server), "approve", "o/1", "review", "--role", "fraud", "--comment",
        "known \"customer\"", "--actor", "ann");
    CU_ASSERT_EQUAL(run.status, EXIT_DONE);
    run_expect(run.out, "approve: o/1 is running\n");
    run_expect(run.out, "belay watch o/1 ");
    run_expect(cli_server_request(server, 0), "Content-Type: application/json\r\n");
    run_expect(cli_server_request(server, 0),
               "\r\n\r\n{\"actor\":\"ann\",\"role\":\"fraud\",\"comment\":\"known \\\"customer\\\"\"}");
    run_done(&run);
    RUN(&run, cli_server_url(server), "reject", "--actor", "bob", "o/1", "a b");
    CU_ASSERT_EQUAL(run.status, EXIT_DONE);
    run_expect(run.out, "reject: o/1 is compensating");
    run_expect(cli_server_request(server, 1), "\r\n\r\n{\"actor\":\"bob\"}");
    run_done(&run);
    RUN(&run, cli_server_url(server), "approve", "o/1", "review");
    CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
    CU_ASSERT_STRING_EQUAL(run.out, "");
    run_expect(run.err, "that step does not wait for this (gone)");
    run_done(&run);
    RUN(&run, cli_server_url(server), "approve", "o/1", "review", "-o", "jsonl");
    CU_ASSERT_STRING_EQUAL(run.out, SHORT("completed") "\n");
    run_done(&run);
    CU_ASSERT_EQUAL(cli_server_stop(server), 0);
}

static void signals(void)
{
    static const struct scene scenes[] = {
        {"POST /v1/transactions/o%2F1/signals/paid", 200, NULL, SHORT("running")},
        {"POST /v1/transactions/o%2F1/signals/paid", 200, NULL, SHORT("running")},
        {"POST /v1/transactions/o%2F1/signals/paid", 200, NULL, SHORT("running")},
        {"POST /v1/transactions/o%2F1/signals/a%20b", 200, NULL, SHORT("running")},
    };
    char path[64];
    snprintf(path, sizeof path, "/tmp/belay-payload-%d.json", (int)getpid());
    FILE *file = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs("{ \"from\": \"a file\" }", file);
    fclose(file);
    const char *const payloads[] = {"{\"cents\": 1900}", "7", path};
    const char *const bodies[] = {"\r\n\r\n{\"cents\": 1900}", "\r\n\r\n7", "\r\n\r\n{ \"from\": \"a file\" }"};
    struct cli_server *server = PLAY(scenes);
    struct run run;
    for (size_t i = 0; i < 3; i++) {
        RUN(&run, cli_server_url(server), "signal", "o/1", "paid", "--payload", payloads[i]);
        CU_ASSERT_EQUAL(run.status, EXIT_DONE);
        run_expect(run.out, "signal: o/1 is running\n");
        run_expect(cli_server_request(server, i), bodies[i]);
        run_done(&run);
    }
    RUN(&run, cli_server_url(server), "signal", "o/1", "a b");
    CU_ASSERT_EQUAL(run.status, EXIT_DONE);
    run_expect(cli_server_request(server, 3), "Content-Type: application/json\r\n");
    run_expect(cli_server_request(server, 3), "Content-Length: 0\r\n");
    run_done(&run);
    CU_ASSERT_EQUAL(cli_server_stop(server), 0);
    unlink(path);
}

/* Nothing is asked when the command line is wrong. */
static void misused(void)
{
    static const struct {
        const char *words[6];
        int status;
        const char *says;
    } cases[] = {
        {{"approve", "o-1"}, EXIT_MISUSED, "belay approve ID STEP"},
        {{"reject"}, EXIT_MISUSED, "belay reject ID STEP"},
        {{"signal", "o-1"}, EXIT_MISUSED, "belay signal ID NAME"},
        {{"signal", "o-1", "paid", "more"}, EXIT_MISUSED, "more"},
        {{"approve", "o-1", "s", "--payload", "1"}, EXIT_MISUSED, "--payload"},
        {{"signal", "o-1", "s", "--role", "x"}, EXIT_MISUSED, "--role"},
        {{"cancel", "o-1", "--comment", "x"}, EXIT_MISUSED, "--comment"},
        {{"aprove", "o-1", "s"}, EXIT_MISUSED, "did you mean \"approve\"?"},
        {{"signal", "o-1", "s", "--payload", "{bad"}, EXIT_FAILED, "--payload:1:"},
        {{"signal", "o-1", "s", "--payload", "/no/such.json"}, EXIT_FAILED, "--payload takes a file, - or JSON"},
    };
    struct run run;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        run_words(&run, "http://127.0.0.1:1", cases[i].words);
        CU_ASSERT_EQUAL(run.status, cases[i].status);
        run_expect(run.err, cases[i].says);
        run_done(&run);
    }
}

/* A transaction that waits for everything at once, as the coordinator tells it. */
static const char waiting[] =
    "{\"id\":\"it's\",\"saga\":\"order\",\"version\":3,\"status\":\"running\",\"begunAt\":\"2026-01-02T03:04:05."
    "000Z\","
    "\"steps\":["
    "{\"id\":\"switch#1\",\"kind\":\"case\",\"case\":1,\"switch\":\"switch#1\",\"state\":\"skipped\"},"
    "{\"id\":\"big\",\"participant\":\"shop\",\"within\":\"switch#1\",\"state\":\"skipped\"},"
    "{\"id\":\"switch#3\",\"kind\":\"case\",\"case\":2,\"switch\":\"switch#1\",\"state\":\"done\"},"
    "{\"id\":\"gift\",\"kind\":\"gate\",\"state\":\"skipped\"},"
    "{\"id\":\"wrap\",\"kind\":\"gate\",\"state\":\"done\"},"
    "{\"id\":\"later\",\"kind\":\"gate\",\"state\":\"idle\"},"
    "{\"id\":\"nap\",\"kind\":\"delay\",\"state\":\"pending\",\"waitsUntil\":\"2026-01-02T03:09:05.000Z\","
    "\"action\":{\"attempts\":1,\"startedAt\":\"2026-01-02T03:04:05.000Z\"}},"
    "{\"id\":\"ship\",\"participant\":\"shop\",\"state\":\"pending\",\"waitsUntil\":\"2026-01-02T03:19:05.000Z\","
    "\"deadline\":\"2026-01-03T03:04:05.000Z\",\"action\":{\"attempts\":1,\"startedAt\":"
    "\"2026-01-02T03:04:05.100Z\",\"answer\":\"pending\",\"httpStatus\":202}},"
    "{\"id\":\"review\",\"kind\":\"approval\",\"state\":\"pending\",\"title\":\"Pay \\u001b 19?\",\"roles\":"
    "[\"fraud\",\"the boss\",\"audit\"],\"waitsUntil\":\"2026-01-04T03:04:05.000Z\",\"action\":{\"attempts\":1,"
    "\"startedAt\":\"2026-01-02T03:04:05.200Z\"}},"
    "{\"id\":\"paid\",\"kind\":\"signal\",\"signal\":\"paid\",\"state\":\"pending\",\"waitsUntil\":"
    "\"2026-01-02T04:04:05.000Z\",\"action\":{\"attempts\":1,\"startedAt\":\"2026-01-02T03:04:05.300Z\"}},"
    "{\"id\":\"goods\",\"kind\":\"signal\",\"signal\":\"goods\",\"state\":\"idle\",\"signalledAt\":"
    "\"2026-01-02T03:04:05.400Z\"},"
    "{\"id\":\"ask\",\"participant\":\"shop\",\"state\":\"done\",\"action\":{\"attempts\":2,\"startedAt\":"
    "\"2026-01-02T03:04:05.500Z\",\"endedAt\":\"2026-01-02T03:04:06.500Z\",\"answer\":\"unknown\",\"transport\":"
    "\"timeout\"},\"check\":{\"attempts\":1,\"answer\":\"yes\",\"httpStatus\":200}},"
    "{\"id\":\"ok\",\"kind\":\"approval\",\"state\":\"done\",\"action\":{\"attempts\":1,\"startedAt\":"
    "\"2026-01-02T03:04:05.600Z\",\"endedAt\":\"2026-01-02T03:04:05.700Z\",\"answer\":\"yes\",\"output\":"
    "{\"approved\":true,\"by\":\"ann\"}}},"
    "{\"id\":\"no\",\"kind\":\"approval\",\"state\":\"refused\",\"action\":{\"attempts\":1,\"startedAt\":"
    "\"2026-01-02T03:04:05.800Z\",\"endedAt\":\"2026-01-02T03:04:05.900Z\",\"answer\":\"no\",\"actor\":\"bob\","
    "\"detail\":\"too dear\"}}]}";

static const char waiting_story[] =
    "          - switch#1  case      case 1 is not taken\n"
    "          - big       shop      skipped\n"
    "          + switch#3  case      case 2 is taken\n"
    "          - gift      gate      its condition is false: skipped\n"
    "          + wrap      gate      its condition is true\n"
    "          - later     gate      not reached\n"
    "    +0ms  > nap       delay     waits until 03:09:05.000Z\n"
    "  +100ms  > ship      shop      waits for the participant to call back until 03:19:05.000Z, with heartbeats "
    "until "
    "2026-01-03T03:04:05.000Z\n"
    "  +200ms  > review    approval  waits for a yes or no from fraud, the boss or audit until "
    "2026-01-04T03:04:05.000Z: "
    "Pay \\u001b 19?; belay approve 'it'\\''s' review --role fraud\n"
    "  +300ms  > paid      signal    waits for the signal paid until 04:04:05.000Z; belay signal 'it'\\''s' paid\n"
    "          - goods     signal    not reached; the signal goods is there already\n"
    "  +500ms  + ask       shop      no clear answer (timeout) in 1.00s, 2 tries; checked: yes (200)\n"
    "  +600ms  + ok        approval  yes in 100ms, by ann\n"
    "  +800ms  x no        approval  NO in 100ms, by bob, too dear\n";

static const char waiting_why[] = "running; nap waits until 03:09:05.000Z; ship waits for the participant to call "
                                  "back until 03:19:05.000Z; review "
                                  "waits for a yes or no from fraud, the boss or audit until "
                                  "2026-01-04T03:04:05.000Z; paid waits for the signal "
                                  "paid until 04:04:05.000Z\n";

static const char waiting_next[] =
    "Next:\n"
    "  belay approve 'it'\\''s' review --role fraud                 say yes\n"
    "  belay reject 'it'\\''s' review --role fraud                  say no\n"
    "  belay signal 'it'\\''s' paid                                 what it waits for has come\n"
    "  belay watch 'it'\\''s'                                       follow it to its end\n";

static char *told(const json_t *txn)
{
    struct buf buf;
    struct output output = {0};
    buf_init(&buf, OUTPUT_BYTES);
    time_parse("2026-01-02T03:05:05.000Z", &output.now_ms);
    timeline_put(&output, &buf, txn);
    story_put_next(&output, &buf, txn);
    return buf_take(&buf, NULL);
}

static void waits(void)
{
    json_t *txn = json_loads(waiting, 0, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(txn);
    char *text = told(txn);
    run_expect(text, waiting_story);
    run_expect(text, waiting_why);
    run_expect(text, waiting_next);
    free(text);
    json_decref(txn);
}

/* Paused, what waits can still be answered; ended, nothing can. */
static void waits_elsewhere(void)
{
    json_t *txn = json_loads(waiting, 0, NULL);
    json_object_set_new(txn, "status", json_string("paused"));
    json_object_set_new(txn, "cause", json_string("operator"));
    char *text = told(txn);
    run_expect(text, "What helps:\n  belay approve ");
    run_expect(text, "belay resume ");
    free(text);
    json_object_set_new(txn, "status", json_string("terminated"));
    text = told(txn);
    const char *next = strstr(text, "Next:");
    CU_ASSERT_PTR_NOT_NULL_FATAL(next);
    CU_ASSERT_PTR_NULL(strstr(next, "approve"));
    free(text);
    json_decref(txn);
}

/* Every member of every step may be anything. */
static void no_trust(void)
{
    static const char *const kinds[] = {"null", "7", "\"\\u001b[2J\"", "[]", "[null,{}]", "{\"answer\":[]}"};
    json_t *txn = json_loads(waiting, 0, NULL), *steps = json_object_get(txn, "steps");
    for (size_t i = 0; i < json_array_size(steps); i++) {
        json_t *step = json_array_get(steps, i), *copy = json_copy(step);
        const char *name;
        json_t *value;
        json_object_foreach(copy, name, value) for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        {
            json_object_set_new(step, name, json_loads(kinds[k], JSON_DECODE_ANY, NULL));
            char *text = told(txn);
            CU_ASSERT_PTR_NULL(strchr(text, '\033'));
            free(text);
            json_object_set(step, name, value);
        }
        json_decref(copy);
    }
    char *text = told(txn);
    run_expect(text, waiting_story);
    free(text);
    json_decref(txn);
}

static const char waited[] =
    "{\"transaction\":\"o/1\",\"facts\":["
    "{\"seq\":0,\"at\":\"2026-01-02T03:04:00.000Z\",\"fact\":\"begun\"},"
    "{\"seq\":1,\"at\":\"2026-01-02T03:04:01.000Z\",\"fact\":\"awaited\","
    "\"step\":\"review\",\"kind\":\"approval\",\"roles\":[\"fraud\"],\"phase\":\"action\","
    "\"waitsUntil\":\"2026-01-02T04:04:05.000Z\"},"
    "{\"seq\":2,\"at\":\"2026-01-02T03:04:02.000Z\",\"fact\":\"signalled\","
    "\"step\":\"pay\",\"kind\":\"signal\",\"signal\":\"paid\"},"
    "{\"seq\":3,\"at\":\"2026-01-02T03:04:03.000Z\",\"fact\":\"answered\","
    "\"step\":\"ship\",\"phase\":\"action\",\"attempt\":1,\"answer\":\"pending\","
    "\"httpStatus\":202,\"waitsUntil\":\"2026-01-02T03:14:05.000Z\"},"
    "{\"seq\":4,\"at\":\"2026-01-02T03:04:04.000Z\",\"fact\":\"heartbeat\","
    "\"step\":\"ship\",\"waitsUntil\":\"2026-01-03T03:14:05.000Z\"},"
    "{\"seq\":5,\"at\":\"2026-01-02T03:04:05.000Z\",\"fact\":\"called\",\"step\":\"ship\","
    "\"phase\":\"check\",\"attempt\":1},"
    "{\"seq\":6,\"at\":\"2026-01-02T03:04:06.000Z\",\"fact\":\"answered\","
    "\"step\":\"review\",\"kind\":\"approval\",\"phase\":\"action\",\"attempt\":1,"
    "\"answer\":\"yes\",\"output\":{\"approved\":true,\"by\":\"ann\"}},"
    "{\"seq\":7,\"at\":\"2026-01-02T03:04:07.000Z\",\"fact\":\"ended\","
    "\"status\":\"completed\"}]}";

static void watched(void)
{
    static const struct scene scenes[] = {
        {"GET /v1/transactions/o%2F1/history?from=0&limit=500", 200, NULL, waited},
        {"GET /v1/transactions/o%2F1", 200, NULL, SHORT("completed")},
        {"GET /v1/transactions/o%2F1/history?from=8&limit=500", 200, NULL, "{\"facts\":[]}"},
    };
    struct cli_server *server = PLAY(scenes);
    struct run run;
    RUN(&run, cli_server_url(server), "watch", "o/1");
    CU_ASSERT_EQUAL(run.status, EXIT_DONE);
    run_expect(
        run.out,
        "    +0ms  begun\n"
        "  +1.00s  review        awaited: waits for a yes or no from fraud until 04:04:05.000Z; belay approve o/1 "
        "review --role fraud\n"
        "  +2.00s  pay           signalled: before it was waited for: paid\n"
        "  +3.00s  ship          action answered: will tell later (202), has time until 03:14:05.000Z\n"
        "  +4.00s  ship          heartbeat: has time until 2026-01-03T03:14:05.000Z\n"
        "  +5.00s  ship          check called\n"
        "  +6.00s  review        answered: yes, by ann\n"
        "  +7.00s  ended: completed\n");
    run_done(&run);
    CU_ASSERT_EQUAL(cli_server_stop(server), 0);
}

void cli_tell_test_suite(void);
void cli_tell_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("cli/tell", NULL, NULL);
    CU_add_test(suite, "a person says yes or no", persons);
    CU_add_test(suite, "signals and their payloads", signals);
    CU_add_test(suite, "what is missing or misplaced is said at once", misused);
    CU_add_test(suite, "waits, cases and checks read like a story", waits);
    CU_add_test(suite, "waits of what stands paused, or ended", waits_elsewhere);
    CU_add_test(suite, "any member may be anything", no_trust);
    CU_add_test(suite, "waits are told while one watches", watched);
}
