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

char *support_plan(const struct definition *definition)
{
    struct buf buf;
    buf_init(&buf, (size_t)1 << 21);
    for (unsigned i = 0; i < definition->plan.steps_count; i++) {
        const struct plan_step *step = &definition->plan.steps[i];
        buf_printf(&buf, "%u %s", i, definition->steps[i].id);
        buf_printf(&buf, "%s%s%s%s%s", step->kind == STEP_GATE ? " [gate]" : "",
                   step->conditional ? " [when]" : "", step->undoable ? " [undo]" : "",
                   step->pivot ? " [pivot]" : "", step->continue_on_failure ? " [continue]" : "");
        for (unsigned k = 0; k < step->needs_count; k++)
            buf_printf(&buf, "%s%u", k ? " " : " needs ", definition->plan.needs[step->needs_first + k]);
        if (step->gate != PLAN_NONE)
            buf_printf(&buf, " gate %u", step->gate);
        buf_putc(&buf, '\n');
    }
    return buf_take(&buf, NULL);
}
