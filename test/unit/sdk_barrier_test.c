/* The barrier: every row of the protocol's table, through belay_handle and SQLite. Each story is a fresh branch;
 * what counts is how often the hook ran, what was answered, and what is left in the service's own table. */
#include "sdk_support.h"

#include <CUnit/Basic.h>
#include <string.h>

static struct sdk_service service;

static void begin(void)
{
    sdk_service_open(&service, ":memory:");
    sdk_hooks_reset();
}

static int call(const char *phase)
{
    return sdk_call(service.participant, "add", phase, NULL);
}

/* Ends a story: so many hooks ran, so many effects are left, no transaction is open. */
static void expect(int hooks, sqlite3_int64 effects)
{
    CU_ASSERT_EQUAL(sdk_hooks_ran(), hooks);
    CU_ASSERT_EQUAL(sdk_count(service.db, "SELECT count(*) FROM effect"), effects);
    CU_ASSERT_EQUAL(sdk_count(service.db, "SELECT count(*) FROM belay_barrier WHERE state = 0"), 0);
    CU_ASSERT_NOT_EQUAL(sqlite3_get_autocommit(service.db), 0);
    sdk_service_close(&service);
}

/* The three protocols share the table; their words differ. */
static const struct family {
    const char *act, *confirm, *undo;
} families[] = {{"action", NULL, "compensation"}, {"try", "confirm", "cancel"}, {"prepare", "commit", "rollback"}};

#define EACH_FAMILY(family)                                                                                       \
    for (const struct family *family = families; family < families + sizeof families / sizeof *families; family++)

static void do_again(void)
{
    EACH_FAMILY(family)
    {
        begin();
        CU_ASSERT_EQUAL(call(family->act), 200);
        CU_ASSERT_STRING_EQUAL(sdk_body(), "{\"count\":1}");
        sqlite3_exec(service.db, "INSERT INTO effect VALUES ('another')", NULL, NULL, NULL);
        CU_ASSERT_EQUAL(call(family->act), 200);
        CU_ASSERT_STRING_EQUAL(sdk_body(), "{\"count\":1}"); /* the stored answer, not a new one */
        expect(1, 2);
    }
}

static void undo_of_a_do(void)
{
    EACH_FAMILY(family)
    {
        begin();
        CU_ASSERT_EQUAL(call(family->act), 200);
        CU_ASSERT_EQUAL(call(family->undo), 204);
        CU_ASSERT_EQUAL(call(family->undo), 204);
        CU_ASSERT_EQUAL(call(family->act), 200); /* a late duplicate gets what it got */
        expect(2, 0);
    }
}

static void undo_of_nothing(void)
{
    EACH_FAMILY(family)
    {
        begin();
        CU_ASSERT_EQUAL(call(family->undo), 204);
        CU_ASSERT_EQUAL(call(family->undo), 204);
        expect(0, 0);
    }
}

static void do_after_its_undo(void)
{
    EACH_FAMILY(family)
    {
        begin();
        CU_ASSERT_EQUAL(call(family->undo), 204);
        for (int i = 0; i < 3; i++) {
            CU_ASSERT_EQUAL(call(family->act), 409);
            CU_ASSERT_PTR_NOT_NULL(strstr(sdk_body(), "\"code\":\"late\""));
            CU_ASSERT_EQUAL(sdk_code(), BELAY_OK);
        }
        CU_ASSERT_EQUAL(call(family->undo), 204);
        expect(0, 0);
    }
}

static void confirm_of_a_do(void)
{
    EACH_FAMILY(family)
    {
        if (!family->confirm)
            continue;
        begin();
        CU_ASSERT_EQUAL(call(family->act), 200);
        CU_ASSERT_EQUAL(call(family->confirm), 204);
        CU_ASSERT_EQUAL(call(family->confirm), 204);
        CU_ASSERT_EQUAL(sdk_count(service.db, "SELECT count(*) FROM effect WHERE key LIKE '%confirmed'"), 1);
        CU_ASSERT_EQUAL(call(family->undo), 409);
        CU_ASSERT_PTR_NOT_NULL(strstr(sdk_body(), "\"code\":\"confirmed\""));
        CU_ASSERT_EQUAL(call(family->confirm), 204);
        expect(2, 1);
    }
}

static void confirm_of_nothing(void)
{
    EACH_FAMILY(family)
    {
        if (!family->confirm)
            continue;
        begin();
        CU_ASSERT_EQUAL(call(family->confirm), 409);
        CU_ASSERT_PTR_NOT_NULL(strstr(sdk_body(), "\"code\":\"unknown_branch\""));
        CU_ASSERT_EQUAL(sdk_count(service.db, "SELECT count(*) FROM belay_barrier"), 0);
        CU_ASSERT_EQUAL(call(family->act), 200); /* the refusal left nothing behind */
        CU_ASSERT_EQUAL(call(family->confirm), 204);
        expect(2, 1);
    }
}

static void confirm_after_undo(void)
{
    EACH_FAMILY(family)
    {
        if (!family->confirm)
            continue;
        begin();
        CU_ASSERT_EQUAL(call(family->act), 200);
        CU_ASSERT_EQUAL(call(family->undo), 204);
        CU_ASSERT_EQUAL(call(family->confirm), 409);
        CU_ASSERT_PTR_NOT_NULL(strstr(sdk_body(), "\"code\":\"undone\""));
        expect(2, 0);
        begin();
        CU_ASSERT_EQUAL(call(family->undo), 204); /* a fence is no do either */
        CU_ASSERT_EQUAL(call(family->confirm), 409);
        CU_ASSERT_PTR_NOT_NULL(strstr(sdk_body(), "\"code\":\"undone\""));
        expect(0, 0);
    }
}

static void a_no_is_kept(void)
{
    static const char no[] = "{\"type\":\"about:blank\",\"title\":\"Refused\",\"status\":409,"
                             "\"code\":\"out_of_stock\",\"detail\":\"only 3 left\"}";
    begin();
    for (int i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL(sdk_call(service.participant, "no", "action", NULL), 409);
        CU_ASSERT_STRING_EQUAL(sdk_body(), no);
        CU_ASSERT_EQUAL(sdk_code(), BELAY_OK);
    }
    CU_ASSERT_EQUAL(sdk_call(service.participant, "no", "compensation", NULL), 204); /* empty: nothing to undo */
    CU_ASSERT_EQUAL(sdk_call(service.participant, "no", "action", NULL), 409);
    CU_ASSERT_STRING_EQUAL(sdk_body(), no); /* still the same no, not `late` */
    expect(1, 0);
}

static void a_no_to_an_undo_is_not_final(void)
{
    begin();
    CU_ASSERT_EQUAL(sdk_call(service.participant, "stubborn", "action", NULL), 200);
    for (int i = 0; i < 2; i++) {
        CU_ASSERT_EQUAL(sdk_call(service.participant, "stubborn", "compensation", NULL), 409);
        CU_ASSERT_PTR_NOT_NULL(strstr(sdk_body(), "out_of_stock"));
    }
    CU_ASSERT_EQUAL(sdk_count(service.db, "SELECT count(*) FROM belay_barrier"), 1);
    expect(3, 1); /* asked twice, and what it changed was taken back twice */
}

static void a_failure_leaves_nothing(void)
{
    begin();
    for (int i = 0; i < 2; i++) {
        CU_ASSERT_EQUAL(sdk_call(service.participant, "fail", "action", NULL), 500);
        CU_ASSERT_PTR_NOT_NULL(strstr(sdk_body(), "fail/action: the printer is on fire"));
        CU_ASSERT_EQUAL(sdk_code(), BELAY_ERROR_HOOK);
    }
    CU_ASSERT_EQUAL(sdk_count(service.db, "SELECT count(*) FROM belay_barrier"), 0);
    CU_ASSERT_EQUAL(sdk_call(service.participant, "fail", "compensation", NULL), 204);
    CU_ASSERT_EQUAL(sdk_call(service.participant, "fail", "action", NULL), 409);
    expect(2, 0);
}

static void branches_are_apart(void)
{
    begin();
    CU_ASSERT_EQUAL(sdk_call(service.participant, "add", "action", "red"), 200);
    CU_ASSERT_EQUAL(sdk_call(service.participant, "add", "action", "blue"), 200);
    CU_ASSERT_EQUAL(call("action"), 200);
    CU_ASSERT_EQUAL(sdk_call(service.participant, "add", "compensation", "red"), 204);
    CU_ASSERT_EQUAL(sdk_count(service.db, "SELECT count(*) FROM effect WHERE key = 't/s/blue/action'"), 1);
    CU_ASSERT_EQUAL(sdk_count(service.db, "SELECT count(*) FROM effect WHERE key = 't/s/action'"), 1);
    expect(4, 2);
}

static void a_check_records_nothing(void)
{
    begin();
    CU_ASSERT_EQUAL(call("check"), 200);
    CU_ASSERT_STRING_EQUAL(sdk_body(), "{\"there\":0}");
    CU_ASSERT_EQUAL(sdk_count(service.db, "SELECT count(*) FROM belay_barrier"), 0);
    CU_ASSERT_EQUAL(call("action"), 200);
    CU_ASSERT_EQUAL(call("check"), 200);
    CU_ASSERT_STRING_EQUAL(sdk_body(), "{\"there\":1}");
    expect(1, 1);
}

void sdk_barrier_test_suite(void);
void sdk_barrier_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("sdk/barrier", NULL, NULL);
    CU_add_test(suite, "a repeated do gets the stored answer", do_again);
    CU_add_test(suite, "an undo runs once, after its do", undo_of_a_do);
    CU_add_test(suite, "an undo of nothing is empty", undo_of_nothing);
    CU_add_test(suite, "a do after its undo is late", do_after_its_undo);
    CU_add_test(suite, "a confirm runs once and forbids the undo", confirm_of_a_do);
    CU_add_test(suite, "a confirm of nothing is refused and leaves nothing", confirm_of_nothing);
    CU_add_test(suite, "a confirm after the undo is refused", confirm_after_undo);
    CU_add_test(suite, "the no of a do is recorded, its changes are not", a_no_is_kept);
    CU_add_test(suite, "the no of an undo is asked again", a_no_to_an_undo_is_not_final);
    CU_add_test(suite, "a hook that fails leaves nothing", a_failure_leaves_nothing);
    CU_add_test(suite, "items are branches of their own", branches_are_apart);
    CU_add_test(suite, "a check reads and records nothing", a_check_records_nothing);
}
