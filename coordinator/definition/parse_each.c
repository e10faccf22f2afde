/* `forEach`: the list, what its items are called and keyed by, how many are at work at once. */
#include "base/limits.h"
#include "base/mem.h"
#include "definition/defaults.h"
#include "definition/keys.h"
#include "definition/parse.h"

static struct expr *parse_member(struct parse *parse, const json_t *each, const char *key);

void parse_each(struct parse *parse, const json_t *step, struct node *node)
{
    const json_t *each = keys_get(step, "forEach", TYPE_OBJECT);
    uint32_t concurrency = DEFAULT_CONCURRENCY;
    node->each = json_object_get(step, "forEach") != NULL;
    if (!node->each)
        return;
    node->item_keyed = json_object_get(each, "key") != NULL;
    size_t mark = parse_enter(parse, "forEach");
    if (each) {
        keys_check(parse, each, &keys_each, ON_ANY);
        node->items = parse_member(parse, each, "in");
        node->item_key = parse_member(parse, each, "key");
        parse_variable(parse, each, "as", &node->item_name);
        parse_count(parse, each, "maxConcurrency", 1, LIMIT_CONCURRENCY, &concurrency);
    }
    parse_leave(parse, mark);
    node->concurrency = (uint16_t)concurrency;
    if (!node->item_name)
        node->item_name = mem_string("item");
}

static struct expr *parse_member(struct parse *parse, const json_t *each, const char *key)
{
    const json_t *text = keys_get(each, key, TYPE_STRING);
    return text ? parse_condition(parse, key, json_string_value(text), json_string_length(text)) : NULL;
}
