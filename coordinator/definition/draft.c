/* Ownership of the draft, and questions about its tree. */
#include "definition/draft.h"

#include "base/mem.h"

#include <assert.h>

static void node_done(struct node *node);

void draft_done(struct draft *draft)
{
    for (size_t i = 0; i < draft->nodes_count; i++)
        node_done(&draft->nodes[i]);
    mem_free(draft->nodes);
    mem_free(draft->name);
    mem_free(draft->description);
    policy_done(&draft->retry);
    policy_done(&draft->undo_retry);
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
    return node->kind == NODE_SEQUENCE || node->kind == NODE_PARALLEL;
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
    mem_free(node->needs);
    mem_free(node->participant);
    if (node->when)
        expr_free(node->when);
    request_spec_done(&node->action);
    request_spec_done(&node->undo);
    policy_done(&node->retry);
    policy_done(&node->undo_retry);
}
