/* engine/inbox: order, bounds, waking, many writers. */
#include "engine/inbox.h"

#include "base/limits.h"
#include "base/mem.h"
#include "engine/engine.h"
#include "ports/caller.h"

#include <CUnit/Basic.h>
#include <pthread.h>
#include <time.h>

enum { WRITERS = 8, EACH = 2000 };

static void order_and_bounds(void)
{
    struct command commands[3];
    struct item items[8];
    struct inbox *inbox = inbox_new(2);
    struct response *response = mem_new(sizeof *response);
    CU_ASSERT_EQUAL(inbox_take(inbox, items, 8, 0), 0);
    CU_ASSERT_TRUE(inbox_put(inbox, &commands[0], 1));
    CU_ASSERT_TRUE(inbox_put(inbox, &commands[1], 1));
    CU_ASSERT_FALSE(inbox_put(inbox, &commands[2], 1)); /* full */
    inbox_put_responses(inbox, &response, 1, 1);        /* answers always get in */
    CU_ASSERT_EQUAL(inbox_count(inbox), 3);
    CU_ASSERT_EQUAL(inbox_take(inbox, items, 1, 0), 1);
    CU_ASSERT_PTR_EQUAL(items[0].command, &commands[0]);
    CU_ASSERT_TRUE(inbox_put(inbox, &commands[2], 1));
    CU_ASSERT_EQUAL(inbox_take(inbox, items, 8, 0), 3);
    CU_ASSERT_PTR_EQUAL(items[0].command, &commands[1]);
    CU_ASSERT_PTR_EQUAL(items[1].response, response);
    CU_ASSERT_PTR_EQUAL(items[2].command, &commands[2]);
    inbox_close(inbox);
    CU_ASSERT_FALSE(inbox_put(inbox, &commands[0], 1));
    inbox_put_responses(inbox, &response, 1, 1);
    inbox_free(inbox); /* and the response in it */
}

/* However few wait: they are not getting on. */
static void bounded_in_time(void)
{
    struct command commands[3];
    struct item items[8];
    struct inbox *inbox = inbox_new(100);
    struct response *response = mem_new(sizeof *response);
    const uint64_t begun_ms = 1700000000000;
    CU_ASSERT_TRUE(inbox_put(inbox, &commands[0], begun_ms));
    CU_ASSERT_TRUE(inbox_put(inbox, &commands[1], begun_ms + LIMIT_INBOX_MS));
    CU_ASSERT_FALSE(inbox_put(inbox, &commands[2], begun_ms + LIMIT_INBOX_MS + 1));
    inbox_put_responses(inbox, &response, 1, begun_ms + LIMIT_INBOX_MS + 1);
    CU_ASSERT_EQUAL(inbox_take(inbox, items, 1, 0), 1); /* now the second is next */
    CU_ASSERT_TRUE(inbox_put(inbox, &commands[2], begun_ms + LIMIT_INBOX_MS + 1));
    CU_ASSERT_EQUAL(inbox_take(inbox, items, 8, 0), 3);
    CU_ASSERT_PTR_EQUAL(items[1].response, response);
    CU_ASSERT_TRUE(inbox_put(inbox, &commands[0], begun_ms));
    CU_ASSERT_TRUE(inbox_put(inbox, &commands[1], begun_ms - 3600000)); /* a clock that was set back */
    inbox_put_responses(inbox, &response, 1, begun_ms);
    inbox_free(inbox);
}

static void *write_many(void *context)
{
    struct command *commands = mem_array(EACH, sizeof *commands);
    for (int i = 0; i < EACH; i++) {
        commands[i].wait_ms = (uint64_t)i;
        while (!inbox_put(context, &commands[i], 1))
            nanosleep(&(struct timespec){.tv_nsec = 10000}, NULL);
    }
    return commands;
}

static void many_writers(void)
{
    pthread_t threads[WRITERS];
    struct item items[64];
    struct inbox *inbox = inbox_new(100);
    uint64_t sum = 0;
    for (int i = 0; i < WRITERS; i++)
        CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[i], NULL, write_many, inbox), 0);
    for (size_t taken = 0; taken < WRITERS * EACH;) {
        size_t count = inbox_take(inbox, items, 64, 5000);
        CU_ASSERT_TRUE_FATAL(count > 0);
        for (size_t i = 0; i < count; i++)
            sum += items[i].command->wait_ms;
        taken += count;
    }
    CU_ASSERT_EQUAL(sum, (uint64_t)WRITERS * EACH * (EACH - 1) / 2);
    for (int i = 0; i < WRITERS; i++) {
        void *commands;
        pthread_join(threads[i], &commands);
        mem_free(commands);
    }
    inbox_free(inbox);
}

static void waits_no_longer_than_told(void)
{
    struct item items[1];
    struct inbox *inbox = inbox_new(1);
    struct timespec before, after;
    clock_gettime(CLOCK_MONOTONIC, &before);
    CU_ASSERT_EQUAL(inbox_take(inbox, items, 1, 30), 0);
    clock_gettime(CLOCK_MONOTONIC, &after);
    int64_t ms = (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000;
    CU_ASSERT_TRUE(ms >= 29 && ms < 2000);
    inbox_close(inbox);
    CU_ASSERT_EQUAL(inbox_take(inbox, items, 1, 60000), 0); /* closed: does not sleep */
    inbox_free(inbox);
}

static void *write_three(void *context)
{
    static struct command commands[3];
    for (int i = 0; i < 3; i++) {
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
        CU_ASSERT_TRUE(inbox_put(context, &commands[i], 1));
    }
    return NULL;
}

static void waits_for_company(void)
{
    pthread_t thread;
    struct item items[8];
    struct inbox *inbox = inbox_new(8);
    CU_ASSERT_EQUAL(inbox_await(inbox, 1, 1000), 0);
    CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, write_three, inbox), 0);
    CU_ASSERT_EQUAL(inbox_await(inbox, 3, 60 * 1000000), 3);
    pthread_join(thread, NULL);
    CU_ASSERT_EQUAL(inbox_await(inbox, 2, 60 * 1000000), 3); /* more than enough */
    CU_ASSERT_EQUAL(inbox_await(inbox, 4, 1000), 3);
    CU_ASSERT_EQUAL(inbox_take(inbox, items, 8, 0), 3);
    inbox_close(inbox);
    CU_ASSERT_EQUAL(inbox_await(inbox, 1, 60 * 1000000), 0); /* closed: nobody comes any more */
    inbox_free(inbox);
}

void inbox_test_suite(void);
void inbox_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("engine/inbox", NULL, NULL);
    CU_add_test(suite, "keeps the order, refuses what is too much, keeps every answer", order_and_bounds);
    CU_add_test(suite, "refuses while nobody is taken out", bounded_in_time);
    CU_add_test(suite, "takes from many writers without losing one", many_writers);
    CU_add_test(suite, "waits as long as told and not when closed", waits_no_longer_than_told);
    CU_add_test(suite, "waits for as many as told, and no longer", waits_for_company);
}
