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
static char *gate_name(const struct node *node, size_t place);

struct definition *compile_draft(struct draft *draft, const struct order *order)
{
    assert(draft->name && draft->version >= 1);
    struct definition *definition = mem_new(sizeof *definition);
    definition->name = draft->name;
    definition->version = draft->version;
    definition->description = draft->description;
    definition->tags = draft->tags;
    definition->priority = draft->priority;
    definition->retention_ms = draft->retention_ms;
    definition->lock = draft->lock;
    definition->schedule = draft->schedule;
    definition->notices = draft->notices;
    definition->notices_to = draft->notices_to;
    definition->output = draft->output;
    definition->schema = draft->compiled;
    definition->text = value_json_text(draft->root, 2 * LIMIT_DEFINITION_BYTES, &definition->text_length);
    assert(definition->text); /* it was read from no more than half of that */
    draft->schedule = NULL;
    draft->name = draft->description = draft->tags = draft->notices_to = NULL;
    draft->output = NULL;
    draft->lock = NULL;
    draft->compiled = NULL;
    compile_plan(draft, order, &definition->plan);
    definition->steps = mem_array(order->count, sizeof *definition->steps);
    for (size_t i = 0; i < order->count; i++) {
        struct node *node = &draft->nodes[order->nodes[i]];
        bool patient = node->kind != NODE_CALL || pivots_after(order, order->nodes[i]);
        if (!node->id)
            node->id = gate_name(node, i);
        compile_spec(node, &definition->steps[i]);
        compile_codes(patient ? NULL : &draft->retry, &node->retry, &definition->steps[i]);
    }
    assert(plan_valid(&definition->plan));
    return definition;
}

/* What calls nobody is never tried again; a plan's policies are right all the same. */
static struct plan_step compile_gate(const struct draft *draft, const struct node *node)
{
    struct node nothing = {0};
    return (struct plan_step){.kind = STEP_GATE,
                              .conditional = node->conditional,
                              .retry_do = patience_do(draft, &nothing, false),
                              .retry_undo = patience_undo(draft, &nothing)};
}

static struct plan_step compile_wait(const struct draft *draft, const struct node *node)
{
    struct plan_step step = compile_gate(draft, node);
    step.kind = node->kind == NODE_DELAY ? STEP_DELAY : node->kind == NODE_SIGNAL ? STEP_SIGNAL : STEP_APPROVAL;
    step.wait_ms = node->wait_ms;
    step.on_silence = node->kind == NODE_DELAY ? SILENCE_YES : node->on_silence;
    return step;
}

static struct plan_step compile_call(const struct draft *draft, const struct order *order, int index)
{
    const struct node *node = &draft->nodes[index];
    bool after_pivot = pivots_after(order, index);
    bool undo = node->has_undo || (node->operation && !node->read_only && !node->pivot && !after_pivot);
    return (struct plan_step){.kind = STEP_CALL,
                              .conditional = node->conditional,
                              .undoable = undo,
                              .confirmable = node->phases != PHASES_SAGA,
                              .votes = node->phases == PHASES_VOTE,
                              .pivot = node->pivot,
                              .continue_on_failure = node->continue_on_failure,
                              .checkable = node->has_check,
                              .each = node->each,
                              .concurrency = node->concurrency,
                              .timeout_do_ms = patience_do_ms(draft, node),
                              .timeout_undo_ms = patience_undo_ms(draft, node),
                              .timeout_confirm_ms = patience_confirm_ms(draft, node),
                              .async_ms = node->async_ms,
                              .heartbeat_ms = node->heartbeat_ms,
                              .retry_do = patience_do(draft, node, after_pivot),
                              .retry_undo = patience_undo(draft, node),
                              .retry_confirm = patience_confirm(node)};
}

/* Whoever answers for a child always answers. */
static struct plan_step compile_child(const struct draft *draft, const struct node *node)
{
    struct plan_step step = compile_gate(draft, node);
    step.kind = STEP_CALL;
    step.child = step.undoable = step.confirmable = true;
    step.retry_confirm = patience_confirm(node);
    return step;
}

/* A node's place in the plan, without what ties it to others. */
static struct plan_step compile_step(const struct draft *draft, const struct order *order, int index)
{
    const struct node *node = &draft->nodes[index];
    if (node_is_group(node))
        return compile_gate(draft, node);
    if (node->kind == NODE_CHILD)
        return compile_child(draft, node);
    return node_is_wait(node) ? compile_wait(draft, node) : compile_call(draft, order, index);
}

static uint16_t place_of(const struct order *order, int node)
{
    return node == NODE_NONE ? (uint16_t)PLAN_NONE : order->index[node];
}

static void compile_plan(const struct draft *draft, const struct order *order, struct plan *plan)
{
    struct plan_step *steps = mem_array(order->count, sizeof *steps);
    uint16_t *needs = mem_array(order->needs_count, sizeof *needs);
    uint16_t used = 0;
    for (size_t i = 0; i < order->count; i++) {
        int index = order->nodes[i];
        const struct node *node = &draft->nodes[index];
        steps[i] = compile_step(draft, order, index);
        steps[i].gate = place_of(order, order_gate(order, index));
        steps[i].unless = node->kind == NODE_CASE ? place_of(order, node->previous) : (uint16_t)PLAN_NONE;
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
                          .locks = draft->has_lock,
                          .lock_wait_ms = draft->lock_wait_ms,
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
                               .items = node->items,
                               .item_key = node->item_key,
                               .item_name = node->item_name,
                               .child = node->child,
                               .child_version = node->child_version,
                               .action = node->action,
                               .undo = node->undo,
                               .confirm = node->confirm,
                               .phases = node->kind == NODE_CHILD ? PHASES_CHILD : node->phases,
                               .check = node->check,
                               .success = node->success,
                               .failure = node->failure,
                               .signal = node->signal,
                               .title = node->title,
                               .roles = node->roles,
                               .roles_count = node->roles_count,
                               .operation = node->operation};
    node->id = node->participant = node->signal = node->child = NULL;
    node->when = node->success = node->failure = node->items = node->item_key = NULL;
    node->item_name = NULL;
    node->action = node->undo = node->confirm = node->check = (struct request_spec){0};
    node->title = NULL;
    node->roles = NULL;
    node->roles_count = 0;
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

/* A gate without an id gets one that no step can have. */
static char *gate_name(const struct node *node, size_t place)
{
    char name[32];
    assert(node_is_gate(node));
    snprintf(name, sizeof name, "%s#%zu", node->kind == NODE_CASE ? "switch" : "group", place + 1);
    return mem_string(name);
}
