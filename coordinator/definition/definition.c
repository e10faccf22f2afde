/* The way of a saga file: JSON, keys, names, order, rules, plan. Every reading goes as far as it can, so that
 * one pass reports everything. */
#include "definition/definition.h"

#include "base/limits.h"
#include "base/mem.h"
#include "definition/check.h"
#include "definition/compile.h"
#include "definition/keys.h"
#include "definition/names.h"
#include "definition/parse.h"
#include "definition/schedule.h"
#include "definition/schema.h"
#include "definition/syntax.h"

#include <assert.h>
#include <string.h>

static struct definition *read_text(const char *text, size_t length, bool accepted, struct findings *findings);
static struct definition *read_draft(struct draft *draft, bool accepted, struct findings *findings);
static void step_spec_done(struct step_spec *spec);

struct definition *definition_parse(const char *text, size_t length, struct findings *findings)
{
    return read_text(text, length, false, findings);
}

struct definition *definition_load(const char *text, size_t length, struct findings *findings)
{
    return read_text(text, length, true, findings);
}

static struct definition *read_text(const char *text, size_t length, bool accepted, struct findings *findings)
{
    assert(findings->count == 0 && findings->errors_count == 0);
    struct draft draft = {.root = syntax_read(text, length, findings)};
    struct definition *definition = NULL;
    if (json_is_object(draft.root))
        definition = read_draft(&draft, accepted, findings);
    else if (draft.root)
        findings_add(findings, rule_code(RULE_FILE_OBJECT), "", NULL, "a saga file is one object, found %s",
                     keys_type_word(draft.root));
    draft_done(&draft);
    findings_place(findings, text, length);
    assert(!definition == (findings->errors_count > 0));
    return definition;
}

static struct definition *read_draft(struct draft *draft, bool accepted, struct findings *findings)
{
    struct parse parse = {.draft = draft, .findings = findings};
    struct order order;
    struct definition *definition = NULL;
    buf_init(&parse.path, (size_t)2 * LIMIT_DEFINITION_BYTES); /* "~" becomes "~0" */
    parse_saga(&parse);
    names_resolve(&parse);
    order_init(&order, &parse);
    if (!accepted) {
        check_pivot(&parse, &order);
        check_time(&parse, &order);
        check_references(&parse, &order);
    }
    if (findings->errors_count == 0)
        definition = compile_draft(draft, &order);
    order_done(&order);
    buf_done(&parse.path);
    return definition;
}

void definition_free(struct definition *definition)
{
    if (!definition)
        return;
    for (size_t i = 0; i < definition->plan.steps_count; i++)
        step_spec_done(&definition->steps[i]);
    mem_free(definition->steps);
    mem_free((void *)(uintptr_t)definition->plan.steps);
    mem_free((void *)(uintptr_t)definition->plan.needs);
    if (definition->output)
        template_free(definition->output);
    schema_free(definition->schema);
    mem_free(definition->name);
    mem_free(definition->description);
    mem_free(definition->tags);
    mem_free(definition->notices_to);
    expr_free(definition->lock);
    schedule_free(definition->schedule);
    mem_free(definition->text);
    mem_free(definition);
}

int definition_find_step(const struct definition *definition, const char *id)
{
    for (int i = 0; i < definition->plan.steps_count; i++)
        if (strcmp(definition->steps[i].id, id) == 0)
            return i;
    return -1;
}

static void step_spec_done(struct step_spec *spec)
{
    mem_free(spec->id);
    mem_free(spec->participant);
    if (spec->when)
        expr_free(spec->when);
    if (spec->items)
        expr_free(spec->items);
    if (spec->item_key)
        expr_free(spec->item_key);
    mem_free(spec->item_name);
    request_spec_done(&spec->action);
    request_spec_done(&spec->undo);
    request_spec_done(&spec->check);
    request_spec_done(&spec->confirm);
    if (spec->success)
        expr_free(spec->success);
    if (spec->failure)
        expr_free(spec->failure);
    if (spec->title)
        template_free(spec->title);
    for (size_t i = 0; i < spec->roles_count; i++)
        mem_free(spec->roles[i]);
    mem_free(spec->roles);
    mem_free(spec->signal);
    mem_free(spec->child);
    for (size_t i = 0; i < spec->non_retryable_count; i++)
        mem_free(spec->non_retryable[i]);
    mem_free(spec->non_retryable);
}
