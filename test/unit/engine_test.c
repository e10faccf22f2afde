/* engine: what leaves, when it leaves, and what is remembered. The simulator does the same at random. */
#include "unit/engine_fake.h"

#include "base/mem.h"
#include "engine/history.h"
#include "engine/open.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

static const char order[] =
    "{\"name\":\"order\",\"version\":1,\"timeout\":\"1h\","
    "\"defaults\":{\"retry\":{\"maxAttempts\":2,\"initialInterval\":\"1s\",\"maxInterval\":\"1s\",\"jitter\":"
    "\"none\"}},"
    "\"steps\":["
    "{\"id\":\"reserve\",\"participant\":\"inventory\","
    " \"action\":{\"request\":\"PUT /items/${ input.sku }\",\"body\":{\"for\":\"${ saga.id }\",\"at\":\"${ now "
    "}\"},"
    "             \"headers\":{\"X-Sku\":\"${ input.sku }\"}},"
    " \"compensation\":{\"request\":\"DELETE /items/${ input.sku }\",\"body\":{\"key\":\"${ steps.reserve.key }\","
    "             \"why\":\"${ error.code }\"}}},"
    "{\"id\":\"charge\",\"participant\":\"payments\",\"operation\":\"charge\",\"when\":\"input.cents > 0\"}],"
    "\"output\":{\"place\":\"${ steps.reserve.output.place }\"}}";

static const char input[] = "{\"sku\":\"a b/\xc3\xa9\",\"cents\":100}";

static struct told operate(struct fake *fake, uint64_t txn, enum event_type verb, const char *step,
                           enum answer answer)
{
    struct told told = {.command = {.type = COMMAND_OPERATE,
                                    .txn = txn,
                                    .verb = verb,
                                    .step = step,
                                    .answer = answer,
                                    .reason = "a \"test\"",
                                    .actor = "ann"}};
    fake_submit(fake, &told);
    fake_turn(fake);
    CU_ASSERT_EQUAL(told.replies, 1);
    return told;
}

static void a_whole_saga(void)
{
    struct fake fake;
    fake_open(&fake);
    fake_define(&fake, order);
    struct told told = {.command = {.type = COMMAND_START,
                                    .saga = "order",
                                    .input = input,
                                    .input_length = strlen(input),
                                    .id = "order-17",
                                    .wait_ms = 1000}};
    fake_submit(&fake, &told);
    fake_turn(&fake);
    CU_ASSERT_EQUAL(told.replies, 0); /* waits for the end */
    CU_ASSERT_EQUAL_FATAL(fake.calls_count, 1);
    const struct request *call = fake.calls[0];
    CU_ASSERT_STRING_EQUAL(call->method, "PUT");
    CU_ASSERT_STRING_EQUAL(call->url, "http://127.0.0.1:1/stock/items/a%20b%2F%C3%A9");
    CU_ASSERT_STRING_EQUAL(call->body, "{\"for\":\"order-17\",\"at\":\"2023-11-14T22:13:20.000Z\"}");
    CU_ASSERT_STRING_EQUAL(fake_header(call, "Idempotency-Key"), "order-17/reserve/action");
    CU_ASSERT_STRING_EQUAL(fake_header(call, "Belay-Transaction"), "order-17");
    CU_ASSERT_STRING_EQUAL(fake_header(call, "Belay-Attempt"), "1");
    CU_ASSERT_STRING_EQUAL(fake_header(call, "X-Sku"), "a b/\xc3\xa9");
    CU_ASSERT_STRING_EQUAL(fake_header(call, "Belay-Deadline"), "2023-11-14T22:13:30.000Z");
    CU_ASSERT_EQUAL(strlen(fake_header(call, "traceparent")), 55);
    fake_answer(&fake, 200, "{\"place\":\"aisle 4\"}");
    CU_ASSERT_STRING_EQUAL(fake_header(fake.calls[0], "Authorization"), "Bearer t");
    CU_ASSERT_STRING_EQUAL(fake.calls[0]->body, input); /* the short form passes the input on as it came */
    fake_answer(&fake, 204, NULL);
    CU_ASSERT_EQUAL(told.replies, 1);
    CU_ASSERT_EQUAL(told.command.result_status, STATUS_COMPLETED);
    CU_ASSERT_STRING_EQUAL(told.output, "{\"place\":\"aisle 4\"}");
    CU_ASSERT_EQUAL(fake.calls_count, 0);
    fake_close(&fake);
}

static void an_undone_saga(void)
{
    struct fake fake;
    fake_open(&fake);
    fake_define(&fake, order);
    fake_start(&fake, "order", input, "o");
    fake_answer(&fake, 200, "{\"place\":1}");
    fake_answer(&fake, 402, "{\"code\":\"declined\",\"detail\":\"no money\"}");
    CU_ASSERT_EQUAL_FATAL(fake.calls_count, 1);
    CU_ASSERT_STRING_EQUAL(fake.calls[0]->method, "DELETE");
    CU_ASSERT_STRING_EQUAL(fake.calls[0]->body, "{\"key\":\"o/reserve/action\",\"why\":\"declined\"}");
    CU_ASSERT_STRING_EQUAL(fake_header(fake.calls[0], "Belay-Action-Key"), "o/reserve/action");
    CU_ASSERT_STRING_EQUAL(fake_header(fake.calls[0], "Idempotency-Key"), "o/reserve/compensation");
    fake_answer(&fake, 200, NULL);
    struct told again = fake_start(&fake, "order", input, "o"); /* known from the store now */
    CU_ASSERT_FALSE(again.command.created);
    CU_ASSERT_EQUAL(again.command.result_status, STATUS_COMPENSATED);
    CU_ASSERT_EQUAL(again.command.result_cause, CAUSE_REFUSED);
    fake_close(&fake);
}

/* Invariant 6, across a crash. */
static void same_bytes_after_a_crash(void)
{
    struct fake fake;
    fake_open(&fake);
    fake_define(&fake, order);
    fake_start(&fake, "order", input, "o");
    char body[200], url[200];
    snprintf(body, sizeof body, "%s", fake.calls[0]->body);
    snprintf(url, sizeof url, "%s", fake.calls[0]->url);
    fake.now_ms += 5000;
    fake_restart(&fake);
    fake_turn(&fake);
    CU_ASSERT_EQUAL_FATAL(fake.calls_count, 1);
    CU_ASSERT_STRING_EQUAL(fake.calls[0]->body, body);
    CU_ASSERT_STRING_EQUAL(fake.calls[0]->url, url);
    CU_ASSERT_STRING_EQUAL(fake_header(fake.calls[0], "Idempotency-Key"), "o/reserve/action");
    CU_ASSERT_STRING_EQUAL(fake_header(fake.calls[0], "Belay-Attempt"), "2");
    fake_answer(&fake, 200, "{\"place\":\"x\"}");
    fake_restart(&fake); /* the output comes back from the facts */
    fake_turn(&fake);
    fake_answer(&fake, 200, NULL);
    struct told told = fake_start(&fake, "order", input, "o");
    CU_ASSERT_EQUAL(told.command.result_status, STATUS_COMPLETED);
    CU_ASSERT_STRING_EQUAL(told.output, "{\"place\":\"x\"}");
    fake_close(&fake);
}

/* Invariant 1. */
static void a_failed_commit_lets_nothing_out(void)
{
    struct fake fake;
    fake_open(&fake);
    fake_define(&fake, order);
    struct told told = {
        .command = {.type = COMMAND_START, .saga = "order", .input = input, .input_length = strlen(input)}};
    fake.fail_commit = true;
    fake_submit(&fake, &told);
    CU_ASSERT_EQUAL(fake_turn(&fake), ERROR_STORE);
    CU_ASSERT_EQUAL(told.replies, 0);
    CU_ASSERT_EQUAL(fake.calls_count, 0);
    fake.fail_commit = false;
    fake_restart(&fake);
    fake_turn(&fake);
    CU_ASSERT_EQUAL(fake.calls_count, 0); /* it never was */
    CU_ASSERT_EQUAL(told.replies, 0);
    fake_close(&fake);
}

/* Invariant 11. */
static void repeated_starts(void)
{
    struct fake fake;
    fake_open(&fake);
    fake_define(&fake, order);
    struct told first = fake_start(&fake, "order", input, "o");
    struct told again = fake_start(&fake, "order", input, "o");
    struct told other = fake_start(&fake, "order", "{\"sku\":\"b\",\"cents\":1}", "o");
    CU_ASSERT_TRUE(first.command.created && !again.command.created);
    CU_ASSERT_EQUAL(first.command.result_txn, again.command.result_txn);
    CU_ASSERT_EQUAL(other.command.error.code, ERROR_CONFLICT);
    CU_ASSERT_EQUAL(fake.calls_count, 1);
    struct told keyed = {.command = {.type = COMMAND_START, .saga = "order", .key = "k-1"}};
    struct told twice = keyed, longer = keyed;
    longer.command.tags = "\nvip\n";
    fake_submit(&fake, &keyed); /* three in one batch */
    fake_submit(&fake, &twice);
    fake_submit(&fake, &longer);
    fake_turn(&fake);
    CU_ASSERT_TRUE(keyed.command.created && !twice.command.created);
    CU_ASSERT_EQUAL(keyed.command.result_txn, twice.command.result_txn);
    CU_ASSERT_EQUAL(longer.command.error.code, ERROR_CONFLICT);
    struct told stolen = fake_start(&fake, "order", input, keyed.command.result_id);
    CU_ASSERT_EQUAL(stolen.command.error.code, ERROR_INVALID);
    fake_restart(&fake);
    struct told later = {.command = {.type = COMMAND_START, .saga = "order", .key = "k-1"}};
    fake_submit(&fake, &later);
    fake_turn(&fake);
    CU_ASSERT_EQUAL(later.command.result_txn, keyed.command.result_txn);
    fake_close(&fake);
}

static void what_cannot_start(void)
{
    struct fake fake;
    fake_open(&fake);
    fake_define(&fake, order);
    CU_ASSERT_EQUAL(fake_start(&fake, "nothing", input, NULL).command.error.code, ERROR_NOT_FOUND);
    struct told version = {.command = {.type = COMMAND_START, .saga = "order", .version = 2}};
    fake_submit(&fake, &version);
    fake_turn(&fake);
    CU_ASSERT_EQUAL(version.command.error.code, ERROR_NOT_FOUND);
    CU_ASSERT_PTR_NOT_NULL(strstr(version.command.error.text, "the newest is 1"));
    engine_free(fake.engine);
    fake.options.open_max = 2;
    fake.engine = NULL;
    fake.calls_count = 0;
    fake_restart(&fake);
    fake_start(&fake, "order", input, "a");
    fake_start(&fake, "order", input, "b");
    CU_ASSERT_EQUAL(fake_start(&fake, "order", input, "c").command.error.code, ERROR_BUSY);
    fake_close(&fake);
}

/* A participant that hangs fills its own share only. */
static void bulkheads(void)
{
    struct fake fake;
    fake_open(&fake);
    fake_define(&fake, "{\"name\":\"pay\",\"version\":1,\"timeout\":\"1h\",\"steps\":["
                       "{\"id\":\"charge\",\"participant\":\"payments\",\"operation\":\"charge\"}]}");
    fake_define(&fake, "{\"name\":\"take\",\"version\":1,\"timeout\":\"1h\",\"steps\":["
                       "{\"id\":\"reserve\",\"participant\":\"inventory\",\"operation\":\"take\"}]}");
    for (int i = 0; i < 5; i++)
        fake_start(&fake, "pay", NULL, NULL);
    CU_ASSERT_EQUAL(fake.calls_count, 2); /* its maxInFlight */
    fake_start(&fake, "take", NULL, NULL);
    CU_ASSERT_EQUAL(fake.calls_count, 3);
    fake_answer(&fake, 200, NULL);
    CU_ASSERT_EQUAL(fake.calls_count, 3); /* the next one took its place */
    for (int i = 0; i < 6; i++)
        if (fake.calls_count)
            fake_answer(&fake, 200, NULL);
    struct engine_counts counts;
    engine_counts(fake.engine, &counts);
    CU_ASSERT_EQUAL(counts.open, 0);
    CU_ASSERT_EQUAL(counts.calls, 6);
    fake_close(&fake);
}

/* While a participant has no room, the urgent goes before what came earlier. */
static void priorities(void)
{
    struct fake fake;
    fake_open(&fake);
    fake_define(&fake, "{\"name\":\"calm\",\"version\":1,\"timeout\":\"1h\",\"priority\":1,\"steps\":["
                       "{\"id\":\"charge\",\"participant\":\"payments\",\"operation\":\"calm\"}]}");
    fake_define(&fake, "{\"name\":\"urgent\",\"version\":1,\"timeout\":\"1h\",\"priority\":9,\"steps\":["
                       "{\"id\":\"charge\",\"participant\":\"payments\",\"operation\":\"urgent\"}]}");
    for (int i = 0; i < 4; i++)
        fake_start(&fake, "calm", NULL, NULL);
    fake_start(&fake, "urgent", NULL, NULL);
    CU_ASSERT_EQUAL_FATAL(fake.calls_count, 2); /* its maxInFlight */
    fake_answer(&fake, 200, NULL);
    CU_ASSERT_STRING_EQUAL(fake.calls[1]->url, "http://127.0.0.1:2/belay/urgent");
    fake_answer(&fake, 200, NULL);
    CU_ASSERT_STRING_EQUAL(fake.calls[1]->url, "http://127.0.0.1:2/belay/calm");
    fake_close(&fake);
}

static void participants_come_and_go(void)
{
    struct fake fake;
    fake_open(&fake);
    fake_define(&fake, order);
    fake_participant(&fake, "inventory", NULL);
    fake_start(&fake, "order", input, "o");
    CU_ASSERT_EQUAL(fake.calls_count, 0); /* unknown: tried again later */
    fake_participant(&fake, "inventory", "{\"url\":\"http://127.0.0.1:9\"}");
    fake.now_ms += 1000;
    fake_turn(&fake);
    CU_ASSERT_EQUAL_FATAL(fake.calls_count, 1);
    CU_ASSERT_STRING_EQUAL(fake_header(fake.calls[0], "Belay-Attempt"), "2");
    fake_close(&fake);
}

/* A missing field is found when the request is built: forward nothing happened, backward a person must look. */
static void requests_that_cannot_be_built(void)
{
    struct fake fake;
    fake_open(&fake);
    fake_define(&fake, order);
    struct told none = fake_start(&fake, "order", "{\"cents\":1}", "o");
    CU_ASSERT_EQUAL(fake.calls_count, 0);
    CU_ASSERT_EQUAL(fake_start(&fake, "order", "{\"cents\":1}", "o").command.result_status, STATUS_COMPENSATED);
    CU_ASSERT_TRUE(none.command.created);
    fake_define(&fake, "{\"name\":\"odd\",\"version\":1,\"timeout\":\"1h\",\"steps\":["
                       "{\"id\":\"one\",\"participant\":\"inventory\",\"action\":{\"request\":\"POST /a\"},"
                       "\"compensation\":{\"request\":\"POST /b\",\"body\":\"${ input.missing }\"}},"
                       "{\"id\":\"two\",\"participant\":\"payments\",\"operation\":\"charge\"}]}");
    struct told odd = fake_start(&fake, "odd", "{}", "p");
    fake_answer(&fake, 200, NULL);
    fake_answer(&fake, 409, NULL);
    struct told paused = fake_start(&fake, "odd", "{}", "p");
    CU_ASSERT_EQUAL(paused.command.result_status, STATUS_PAUSED);
    CU_ASSERT_EQUAL(paused.command.result_cause, CAUSE_UNDO_BROKEN);
    CU_ASSERT_STRING_EQUAL(paused.command.result_step, "one");
    struct told skipped = operate(&fake, odd.command.result_txn, EVENT_SKIP, "one", ANSWER_NONE);
    CU_ASSERT_EQUAL(skipped.command.result_status, STATUS_COMPENSATED);
    fake_close(&fake);
}

static bool find_reason(void *context, const struct history_entry *entry)
{
    if (entry->fact.type == FACT_RESOLVED)
        snprintf(context, 200, "%.*s", (int)entry->payload_length, entry->payload);
    return true;
}

static void operators(void)
{
    struct fake fake;
    struct error error;
    char payload[200] = "";
    fake_open(&fake);
    fake_define(&fake, order);
    struct told started = fake_start(&fake, "order", input, "o");
    uint64_t txn = started.command.result_txn;
    CU_ASSERT_EQUAL(operate(&fake, txn, EVENT_SKIP, "nope", ANSWER_NONE).command.error.code, ERROR_NOT_FOUND);
    CU_ASSERT_EQUAL(operate(&fake, txn, EVENT_SKIP, "reserve", ANSWER_NONE).command.error.code, ERROR_CONFLICT);
    CU_ASSERT_EQUAL(operate(&fake, 12345, EVENT_CANCEL, NULL, ANSWER_NONE).command.error.code, ERROR_NOT_FOUND);
    fake_answer(&fake, 503, NULL);
    struct told told = {.command = {.type = COMMAND_OPERATE,
                                    .txn = txn,
                                    .verb = EVENT_RESOLVE,
                                    .step = "reserve",
                                    .answer = ANSWER_YES,
                                    .reason = "a \"test\"",
                                    .output = "{\"place\":7}",
                                    .output_length = 11}};
    fake_submit(&fake, &told);
    fake_turn(&fake);
    history_read(fake.store, txn, 0, find_reason, payload, &error);
    CU_ASSERT_STRING_EQUAL(payload, "{\"reason\":\"a \\\"test\\\"\",\"output\":{\"place\":7}}");
    fake_restart(&fake);
    fake_turn(&fake);
    fake_answer(&fake, 200, NULL); /* charge */
    struct told ended = fake_start(&fake, "order", input, "o");
    CU_ASSERT_STRING_EQUAL(ended.output, "{\"place\":7}"); /* the operator's word counts as the step's output */
    CU_ASSERT_EQUAL(operate(&fake, txn, EVENT_CANCEL, NULL, ANSWER_NONE).command.error.code, ERROR_CONFLICT);
    fake_close(&fake);
}

static void waiting(void)
{
    struct fake fake;
    fake_open(&fake);
    fake_define(&fake, order);
    struct told started = fake_start(&fake, "order", input, "o");
    struct told wait = {.command = {.type = COMMAND_WAIT, .txn = started.command.result_txn, .wait_ms = 500}};
    struct told patient = {.command = {.type = COMMAND_WAIT, .txn = started.command.result_txn, .wait_ms = 5000}};
    struct told unknown = {.command = {.type = COMMAND_WAIT, .txn = 1, .wait_ms = 500}};
    fake_submit(&fake, &wait);
    fake_submit(&fake, &patient);
    fake_submit(&fake, &unknown);
    fake_turn(&fake);
    CU_ASSERT_EQUAL(unknown.command.error.code, ERROR_NOT_FOUND);
    fake.now_ms += 499;
    fake_turn(&fake);
    CU_ASSERT_EQUAL(wait.replies, 0);
    fake.now_ms += 1;
    fake_turn(&fake);
    CU_ASSERT_EQUAL(wait.replies, 1);
    CU_ASSERT_EQUAL(wait.command.result_status, STATUS_RUNNING);
    operate(&fake, started.command.result_txn, EVENT_PAUSE, NULL, ANSWER_NONE);
    CU_ASSERT_EQUAL(patient.replies, 1); /* nothing will happen by itself now */
    CU_ASSERT_EQUAL(patient.command.result_status, STATUS_PAUSED);
    operate(&fake, started.command.result_txn, EVENT_RESUME, NULL, ANSWER_NONE);
    patient.replies = 0;
    fake_submit(&fake, &patient);
    fake_turn(&fake);
    engine_stop(fake.engine);
    struct error error;
    CU_ASSERT_EQUAL(engine_run(fake.engine, &error), 0); /* a stop answers everybody */
    CU_ASSERT_EQUAL(patient.replies, 1);
    CU_ASSERT_FALSE(engine_submit(fake.engine, &patient.command));
    fake_close(&fake);
}

static bool known(struct fake *fake, const char *id)
{
    struct told told = {.command = {.type = COMMAND_START, .saga = "nothing", .id = id}};
    fake_submit(fake, &told);
    fake_turn(fake);
    return told.command.error.code == ERROR_CONFLICT; /* other content: so it is there */
}

static void retention(void)
{
    struct fake fake;
    fake_open(&fake);
    fake_define(&fake,
                "{\"name\":\"kept\",\"version\":1,\"timeout\":\"1h\",\"retention\":\"1m\",\"tags\":[\"eu\"],"
                "\"steps\":[{\"id\":\"charge\",\"participant\":\"payments\",\"operation\":\"charge\"}]}");
    fake_start(&fake, "kept", NULL, "ended");
    fake_answer(&fake, 200, NULL);
    fake_start(&fake, "kept", NULL, "open");
    fake_start(&fake, "kept", NULL, "newest");
    fake.now_ms += 59 * 1000;
    fake_turn(&fake);
    CU_ASSERT_TRUE(known(&fake, "ended"));
    fake.now_ms += LIMIT_SWEEP_MS + 1000;
    fake_turn(&fake);
    CU_ASSERT_FALSE(known(&fake, "ended"));
    CU_ASSERT_TRUE(known(&fake, "open"));
    fake_close(&fake);
}

static void removed_within_bounds(void)
{
    struct fake fake;
    struct error error;
    fake_open(&fake);
    fake_define(&fake, "{\"name\":\"brief\",\"version\":1,\"timeout\":\"1h\",\"retention\":\"1ms\","
                       "\"steps\":[{\"id\":\"pause\",\"delay\":\"1ms\"}]}");
    for (int i = 0; i < 3 * LIMIT_SWEEP; i++)
        fake_start(&fake, "brief", NULL, NULL);
    fake.now_ms += 10;
    fake_turn(&fake);
    fake.now_ms += LIMIT_SWEEP_MS;
    fake.commit_ms = 2 * LIMIT_SWEEP_TOOK_MS;
    for (size_t count = LIMIT_SWEEP; count > LIMIT_SWEEP_LEAST; count /= 2) {
        CU_ASSERT_EQUAL(engine_turn(fake.engine, 0, &error), 0);
        CU_ASSERT_EQUAL(fake.removed, count);
    }
    for (int i = 0; i < 2; i++) {
        CU_ASSERT_EQUAL(engine_turn(fake.engine, 0, &error), 0);
        CU_ASSERT_EQUAL(fake.removed, LIMIT_SWEEP_LEAST);
    }
    struct told told[LIMIT_SWEEP_LEAST + 2];
    for (size_t i = 0; i < LIMIT_SWEEP_LEAST + 2; i++) {
        told[i] = (struct told){.command = {.type = COMMAND_START, .saga = "brief"}};
        fake_submit(&fake, &told[i]);
    }
    for (int i = 0; i < 2; i++) { /* as many as begin, as many as end */
        CU_ASSERT_EQUAL(engine_turn(fake.engine, 0, &error), 0);
        CU_ASSERT_EQUAL(fake.removed, LIMIT_SWEEP_LEAST + 2);
    }
    fake.commit_ms = 1;
    for (size_t count = LIMIT_SWEEP_LEAST; count <= 16; count *= 2) {
        CU_ASSERT_EQUAL(engine_turn(fake.engine, 0, &error), 0);
        CU_ASSERT_EQUAL(fake.removed, count);
    }
    fake_close(&fake);
}

static void tags_of_both(void)
{
    char *both = open_tags("\neu\nvip\n", "\nvip\nnew\n"), *own = open_tags(NULL, "\nvip\n");
    CU_ASSERT_STRING_EQUAL(both, "\neu\nvip\nnew\n");
    CU_ASSERT_STRING_EQUAL(own, "\nvip\n");
    CU_ASSERT_PTR_NULL(open_tags(NULL, NULL));
    mem_free(both);
    mem_free(own);
}

static void definitions(void)
{
    struct fake fake;
    struct findings findings;
    fake_open(&fake);
    fake_define(&fake, order);
    fake_restart(&fake);
    findings_init(&findings);
    struct told same = {.command = {.type = COMMAND_DEFINE}};
    same.command.definition = definition_parse(order, strlen(order), &findings);
    fake_submit(&fake, &same);
    fake_turn(&fake);
    CU_ASSERT_TRUE(same.replies == 1 && !same.command.created && same.command.error.code == ERROR_NONE);
    const char other[] = "{\"name\":\"order\",\"version\":1,\"timeout\":\"2h\",\"steps\":["
                         "{\"id\":\"one\",\"participant\":\"inventory\",\"operation\":\"x\"}]}";
    struct told changed = {.command = {.type = COMMAND_DEFINE}};
    changed.command.definition = definition_parse(other, strlen(other), &findings);
    fake_submit(&fake, &changed);
    fake_turn(&fake);
    CU_ASSERT_EQUAL(changed.command.error.code, ERROR_CONFLICT);
    CU_ASSERT_EQUAL(changed.command.next_free, 2);
    definition_free(same.command.definition);
    definition_free(changed.command.definition);
    findings_done(&findings);
    fake_close(&fake);
}

void engine_test_suite(void);
void engine_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("engine", NULL, NULL);
    CU_add_test(suite, "a saga runs from its start to its output, with the protocol's requests", a_whole_saga);
    CU_add_test(suite, "a refusal is undone with what the undo needs to know", an_undone_saga);
    CU_add_test(suite, "a crash changes neither key nor bytes of a call", same_bytes_after_a_crash);
    CU_add_test(suite, "a failed commit lets nothing out", a_failed_commit_lets_nothing_out);
    CU_add_test(suite, "a repeated start is the same transaction, another content a conflict", repeated_starts);
    CU_add_test(suite, "what cannot start says why", what_cannot_start);
    CU_add_test(suite, "calls keep within a participant's share", bulkheads);
    CU_add_test(suite, "urgent sagas' calls are let out first", priorities);
    CU_add_test(suite, "participants may be registered late", participants_come_and_go);
    CU_add_test(suite, "requests that cannot be built", requests_that_cannot_be_built);
    CU_add_test(suite, "operators' words are recorded and count", operators);
    CU_add_test(suite, "waiting ends with the end, a pause, patience or a stop", waiting);
    CU_add_test(suite, "no more is removed at once than a short commit can take along", removed_within_bounds);
    CU_add_test(suite, "what has ended is kept as long as its saga says", retention);
    CU_add_test(suite, "tags are the saga's and the transaction's own", tags_of_both);
    CU_add_test(suite, "definitions are immutable by version", definitions);
}
