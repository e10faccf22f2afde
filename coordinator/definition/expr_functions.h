/* The functions of the language: one table that the parser, the evaluation and the tests read. */
#ifndef BELAY_DEFINITION_EXPR_FUNCTIONS_H
#define BELAY_DEFINITION_EXPR_FUNCTIONS_H

#include "base/limits.h"
#include "definition/expr_eval.h"

enum call_style { CALL_FUNCTION, CALL_METHOD }; /* size(x), x.size() */

/* name, style, fewest and most arguments (what a method is called on counts), implementation, how to write it */
#define FUNCTIONS(X)                                                                                              \
    X("size", CALL_FUNCTION, 1, 1, expr_functions_size, "size(x)")                                                \
    X("size", CALL_METHOD, 1, 1, expr_functions_size, "x.size()")                                                 \
    X("contains", CALL_METHOD, 2, 2, expr_strings_contains, "text.contains(part)")                                \
    X("startsWith", CALL_METHOD, 2, 2, expr_strings_starts_with, "text.startsWith(part)")                         \
    X("endsWith", CALL_METHOD, 2, 2, expr_strings_ends_with, "text.endsWith(part)")                               \
    X("lowerAscii", CALL_METHOD, 1, 1, expr_strings_lower_ascii, "text.lowerAscii()")                             \
    X("split", CALL_METHOD, 2, 3, expr_strings_split, "text.split(separator) or text.split(separator, limit)")    \
    X("join", CALL_METHOD, 1, 2, expr_strings_join, "list.join() or list.join(separator)")                        \
    X("int", CALL_FUNCTION, 1, 1, expr_convert_int, "int(x)")                                                     \
    X("double", CALL_FUNCTION, 1, 1, expr_convert_double, "double(x)")                                            \
    X("string", CALL_FUNCTION, 1, 1, expr_convert_string, "string(x)")                                            \
    X("timestamp", CALL_FUNCTION, 1, 1, expr_convert_timestamp, "timestamp(x)")                                   \
    X("duration", CALL_FUNCTION, 1, 1, expr_convert_duration, "duration(x)")                                      \
    X("min", CALL_FUNCTION, 1, LIMIT_EXPR_ARGUMENTS, expr_functions_min, "min(a, b, ...) or min(list)")           \
    X("min", CALL_METHOD, 1, 1, expr_functions_min, "list.min()")                                                 \
    X("max", CALL_FUNCTION, 1, LIMIT_EXPR_ARGUMENTS, expr_functions_max, "max(a, b, ...) or max(list)")           \
    X("max", CALL_METHOD, 1, 1, expr_functions_max, "list.max()")

/* `node` is the call, for messages; its children are where `args` came from. */
typedef bool function_body(struct eval *eval, const struct node *node, const struct value *args, size_t count,
                           struct value *result);

struct function {
    const char *name;
    enum call_style style;
    size_t args_min;
    size_t args_max;
    function_body *body;
    const char *usage;
};

#define X(name, style, min, max, body, usage) function_body body;
FUNCTIONS(X)
#undef X

/* The function of that name and style, NULL when there is none. */
const struct function *expr_functions_find(const char *name, enum call_style style);

/* The table, for suggestions; NULL behind the last. */
const struct function *expr_functions_get(size_t index);

#endif
