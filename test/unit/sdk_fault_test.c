/* The n-th thing fails, for every n: each function of the back end, and each allocation. After every failure
 * nothing is left; after the fault the repeated call has its effect once. */
#include "sdk_support.h"

#include <CUnit/Basic.h>
#include <stdlib.h>
#include <string.h>

static struct sdk_service service;

/* A back end that fails at its n-th call (counting down), and otherwise asks the real one. */
struct faulty {
    struct belay_barrier barrier;
    struct belay_barrier *real;
    int countdown;
    int code;
    bool after; /* the failing call did its work first */
};

static bool fails(struct faulty *self, struct belay_error *error)
{
    if (--self->countdown != 0)
        return false;
    belay_error_set(error, self->code, "injected");
    return true;
}

#define FAULTY(call)                                                                                              \
    struct faulty *self = context;                                                                                \
    bool failing = fails(self, error);                                                                            \
    int code = failing && !self->after ? self->code : (call);                                                     \
    return failing ? self->code : code

static int faulty_begin(void *context, void **session, struct belay_error *error)
{
    FAULTY(self->real->begin(self->real->self, session, error));
}

static int faulty_find(void *context, const struct belay_branch *branch, const char *phase, struct belay_row *row,
                       struct belay_error *error)
{
    FAULTY(self->real->find(self->real->self, branch, phase, row, error));
}

static int faulty_store(void *context, const struct belay_branch *branch, const char *phase,
                        const struct belay_row *row, struct belay_error *error)
{
    FAULTY(self->real->store(self->real->self, branch, phase, row, error));
}

static int faulty_enter(void *context, struct belay_error *error)
{
    FAULTY(self->real->enter(self->real->self, error));
}

static int faulty_leave(void *context, int keep, struct belay_error *error)
{
    FAULTY(self->real->leave(self->real->self, keep, error));
}

static int faulty_commit(void *context, struct belay_error *error)
{
    FAULTY(self->real->commit(self->real->self, error));
}

static void faulty_rollback(void *context)
{
    struct faulty *self = context;
    self->real->rollback(self->real->self);
}

static void faulty_close(void *context)
{
    (void)context;
}

static void faulty_make(struct faulty *faulty, int code, bool after)
{
    *faulty = (struct faulty){.real = service.barrier, .code = code, .after = after};
    faulty->barrier = (struct belay_barrier){
        .size = sizeof faulty->barrier,
        .self = faulty,
        .begin = faulty_begin,
        .find = faulty_find,
        .claim = faulty_find,
        .store = faulty_store,
        .enter = faulty_enter,
        .leave = faulty_leave,
        .commit = faulty_commit,
        .rollback = faulty_rollback,
        .close = faulty_close,
    };
}

static int insert(struct belay_call *call)
{
    if (belay_sqlite_run(call, "INSERT INTO effect VALUES (:key)", NULL))
        return BELAY_FAILED;
    return belay_sqlite_answer(call, "SELECT json_object('count', count(*)) FROM effect");
}

static int delete (struct belay_call *call)
{
    return belay_sqlite_run(call, "DELETE FROM effect", NULL);
}

static int refuse(struct belay_call *call)
{
    insert(call);
    return belay_refuse(call, "no", "no");
}

static struct belay_participant *participant_make(struct belay_barrier *barrier,
                                                  const struct belay_allocator *allocator)
{
    const struct belay_operation operations[] = {
        {.size = sizeof operations[0], .name = "add", .on_action = insert, .on_compensation = delete},
        {.size = sizeof operations[0], .name = "no", .on_action = refuse, .on_compensation = refuse},
    };
    const struct belay_participant_options options = {
        .size = sizeof options, .barrier = barrier, .allocator = allocator};
    struct belay_participant *participant = NULL;
    if (belay_participant_new(&options, &participant, NULL))
        return NULL;
    for (size_t i = 0; i < 2; i++)
        if (belay_participant_add(participant, &operations[i], NULL)) {
            belay_participant_free(participant);
            return NULL;
        }
    return participant;
}

/* What a story leaves: effects and rows. */
static sqlite3_int64 left(void)
{
    CU_ASSERT_NOT_EQUAL(sqlite3_get_autocommit(service.db), 0);
    return sdk_count(service.db, "SELECT (SELECT count(*) FROM effect) * 100 + count(*) FROM belay_barrier");
}

/* One call with every fault before it; `before` and `after` are what is left without and with its success. */
static void sweep(struct faulty *faulty, struct belay_participant *participant, const char *operation,
                  const char *phase, int status, sqlite3_int64 before, sqlite3_int64 after)
{
    CU_ASSERT_EQUAL(left(), before);
    for (int n = 1;; n++) {
        faulty->countdown = n;
        int got = sdk_call(participant, operation, phase, NULL);
        if (faulty->countdown > 0) { /* no fault happened: the call is through */
            CU_ASSERT_EQUAL(got, status);
            CU_ASSERT(n > 2);
            break;
        }
        CU_ASSERT_EQUAL(got, faulty->code == BELAY_ERROR_BUSY ? 503 : 500);
        CU_ASSERT_EQUAL(sdk_code(), faulty->code);
        CU_ASSERT_PTR_NOT_NULL(strstr(sdk_body(), "injected"));
        if (left() != before) {
            CU_ASSERT(faulty->after);       /* only a commit that reports failure after all */
            CU_ASSERT_EQUAL(left(), after); /* leaves something, and then everything */
        }
    }
    CU_ASSERT_EQUAL(left(), after);
}

static void every_function(void)
{
    for (int variant = 0; variant < 4; variant++) {
        sdk_service_open(&service, ":memory:");
        struct faulty faulty;
        faulty_make(&faulty, variant & 1 ? BELAY_ERROR_BUSY : BELAY_ERROR_BACKEND, variant & 2);
        struct belay_participant *participant = participant_make(&faulty.barrier, NULL);
        sweep(&faulty, participant, "add", "action", 200, 0, 101);
        sweep(&faulty, participant, "add", "action", 200, 101, 101); /* the repetition */
        sweep(&faulty, participant, "add", "compensation", 204, 101, 2);
        sqlite3_exec(service.db, "DELETE FROM belay_barrier", NULL, NULL, NULL);
        sweep(&faulty, participant, "add", "compensation", 204, 0, 2); /* empty: the fence and the undo */
        sweep(&faulty, participant, "add", "action", 409, 2, 2);
        sqlite3_exec(service.db, "DELETE FROM belay_barrier", NULL, NULL, NULL);
        sweep(&faulty, participant, "no", "action", 409, 0, 1);
        belay_participant_free(participant);
        sdk_service_close(&service);
    }
}

static int instructions;

static int interrupt(void *unused)
{
    (void)unused;
    return --instructions == 0;
}

/* Interrupts each instruction of SQLite in turn, those of BEGIN and ROLLBACK too: the next call is as good as
 * ever. */
static void every_instruction(void)
{
    static const struct {
        const char *operation, *phase;
        int status;
        sqlite3_int64 after;
    } calls[] = {
        {"add", "action", 200, 101},
        {"add", "action", 200, 101},
        {"add", "compensation", 204, 2},
        {"add", "action", 200, 2},
    };
    sdk_service_open(&service, ":memory:");
    struct belay_participant *participant = participant_make(service.barrier, NULL);
    sqlite3_int64 before = 0;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        for (int n = 1;; n++) {
            instructions = n;
            sqlite3_progress_handler(service.db, 1, interrupt, NULL);
            int status = sdk_call(participant, calls[i].operation, calls[i].phase, NULL);
            bool through = instructions > 0;
            sqlite3_progress_handler(service.db, 0, NULL, NULL);
            if (through) {
                CU_ASSERT_EQUAL(status, calls[i].status);
                CU_ASSERT(n > 20);
                break;
            }
            CU_ASSERT(status == 500 || status == calls[i].status); /* in a repetition's ROLLBACK */
            sqlite3_int64 found =
                sdk_count(service.db, "SELECT (SELECT count(*) FROM effect) * 100 + count(*) FROM belay_barrier");
            CU_ASSERT(found == before || found == calls[i].after); /* a commit may report failure after all */
        }
        before = calls[i].after;
        CU_ASSERT_EQUAL(left(), before);
    }
    belay_participant_free(participant);
    sdk_service_close(&service);
}

/* An allocator that fails at its n-th allocation and counts what is not freed. */
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

static void every_allocation_of_a_call(void)
{
    static const struct {
        const char *operation, *phase;
        int status;
        sqlite3_int64 after;
    } calls[] = {
        {"add", "action", 200, 101},
        {"add", "action", 200, 101},
        {"add", "unknown", 400, 101},
        {"nothing", "action", 404, 101},
    };
    sdk_service_open(&service, ":memory:");
    struct poor poor = {.countdown = 0};
    const struct belay_allocator allocator = {.context = &poor, .resize = poor_resize};
    struct belay_participant *participant = participant_make(service.barrier, &allocator);
    CU_ASSERT_EQUAL(poor.live, 3);
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        sqlite3_int64 before = left();
        for (int n = 1;; n++) {
            poor.countdown = n;
            int status = sdk_call(participant, calls[i].operation, calls[i].phase, NULL);
            if (poor.countdown > 0) {
                CU_ASSERT_EQUAL(status, calls[i].status);
                CU_ASSERT(n > 1);
                break;
            }
            CU_ASSERT_EQUAL(status, 500);
            CU_ASSERT_NOT_EQUAL(sdk_code(), BELAY_OK);
            CU_ASSERT_EQUAL(left(), before);
            CU_ASSERT_EQUAL(poor.live, 3);
        }
        CU_ASSERT_EQUAL(left(), calls[i].after);
        CU_ASSERT_EQUAL(poor.live, 3);
    }
    belay_participant_free(participant);
    CU_ASSERT_EQUAL(poor.live, 0);
    sdk_service_close(&service);
}

static void every_allocation_of_a_participant(void)
{
    sdk_service_open(&service, ":memory:");
    for (int n = 1; n <= 4; n++) {
        struct poor poor = {.countdown = n};
        const struct belay_allocator allocator = {.context = &poor, .resize = poor_resize};
        struct belay_participant *participant = participant_make(service.barrier, &allocator);
        CU_ASSERT_EQUAL(participant == NULL, n <= 3);
        belay_participant_free(participant);
        CU_ASSERT_EQUAL(poor.live, 0);
    }
    sdk_service_close(&service);
}

static int answer_too_much(struct belay_call *call)
{
    static char text[BELAY_BODY_MAX + 1];
    insert(call);
    belay_answer(call, text, sizeof text);
    return BELAY_YES; /* it did not look */
}

static int answer_nonsense(struct belay_call *call)
{
    insert(call);
    return 17;
}

static int refuse_at_length(struct belay_call *call)
{
    char text[4000];
    memset(text, '"', sizeof text);
    text[sizeof text - 1] = '\0';
    return belay_refuse(call, text, "%s", text);
}

static void hooks_that_misbehave(void)
{
    static const struct {
        belay_hook *hook;
        int status;
        const char *says;
    } hooks[] = {
        {answer_too_much, 500, "the limit is 1048576"},
        {answer_nonsense, 500, "the hook returned 17, which is no answer"},
        {refuse_at_length, 409, "\"code\":\"\\\"\\\""},
    };
    for (size_t i = 0; i < sizeof hooks / sizeof *hooks; i++) {
        sdk_service_open(&service, ":memory:");
        const struct belay_operation bad = {.size = sizeof bad, .name = "bad", .on_action = hooks[i].hook};
        CU_ASSERT_EQUAL(belay_participant_add(service.participant, &bad, NULL), BELAY_OK);
        CU_ASSERT_EQUAL(sdk_call(service.participant, "bad", "action", NULL), hooks[i].status);
        CU_ASSERT_PTR_NOT_NULL(strstr(sdk_body(), hooks[i].says));
        CU_ASSERT_EQUAL(sdk_count(service.db, "SELECT count(*) FROM effect"), 0);
        sdk_service_close(&service);
    }
}

void sdk_fault_test_suite(void);
void sdk_fault_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("sdk/fault", NULL, NULL);
    CU_add_test(suite, "each function of the back end fails", every_function);
    CU_add_test(suite, "each instruction of SQLite is interrupted", every_instruction);
    CU_add_test(suite, "each allocation of a call fails", every_allocation_of_a_call);
    CU_add_test(suite, "each allocation of a participant fails", every_allocation_of_a_participant);
    CU_add_test(suite, "hooks that misbehave", hooks_that_misbehave);
}
