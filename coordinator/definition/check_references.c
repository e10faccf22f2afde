/* Finds every expression of a draft and lets references.c judge what it reads. */
#include "definition/check.h"
#include "definition/references.h"

#include <string.h>

static void check_node(struct reader *reader, const struct node *node);
static void check_request(struct reader *reader, const char *key, const struct request_spec *request,
                          bool operation);
static void visit_template(void *context, const char *pointer, const char *const *path, size_t length,
                           size_t offset, bool guarded);
static void visit_condition(void *context, const char *const *path, size_t length, size_t offset, bool guarded);

void check_references(struct parse *parse, const struct order *order)
{
    const struct draft *draft = parse->draft;
    struct reader reader = {.parse = parse, .order = order};
    for (size_t i = 0; i < draft->nodes_count; i++) {
        reader.node = (int)i;
        size_t mark = parse->path.length;
        buf_puts(&parse->path, draft->nodes[i].pointer);
        check_node(&reader, &draft->nodes[i]);
        parse_leave(parse, mark);
    }
    reader.node = NODE_NONE;
    reader.place = IN_OUTPUT;
    size_t mark = parse_enter(parse, "output");
    if (draft->output)
        template_visit(draft->output, visit_template, &reader);
    parse_leave(parse, mark);
}

static void check_node(struct reader *reader, const struct node *node)
{
    struct parse *parse = reader->parse;
    if (node->when) {
        size_t mark = parse_enter(parse, "when");
        reader->place = IN_CONDITION;
        expr_visit(node->when, visit_condition, reader);
        parse_leave(parse, mark);
    }
    if (node->kind != NODE_CALL)
        return;
    reader->place = IN_ACTION;
    check_request(reader, node->operation ? NULL : "action", &node->action, node->operation);
    reader->place = IN_UNDO;
    if (!node->operation) /* its undo sends what the action sent, which was checked more strictly */
        check_request(reader, "compensation", &node->undo, false);
}

/* `key` NULL: the parts stand in the step itself. */
static void check_request(struct reader *reader, const char *key, const struct request_spec *request,
                          bool operation)
{
    struct parse *parse = reader->parse;
    size_t mark = key ? parse_enter(parse, key) : parse->path.length;
    if (request->path && !operation) {
        size_t inner = parse_enter(parse, "request");
        reader->skip = strlen(request->method) + 1;
        template_visit(request->path, visit_template, reader);
        reader->skip = 0;
        parse_leave(parse, inner);
    }
    size_t headers = parse_enter(parse, "headers");
    for (size_t i = 0; i < request->headers_count; i++) {
        size_t inner = parse_enter(parse, request->headers[i].name);
        if (request->headers[i].value)
            template_visit(request->headers[i].value, visit_template, reader);
        parse_leave(parse, inner);
    }
    parse_leave(parse, headers);
    if (request->body) {
        size_t inner = parse_enter(parse, "body");
        template_visit(request->body, visit_template, reader);
        parse_leave(parse, inner);
    }
    parse_leave(parse, mark);
}

static void visit_template(void *context, const char *pointer, const char *const *path, size_t length,
                           size_t offset, bool guarded)
{
    const struct reader *reader = context;
    size_t mark = reader->parse->path.length;
    buf_puts(&reader->parse->path, pointer);
    references_check(reader, path, length, offset, guarded);
    parse_leave(reader->parse, mark);
}

static void visit_condition(void *context, const char *const *path, size_t length, size_t offset, bool guarded)
{
    references_check(context, path, length, offset, guarded);
}
