/* PostgreSQL when things go wrong: every query fails in every way, the service dies around every query, the server
 * restarts, the memory runs out. */
#include "belay/postgres.h"
#include "cluster.h"
#include "queries.h"
#include "subject.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What is left, seen from another connection: effects, rows and prepared transactions. */
static PGconn *observer;

static int setup(void)
{
    cluster_start();
    observer = cluster_connect();
    return 0;
}

static int teardown(void)
{
    PQfinish(observer);
    return 0;
}

static long long left(void)
{
    return cluster_count(
        observer, "SELECT (SELECT count(*) FROM effect) * 10000 + (SELECT count(*) FROM belay_barrier) * 100"
                  " + (SELECT count(*) FROM pg_prepared_xacts)");
}

static const struct step {
    enum subject_kind kind;
    const char *operation, *phase;
    int status;
    long long after; /* left() */
} steps[] = {
    {SUBJECT_POSTGRES, "add", "action", 200, 10100},     {SUBJECT_POSTGRES, "add", "action", 200, 10100},
    {SUBJECT_POSTGRES, "add", "compensation", 204, 200}, {SUBJECT_POSTGRES, "add", "compensation", 204, 200},
    {SUBJECT_TWO_PHASE, "add", "prepare", 204, 101},     {SUBJECT_TWO_PHASE, "add", "prepare", 204, 101},
    {SUBJECT_TWO_PHASE, "add", "commit", 204, 10200},    {SUBJECT_TWO_PHASE, "add", "commit", 204, 10200},
};

/* The second phase the other way, and empty undos. */
static const struct step rollbacks[] = {
    {SUBJECT_TWO_PHASE, "add", "prepare", 204, 101},
    {SUBJECT_TWO_PHASE, "add", "rollback", 204, 200},
    {SUBJECT_TWO_PHASE, "add", "rollback", 204, 200},
};
static const struct step empties[] = {
    {SUBJECT_TWO_PHASE, "add", "rollback", 204, 200},
    {SUBJECT_TWO_PHASE, "add", "prepare", 409, 200},
};
static const struct step plain_empties[] = {
    {SUBJECT_POSTGRES, "add", "compensation", 204, 200},
    {SUBJECT_POSTGRES, "add", "action", 409, 200},
};
static const struct step refusals[] = {
    {SUBJECT_POSTGRES, "no", "action", 409, 100},
    {SUBJECT_POSTGRES, "no", "compensation", 204, 200},
};

#define SCRIPTS(X) X(steps) X(rollbacks) X(empties) X(plain_empties) X(refusals)

static void expect_left(const struct step *step, int variant, int n, long long expected)
{
    long long found = left();
    if (!strcmp(step->phase, "prepare") && found == 1)
        found = expected; /* its row is still missing: the prepared transaction itself stands for it */
    CU_ASSERT_EQUAL(found, expected);
    if (found != expected)
        printf("\n    %s/%s, variant %d, query %d: expected %lld, found %lld", step->operation, step->phase,
               variant, n, expected, found);
}

/* Delivers until the n-th query no longer fails; after each failure, what there is must be what was, or all of it
 * (the commit happened unheard), or, with two phases, something that the next delivery completes. */
static void sweep(struct subject *subject, const struct step *step, enum query_fault fault, long long before)
{
    for (int n = 1; n < 60; n++) {
        queries_fail(n, fault);
        int status = subject_call(subject, step->operation, step->phase, "t");
        bool failed = queries_failed();
        queries_fail(0, fault);
        if (!failed) {
            CU_ASSERT_EQUAL(status, step->status);
            if (status != step->status)
                printf("\n    %s, fault %d, query %d: %d %s", step->phase, (int)fault, n, status, subject->body);
            CU_ASSERT(n > 3);
            break;
        }
        if (status ==
            step->status) { /* mended within the call: BEGIN on a connection that had broken, an unlock */
            before = step->after;
            continue;
        }
        CU_ASSERT(status == 500 || status == 503);
        CU_ASSERT_NOT_EQUAL(subject->code, BELAY_OK);
        if (fault != QUERY_UNHEARD && subject->kind == SUBJECT_POSTGRES)
            expect_left(step, (int)fault, n, before);
    }
    expect_left(step, (int)fault, 0, step->after);
}

static void sweep_script(const struct step *script, size_t count)
{
    for (enum query_fault fault = 0; fault < QUERY_FAULTS; fault++) {
        struct subject subject;
        long long before = 0;
        enum subject_kind kind = SUBJECT_SQLITE;
        for (size_t i = 0; i < count; i++) {
            if (script[i].kind != kind) {
                if (i > 0)
                    subject_close(&subject);
                kind = script[i].kind;
                before = 0;
                subject_reset(kind);
                CU_ASSERT_TRUE_FATAL(subject_open(&subject, kind, NULL));
            }
            sweep(&subject, &script[i], fault, before);
            before = script[i].after;
        }
        CU_ASSERT_EQUAL(subject_count(&subject, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"), 0);
        subject_close(&subject);
    }
}

static void every_query_fails(void)
{
#define X(script) sweep_script(script, sizeof script / sizeof *script);
    SCRIPTS(X)
#undef X
}

/* ---- Death around every query ---- */

static bool dies(const struct step *step, int n, int after)
{
    pid_t child = fork();
    CU_ASSERT_FATAL(child >= 0);
    if (child == 0) {
        struct subject subject;
        if (!subject_open(&subject, step->kind, NULL))
            _exit(2);
        queries_die(n, after);
        subject_call(&subject, step->operation, step->phase, "t");
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFSIGNALED(status);
}

static void kill_script(const struct step *script, size_t count)
{
    for (int after = 0; after < 2; after++) {
        enum subject_kind kind = SUBJECT_SQLITE;
        for (size_t i = 0; i < count; i++) {
            if (script[i].kind != kind) {
                kind = script[i].kind;
                subject_reset(kind);
            }
            int n = 1;
            while (n < 60 && dies(&script[i], n, after))
                n++;
            CU_ASSERT(n > 3 && n < 60);
            expect_left(&script[i], after, n, script[i].after);
        }
    }
}

static void killed_around_every_query(void)
{
    PGconn *conn;
    struct subject subject; /* the children find the table there */
    subject_reset(SUBJECT_POSTGRES);
    CU_ASSERT_TRUE(subject_open(&subject, SUBJECT_POSTGRES, NULL));
    subject_close(&subject);
#define X(script) kill_script(script, sizeof script / sizeof *script);
    SCRIPTS(X)
#undef X
    conn = cluster_connect();
    CU_ASSERT_EQUAL(cluster_count(conn, "SELECT count(*) FROM belay_barrier WHERE state = 0"), 0);
    PQfinish(conn);
}

/* ---- Memory ---- */

struct poor {
    int countdown;
    int live;
};

static void *poor_resize(void *context, void *old_memory, size_t size)
{
    struct poor *poor = context;
    if (size == 0) {
        poor->live -= old_memory != NULL;
        free(old_memory);
        return NULL;
    }
    if (--poor->countdown == 0)
        return NULL;
    void *memory = realloc(old_memory, size);
    poor->live += memory && !old_memory;
    return memory;
}

static void every_allocation_fails(void)
{
    struct poor poor = {0};
    const struct belay_allocator allocator = {.context = &poor, .resize = poor_resize};
    struct subject subject;
    bool opened = false;
    subject_reset(SUBJECT_TWO_PHASE);
    for (int n = 1; !opened; n++) {
        poor.countdown = n;
        opened = subject_open(&subject, SUBJECT_TWO_PHASE, &allocator);
        CU_ASSERT(opened || poor.live == 0);
    }
    int live = poor.live;
    static const char *const phases[] = {"prepare", "prepare", "commit"};
    for (size_t i = 0; i < 3; i++)
        for (int n = 1;; n++) {
            long long before = left();
            poor.countdown = n;
            int status = subject_call(&subject, "add", phases[i], "t");
            CU_ASSERT_EQUAL(poor.live, live);
            if (poor.countdown > 0) {
                CU_ASSERT_EQUAL(status, 204);
                break;
            }
            CU_ASSERT_EQUAL(status, 500);
            CU_ASSERT_EQUAL(left(), before);
        }
    CU_ASSERT_EQUAL(left(), 10200);
    subject_close(&subject);
    CU_ASSERT_EQUAL(poor.live, 0);
}

/* ---- Restarts, waits, and the service's own business ---- */

static void the_server_restarts(void)
{
    struct subject subject;
    subject_reset(SUBJECT_TWO_PHASE);
    CU_ASSERT_TRUE_FATAL(subject_open(&subject, SUBJECT_TWO_PHASE, NULL));
    CU_ASSERT_EQUAL(subject_call(&subject, "add", "action", "a"), 200);
    CU_ASSERT_EQUAL(subject_call(&subject, "add", "prepare", "p"), 204);
    cluster_crash();
    CU_ASSERT_EQUAL(subject_call(&subject, "add", "action", "a"), 200); /* the connection is mended unseen */
    CU_ASSERT_EQUAL(subject.hooks, 2);
    CU_ASSERT_EQUAL(subject_call(&subject, "add", "commit", "p"), 204);
    CU_ASSERT_EQUAL(subject_count(&subject, "SELECT count(*) FROM effect"), 2);
    subject_close(&subject);
    const struct belay_postgres_options keep = {.size = sizeof keep, .keep_connection = 1};
    PGconn *conn = cluster_connect();
    struct belay_barrier *barrier = NULL;
    struct belay_error error;
    void *session;
    CU_ASSERT_EQUAL(belay_postgres_open(conn, &keep, &barrier, &error), BELAY_OK);
    cluster_crash();
    CU_ASSERT_EQUAL(barrier->begin(barrier->self, &session, &error), BELAY_ERROR_BACKEND);
    barrier->rollback(barrier->self);
    CU_ASSERT_EQUAL(barrier->begin(barrier->self, &session, &error), BELAY_ERROR_BACKEND);
    barrier->rollback(barrier->self);
    belay_postgres_close(barrier);
    PQfinish(conn);
}

static void held_by_another(void)
{
    struct subject subject;
    struct belay_barrier *barrier = NULL;
    const struct belay_postgres_options hasty = {.size = sizeof hasty, .lock_timeout_ms = 50};
    subject_reset(SUBJECT_POSTGRES);
    CU_ASSERT_TRUE_FATAL(subject_open(&subject, SUBJECT_POSTGRES, NULL));
    PGconn *conn = cluster_connect();
    CU_ASSERT_EQUAL(belay_postgres_open(conn, &hasty, &barrier, NULL), BELAY_OK);
    const struct belay_branch branch = {"t", "s", ""};
    struct belay_row row;
    struct belay_error error;
    void *session;
    CU_ASSERT_EQUAL(barrier->begin(barrier->self, &session, &error), BELAY_OK);
    CU_ASSERT_EQUAL(barrier->claim(barrier->self, &branch, "action", &row, &error), BELAY_OK);
    belay_postgres_close(subject.barrier); /* the subject gets a hasty one too */
    belay_participant_free(subject.participant);
    subject.participant = NULL;
    CU_ASSERT_EQUAL(belay_postgres_open(subject.conn, &hasty, &subject.barrier, NULL), BELAY_OK);
    CU_ASSERT_EQUAL(subject.barrier->begin(subject.barrier->self, &session, &error), BELAY_OK);
    CU_ASSERT_EQUAL(subject.barrier->claim(subject.barrier->self, &branch, "action", &row, &error),
                    BELAY_ERROR_BUSY);
    subject.barrier->rollback(subject.barrier->self);
    barrier->rollback(barrier->self);
    CU_ASSERT_EQUAL(subject.barrier->begin(subject.barrier->self, &session, &error), BELAY_OK);
    CU_ASSERT_EQUAL(subject.barrier->claim(subject.barrier->self, &branch, "action", &row, &error), BELAY_OK);
    CU_ASSERT_EQUAL(row.state, BELAY_STATE_OPEN);
    subject.barrier->rollback(subject.barrier->self);
    belay_postgres_close(barrier);
    PQfinish(conn);
    subject_close(&subject);
}

static void the_services_own_transaction(void)
{
    struct subject subject;
    subject_reset(SUBJECT_POSTGRES);
    CU_ASSERT_TRUE_FATAL(subject_open(&subject, SUBJECT_POSTGRES, NULL));
    cluster_run(subject.conn, "BEGIN; INSERT INTO effect (key) VALUES ('own')");
    CU_ASSERT_EQUAL(subject_call(&subject, "add", "action", "t"), 500);
    CU_ASSERT_PTR_NOT_NULL(strstr(subject.body, "transaction of the service"));
    cluster_run(subject.conn, "COMMIT");
    CU_ASSERT_EQUAL(subject_count(&subject, "SELECT count(*) FROM effect"), 1);
    CU_ASSERT_EQUAL(subject_call(&subject, "add", "action", "t"), 200);
    subject_close(&subject);
}

/* ---- Opening and pruning ---- */

static void opening(void)
{
    struct belay_barrier *barrier = NULL;
    struct belay_error error;
    const struct belay_postgres_options unsized = {.size = 0};
    CU_ASSERT_EQUAL(belay_postgres_open(NULL, NULL, &barrier, &error), BELAY_ERROR_ARGUMENT);
    subject_reset(SUBJECT_POSTGRES);
    PGconn *conn = cluster_connect();
    CU_ASSERT_EQUAL(belay_postgres_open(conn, &unsized, &barrier, &error), BELAY_ERROR_ARGUMENT);
    cluster_run(conn, "BEGIN");
    CU_ASSERT_EQUAL(belay_postgres_open(conn, NULL, &barrier, &error), BELAY_ERROR_ARGUMENT);
    cluster_run(conn, "ROLLBACK");
    PGconn *nowhere = PQconnectdb("host=/nonexistent dbname=x");
    CU_ASSERT_EQUAL(belay_postgres_open(nowhere, NULL, &barrier, &error), BELAY_ERROR_BACKEND);
    PQfinish(nowhere);
    cluster_run(conn,
                "CREATE TABLE belay_barrier (transaction_id text, step text, item text, phase text, state text,"
                " status integer, body bytea)");
    CU_ASSERT_EQUAL(belay_postgres_open(conn, NULL, &barrier, &error), BELAY_OK);
    const struct belay_branch branch = {"t", "s", ""};
    struct belay_row row;
    void *session;
    CU_ASSERT_EQUAL(barrier->begin(barrier->self, &session, &error), BELAY_OK);
    CU_ASSERT_EQUAL(barrier->find(barrier->self, &branch, "action", &row, &error), BELAY_ERROR_BACKEND);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "not the one of this library"));
    barrier->rollback(barrier->self);
    belay_postgres_close(barrier);
    belay_postgres_close(NULL);
    cluster_run(conn, "DROP TABLE belay_barrier; SET client_encoding = 'LATIN1'");
    CU_ASSERT_EQUAL(belay_postgres_open(conn, NULL, &barrier, &error), BELAY_OK);
    CU_ASSERT_STRING_EQUAL(pg_encoding_to_char(PQclientEncoding(conn)), "UTF8");
    belay_postgres_close(barrier);
    PQfinish(conn);
}

static void every_query_of_opening_fails(void)
{
    for (enum query_fault fault = 0; fault < QUERY_FAULTS; fault++)
        for (int n = 1; n < 20; n++) {
            struct belay_barrier *barrier = NULL;
            struct belay_error error = {.code = BELAY_OK};
            const struct belay_postgres_options options = {.size = sizeof options, .two_phase = 1};
            subject_reset(SUBJECT_POSTGRES);
            PGconn *conn = cluster_connect();
            queries_fail(n, fault);
            int code = belay_postgres_open(conn, &options, &barrier, &error);
            bool failed = queries_failed();
            queries_fail(0, fault);
            CU_ASSERT_EQUAL(code == BELAY_OK, !failed);
            CU_ASSERT_EQUAL(code, error.code);
            belay_postgres_close(barrier);
            PQfinish(conn);
            if (!failed)
                break;
        }
}

static void pruning(void)
{
    struct subject subject;
    struct belay_error error;
    int64_t rows = -1;
    subject_reset(SUBJECT_POSTGRES);
    CU_ASSERT_TRUE_FATAL(subject_open(&subject, SUBJECT_POSTGRES, NULL));
    CU_ASSERT_EQUAL(subject_call(&subject, "add", "action", "old"), 200);
    cluster_run(subject.conn, "UPDATE belay_barrier SET at = at - interval '1000 s'");
    CU_ASSERT_EQUAL(subject_call(&subject, "add", "action", "new"), 200);
    CU_ASSERT_EQUAL(belay_postgres_prune(subject.conn, 2000, &rows, NULL), BELAY_OK);
    CU_ASSERT_EQUAL(rows, 0);
    CU_ASSERT_EQUAL(belay_postgres_prune(subject.conn, 500, &rows, NULL), BELAY_OK);
    CU_ASSERT_EQUAL(rows, 1);
    CU_ASSERT_EQUAL(belay_postgres_prune(subject.conn, -1, &rows, NULL), BELAY_ERROR_ARGUMENT);
    CU_ASSERT_EQUAL(belay_postgres_prune(NULL, 1, &rows, NULL), BELAY_ERROR_ARGUMENT);
    cluster_run(subject.conn, "DROP TABLE belay_barrier");
    CU_ASSERT_EQUAL(belay_postgres_prune(subject.conn, 0, NULL, &error), BELAY_ERROR_BACKEND);
    subject_close(&subject);
}

void postgres_test_suite(void);
void postgres_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("sdk/postgres", setup, teardown);
    CU_add_test(suite, "every query fails, in every way", every_query_fails);
    CU_add_test(suite, "killed before and after every query", killed_around_every_query);
    CU_add_test(suite, "every allocation fails", every_allocation_fails);
    CU_add_test(suite, "a branch held by another is busy", held_by_another);
    CU_add_test(suite, "the service's own transaction is left alone", the_services_own_transaction);
    CU_add_test(suite, "opening what cannot be opened", opening);
    CU_add_test(suite, "every query of opening fails", every_query_of_opening_fails);
    CU_add_test(suite, "old rows are pruned", pruning);
    CU_add_test(suite, "the server restarts", the_server_restarts);
}
