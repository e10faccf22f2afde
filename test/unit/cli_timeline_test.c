/* cli/timeline, cli/story, cli/facts: transactions told as stories. */
#include "base/time.h"
#include "cli/facts.h"
#include "cli/story.h"
#include "cli/timeline.h"

#include <CUnit/Basic.h>
#include <string.h>

/* An order whose card was declined, as the coordinator tells it. */
static const char declined[] =
    "{\"id\":\"order-1001\",\"saga\":\"place-order\",\"version\":3,\"status\":\"compensated\",\"decision\":"
    "\"abort\","
    "\"cause\":\"step_refused\",\"causeStep\":\"charge\",\"code\":\"card_declined\",\"detail\":\"the card was "
    "declined\","
    "\"begunAt\":\"2026-01-02T03:04:05.000Z\",\"endedAt\":\"2026-01-02T03:04:06.280Z\",\"tags\":[\"vip\",\"eu\"],"
    "\"input\":{},\"steps\":["
    "{\"id\":\"reserve\",\"participant\":\"inventory\",\"state\":\"undone\","
    "\"action\":{\"attempts\":1,\"startedAt\":\"2026-01-02T03:04:05.000Z\",\"endedAt\":\"2026-01-02T03:04:05."
    "012Z\","
    "\"answer\":\"yes\",\"httpStatus\":200,\"output\":{\"held\":2}},"
    "\"compensation\":{\"attempts\":1,\"startedAt\":\"2026-01-02T03:04:06.270Z\",\"endedAt\":\"2026-01-02T03:04:"
    "06.278Z\","
    "\"answer\":\"yes\",\"httpStatus\":200}},"
    "{\"id\":\"authorize\",\"participant\":\"payments\",\"state\":\"undone\","
    "\"action\":{\"attempts\":3,\"startedAt\":\"2026-01-02T03:04:05.013Z\",\"endedAt\":\"2026-01-02T03:04:06."
    "213Z\","
    "\"answer\":\"yes\",\"httpStatus\":201},"
    "\"compensation\":{\"attempts\":2,\"startedAt\":\"2026-01-02T03:04:06.250Z\",\"endedAt\":\"2026-01-02T03:04:"
    "06.269Z\","
    "\"answer\":\"yes\",\"httpStatus\":200}},"
    "{\"id\":\"gift\",\"participant\":\"inventory\",\"state\":\"skipped\"},"
    "{\"id\":\"charge\",\"participant\":\"payments\",\"state\":\"refused\","
    "\"action\":{\"attempts\":1,\"startedAt\":\"2026-01-02T03:04:06.214Z\",\"endedAt\":\"2026-01-02T03:04:06."
    "247Z\","
    "\"answer\":\"no\",\"httpStatus\":409,\"code\":\"card_declined\",\"detail\":\"the card was declined\"}},"
    "{\"id\":\"ship\",\"participant\":\"shipping\",\"state\":\"idle\"}]}";

static const char declined_story[] =
    "order-1001  place-order v3  compensated after 1.28s\n"
    "begun 2026-01-02T03:04:05.000Z, tags vip, eu\n"
    "\n"
    "    +0ms  + reserve    inventory  yes (200) in 12ms\n"
    "   +13ms  + authorize  payments   yes (201) in 1.20s, 3 tries\n"
    "          - gift       inventory  skipped\n"
    "  +1.21s  x charge     payments   NO (409) in 33ms, card_declined: the card was declined\n"
    "          - ship       shipping   not reached\n"
    "then undone:\n"
    "  +1.25s  < authorize  payments   yes (200) in 19ms, 2 tries\n"
    "  +1.27s  < reserve    inventory  yes (200) in 8ms\n"
    "\n"
    "compensated: charge answered no (card_declined: the card was declined), so everything done before was "
    "undone\n";

static char *told(const json_t *txn, enum format format)
{
    struct buf buf;
    struct output output = {.format = format};
    buf_init(&buf, OUTPUT_BYTES);
    time_parse("2026-01-02T03:05:05.000Z", &output.now_ms);
    timeline_put(&output, &buf, txn);
    story_put_next(&output, &buf, txn);
    return buf_take(&buf, NULL);
}

static void expect(const char *text, const char *expected)
{
    if (!strstr(text, expected))
        printf("\n--- expected\n%s\n--- found\n%s\n", expected, text);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, expected));
}

static void a_declined_order(void)
{
    json_t *txn = json_loads(declined, 0, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(txn);
    char *text = told(txn, FORMAT_TABLE);
    expect(text, declined_story);
    expect(text, "Next:\n  belay history order-1001 ");
    free(text);
    text = told(txn, FORMAT_WIDE);
    expect(text, "yes (200) in 12ms\n            {\"held\":2}\n");
    free(text);
    json_decref(txn);
}

static json_t *begun(const char *status, const char *cause, const char *step)
{
    json_t *txn = json_pack("{s:s, s:s, s:i, s:s, s:s, s:[]}", "id", "it's", "saga", "s", "version", 1, "status",
                            status, "begunAt", "2026-01-02T03:04:05.000Z", "steps");
    if (*cause)
        json_object_set_new(txn, "cause", json_string(cause));
    if (*step)
        json_object_set_new(txn, "causeStep", json_string(step));
    return txn;
}

/* What a person can do about every way to stand paused. */
static void what_helps(void)
{
    static const struct {
        const char *cause, *step, *why, *next;
    } cases[] = {
        {"operator", "", "paused: an operator asked for it\n", "belay resume 'it'\\''s' --reason WHY"},
        {"timeout", "", "paused: its time was up\n", "belay cancel 'it'\\''s' --reason WHY"},
        {"compensation_exhausted", "pay", "paused: the undo of pay failed until its tries were used up",
         "belay resolve 'it'\\''s' --step pay --outcome done --reason WHY"},
        {"compensation_broken", "pay", "the request that undoes pay cannot be built",
         "belay skip 'it'\\''s' --step pay"},
        {"pivot_unknown", "pay", "nobody knows whether pay, the point of no return, was done",
         "belay resolve 'it'\\''s' --step pay --outcome failed --reason WHY"},
        {"refused_after_pivot", "pay", "pay answered no, and after the point of no return nothing is undone",
         "belay retry 'it'\\''s' --reason WHY"},
        {"exhausted_after_pivot", "pay", "pay used up its tries, and after", "belay skip 'it'\\''s' --step pay"},
        {"of_a_newer_coordinator", "pay", "paused: of_a_newer_coordinator", "belay retry 'it'\\''s' --reason WHY"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *txn = begun("paused", cases[i].cause, cases[i].step);
        char *text = told(txn, FORMAT_TABLE);
        expect(text, cases[i].why);
        expect(text, cases[i].next);
        expect(text, "What helps:");
        CU_ASSERT_PTR_NULL(strstr(text, "belay watch"));
        free(text);
        json_decref(txn);
    }
}

static void lock_is(const char *lock, const char *expected)
{
    json_t *txn = begun("running", "", "");
    json_object_set_new(txn, "lock", json_loads(lock, 0, NULL));
    char *text = told(txn, FORMAT_TABLE);
    expect(text, expected);
    free(text);
    json_decref(txn);
}

static void locks(void)
{
    lock_is("{\"key\":\"door\",\"state\":\"held\"}", " ago\nholds the lock door\n\n");
    lock_is("{\"key\":\"door\",\"state\":\"waiting\",\"waitsUntil\":\"T\",\"holder\":\"a\",\"before\":1}",
            "\nwaits for the lock door until T, held by a\n\n");
    lock_is("{\"key\":\"door\",\"state\":\"waiting\",\"waitsUntil\":\"T\",\"holder\":\"a\",\"before\":3}",
            "\nwaits for the lock door until T, held by a, 2 more before it\n\n");
    lock_is("{\"key\":\"door\",\"state\":\"released\"}", " ago\n\n");
}

static json_t *step(const char *id, const char *state, const char *next)
{
    return json_pack("{s:s, s:s, s:s, s:{s:i, s:s, s:s, s:s, s:s}}", "id", id, "state", state, "nextAttemptAt",
                     next, "action", "attempts", 3, "startedAt", "2026-01-02T03:04:05.100Z", "endedAt",
                     "2026-01-02T03:04:07.100Z", "answer", "unknown", "transport", "timeout");
}

static void under_way(void)
{
    json_t *txn = begun("running", "", "");
    json_array_append_new(json_object_get(txn, "steps"), step("pay", "waiting", "2026-01-02T03:05:15.500Z"));
    char *text = told(txn, FORMAT_TABLE);
    expect(text, "  running\nbegun 2026-01-02T03:04:05.000Z, 1m00s ago\n");
    expect(text, "  +100ms  ? pay  no clear answer (timeout) in 2.00s, 3 tries, again at 03:05:15.500Z\n");
    expect(text, "running; pay is called again at 03:05:15.500Z\n");
    expect(text, "belay watch ");
    free(text);
    json_decref(txn);
    txn = begun("confirming", "pivot_succeeded", "pay");
    text = told(txn, FORMAT_TABLE);
    expect(text, "confirming: the point of no return was passed at pay; from here it only goes forward");
    free(text);
    json_decref(txn);
}

/* Where an undo stands is told with the undo; that the action was done is no news any more. */
static void stuck_in_the_undo(void)
{
    json_t *txn = begun("paused", "compensation_exhausted", "pay"), *stuck = step("pay", "stuck", "");
    json_object_set_new(stuck, "compensation", json_pack("{s:s, s:i}", "answer", "unknown", "httpStatus", 503));
    json_array_append_new(json_object_get(txn, "steps"), stuck);
    char *text = told(txn, FORMAT_TABLE);
    expect(text, "3 tries\nthen the undo:\n          ? pay  no clear answer (503), stuck\n");
    free(text);
    json_decref(txn);
}

static void the_ends(void)
{
    json_t *txn = begun("completed", "all_steps_done", "");
    json_object_set_new(txn, "output", json_pack("{s:i}", "n", 7));
    char *text = told(txn, FORMAT_TABLE);
    expect(text, "completed: every step is done\noutput {\"n\":7}\n");
    free(text);
    json_decref(txn);
    txn = begun("terminated", "operator", "");
    json_array_append_new(json_object_get(txn, "steps"), json_pack("{s:s, s:s}", "id", "pay", "state", "done"));
    json_array_append_new(json_object_get(txn, "steps"),
                          json_pack("{s:s, s:s}", "id", "ship", "state", "unknown"));
    text = told(txn, FORMAT_TABLE);
    expect(text, "nothing was undone (done, or perhaps done: pay, ship)\n");
    free(text);
    json_decref(txn);
}

/* Steps side by side end in any order; undos within one millisecond go backwards. */
static void order_of_time(void)
{
    json_t *txn = begun("compensated", "cancelled", ""), *steps = json_object_get(txn, "steps");
    const char *const starts[] = {"2026-01-02T03:04:05.300Z", "2026-01-02T03:04:05.100Z",
                                  "2026-01-02T03:04:05.200Z"};
    for (size_t i = 0; i < 3; i++) {
        char id[2] = {(char)('a' + i), '\0'};
        json_array_append_new(steps, json_pack("{s:s, s:{s:s, s:s}, s:{s:s, s:s}}", "id", id, "action",
                                               "startedAt", starts[i], "answer", "yes", "compensation",
                                               "startedAt", "2026-01-02T03:04:05.900Z", "answer", "yes"));
    }
    json_array_insert_new(steps, 1, json_pack("{s:s, s:s}", "id", "n", "state", "skipped"));
    char *text = told(txn, FORMAT_TABLE);
    expect(text,
           "  +100ms  + b  yes\n          - n  skipped\n  +200ms  + c  yes\n  +300ms  + a  yes\nthen undone:\n"
           "  +900ms  < c  yes\n  +900ms  < b  yes\n  +900ms  < a  yes\n");
    free(text);
    json_decref(txn);
}

static void spoil(json_t *whole, json_t *at);

static void tell_and_drop(const json_t *txn)
{
    char *text = told(txn, FORMAT_WIDE);
    CU_ASSERT_PTR_NULL(strchr(text, '\033'));
    free(text);
}

/* Replaces a child by every kind of value, tells the story, and puts it back. */
static void spoil_child(json_t *whole, json_t *parent, const char *key, size_t index)
{
    json_t *child = json_incref(key ? json_object_get(parent, key) : json_array_get(parent, index));
    json_t *kinds[] = {json_null(),  json_true(),   json_integer(-1),   json_real(1e300), json_string("\033[2J"),
                       json_array(), json_object(), json_pack("[[{}]]")};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (key)
            json_object_set(parent, key, kinds[i]);
        else
            json_array_set(parent, index, kinds[i]);
        tell_and_drop(whole);
        json_decref(kinds[i]);
    }
    if (key)
        json_object_set(parent, key, child);
    else
        json_array_set(parent, index, child);
    spoil(whole, child);
    json_decref(child);
}

static void spoil(json_t *whole, json_t *at)
{
    if (json_is_object(at)) {
        char keys[32][32];
        size_t count = 0;
        for (void *i = json_object_iter(at); i && count < 32; i = json_object_iter_next(at, i))
            snprintf(keys[count++], sizeof keys[0], "%s", json_object_iter_key(i));
        for (size_t i = 0; i < count; i++)
            spoil_child(whole, at, keys[i], 0);
    }
    for (size_t i = 0; json_is_array(at) && i < json_array_size(at); i++)
        spoil_child(whole, at, NULL, i);
}

static void no_trust(void)
{
    json_t *txn = json_loads(declined, 0, NULL), *scalar = json_integer(5);
    spoil(txn, txn);
    char *text = told(txn, FORMAT_TABLE);
    expect(text, declined_story);
    free(text);
    tell_and_drop(NULL);
    tell_and_drop(scalar);
    json_decref(scalar);
    json_decref(txn);
}

static void fact_lines(void)
{
    static const struct {
        const char *fact, *line;
    } cases[] = {
        {"{\"seq\":0,\"at\":\"1970-01-01T00:00:01.000Z\",\"fact\":\"begun\"}", "    +0ms  begun"},
        {"{\"at\":\"1970-01-01T00:00:01.005Z\",\"fact\":\"called\",\"step\":\"pay\",\"phase\":\"action\","
         "\"attempt\":1}",
         "    +5ms  pay           action called"},
        {"{\"at\":\"1970-01-01T00:00:01.005Z\",\"fact\":\"called\",\"step\":\"a-step-with-a-long-name\",\"phase\":"
         "\"compensation\",\"attempt\":12}",
         "    +5ms  a-step-with-a-long-name compensation called, try 12"},
        {"{\"at\":\"1970-01-01T00:00:02.500Z\",\"fact\":\"answered\",\"step\":\"pay\",\"phase\":\"action\","
         "\"attempt\":2,"
         "\"answer\":\"unknown\",\"transport\":\"timeout\",\"detail\":\"no \\u001b answer\",\"nextAttemptAt\":"
         "\"1970-01-01T00:00:09.000Z\"}",
         "  +1.50s  pay           action answered, try 2: no clear answer (timeout), no \\u001b answer, next try "
         "at "
         "00:00:09.000Z"},
        {"{\"fact\":\"guarded\",\"step\":\"gift\",\"runs\":false}",
         "          gift          guarded: its condition is false: skipped"},
        {"{\"fact\":\"decided\",\"decision\":\"abort\",\"cause\":\"step_refused\",\"step\":\"pay\"}",
         "          pay           decided: abort, step_refused"},
        {"{\"fact\":\"skipped\",\"step\":\"pay\",\"actor\":\"ann\",\"reason\":\"by phone\"}",
         "          pay           skipped: by ann, reason: by phone"},
        {"{\"fact\":\"ended\",\"status\":\"completed\"}", "          ended: completed"},
        {"{\"fact\":\"begun\",\"parent\":{\"id\":\"t-1\",\"step\":\"flight\"}}",
         "          begun: part of t-1, at its step flight"},
        {"{\"fact\":\"answered\",\"step\":\"flight\",\"kind\":\"saga\",\"phase\":\"start\",\"answer\":\"pending\","
         "\"child\":\"0192\"}",
         "          flight        start answered: waits for the transaction 0192"},
        {"{\"fact\":\"answered\",\"step\":\"flight\",\"kind\":\"saga\",\"phase\":\"completion\",\"answer\":"
         "\"yes\"}",
         "          flight        completion answered: yes"},
        {"{\"fact\":\"of_tomorrow\",\"answer\":\"maybe\"}", "          of_tomorrow: maybe"},
        {"[]", "          "},
    };
    struct buf buf;
    struct output output = {0};
    buf_init(&buf, 10000);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *fact = json_loads(cases[i].fact, 0, NULL);
        facts_put_line(&output, &buf, fact, 1000);
        if (strcmp(buf_text(&buf), cases[i].line) != 0)
            printf("\n  expected: %s\n  found:    %s\n", cases[i].line, buf_text(&buf));
        CU_ASSERT_STRING_EQUAL(buf_text(&buf), cases[i].line);
        buf_clear(&buf);
        json_decref(fact);
    }
    buf_done(&buf);
}

/* No cause that the core knows is told in its bare word. */
static void every_cause_has_words(void)
{
    static const char *const words[] = {
#define X(name, word) word,
        CAUSES(X)
#undef X
    };
    for (size_t i = 1; i < sizeof words / sizeof *words; i++) { /* the first is none */
        char raw[64];
        json_t *txn = begun("paused", words[i], "pay");
        char *text = told(txn, FORMAT_TABLE);
        snprintf(raw, sizeof raw, "paused: %s", words[i]);
        if (strstr(text, raw))
            printf("\n%s\n", raw);
        CU_ASSERT_PTR_NULL(strstr(text, raw));
        free(text);
        json_decref(txn);
    }
}

static void expect_told(const char *text, const char *expected)
{
    json_t *txn = json_loads(text, 0, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(txn);
    char *story = told(txn, FORMAT_TABLE);
    expect(story, expected);
    free(story);
    json_decref(txn);
}

/* From the parent to the child that it waits for, and back. */
static void parents_and_children(void)
{
#define TRIP(status, steps)                                                                                       \
    "{\"id\":\"t-1\",\"saga\":\"trip\",\"version\":1," status                                                     \
    ",\"begunAt\":\"2026-01-02T03:04:05.000Z\",\"steps\":[" steps "]}"
#define FLIGHT(status)                                                                                            \
    "{\"id\":\"c-1\",\"saga\":\"flight\",\"version\":1," status                                                   \
    ",\"parent\":{\"id\":\"t-1\",\"step\":\"flight\"},\"begunAt\":\"2026-01-02T03:04:05.000Z\",\"steps\":[]}"
#define STEP(state, phases)                                                                                       \
    "{\"id\":\"flight\",\"kind\":\"saga\",\"state\":\"" state                                                     \
    "\",\"saga\":\"book-flight\",\"child\":\"c-1\",\"start\":{"                                                   \
    "\"attempts\":1,\"startedAt\":\"2026-01-02T03:04:05.000Z\",\"answer\":" phases "}"
    const char *waiting = TRIP("\"status\":\"running\"", STEP("pending", "\"pending\"}"));
    expect_told(waiting,
                "    +0ms  > flight  book-flight  waits for the transaction c-1\n\nrunning; flight waits for "
                "the transaction c-1\n");
    expect_told(waiting,
                "\n  belay show c-1                                              what flight waits for\n");
    expect_told(
        TRIP("\"status\":\"paused\",\"cause\":\"operator\"", STEP("pending", "\"pending\"}")),
        "  belay cancel t-1 --reason WHY                               undo what was done\n  belay show c-1 ");
    expect_told(
        TRIP("\"status\":\"compensating\",\"cause\":\"cancelled\"",
             STEP("calling", "\"pending\"},\"compensation\":{\"attempts\":1,\"startedAt\":"
                             "\"2026-01-02T03:04:06.000Z\"}")),
        "> flight  book-flight  waited for the transaction c-1\nthen the undo:\n  +1.00s  > flight  "
        "book-flight  waits for the transaction c-1\n\ncompensating: it was cancelled, so what was done is "
        "being undone; flight waits for the transaction c-1\n");
    expect_told(
        TRIP("\"status\":\"completed\"",
             STEP("confirmed", "\"yes\",\"endedAt\":\"2026-01-02T03:04:08.000Z\"},\"completion\":{\"attempts\":"
                               "1,\"answer\":\"yes\",\"startedAt\":\"2026-01-02T03:04:09.000Z\"}")),
        "+ flight  book-flight  yes in 3.00s, transaction c-1\nthen confirmed:\n");
    expect_told(TRIP("\"status\":\"paused\",\"cause\":\"confirm_exhausted\",\"causeStep\":\"flight\"",
                     STEP("stuck", "\"yes\"},\"completion\":{\"attempts\":1,\"answer\":\"unknown\",\"transport\":"
                                   "\"child_terminated\"}")),
                "\n  belay show c-1                                              what became of flight\n");
    const char *ready = FLIGHT("\"status\":\"running\",\"ready\":true");
    expect_told(ready, "part of t-1, at its step flight\n");
    expect_told(ready, "running: every step is done, and held until its parent decides\n");
    expect_told(ready, "\n  belay show t-1                                              what it is part of\n");
    const char *paused = FLIGHT("\"status\":\"paused\",\"cause\":\"parent\"");
    expect_told(paused, "paused: its parent asked for it\nWhat helps:\n  belay resume t-1 --reason WHY ");
#undef TRIP
#undef FLIGHT
#undef STEP
}

void cli_timeline_test_suite(void);
void cli_timeline_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("cli/timeline", NULL, NULL);
    CU_add_test(suite, "a declined order reads like a story", a_declined_order);
    CU_add_test(suite, "who holds a lock, and who waits for it", locks);
    CU_add_test(suite, "every pause says what helps", what_helps);
    CU_add_test(suite, "every cause has words", every_cause_has_words);
    CU_add_test(suite, "what is under way, and when it is tried again", under_way);
    CU_add_test(suite, "an undo that is stuck", stuck_in_the_undo);
    CU_add_test(suite, "completed and terminated", the_ends);
    CU_add_test(suite, "called steps stand in the order of time", order_of_time);
    CU_add_test(suite, "any member may be anything", no_trust);
    CU_add_test(suite, "parents and children lead to each other", parents_and_children);
    CU_add_test(suite, "facts in one line", fact_lines);
}
