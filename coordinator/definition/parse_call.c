/* A step that calls a participant: who, what, how it is undone, how patiently, how it tells its outcome. */
#include "definition/keys.h"
#include "definition/parse.h"

#include <string.h>

static void parse_undo(struct parse *parse, const json_t *step, struct node *node);

void parse_call(struct parse *parse, const json_t *step, struct node *node)
{
    static const char *const failures[] = {"continue"};
    size_t choice = 0;
    if (!json_object_get(step, "participant"))
        parse_complain(parse, RULE_MISSING_KEY, "name the service that is called", "\"%s\" has no \"participant\"",
                       node_name(node));
    parse_name(parse, step, "participant", &node->participant);
    parse_duration(parse, step, "timeout", &node->timeout_ms);
    parse_retry(parse, step, true, &node->retry);
    if (parse_held(parse, step, node)) {
        parse_outcome(parse, step, node);
        return;
    }
    node->pivot = parse_flag(step, "pivot");
    node->read_only = parse_flag(step, "readOnly");
    node->continue_on_failure = parse_word(parse, step, "onFailure", failures, 1, &choice);
    node->operation = json_object_get(step, "operation") != NULL;
    if (node->operation) {
        parse_operation(parse, step, node);
    } else {
        const json_t *action = keys_get(step, "action", TYPE_OBJECT);
        size_t mark = parse_enter(parse, "action");
        if (action) {
            keys_check(parse, action, &keys_action, ON_ANY);
            parse_request(parse, action, &node->action);
        }
        parse_leave(parse, mark);
    }
    parse_undo(parse, step, node);
    parse_each(parse, step, node);
    parse_outcome(parse, step, node);
}

/* The undo of an operation is the hook's; only its patience can be said. */
static void parse_undo(struct parse *parse, const json_t *step, struct node *node)
{
    const json_t *undo = keys_get(step, "compensation", TYPE_OBJECT);
    node->has_undo = json_object_get(step, "compensation") != NULL;
    if (!undo)
        return;
    size_t mark = parse_enter(parse, "compensation");
    keys_check(parse, undo, node->operation ? &keys_operation_undo : &keys_undo, ON_ANY);
    parse_duration(parse, undo, "timeout", &node->undo_timeout_ms);
    parse_retry(parse, undo, false, &node->undo_retry);
    if (!node->operation)
        parse_request(parse, undo, &node->undo);
    parse_leave(parse, mark);
}
