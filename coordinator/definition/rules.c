/* The look-up of the table of rules. */
#include "definition/rules.h"

#include <assert.h>

static const struct rule_text rules[RULES_COUNT] = {
#define X(name, code, severity, meaning, wrong, right) [name] = {code, severity, meaning, wrong, right},
    RULES(X)
#undef X
};

const struct rule_text *rule_get(enum rule rule)
{
    assert(rule < RULES_COUNT);
    return &rules[rule];
}

const char *rule_code(enum rule rule)
{
    return rule_get(rule)->code;
}
