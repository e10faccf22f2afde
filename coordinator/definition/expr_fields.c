/* Looking things up: variables in the scope, fields of maps, items of lists, and has(). A thing that is not
 * there is an error with its path, never null. */
#include "definition/expr_eval.h"

#include "base/utf8.h"
#include "definition/suggest.h"
#include "definition/value_number.h"

#include <assert.h>
#include <string.h>

enum { KEYS_OFFERED = 64 }; /* a map with more fields than that is data, not a record with a typing error in it */

bool expr_fields_variable(struct eval *eval, const struct node *node, struct value *result)
{
    json_t *json = eval->scope->variable(eval->scope->context, node->name);
    if (json) {
        *result = value_json(json);
        return true;
    }
    if (node->steps)
        return expr_eval_fail(eval, node, "name the step: steps.ID");
    return expr_eval_fail(eval, node, "there is no such variable here");
}

/* `steps.<id>`; NULL when there is no such step. */
static json_t *find_step(struct eval *eval, const char *id, size_t length)
{
    char name[LIMIT_NAME_BYTES + 1];
    if (length > LIMIT_NAME_BYTES || memchr(id, '\0', length))
        return NULL;
    memcpy(name, id, length);
    name[length] = '\0';
    return eval->scope->step(eval->scope->context, name);
}

static bool fail_missing(struct eval *eval, const struct node *node, const struct value *map, const char *name)
{
    char hint[128];
    struct suggest suggest;
    suggest_init(&suggest, name);
    void *at = map->json ? json_object_iter(map->json) : NULL;
    for (int i = 0; at && i < KEYS_OFFERED; i++, at = json_object_iter_next(map->json, at))
        if (utf8_printable(json_object_iter_key(at), json_object_iter_key_len(at)))
            suggest_offer(&suggest, json_object_iter_key(at));
    const char *text = suggest_hint(&suggest, hint, sizeof hint, NULL);
    if (text)
        return expr_eval_fail(eval, node, "there is no such field (%s)", text);
    return expr_eval_fail(eval, node, "there is no such field");
}

/* What `target` has under the name; true and `*found` false when it is a map or `steps` without it. */
static bool select_field(struct eval *eval, const struct node *node, bool *found, struct value *map,
                         struct value *result)
{
    const struct node *target = node->children[0];
    if (target->steps && target->type == NODE_VARIABLE) {
        json_t *step = find_step(eval, node->name, node->name_length);
        *found = step != NULL;
        if (step)
            *result = value_json(step);
        return true;
    }
    if (!expr_eval_node(eval, target, map))
        return false;
    if (map->type != VALUE_MAP)
        return expr_eval_fail(eval, target, "has no fields, it is %s", value_type_name(map->type));
    struct value key = value_string(node->name, node->name_length);
    *found = value_find(map, &key, result);
    return true;
}

bool expr_fields_select(struct eval *eval, const struct node *node, struct value *result)
{
    struct value map = value_null();
    bool found = false;
    if (!select_field(eval, node, &found, &map, result))
        return false;
    if (found)
        return true;
    if (map.type != VALUE_MAP)
        return expr_eval_fail(eval, node, "there is no such step");
    return fail_missing(eval, node, &map, node->name);
}

bool expr_fields_has(struct eval *eval, const struct node *node, struct value *result)
{
    struct value map, ignored;
    bool found = false;
    if (!select_field(eval, node->children[0], &found, &map, &ignored))
        return false;
    *result = value_bool(found);
    return true;
}

static bool index_list(struct eval *eval, const struct node *node, const struct value *list,
                       const struct value *index, struct value *result)
{
    int64_t at = 0;
    if (index->type == VALUE_INT)
        at = index->integer;
    else if (index->type != VALUE_DOUBLE)
        return expr_eval_fail(eval, node->children[1], "a list is indexed by int, found %s",
                              value_type_name(index->type));
    else if (!value_number_truncate(index->real, &at) || (double)at < index->real || (double)at > index->real)
        return expr_eval_fail(eval, node->children[1], "a list is indexed by a whole number");
    if (at < 0 || (uint64_t)at >= list->count)
        return expr_eval_fail(eval, node, "the index is out of range, the list has %zu item%s", list->count,
                              list->count == 1 ? "" : "s");
    *result = value_item(list, (size_t)at);
    return true;
}

static bool index_map(struct eval *eval, const struct node *node, const struct value *map, const struct value *key,
                      struct value *result)
{
    if (key->type != VALUE_STRING && key->type != VALUE_INT && key->type != VALUE_BOOL &&
        key->type != VALUE_DOUBLE)
        return expr_eval_fail(eval, node->children[1], "a map has no keys of type %s", value_type_name(key->type));
    if (!expr_eval_spend(eval, map->json ? 0 : map->count / 4))
        return false;
    if (value_find(map, key, result))
        return true;
    const struct node *written = node->children[1];
    if (written->type == NODE_LITERAL && key->type == VALUE_STRING && key->count <= LIMIT_NAME_BYTES) {
        char name[LIMIT_NAME_BYTES + 1] = {0};
        memcpy(name, key->text, key->count);
        return fail_missing(eval, node, map, name);
    }
    return expr_eval_fail(eval, node, "there is no such key");
}

bool expr_fields_index(struct eval *eval, const struct node *node, struct value *result)
{
    const struct node *target = node->children[0];
    struct value container = value_null(), index;
    bool step = target->type == NODE_VARIABLE && target->steps;
    if (!step && !expr_eval_node(eval, target, &container))
        return false;
    if (!expr_eval_node(eval, node->children[1], &index))
        return false;
    if (step) {
        json_t *json = index.type == VALUE_STRING ? find_step(eval, index.text, index.count) : NULL;
        if (!json)
            return expr_eval_fail(eval, node, "there is no such step");
        *result = value_json(json);
        return true;
    }
    if (container.type == VALUE_LIST)
        return index_list(eval, node, &container, &index, result);
    if (container.type == VALUE_MAP)
        return index_map(eval, node, &container, &index, result);
    return expr_eval_fail(eval, target, "cannot be indexed, it is %s", value_type_name(container.type));
}
