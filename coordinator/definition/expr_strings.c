/* Functions on strings. Bytes are enough for most of them: no character of UTF-8 stands within another. */
#include "definition/expr_functions.h"

#include "base/utf8.h"

#include <assert.h>
#include <string.h>

/* All arguments are strings, and their bytes are paid for. */
static bool want_strings(struct eval *eval, const struct node *node, const struct value *args, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!expr_eval_want(eval, node->children[i], &args[i], VALUE_STRING) ||
            !expr_eval_spend_bytes(eval, args[i].count))
            return false;
    return true;
}

bool expr_strings_contains(struct eval *eval, const struct node *node, const struct value *args, size_t count,
                           struct value *result)
{
    if (!want_strings(eval, node, args, count))
        return false;
    *result = value_bool(memmem(args[0].text, args[0].count, args[1].text, args[1].count) != NULL);
    return true;
}

bool expr_strings_starts_with(struct eval *eval, const struct node *node, const struct value *args, size_t count,
                              struct value *result)
{
    if (!want_strings(eval, node, args, count))
        return false;
    const struct value *text = &args[0], *part = &args[1];
    *result = value_bool(text->count >= part->count && !memcmp(text->text, part->text, part->count));
    return true;
}

bool expr_strings_ends_with(struct eval *eval, const struct node *node, const struct value *args, size_t count,
                            struct value *result)
{
    if (!want_strings(eval, node, args, count))
        return false;
    const struct value *text = &args[0], *part = &args[1];
    *result = value_bool(text->count >= part->count &&
                         !memcmp(text->text + (text->count - part->count), part->text, part->count));
    return true;
}

bool expr_strings_lower_ascii(struct eval *eval, const struct node *node, const struct value *args, size_t count,
                              struct value *result)
{
    if (!want_strings(eval, node, args, count))
        return false;
    char *text = expr_eval_take(eval, args[0].count, 1);
    if (!text)
        return false;
    for (size_t i = 0; i < args[0].count; i++) {
        char c = args[0].text[i];
        text[i] = c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
    }
    *result = value_string(text, args[0].count);
    return true;
}

/* The first piece of `rest`; with an empty separator every character is a piece. */
static size_t piece_length(const struct value *rest, const struct value *separator)
{
    if (separator->count == 0)
        return utf8_width(rest->text, rest->count);
    const char *found = memmem(rest->text, rest->count, separator->text, separator->count);
    return found ? (size_t)(found - rest->text) : rest->count;
}

/* Counts the pieces, and writes them when there is room to. */
static size_t split(struct value rest, const struct value *separator, size_t limit, struct value *pieces)
{
    size_t count = 0;
    for (bool more = limit > 0 && (rest.count || separator->count); more; count++) {
        size_t length = count + 1 == limit ? rest.count : piece_length(&rest, separator);
        if (pieces)
            pieces[count] = value_string(rest.text, length);
        size_t used = length == rest.count ? length : length + separator->count;
        more = separator->count ? length < rest.count : used < rest.count;
        rest = value_string(rest.text + used, rest.count - used);
    }
    return count;
}

bool expr_strings_split(struct eval *eval, const struct node *node, const struct value *args, size_t count,
                        struct value *result)
{
    if (!want_strings(eval, node, args, 2))
        return false;
    if (count == 3 && !expr_eval_want(eval, node->children[2], &args[2], VALUE_INT))
        return false;
    size_t limit = count == 3 && args[2].integer >= 0 ? (size_t)args[2].integer : SIZE_MAX;
    size_t pieces_count = split(args[0], &args[1], limit, NULL);
    if (!expr_eval_spend(eval, pieces_count))
        return false;
    struct value *pieces = expr_eval_take(eval, pieces_count, sizeof *pieces);
    if (!pieces)
        return false;
    size_t written = split(args[0], &args[1], limit, pieces);
    assert(written == pieces_count);
    *result = value_list(pieces, written);
    return true;
}

/* The bytes of the joined list; false when an item is no string. */
static bool measure_join(struct eval *eval, const struct node *node, const struct value *list, size_t separator,
                         size_t *bytes)
{
    *bytes = 0;
    if (!expr_eval_spend(eval, list->count))
        return false;
    for (size_t i = 0; i < list->count; i++) {
        struct value item = value_item(list, i);
        if (item.type != VALUE_STRING)
            return expr_eval_fail(eval, node, "join() joins strings, item %zu is %s", i,
                                  value_type_name(item.type));
        *bytes += item.count + (i ? separator : 0);
    }
    return expr_eval_spend_bytes(eval, *bytes);
}

bool expr_strings_join(struct eval *eval, const struct node *node, const struct value *args, size_t count,
                       struct value *result)
{
    struct value separator = count == 2 ? args[1] : value_string("", 0);
    size_t bytes = 0, at = 0;
    if (!expr_eval_want(eval, node->children[0], &args[0], VALUE_LIST))
        return false;
    if (count == 2 && !expr_eval_want(eval, node->children[1], &args[1], VALUE_STRING))
        return false;
    if (!measure_join(eval, node, &args[0], separator.count, &bytes))
        return false;
    char *text = expr_eval_take(eval, bytes, 1);
    if (!text)
        return false;
    for (size_t i = 0; i < args[0].count; i++) {
        struct value item = value_item(&args[0], i);
        if (i)
            memcpy(text + at, separator.text, separator.count);
        at += i ? separator.count : 0;
        memcpy(text + at, item.text, item.count);
        at += item.count;
    }
    assert(at == bytes);
    *result = value_string(text, bytes);
    return true;
}
