/* Ownership of the draft, and questions about its tree. */
#include "definition/draft.h"

#include "base/mem.h"
#include "definition/schedule.h"
#include "definition/schema.h"

#include <assert.h>

static void node_done(struct node *node);

void draft_done(struct draft *draft)
{
    for (size_t i = 0; i < draft->nodes_count; i++)
        node_done(&draft->nodes[i]);
    mem_free(draft->nodes);
    mem_free(draft->name);
    mem_free(draft->description);
    mem_free(draft->tags);
    mem_free(draft->notices_to);
    expr_free(draft->lock);
    schedule_free(draft->schedule);
    policy_done(&draft->retry);
    policy_done(&draft->undo_retry);
    schema_free(draft->compiled);
    if (draft->output)
        template_free(draft->output);
    json_decref(draft->ids);
    json_decref(draft->root);
    *draft = (struct draft){0};
}

int draft_find(const struct draft *draft, const char *id)
{
    const json_t *index = json_object_get(draft->ids, id);
    return index ? (int)json_integer_value(index) : NODE_NONE;
}

bool node_is_group(const struct node *node)
{
    return node->kind == NODE_SEQUENCE || node->kind == NODE_PARALLEL || node->kind == NODE_SWITCH ||
           node->kind == NODE_CASE;
}

bool node_is_wait(const struct node *node)
{
    return node->kind == NODE_DELAY || node->kind == NODE_SIGNAL || node->kind == NODE_APPROVAL;
}

bool node_is_gate(const struct node *node)
{
    return node_is_group(node) && (node->conditional || node->kind == NODE_CASE);
}

const char *node_name(const struct node *node)
{
    return node->id ? node->id : node->pointer;
}

bool draft_inside(const struct draft *draft, int inner, int outer)
{
    assert(inner >= 0 && (size_t)inner < draft->nodes_count);
    for (int i = draft->nodes[inner].parent; i != NODE_NONE; i = draft->nodes[i].parent)
        if (i == outer)
            return true;
    return false;
}

/* A parent has the smaller index: whichever of two is greater has further to climb. */
int draft_branch(const struct draft *draft, int node, int other)
{
    int branch = node;
    assert(node >= 0 && (size_t)node < draft->nodes_count && other >= 0 && (size_t)other < draft->nodes_count);
    for (int at = node; at != other;)
        if (at > other) {
            branch = at;
            at = draft->nodes[at].parent;
        } else {
            other = draft->nodes[other].parent;
        }
    return branch;
}

bool draft_exclusive(const struct draft *draft, int a, int b)
{
    const struct node *one = &draft->nodes[draft_branch(draft, a, b)];
    const struct node *two = &draft->nodes[draft_branch(draft, b, a)];
    return one->kind == NODE_CASE && two->kind == NODE_CASE && one != two && one->parent == two->parent;
}

void request_spec_done(struct request_spec *request)
{
    for (size_t i = 0; i < request->headers_count; i++) {
        mem_free(request->headers[i].name);
        if (request->headers[i].value)
            template_free(request->headers[i].value);
    }
    mem_free(request->headers);
    mem_free(request->method);
    if (request->path)
        template_free(request->path);
    if (request->body)
        template_free(request->body);
    *request = (struct request_spec){0};
}

static void node_done(struct node *node)
{
    mem_free(node->pointer);
    mem_free(node->id);
    mem_free(node->child);
    mem_free(node->needs);
    mem_free(node->participant);
    if (node->when)
        expr_free(node->when);
    request_spec_done(&node->action);
    request_spec_done(&node->undo);
    request_spec_done(&node->check);
    request_spec_done(&node->confirm);
    policy_done(&node->confirm_retry);
    policy_done(&node->retry);
    policy_done(&node->undo_retry);
    if (node->success)
        expr_free(node->success);
    if (node->failure)
        expr_free(node->failure);
    if (node->items)
        expr_free(node->items);
    if (node->item_key)
        expr_free(node->item_key);
    mem_free(node->item_name);
    if (node->title)
        template_free(node->title);
    for (size_t i = 0; i < node->roles_count; i++)
        mem_free(node->roles[i]);
    mem_free(node->roles);
    mem_free(node->signal);
}
