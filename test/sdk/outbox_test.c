/* The outbox, one contract for both databases: what is written, what is handed over, what the coordinator is told;
 * a crash between every two steps and around every query, and a fault in every query. */
#include "cluster.h"
#include "queries.h"
#include "world.h"

#include <CUnit/Basic.h>
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static enum subject_kind kind;
static struct world world;
static struct belay_error error;

static int write_one(const struct belay_outbox_message *message)
{
    error.text[0] = '\0';
    return world_order(&world, message, &error);
}

static void writes_and_hands_over(void)
{
    struct belay_outbox_report report;
    world_make(&world, kind);
    CU_ASSERT_EQUAL(write_one(world_message(false)), BELAY_OK);
    CU_ASSERT_EQUAL(write_one(world_message(false)), BELAY_OK); /* the same again */
    CU_ASSERT_EQUAL(world_rows(&world, BELAY_OUTBOX_WAITING), 1);
    CU_ASSERT_EQUAL(world_pump(&world, &report, &error), BELAY_OK);
    CU_ASSERT(report.handed == 1 && report.refused == 0 && report.waiting == 0 && report.next_s == 0);
    CU_ASSERT(world_heard(&world, "begin") == 1 && world_heard(&world, "commit") == 1);
    CU_ASSERT_EQUAL(world_rows(&world, BELAY_OUTBOX_HANDED), 1);
    CU_ASSERT_EQUAL(world_pump(&world, &report, &error), BELAY_OK);
    CU_ASSERT_EQUAL(report.handed, 0);
    CU_ASSERT_EQUAL(world_heard(&world, "commit"), 1);
    CU_ASSERT_EQUAL(write_one(world_message(false)), BELAY_OK); /* and again, late */
    CU_ASSERT_FALSE(world.slips);
    world_remove(&world);
}

static void refuses_to_write(void)
{
    world_make(&world, kind);
    CU_ASSERT_EQUAL(belay_outbox_write(world.outbox, world_message(false), &error), BELAY_ERROR_ARGUMENT);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "no transaction is open"));
    struct belay_outbox_message message = *world_message(false);
    CU_ASSERT_EQUAL(write_one(&message), BELAY_OK);
    message.branches_count = 1;
    CU_ASSERT_EQUAL(write_one(&message), BELAY_ERROR_ARGUMENT);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "its id was used for another"));
    message.branches_count = 0;
    CU_ASSERT_EQUAL(write_one(&message), BELAY_ERROR_ARGUMENT);
    message = *world_message(false);
    message.id = NULL;
    CU_ASSERT_EQUAL(write_one(&message), BELAY_ERROR_ARGUMENT);
    message.size = 0;
    CU_ASSERT_EQUAL(write_one(&message), BELAY_ERROR_ARGUMENT);
    CU_ASSERT_EQUAL(world_orders(&world), 1);
    world_run(&world, "BEGIN");
    struct belay_outbox_report report = {.size = sizeof report};
    CU_ASSERT_EQUAL(belay_outbox_pump(world.outbox, &world.transport, 0, &report, &error), BELAY_ERROR_ARGUMENT);
    world_run(&world, "ROLLBACK");
    report.size = 1;
    CU_ASSERT_EQUAL(belay_outbox_pump(world.outbox, &world.transport, 0, &report, &error), BELAY_ERROR_ARGUMENT);
    world_remove(&world);
}

static void tries_again_later(void)
{
    struct belay_outbox_report report;
    world_make(&world, kind);
    CU_ASSERT_EQUAL(write_one(world_message(false)), BELAY_OK);
    world.away = 4; /* begin taken, lost; lost; taken, lost; lost */
    for (int i = 0; i < 4; i++) {
        CU_ASSERT_EQUAL(world_pump(&world, &report, &error), BELAY_ERROR_UNAVAILABLE);
        CU_ASSERT(report.handed == 0 && report.waiting == 1);
        CU_ASSERT(report.next_s + 1 >= 1u << i && report.next_s <= 1u << i);
        struct belay_outbox_report idle = {.size = sizeof idle};
        CU_ASSERT_EQUAL(belay_outbox_pump(world.outbox, &world.transport, 0, &idle, &error), BELAY_OK);
        CU_ASSERT_EQUAL(idle.handed, 0); /* not due yet */
    }
    CU_ASSERT_EQUAL(world_pump(&world, &report, &error), BELAY_OK);
    CU_ASSERT_EQUAL(report.handed, 1);
    CU_ASSERT_EQUAL(world_heard(&world, "begin"), 3);
    CU_ASSERT_EQUAL(world_heard(&world, "commit"), 1);
    world_remove(&world);
}

static void notes_a_refusal(void)
{
    for (int at = 1; at <= 2; at++) {
        struct belay_outbox_report report;
        world_make(&world, kind);
        world.refuse = at;
        CU_ASSERT_EQUAL(write_one(world_message(false)), BELAY_OK);
        CU_ASSERT_EQUAL(world_pump(&world, &report, &error), BELAY_OK);
        CU_ASSERT(report.handed == 0 && report.refused == 1 && report.waiting == 0);
        CU_ASSERT_EQUAL(subject_count(&world.subject, "SELECT count(*) FROM belay_outbox WHERE state = 2 AND"
                                                      " reason LIKE '%409 conflict%it was undone%'"),
                        1);
        CU_ASSERT_EQUAL(world_pump(&world, &report, &error), BELAY_OK);
        CU_ASSERT_EQUAL(report.refused, 0);
        CU_ASSERT_EQUAL(write_one(world_message(false)), BELAY_OK);
        world_remove(&world);
    }
}

static void answers_the_coordinator(void)
{
    world_make(&world, kind);
    CU_ASSERT_EQUAL(write_one(world_message(true)), BELAY_OK);
    for (int state = BELAY_OUTBOX_WAITING; state <= BELAY_OUTBOX_REFUSED; state++) {
        char sql[64];
        snprintf(sql, sizeof sql, "UPDATE belay_outbox SET state = %d", state);
        world_run(&world, sql);
        CU_ASSERT_EQUAL(subject_call(&world.subject, "outbox", "check", "t"), 200);
        CU_ASSERT_STRING_EQUAL(world.subject.body, "{\"outcome\":\"commit\"}");
    }
    world_run(&world, "DELETE FROM belay_outbox; DELETE FROM orders");
    for (int i = 0; i < 2; i++) {
        CU_ASSERT_EQUAL(subject_call(&world.subject, "outbox", "check", "t"), 200);
        CU_ASSERT_STRING_EQUAL(world.subject.body, "{\"outcome\":\"abort\"}");
        CU_ASSERT_EQUAL(world_rows(&world, BELAY_OUTBOX_FENCE), 1);
    }
    CU_ASSERT_EQUAL(write_one(world_message(true)), BELAY_ERROR_REFUSED); /* too late */
    CU_ASSERT_EQUAL(world_orders(&world), 0);
    struct belay_outbox_report report;
    CU_ASSERT_EQUAL(world_pump(&world, &report, &error), BELAY_OK);
    CU_ASSERT_EQUAL(report.handed, 0);
    world_run(&world, "DROP TABLE belay_outbox");
    CU_ASSERT_EQUAL(subject_call(&world.subject, "outbox", "check", "t"), 500);
    world_remove(&world);
}

static void prunes(void)
{
    int64_t rows = 7;
    world_make(&world, kind);
    CU_ASSERT_EQUAL(write_one(world_message(false)), BELAY_OK);
    CU_ASSERT_TRUE(world_run(&world, "INSERT INTO belay_outbox (id, state) VALUES ('a', 1), ('b', 2), ('c', 3)"));
    world_make_old(&world);
    CU_ASSERT_TRUE(world_run(&world, "INSERT INTO belay_outbox (id, state) VALUES ('d', 1)"));
    CU_ASSERT_EQUAL(belay_outbox_prune(world.outbox, 3600, &rows, &error), BELAY_OK);
    CU_ASSERT_EQUAL(rows, 3); /* not the one that waits, not the young one */
    CU_ASSERT_EQUAL(belay_outbox_prune(world.outbox, -1, &rows, &error), BELAY_ERROR_ARGUMENT);
    CU_ASSERT_EQUAL(belay_outbox_prune(world.outbox, 0, NULL, &error), BELAY_OK);
    world_run(&world, "DROP TABLE belay_outbox");
    CU_ASSERT_EQUAL(belay_outbox_prune(world.outbox, 0, &rows, &error), BELAY_ERROR_BACKEND);
    world_remove(&world);
}

/* ---- Others at the same time ---- */

static void *ask_elsewhere(void *context)
{
    struct subject *subject = context;
    subject_call(subject, "outbox", "check", "t");
    return NULL;
}

/* The coordinator asks while the message's transaction is open: the answer waits for its end. */
static void answers_after_the_writer(void)
{
    for (int commits = 0; commits < 2; commits++) {
        struct subject other;
        struct belay_outbox *outbox;
        pthread_t thread;
        world_make(&world, kind);
        world_join(&world, &other, &outbox);
        const struct belay_operation operation = {
            .size = sizeof operation, .name = "outbox", .context = outbox, .on_check = belay_outbox_check};
        CU_ASSERT_EQUAL(belay_participant_add(other.participant, &operation, NULL), BELAY_OK);
        CU_ASSERT_TRUE(world_run(&world, kind == SUBJECT_SQLITE ? "BEGIN IMMEDIATE" : "BEGIN"));
        CU_ASSERT_EQUAL(belay_outbox_write(world.outbox, world_message(true), &error), BELAY_OK);
        CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, ask_elsewhere, &other), 0);
        usleep(100000);
        CU_ASSERT_TRUE(world_run(&world, commits ? "COMMIT" : "ROLLBACK"));
        pthread_join(thread, NULL);
        CU_ASSERT_STRING_EQUAL(other.body, commits ? "{\"outcome\":\"commit\"}" : "{\"outcome\":\"abort\"}");
        world_leave(&other, outbox);
        world_remove(&world);
    }
}

/* ---- The thread ---- */

static atomic_int pumped, complaints;

static void on_pumped(void *context, const struct belay_outbox_report *report)
{
    (void)context;
    atomic_fetch_add(&pumped, (int)(report->handed + report->refused));
}

static void on_log(void *context, const struct belay_error *why)
{
    (void)context;
    assert(why->code == BELAY_ERROR_UNAVAILABLE);
    atomic_fetch_add(&complaints, 1);
}

static void wait_until(atomic_int *counter, int value)
{
    for (int i = 0; i < 2000 && atomic_load(counter) < value; i++)
        usleep(5000);
    CU_ASSERT_EQUAL(atomic_load(counter), value);
}

static void pumps_on_a_thread(void)
{
    struct belay_outbox_thread *thread = NULL;
    struct belay_outbox *outbox = NULL;
    struct subject subject;
    world_make(&world, kind);
    world_join(&world, &subject, &outbox);
    atomic_store(&pumped, 0);
    atomic_store(&complaints, 0);
    struct belay_outbox_thread_options options = {.size = sizeof options,
                                                  .outbox = outbox,
                                                  .transport = &world.transport,
                                                  .poll_ms = 60000,
                                                  .log = on_log,
                                                  .pumped = on_pumped};
    world.away = 1;
    CU_ASSERT_EQUAL(write_one(world_message(false)), BELAY_OK);
    CU_ASSERT_EQUAL_FATAL(belay_outbox_thread_start(&options, &thread, &error), BELAY_OK);
    wait_until(&complaints, 1);
    world_make_due(&world);
    belay_outbox_thread_wake(thread);
    wait_until(&pumped, 1);
    for (int i = 0; i < 50; i++) {
        char id[16];
        struct belay_outbox_message message = *world_message(false);
        snprintf(id, sizeof id, "m%d", i);
        message.id = id;
        CU_ASSERT_EQUAL(write_one(&message), BELAY_OK);
        belay_outbox_thread_wake(thread);
    }
    wait_until(&pumped, 51);
    belay_outbox_thread_stop(thread);
    CU_ASSERT_EQUAL(world_rows(&world, BELAY_OUTBOX_HANDED), 51);
    options.poll_ms = 10; /* without being woken */
    CU_ASSERT_EQUAL_FATAL(belay_outbox_thread_start(&options, &thread, &error), BELAY_OK);
    struct belay_outbox_message message = *world_message(false);
    message.id = "late";
    CU_ASSERT_EQUAL(write_one(&message), BELAY_OK);
    wait_until(&pumped, 52);
    belay_outbox_thread_stop(thread);
    options.outbox = NULL;
    CU_ASSERT_EQUAL(belay_outbox_thread_start(&options, &thread, &error), BELAY_ERROR_ARGUMENT);
    world_leave(&subject, outbox);
    world_remove(&world);
}

/* Two pumps may take one row: the coordinator knows it by its id. */
static void pumps_twice_at_once(void)
{
    struct belay_outbox_thread *thread = NULL;
    struct belay_outbox *outbox = NULL;
    struct subject subject;
    world_make(&world, kind);
    world_join(&world, &subject, &outbox);
    const struct belay_outbox_thread_options options = {
        .size = sizeof options, .outbox = outbox, .transport = &world.transport, .poll_ms = 1};
    CU_ASSERT_EQUAL_FATAL(belay_outbox_thread_start(&options, &thread, &error), BELAY_OK);
    for (int i = 0; i < 30; i++) {
        char id[16];
        struct belay_outbox_message message = *world_message(false);
        snprintf(id, sizeof id, "m%d", i);
        message.id = id;
        CU_ASSERT_EQUAL(write_one(&message), BELAY_OK);
        CU_ASSERT_EQUAL(belay_outbox_pump(world.outbox, &world.transport, 0, NULL, &error), BELAY_OK);
    }
    belay_outbox_thread_stop(thread);
    belay_outbox_thread_stop(NULL);
    CU_ASSERT_EQUAL(world_rows(&world, BELAY_OUTBOX_HANDED), 30);
    world_leave(&subject, outbox);
    world_remove(&world);
}

static void the_server_restarts(void)
{
    struct belay_outbox_report report = {.size = sizeof report};
    if (kind == SUBJECT_SQLITE)
        return;
    world_make(&world, kind);
    CU_ASSERT_EQUAL(write_one(world_message(false)), BELAY_OK);
    cluster_crash();
    CU_ASSERT_EQUAL(belay_outbox_pump(world.outbox, &world.transport, 0, &report, &error), BELAY_ERROR_BACKEND);
    CU_ASSERT_EQUAL(belay_outbox_pump(world.outbox, &world.transport, 0, &report, &error), BELAY_OK);
    CU_ASSERT_EQUAL(report.handed, 1);
    world_remove(&world);
}

static int sqlite(void)
{
    kind = SUBJECT_SQLITE;
    return 0;
}

static int postgres(void)
{
    kind = SUBJECT_POSTGRES;
    return 0;
}

void outbox_test_suite(void);
void outbox_test_suite(void)
{
    CU_pSuite suites[] = {CU_add_suite("sdk/outbox on SQLite", sqlite, NULL),
                          CU_add_suite("sdk/outbox on PostgreSQL", postgres, NULL)};
    for (int i = 0; i < 2; i++) {
        CU_add_test(suites[i], "writes and hands over", writes_and_hands_over);
        CU_add_test(suites[i], "refuses to write", refuses_to_write);
        CU_add_test(suites[i], "tries again later", tries_again_later);
        CU_add_test(suites[i], "notes a refusal", notes_a_refusal);
        CU_add_test(suites[i], "answers the coordinator", answers_the_coordinator);
        CU_add_test(suites[i], "prunes", prunes);
        CU_add_test(suites[i], "answers after the writer", answers_after_the_writer);
        CU_add_test(suites[i], "pumps on a thread", pumps_on_a_thread);
        CU_add_test(suites[i], "pumps twice at once", pumps_twice_at_once);
        CU_add_test(suites[i], "the server restarts", the_server_restarts);
    }
}
