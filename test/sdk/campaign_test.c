/* Deliveries by the thousand: sixteen threads, duplicates, calls out of order and late, and the whole process
 * killed every second. What counts is the database at the end, and that every answer of one call was the same.
 *
 * The service is a child process; memory that it shares with the test holds what was delivered and what was
 * answered. A call that was in flight when the child was killed is one whose answer nobody heard: the
 * coordinator's `unknown`. With two phases every child begins with what the one before left prepared, and asks the
 * test, which remembers what it heard. In the end there is peace, and every branch hears its last calls. */
#include "belay/postgres.h"
#include "subject.h"
#include "suites.h"

#include <CUnit/Basic.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    THREADS = 16,
    LONG_DELIVERIES = 100000,
    SHORT_DELIVERIES = 4000,
    SQLITE_TIMES = 6, /* without a server and without fsync it is faster, and must be killed as often */
    CALLS_PER_BRANCH = 8,
    WINDOW = 64, /* calls of one branch lie that far apart at most: many are at work on it at once */
    LONG_KILL_MS = 1000,
    SHORT_KILL_MS = 250, /* of the campaigns of `make test`, and of SQLite's */
};

/* What is delivered. */
enum call { DO, UNDO, CONFIRM, CALLS };

/* Shared between the test and its children. Answers are hashes; 0: none yet. */
struct shared {
    atomic_uint next; /* delivery */
    atomic_uint answered;
    atomic_uint differing;
    atomic_uint odd;      /* answers that cannot be */
    atomic_uint resolved; /* prepared branches that a new child ended */
    unsigned deliveries;
    unsigned branches;
    atomic_uint answers[][CALLS]; /* per branch */
};

static struct shared *shared;
static enum subject_kind kind;
static const char *phases[CALLS]; /* CONFIRM: NULL in a saga */

static unsigned noise(unsigned number, unsigned salt)
{
    uint64_t x = ((uint64_t)salt << 32 | number) * 0x9e3779b97f4a7c15u;
    x ^= x >> 29;
    x *= 0xbf58476d1ce4e5b9u;
    return (unsigned)(x >> 33);
}

/* Every second branch is undone. */
static bool is_undone(unsigned branch)
{
    return branch % 2 == 1;
}

static unsigned hash(int status, const char *body)
{
    unsigned value = 2166136261u ^ (unsigned)status;
    for (; *body; body++)
        value = (value ^ (unsigned char)*body) * 16777619u;
    return value | 1;
}

/* A do may be answered 2xx, or 409 when its undo came first; an undo and a confirm 2xx. */
static void note(unsigned branch, enum call call, int status, const char *body)
{
    unsigned none = 0, heard = hash(status, body);
    bool late = status == 409 && call == DO && is_undone(branch);
    if (status >= 300 && !late)
        atomic_fetch_add(&shared->odd, 1);
    atomic_uint *answer = &shared->answers[branch][call];
    if (!atomic_compare_exchange_strong(answer, &none, heard) && none != heard)
        atomic_fetch_add(&shared->differing, 1);
    atomic_fetch_add(&shared->answered, 1);
}

/* Delivers until it is answered. */
static void deliver(struct subject *subject, unsigned branch, enum call call)
{
    char transaction[32];
    int status;
    snprintf(transaction, sizeof transaction, "t%u", branch);
    do
        status = subject_call(subject, "add", phases[call], transaction);
    while (status >= 500);
    note(branch, call, status, subject->body);
}

/* Nobody decides to confirm what was not answered yes. */
static bool is_confirmed(unsigned branch)
{
    return !is_undone(branch) && atomic_load(&shared->answers[branch][DO]);
}

/* Every third call is the end of its branch, before or after its do. */
static enum call choose(unsigned branch, unsigned number)
{
    if (noise(number, 2) % 3 != 0)
        return DO;
    return is_undone(branch) ? UNDO : phases[CONFIRM] && is_confirmed(branch) ? CONFIRM : DO;
}

static void *work(void *context)
{
    struct subject subject;
    if (!subject_open(&subject, kind, NULL))
        return context;
    for (;;) {
        unsigned number = atomic_fetch_add(&shared->next, 1);
        if (number >= shared->deliveries)
            break;
        unsigned at = number + noise(number, 1) % WINDOW;
        unsigned branch = at / CALLS_PER_BRANCH % shared->branches;
        deliver(&subject, branch, choose(branch, number));
    }
    subject_close(&subject);
    return NULL;
}

static int tell_outcome(void *context, const char *transaction, enum belay_outcome *outcome,
                        struct belay_error *error)
{
    (void)context, (void)error;
    unsigned branch = (unsigned)strtoul(transaction + 1, NULL, 10);
    *outcome = is_undone(branch)      ? BELAY_OUTCOME_ABORT
               : is_confirmed(branch) ? BELAY_OUTCOME_COMMIT
                                      : BELAY_OUTCOME_UNDECIDED;
    return BELAY_OK;
}

/* What a service with prepared transactions does at its start. */
static void resolve(void)
{
    struct subject subject;
    size_t undecided = 0;
    if (!subject_open(&subject, kind, NULL))
        _exit(2);
    unsigned before = (unsigned)subject_count(&subject, "SELECT count(*) FROM pg_prepared_xacts");
    if (belay_postgres_resolve(subject.barrier, tell_outcome, NULL, &undecided, NULL))
        _exit(2);
    atomic_fetch_add(&shared->resolved, before - (unsigned)undecided);
    subject_close(&subject);
}

/* What the child does: all threads, until everything is delivered or it is killed. */
static void live(void)
{
    pthread_t threads[THREADS];
    if (kind == SUBJECT_TWO_PHASE)
        resolve();
    for (size_t i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, work, NULL))
            _exit(2);
    for (size_t i = 0; i < THREADS; i++) {
        void *failed = NULL;
        pthread_join(threads[i], &failed);
    }
    _exit(0);
}

/* Lets children live until one of them is done. Returns how many were killed. */
static unsigned kill_and_restart(void)
{
    unsigned kills = 0;
    long every_ms = suites_long && kind != SUBJECT_SQLITE ? LONG_KILL_MS : SHORT_KILL_MS;
    for (;;) {
        pid_t child = fork();
        CU_ASSERT_FATAL(child >= 0);
        if (child == 0)
            live();
        int status = 0;
        bool ended = false;
        for (long waited = 0; waited < every_ms && !ended; waited += 10) {
            const struct timespec pause = {.tv_nsec = 10 * 1000000L};
            nanosleep(&pause, NULL);
            ended = waitpid(child, &status, WNOHANG) == child;
        }
        if (ended) {
            CU_ASSERT_EQUAL(status, 0);
            return kills;
        }
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        kills++;
    }
}

/* Peace: every branch hears a do, and an undo or, where there are confirms, a confirm. */
static void settle(struct subject *subject)
{
    for (unsigned branch = 0; branch < shared->branches; branch++) {
        deliver(subject, branch, DO);
        if (is_undone(branch) || phases[CONFIRM])
            deliver(subject, branch, is_undone(branch) ? UNDO : CONFIRM);
    }
}

static void expect_once(struct subject *subject)
{
    unsigned kept = (shared->branches + 1) / 2;
    CU_ASSERT_EQUAL(atomic_load(&shared->differing), 0);
    CU_ASSERT_EQUAL(atomic_load(&shared->odd), 0);
    CU_ASSERT_EQUAL(subject_count(subject, "SELECT count(*) FROM effect"), kept);
    CU_ASSERT_EQUAL(subject_count(subject, "SELECT count(DISTINCT key) FROM effect"), kept);
    CU_ASSERT_EQUAL(subject_count(subject, "SELECT count(*) FROM belay_barrier WHERE state = 0"), 0);
    if (kind != SUBJECT_TWO_PHASE)
        return;
    CU_ASSERT_EQUAL(subject_count(subject, "SELECT count(*) FROM pg_prepared_xacts"), 0);
    CU_ASSERT(atomic_load(&shared->resolved) > 0); /* else no death left one behind */
    printf("\n    %u prepared branches were ended at a start", atomic_load(&shared->resolved));
}

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void campaign(enum subject_kind which, const char *act, const char *undo, const char *confirm)
{
    struct subject subject;
    unsigned deliveries = suites_long ? LONG_DELIVERIES : SHORT_DELIVERIES, branches;
    deliveries *= which == SUBJECT_SQLITE ? SQLITE_TIMES : 1;
    branches = deliveries / CALLS_PER_BRANCH;
    size_t size = sizeof *shared + branches * sizeof shared->answers[0];
    kind = which;
    phases[DO] = act;
    phases[UNDO] = undo;
    phases[CONFIRM] = confirm;
    subject_reset(kind);
    CU_ASSERT_TRUE_FATAL(subject_open(&subject, kind, NULL)); /* the tables are there before the crowd is */
    subject_close(&subject);
    shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CU_ASSERT_FATAL(shared != MAP_FAILED);
    shared->deliveries = deliveries;
    shared->branches = branches;
    uint64_t begun_ms = now_ms();
    unsigned kills = kill_and_restart();
    uint64_t took_ms = now_ms() - begun_ms;
    CU_ASSERT(kills > 0); /* else nothing was tried */
    CU_ASSERT_TRUE_FATAL(subject_open(&subject, kind, NULL));
    unsigned answered = atomic_load(&shared->answered);
    settle(&subject);
    expect_once(&subject);
    printf("\n    %u deliveries, %u answered, %u kills, %.1f s, %.0f a second", deliveries, answered, kills,
           (double)took_ms / 1000, 1000.0 * answered / (double)(took_ms ? took_ms : 1));
    subject_close(&subject);
    munmap(shared, size);
}

static void sqlite(void)
{
    campaign(SUBJECT_SQLITE, "action", "compensation", NULL);
}

static void postgres(void)
{
    campaign(SUBJECT_POSTGRES, "action", "compensation", NULL);
}

static void sqlite_tcc(void)
{
    campaign(SUBJECT_SQLITE, "try", "cancel", "confirm");
}

static void postgres_tcc(void)
{
    campaign(SUBJECT_POSTGRES, "try", "cancel", "confirm");
}

static void two_phase(void)
{
    campaign(SUBJECT_TWO_PHASE, "prepare", "rollback", "commit");
}

void campaign_test_suite(void);
void campaign_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("sdk/campaign", NULL, NULL);
    CU_add_test(suite, "SQLite: sixteen threads and kill -9", sqlite);
    CU_add_test(suite, "SQLite, TCC: sixteen threads and kill -9", sqlite_tcc);
    CU_add_test(suite, "PostgreSQL: sixteen threads and kill -9", postgres);
    CU_add_test(suite, "PostgreSQL, TCC: sixteen threads and kill -9", postgres_tcc);
    CU_add_test(suite, "PostgreSQL, two phases: sixteen threads and kill -9", two_phase);
}
