/* Small SQL for hooks on PostgreSQL: what it takes, what it says of mistakes, and hooks that break the
 * transaction. */
#include "belay/postgres.h"
#include "cluster.h"
#include "subject.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

static int commits_itself(struct belay_call *call)
{
    belay_postgres_run(call, "INSERT INTO effect (key) VALUES (:key)", NULL);
    cluster_run(belay_postgres_conn(call), "ROLLBACK; BEGIN");
    return BELAY_YES;
}

static int breaks_and_hides(struct belay_call *call)
{
    PQclear(PQexec(belay_postgres_conn(call), "SELECT nonsense"));
    return BELAY_YES;
}

static int breaks_and_refuses(struct belay_call *call)
{
    PQclear(PQexec(belay_postgres_conn(call), "SELECT nonsense"));
    return belay_refuse(call, "no", "no");
}

static int asks_oddly(struct belay_call *call)
{
    int64_t value = -1;
    if (belay_postgres_read(call, "SELECT 41 + 1 /* :nothing */ -- :nothing", &value) || value != 42)
        return belay_fail(call, "comments");
    if (belay_postgres_read(call, "SELECT length(':body' || \"x:item\") FROM (SELECT 'ab'::text AS \"x:item\") y",
                            &value) ||
        value != 7)
        return belay_fail(call, "quotes");
    if (belay_postgres_read(call, "SELECT (ARRAY[1,2,3])[2:3][1]", &value) == BELAY_YES)
        return belay_fail(call, "NULL is no failure, and an array is no integer");
    return BELAY_YES;
}

static int reads_everything(struct belay_call *call)
{
    int64_t value = 0;
    if (belay_postgres_read(call,
                            "SELECT CASE WHEN :transaction = 't' AND :step = 's' AND :item = '' AND :key::text ="
                            " 't/s/action' AND :action_key = :key AND :callback::text IS NULL THEN (:body::jsonb "
                            "->> 'n')::int END",
                            &value))
        return BELAY_FAILED;
    if (belay_postgres_read(call, "SELECT 5 WHERE false", &value) || value != 0)
        return belay_fail(call, "no row");
    if (belay_postgres_run(call, "INSERT INTO effect (key) SELECT 'x' FROM generate_series(1, 3)", &value))
        return BELAY_FAILED;
    return value == 3 ? belay_postgres_answer(call, "SELECT '{\"n\":' || 3 || '}'") : BELAY_FAILED;
}

static int misspells(struct belay_call *call)
{
    return belay_postgres_run(call, "INSERT INTO effect (key) VALUES (:transacton)", NULL);
}

static int says_too_much(struct belay_call *call)
{
    static char sql[20000];
    memset(sql, ' ', sizeof sql - 1);
    return belay_postgres_run(call, sql, NULL);
}

static void hooks(void)
{
    static const struct {
        belay_hook *hook;
        int status;
        const char *says;
    } odd[] = {
        {commits_itself, 500, "ended the transaction"},
        {breaks_and_hides, 500, "ended the transaction"},
        {breaks_and_refuses, 409, "\"code\":\"no\""},
        {asks_oddly, 500, "is no integer"},
        {misspells, 500, ":transacton\\\" is no parameter that a call has"},
        {says_too_much, 500, "a statement of more than 16383 bytes"},
        {reads_everything, 200, "{\"n\":3}"},
    };
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        struct subject subject;
        subject_reset(SUBJECT_POSTGRES);
        CU_ASSERT_TRUE_FATAL(subject_open(&subject, SUBJECT_POSTGRES, NULL));
        const struct belay_operation operation = {
            .size = sizeof operation, .name = "odd", .on_action = odd[i].hook};
        CU_ASSERT_EQUAL(belay_participant_add(subject.participant, &operation, NULL), BELAY_OK);
        CU_ASSERT_EQUAL(subject_call(&subject, "odd", "action", "t"), odd[i].status);
        CU_ASSERT_PTR_NOT_NULL(strstr(subject.body, odd[i].says));
        if (!strstr(subject.body, odd[i].says))
            printf("\n    %s", subject.body);
        CU_ASSERT_EQUAL(subject_count(&subject, "SELECT count(*) FROM effect"), odd[i].status == 200 ? 3 : 0);
        CU_ASSERT_EQUAL(subject_call(&subject, "add", "action", "u"), 200); /* and life goes on */
        subject_close(&subject);
    }
}

void hooks_test_suite(void);
void hooks_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("sdk/hooks", NULL, NULL);
    CU_add_test(suite, "hooks that break the transaction, and what hooks see", hooks);
}
