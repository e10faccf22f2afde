/* Compiling: sagas to plans, compared as text. Steps are written short: (a) is an operation "a". */
#include "base/buf.h"
#include "base/mem.h"
#include "unit/definition_support.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

static void sequences(void)
{
    support_check_plan("(a)", "0 a [undo]\n");
    support_check_plan("(a), (b), (c)", "0 a [undo]\n1 b [undo] needs 0\n2 c [undo] needs 1\n");
    support_check_plan("(a), {'steps': [(b), (c)]}, (d)",
                       "0 a [undo]\n1 b [undo] needs 0\n2 c [undo] needs 1\n3 d [undo] needs 2\n");
    support_check_plan("{'steps': [{'steps': [{'steps': [(a)]}]}, (b)]}", "0 a [undo]\n1 b [undo] needs 0\n");
}

static void parallels(void)
{
    support_check_plan("(a), {'parallel': [(b), (c)]}, (d)",
                       "0 a [undo]\n1 b [undo] needs 0\n2 c [undo] needs 0\n3 d [undo] needs 1 2\n");
    support_check_plan("{'parallel': [(a), (b)]}, {'parallel': [(c), (d)]}",
                       "0 a [undo]\n1 b [undo]\n2 c [undo] needs 0 1\n3 d [undo] needs 0 1\n");
    support_check_plan("{'parallel': [{'steps': [(a), (b)]}, (c)]}, (d)",
                       "0 a [undo]\n1 b [undo] needs 0\n2 c [undo]\n3 d [undo] needs 1 2\n");
    support_check_plan(
        "(a), {'parallel': [{'parallel': [(b), (c)]}, {'steps': [(d), {'parallel': [(e), (f)]}]}]}, (g)",
        "0 a [undo]\n1 b [undo] needs 0\n2 c [undo] needs 0\n3 d [undo] needs 0\n4 e [undo] needs 3\n"
        "5 f [undo] needs 3\n6 g [undo] needs 1 2 4 5\n");
}

static void written_needs(void)
{
    support_check_plan("(a), (b, 'needs': []), (c, 'needs': ['a', 'b'])",
                       "0 a [undo]\n1 b [undo]\n2 c [undo] needs 0 1\n");
    support_check_plan("(a), (b), (c, 'needs': ['a']), (d)",
                       "0 a [undo]\n1 b [undo] needs 0\n2 c [undo] needs 0\n3 d [undo] needs 2\n");
    /* what is implied needs no edge */
    support_check_plan("(a), (b), (c, 'needs': ['a', 'b'])",
                       "0 a [undo]\n1 b [undo] needs 0\n2 c [undo] needs 1\n");
    /* a step may stand before what it needs */
    support_check_plan("(a, 'needs': ['c']), (b, 'needs': []), (c, 'needs': ['b'])",
                       "0 b [undo]\n1 c [undo] needs 0\n2 a [undo] needs 1\n");
    /* the end of a group is the end of all in it, also of what nobody in it waits for */
    support_check_plan(
        "{'id': 'g', 'steps': [(a), (b), (c, 'needs': ['a'])]}, (d), (e, 'needs': ['g'])",
        "0 a [undo]\n1 b [undo] needs 0\n2 c [undo] needs 0\n3 d [undo] needs 1 2\n4 e [undo] needs 1 2\n");
    /* a member never starts before its group */
    support_check_plan("(a), (b), {'steps': [(c), (d, 'needs': ['a'])]}",
                       "0 a [undo]\n1 b [undo] needs 0\n2 c [undo] needs 1\n3 d [undo] needs 1\n");
    support_check_plan("(a), (b), {'needs': ['a'], 'parallel': [(c), (d, 'needs': ['b'])]}",
                       "0 a [undo]\n1 b [undo] needs 0\n2 c [undo] needs 0\n3 d [undo] needs 1\n");
    /* into a group, and between the branches of one */
    support_check_plan("{'parallel': [(a), (b)]}, (c, 'needs': ['b'])",
                       "0 a [undo]\n1 b [undo]\n2 c [undo] needs 1\n");
    support_check_plan("{'parallel': [(a), (b, 'needs': ['a'])]}, (c)",
                       "0 a [undo]\n1 b [undo] needs 0\n2 c [undo] needs 1\n");
}

static void gates(void)
{
    support_check_plan(
        "(a), {'id': 'g', 'when': 'input.x', 'steps': [(b), (c)]}, (d)",
        "0 a [undo]\n1 g [gate] [when] needs 0\n2 b [undo] needs 1 gate 1\n3 c [undo] needs 2 gate 1\n"
        "4 d [undo] needs 3\n");
    support_check_plan("{'when': 'input.x', 'parallel': [(a), (b, 'when': 'input.y')]}, (c)",
                       "0 group#1 [gate] [when]\n1 a [undo] needs 0 gate 0\n2 b [when] [undo] needs 0 gate 0\n"
                       "3 c [undo] needs 1 2\n");
    support_check_plan("(a, 'when': 'input.x'), (b)", "0 a [when] [undo]\n1 b [undo] needs 0\n");
    /* nested gates chain by the gate's own gate; groups between them dissolve */
    support_check_plan(
        "{'id': 'o', 'when': 'input.x', 'steps': [(a), {'parallel': [{'id': 'i', 'when': 'input.y', "
        "'steps': [(b), (c)]}, (d)]}]}, (e)",
        "0 o [gate] [when]\n1 a [undo] needs 0 gate 0\n2 i [gate] [when] needs 1 gate 0\n"
        "3 b [undo] needs 2 gate 2\n4 c [undo] needs 3 gate 2\n5 d [undo] needs 1 gate 0\n"
        "6 e [undo] needs 4 5\n");
    /* a gated member that needs something else still waits for its gate */
    support_check_plan("(a), {'id': 'g', 'needs': [], 'when': 'input.x', 'steps': [(b, 'needs': ['a'])]}",
                       "0 a [undo]\n1 g [gate] [when]\n2 b [undo] needs 0 1 gate 1\n");
    support_check_plan("{'id': 'g', 'when': 'input.x', 'steps': [(a)]}, (b, 'needs': ['g'])",
                       "0 g [gate] [when]\n1 a [undo] needs 0 gate 0\n2 b [undo] needs 1\n");
}

static void flags(void)
{
    support_check_plan(
        "(a), (b, 'readOnly': true), (c, 'onFailure': 'continue'), (d, 'pivot': true), (e), "
        "(f, 'readOnly': true)",
        "0 a [undo]\n1 b needs 0\n2 c [undo] [continue] needs 1\n3 d [pivot] needs 2\n4 e needs 3\n5 f needs 4\n");
    support_check_plan(
        "{'when': 'input.x', 'steps': [(a), (p, 'pivot': true), (b)]}",
        "0 group#1 [gate] [when]\n1 a [undo] needs 0 gate 0\n2 p [pivot] needs 1 gate 0\n3 b needs 2 gate 0\n");
    support_check_plan(
        "{'id': 'a', 'participant': 'p', 'action': {'request': 'POST /a'}, 'compensation': {'request': "
        "'POST /b'}}, {'id': 'c', 'participant': 'p', 'readOnly': true, 'action': {'request': 'GET /a'}}",
        "0 a [undo]\n1 c needs 0\n");
}

static char *print_retry(const struct retry *retry)
{
    struct buf buf;
    buf_init(&buf, 1000);
    buf_printf(&buf, "%u tries %llu..%llu x%u %s total %llu", retry->attempts_max,
               (unsigned long long)retry->initial_ms, (unsigned long long)retry->interval_max_ms,
               retry->backoff_permille, retry->jitter == JITTER_FULL ? "full" : "none",
               (unsigned long long)retry->total_ms);
    return buf_take(&buf, NULL);
}

static void check_retry(const struct retry *retry, const char *expected)
{
    char *text = print_retry(retry);
    CU_ASSERT_STRING_EQUAL(text, expected);
    if (strcmp(text, expected) != 0)
        printf("\n%s", text);
    mem_free(text);
}

static void usual_patience(void)
{
    struct definition *definition = support_short("(a), (p, 'pivot': true), (b)");
    CU_ASSERT_PTR_NOT_NULL_FATAL(definition);
    const struct plan *plan = &definition->plan;
    CU_ASSERT_EQUAL(plan->timeout_ms, 0);
    CU_ASSERT_EQUAL(plan->on_timeout, TIMEOUT_COMPENSATE);
    CU_ASSERT_EQUAL(plan->undo_order, UNDO_REVERSE);
    CU_ASSERT_EQUAL(plan->on_exhausted, EXHAUSTED_PAUSE);
    CU_ASSERT_EQUAL(plan->steps[0].timeout_do_ms, 10000);
    CU_ASSERT_EQUAL(plan->steps[0].timeout_undo_ms, 10000);
    check_retry(&plan->steps[0].retry_do, "5 tries 500..30000 x2000 full total 0");
    check_retry(&plan->steps[0].retry_undo, "0 tries 500..60000 x2000 full total 0");
    check_retry(&plan->steps[1].retry_do, "5 tries 500..30000 x2000 full total 0");
    check_retry(&plan->steps[2].retry_do, "0 tries 500..60000 x2000 full total 0");
    definition_free(definition);
}

static void said_patience(void)
{
    static const char text[] =
        "{\"name\":\"shop\",\"version\":1,\"timeout\":\"5s\",\"onTimeout\":\"pause\","
        "\"defaults\":{\"timeout\":\"3s\",\"retry\":{\"maxAttempts\":2,\"initialInterval\":\"1m\",\"jitter\":"
        "\"none\","
        "\"nonRetryable\":[\"x\"]}},"
        "\"compensation\":{\"order\":\"parallel\",\"onExhausted\":\"continue\",\"retry\":{\"maxAttempts\":9}},"
        "\"steps\":["
        "{\"id\":\"a\",\"participant\":\"p\",\"operation\":\"a\"},"
        "{\"id\":\"b\",\"participant\":\"p\",\"operation\":\"b\",\"timeout\":\"1s\",\"retry\":\"none\","
        "\"compensation\":{\"timeout\":\"2s\",\"retry\":\"forever\"}},"
        "{\"id\":\"c\",\"participant\":\"p\",\"operation\":\"c\",\"timeout\":\"1s\",\"retry\":{\"totalTimeout\":"
        "\"4s\","
        "\"maxInterval\":\"100ms\",\"backoff\":1.25,\"nonRetryable\":[\"y\",\"z\"]}},"
        "{\"id\":\"d\",\"participant\":\"p\",\"operation\":\"d\",\"retry\":\"forever\",\"pivot\":true},"
        "{\"id\":\"e\",\"participant\":\"p\",\"operation\":\"e\"},"
        "{\"id\":\"f\",\"participant\":\"p\",\"operation\":\"f\",\"onFailure\":\"continue\",\"retry\":{"
        "\"maxAttempts\":7}}]}";
    char *printed = NULL;
    struct definition *definition = support_parse(text, strlen(text), &printed);
    CU_ASSERT_PTR_NOT_NULL_FATAL(definition);
    const struct plan *plan = &definition->plan;
    CU_ASSERT_EQUAL(plan->timeout_ms, 5000);
    CU_ASSERT_EQUAL(plan->on_timeout, TIMEOUT_PAUSE);
    CU_ASSERT_EQUAL(plan->undo_order, UNDO_PARALLEL);
    CU_ASSERT_EQUAL(plan->on_exhausted, EXHAUSTED_CONTINUE);
    check_retry(&plan->steps[0].retry_do, "2 tries 60000..60000 x2000 none total 0");
    check_retry(&plan->steps[0].retry_undo, "9 tries 500..60000 x2000 full total 0");
    CU_ASSERT_EQUAL(plan->steps[0].timeout_do_ms, 3000);
    check_retry(&plan->steps[1].retry_do, "1 tries 60000..60000 x2000 none total 0");
    check_retry(&plan->steps[1].retry_undo, "0 tries 500..60000 x2000 full total 0");
    CU_ASSERT_EQUAL(plan->steps[1].timeout_do_ms, 1000);
    CU_ASSERT_EQUAL(plan->steps[1].timeout_undo_ms, 2000);
    check_retry(&plan->steps[2].retry_do, "0 tries 100..100 x1250 none total 4000");
    CU_ASSERT_EQUAL(plan->steps[2].timeout_undo_ms, 1000);
    check_retry(&plan->steps[3].retry_do, "0 tries 60000..60000 x2000 none total 0");
    check_retry(&plan->steps[4].retry_do, "0 tries 60000..60000 x2000 none total 0");
    check_retry(&plan->steps[5].retry_do, "7 tries 60000..60000 x2000 none total 0");
    CU_ASSERT_EQUAL(definition->steps[0].non_retryable_count, 1);
    CU_ASSERT_EQUAL(definition->steps[2].non_retryable_count, 2);
    CU_ASSERT_STRING_EQUAL(definition->steps[2].non_retryable[1], "z");
    CU_ASSERT_EQUAL(definition->steps[4].non_retryable_count, 0); /* after the pivot nothing gives up */
    mem_free(printed);
    definition_free(definition);
}

static void short_sagas(void)
{
    static const char text[] = "{\"name\":\"shop\",\"version\":1,\"timeout\":\"2s\",\"steps\":["
                               "{\"id\":\"a\",\"participant\":\"p\",\"operation\":\"a\"}]}";
    struct definition *definition = support_parse(text, strlen(text), NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(definition);
    CU_ASSERT_EQUAL(definition->plan.steps[0].timeout_do_ms, 2000);
    CU_ASSERT_EQUAL(definition->plan.steps[0].timeout_undo_ms, 10000); /* the undo comes after the timeout */
    definition_free(definition);
}

void definition_compile_test_suite(void);
void definition_compile_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("definition/compile", NULL, NULL);
    CU_add_test(suite, "sequences", sequences);
    CU_add_test(suite, "parallels", parallels);
    CU_add_test(suite, "needs that are written", written_needs);
    CU_add_test(suite, "gates", gates);
    CU_add_test(suite, "flags", flags);
    CU_add_test(suite, "patience when nothing is said", usual_patience);
    CU_add_test(suite, "patience that is said", said_patience);
    CU_add_test(suite, "an attempt is not longer than a short saga", short_sagas);
}
