/* Steps and groups: the tree, and what every step may say. */
#include "base/limits.h"
#include "base/mem.h"
#include "definition/keys.h"
#include "definition/parse.h"
#include "definition/suggest.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

static int parse_step(struct parse *parse, const json_t *step, int group, int previous);
static enum node_kind find_kind(struct parse *parse, const json_t *step, const char *name);
static void parse_id(struct parse *parse, const json_t *step, struct node *node);
static void parse_group(struct parse *parse, const json_t *step, int index);

void parse_steps(struct parse *parse, const json_t *steps, int group, bool together)
{
    size_t count = json_array_size(steps);
    if (count < (together ? 2u : 1u))
        parse_complain(parse, RULE_FEW_STEPS, together ? "one step alone needs no \"parallel\"" : NULL, "%s",
                       together ? "\"parallel\" has at least two members" : "\"steps\" has at least one member");
    int previous = NODE_NONE;
    for (size_t i = 0; i < count; i++) {
        if (parse->draft->nodes_count == LIMIT_STEPS) {
            parse_complain(parse, RULE_LIMIT, "make it several sagas", "a saga has at most %d steps and groups",
                           LIMIT_STEPS);
            return;
        }
        size_t mark = parse_enter_index(parse, i);
        int node = parse_step(parse, json_array_get(steps, i), group, together ? NODE_NONE : previous);
        previous = node == NODE_NONE ? previous : node;
        parse_leave(parse, mark);
    }
}

static int parse_step(struct parse *parse, const json_t *step, int group, int previous)
{
    struct draft *draft = parse->draft;
    if (!json_is_object(step)) {
        parse_complain(parse, RULE_TYPE, NULL, "a step is an object, found %s", keys_type_word(step));
        return NODE_NONE;
    }
    int index = (int)draft->nodes_count++;
    struct node *node = &draft->nodes[index];
    *node = (struct node){.parent = group, .previous = previous, .pointer = mem_string(buf_text(&parse->path))};
    parse_id(parse, step, node);
    node->kind = find_kind(parse, step, node_name(node));
    node->needs_json = keys_get(step, "needs", TYPE_ARRAY);
    const json_t *when = keys_get(step, "when", TYPE_STRING);
    node->conditional = json_object_get(step, "when") != NULL;
    node->incomplete = json_object_get(step, "forEach") || json_object_get(step, "async");
    if (when)
        node->when = parse_condition(parse, "when", json_string_value(when), json_string_length(when));
    if (node_is_group(node))
        parse_group(parse, step, index);
    else if (node->kind == NODE_CALL)
        parse_call(parse, step, node);
    return index;
}

/* Finds the one key that says what the step does, and checks the others against it. */
static enum node_kind find_kind(struct parse *parse, const json_t *step, const char *name)
{
    const struct key *found = NULL;
    const struct key *second = NULL;
    for (size_t i = 0; i < keys_step.count; i++) {
        const struct key *key = &keys_step.keys[i];
        if (!(key->flags & KEY_KIND) || !json_object_get(step, key->name))
            continue;
        second = second ? second : found ? key : NULL;
        found = found ? found : key;
    }
    bool clear = found && !second && !(found->flags & KEY_LATER);
    unsigned place = !clear                                  ? ON_ANY
                     : strcmp(found->name, "action") == 0    ? ON_ACTION
                     : strcmp(found->name, "operation") == 0 ? ON_OPERATION
                                                             : ON_GROUP;
    keys_check(parse, step, &keys_step, place);
    if (!found)
        parse_complain(parse, RULE_NO_KIND, "add one of \"action\", \"operation\", \"steps\" and \"parallel\"",
                       "\"%s\" does not say what it does", name);
    if (second)
        parse_complain(parse, RULE_MANY_KINDS, "make it two steps", "\"%s\" has both \"%s\" and \"%s\"", name,
                       found->name, second->name);
    if (!clear)
        return NODE_BROKEN;
    return place != ON_GROUP ? NODE_CALL : strcmp(found->name, "steps") == 0 ? NODE_SEQUENCE : NODE_PARALLEL;
}

static void parse_group(struct parse *parse, const json_t *step, int index)
{
    struct node *node = &parse->draft->nodes[index];
    bool together = node->kind == NODE_PARALLEL;
    const char *key = together ? "parallel" : "steps";
    const json_t *members = keys_get(step, key, TYPE_ARRAY);
    if (!members)
        return;
    size_t mark = parse_enter(parse, key);
    parse_steps(parse, members, index, together); /* the depth of JSON bounds the recursion */
    parse_leave(parse, mark);
}

/* The words that CEL keeps for itself (language definition, "reserved words"): `steps.in` is no selection. */
static bool is_reserved(const char *id)
{
    static const char *const words[] = {"true",     "false",   "null",      "in",       "as",  "break",  "const",
                                        "continue", "else",    "for",       "function", "if",  "import", "let",
                                        "loop",     "package", "namespace", "return",   "var", "void",   "while"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i], id) == 0)
            return true;
    return false;
}

static bool is_identifier(const char *id)
{
    size_t length = strlen(id);
    if (length == 0 || length > LIMIT_NAME_BYTES || isdigit((unsigned char)id[0]))
        return false;
    for (size_t i = 0; i < length; i++)
        if (!isalnum((unsigned char)id[i]) && id[i] != '_')
            return false;
    return true;
}

static void check_id(struct parse *parse, const char *id, struct node *node)
{
    char suggestion[LIMIT_NAME_BYTES + 1];
    char hint[128];
    int first = draft_find(parse->draft, id);
    if (!is_identifier(id)) {
        suggest_identifier(id, suggestion, sizeof suggestion);
        snprintf(hint, sizeof hint, "use \"%s\"", suggestion);
        parse_complain_at(parse, "id", RULE_IDENTIFIER, hint,
                          "the id \"%.64s\" is no identifier: at most %d letters, digits and \"_\"", id,
                          LIMIT_NAME_BYTES);
    } else if (is_reserved(id)) {
        snprintf(hint, sizeof hint, "use \"%s_\"", id);
        parse_complain_at(parse, "id", RULE_RESERVED_ID, hint, "the id \"%s\" is a word of the expressions", id);
    } else if (first != NODE_NONE) {
        parse_complain_at(parse, "id", RULE_DUPLICATE_ID, NULL, "the id \"%s\" is taken by the step at %.200s", id,
                          parse->draft->nodes[first].pointer);
    } else {
        node->id = mem_string(id);
        json_object_set_new(parse->draft->ids, id, json_integer(node - parse->draft->nodes));
    }
}

/* Groups need an id only to be named in `needs`. */
static void parse_id(struct parse *parse, const json_t *step, struct node *node)
{
    const json_t *id = keys_get(step, "id", TYPE_STRING);
    bool group =
        json_object_get(step, "steps") || json_object_get(step, "parallel") || json_object_get(step, "switch");
    if (id)
        check_id(parse, json_string_value(id), node);
    else if (!group && !json_object_get(step, "id"))
        parse_complain(parse, RULE_MISSING_KEY, "name it by what it does: \"charge\"", "a step has no \"id\"");
}
