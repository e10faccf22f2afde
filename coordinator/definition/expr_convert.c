/* Conversions: int, double, string, timestamp, duration. What does not fit is an error, never rounded away
 * in silence; only int() of a double drops the fraction, as in CEL. */
#include "definition/expr_functions.h"

#include "definition/value_number.h"
#include "definition/value_time.h"

#include <string.h>

static bool fail_type(struct eval *eval, const struct node *node, const struct value *value)
{
    return expr_eval_fail(eval, node, "%s cannot become %s", value_type_name(value->type), node->function->name);
}

bool expr_convert_int(struct eval *eval, const struct node *node, const struct value *args, size_t count,
                      struct value *result)
{
    (void)count;
    const struct value *value = &args[0];
    int64_t integer = value->integer; /* of an int, and the seconds of a timestamp */
    if (value->type == VALUE_DOUBLE && !value_number_truncate(value->real, &integer))
        return expr_eval_fail(eval, node, "the number does not fit into 64 bits");
    if (value->type == VALUE_STRING && !value_number_int(value->text, value->count, &integer))
        return expr_eval_fail(eval, node, "the string is not a whole number of 64 bits");
    if (value->type != VALUE_INT && value->type != VALUE_DOUBLE && value->type != VALUE_STRING &&
        value->type != VALUE_TIMESTAMP)
        return fail_type(eval, node, value);
    *result = value_int(integer);
    return true;
}

bool expr_convert_double(struct eval *eval, const struct node *node, const struct value *args, size_t count,
                         struct value *result)
{
    (void)count;
    const struct value *value = &args[0];
    double real = 0;
    if (value->type == VALUE_DOUBLE)
        real = value->real;
    else if (value->type == VALUE_INT)
        real = (double)value->integer;
    else if (value->type != VALUE_STRING)
        return fail_type(eval, node, value);
    else if (!value_number_double(value->text, value->count, &real))
        return expr_eval_fail(eval, node, "the string is not a number, or too large");
    *result = value_double(real);
    return true;
}

bool expr_convert_string(struct eval *eval, const struct node *node, const struct value *args, size_t count,
                         struct value *result)
{
    (void)count;
    const struct value *value = &args[0];
    if (value->type == VALUE_STRING) {
        *result = *value;
        return true;
    }
    if (value->type == VALUE_NULL || value->type == VALUE_LIST || value->type == VALUE_MAP)
        return fail_type(eval, node, value);
    char *text = expr_eval_take(eval, VALUE_TEXT_MAX, 1);
    if (!text)
        return false;
    if (value->type == VALUE_BOOL)
        snprintf(text, VALUE_TEXT_MAX, "%s", value->truth ? "true" : "false");
    else if (value->type == VALUE_INT)
        snprintf(text, VALUE_TEXT_MAX, "%lld", (long long)value->integer);
    else if (value->type == VALUE_DOUBLE)
        value_number_print(value->real, text);
    else
        value_time_print(value, text);
    *result = value_string(text, strlen(text));
    return true;
}

bool expr_convert_timestamp(struct eval *eval, const struct node *node, const struct value *args, size_t count,
                            struct value *result)
{
    (void)count;
    const struct value *value = &args[0];
    const char *why = NULL;
    if (value->type == VALUE_TIMESTAMP)
        *result = *value;
    else if (value->type == VALUE_INT)
        why = value_time_make(value->integer, 0, result) ? NULL : "is out of range (years 1 to 9999)";
    else if (value->type == VALUE_STRING)
        why = value_time_read(value->text, value->count, result);
    else
        return fail_type(eval, node, value);
    return !why || expr_eval_fail(eval, node->children[0], "%s", why);
}

bool expr_convert_duration(struct eval *eval, const struct node *node, const struct value *args, size_t count,
                           struct value *result)
{
    (void)count;
    const struct value *value = &args[0];
    const char *why = NULL;
    if (value->type == VALUE_DURATION)
        *result = *value;
    else if (value->type == VALUE_STRING)
        why = value_time_read_duration(value->text, value->count, result);
    else
        return fail_type(eval, node, value);
    return !why || expr_eval_fail(eval, node->children[0], "%s", why);
}
