/* Keywords about numbers. Comparisons are exact, also between whole numbers and others. */
#include "definition/schema_keywords.h"

#include "definition/value.h"
#include "definition/value_number.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>

/* A number as it is written: digits * 10^exponent. */
struct decimal {
    uint64_t digits; /* below 10^19 */
    int exponent;
};

static struct decimal decimal_of(const json_t *number);
static bool divides(struct decimal divisor, struct decimal number);

static enum value_order compare(const json_t *value, const struct schema_rule *rule)
{
    struct value left = value_json((json_t *)(uintptr_t)value), right = value_json(rule->json);
    enum value_order order = VALUE_UNORDERED;
    value_compare(&left, &right, &order);
    return order;
}

static void violate(struct schema_run *run, const struct schema_rule *rule, const json_t *value,
                    const char *expected)
{
    char limit[SCHEMA_FOUND], found[SCHEMA_FOUND];
    schema_violate(run, NULL, "expected %s %s, found %s", expected, schema_found(rule->json, limit),
                   schema_found(value, found));
}

void schema_check_minimum(struct schema_run *run, const struct schema_node *node, const struct schema_rule *rule,
                          json_t *value)
{
    (void)node;
    if (compare(value, rule) == VALUE_LESS)
        violate(run, rule, value, "at least");
}

void schema_check_maximum(struct schema_run *run, const struct schema_node *node, const struct schema_rule *rule,
                          json_t *value)
{
    (void)node;
    if (compare(value, rule) == VALUE_GREATER)
        violate(run, rule, value, "at most");
}

void schema_check_exclusive_minimum(struct schema_run *run, const struct schema_node *node,
                                    const struct schema_rule *rule, json_t *value)
{
    (void)node;
    if (compare(value, rule) != VALUE_GREATER)
        violate(run, rule, value, "more than");
}

void schema_check_exclusive_maximum(struct schema_run *run, const struct schema_node *node,
                                    const struct schema_rule *rule, json_t *value)
{
    (void)node;
    if (compare(value, rule) != VALUE_LESS)
        violate(run, rule, value, "less than");
}

/* In decimals, as people write them: 19.99 is a multiple of 0.01, which in binary it is not. */
void schema_check_multiple_of(struct schema_run *run, const struct schema_node *node,
                              const struct schema_rule *rule, json_t *value)
{
    (void)node;
    if (!divides(decimal_of(rule->json), decimal_of(value)))
        violate(run, rule, value, "a multiple of");
}

static struct decimal decimal_of(const json_t *number)
{
    char text[VALUE_TEXT_MAX];
    struct decimal decimal = {0, 0};
    bool fraction = false;
    if (json_is_integer(number)) {
        json_int_t integer = json_integer_value(number);
        decimal.digits = integer < 0 ? 0 - (uint64_t)integer : (uint64_t)integer;
        return decimal;
    }
    value_number_print(fabs(json_real_value(number)), text);
    const char *at = text;
    for (; isdigit((unsigned char)*at) || *at == '.'; at++) {
        if (*at == '.') {
            fraction = true;
            continue;
        }
        bool room = decimal.digits < 100000000000000000; /* a double has 17 digits; what follows is zeros */
        if (room)
            decimal.digits = decimal.digits * 10 + (uint64_t)(*at - '0');
        decimal.exponent += room ? -fraction : !fraction;
    }
    if (*at == 'e')
        decimal.exponent += (int)strtol(at + 1, NULL, 10);
    return decimal;
}

static bool divides(struct decimal divisor, struct decimal number)
{
    while (number.digits && number.digits % 10 == 0) {
        number.digits /= 10;
        number.exponent++;
    }
    while (divisor.digits % 10 == 0 && divisor.digits) {
        divisor.digits /= 10;
        divisor.exponent++;
    }
    if (divisor.digits == 0 || number.digits == 0)
        return number.digits == 0;
    for (; divisor.exponent > number.exponent; divisor.exponent--) {
        if (divisor.digits > UINT64_MAX / 10)
            return false; /* larger than the number */
        divisor.digits *= 10;
    }
    uint64_t rest = number.digits % divisor.digits;
    for (; number.exponent > divisor.exponent && rest; number.exponent--) {
        uint64_t sum = 0; /* rest * 10 modulo the divisor, by adding: the product may not fit */
        for (int i = 0; i < 10; i++)
            sum = rest >= divisor.digits - sum ? rest - (divisor.digits - sum) : sum + rest;
        rest = sum;
    }
    return rest == 0;
}
