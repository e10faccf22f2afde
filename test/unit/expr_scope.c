/* The scope of the tests. */
#include "expr_scope.h"

#include <CUnit/CUnit.h>
#include <string.h>

static const char STEPS[] = "{\"pay\": {\"status\": \"done\", \"key\": \"order/pay/action\","
                            "           \"output\": {\"id\": \"p-1\", \"amount\": 500}},"
                            " \"late\": {\"status\": \"skipped\", \"key\": \"order/late/action\"}}";

static json_t *variable(void *context, const char *name)
{
    struct expr_scope *scope = context;
    if (!strcmp(name, "input"))
        return scope->input;
    return !strcmp(name, "now") ? scope->now : NULL;
}

static json_t *step(void *context, const char *id)
{
    struct expr_scope *scope = context;
    return json_object_get(scope->steps, id);
}

void expr_scope_init(struct expr_scope *scope, const char *input)
{
    json_error_t error;
    scope->scope = (struct scope){.context = scope, .variable = variable, .step = step};
    scope->input = *input ? json_loads(input, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &error) : NULL;
    CU_ASSERT_FATAL(!*input || scope->input != NULL);
    scope->now = json_string("2025-01-31T12:00:00Z");
    scope->steps = json_loads(STEPS, 0, &error);
    CU_ASSERT_FATAL(scope->steps != NULL);
}

void expr_scope_done(struct expr_scope *scope)
{
    json_decref(scope->input);
    json_decref(scope->now);
    json_decref(scope->steps);
}
