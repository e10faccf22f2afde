/* `needs`: names to nodes. */
#include "definition/names.h"

#include "base/mem.h"
#include "definition/keys.h"
#include "definition/suggest.h"

#include <string.h>

static void resolve_node(struct parse *parse, struct node *node);

void names_resolve(struct parse *parse)
{
    struct draft *draft = parse->draft;
    for (size_t i = 0; i < draft->nodes_count; i++) {
        struct node *node = &draft->nodes[i];
        if (!node->needs_json)
            continue;
        size_t mark = parse->path.length;
        buf_puts(&parse->path, node->pointer);
        buf_puts(&parse->path, "/needs");
        resolve_node(parse, node);
        parse_leave(parse, mark);
    }
}

void names_suggest(const struct draft *draft, struct suggest *suggest)
{
    for (size_t i = 0; i < draft->nodes_count; i++)
        if (draft->nodes[i].id)
            suggest_offer(suggest, draft->nodes[i].id);
}

static void resolve_name(struct parse *parse, struct node *node, const char *name)
{
    int needed = draft_find(parse->draft, name);
    for (size_t i = 0; i < node->needs_count; i++)
        if (node->needs[i] == needed && needed != NODE_NONE) {
            parse_complain(parse, RULE_NEEDS_TWICE, NULL, "\"%s\" stands here twice", name);
            return;
        }
    if (needed != NODE_NONE) {
        node->needs[node->needs_count++] = needed;
        return;
    }
    node->needs_broken = true;
    char hint[128];
    struct suggest suggest;
    suggest_init(&suggest, name);
    names_suggest(parse->draft, &suggest);
    parse_complain(parse, RULE_NEEDS_UNKNOWN, suggest_hint(&suggest, hint, sizeof hint, NULL),
                   "there is no step \"%.64s\"", name);
}

static void resolve_node(struct parse *parse, struct node *node)
{
    size_t count = json_array_size(node->needs_json);
    node->needs = mem_array(parse->draft->nodes_count, sizeof *node->needs);
    for (size_t i = 0; i < count; i++) {
        const json_t *name = json_array_get(node->needs_json, i);
        size_t mark = parse_enter_index(parse, i);
        if (json_is_string(name))
            resolve_name(parse, node, json_string_value(name));
        else
            parse_complain(parse, RULE_TYPE, NULL, "\"needs\" lists ids, found %s", keys_type_word(name));
        parse_leave(parse, mark);
    }
}
