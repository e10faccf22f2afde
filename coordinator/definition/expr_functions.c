/* The table of functions; size, min and max. */
#include "definition/expr_functions.h"

#include <string.h>

static const struct function TABLE[] = {
#define X(name, style, min, max, body, usage) {name, style, min, max, body, usage},
    FUNCTIONS(X)
#undef X
};

const struct function *expr_functions_find(const char *name, enum call_style style)
{
    for (size_t i = 0; i < sizeof TABLE / sizeof TABLE[0]; i++)
        if (TABLE[i].style == style && !strcmp(TABLE[i].name, name))
            return &TABLE[i];
    return NULL;
}

const struct function *expr_functions_get(size_t index)
{
    return index < sizeof TABLE / sizeof TABLE[0] ? &TABLE[index] : NULL;
}

/* Of a string its characters, not its bytes. */
bool expr_functions_size(struct eval *eval, const struct node *node, const struct value *args, size_t count,
                         struct value *result)
{
    (void)count;
    const struct value *value = &args[0];
    if (value->type != VALUE_STRING && value->type != VALUE_LIST && value->type != VALUE_MAP)
        return expr_eval_fail(eval, node, "size() is of a string, list or map, found %s",
                              value_type_name(value->type));
    size_t size = value->count;
    if (value->type == VALUE_STRING) {
        if (!expr_eval_spend_bytes(eval, value->count))
            return false;
        for (size_t i = 0; i < value->count; i++)
            size -= ((unsigned char)value->text[i] & 0xc0) == 0x80;
    }
    *result = value_int((int64_t)size);
    return true;
}

/* The best of several values, or of the items of one list. With a NaN among them the answer is a NaN. */
static bool best(struct eval *eval, const struct node *node, const struct value *args, size_t count,
                 enum value_order wanted, struct value *result)
{
    struct value several = value_list(args, count);
    const struct value *list = count == 1 && args[0].type == VALUE_LIST ? &args[0] : &several;
    const char *name = node->function->name;
    if (list->count == 0)
        return expr_eval_fail(eval, node, "%s() of an empty list", name);
    if (!expr_eval_spend(eval, list->count))
        return false;
    struct value found = value_item(list, 0);
    for (size_t i = 0; i < list->count; i++) {
        struct value item = value_item(list, i);
        enum value_order order;
        if (!expr_eval_spend_bytes(eval, item.type == VALUE_STRING ? item.count : 0))
            return false;
        if (!value_compare(&item, &found, &order))
            return expr_eval_fail(eval, node, "%s() cannot compare %s with %s", name, value_type_name(item.type),
                                  value_type_name(found.type));
        if (order == wanted || (order == VALUE_UNORDERED && item.type == VALUE_DOUBLE && item.real != item.real))
            found = item;
    }
    *result = found;
    return true;
}

bool expr_functions_min(struct eval *eval, const struct node *node, const struct value *args, size_t count,
                        struct value *result)
{
    return best(eval, node, args, count, VALUE_LESS, result);
}

bool expr_functions_max(struct eval *eval, const struct node *node, const struct value *args, size_t count,
                        struct value *result)
{
    return best(eval, node, args, count, VALUE_GREATER, result);
}
