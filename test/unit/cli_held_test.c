/* cli: steps that hold until the decision, in a plan, a graph and a saga's own tests. */
#include "cli/commands.h"
#include "cli_runner.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

static const char saga_path[] = "/tmp/belay-held-test.saga.json";
static const char cases_path[] = "/tmp/belay-held-test.test.json";

static const char saga[] =
    "{\"name\":\"trip\",\"version\":1,\"timeout\":\"1h\",\"steps\":["
    "{\"id\":\"seat\",\"participant\":\"shop\",\"try\":{\"request\":\"POST /seat/try\"},"
    "\"confirm\":{\"request\":\"POST /seat/confirm\",\"retry\":\"none\"},\"cancel\":{\"request\":\"POST "
    "/seat/cancel\"}},"
    "{\"parallel\":["
    "{\"id\":\"debit\",\"participant\":\"shop\",\"prepare\":{\"request\":\"POST /debit/prepare\"},"
    "\"commit\":{\"request\":\"POST /debit/commit\",\"body\":\"${ steps.debit.key }\"},"
    "\"rollback\":{\"request\":\"POST /debit/rollback\",\"body\":\"${ error.code }\"}},"
    "{\"id\":\"credit\",\"participant\":\"shop\",\"prepare\":{\"request\":\"POST /credit/prepare\"},"
    "\"commit\":{\"request\":\"POST /credit/commit\"},\"rollback\":{\"request\":\"POST /credit/rollback\"}}]},"
    "{\"id\":\"mail\",\"participant\":\"shop\",\"action\":{\"request\":\"POST /mail\"}}]}";

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs(text, file);
    fclose(file);
}

static void in_a_plan(void)
{
    struct run run;
    put(saga_path, saga);
    RUN(&run, NULL, "plan", saga_path);
    CU_ASSERT_EQUAL(run.status, EXIT_DONE);
    run_expect(run.out, " 2  debit  POST /debit/prepare  to shop\n");
    run_expect(run.out, "    others can see: nothing\n\ndecided: what is held is confirmed\n");
    run_expect(run.out, "seat.confirm  POST /seat/confirm  to shop\n"
                        "      Idempotency-Key: <saga.id>/seat/confirm\n"
                        "      Belay-Action-Key: <saga.id>/seat/try\n");
    run_expect(run.out, "\ncompleted, vote_passed\n");
    run_done(&run);
    RUN(&run, NULL, "plan", saga_path, "--fail", "credit:unknown");
    CU_ASSERT_EQUAL(run.status, EXIT_DONE);
    run_expect(run.out, "credit.rollback  POST /credit/rollback");
    run_expect(run.out, "debit.rollback  POST /debit/rollback");
    run_expect(run.out, "seat.cancel  POST /seat/cancel");
    CU_ASSERT_PTR_NULL(strstr(run.out, "decided: what is held"));
    run_done(&run);
    RUN(&run, NULL, "graph", saga_path);
    run_expect(run.out, "POST /debit/prepare");
    run_expect(run.out, "votes");
    run_done(&run);
}

static void in_a_test(void)
{
    struct run run;
    put(saga_path, saga);
    put(cases_path,
        "{\"cases\":["
        "{\"name\":\"all hold\",\"expect\":{\"status\":\"completed\",\"calls\":[\"seat\",[\"debit\",\"credit\"],"
        "[\"mail\",\"seat.confirm\",\"debit.commit\",\"credit.commit\"]],"
        "\"bodies\":{\"debit.commit\":\"test/debit/prepare\"}}},"
        "{\"name\":\"one only reads\",\"answers\":{\"debit\":{\"body\":{\"vote\":\"read_only\"}}},"
        "\"expect\":{\"status\":\"completed\",\"attempts\":{\"debit.commit\":0,\"credit.commit\":1}}},"
        "{\"name\":\"one only reads, one refuses\",\"answers\":{\"debit\":{\"body\":{\"vote\":\"read_only\"}},"
        "\"credit\":409},\"expect\":{\"status\":\"compensated\",\"attempts\":{\"debit.rollback\":0,"
        "\"credit.rollback\":0,\"seat.cancel\":1}}},"
        "{\"name\":\"one refuses\",\"answers\":{\"credit\":409},\"expect\":{\"status\":\"compensated\","
        "\"cause\":\"step_refused\",\"bodies\":{\"debit.rollback\":\"step_refused\"},"
        "\"attempts\":{\"seat.confirm\":0,\"debit.commit\":0,\"mail\":0}}},"
        "{\"name\":\"a confirm that cannot be had\",\"answers\":{\"seat.confirm\":[409,200]},"
        "\"meanwhile\":[{\"verb\":\"retry\",\"step\":\"seat\"}],"
        "\"expect\":{\"status\":\"completed\",\"attempts\":{\"seat.confirm\":2}}},"
        "{\"name\":\"and nobody helps\",\"answers\":{\"seat.confirm\":409},"
        "\"expect\":{\"status\":\"paused\",\"cause\":\"confirm_exhausted\",\"step\":\"seat\"}}]}");
    RUN(&run, NULL, "test", saga_path);
    if (run.status != EXIT_DONE)
        printf("\n%s%s", run.out, run.err);
    CU_ASSERT_EQUAL(run.status, EXIT_DONE);
    run_done(&run);
}

void cli_held_test_suite(void);
void cli_held_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("cli, what is held until the decision", NULL, NULL);
    CU_add_test(suite, "in a plan and a graph", in_a_plan);
    CU_add_test(suite, "in a saga's own tests", in_a_test);
}
