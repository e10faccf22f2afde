/* One contract for all back ends: what arrives, in which order, and what must come of it. */
#include "subject.h"

#include <CUnit/Basic.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS = 16, BRANCHES = 20 };

static const struct family {
    const char *act, *confirm, *undo;
} families[] = {{"action", NULL, "compensation"}, {"try", "confirm", "cancel"}, {"prepare", "commit", "rollback"}};

/* D, C and U are do, confirm and undo, followed by the expected status. */
static const struct story {
    const char *name;
    const char *deliveries;
    int hooks;    /* how often one ran */
    int effects;  /* left at the end */
    int prepared; /* effects at the end when they wait for a decision: two-phase commit */
} stories[] = {
    {"a repeated do", "D200 D200 D200", 1, 1, 0},
    {"an undo of a do, twice", "D200 U204 U204", 2, 0, 0},
    {"a late duplicate of what was undone", "D200 U204 D200", 2, 0, 0},
    {"an undo of nothing", "U204 U204", 0, 0, 0},
    {"a do after its undo", "U204 D409 D409 U204", 0, 0, 0},
    {"a confirm, twice", "D200 C204 C204", 2, 1, 1},
    {"an undo after the confirm", "D200 C204 U409 C204", 2, 1, 1},
    {"a confirm of nothing", "C409 D200 C204", 2, 1, 1},
    {"a confirm after the undo", "D200 U204 C409", 2, 0, 0},
    {"a confirm after the undo of nothing", "U204 C409 D409", 0, 0, 0},
};

static void tell(const struct story *story, const char *what, long long expected, long long found)
{
    if (expected != found)
        printf("\n    %s: %s: expected %lld, found %lld", story->name, what, expected, found);
}

static void play(enum subject_kind kind, const struct family *family, const struct story *story)
{
    struct subject subject;
    char first[512] = "";
    bool two = kind == SUBJECT_TWO_PHASE && !strcmp(family->act, "prepare");
    subject_reset(kind);
    CU_ASSERT_TRUE_FATAL(subject_open(&subject, kind, NULL));
    for (const char *at = story->deliveries; *at; at += 4 + (at[4] == ' ')) {
        const char *phase = *at == 'D' ? family->act : *at == 'C' ? family->confirm : family->undo;
        int expected = (at[1] - '0') * 100 + (at[2] - '0') * 10 + (at[3] - '0');
        if (two && expected == 200) /* a vote has no body */
            expected = 204;
        int status = subject_call(&subject, "add", phase, "t");
        tell(story, phase, expected, status);
        CU_ASSERT_EQUAL(status, expected);
        if (*at == 'D' && status < 300 && !first[0])
            memcpy(first, subject.body, sizeof first);
        else if (*at == 'D' && status < 300)
            CU_ASSERT_STRING_EQUAL(subject.body, first);
    }
    CU_ASSERT_EQUAL(subject.hooks, story->hooks);
    long long effects = two ? story->prepared : story->effects;
    tell(story, "effects", effects, subject_count(&subject, "SELECT count(*) FROM effect"));
    CU_ASSERT_EQUAL(subject_count(&subject, "SELECT count(*) FROM effect"), effects);
    CU_ASSERT_EQUAL(subject_count(&subject, "SELECT count(*) FROM belay_barrier WHERE state = 0"), 0);
    if (two) { /* what waits for its decision is prepared, and nothing else is */
        int waits = strncmp(story->deliveries, "D200", 4) == 0 && !strpbrk(story->deliveries, "CU");
        CU_ASSERT_EQUAL(subject_count(&subject, "SELECT count(*) FROM pg_prepared_xacts"), waits);
    }
    if (subject.conn)
        CU_ASSERT_EQUAL(subject_count(&subject, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"), 0);
    subject_close(&subject);
}

static void play_all(enum subject_kind kind)
{
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        for (size_t j = 0; j < sizeof stories / sizeof *stories; j++)
            if (families[i].confirm || !strchr(stories[j].deliveries, 'C'))
                play(kind, &families[i], &stories[j]);
}

static void refusals(enum subject_kind kind)
{
    static const char *const phases[][2] = {{"action", "compensation"}, {"prepare", "rollback"}};
    for (size_t i = 0; i < 2; i++) {
        struct subject subject;
        subject_reset(kind);
        CU_ASSERT_TRUE_FATAL(subject_open(&subject, kind, NULL));
        CU_ASSERT_EQUAL(subject_call(&subject, "no", phases[i][0], "t"), 409);
        CU_ASSERT_EQUAL(subject_call(&subject, "no", phases[i][0], "t"), 409);
        CU_ASSERT_PTR_NOT_NULL(strstr(subject.body, "not this one"));
        CU_ASSERT_EQUAL(subject_call(&subject, "no", phases[i][1], "t"), 204);
        CU_ASSERT_EQUAL(subject.hooks, 1);
        CU_ASSERT_EQUAL(subject_call(&subject, "fail", phases[i][0], "u"), 500);
        CU_ASSERT_EQUAL(subject_call(&subject, "fail", phases[i][0], "u"), 500);
        CU_ASSERT_EQUAL(subject_call(&subject, "fail", phases[i][1], "u"), 204);
        CU_ASSERT_EQUAL(subject_call(&subject, "fail", phases[i][0], "u"), 409);
        CU_ASSERT_EQUAL(subject.hooks, 3);
        CU_ASSERT_EQUAL(subject_count(&subject, "SELECT count(*) FROM effect"), 0);
        subject_close(&subject);
    }
}

/* ---- Threads ---- */

struct worker {
    pthread_t thread;
    enum subject_kind kind;
    const char *phases[2]; /* of even and of odd threads */
    unsigned number;
    int statuses[BRANCHES];
    char bodies[BRANCHES][64];
    int hooks;
};

static pthread_barrier_t start;

static void *deliver(void *context)
{
    struct worker *worker = context;
    struct subject subject;
    bool opened = subject_open(&subject, worker->kind, NULL);
    pthread_barrier_wait(&start);
    for (int i = 0; i < BRANCHES && opened; i++) {
        char transaction[16];
        snprintf(transaction, sizeof transaction, "t%d", i);
        do /* busy is no answer: the coordinator would call again */
            worker->statuses[i] = subject_call(&subject, "add", worker->phases[worker->number % 2], transaction);
        while (worker->statuses[i] == 503);
        snprintf(worker->bodies[i], sizeof worker->bodies[i], "%.63s", subject.body);
    }
    worker->hooks = subject.hooks;
    if (opened)
        subject_close(&subject);
    return NULL;
}

static int run_threads(struct worker *workers, enum subject_kind kind, const char *even, const char *odd)
{
    int hooks = 0;
    pthread_barrier_init(&start, NULL, THREADS);
    for (unsigned i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.kind = kind, .phases = {even, odd}, .number = i};
        CU_ASSERT_EQUAL_FATAL(pthread_create(&workers[i].thread, NULL, deliver, &workers[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
        hooks += workers[i].hooks;
    }
    pthread_barrier_destroy(&start);
    return hooks;
}

/* All threads of one parity heard the same about every branch. */
static void expect_agreement(const struct worker *workers, unsigned parity, int status)
{
    for (int i = 0; i < BRANCHES; i++)
        for (unsigned thread = parity; thread < THREADS; thread += 2) {
            CU_ASSERT_EQUAL(workers[thread].statuses[i], workers[parity].statuses[i]);
            CU_ASSERT_STRING_EQUAL(workers[thread].bodies[i], workers[parity].bodies[i]);
            if (status)
                CU_ASSERT_EQUAL(workers[thread].statuses[i], status);
        }
}

static void concurrently(enum subject_kind kind)
{
    static struct worker workers[THREADS];
    static const char *const phases[][3] = {{"action", "compensation", NULL}, {"prepare", "rollback", "commit"}};
    for (size_t i = kind == SUBJECT_TWO_PHASE; i < 2; i++) {
        struct subject subject;
        subject_reset(kind);
        CU_ASSERT_TRUE_FATAL(subject_open(&subject, kind, NULL));
        CU_ASSERT_EQUAL(run_threads(workers, kind, phases[i][0], phases[i][0]), BRANCHES);
        expect_agreement(workers, 0, kind == SUBJECT_TWO_PHASE ? 204 : 200);
        expect_agreement(workers, 1, kind == SUBJECT_TWO_PHASE ? 204 : 200);
        if (phases[i][2]) {
            run_threads(workers, kind, phases[i][2], phases[i][2]);
            expect_agreement(workers, 0, 204);
        }
        CU_ASSERT_EQUAL(subject_count(&subject, "SELECT count(*) FROM effect"), BRANCHES);
        subject_close(&subject);
        subject_reset(kind);
        CU_ASSERT_TRUE_FATAL(subject_open(&subject, kind, NULL));
        run_threads(workers, kind, phases[i][0], phases[i][1]); /* a do and its undo: whoever is first */
        expect_agreement(workers, 0, 0);
        expect_agreement(workers, 1, 204);
        CU_ASSERT_EQUAL(subject_count(&subject, "SELECT count(*) FROM effect"), 0);
        subject_close(&subject);
    }
}

#define EACH_KIND(X)                                                                                              \
    X(sqlite, SUBJECT_SQLITE, "SQLite")                                                                           \
    X(postgres, SUBJECT_POSTGRES, "PostgreSQL")                                                                   \
    X(two_phase, SUBJECT_TWO_PHASE, "PostgreSQL, two-phase")

#define X(name, kind, words)                                                                                      \
    static void name##_stories(void)                                                                              \
    {                                                                                                             \
        play_all(kind);                                                                                           \
    }                                                                                                             \
    static void name##_refusals(void)                                                                             \
    {                                                                                                             \
        refusals(kind);                                                                                           \
    }                                                                                                             \
    static void name##_concurrently(void)                                                                         \
    {                                                                                                             \
        concurrently(kind);                                                                                       \
    }
EACH_KIND(X)
#undef X

void stories_test_suite(void);
void stories_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("sdk/stories", NULL, NULL);
#define X(name, kind, words)                                                                                      \
    CU_add_test(suite, words ": the table of the barrier, by stories", name##_stories);                           \
    CU_add_test(suite, words ": refusals and failures", name##_refusals);                                         \
    CU_add_test(suite, words ": sixteen threads, the same call, and its undo", name##_concurrently);
    EACH_KIND(X)
#undef X
}
