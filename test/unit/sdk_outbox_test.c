/* The outbox: what is written, what is handed over, what the coordinator is told; a crash between every two steps
 * and a fault in every query. */
#include "sdk_outbox_world.h"

#include <CUnit/Basic.h>
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WAITING, HANDED, REFUSED, FENCE };

static struct world world;
static struct belay_error error;

static int pump(struct belay_outbox_report *report)
{
    *report = (struct belay_outbox_report){.size = sizeof *report};
    sqlite3_exec(world.service.db, "UPDATE belay_outbox SET due = 0", NULL, NULL, NULL);
    return belay_outbox_pump(world.service.db, &world.transport, 0, report, &error);
}

static int write_one(const struct belay_outbox_message *message)
{
    error.text[0] = '\0';
    return world_order(&world, message, &error);
}

static void writes_and_hands_over(void)
{
    struct belay_outbox_report report;
    world_make(&world);
    CU_ASSERT_EQUAL(write_one(world_message(false)), BELAY_OK);
    CU_ASSERT_EQUAL(write_one(world_message(false)), BELAY_OK); /* the same again */
    CU_ASSERT_EQUAL(world_rows(&world, WAITING), 1);
    CU_ASSERT_EQUAL(pump(&report), BELAY_OK);
    CU_ASSERT(report.handed == 1 && report.refused == 0 && report.waiting == 0 && report.next_s == 0);
    CU_ASSERT(world_heard(&world, "begin") == 1 && world_heard(&world, "commit") == 1);
    CU_ASSERT_EQUAL(world_rows(&world, HANDED), 1);
    CU_ASSERT_EQUAL(pump(&report), BELAY_OK);
    CU_ASSERT_EQUAL(report.handed, 0);
    CU_ASSERT_EQUAL(world_heard(&world, "commit"), 1);
    CU_ASSERT_EQUAL(write_one(world_message(false)), BELAY_OK); /* and again, late */
    CU_ASSERT_FALSE(world.slips);
    world_remove(&world);
}

static void refuses_to_write(void)
{
    world_make(&world);
    CU_ASSERT_EQUAL(belay_outbox_write(world.service.db, world_message(false), &error), BELAY_ERROR_ARGUMENT);
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
    sqlite3_exec(world.service.db, "BEGIN", NULL, NULL, NULL);
    struct belay_outbox_report report = {.size = sizeof report};
    CU_ASSERT_EQUAL(belay_outbox_pump(world.service.db, &world.transport, 0, &report, &error),
                    BELAY_ERROR_ARGUMENT);
    sqlite3_exec(world.service.db, "ROLLBACK", NULL, NULL, NULL);
    report.size = 1;
    CU_ASSERT_EQUAL(belay_outbox_pump(world.service.db, &world.transport, 0, &report, &error),
                    BELAY_ERROR_ARGUMENT);
    world_remove(&world);
}

static void tries_again_later(void)
{
    struct belay_outbox_report report;
    world_make(&world);
    CU_ASSERT_EQUAL(write_one(world_message(false)), BELAY_OK);
    world.away = 4; /* begin taken, lost; lost; taken, lost; lost */
    for (int i = 0; i < 4; i++) {
        CU_ASSERT_EQUAL(pump(&report), BELAY_ERROR_UNAVAILABLE);
        CU_ASSERT(report.handed == 0 && report.waiting == 1);
        CU_ASSERT(report.next_s + 1 >= 1u << i && report.next_s <= 1u << i);
        struct belay_outbox_report idle = {.size = sizeof idle};
        CU_ASSERT_EQUAL(belay_outbox_pump(world.service.db, &world.transport, 0, &idle, &error), BELAY_OK);
        CU_ASSERT_EQUAL(idle.handed, 0); /* not due yet */
    }
    CU_ASSERT_EQUAL(pump(&report), BELAY_OK);
    CU_ASSERT_EQUAL(report.handed, 1);
    CU_ASSERT_EQUAL(world_heard(&world, "begin"), 3);
    CU_ASSERT_EQUAL(world_heard(&world, "commit"), 1);
    world_remove(&world);
}

static void notes_a_refusal(void)
{
    for (int at = 1; at <= 2; at++) {
        struct belay_outbox_report report;
        world_make(&world);
        world.refuse = at;
        CU_ASSERT_EQUAL(write_one(world_message(false)), BELAY_OK);
        CU_ASSERT_EQUAL(pump(&report), BELAY_OK);
        CU_ASSERT(report.handed == 0 && report.refused == 1 && report.waiting == 0);
        CU_ASSERT_EQUAL(sdk_count(world.service.db, "SELECT count(*) FROM belay_outbox WHERE state = 2 AND"
                                                    " reason LIKE '%409 conflict%it was undone%'"),
                        1);
        CU_ASSERT_EQUAL(pump(&report), BELAY_OK);
        CU_ASSERT_EQUAL(report.refused, 0);
        CU_ASSERT_EQUAL(write_one(world_message(false)), BELAY_OK);
        world_remove(&world);
    }
}

static void answers_the_coordinator(void)
{
    world_make(&world);
    CU_ASSERT_EQUAL(write_one(world_message(true)), BELAY_OK);
    for (int state = WAITING; state <= REFUSED; state++) {
        char sql[64];
        snprintf(sql, sizeof sql, "UPDATE belay_outbox SET state = %d", state);
        sqlite3_exec(world.service.db, sql, NULL, NULL, NULL);
        CU_ASSERT_EQUAL(sdk_call(world.service.participant, "outbox", "check", NULL), 200);
        CU_ASSERT_STRING_EQUAL(sdk_body(), "{\"outcome\":\"commit\"}");
    }
    sqlite3_exec(world.service.db, "DELETE FROM belay_outbox; DELETE FROM orders", NULL, NULL, NULL);
    for (int i = 0; i < 2; i++) {
        CU_ASSERT_EQUAL(sdk_call(world.service.participant, "outbox", "check", NULL), 200);
        CU_ASSERT_STRING_EQUAL(sdk_body(), "{\"outcome\":\"abort\"}");
        CU_ASSERT_EQUAL(world_rows(&world, FENCE), 1);
    }
    CU_ASSERT_EQUAL(write_one(world_message(true)), BELAY_ERROR_REFUSED); /* too late */
    CU_ASSERT_EQUAL(world_orders(&world), 0);
    struct belay_outbox_report report;
    CU_ASSERT_EQUAL(pump(&report), BELAY_OK);
    CU_ASSERT_EQUAL(report.handed, 0);
    sqlite3_exec(world.service.db, "DROP TABLE belay_outbox", NULL, NULL, NULL);
    CU_ASSERT_EQUAL(sdk_call(world.service.participant, "outbox", "check", NULL), 500);
    world_remove(&world);
}

static void prunes(void)
{
    sqlite3_int64 rows = 7;
    world_make(&world);
    CU_ASSERT_EQUAL(write_one(world_message(false)), BELAY_OK);
    sqlite3_exec(world.service.db,
                 "INSERT INTO belay_outbox (id, state, at) VALUES ('a', 1, 0), ('b', 2, 0), ('c', 3, 0),"
                 " ('d', 1, strftime('%s', 'now')); UPDATE belay_outbox SET at = 0 WHERE id = 't'",
                 NULL, NULL, NULL);
    CU_ASSERT_EQUAL(belay_outbox_prune(world.service.db, 3600, &rows, &error), BELAY_OK);
    CU_ASSERT_EQUAL(rows, 3); /* not the one that waits, not the young one */
    CU_ASSERT_EQUAL(belay_outbox_prune(world.service.db, -1, &rows, &error), BELAY_ERROR_ARGUMENT);
    world_remove(&world);
}

/* ---- A crash between every two steps ---- */

static int die_in_commit(void *context)
{
    world_step(context);
    return 0;
}

/* The life of a service, up to its death: announce, order, hand over. Its exit: 9 = died, 0 = there was no such
 * step. */
static int live(int crash_at, bool announced)
{
    pid_t child = fork();
    assert(child >= 0);
    if (child == 0) {
        world.crash_at = crash_at;
        world_open(&world);
        sqlite3_commit_hook(world.service.db, die_in_commit, &world);
        if (announced) {
            struct belay_outgoing out = {.size = sizeof out};
            struct belay_response response = {.size = sizeof response};
            struct belay_result result = {.size = sizeof result};
            if (belay_outbox_announce(world_message(true), &out, &error) ||
                belay_client_send(&world.transport, &out, &response, &result, &error))
                _exit(1);
        }
        if (world_order(&world, world_message(announced), &error) ||
            belay_outbox_pump(world.service.db, &world.transport, 0, NULL, &error))
            _exit(2);
        _exit(world.slips ? 3 : 0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The coordinator asks when it knows the message and was told nothing. */
static void ask(void)
{
    if (!world_heard(&world, "begin") || world_heard(&world, "commit") || world_heard(&world, "abort"))
        return;
    CU_ASSERT_EQUAL(sdk_call(world.service.participant, "outbox", "check", NULL), 200);
    world_note(&world, strstr(sdk_body(), "commit") ? "commit" : "abort", "t");
}

static int crash_once(int crash_at, bool announced, bool asks_first)
{
    struct belay_outbox_report report;
    world_make(&world);
    world_close(&world);
    int ended = live(crash_at, announced);
    world_open(&world); /* the service comes back */
    if (announced && asks_first)
        ask();
    CU_ASSERT_EQUAL(pump(&report), BELAY_OK);
    if (announced)
        ask();
    bool ordered = world_orders(&world) == 1;
    CU_ASSERT_EQUAL(world_heard(&world, "commit") > 0, ordered);
    CU_ASSERT_EQUAL(world_rows(&world, HANDED), ordered);
    CU_ASSERT_EQUAL(world_rows(&world, WAITING), 0);
    CU_ASSERT(!ordered || !world_heard(&world, "abort"));
    if (world_heard(&world, "abort")) { /* whoever still meant to write it comes too late */
        CU_ASSERT_EQUAL(write_one(world_message(announced)), BELAY_ERROR_REFUSED);
        CU_ASSERT_EQUAL(world_orders(&world), 0);
    }
    CU_ASSERT_FALSE(world.slips);
    world_remove(&world);
    return ended;
}

static void survives_every_crash(void)
{
    for (int variant = 0; variant < 4; variant++) {
        int n = 1, ended = 9;
        for (; ended == 9; n++)
            ended = crash_once(n, variant & 1, variant & 2);
        CU_ASSERT_EQUAL(ended, 0);
        CU_ASSERT(n > 8);
    }
}

/* ---- A fault in every query ---- */

static int countdown;

static int interrupt(void *unused)
{
    (void)unused;
    return --countdown == 0;
}

static void survives_every_fault(void)
{
    for (int n = 1;; n++) {
        world_make(&world);
        countdown = n;
        sqlite3_progress_handler(world.service.db, 1, interrupt, NULL);
        int wrote = write_one(world_message(false));
        int pumped = wrote ? BELAY_OK : belay_outbox_pump(world.service.db, &world.transport, 0, NULL, &error);
        bool through = countdown > 0;
        sqlite3_progress_handler(world.service.db, 0, NULL, NULL);
        CU_ASSERT(wrote || world_orders(&world) == 1); /* a commit may report a failure, and have happened */
        CU_ASSERT_EQUAL(sdk_count(world.service.db, "SELECT count(*) FROM belay_outbox"), world_orders(&world));
        CU_ASSERT_EQUAL(through, wrote == BELAY_OK && pumped == BELAY_OK);
        struct belay_outbox_report report;
        CU_ASSERT_EQUAL(pump(&report), BELAY_OK);
        CU_ASSERT_EQUAL(world_rows(&world, HANDED), world_orders(&world));
        world_remove(&world);
        if (through) {
            CU_ASSERT(n > 50);
            return;
        }
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
    sqlite3 *db = NULL;
    world_make(&world);
    atomic_store(&pumped, 0);
    atomic_store(&complaints, 0);
    CU_ASSERT_EQUAL_FATAL(sqlite3_open(world.path, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 5000);
    struct belay_outbox_thread_options options = {.size = sizeof options,
                                                  .db = db,
                                                  .transport = &world.transport,
                                                  .poll_ms = 60000,
                                                  .log = on_log,
                                                  .pumped = on_pumped};
    world.away = 1;
    CU_ASSERT_EQUAL(write_one(world_message(false)), BELAY_OK);
    CU_ASSERT_EQUAL_FATAL(belay_outbox_thread_start(&options, &thread, &error), BELAY_OK);
    wait_until(&complaints, 1);
    sqlite3_exec(world.service.db, "UPDATE belay_outbox SET due = 0", NULL, NULL, NULL);
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
    CU_ASSERT_EQUAL(world_rows(&world, HANDED), 51);
    options.poll_ms = 10; /* without being woken */
    CU_ASSERT_EQUAL_FATAL(belay_outbox_thread_start(&options, &thread, &error), BELAY_OK);
    struct belay_outbox_message message = *world_message(false);
    message.id = "late";
    CU_ASSERT_EQUAL(write_one(&message), BELAY_OK);
    wait_until(&pumped, 52);
    belay_outbox_thread_stop(thread);
    options.db = NULL;
    CU_ASSERT_EQUAL(belay_outbox_thread_start(&options, &thread, &error), BELAY_ERROR_ARGUMENT);
    sqlite3_close(db);
    world_remove(&world);
}

void sdk_outbox_test_suite(void);
void sdk_outbox_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("sdk/outbox", NULL, NULL);
    CU_add_test(suite, "writes and hands over", writes_and_hands_over);
    CU_add_test(suite, "refuses to write", refuses_to_write);
    CU_add_test(suite, "tries again later", tries_again_later);
    CU_add_test(suite, "notes a refusal", notes_a_refusal);
    CU_add_test(suite, "answers the coordinator", answers_the_coordinator);
    CU_add_test(suite, "prunes", prunes);
    CU_add_test(suite, "survives a crash between every two steps", survives_every_crash);
    CU_add_test(suite, "survives a fault in every query", survives_every_fault);
    CU_add_test(suite, "pumps on a thread", pumps_on_a_thread);
}
