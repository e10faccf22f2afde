/* Steps, groups and switches: the tree, and what every step may say. */
#include "base/limits.h"
#include "base/mem.h"
#include "definition/keys.h"
#include "definition/parse.h"

static int parse_step(struct parse *parse, const json_t *step, int group, int previous);
static int parse_case(struct parse *parse, const json_t *object, int group, int previous);
static int add_node(struct parse *parse, int group, int previous);
static void parse_when(struct parse *parse, const json_t *object, struct node *node);
static void parse_group(struct parse *parse, const json_t *step, int index);
static void check_count(struct parse *parse, enum node_kind kind, size_t count);

void parse_steps(struct parse *parse, const json_t *steps, int group, enum node_kind kind)
{
    size_t count = json_array_size(steps);
    check_count(parse, kind, count);
    int previous = NODE_NONE;
    for (size_t i = 0; i < count; i++) {
        const json_t *member = json_array_get(steps, i);
        size_t mark = parse_enter_index(parse, i);
        bool full = parse->draft->nodes_count == LIMIT_STEPS;
        int node = full                  ? NODE_NONE
                   : kind == NODE_SWITCH ? parse_case(parse, member, group, previous)
                                         : parse_step(parse, member, group, previous);
        previous = node == NODE_NONE || kind == NODE_PARALLEL ? previous : node;
        parse_leave(parse, mark);
        if (full) {
            parse_complain(parse, RULE_LIMIT, "make it several sagas", "a saga has at most %d steps and groups",
                           LIMIT_STEPS);
            return;
        }
    }
}

static void check_count(struct parse *parse, enum node_kind kind, size_t count)
{
    if (kind == NODE_PARALLEL && count < 2)
        parse_complain(parse, RULE_FEW_STEPS, "one step alone needs no \"parallel\"",
                       "\"parallel\" has at least two members");
    else if (count < 1)
        parse_complain(parse, RULE_FEW_STEPS, NULL, "%s",
                       kind == NODE_SWITCH ? "\"switch\" has at least one case"
                                           : "\"steps\" has at least one member");
}

static int add_node(struct parse *parse, int group, int previous)
{
    int index = (int)parse->draft->nodes_count++;
    parse->draft->nodes[index] =
        (struct node){.parent = group, .previous = previous, .pointer = mem_string(buf_text(&parse->path))};
    return index;
}

static int parse_step(struct parse *parse, const json_t *step, int group, int previous)
{
    if (!json_is_object(step)) {
        parse_complain(parse, RULE_TYPE, NULL, "a step is an object, found %s", keys_type_word(step));
        return NODE_NONE;
    }
    int index = add_node(parse, group, previous);
    struct node *node = &parse->draft->nodes[index];
    parse_id(parse, step, node);
    node->kind = parse_kind(parse, step, node_name(node));
    node->needs_json = keys_get(step, "needs", TYPE_ARRAY);
    parse_when(parse, step, node);
    if (node_is_group(node))
        parse_group(parse, step, index);
    else if (node_is_wait(node))
        parse_wait(parse, step, node);
    else if (node->kind == NODE_CALL)
        parse_call(parse, step, node);
    else if (node->kind == NODE_CHILD)
        parse_child(parse, step, node);
    return index;
}

static void parse_when(struct parse *parse, const json_t *object, struct node *node)
{
    const json_t *when = keys_get(object, "when", TYPE_STRING);
    node->conditional = json_object_get(object, "when") != NULL;
    if (when)
        node->when = parse_condition(parse, "when", json_string_value(when), json_string_length(when));
}

static void parse_group(struct parse *parse, const json_t *step, int index)
{
    enum node_kind kind = parse->draft->nodes[index].kind;
    const char *key = kind == NODE_PARALLEL ? "parallel" : kind == NODE_SWITCH ? "switch" : "steps";
    const json_t *members = keys_get(step, key, TYPE_ARRAY);
    if (!members)
        return;
    size_t mark = parse_enter(parse, key);
    parse_steps(parse, members, index, kind); /* the depth of JSON bounds the recursion */
    parse_leave(parse, mark);
}

/* The first case whose condition holds is the one that runs; so nothing can follow one without a condition. */
static int parse_case(struct parse *parse, const json_t *object, int group, int previous)
{
    if (!json_is_object(object)) {
        parse_complain(parse, RULE_TYPE, NULL, "a case is an object, found %s", keys_type_word(object));
        return NODE_NONE;
    }
    int index = add_node(parse, group, previous);
    struct node *node = &parse->draft->nodes[index];
    node->kind = NODE_CASE;
    keys_check(parse, object, &keys_case, ON_ANY);
    parse_when(parse, object, node);
    if (previous != NODE_NONE && !parse->draft->nodes[previous].conditional)
        parse_complain(parse, RULE_AFTER_DEFAULT, "give the case before it a \"when\", or put it last",
                       "this case can never run: the one before it has no \"when\"");
    parse_group(parse, object, index);
    return index;
}
