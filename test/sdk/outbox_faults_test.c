/* The outbox when things go wrong: a crash between every two steps and around every query, and a fault in every
 * query. */
#include "queries.h"
#include "world.h"

#include <CUnit/Basic.h>
#include <assert.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static enum subject_kind kind;
static struct world world;
static struct belay_error error;

/* ---- A crash between every two steps ---- */

enum death { AT_STEP, BEFORE_QUERY, AFTER_QUERY, DEATHS }; /* queries: of PostgreSQL */

static int die_in_commit(void *context)
{
    world_step(context);
    return 0;
}

/* The life of a service, up to its n-th step or query. True when it died there, and not of old age. */
static bool dies(enum death death, int n, bool announced)
{
    pid_t child = fork();
    assert(child >= 0);
    if (child == 0) {
        world_open(&world);
        if (death == AT_STEP)
            world.crash_at = n;
        else
            queries_die(n, death == AFTER_QUERY);
        if (kind == SUBJECT_SQLITE)
            sqlite3_commit_hook(world.subject.db, die_in_commit, &world);
        if (announced) {
            struct belay_outgoing out = {.size = sizeof out};
            struct belay_response response = {.size = sizeof response};
            struct belay_result result = {.size = sizeof result};
            if (belay_outbox_announce(world_message(true), &out, &error) ||
                belay_client_send(&world.transport, &out, &response, &result, &error))
                _exit(1);
        }
        if (world_order(&world, world_message(announced), &error) ||
            belay_outbox_pump(world.outbox, &world.transport, 0, NULL, &error))
            _exit(2);
        _exit(world.slips ? 3 : 0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    bool died = WIFSIGNALED(status) || WEXITSTATUS(status) == 9;
    CU_ASSERT(died || WEXITSTATUS(status) == 0);
    return died;
}

/* The coordinator asks when it knows the message and was told nothing. */
static void ask(void)
{
    if (!world_heard(&world, "begin") || world_heard(&world, "commit") || world_heard(&world, "abort"))
        return;
    CU_ASSERT_EQUAL(subject_call(&world.subject, "outbox", "check", "t"), 200);
    world_note(&world, strstr(world.subject.body, "commit") ? "commit" : "abort", "t");
}

static bool crash_once(enum death death, int n, bool announced, bool asks_first)
{
    struct belay_outbox_report report;
    world_make(&world, kind);
    world_close(&world);
    bool died = dies(death, n, announced);
    world_open(&world); /* the service comes back */
    if (announced && asks_first)
        ask();
    CU_ASSERT_EQUAL(world_pump(&world, &report, &error), BELAY_OK);
    if (announced)
        ask();
    bool ordered = world_orders(&world) == 1;
    CU_ASSERT_EQUAL(world_heard(&world, "commit") > 0, ordered);
    CU_ASSERT_EQUAL(world_rows(&world, BELAY_OUTBOX_HANDED), ordered);
    CU_ASSERT_EQUAL(world_rows(&world, BELAY_OUTBOX_WAITING), 0);
    CU_ASSERT(!ordered || !world_heard(&world, "abort"));
    if (world_heard(&world, "abort")) { /* whoever still meant to write it comes too late */
        CU_ASSERT_EQUAL(world_order(&world, world_message(announced), &error), BELAY_ERROR_REFUSED);
        CU_ASSERT_EQUAL(world_orders(&world), 0);
    }
    CU_ASSERT_FALSE(world.slips);
    world_remove(&world);
    return died;
}

static void survives_every_crash(void)
{
    enum death deaths = kind == SUBJECT_SQLITE ? BEFORE_QUERY : DEATHS;
    for (enum death death = AT_STEP; death < deaths; death++)
        for (int variant = 0; variant < 4; variant++) {
            int n = 1;
            while (crash_once(death, n, variant & 1, variant & 2))
                n++;
            CU_ASSERT(n > 6);
        }
}

/* ---- A fault in every query ---- */

static int countdown;

static int interrupt(void *unused)
{
    (void)unused;
    return --countdown == 0;
}

static int faults(void)
{
    return kind == SUBJECT_SQLITE ? 1 : QUERY_FAULTS;
}

/* From now on the n-th query (of SQLite: the n-th instruction) fails. */
static void arm(int n, int fault)
{
    countdown = n;
    if (kind == SUBJECT_SQLITE)
        sqlite3_progress_handler(world.subject.db, 1, interrupt, NULL);
    else
        queries_fail(n, (enum query_fault)fault);
}

/* No more. True when nothing had failed. */
static bool disarm(void)
{
    if (kind == SUBJECT_SQLITE) {
        sqlite3_progress_handler(world.subject.db, 0, NULL, NULL);
        return countdown > 0;
    }
    bool through = !queries_failed();
    queries_fail(0, QUERY_UNSENT);
    if (PQstatus(world.subject.conn) != CONNECTION_OK)
        PQreset(world.subject.conn);
    return through;
}

static bool write_and_pump(int n, int fault)
{
    struct belay_outbox_report report;
    world_make(&world, kind);
    arm(n, fault);
    int wrote = world_order(&world, world_message(false), &error);
    int pumped = wrote ? BELAY_OK : belay_outbox_pump(world.outbox, &world.transport, 0, NULL, &error);
    bool through = disarm();
    CU_ASSERT(wrote || world_orders(&world) == 1); /* a commit may report a failure, and have happened */
    CU_ASSERT_EQUAL(subject_count(&world.subject, "SELECT count(*) FROM belay_outbox"), world_orders(&world));
    CU_ASSERT_EQUAL(through, wrote == BELAY_OK && pumped == BELAY_OK);
    CU_ASSERT_EQUAL(world_pump(&world, &report, &error), BELAY_OK);
    CU_ASSERT_EQUAL(world_rows(&world, BELAY_OUTBOX_HANDED), world_orders(&world));
    world_remove(&world);
    return through;
}

/* Asked while queries fail: what was told is what holds. */
static bool answer_and_write(int n, int fault)
{
    world_make(&world, kind);
    arm(n, fault);
    int status = subject_call(&world.subject, "outbox", "check", "t");
    bool through = disarm();
    CU_ASSERT(status == 200 || status >= 500);
    CU_ASSERT(status == 200 || !through); /* a connection that broke unnoticed is mended within the call */
    int64_t fences = world_rows(&world, BELAY_OUTBOX_FENCE);
    CU_ASSERT(fences == 1 || status != 200);
    CU_ASSERT_EQUAL(world_order(&world, world_message(true), &error), fences ? BELAY_ERROR_REFUSED : BELAY_OK);
    world_remove(&world);
    return through;
}

static void survives_every_fault(void)
{
    for (int fault = 0; fault < faults(); fault++) {
        int n = 1, asked = 1;
        while (!write_and_pump(n, fault))
            n++;
        while (!answer_and_write(asked, fault))
            asked++;
        CU_ASSERT(n >= 6 && asked >= 5);
    }
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

void outbox_faults_test_suite(void);
void outbox_faults_test_suite(void)
{
    CU_pSuite suites[] = {CU_add_suite("sdk/outbox faults on SQLite", sqlite, NULL),
                          CU_add_suite("sdk/outbox faults on PostgreSQL", postgres, NULL)};
    for (int i = 0; i < 2; i++) {
        CU_add_test(suites[i], "survives a crash between every two steps", survives_every_crash);
        CU_add_test(suites[i], "survives a fault in every query", survives_every_fault);
    }
}
