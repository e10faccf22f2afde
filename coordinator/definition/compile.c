/* Compiling: the plan for the core, and beside it, step by step, what the engine has to say. */
#include "definition/compile.h"

#include "base/limits.h"
#include "base/mem.h"
#include "definition/check.h"
#include "definition/patience.h"
#include "definition/value.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static void compile_plan(const struct draft *draft, const struct order *order, struct plan *plan);
static void compile_spec(struct node *node, struct step_spec *spec);
static void compile_codes(const struct policy *usual, struct policy *own, struct step_spec *spec);
static void name_gates(struct definition *definition);

struct definition *compile_draft(struct draft *draft, const struct order *order)
{
    assert(draft->name && draft->version >= 1);
    struct definition *definition = mem_new(sizeof *definition);
    definition->name = draft->name;
    definition->version = draft->version;
    definition->description = draft->description;
    definition->output = draft->output;
    definition->text = value_json_text(draft->root, 2 * LIMIT_DEFINITION_BYTES, &definition->text_length);
    assert(definition->text); /* it was read from no more than half of that */
    draft->name = draft->description = NULL;
    draft->output = NULL;
    compile_plan(draft, order, &definition->plan);
    definition->steps = mem_array(order->count, sizeof *definition->steps);
    int pivot = check_find_pivot(draft);
    for (size_t i = 0; i < order->count; i++) {
        struct node *node = &draft->nodes[order->nodes[i]];
        bool after_pivot = pivot != NODE_NONE && order_before(order, pivot, order->nodes[i]);
        compile_spec(node, &definition->steps[i]);
        compile_codes(after_pivot || node_is_group(node) ? NULL : &draft->retry, &node->retry,
                      &definition->steps[i]);
    }
    name_gates(definition);
    assert(plan_valid(&definition->plan));
    return definition;
}

static struct plan_step compile_gate(const struct draft *draft)
{
    struct node nothing = {0};
    return (struct plan_step){.kind = STEP_GATE,
                              .conditional = true,
                              .retry_do = patience_do(draft, &nothing, false),
                              .retry_undo = patience_undo(draft, &nothing)};
}

static struct plan_step compile_call(const struct draft *draft, const struct order *order, int pivot, int index)
{
    const struct node *node = &draft->nodes[index];
    bool after_pivot = pivot != NODE_NONE && order_before(order, pivot, index);
    bool undo = node->has_undo || (node->operation && !node->read_only && !node->pivot && !after_pivot);
    return (struct plan_step){.kind = STEP_CALL,
                              .conditional = node->conditional,
                              .undoable = undo,
                              .pivot = node->pivot,
                              .continue_on_failure = node->continue_on_failure,
                              .timeout_do_ms = patience_do_ms(draft, node),
                              .timeout_undo_ms = patience_undo_ms(draft, node),
                              .retry_do = patience_do(draft, node, after_pivot),
                              .retry_undo = patience_undo(draft, node)};
}

static void compile_plan(const struct draft *draft, const struct order *order, struct plan *plan)
{
    struct plan_step *steps = mem_array(order->count, sizeof *steps);
    uint16_t *needs = mem_array(order->needs_count, sizeof *needs);
    int pivot = check_find_pivot(draft);
    uint16_t used = 0;
    for (size_t i = 0; i < order->count; i++) {
        int node = order->nodes[i];
        int gate = order_gate(order, node);
        steps[i] =
            node_is_group(&draft->nodes[node]) ? compile_gate(draft) : compile_call(draft, order, pivot, node);
        steps[i].gate = gate == NODE_NONE ? (uint16_t)PLAN_NONE : order->index[gate];
        steps[i].unless = PLAN_NONE;
        steps[i].needs_first = used;
        for (uint16_t k = 0; k < i; k++)
            if (bits_test(&order->needs, i, k))
                needs[used++] = k;
        steps[i].needs_count = (uint16_t)(used - steps[i].needs_first);
    }
    assert(used == order->needs_count);
    *plan = (struct plan){.steps = steps,
                          .needs = needs,
                          .steps_count = (uint16_t)order->count,
                          .needs_count = used,
                          .timeout_ms = draft->timeout_ms,
                          .on_timeout = draft->on_timeout,
                          .undo_order = draft->undo_order,
                          .on_exhausted = draft->on_exhausted};
}

/* What is moved is zero in the node, so that freeing the draft frees the rest. */
static void compile_spec(struct node *node, struct step_spec *spec)
{
    *spec = (struct step_spec){.id = node->id,
                               .participant = node->participant,
                               .when = node->when,
                               .action = node->action,
                               .undo = node->undo,
                               .operation = node->operation};
    node->id = node->participant = NULL;
    node->when = NULL;
    node->action = node->undo = (struct request_spec){0};
}

/* Its own codes, else those of the saga; after the pivot (`usual` NULL) nothing else makes it give up. */
static void compile_codes(const struct policy *usual, struct policy *own, struct step_spec *spec)
{
    if (own->has_codes) {
        spec->non_retryable = own->codes;
        spec->non_retryable_count = own->codes_count;
        own->codes = NULL;
        own->codes_count = 0;
    } else if (usual && usual->codes_count) {
        spec->non_retryable = mem_array(usual->codes_count, sizeof *spec->non_retryable);
        spec->non_retryable_count = usual->codes_count;
        for (size_t i = 0; i < usual->codes_count; i++)
            spec->non_retryable[i] = mem_string(usual->codes[i]);
    }
}

/* A group without an id gets one that no step can have. */
static void name_gates(struct definition *definition)
{
    for (uint16_t i = 0; i < definition->plan.steps_count; i++) {
        char name[32];
        snprintf(name, sizeof name, "group#%u", (unsigned)i + 1);
        if (!definition->steps[i].id)
            definition->steps[i].id = mem_string(name);
    }
}
