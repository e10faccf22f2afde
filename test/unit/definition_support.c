/* Helpers of the tests of definitions. */
#include "unit/definition_support.h"

#include "base/mem.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

struct definition *support_parse(const char *text, size_t length, char **printed)
{
    struct findings findings;
    struct buf buf;
    findings_init(&findings);
    char *copy = malloc(length ? length : 1);
    if (length)
        memcpy(copy, text, length);
    struct definition *definition = definition_parse(copy, length, &findings);
    free(copy);
    CU_ASSERT_EQUAL(definition == NULL, findings.errors_count > 0);
    CU_ASSERT_TRUE(definition == NULL || plan_valid(&definition->plan));
    for (size_t i = 0; i < findings.count; i++)
        CU_ASSERT_TRUE(findings.list[i].line >= 1 && findings.list[i].column >= 1);
    buf_init(&buf, (size_t)4 << 20);
    findings_print(&findings, "saga", &buf);
    if (printed)
        *printed = buf_take(&buf, NULL);
    buf_done(&buf);
    findings_done(&findings);
    return definition;
}

struct definition *support_steps(const char *steps)
{
    struct buf buf;
    char *printed = NULL;
    buf_init(&buf, (size_t)1 << 21);
    buf_printf(&buf, "{'name': 'shop', 'version': 1, 'steps': [%s]}", steps);
    for (size_t i = 0; i < buf.length; i++)
        if (buf.data[i] == '\'')
            buf.data[i] = '"';
    struct definition *definition = support_parse(buf.data, buf.length, &printed);
    CU_ASSERT_PTR_NOT_NULL(definition);
    if (!definition)
        printf("\n%s", printed);
    mem_free(printed);
    buf_done(&buf);
    return definition;
}

static void print_step(const struct plan *plan, const struct plan_step *step, struct buf *buf)
{
    static const char *const kinds[] = {[STEP_CALL] = "",
                                        [STEP_GATE] = " [gate]",
                                        [STEP_DELAY] = " [delay",
                                        [STEP_SIGNAL] = " [signal",
                                        [STEP_APPROVAL] = " [approval"};
    buf_puts(buf, kinds[step->kind]);
    if (step->wait_ms)
        buf_printf(buf, " %llu%s]", (unsigned long long)step->wait_ms, step->on_silence ? " yes" : "");
    buf_printf(buf, "%s%s%s%s%s", step->conditional ? " [when]" : "", step->undoable ? " [undo]" : "",
               step->pivot ? " [pivot]" : "", step->continue_on_failure ? " [continue]" : "",
               step->checkable ? " [check]" : "");
    if (step->async_ms)
        buf_printf(buf, " [async %llu/%llu]", (unsigned long long)step->async_ms,
                   (unsigned long long)step->heartbeat_ms);
    for (unsigned k = 0; k < step->needs_count; k++)
        buf_printf(buf, "%s%u", k ? " " : " needs ", plan->needs[step->needs_first + k]);
    if (step->gate != PLAN_NONE)
        buf_printf(buf, " gate %u", step->gate);
    if (step->unless != PLAN_NONE)
        buf_printf(buf, " unless %u", step->unless);
}

char *support_plan(const struct definition *definition)
{
    struct buf buf;
    buf_init(&buf, (size_t)1 << 21);
    for (unsigned i = 0; i < definition->plan.steps_count; i++) {
        buf_printf(&buf, "%u %s", i, definition->steps[i].id);
        print_step(&definition->plan, &definition->plan.steps[i], &buf);
        buf_putc(&buf, '\n');
    }
    return buf_take(&buf, NULL);
}

/* Writes `(id)` or `(id, more keys)` as a step with an operation; the rest as it is. */
static char *expand(const char *text)
{
    struct buf buf;
    buf_init(&buf, (size_t)1 << 20);
    for (; *text; text++) {
        if (*text != '(') {
            buf_putc(&buf, *text);
            continue;
        }
        size_t id = strcspn(++text, ",)");
        size_t whole = strcspn(text, ")");
        buf_printf(&buf, "{'id': '%.*s', 'participant': 'p', 'operation': 'o'%.*s}", (int)id, text,
                   (int)(whole - id), text + id);
        text += whole;
    }
    return buf_take(&buf, NULL);
}

struct definition *support_short(const char *steps)
{
    char *expanded = expand(steps);
    struct definition *definition = support_steps(expanded);
    mem_free(expanded);
    return definition;
}

void support_check_plan(const char *steps, const char *expected)
{
    struct definition *definition = support_short(steps);
    if (!definition)
        return;
    char *plan = support_plan(definition);
    CU_ASSERT_STRING_EQUAL(plan, expected);
    if (strcmp(plan, expected) != 0)
        printf("\n%s\ngives\n%s", steps, plan);
    mem_free(plan);
    definition_free(definition);
}
