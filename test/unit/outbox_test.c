/* engine/outbox: what a saga announces is durable with its facts, told at least once, in order, and then
 * forgotten. */
#include "unit/engine_fake.h"

#include "base/limits.h"
#include "contract/store_harness.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

static const char saga[] =
    "{\"name\":\"order\",\"version\":1,\"timeout\":\"1h\",\"events\":{\"on\":[\"started\",\"completed\","
    "\"compensating\",\"compensated\",\"paused\"],\"to\":\"orders\"},\"steps\":["
    "{\"id\":\"reserve\",\"participant\":\"inventory\",\"operation\":\"reserve\"}],"
    "\"output\":{\"done\":true}}";

static void open_world(struct fake *fake)
{
    fake_open(fake);
    fake_participant(fake, "orders", "{\"url\":\"http://orders\"}");
    fake_define(fake, saga);
}

/* The oldest request that is out is a letter of that type. */
static bool is_letter(const struct fake *fake, const char *word)
{
    char type[64];
    const struct request *request = fake->calls_count ? fake->calls[0] : NULL;
    snprintf(type, sizeof type, "\"type\":\"belay.transaction.%s\"", word);
    return request && strcmp(request->url, "http://orders/events") == 0 && strstr(request->body, type) &&
           strcmp(fake_header(request, "Content-Type"), "application/cloudevents+json; charset=UTF-8") == 0;
}

static void answer(struct fake *fake, int status)
{
    fake_answer(fake, status, NULL);
    fake_turn(fake);
}

static void told_in_order_and_forgotten(void)
{
    struct fake fake;
    open_world(&fake);
    struct told told = fake_start(&fake, "order", "{}", "order-1");
    CU_ASSERT_EQUAL_FATAL(fake.calls_count, 2);
    CU_ASSERT_TRUE(is_letter(&fake, "started"));
    char id[64];
    snprintf(id, sizeof id, "%s", fake_header(fake.calls[0], "Idempotency-Key"));
    CU_ASSERT_PTR_NOT_NULL(strstr(fake.calls[0]->body, id));
    CU_ASSERT_PTR_NOT_NULL(strstr(fake.calls[0]->body, "\"subject\":\"order-1\""));
    struct request *letter = fake.calls[0]; /* it hangs; the saga goes on */
    fake.calls[0] = fake.calls[1];
    fake.calls[1] = letter;
    answer(&fake, 200);
    CU_ASSERT_EQUAL(fake.calls_count, 1); /* what comes later waits for what was earlier */
    CU_ASSERT_TRUE(is_letter(&fake, "started"));
    answer(&fake, 204);
    CU_ASSERT_TRUE(is_letter(&fake, "completed"));
    CU_ASSERT_PTR_NOT_NULL(strstr(fake.calls[0]->body, "\"status\":\"completed\",\"output\":{\"done\":true}}}"));
    answer(&fake, 200);
    CU_ASSERT_EQUAL(fake.calls_count, 0);
    CU_ASSERT_TRUE(store_messages_are(fake.store, "orders", 10, ""));
    CU_ASSERT_TRUE(told.command.result_txn > 0);
    fake_close(&fake);
}

static void why_is_told(void)
{
    struct fake fake;
    open_world(&fake);
    fake_start(&fake, "order", "{}", "order-1");
    answer(&fake, 200); /* started */
    answer(&fake, 409);
    CU_ASSERT_TRUE(is_letter(&fake, "compensating"));
    CU_ASSERT_PTR_NOT_NULL(strstr(fake.calls[0]->body, "\"cause\":\"step_refused\",\"step\":\"reserve\""));
    answer(&fake, 200);
    CU_ASSERT_TRUE(is_letter(&fake, "compensated"));
    fake_close(&fake);
}

static void again_until_it_is_taken(void)
{
    struct fake fake;
    open_world(&fake);
    fake_start(&fake, "order", "{}", "order-1");
    char body[1024], key[64];
    snprintf(body, sizeof body, "%s", fake.calls[0]->body);
    snprintf(key, sizeof key, "%s", fake_header(fake.calls[0], "Idempotency-Key"));
    for (int attempt = 2; attempt < 6; attempt++) {
        answer(&fake, attempt % 2 ? 503 : 0);
        CU_ASSERT_FALSE(is_letter(&fake, "started")); /* not at once */
        struct request *call = fake.calls[0];
        fake.now_ms += 61 * 1000;
        fake_turn(&fake);
        CU_ASSERT_EQUAL_FATAL(fake.calls_count, 2);
        fake.calls[0] = fake.calls[1];
        fake.calls[1] = call;
        CU_ASSERT_TRUE(is_letter(&fake, "started"));
        CU_ASSERT_STRING_EQUAL(fake.calls[0]->body, body);
        CU_ASSERT_STRING_EQUAL(fake_header(fake.calls[0], "Idempotency-Key"), key);
    }
    fake_restart(&fake); /* nobody knows whether it was taken */
    fake_turn(&fake);
    CU_ASSERT_TRUE(is_letter(&fake, "started"));
    CU_ASSERT_STRING_EQUAL(fake.calls[0]->body, body);
    answer(&fake, 422); /* it never will be */
    CU_ASSERT_TRUE(store_messages_are(fake.store, "orders", 10, ""));
    fake_close(&fake);
}

/* More than there is room for in memory wait in the store, and none is left there. */
static void a_long_absence(void)
{
    enum { SAGAS = 3 * LIMIT_OUTBOX_WINDOW };
    struct fake fake;
    fake_open(&fake);
    fake_define(&fake, saga);
    for (int i = 0; i < SAGAS; i++)
        fake_start(&fake, "order", "{}", NULL);
    CU_ASSERT_EQUAL(fake.calls_count, SAGAS); /* nobody is there to be told */
    while (fake.calls_count)
        answer(&fake, 200);
    fake_participant(&fake, "orders", "{\"url\":\"http://orders\"}");
    fake_turn(&fake);
    unsigned told = 0;
    while (fake.calls_count) {
        CU_ASSERT_TRUE(fake.calls_count <= LIMIT_OUTBOX_CALLS);
        answer(&fake, 200);
        told++;
    }
    CU_ASSERT_EQUAL(told, 2 * SAGAS);
    CU_ASSERT_TRUE(store_messages_are(fake.store, "orders", 10, ""));
    fake_close(&fake);
}

static void not_before_the_commit(void)
{
    struct fake fake;
    open_world(&fake);
    fake.fail_commit = true;
    struct told told = {.command = {.type = COMMAND_START, .saga = "order", .input = "{}", .input_length = 2}};
    fake_submit(&fake, &told);
    CU_ASSERT_NOT_EQUAL(fake_turn(&fake), 0);
    CU_ASSERT_EQUAL(fake.calls_count, 0);
    fake_close(&fake);
}

void outbox_test_suite(void);
void outbox_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("engine/outbox", NULL, NULL);
    CU_add_test(suite, "told in order, and forgotten", told_in_order_and_forgotten);
    CU_add_test(suite, "why is told", why_is_told);
    CU_add_test(suite, "again until it is taken", again_until_it_is_taken);
    CU_add_test(suite, "a long absence", a_long_absence);
    CU_add_test(suite, "not before the commit", not_before_the_commit);
}
