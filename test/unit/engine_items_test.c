/* engine: steps with forEach, from the list to the last undo. */
#include "unit/engine_fake.h"

#include "base/mem.h"
#include "engine/history.h"
#include "engine/inside.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MANY = 10000 };

#define SAGA(each)                                                                                           \
    "{\"name\":\"order\",\"version\":1,\"timeout\":\"1h\",\"defaults\":{\"retry\":\"none\"},"                \
    "\"steps\":[{\"id\":\"reserve\",\"participant\":\"inventory\",\"forEach\":" each ","                     \
    "\"action\":{\"request\":\"PUT /items/${ item.sku }-x\",\"body\":{\"count\":\"${ item.n }\","            \
    "\"place\":\"${ index }\",\"key\":\"${ steps.reserve.key }\"}},"                                         \
    "\"compensation\":{\"request\":\"DELETE /items/${ item.sku }-x\",\"body\":{\"why\":\"${ error.code }\"," \
    "\"at\":\"${ error.step }\",\"was\":\"${ steps.reserve.status }\"}}},"                                   \
    "{\"id\":\"charge\",\"participant\":\"payments\",\"operation\":\"charge\","                              \
    "\"body\":\"${ steps.reserve.items.map(i, i.name + ' ' + i.status + ' ' + i.key) }\"}],"                 \
    "\"output\":\"${ size(steps.reserve.items) }\"}"

static const char two_at_once[] = SAGA("{\"in\":\"input.lines\",\"key\":\"item.sku\",\"maxConcurrency\":2}");

static const struct open *only(const struct fake *fake, const char *id)
{
    return opens_find_id(fake->engine, id);
}

/* The call to the item comes next; it gets this answer. */
static void expect(struct fake *fake, const char *method, const char *key, int status, const char *body)
{
    CU_ASSERT_TRUE_FATAL(fake->calls_count > 0);
    CU_ASSERT_STRING_EQUAL(fake->calls[0]->method, method);
    CU_ASSERT_STRING_EQUAL(fake_header(fake->calls[0], "Idempotency-Key"), key);
    fake_answer(fake, status, body);
}

static void item_after_item(void)
{
    struct fake fake;
    fake_open(&fake);
    fake_define(&fake, two_at_once);
    fake_start(&fake, "order",
               "{\"lines\":[{\"sku\":\"a\",\"n\":1},{\"sku\":\"b/c %\",\"n\":2},{\"sku\":\"..\",\"n\":3}]}", "o");
    CU_ASSERT_EQUAL_FATAL(fake.calls_count, 2); /* maxConcurrency */
    CU_ASSERT_STRING_EQUAL(fake.calls[0]->url, "http://127.0.0.1:1/stock/items/a-x");
    CU_ASSERT_STRING_EQUAL(fake.calls[0]->body, "{\"count\":1,\"place\":0,\"key\":\"o/reserve/a/action\"}");
    CU_ASSERT_STRING_EQUAL(fake_header(fake.calls[0], "Belay-Step"), "reserve");
    CU_ASSERT_STRING_EQUAL(fake_header(fake.calls[0], "Belay-Item"), "a");
    CU_ASSERT_STRING_EQUAL(fake_header(fake.calls[1], "Belay-Item"), "b%2Fc%20%25");
    expect(&fake, "PUT", "o/reserve/a/action", 200, "{\"r\":1}");
    CU_ASSERT_EQUAL(fake.calls_count, 2); /* the third takes its place */
    fake_restart(&fake);                  /* items and keys come from the facts */
    fake_turn(&fake);
    CU_ASSERT_EQUAL_FATAL(fake.calls_count, 2);
    expect(&fake, "DELETE", "o/reserve/%2E%2E/compensation", 200, NULL); /* "retry": "none": nobody knows */
    expect(&fake, "DELETE", "o/reserve/b%2Fc%20%25/compensation", 200, NULL);
    expect(&fake, "DELETE", "o/reserve/a/compensation", 200, NULL);
    CU_ASSERT_EQUAL(fake.calls_count, 0);
    fake_close(&fake);
}

static void all_done_then_the_next_step(void)
{
    struct fake fake;
    fake_open(&fake);
    fake_define(&fake, two_at_once);
    struct told told = {.command = {.type = COMMAND_START, .saga = "order", .id = "o", .wait_ms = 1000}};
    told.command.input = "{\"lines\":[{\"sku\":\"a\",\"n\":1},{\"sku\":\"b\",\"n\":2},{\"sku\":\"..\",\"n\":3}]}";
    told.command.input_length = strlen(told.command.input);
    fake_submit(&fake, &told);
    fake_turn(&fake);
    expect(&fake, "PUT", "o/reserve/a/action", 200, NULL);
    expect(&fake, "PUT", "o/reserve/b/action", 200, NULL);
    expect(&fake, "PUT", "o/reserve/%2E%2E/action", 200, NULL);
    CU_ASSERT_STRING_EQUAL(fake.calls[0]->body, "[\"a done o/reserve/a/action\",\"b done o/reserve/b/action\","
                                                "\"%2E%2E done o/reserve/%2E%2E/action\"]");
    expect(&fake, "POST", "o/charge/action", 200, NULL);
    CU_ASSERT_EQUAL(told.command.result_status, STATUS_COMPLETED);
    CU_ASSERT_STRING_EQUAL(told.output, "3");
    fake_close(&fake);
}

static void undone_item_by_item(void)
{
    struct fake fake;
    fake_open(&fake);
    fake_define(&fake, two_at_once);
    struct told told = {.command = {.type = COMMAND_START, .saga = "order", .id = "o", .wait_ms = 1000}};
    told.command.input = "{\"lines\":[{\"sku\":\"a\",\"n\":1},{\"sku\":\"b\",\"n\":1},{\"sku\":\"c\",\"n\":1},"
                         "{\"sku\":\"d\",\"n\":1},{\"sku\":\"e\",\"n\":1}]}";
    told.command.input_length = strlen(told.command.input);
    fake_submit(&fake, &told);
    fake_turn(&fake);
    expect(&fake, "PUT", "o/reserve/a/action", 200, NULL);
    expect(&fake, "PUT", "o/reserve/b/action", 200, NULL);
    expect(&fake, "PUT", "o/reserve/c/action", 409, "{\"code\":\"sold_out\"}");
    CU_ASSERT_EQUAL_FATAL(fake.calls_count, 1); /* d is settled first; e is never called */
    expect(&fake, "PUT", "o/reserve/d/action", 200, NULL);
    CU_ASSERT_EQUAL_FATAL(fake.calls_count, 2);
    CU_ASSERT_STRING_EQUAL(fake.calls[0]->body, "{\"why\":\"sold_out\",\"at\":\"reserve\",\"was\":\"done\"}");
    CU_ASSERT_STRING_EQUAL(fake_header(fake.calls[0], "Belay-Action-Key"), "o/reserve/d/action");
    expect(&fake, "DELETE", "o/reserve/d/compensation", 200, NULL);
    expect(&fake, "DELETE", "o/reserve/b/compensation", 200, NULL);
    expect(&fake, "DELETE", "o/reserve/a/compensation", 200, NULL);
    CU_ASSERT_EQUAL(told.command.result_status, STATUS_COMPENSATED);
    CU_ASSERT_STRING_EQUAL(told.command.result_step, "reserve[c]");
    fake_close(&fake);
}

struct refusal_seen {
    const char *why;
    unsigned found;
};

static bool find_refusal(void *context, const struct history_entry *entry)
{
    struct refusal_seen *seen = context;
    bool refusal = entry->fact.type == FACT_ANSWERED && entry->fact.code == CALL_BAD_ITEMS;
    if (!refusal)
        return true;
    char *code = NULL, *detail = NULL;
    payload_problem(entry->payload, entry->payload_length, &code, &detail);
    bool same = detail && strncmp(detail, seen->why, strlen(seen->why)) == 0;
    seen->found += same;
    if (!same)
        printf("\nexpected %s\nfound    %s\n", seen->why, detail ? detail : "nothing");
    mem_free(code);
    mem_free(detail);
    return true;
}

/* What makes the list useless is the step's no, and says which item and why. */
static void useless_lists(void)
{
    static const struct {
        const char *input, *why;
    } cases[] = {
        {"{\"lines\":7}", "/forEach/in: a list was expected, found int"},
        {"{\"rows\":[]}", "/forEach/in: "},
        {"{\"lines\":[{\"sku\":\"a\"},{\"sku\":\"b\"},{\"sku\":\"a\"}]}",
         "/forEach/key: items 0 and 2 both have the key \"a\", which must tell them apart"},
        {"{\"lines\":[{\"sku\":\"a\"},{\"no\":\"b\"}]}", "/forEach/key of item 1: "},
        {"{\"lines\":[{\"sku\":\"\"}]}", "/forEach/key of item 0: it is empty"},
        {"{\"lines\":[{\"sku\":[]}]}", "/forEach/key of item 0: a string or int was expected, found list"},
        {"{\"lines\":[{\"sku\":\"0123456789012345678901234567890123456789012345678901234567890123456789"
         "01234567890123456789012345678901234567890123456789012345678\"}]}",
         "/forEach/key of item 0: it is longer than 128 bytes"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fake fake;
        fake_open(&fake);
        fake_define(&fake, two_at_once);
        fake_start(&fake, "order", cases[i].input, "o");
        CU_ASSERT_EQUAL(fake.calls_count, 0);
        struct told again = fake_start(&fake, "order", cases[i].input, "o");
        struct refusal_seen refusal = {.why = cases[i].why};
        struct error error;
        CU_ASSERT_EQUAL(history_read(fake.store, again.command.result_txn, 0, find_refusal, &refusal, &error), 0);
        CU_ASSERT_EQUAL(refusal.found, 1);
        CU_ASSERT_EQUAL(again.command.result_status, STATUS_COMPENSATED);
        CU_ASSERT_EQUAL(again.command.result_cause, CAUSE_REFUSED);
        fake_close(&fake);
    }
}

static void nothing_to_do(void)
{
    struct fake fake;
    fake_open(&fake);
    fake_define(&fake, two_at_once);
    fake_start(&fake, "order", "{\"lines\":[]}", "o");
    CU_ASSERT_STRING_EQUAL(fake.calls[0]->body, "[]");
    expect(&fake, "POST", "o/charge/action", 200, NULL);
    fake_close(&fake);
}

static char *many_lines(void)
{
    struct buf buf;
    buf_init(&buf, LIMIT_BODY_BYTES);
    buf_puts(&buf, "{\"lines\":[");
    for (int i = 0; i < MANY; i++)
        buf_printf(&buf, "%s{\"sku\":\"SKU-%d\",\"n\":%d}", i ? "," : "", i, i % 7);
    buf_puts(&buf, "]}");
    CU_ASSERT_FALSE(buf.full);
    return buf_take(&buf, NULL);
}

static void answer_all(struct fake *fake, const char *refused)
{
    while (fake->calls_count) {
        const char *key = fake_header(fake->calls[0], "Idempotency-Key");
        fake_answer(fake, refused && strcmp(key, refused) == 0 ? 409 : 200, NULL);
    }
}

static struct told many(struct fake *fake, const char *refused)
{
    char *input = many_lines();
    struct told told = {.command = {.type = COMMAND_START,
                                    .saga = "order",
                                    .input = input,
                                    .input_length = strlen(input),
                                    .id = "o",
                                    .wait_ms = 1000}};
    fake_open(fake);
    fake_define(fake, SAGA("{\"in\":\"input.lines\",\"key\":\"item.sku\",\"maxConcurrency\":100}"));
    fake_submit(fake, &told);
    fake_turn(fake);
    CU_ASSERT_EQUAL(fake->calls_count, 100);
    CU_ASSERT_EQUAL(only(fake, "o")->txn->branches_count, MANY + 2);
    answer_all(fake, refused);
    CU_ASSERT_EQUAL(told.replies, 1);
    mem_free(input);
    return told;
}

static void ten_thousand_complete(void)
{
    struct fake fake;
    struct told told = many(&fake, NULL);
    CU_ASSERT_EQUAL(told.command.result_status, STATUS_COMPLETED);
    CU_ASSERT_STRING_EQUAL(told.output, "10000");
    fake_close(&fake);
}

struct undos {
    unsigned called, undone;
    uint16_t last; /* branch whose undo was called last */
    bool ordered;
};

static bool count_undo(void *context, const struct history_entry *entry)
{
    struct undos *undos = context;
    bool undo = entry->fact.verb == VERB_UNDO;
    if (entry->fact.type == FACT_CALLED && undo) {
        undos->ordered &= entry->fact.branch < undos->last;
        undos->last = entry->fact.branch;
    }
    undos->called += entry->fact.type == FACT_CALLED && entry->fact.verb == VERB_DO;
    undos->undone += entry->fact.type == FACT_ANSWERED && undo && entry->fact.answer == ANSWER_YES;
    return true;
}

static void ten_thousand_undone(void)
{
    struct fake fake;
    struct error error;
    struct undos undos = {.last = UINT16_MAX, .ordered = true};
    struct told told = many(&fake, "o/reserve/SKU-9998/action");
    CU_ASSERT_EQUAL(told.command.result_status, STATUS_COMPENSATED);
    CU_ASSERT_STRING_EQUAL(told.command.result_step, "reserve[SKU-9998]"); /* the 9,999th */
    CU_ASSERT_EQUAL(history_read(fake.store, told.command.result_txn, 0, count_undo, &undos, &error), 0);
    CU_ASSERT_EQUAL(undos.called, MANY);
    CU_ASSERT_EQUAL(undos.undone, MANY - 1); /* all but the one that was refused, the one behind it too */
    CU_ASSERT_TRUE(undos.ordered);
    fake_close(&fake);
}

void engine_items_test_suite(void);
void engine_items_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("engine/items", NULL, NULL);
    CU_add_test(suite, "a call per item, within the concurrency", item_after_item);
    CU_add_test(suite, "all done, then the next step", all_done_then_the_next_step);
    CU_add_test(suite, "undone item by item", undone_item_by_item);
    CU_add_test(suite, "useless lists", useless_lists);
    CU_add_test(suite, "an empty list", nothing_to_do);
    CU_add_test(suite, "ten thousand items complete", ten_thousand_complete);
    CU_add_test(suite, "ten thousand items are undone after a failure at the last but one", ten_thousand_undone);
}
