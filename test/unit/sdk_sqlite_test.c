/* The barrier on SQLite: threads with connections of their own, processes that are killed, hooks that break the
 * transaction, and a database that someone else holds. */
#include "sdk_support.h"

#include <CUnit/Basic.h>
#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 16, BRANCHES = 12 };

static char path[64];

static int setup(void)
{
    sdk_path_make(path);
    return 0;
}

static int teardown(void)
{
    sdk_path_remove(path);
    return 0;
}

static void fresh(struct sdk_service *service)
{
    sdk_path_remove(path);
    sdk_service_open(service, path);
    sdk_hooks_reset();
}

/* ---- Threads ---- */

struct worker {
    pthread_t thread;
    unsigned number;
    int statuses[BRANCHES];
    char bodies[BRANCHES][64];
};

static pthread_barrier_t start;

static void open_and_wait(struct sdk_service *service)
{
    sdk_service_open(service, path);
    pthread_barrier_wait(&start);
}

static void *deliver_duplicates(void *context)
{
    struct worker *worker = context;
    struct sdk_service service;
    open_and_wait(&service);
    for (int i = 0; i < BRANCHES; i++) {
        char item[16];
        snprintf(item, sizeof item, "%d", i);
        worker->statuses[i] = sdk_call(service.participant, "add", "action", item);
        snprintf(worker->bodies[i], sizeof worker->bodies[i], "%.63s", sdk_body());
    }
    sdk_service_close(&service);
    return NULL;
}

/* Odd threads undo what even threads do; whoever is first wins. */
static void *deliver_both(void *context)
{
    struct worker *worker = context;
    struct sdk_service service;
    open_and_wait(&service);
    for (int i = 0; i < BRANCHES; i++) {
        char item[16];
        snprintf(item, sizeof item, "%d", i);
        const char *phase = worker->number % 2 ? "compensation" : "action";
        worker->statuses[i] = sdk_call(service.participant, "add", phase, item);
    }
    sdk_service_close(&service);
    return NULL;
}

static void run_threads(struct worker *workers, void *(*work)(void *))
{
    pthread_barrier_init(&start, NULL, THREADS);
    for (unsigned i = 0; i < THREADS; i++) {
        workers[i].number = i;
        int failed = pthread_create(&workers[i].thread, NULL, work, &workers[i]);
        assert(!failed);
    }
    for (unsigned i = 0; i < THREADS; i++)
        pthread_join(workers[i].thread, NULL);
    pthread_barrier_destroy(&start);
}

static void concurrent_duplicates(void)
{
    static struct worker workers[THREADS];
    struct sdk_service service;
    fresh(&service);
    run_threads(workers, deliver_duplicates);
    CU_ASSERT_EQUAL(sdk_hooks_ran(), BRANCHES);
    CU_ASSERT_EQUAL(sdk_count(service.db, "SELECT count(*) FROM effect"), BRANCHES);
    for (int i = 0; i < BRANCHES; i++)
        for (int thread = 0; thread < THREADS; thread++) {
            CU_ASSERT_EQUAL(workers[thread].statuses[i], 200);
            CU_ASSERT_STRING_EQUAL(workers[thread].bodies[i], workers[0].bodies[i]);
        }
    sdk_service_close(&service);
}

static void concurrent_do_and_undo(void)
{
    static struct worker workers[THREADS];
    struct sdk_service service;
    fresh(&service);
    run_threads(workers, deliver_both);
    CU_ASSERT_EQUAL(sdk_count(service.db, "SELECT count(*) FROM effect"), 0);
    for (int i = 0; i < BRANCHES; i++)
        for (int thread = 0; thread < THREADS; thread++) {
            int status = workers[thread].statuses[i];
            if (thread % 2)
                CU_ASSERT_EQUAL(status, 204);
            CU_ASSERT_EQUAL(status, workers[thread % 2].statuses[i]); /* all heard the same */
        }
    sdk_service_close(&service);
}

/* ---- Death ---- */

static int (*real_commit)(void *self, struct belay_error *error);

static int die(void)
{
    kill(getpid(), SIGKILL);
    return BELAY_FAILED;
}

static int insert_and_die(struct belay_call *call)
{
    belay_sqlite_run(call, "INSERT INTO effect VALUES (:key)", NULL);
    return die();
}

static int die_before_commit(void *self, struct belay_error *error)
{
    (void)self;
    (void)error;
    return die();
}

static int die_after_commit(void *self, struct belay_error *error)
{
    real_commit(self, error);
    return die();
}

enum death { IN_THE_HOOK, BEFORE_COMMIT, AFTER_COMMIT };

/* Calls `phase` in a process of its own that is killed at the given point. */
static void call_and_die(enum death death, const char *phase)
{
    pid_t child = fork();
    assert(child >= 0);
    if (child == 0) {
        struct sdk_service service;
        sdk_service_open(&service, path);
        const struct belay_operation deadly = {
            .size = sizeof deadly, .name = "deadly", .on_action = insert_and_die};
        belay_participant_add(service.participant, &deadly, NULL);
        real_commit = service.barrier->commit;
        if (death != IN_THE_HOOK)
            service.barrier->commit = death == BEFORE_COMMIT ? die_before_commit : die_after_commit;
        sdk_call(service.participant, death == IN_THE_HOOK ? "deadly" : "add", phase, NULL);
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    CU_ASSERT(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static sqlite3_int64 effects(void)
{
    struct sdk_service service;
    sdk_service_open(&service, path);
    sqlite3_int64 count =
        sdk_count(service.db, "SELECT (SELECT count(*) FROM effect) * 100 + count(*) FROM belay_barrier");
    sdk_service_close(&service);
    return count;
}

static int call_afresh(const char *phase)
{
    struct sdk_service service;
    sdk_service_open(&service, path);
    int status = sdk_call(service.participant, "add", phase, NULL);
    sdk_service_close(&service);
    return status;
}

static void killed_in_the_middle(void)
{
    sdk_path_remove(path);
    call_and_die(IN_THE_HOOK, "action");
    CU_ASSERT_EQUAL(effects(), 0);
    call_and_die(BEFORE_COMMIT, "action");
    CU_ASSERT_EQUAL(effects(), 0);
    call_and_die(AFTER_COMMIT, "action"); /* done, but nobody heard */
    CU_ASSERT_EQUAL(effects(), 101);
    CU_ASSERT_EQUAL(call_afresh("action"), 200);
    CU_ASSERT_EQUAL(effects(), 101);
    call_and_die(BEFORE_COMMIT, "compensation");
    CU_ASSERT_EQUAL(effects(), 101);
    call_and_die(AFTER_COMMIT, "compensation");
    CU_ASSERT_EQUAL(effects(), 2);
    CU_ASSERT_EQUAL(call_afresh("compensation"), 204);
    CU_ASSERT_EQUAL(effects(), 2);
}

static void killed_in_an_empty_undo(void)
{
    sdk_path_remove(path);
    call_and_die(BEFORE_COMMIT, "compensation");
    CU_ASSERT_EQUAL(effects(), 0); /* neither the fence nor the answer */
    call_and_die(AFTER_COMMIT, "compensation");
    CU_ASSERT_EQUAL(effects(), 2);
    CU_ASSERT_EQUAL(call_afresh("action"), 409);
}

/* ---- A database that someone holds, or has changed ---- */

static void held_by_another(void)
{
    struct sdk_service service;
    fresh(&service);
    sqlite3 *other = NULL;
    sqlite3_open(path, &other);
    sqlite3_busy_timeout(service.db, 20);
    CU_ASSERT_EQUAL(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    CU_ASSERT_EQUAL(sdk_call(service.participant, "add", "action", NULL), 503);
    CU_ASSERT_EQUAL(sdk_code(), BELAY_ERROR_BUSY);
    CU_ASSERT_PTR_NOT_NULL(strstr(sdk_body(), "\"code\":\"busy\""));
    sqlite3_exec(other, "COMMIT", NULL, NULL, NULL);
    sqlite3_close(other);
    CU_ASSERT_EQUAL(sdk_call(service.participant, "add", "action", NULL), 200);
    CU_ASSERT_EQUAL(sdk_hooks_ran(), 1);
    sdk_service_close(&service);
}

static void the_services_own_transaction(void)
{
    struct sdk_service service;
    fresh(&service);
    sqlite3_exec(service.db, "BEGIN; INSERT INTO effect VALUES ('mine')", NULL, NULL, NULL);
    CU_ASSERT_EQUAL(sdk_call(service.participant, "add", "action", NULL), 500);
    CU_ASSERT_EQUAL(sdk_code(), BELAY_ERROR_BACKEND);
    CU_ASSERT_EQUAL(sqlite3_get_autocommit(service.db), 0); /* it is not ours to roll back */
    sqlite3_exec(service.db, "COMMIT", NULL, NULL, NULL);
    CU_ASSERT_EQUAL(sdk_count(service.db, "SELECT count(*) FROM effect"), 1);
    sdk_service_close(&service);
}

static void rows_that_contradict(void)
{
    struct sdk_service service;
    fresh(&service);
    CU_ASSERT_EQUAL(sdk_call(service.participant, "add", "action", NULL), 200);
    sqlite3_exec(service.db, "UPDATE belay_barrier SET state = 77", NULL, NULL, NULL);
    CU_ASSERT_EQUAL(sdk_call(service.participant, "add", "action", NULL), 500);
    CU_ASSERT_EQUAL(sdk_code(), BELAY_ERROR_BACKEND);
    CU_ASSERT_PTR_NOT_NULL(strstr(sdk_body(), "contradict"));
    CU_ASSERT_EQUAL(sdk_call(service.participant, "add", "compensation", NULL), 500);
    sqlite3_exec(service.db, "DROP TABLE belay_barrier", NULL, NULL, NULL);
    CU_ASSERT_EQUAL(sdk_call(service.participant, "add", "action", NULL), 500);
    CU_ASSERT_EQUAL(sdk_count(service.db, "SELECT count(*) FROM effect"), 1);
    sdk_service_close(&service);
}

/* ---- Hooks ---- */

static int commits(struct belay_call *call)
{
    belay_sqlite_run(call, "INSERT INTO effect VALUES (:key)", NULL);
    return belay_sqlite_run(call, "COMMIT", NULL);
}

static int commits_and_begins(struct belay_call *call)
{
    return commits(call) || belay_sqlite_run(call, "BEGIN; INSERT INTO effect VALUES ('second')", NULL);
}

static int rolls_back(struct belay_call *call)
{
    belay_sqlite_run(call, "INSERT INTO effect VALUES (:key)", NULL);
    belay_sqlite_run(call, "ROLLBACK", NULL);
    return belay_refuse(call, "no", "no");
}

static int broken_sql(struct belay_call *call)
{
    belay_sqlite_run(call, "INSERT INTO effect VALUES (:key); INSERT INTO nowhere VALUES (1)", NULL);
    return BELAY_YES; /* it did not look */
}

static int unknown_parameter(struct belay_call *call)
{
    return belay_sqlite_run(call, "INSERT INTO effect VALUES (:order)", NULL);
}

static int numbered_parameter(struct belay_call *call)
{
    return belay_sqlite_run(call, "INSERT INTO effect VALUES (?)", NULL);
}

static int broken_json(struct belay_call *call)
{
    return belay_sqlite_run(call, "INSERT INTO effect SELECT value FROM json_each('{')", NULL);
}

static void hooks_that_break_the_transaction(void)
{
    static const struct {
        belay_hook *hook;
        const char *says;
        sqlite3_int64 effects; /* what a hook commits itself is beyond our reach */
    } hooks[] = {
        {commits, "ended the transaction", 1},
        {commits_and_begins, "ended the transaction", 1},
        {rolls_back, "ended the transaction", 0},
        {broken_sql, "no such table: nowhere", 0},
        {unknown_parameter, ":order\\\" is no parameter that a call has", 0},
        {numbered_parameter, "?\\\" is no parameter that a call has", 0},
        {broken_json, "malformed JSON", 0},
    };
    for (size_t i = 0; i < sizeof hooks / sizeof *hooks; i++) {
        struct sdk_service service;
        fresh(&service);
        const struct belay_operation bad = {.size = sizeof bad, .name = "bad", .on_action = hooks[i].hook};
        CU_ASSERT_EQUAL(belay_participant_add(service.participant, &bad, NULL), BELAY_OK);
        CU_ASSERT_EQUAL(sdk_call(service.participant, "bad", "action", NULL), 500);
        CU_ASSERT_PTR_NOT_NULL(strstr(sdk_body(), hooks[i].says));
        CU_ASSERT_EQUAL(sdk_count(service.db, "SELECT count(*) FROM effect"), hooks[i].effects);
        CU_ASSERT_EQUAL(sdk_count(service.db, "SELECT count(*) FROM belay_barrier"), 0);
        CU_ASSERT_NOT_EQUAL(sqlite3_get_autocommit(service.db), 0);
        CU_ASSERT_EQUAL(sdk_call(service.participant, "add", "action", NULL), 200); /* and life goes on */
        sdk_service_close(&service);
    }
}

static int look_around(struct belay_call *call)
{
    size_t length = 0;
    CU_ASSERT_STRING_EQUAL(belay_call_transaction(call), "t");
    CU_ASSERT_STRING_EQUAL(belay_call_step(call), "s");
    CU_ASSERT_STRING_EQUAL(belay_call_item(call), "red");
    CU_ASSERT_EQUAL(belay_call_phase(call), BELAY_PHASE_COMPENSATION);
    CU_ASSERT_EQUAL(belay_call_attempt(call), 2);
    CU_ASSERT_STRING_EQUAL(belay_call_key(call), "t/s/red/compensation");
    CU_ASSERT_STRING_EQUAL(belay_call_action_key(call), "t/s/red/action");
    CU_ASSERT_STRING_EQUAL(belay_call_header(call, "content-type"), "application/json");
    CU_ASSERT_PTR_NULL(belay_call_header(call, "X-Nothing"));
    CU_ASSERT_EQUAL(memcmp(belay_call_body(call, &length), "{}", 2), 0);
    CU_ASSERT_EQUAL(length, 2);
    CU_ASSERT_STRING_EQUAL(belay_call_context(call), "context");
    sqlite3_int64 rows = -1, value = -1;
    CU_ASSERT_EQUAL(
        belay_sqlite_run(call, "DELETE FROM effect; INSERT INTO effect VALUES (:step), (:item)", &rows), 0);
    CU_ASSERT_EQUAL(rows, 2);
    CU_ASSERT_EQUAL(belay_sqlite_read(call, "SELECT 41 + count(*) FROM effect WHERE key = :item", &value), 0);
    CU_ASSERT_EQUAL(value, 42);
    CU_ASSERT_EQUAL(belay_sqlite_read(call, "SELECT :callback IS NULL", &value), 0);
    CU_ASSERT_EQUAL(value, 1);
    CU_ASSERT_EQUAL(belay_sqlite_read(call, "SELECT 7 WHERE :transaction = 'x'", &value), 0);
    CU_ASSERT_EQUAL(value, 0);
    CU_ASSERT_EQUAL(belay_sqlite_answer(call, "SELECT :body"), BELAY_YES);
    CU_ASSERT_EQUAL(belay_sqlite_answer(call, "SELECT 1 WHERE 0"), BELAY_YES);
    return belay_sqlite_answer(call, "SELECT NULL");
}

static int nothing(struct belay_call *call)
{
    (void)call;
    return BELAY_YES;
}

static void what_hooks_see(void)
{
    struct sdk_service service;
    fresh(&service);
    char context[] = "context";
    const struct belay_operation operation = {
        .size = sizeof operation,
        .name = "look",
        .context = context,
        .on_action = nothing,
        .on_compensation = look_around,
    };
    CU_ASSERT_EQUAL(belay_participant_add(service.participant, &operation, NULL), BELAY_OK);
    CU_ASSERT_EQUAL(sdk_call(service.participant, "look", "action", "red"), 204);
    CU_ASSERT_EQUAL(sdk_call(service.participant, "look", "compensation", "red"), 200);
    CU_ASSERT_STRING_EQUAL(sdk_body(), "{}"); /* what was set last; no row and NULL leave it */
    sdk_service_close(&service);
}

static int any_bytes(struct belay_call *call)
{
    static const char bytes[] = {'"', 0, (char)0xff, '\n', '"'};
    return belay_answer(call, bytes, sizeof bytes);
}

static void stored_byte_for_byte(void)
{
    struct sdk_service service;
    fresh(&service);
    const struct belay_operation operation = {.size = sizeof operation, .name = "bytes", .on_action = any_bytes};
    CU_ASSERT_EQUAL(belay_participant_add(service.participant, &operation, NULL), BELAY_OK);
    for (int i = 0; i < 2; i++) {
        CU_ASSERT_EQUAL(sdk_call(service.participant, "bytes", "action", NULL), 200);
        CU_ASSERT_EQUAL(memcmp(sdk_body(), "\"\0\xff\n\"", 6), 0);
    }
    sdk_service_close(&service);
}

/* ---- Opening and pruning ---- */

static void opening(void)
{
    struct belay_barrier *barrier = NULL;
    struct belay_error error;
    CU_ASSERT_EQUAL(belay_sqlite_open(NULL, NULL, &barrier, &error), BELAY_ERROR_ARGUMENT);
    sqlite3 *db = NULL;
    sqlite3_open(":memory:", &db);
    const struct belay_sqlite_options unsized = {.size = 0};
    CU_ASSERT_EQUAL(belay_sqlite_open(db, &unsized, &barrier, &error), BELAY_ERROR_ARGUMENT);
    sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
    CU_ASSERT_EQUAL(belay_sqlite_open(db, NULL, &barrier, &error), BELAY_ERROR_ARGUMENT);
    sqlite3_exec(db, "COMMIT; CREATE TABLE belay_barrier (something_else)", NULL, NULL, NULL);
    CU_ASSERT_EQUAL(belay_sqlite_open(db, NULL, &barrier, &error), BELAY_ERROR_BACKEND);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "use the table belay_barrier: "));
    CU_ASSERT_PTR_NULL(barrier);
    sqlite3_exec(db, "DROP TABLE belay_barrier", NULL, NULL, NULL);
    CU_ASSERT_EQUAL(belay_sqlite_open(db, NULL, &barrier, &error), BELAY_OK);
    CU_ASSERT_EQUAL(sdk_count(db, "PRAGMA busy_timeout"), 5000);
    belay_sqlite_close(barrier);
    belay_sqlite_close(NULL);
    CU_ASSERT_EQUAL(sqlite3_close(db), SQLITE_OK);
}

static void pruning(void)
{
    struct sdk_service service;
    fresh(&service);
    CU_ASSERT_EQUAL(sdk_call(service.participant, "add", "action", "old"), 200);
    sqlite3_exec(service.db, "UPDATE belay_barrier SET at = at - 1000", NULL, NULL, NULL);
    CU_ASSERT_EQUAL(sdk_call(service.participant, "add", "action", "new"), 200);
    sqlite3_int64 rows = -1;
    CU_ASSERT_EQUAL(belay_sqlite_prune(service.db, 2000, &rows, NULL), BELAY_OK);
    CU_ASSERT_EQUAL(rows, 0);
    CU_ASSERT_EQUAL(belay_sqlite_prune(service.db, 500, &rows, NULL), BELAY_OK);
    CU_ASSERT_EQUAL(rows, 1);
    CU_ASSERT_EQUAL(sdk_count(service.db, "SELECT count(*) FROM belay_barrier WHERE item = 'new'"), 1);
    CU_ASSERT_EQUAL(belay_sqlite_prune(service.db, -1, &rows, NULL), BELAY_ERROR_ARGUMENT);
    CU_ASSERT_EQUAL(belay_sqlite_prune(service.db, 0, NULL, NULL), BELAY_OK);
    sqlite3_exec(service.db, "DROP TABLE belay_barrier", NULL, NULL, NULL);
    CU_ASSERT_EQUAL(belay_sqlite_prune(service.db, 0, NULL, NULL), BELAY_ERROR_BACKEND);
    sdk_service_close(&service);
}

void sdk_sqlite_test_suite(void);
void sdk_sqlite_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("sdk/sqlite", setup, teardown);
    CU_add_test(suite, "sixteen threads deliver the same do", concurrent_duplicates);
    CU_add_test(suite, "sixteen threads do and undo", concurrent_do_and_undo);
    CU_add_test(suite, "killed in the hook, before and after the commit", killed_in_the_middle);
    CU_add_test(suite, "killed in an empty undo", killed_in_an_empty_undo);
    CU_add_test(suite, "a database held by another is 503", held_by_another);
    CU_add_test(suite, "the service's own transaction is left alone", the_services_own_transaction);
    CU_add_test(suite, "rows that contradict one another", rows_that_contradict);
    CU_add_test(suite, "hooks that break the transaction", hooks_that_break_the_transaction);
    CU_add_test(suite, "what hooks see", what_hooks_see);
    CU_add_test(suite, "answers are stored byte for byte", stored_byte_for_byte);
    CU_add_test(suite, "opening what cannot be opened", opening);
    CU_add_test(suite, "old rows are pruned", pruning);
}
