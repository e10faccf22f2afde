/* A step that is a transaction of its own. */
#include "definition/keys.h"
#include "definition/parse.h"

#include <string.h>

void parse_child(struct parse *parse, const json_t *step, struct node *node)
{
    const json_t *child = keys_get(step, "saga", TYPE_OBJECT);
    const char *own = parse->draft->name;
    if (!child)
        return;
    size_t mark = parse_enter(parse, "saga");
    keys_check(parse, child, &keys_child, ON_ANY);
    parse_name(parse, child, "name", &node->child);
    parse_count(parse, child, "version", 1, INT32_MAX, &node->child_version);
    const json_t *input = json_object_get(child, "input");
    node->action.body_input = input == NULL;
    if (input)
        node->action.body = parse_template(parse, "input", input);
    if (own && node->child && strcmp(own, node->child) == 0)
        parse_complain_at(parse, "name", RULE_OWN_CHILD, NULL, "\"%s\" would start \"%s\" again, and so on",
                          node_name(node), own);
    parse_leave(parse, mark);
}
