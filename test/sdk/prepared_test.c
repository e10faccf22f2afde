/* Two-phase commit on PostgreSQL: prepared branches are found again and ended, nothing is claimed to be committed
 * that is not, and who has nothing to decide about prepares nothing. */
#include "belay/postgres.h"
#include "cluster.h"
#include "subject.h"

#include <CUnit/Basic.h>
#include <string.h>

static int answer_by_name(void *context, const char *transaction, enum belay_outcome *outcome,
                          struct belay_error *error)
{
    int *asked = context;
    ++*asked;
    *outcome = !strncmp(transaction, "commit", 6)  ? BELAY_OUTCOME_COMMIT
               : !strncmp(transaction, "abort", 5) ? BELAY_OUTCOME_ABORT
                                                   : BELAY_OUTCOME_UNDECIDED;
    return strcmp(transaction, "unreachable") ? BELAY_OK
                                              : belay_error_set(error, BELAY_ERROR_UNAVAILABLE, "no answer");
}

static void resolving(void)
{
    static const char *const transactions[] = {"commit/100%\\'", "abort \xc3\xa4", "open", "unreachable"};
    struct subject subject;
    subject_reset(SUBJECT_TWO_PHASE);
    CU_ASSERT_TRUE_FATAL(subject_open(&subject, SUBJECT_TWO_PHASE, NULL));
    for (size_t i = 0; i < 4; i++)
        CU_ASSERT_EQUAL(subject_call(&subject, "add", "prepare", transactions[i]), 204);
    /* As after a death between PREPARE TRANSACTION and the row; and what belongs to someone else. */
    cluster_run(subject.conn,
                "DELETE FROM belay_barrier WHERE phase = 'prepare' AND transaction_id LIKE 'abort%'");
    cluster_run(subject.conn, "BEGIN; INSERT INTO effect (key) VALUES ('x'); PREPARE TRANSACTION 'other/1'");
    cluster_run(subject.conn,
                "BEGIN; INSERT INTO effect (key) VALUES ('y'); PREPARE TRANSACTION 'belay/odd%zz/s'");
    int asked = 0;
    size_t still = 99;
    CU_ASSERT_EQUAL(belay_postgres_resolve(subject.barrier, answer_by_name, &asked, &still, NULL), BELAY_OK);
    CU_ASSERT_EQUAL(asked, 4);
    CU_ASSERT_EQUAL(still, 3); /* open, unreachable, and the odd one */
    CU_ASSERT_EQUAL(subject_count(&subject, "SELECT count(*) FROM effect"), 1);
    CU_ASSERT_EQUAL(subject_count(&subject, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"), 0);
    CU_ASSERT_EQUAL(subject_call(&subject, "add", "commit", transactions[0]),
                    204); /* what comes late finds its row */
    CU_ASSERT_EQUAL(subject_call(&subject, "add", "rollback", transactions[1]), 204);
    CU_ASSERT_EQUAL(subject_call(&subject, "add", "commit", transactions[1]), 409);
    CU_ASSERT_EQUAL(subject_call(&subject, "add", "prepare", transactions[1]), 204);
    CU_ASSERT_EQUAL(subject_count(&subject, "SELECT count(*) FROM effect"), 1);
    CU_ASSERT_EQUAL(belay_postgres_resolve(subject.barrier, NULL, NULL, NULL, NULL), BELAY_ERROR_ARGUMENT);
    subject_close(&subject);
    CU_ASSERT_TRUE_FATAL(subject_open(&subject, SUBJECT_POSTGRES, NULL));
    CU_ASSERT_EQUAL(belay_postgres_resolve(subject.barrier, answer_by_name, &asked, NULL, NULL),
                    BELAY_ERROR_ARGUMENT);
    subject_close(&subject);
    subject_reset(SUBJECT_TWO_PHASE);
}

static void rolled_back_by_hand(void)
{
    struct subject subject;
    subject_reset(SUBJECT_TWO_PHASE);
    CU_ASSERT_TRUE_FATAL(subject_open(&subject, SUBJECT_TWO_PHASE, NULL));
    CU_ASSERT_EQUAL(subject_call(&subject, "add", "prepare", "t"), 204);
    cluster_run(subject.conn, "ROLLBACK PREPARED 'belay/t/s'");
    CU_ASSERT_EQUAL(subject_call(&subject, "add", "commit", "t"), 500); /* never a yes to what did not happen */
    CU_ASSERT_PTR_NOT_NULL(strstr(subject.body, "someone rolled it back"));
    CU_ASSERT_EQUAL(subject_call(&subject, "add", "rollback", "t"), 204);
    subject_close(&subject);
}

static int votes_read_only(struct belay_call *call)
{
    return belay_answer(call, " { \"vote\" : \"read_only\" }", 25);
}

static int answers_something(struct belay_call *call)
{
    return belay_answer(call, "{\"vote\":\"read_only\"}x", 21);
}

static void read_only_votes(void)
{
    struct subject subject;
    subject_reset(SUBJECT_TWO_PHASE);
    CU_ASSERT_TRUE_FATAL(subject_open(&subject, SUBJECT_TWO_PHASE, NULL));
    const struct belay_operation reader = {.size = sizeof reader,
                                           .name = "read",
                                           .on_prepare = votes_read_only,
                                           .on_commit = votes_read_only,
                                           .on_rollback = votes_read_only};
    CU_ASSERT_EQUAL(belay_participant_add(subject.participant, &reader, NULL), BELAY_OK);
    CU_ASSERT_EQUAL(subject_call(&subject, "read", "prepare", "t"), 200);
    CU_ASSERT_EQUAL(subject_count(&subject, "SELECT count(*) FROM pg_prepared_xacts"), 0);
    const struct belay_operation talker = {.size = sizeof talker, .name = "talk", .on_prepare = answers_something};
    CU_ASSERT_EQUAL(belay_participant_add(subject.participant, &talker, NULL), BELAY_OK);
    CU_ASSERT_EQUAL(subject_call(&subject, "talk", "prepare", "v"), 500);
    CU_ASSERT_PTR_NOT_NULL(strstr(subject.body, "answer nothing"));
    CU_ASSERT_EQUAL(subject_call(&subject, "read", "commit", "t"), 200); /* left out, but harmless */
    CU_ASSERT_EQUAL(subject_call(&subject, "read", "prepare", "u"), 200);
    CU_ASSERT_EQUAL(subject_call(&subject, "read", "rollback", "u"), 200);
    char long_id[BELAY_TRANSACTION_MAX + 1];
    memset(long_id, '/', BELAY_TRANSACTION_MAX); /* escaped, three bytes each */
    long_id[BELAY_TRANSACTION_MAX] = '\0';
    CU_ASSERT_EQUAL(subject_call(&subject, "read", "prepare", long_id), 500);
    CU_ASSERT_PTR_NOT_NULL(strstr(subject.body, "too long"));
    subject_close(&subject);
}

void prepared_test_suite(void);
void prepared_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("sdk/prepared", NULL, NULL);
    CU_add_test(suite, "prepared branches are resolved", resolving);
    CU_add_test(suite, "a prepared branch that someone rolled back is no yes", rolled_back_by_hand);
    CU_add_test(suite, "read-only votes leave nothing prepared", read_only_votes);
}
