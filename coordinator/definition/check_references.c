/* Finds every expression of a draft and lets references.c judge what it reads. */
#include "definition/check.h"
#include "definition/references.h"

#include <string.h>

static void check_node(struct reader *reader, const struct node *node);
static void check_request(struct reader *reader, const char *key, const struct request_spec *request,
                          bool operation);
static void check_condition(struct reader *reader, const char *key, const struct expr *expr);
static void check_template(struct reader *reader, const char *key, const struct template *template);
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
    check_template(&reader, "output", draft->output);
    reader.place = IN_LOCK;
    size_t mark = parse_enter(parse, "lock");
    check_condition(&reader, "key", draft->lock);
    parse_leave(parse, mark);
}

static void check_node(struct reader *reader, const struct node *node)
{
    struct parse *parse = reader->parse;
    reader->place = IN_CONDITION;
    check_condition(reader, "when", node->when);
    if (node->title) {
        size_t mark = parse_enter(parse, "approval");
        check_template(reader, "title", node->title);
        parse_leave(parse, mark);
    }
    if (node->kind == NODE_CHILD) {
        size_t mark = parse_enter(parse, "saga");
        reader->place = IN_ACTION;
        check_template(reader, "input", node->action.body);
        parse_leave(parse, mark);
    }
    if (node->kind != NODE_CALL)
        return;
    size_t each = parse_enter(parse, "forEach");
    check_condition(reader, "in", node->items);
    reader->place = IN_KEY;
    check_condition(reader, "key", node->item_key);
    parse_leave(parse, each);
    reader->place = IN_ACTION;
    check_request(reader, node->operation ? NULL : phase_word(node->phases, VERB_DO), &node->action,
                  node->operation);
    reader->place = IN_UNDO;
    if (!node->operation) /* its undo sends what the action sent, which was checked more strictly */
        check_request(reader, phase_word(node->phases, VERB_UNDO), &node->undo, false);
    reader->place = IN_CONFIRM;
    if (node->phases != PHASES_SAGA)
        check_request(reader, phase_word(node->phases, VERB_CONFIRM), &node->confirm, false);
    reader->place = IN_CHECK;
    if (!node->operation)
        check_request(reader, "check", &node->check, false);
    reader->place = IN_OUTCOMES;
    size_t mark = parse_enter(parse, "outcomes");
    check_condition(reader, "success", node->success);
    check_condition(reader, "failure", node->failure);
    parse_leave(parse, mark);
}

static void check_condition(struct reader *reader, const char *key, const struct expr *expr)
{
    size_t mark = parse_enter(reader->parse, key);
    if (expr)
        expr_visit(expr, visit_condition, reader);
    parse_leave(reader->parse, mark);
}

static void check_template(struct reader *reader, const char *key, const struct template *template)
{
    size_t mark = parse_enter(reader->parse, key);
    if (template)
        template_visit(template, visit_template, reader);
    parse_leave(reader->parse, mark);
}

/* `key` NULL: the parts stand in the step itself. */
static void check_request(struct reader *reader, const char *key, const struct request_spec *request,
                          bool operation)
{
    struct parse *parse = reader->parse;
    size_t mark = key ? parse_enter(parse, key) : parse->path.length;
    if (request->path && !operation) {
        reader->skip = strlen(request->method) + 1;
        check_template(reader, "request", request->path);
        reader->skip = 0;
    }
    size_t headers = parse_enter(parse, "headers");
    for (size_t i = 0; i < request->headers_count; i++)
        check_template(reader, request->headers[i].name, request->headers[i].value);
    parse_leave(parse, headers);
    check_template(reader, "body", request->body);
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
