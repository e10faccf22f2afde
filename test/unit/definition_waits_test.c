/* Steps that wait, calls that are answered later, asked again or told from their response: what becomes of them in
 * the plan and beside it; and the keys of the saga's head that are kept. */
#include "base/buf.h"
#include "base/mem.h"
#include "unit/definition_support.h"

#include <CUnit/Basic.h>
#include <string.h>

static void waits(void)
{
    support_check_plan(
        "(a), {'id': 'd', 'delay': '30s'}, {'id': 's', 'waitFor': {'signal': 'x', 'timeout': '2m'}}, "
        "{'id': 'q', 'approval': {'title': 't', 'timeout': '1h'}}, (b)",
        "0 a [undo]\n1 d [delay 30000 yes] needs 0\n2 s [signal 120000] needs 1\n"
        "3 q [approval 3600000] needs 2\n4 b [undo] needs 3\n");
    support_check_plan("{'id': 's', 'waitFor': {'signal': 'x', 'timeout': '1ms', 'onTimeout': 'continue'}}, "
                       "{'id': 'q', 'approval': {'title': 't', 'timeout': '1ms', 'onTimeout': 'approve'}}",
                       "0 s [signal 1 yes]\n1 q [approval 1 yes] needs 0\n");
    support_check_plan("{'id': 's', 'waitFor': {'signal': 'x', 'timeout': '1ms', 'onTimeout': 'fail'}}, "
                       "{'id': 'q', 'approval': {'title': 't', 'timeout': '1ms', 'onTimeout': 'reject'}}",
                       "0 s [signal 1]\n1 q [approval 1] needs 0\n");
    /* `when` and `needs`, groups and cases, are theirs as well */
    support_check_plan("(a), {'id': 'd', 'delay': '1s', 'needs': [], 'when': 'input.x'}, "
                       "{'when': 'input.y', 'steps': [{'id': 'e', 'delay': '2s'}]}",
                       "0 a [undo]\n1 d [delay 1000 yes] [when]\n2 group#3 [gate] [when] needs 1\n"
                       "3 e [delay 2000 yes] needs 2 gate 2\n");
    support_check_plan(
        "{'switch': [{'when': 'input.x', 'steps': [{'id': 'd', 'delay': '1s'}]}, {'steps': [{'id': 'e', "
        "'delay': '2s'}]}]}, (p, 'pivot': true), {'id': 'f', 'delay': '3s'}, {'id': 's', 'waitFor': "
        "{'signal': 'x', 'timeout': '1s', 'onTimeout': 'continue'}}",
        "0 switch#1 [gate] [when]\n1 d [delay 1000 yes] needs 0 gate 0\n"
        "2 switch#3 [gate] needs 0 unless 0\n3 e [delay 2000 yes] needs 2 gate 2\n"
        "4 p [pivot] needs 1 3\n5 f [delay 3000 yes] needs 4\n6 s [signal 1000 yes] needs 5\n");
}

static void what_waits_say(void)
{
    struct definition *definition = support_short(
        "{'id': 's', 'waitFor': {'signal': 'Paid.v2-x_y', 'timeout': '1h'}}, "
        "{'id': 'q', 'approval': {'title': 'Order ${ input.id } of ${ steps.s.output.cents }', 'roles': ['fraud', "
        "'eu.fraud'], 'timeout': '1h'}}, {'id': 'r', 'approval': {'title': 'x', 'timeout': '1h'}}");
    CU_ASSERT_PTR_NOT_NULL_FATAL(definition);
    const struct step_spec *signal = &definition->steps[0];
    const struct step_spec *approval = &definition->steps[1];
    CU_ASSERT_STRING_EQUAL(signal->signal, "Paid.v2-x_y");
    CU_ASSERT_PTR_NULL(signal->participant);
    CU_ASSERT_PTR_NULL(signal->action.method);
    CU_ASSERT_PTR_NULL(signal->title);
    CU_ASSERT_EQUAL(signal->non_retryable_count, 0);
    CU_ASSERT_PTR_NULL(approval->signal);
    CU_ASSERT_PTR_NOT_NULL(approval->title);
    CU_ASSERT_EQUAL(approval->roles_count, 2);
    CU_ASSERT_STRING_EQUAL(approval->roles[0], "fraud");
    CU_ASSERT_STRING_EQUAL(approval->roles[1], "eu.fraud");
    CU_ASSERT_EQUAL(definition->steps[2].roles_count, 0);
    definition_free(definition);
}

#define ACTION "'participant': 'p', 'compensation': {'request': 'DELETE /a'}, "

static void late_answers(void)
{
    support_check_plan("{'id': 'a', " ACTION
                       "'action': {'request': 'POST /a', 'body': '${ callback.url }'}, 'async': "
                       "{'timeout': '1m', 'heartbeat': '59s'}}, (b, 'async': {'timeout': '1s'})",
                       "0 a [undo] [async 60000/59000]\n1 b [undo] [async 1000/0] needs 0\n");
    support_check_plan(
        "{'id': 'a', 'participant': 'p', 'pivot': true, 'action': {'request': 'POST "
        "/a?to=${ callback.url }', 'headers': {'X-To': '${ callback.url }'}}, 'async': {'timeout': '1m'}, "
        "'check': {'request': 'GET /a/${ steps.a.key }'}}",
        "0 a [pivot] [check] [async 60000/0]\n");
}

static void checks(void)
{
    struct definition *definition = support_short(
        "{'id': 'a', " ACTION "'action': {'request': 'POST /a'}, 'check': {'request': 'GET /a/${ steps.a.key }', "
        "'headers': {'X-A': '${ input.a }'}}}, (b, 'check': true, 'body': [1], 'headers': {'X-B': 'c'}), (c, "
        "'check': "
        "false), {'id': 'd', " ACTION
        "'action': {'request': 'POST /a'}, 'check': {'request': 'POST /find', 'body': "
        "{'key': '${ steps.d.key }'}}}");
    CU_ASSERT_PTR_NOT_NULL_FATAL(definition);
    const struct step_spec *steps = definition->steps;
    CU_ASSERT_TRUE(definition->plan.steps[0].checkable && definition->plan.steps[1].checkable);
    CU_ASSERT_TRUE(!definition->plan.steps[2].checkable && definition->plan.steps[3].checkable);
    CU_ASSERT_STRING_EQUAL(steps[0].check.method, "GET");
    CU_ASSERT_PTR_NULL(steps[0].check.body);
    CU_ASSERT_FALSE(steps[0].check.body_input);
    CU_ASSERT_EQUAL(steps[0].check.headers_count, 1);
    CU_ASSERT_STRING_EQUAL(steps[1].check.method, "POST"); /* as all phases of an operation */
    CU_ASSERT_PTR_NOT_NULL(steps[1].check.body);
    CU_ASSERT_STRING_EQUAL(steps[1].check.headers[0].name, "X-B");
    CU_ASSERT_PTR_NULL(steps[2].check.method);
    CU_ASSERT_PTR_NOT_NULL(steps[3].check.body);
    struct scope scope = {0};
    struct error error;
    struct buf buf;
    buf_init(&buf, 100);
    CU_ASSERT_EQUAL(template_print_text(steps[1].check.path, &scope, true, &buf, &error), 0);
    CU_ASSERT_STRING_EQUAL(buf_text(&buf), "/belay/o");
    buf_done(&buf);
    definition_free(definition);
}

static json_t *response(void *context, const char *name)
{
    return strcmp(name, "response") == 0 ? context : NULL;
}

static void outcomes(void)
{
    struct definition *definition = support_steps(
        "{'id': 'a', 'participant': 'p', 'operation': 'o', 'outcomes': {'success': 'response.status == 200 && "
        "response.body.ok', 'failure': 'response.status == 404 || steps.a.key == input.id'}}, "
        "{'id': 'b', 'participant': 'p', 'operation': 'o', 'outcomes': {'failure': 'has(steps.a.output.x) && "
        "saga.version > 1'}}, {'id': 'c', 'participant': 'p', 'operation': 'o'}");
    CU_ASSERT_PTR_NOT_NULL_FATAL(definition);
    json_t *answer = json_pack("{s:i, s:{s:b}}", "status", 200, "body", "ok", 1);
    struct scope scope = {.context = answer, .variable = response};
    struct error error;
    bool truth = false;
    CU_ASSERT_EQUAL(expr_test(definition->steps[0].success, &scope, &truth, &error), 0);
    CU_ASSERT_TRUE(truth);
    CU_ASSERT_PTR_NOT_NULL(definition->steps[0].failure);
    CU_ASSERT_PTR_NULL(definition->steps[1].success);
    CU_ASSERT_PTR_NOT_NULL(definition->steps[1].failure);
    CU_ASSERT_TRUE(!definition->steps[2].success && !definition->steps[2].failure);
    json_decref(answer);
    definition_free(definition);
}

static void check_head(const char *keys, const char *tags, unsigned priority, uint64_t retention_ms)
{
    struct buf buf;
    buf_init(&buf, (size_t)1 << 16);
    buf_printf(&buf, "{%s\"name\":\"s\",\"version\":1,\"steps\":[{\"id\":\"a\",\"delay\":\"1s\"}]}", keys);
    struct definition *definition = support_parse(buf.data, buf.length, NULL);
    buf_done(&buf);
    CU_ASSERT_PTR_NOT_NULL_FATAL(definition);
    if (tags)
        CU_ASSERT_STRING_EQUAL(definition->tags, tags)
    else
        CU_ASSERT_PTR_NULL(definition->tags);
    CU_ASSERT_EQUAL(definition->priority, priority);
    CU_ASSERT_EQUAL(definition->retention_ms, retention_ms);
    definition_free(definition);
}

static void head(void)
{
    check_head("", NULL, 5, 0);
    check_head("\"priority\":0,\"retention\":\"30d\",\"tags\":[],", NULL, 0, 30ull * 86400 * 1000);
    check_head("\"priority\":9,\"retention\":\"1ms\",\"tags\":[\"vip\"],", "\nvip\n", 9, 1);
    check_head("\"tags\":[\"vip\",\"v\",\"größe\",\"vip\",\"ip\"],", "\nvip\nv\ngröße\nip\n", 5, 0);

    struct buf buf; /* as many and as long as they may be */
    buf_init(&buf, (size_t)1 << 16);
    for (int i = 0; i < 16; i++)
        buf_printf(&buf, "%s\"%064d\"", i ? "," : "{\"name\":\"s\",\"version\":1,\"tags\":[", i);
    buf_puts(&buf, "],\"steps\":[{\"id\":\"a\",\"delay\":\"1s\"}]}");
    struct definition *definition = support_parse(buf.data, buf.length, NULL);
    buf_done(&buf);
    CU_ASSERT_PTR_NOT_NULL_FATAL(definition);
    CU_ASSERT_EQUAL(strlen(definition->tags), 16 * 65 + 1);
    definition_free(definition);
}

void definition_waits_test_suite(void);
void definition_waits_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("definition/waits", NULL, NULL);
    CU_add_test(suite, "delays, signals and approvals in the plan", waits);
    CU_add_test(suite, "what they say beside it", what_waits_say);
    CU_add_test(suite, "answers that come later", late_answers);
    CU_add_test(suite, "checks of actions and operations", checks);
    CU_add_test(suite, "outcomes read the response", outcomes);
    CU_add_test(suite, "tags, priority and retention", head);
}
