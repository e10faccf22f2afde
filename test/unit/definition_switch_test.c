/* Switches: cases become gates that are decided one after the other; where a pivot may stand in them. */
#include "base/buf.h"
#include "base/mem.h"
#include "unit/definition_support.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

static void cases(void)
{
    support_check_plan("{'switch': [{'when': 'input.x', 'steps': [(a)]}, {'steps': [(b)]}]}",
                       "0 switch#1 [gate] [when]\n1 a [undo] needs 0 gate 0\n2 switch#3 [gate] needs 0 unless 0\n"
                       "3 b [undo] needs 2 gate 2\n");
    support_check_plan("{'switch': [{'when': 'input.x', 'steps': [(a)]}]}",
                       "0 switch#1 [gate] [when]\n1 a [undo] needs 0 gate 0\n");
    support_check_plan("{'switch': [{'steps': [(a), (b)]}]}",
                       "0 switch#1 [gate]\n1 a [undo] needs 0 gate 0\n2 b [undo] needs 1 gate 0\n");
}

/* The first case needs what the switch needs, a later one the gate before it, not the steps behind that. */
static void neighbours(void)
{
    support_check_plan("(a), {'switch': [{'when': 'input.x', 'steps': [(b)]}, {'when': 'input.y', 'steps': [(c), "
                       "(d)]}, {'steps': [(e)]}]}, (f)",
                       "0 a [undo]\n1 switch#2 [gate] [when] needs 0\n2 b [undo] needs 1 gate 1\n"
                       "3 switch#4 [gate] [when] needs 1 unless 1\n4 c [undo] needs 3 gate 3\n"
                       "5 d [undo] needs 4 gate 3\n6 switch#7 [gate] needs 3 unless 3\n7 e [undo] needs 6 gate 6\n"
                       "8 f [undo] needs 2 5 7\n");
    /* `needs` of a switch, and of who needs it */
    support_check_plan("(a), (b, 'needs': []), {'id': 's', 'needs': ['a', 'b'], 'switch': [{'when': 'input.x', "
                       "'steps': [(c)]}, {'steps': [(d)]}]}, (e, 'needs': ['s'])",
                       "0 a [undo]\n1 b [undo]\n2 switch#3 [gate] [when] needs 0 1\n3 c [undo] needs 2 gate 2\n"
                       "4 switch#5 [gate] needs 2 unless 2\n5 d [undo] needs 4 gate 4\n6 e [undo] needs 3 5\n");
    /* who needs a step in a case waits for that alone */
    support_check_plan("{'switch': [{'when': 'input.x', 'steps': [(a)]}, {'steps': [(b)]}]}, (c, 'needs': ['a'])",
                       "0 switch#1 [gate] [when]\n1 a [undo] needs 0 gate 0\n2 switch#3 [gate] needs 0 unless 0\n"
                       "3 b [undo] needs 2 gate 2\n4 c [undo] needs 1\n");
    support_check_plan("{'parallel': [{'switch': [{'when': 'input.x', 'steps': [(a)]}, {'steps': [(b)]}]}, (c)]}, "
                       "(d)",
                       "0 switch#1 [gate] [when]\n1 a [undo] needs 0 gate 0\n2 switch#3 [gate] needs 0 unless 0\n"
                       "3 b [undo] needs 2 gate 2\n4 c [undo]\n5 d [undo] needs 1 3 4\n");
}

static void within_each_other(void)
{
    /* a switch that may be skipped has a gate of its own in front of its cases */
    support_check_plan("{'id': 's', 'when': 'input.z', 'switch': [{'when': 'input.x', 'steps': [(a)]}, "
                       "{'steps': [(b)]}]}, (c)",
                       "0 s [gate] [when]\n1 switch#2 [gate] [when] needs 0 gate 0\n2 a [undo] needs 1 gate 1\n"
                       "3 switch#4 [gate] needs 1 gate 0 unless 1\n4 b [undo] needs 3 gate 3\n"
                       "5 c [undo] needs 2 4\n");
    support_check_plan(
        "{'switch': [{'when': 'input.x', 'steps': [{'switch': [{'when': 'input.y', 'steps': [(a)]}, "
        "{'steps': [(b)]}]}]}, {'steps': [{'when': 'input.z', 'parallel': [(c), (d)]}]}]}",
        "0 switch#1 [gate] [when]\n1 switch#2 [gate] [when] needs 0 gate 0\n"
        "2 a [undo] needs 1 gate 1\n3 switch#4 [gate] needs 1 gate 0 unless 1\n"
        "4 b [undo] needs 3 gate 3\n5 switch#6 [gate] needs 0 unless 0\n"
        "6 group#7 [gate] [when] needs 5 gate 5\n7 c [undo] needs 6 gate 6\n"
        "8 d [undo] needs 6 gate 6\n");
    /* names that are made up differ from all that can be written */
    support_check_plan("{'id': 'switch', 'when': 'input.z', 'switch': [{'when': 'input.x', 'steps': [(group)]}]}",
                       "0 switch [gate] [when]\n1 switch#2 [gate] [when] needs 0 gate 0\n"
                       "2 group [undo] needs 1 gate 1\n");
}

/* At most one case runs, so each may have its pivot; what follows the switch follows some pivot. */
static void pivots(void)
{
    support_check_plan("(a), {'switch': [{'when': 'input.x', 'steps': [(b), (c, 'pivot': true), (d)]}, {'steps': "
                       "[(e, 'pivot': true)]}]}, (f)",
                       "0 a [undo]\n1 switch#2 [gate] [when] needs 0\n2 b [undo] needs 1 gate 1\n"
                       "3 c [pivot] needs 2 gate 1\n4 d needs 3 gate 1\n5 switch#6 [gate] needs 1 unless 1\n"
                       "6 e [pivot] needs 5 gate 5\n7 f needs 4 6\n");
    /* a case without one is undone like a saga without one */
    support_check_plan("{'switch': [{'when': 'input.x', 'steps': [(a, 'pivot': true), (b)]}, {'steps': [(c)]}]}",
                       "0 switch#1 [gate] [when]\n1 a [pivot] needs 0 gate 0\n2 b needs 1 gate 0\n"
                       "3 switch#4 [gate] needs 0 unless 0\n4 c [undo] needs 3 gate 3\n");
    support_check_plan("{'switch': [{'when': 'input.x', 'steps': [{'switch': [{'when': 'input.y', 'steps': "
                       "[(a, 'pivot': true)]}, {'steps': [(b, 'pivot': true)]}]}]}, {'steps': [{'steps': "
                       "[(c, 'pivot': true)]}]}]}, (d)",
                       "0 switch#1 [gate] [when]\n1 switch#2 [gate] [when] needs 0 gate 0\n"
                       "2 a [pivot] needs 1 gate 1\n3 switch#4 [gate] needs 1 gate 0 unless 1\n"
                       "4 b [pivot] needs 3 gate 3\n5 switch#6 [gate] needs 0 unless 0\n"
                       "6 c [pivot] needs 5 gate 5\n7 d needs 2 4 6\n");
    struct definition *definition =
        support_short("{'switch': [{'when': 'input.x', 'steps': [(a, 'pivot': true)]}, "
                      "{'steps': [(b, 'pivot': true)]}]}, (c)");
    CU_ASSERT_PTR_NOT_NULL_FATAL(definition);
    CU_ASSERT_EQUAL(definition->plan.steps[definition_find_step(definition, "b")].retry_do.attempts_max, 5);
    CU_ASSERT_EQUAL(definition->plan.steps[definition_find_step(definition, "c")].retry_do.attempts_max, 0);
    definition_free(definition);
}

static void check_refused(const char *steps, const char *expected)
{
    struct buf buf;
    char *printed = NULL;
    buf_init(&buf, (size_t)1 << 16);
    buf_printf(&buf, "{'name': 's', 'version': 1, 'timeout': '1h', 'steps': [%s]}", steps);
    for (size_t i = 0; i < buf.length; i++)
        if (buf.data[i] == '\'')
            buf.data[i] = '"';
    CU_ASSERT_PTR_NULL(support_parse(buf.data, buf.length, &printed));
    CU_ASSERT_PTR_NOT_NULL(strstr(printed, expected));
    if (!strstr(printed, expected))
        printf("\n%s\ngives\n%s", steps, printed);
    mem_free(printed);
    buf_done(&buf);
}

#define PIVOT(id) "{'id': '" id "', 'participant': 'p', 'operation': 'o', 'pivot': true}"
#define STEP(id)  "{'id': '" id "', 'participant': 'p', 'operation': 'o'}"

/* Whatever may run after a pivot must not run without one. */
static void pivots_that_may_miss(void)
{
    static const char *const firsts[] = {
        "{'switch': [{'when': 'input.x', 'steps': [" PIVOT("p") "]}]}", /* no default */
        "{'switch': [{'when': 'input.x', 'steps': [" PIVOT("p") "]}, {'steps': [" STEP("b") "]}]}",
        "{'when': 'input.z', 'switch': [{'when': 'input.x', 'steps': [" PIVOT("p") "]}, {'steps': [" PIVOT(
            "b") "]}]}",
        "{'switch': [{'when': 'input.x', 'steps': [" PIVOT(
            "p") "]}, {'steps': [{'when': 'input.y', 'steps': [" PIVOT("b") "]}]}]}",
        "{'switch': [{'when': 'input.x', 'steps': [{'switch': [{'when': 'input.y', 'steps': [" PIVOT(
            "p") "]}]}]}, {'steps': [" PIVOT("b") "]}]}",
    };
    for (size_t i = 0; i < sizeof firsts / sizeof firsts[0]; i++) {
        char steps[1000];
        snprintf(steps, sizeof steps, "%s, " STEP("z"), firsts[i]);
        check_refused(steps, " E410 the pivot \"p\" may be skipped, and \"z\" would run without it");
    }
    check_refused(PIVOT("p") ", {'switch': [{'when': 'input.x', 'steps': [" PIVOT("q") "]}]}",
                  " E403 \"q\" is a second pivot; \"p\" is one already");
    check_refused("{'switch': [{'when': 'input.x', 'steps': [" PIVOT("p") "]}, {'steps': [" PIVOT("q") ", " PIVOT(
                      "r") "]}]}",
                  " E403 \"r\" is a second pivot; \"q\" is one already");
    check_refused("{'parallel': [{'switch': [{'when': 'input.x', 'steps': [" PIVOT("p") "]}]}, " STEP("a") "]}",
                  " E404 the pivot \"p\" stands inside \"parallel\"");
    check_refused("{'switch': [{'when': 'input.x', 'steps': [" PIVOT("p") "]}, {'steps': [" PIVOT(
                      "q") "]}]}, {'id': 'z', 'participant': 'p', 'operation': 'o', 'needs': ['p']}",
                  " E405 \"z\" runs beside the pivot \"q\", neither before nor after it");
}

/* A switch of a thousand cases, and switches as deep as JSON may be, are read in no time. */
static void large(void)
{
    struct buf buf;
    buf_init(&buf, (size_t)1 << 20);
    for (int i = 0; i < 499; i++)
        buf_printf(&buf, "%s{'when': 'input.x == %d', 'steps': [(s%d, 'pivot': true)]}", i ? ", " : "{'switch': [",
                   i, i);
    buf_puts(&buf, "]}");
    struct definition *definition = support_short(buf_text(&buf));
    CU_ASSERT_PTR_NOT_NULL_FATAL(definition);
    CU_ASSERT_EQUAL(definition->plan.steps_count, 998);
    CU_ASSERT_EQUAL(definition->plan.steps[996].unless, 994);
    definition_free(definition);
    buf_clear(&buf);
    for (int i = 0; i < 15; i++)
        buf_printf(&buf, "{'switch': [{'when': 'input.x', 'steps': [(a%d)]}, {'steps': [", i);
    buf_puts(&buf, "(z)");
    for (int i = 0; i < 15; i++)
        buf_puts(&buf, "]}]}");
    definition = support_short(buf_text(&buf));
    CU_ASSERT_PTR_NOT_NULL_FATAL(definition);
    CU_ASSERT_EQUAL(definition->plan.steps_count, 46);
    definition_free(definition);
    buf_done(&buf);
}

void definition_switch_test_suite(void);
void definition_switch_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("definition/switch", NULL, NULL);
    CU_add_test(suite, "cases are gates, decided in order", cases);
    CU_add_test(suite, "what is before a switch and after it", neighbours);
    CU_add_test(suite, "switches within groups and switches", within_each_other);
    CU_add_test(suite, "pivots in cases", pivots);
    CU_add_test(suite, "pivots in cases that may miss", pivots_that_may_miss);
    CU_add_test(suite, "wide and deep switches", large);
}
