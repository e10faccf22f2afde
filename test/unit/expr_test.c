/* definition/expr: the language, by tables written from the specification of CEL; what a parse error says;
 * how results are handed over. */
#include "base/buf.h"
#include "definition/expr.h"
#include "definition/expr_internal.h"
#include "expr_scope.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

struct expr_case {
    const char *expression;
    const char *input; /* JSON; "" for none */
    const char *expected;
    bool fails;
};

#define CASE(expression, input, expected)  {expression, input, expected, false},
#define FAILS(expression, input, fragment) {expression, input, fragment, true},

static const struct expr_case LITERALS[] = {
#include "expr_cases_literals.inc"
};
static const struct expr_case OPERATORS[] = {
#include "expr_cases_operators.inc"
};
static const struct expr_case LOGIC[] = {
#include "expr_cases_logic.inc"
};
static const struct expr_case FIELDS[] = {
#include "expr_cases_fields.inc"
};
static const struct expr_case MACRO_CASES[] = {
#include "expr_cases_macros.inc"
};
static const struct expr_case FUNCTION_CASES[] = {
#include "expr_cases_functions.inc"
};
static const struct expr_case TIME[] = {
#include "expr_cases_time.inc"
};
static const struct expr_case EXAMPLES[] = {
#define EXAMPLE                                                                                                   \
    "{\"id\": \"o-1\", \"cents\": 1999,"                                                                          \
    " \"items\": [{\"sku\": \"a\", \"n\": 2}, {\"sku\": \"b\", \"n\": 0}], \"mail\": \"Ann@Example.org\"}"
#include "expr_cases_examples.inc"
};
static const struct expr_case SYNTAX[] = {
#include "expr_cases_syntax.inc"
};

/* Says which case it was, since a table has one line of code. */
static void check(bool good, const struct expr_case *each, const char *got)
{
    if (!good)
        printf("\n    %s  with  %s\n    expected %s\n    got      %s\n", each->expression, each->input,
               each->expected, got);
    CU_ASSERT_TRUE(good);
}

/* The bytes that a template would print are the same value. */
static void check_printed(const struct expr *expr, const struct expr_scope *scope, const struct expr_case *each,
                          const json_t *expected)
{
    struct buf buf;
    json_error_t json_error;
    buf_init(&buf, 1 << 20);
    CU_ASSERT_EQUAL(expr_print_json(expr, &scope->scope, &buf, NULL), 0);
    json_t *printed = json_loadb(buf_text(&buf), buf.length, JSON_DECODE_ANY, &json_error);
    check(printed && json_equal(printed, expected), each, buf_text(&buf));
    json_decref(printed);
    buf_done(&buf);
}

static void check_value(const struct expr *expr, const struct expr_scope *scope, const struct expr_case *each)
{
    json_error_t json_error;
    struct error error = {0};
    json_t *value = NULL;
    json_t *expected = json_loads(each->expected, JSON_DECODE_ANY, &json_error);
    CU_ASSERT_FATAL(expected != NULL);
    if (expr_eval(expr, &scope->scope, &value, &error)) {
        check(false, each, error.text);
    } else {
        char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
        check(json_equal(value, expected), each, text);
        check_printed(expr, scope, each, expected);
        free(text);
    }
    json_decref(value);
    json_decref(expected);
}

static void check_failure(const struct expr *expr, const struct expr_scope *scope, const struct expr_case *each)
{
    struct error error = {0};
    json_t *value = NULL;
    CU_ASSERT_EQUAL(expr_eval(expr, &scope->scope, &value, &error), ERROR_INVALID);
    CU_ASSERT_PTR_NULL(value);
    check(strstr(error.text, each->expected) != NULL, each, error.text);
    CU_ASSERT_EQUAL(expr_eval(expr, &scope->scope, &value, NULL), ERROR_INVALID);
}

static void run(const struct expr_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct expr_case *each = &cases[i];
        struct expr_error error = {0};
        struct expr_scope scope;
        struct expr *expr = expr_parse(each->expression, strlen(each->expression), &error);
        expr_scope_init(&scope, each->input);
        if (!expr)
            check(each->fails && strstr(error.text, each->expected), each, error.text);
        else if (each->fails)
            check_failure(expr, &scope, each);
        else
            check_value(expr, &scope, each);
        CU_ASSERT_TRUE(expr || error.offset <= strlen(each->expression));
        expr_scope_done(&scope);
        expr_free(expr);
    }
}

#define TABLES(X)                                                                                                 \
    X(literals, LITERALS)                                                                                         \
    X(operators, OPERATORS)                                                                                       \
    X(logic, LOGIC)                                                                                               \
    X(fields, FIELDS)                                                                                             \
    X(macros, MACRO_CASES)                                                                                        \
    X(functions, FUNCTION_CASES)                                                                                  \
    X(time_and_duration, TIME)                                                                                    \
    X(syntax, SYNTAX)                                                                                             \
    X(examples, EXAMPLES)

#define X(name, table)                                                                                            \
    static void name(void)                                                                                        \
    {                                                                                                             \
        run(table, sizeof table / sizeof table[0]);                                                               \
    }
TABLES(X)
#undef X

static void says_where_and_what_to_do(void)
{
    static const struct {
        const char *expression;
        size_t offset;
        const char *hint;
    } cases[] = {
        {"input.a + sise(input.b)", 10, "did you mean \"size\"?"},
        {"input.a.startswith('x')", 8, "did you mean \"startsWith\"?"},
        {"input.a.lenght()", 8, ""},
        {"input.a.length()", 8, "did you mean \"size\"?"},
        {"input.list.exist(x, x)", 11, "did you mean \"exists\"?"},
        {"input.a.matches('x')", 8, "there are no regular expressions: use startsWith, endsWith or contains"},
        {"1 = 2", 2, "to compare, write =="},
        {"true & false", 5, "write &&"},
        {"true | false", 5, "write ||"},
        {"input.a and input.b", 8, "write && for and"},
        {"input.a or input.b", 8, "write || for or"},
        {"not input.a", 4, ""},
        {"5u", 0, "write it without the u"},
        {"input.a == for", 11, "choose another name, or write x[\"name\"]"},
        {"99999999999999999999", 0, "write it with a decimal point"},
        {"'\\d+'", 1, "in a raw string, r'...', a backslash is just a backslash"},
        {"1 + 'abc", 4, ""},
        {"xyzzyplugh()", 0, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct expr_error error = {0};
        struct expr *expr = expr_parse(cases[i].expression, strlen(cases[i].expression), &error);
        CU_ASSERT_PTR_NULL(expr);
        CU_ASSERT_EQUAL(error.offset, cases[i].offset);
        CU_ASSERT_STRING_EQUAL(error.hint, cases[i].hint);
        CU_ASSERT_NOT_EQUAL(error.text[0], '\0');
    }
}

static struct expr *parse(const char *text)
{
    struct expr_error error = {0};
    struct expr *expr = expr_parse(text, strlen(text), &error);
    if (!expr)
        printf("\n    %s: %s\n", text, error.text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(expr);
    return expr;
}

static void tests_truth(void)
{
    struct expr_scope scope;
    struct error error = {0};
    bool truth = false;
    struct expr *good = parse("input.cents > 50000"), *bad = parse("input.cents");
    expr_scope_init(&scope, "{\"cents\": 60000}");
    CU_ASSERT_EQUAL(expr_test(good, &scope.scope, &truth, &error), 0);
    CU_ASSERT_TRUE(truth);
    CU_ASSERT_EQUAL(expr_test(bad, &scope.scope, &truth, &error), ERROR_INVALID);
    CU_ASSERT_STRING_EQUAL(error.text, "input.cents: expected bool, found int");
    CU_ASSERT_TRUE(truth); /* untouched on failure */
    expr_scope_done(&scope);
    expr_free(good);
    expr_free(bad);
}

/* A path into the input hands out the input's own data. */
static void shares_what_it_finds(void)
{
    struct expr_scope scope;
    json_t *value = NULL;
    struct expr *expr = parse("input.order");
    expr_scope_init(&scope, "{\"order\": {\"id\": 1}}");
    CU_ASSERT_EQUAL(expr_eval(expr, &scope.scope, &value, NULL), 0);
    CU_ASSERT_PTR_EQUAL(value, json_object_get(scope.input, "order"));
    CU_ASSERT_EQUAL(value->refcount, 2);
    json_decref(value);
    expr_scope_done(&scope);
    expr_free(expr);
}

static void never_quotes_values(void)
{
    static const char *const expressions[] = {"int(input.card)",
                                              "timestamp(input.card)",
                                              "duration(input.card)",
                                              "input.map[input.card]",
                                              "double(input.card)",
                                              "input.card.nope",
                                              "-input.card",
                                              "input.card + 1",
                                              "[input.card].join() < 5",
                                              "{input.card: 1, input.card: 2}",
                                              "steps[input.card]"};
    struct expr_scope scope;
    expr_scope_init(&scope, "{\"card\": \"4111-secret\", \"map\": {}}");
    for (size_t i = 0; i < sizeof expressions / sizeof expressions[0]; i++) {
        struct error error = {0};
        json_t *value = NULL;
        struct expr *expr = parse(expressions[i]);
        CU_ASSERT_EQUAL(expr_eval(expr, &scope.scope, &value, &error), ERROR_INVALID);
        CU_ASSERT_PTR_NULL(strstr(error.text, "4111"));
        expr_free(expr);
    }
    expr_scope_done(&scope);
}

void expr_test_suite(void);
void expr_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("definition/expr", NULL, NULL);
#define X(name, table) CU_add_test(suite, "the language: " #name, name);
    TABLES(X)
#undef X
    CU_add_test(suite, "a parse error has its place and says what to do", says_where_and_what_to_do);
    CU_add_test(suite, "a test is a bool or an error", tests_truth);
    CU_add_test(suite, "a path shares the data it finds", shares_what_it_finds);
    CU_add_test(suite, "errors never quote values", never_quotes_values);
}
