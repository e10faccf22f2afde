/* The outbox of every store: messages wait in their order, leave when they were delivered, and come with the facts
 * or not at all. */
#include "contract/store_harness.h"

#include <CUnit/Basic.h>
#include <string.h>

static struct store *store;
static struct error error;

static struct store_message message(const char *participant, uint64_t txn, uint32_t seq, const char *text)
{
    return (struct store_message){participant, txn, seq, text, strlen(text)};
}

static int put(const struct store_message *messages, size_t count)
{
    return store->commit(store->self, &(struct store_batch){.messages = messages, .messages_count = count},
                         &error);
}

static int take(const struct store_message *delivered, size_t count)
{
    return store->commit(store->self, &(struct store_batch){.delivered = delivered, .delivered_count = count},
                         &error);
}

static void in_order(void)
{
    store = store_kind->make();
    const struct store_message messages[] = {message("mail", 7, 2, "c"), message("post", 1, 1, "x"),
                                             message("mail", 5, 9, "a"), message("mail", 7, 10, "d"),
                                             message("mail", 7, 1, "b"), message("mai", 1, 1, "y")};
    CU_ASSERT_EQUAL(put(messages, 6), 0);
    CU_ASSERT_TRUE(store_messages_are(store, "mail", 10, "5.9=a 7.1=b 7.2=c 7.10=d "));
    CU_ASSERT_TRUE(store_messages_are(store, "mail", 2, "5.9=a 7.1=b "));
    CU_ASSERT_TRUE(store_messages_are(store, "post", 10, "1.1=x "));
    CU_ASSERT_TRUE(store_messages_are(store, "nobody", 10, ""));
    store = store_kind->again(store);
    CU_ASSERT_TRUE(store_messages_are(store, "mail", 3, "5.9=a 7.1=b 7.2=c "));
    store_kind->drop(store);
}

static void delivered(void)
{
    store = store_kind->make();
    const struct store_message messages[] = {message("mail", 1, 1, "a"), message("mail", 2, 1, "b")};
    const struct store_message gone[] = {message("mail", 2, 1, ""), message("mail", 9, 9, "")};
    CU_ASSERT_EQUAL(put(messages, 2), 0);
    CU_ASSERT_EQUAL(take(gone, 2), 0); /* one that is not there is no contradiction */
    CU_ASSERT_TRUE(store_messages_are(store, "mail", 10, "1.1=a "));
    CU_ASSERT_EQUAL(put(&messages[1], 1), 0); /* its place is free again */
    CU_ASSERT_TRUE(store_messages_are(store, "mail", 10, "1.1=a 2.1=b "));
    store_kind->drop(store);
}

static void with_the_facts_or_not_at_all(void)
{
    store = store_kind->make();
    const struct store_message twice[] = {message("mail", 1, 1, "a"), message("mail", 1, 1, "b")};
    struct store_row row = store_plain_row(1);
    struct store_facts gap = store_text_facts(1, 3, 1, "f");
    struct store_batch batch = {.inserts = &row,
                                .inserts_count = 1,
                                .facts = &gap,
                                .facts_count = 1,
                                .messages = twice,
                                .messages_count = 1};
    CU_ASSERT_EQUAL(store->commit(store->self, &batch, &error), ERROR_CONFLICT);
    CU_ASSERT_TRUE(store_messages_are(store, "mail", 10, ""));
    CU_ASSERT_EQUAL(put(twice, 2), ERROR_CONFLICT);
    CU_ASSERT_TRUE(store_messages_are(store, "mail", 10, ""));
    CU_ASSERT_EQUAL(put(twice, 1), 0);
    CU_ASSERT_EQUAL(put(&twice[1], 1), ERROR_CONFLICT);
    CU_ASSERT_TRUE(store_messages_are(store, "mail", 10, "1.1=a "));
    store_kind->drop(store);
}

void store_outbox_test_suite(void);
void store_outbox_test_suite(void)
{
    static const struct {
        const char *name;
        int (*use)(void);
    } kinds[] = {{"outbox: memory", store_use_memory}, {"outbox: SQLite", store_use_sqlite}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        CU_pSuite suite = CU_add_suite(kinds[i].name, kinds[i].use, NULL);
        CU_add_test(suite, "messages wait in their order", in_order);
        CU_add_test(suite, "what was delivered leaves", delivered);
        CU_add_test(suite, "with the facts, or not at all", with_the_facts_or_not_at_all);
    }
}
