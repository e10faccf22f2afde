/* definition/expr: every limit holds, on both sides of it, and hostile expressions end. */
#include "base/buf.h"
#include "base/limits.h"
#include "definition/expr.h"
#include "expr_scope.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* `head`, then `part` so many times, then `tail`; the caller frees with buf_done. */
static struct buf repeat(const char *head, const char *part, size_t count, const char *tail)
{
    struct buf buf;
    buf_init(&buf, 1 << 26);
    buf_puts(&buf, head);
    for (size_t i = 0; i < count; i++)
        buf_puts(&buf, part);
    buf_puts(&buf, tail);
    CU_ASSERT_FATAL(!buf.full);
    return buf;
}

static void expect_parse(struct buf text, bool good, const char *fragment)
{
    struct expr_error error = {0};
    struct expr *expr = expr_parse(text.data, text.length, &error);
    if ((expr != NULL) != good)
        printf("\n    %.40s...: %s\n", text.data, error.text);
    CU_ASSERT_EQUAL(expr != NULL, good);
    CU_ASSERT_TRUE(good || strstr(error.text, fragment) != NULL);
    expr_free(expr);
    buf_done(&text);
}

/* NULL: it must succeed. */
static void expect_eval(const char *text, const char *input, const char *fragment)
{
    struct expr_error expr_error = {0};
    struct error error = {0};
    struct expr_scope scope;
    json_t *value = NULL;
    struct expr *expr = expr_parse(text, strlen(text), &expr_error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(expr);
    expr_scope_init(&scope, input);
    int code = expr_eval(expr, &scope.scope, &value, &error);
    CU_ASSERT_EQUAL(code, fragment ? ERROR_INVALID : 0);
    if (fragment && !strstr(error.text, fragment))
        printf("\n    %.60s: %s\n", text, error.text);
    CU_ASSERT_TRUE(!fragment || strstr(error.text, fragment) != NULL);
    json_decref(value);
    expr_scope_done(&scope);
    expr_free(expr);
}

static void length(void)
{
    expect_parse(repeat("", " ", LIMIT_EXPR_BYTES - 1, "1"), true, "");
    expect_parse(repeat("", " ", LIMIT_EXPR_BYTES, "1"), false, "longer than 4096 bytes");
    expect_parse(repeat("", "x", LIMIT_EXPR_BYTES, ""), true, "");
}

static void depth_of_the_tree(void)
{
    expect_parse(repeat("1", "+1", LIMIT_EXPR_DEPTH - 1, ""), true, "");
    expect_parse(repeat("1", "+1", LIMIT_EXPR_DEPTH, ""), false, "nested or chained more than 128 deep");
    expect_parse(repeat("a", ".a", LIMIT_EXPR_DEPTH - 1, ""), true, "");
    expect_parse(repeat("a", ".a", LIMIT_EXPR_DEPTH, ""), false, "nested or chained more than 128 deep");
    expect_parse(repeat("a", "[0]", LIMIT_EXPR_DEPTH, ""), false, "nested or chained more than 128 deep");
    expect_parse(repeat("", "!", LIMIT_EXPR_DEPTH - 1, "a"), true, "");
    expect_parse(repeat("", "!", 4000, "a"), false, "nested or chained more than 128 deep");
    expect_parse(repeat("a", "||a", LIMIT_EXPR_DEPTH, ""), false, "nested or chained more than 128 deep");
}

static void depth_of_the_recursion(void)
{
    struct buf good = repeat("", "(", LIMIT_EXPR_DEPTH - 1, "1");
    for (int i = 0; i < LIMIT_EXPR_DEPTH - 1; i++)
        buf_putc(&good, ')');
    expect_parse(good, true, "");
    expect_parse(repeat("", "(", 4000, ""), false, "nested or chained more than 128 deep");
    expect_parse(repeat("", "[", 4000, ""), false, "nested or chained more than 128 deep");
    expect_parse(repeat("", "{1:", 1300, ""), false, "nested or chained more than 128 deep");
    expect_parse(repeat("", "size(", 800, ""), false, "nested or chained more than 128 deep");
    expect_parse(repeat("", "a?b:", 1000, "c"), false, "nested or chained more than 128 deep");
    expect_parse(repeat("", "a[", 2000, ""), false, "nested or chained more than 128 deep");
}

/* What CEL asks of every implementation. */
static void what_cel_asks_for(void)
{
    expect_parse(repeat("a", " || a", 31, ""), true, "");
    expect_parse(repeat("a", " && a", 31, ""), true, "");
    expect_parse(repeat("a", " == a", 31, ""), true, "");
    expect_parse(repeat("a", " * a", 31, ""), true, "");
    expect_parse(repeat("a", ".a", 32, ""), true, "");
    expect_parse(repeat("a", "[0]", 32, ""), true, "");
    expect_parse(repeat("min(a", ", a", 31, ")"), true, "");
    expect_parse(repeat("min(a", ", a", 32, ")"), false, "too many arguments");
    expect_parse(repeat("[a", ", a", 1000, "]"), true, "");
    struct buf map = repeat("{", "", 0, "");
    for (int i = 0; i < 300; i++)
        buf_printf(&map, "%s\"k%d\": a", i ? ", " : "", i);
    buf_puts(&map, "}");
    expect_parse(map, true, "");
}

static void largest_tree(void)
{
    expect_parse(repeat("[", "1,", LIMIT_EXPR_BYTES / 2 - 1, "]"), true, "");
    expect_parse(repeat("[", "[],", LIMIT_EXPR_BYTES / 3 - 1, "]"), true, "");
    expect_parse(repeat("[", "-a,", LIMIT_EXPR_BYTES / 3 - 1, "]"), true, "");
    expect_parse(repeat("[", "a.a+a,", LIMIT_EXPR_BYTES / 6 - 1, "]"), true, "");
}

static void steps(void)
{
    struct buf few = repeat("[0", ",0", 9999, "]"), many = repeat("[0", ",0", 99999, "]");
    struct buf square = repeat("[0", ",0", 499, "]");
    expect_eval("input.all(x, x == 0)", buf_text(&few), NULL);
    expect_eval("input.all(x, x == 0)", buf_text(&many), "takes more than 200000 steps");
    expect_eval("input.all(x, input.all(y, x == y))", buf_text(&square), "takes more than 200000 steps");
    expect_eval("input.map(x, input.map(y, x))", buf_text(&square), "takes more than 200000 steps");
    expect_eval("1 in (input + input)", buf_text(&many), "takes more than 200000 steps");
    expect_eval("input == input.filter(x, true)", buf_text(&many), "takes more than 200000 steps");
    buf_done(&few);
    buf_done(&many);
    buf_done(&square);
}

/* A used-up budget is not an error that a || could swallow. */
static void steps_cannot_be_absorbed(void)
{
    struct buf many = repeat("[0", ",0", 99999, "]");
    expect_eval("input.all(x, x == 0) || true", buf_text(&many), "takes more than 200000 steps");
    expect_eval("!(input.all(x, x == 0) && false)", buf_text(&many), "takes more than 200000 steps");
    expect_eval("[1, 2].exists(i, input.all(x, x == 0) || i == 2)", buf_text(&many),
                "takes more than 200000 steps");
    expect_eval("input.exists(x, x / 0 == 1)", buf_text(&many), "takes more than 200000 steps");
    struct buf some = repeat("[0", ",0", 11999, "]"); /* errors cost more than what succeeds */
    expect_eval("input.exists(x, x * 0 == 1)", buf_text(&some), NULL);
    expect_eval("input.exists(x, x / 0 == 1)", buf_text(&some), "takes more than 200000 steps");
    buf_done(&some);
    buf_done(&many);
}

static void memory(void)
{
    struct buf text = repeat("\"", "0123456789abcdef", 40000, "\"");
    expect_eval("size(input + input)", buf_text(&text), NULL);
    expect_eval("size(input + input + input + input + input)", buf_text(&text),
                "more than 4194304 bytes of memory");
    expect_eval("(input + input + input + input + input) == '' || true", buf_text(&text), "bytes of memory");
    expect_eval("[0, 1].exists(i, i == 1 || size([input + input + input, input + input]) > 5)", buf_text(&text),
                "bytes of memory");
    expect_eval("input.split('').size() > 0 || true", buf_text(&text), "takes more than 200000 steps");
    expect_eval("[1, 2, 3, 4, 5, 6, 7].map(x, input + 'x').size()", buf_text(&text), "bytes of memory");
    buf_done(&text);
}

/* What conditions leave behind does not add up. */
static void memory_is_given_back(void)
{
    struct buf text = repeat("\"", "0123456789abcdef", 4000, "\"");
    struct buf loop = repeat("[0", ",0", 79, "]"); /* 80 times 64,000 bytes are over the limit */
    struct buf input = repeat("{\"text\":", buf_text(&text), 1, ",\"loop\":");
    buf_puts(&input, buf_text(&loop));
    buf_puts(&input, "}");
    expect_eval("input.loop.all(x, size(input.text + 'x') > x)", buf_text(&input), NULL);
    expect_eval("input.loop.filter(x, size(input.text + 'x') > x).size()", buf_text(&input), NULL);
    expect_eval("input.loop.exists_one(x, size(input.text + 'x') < x)", buf_text(&input), NULL);
    expect_eval("input.loop.map(x, size(input.text + 'x') < x, x)", buf_text(&input), NULL);
    expect_eval("input.loop.map(x, input.text + 'x').size()", buf_text(&input), "bytes of memory");
    buf_done(&text);
    buf_done(&loop);
    buf_done(&input);
}

static void size_of_the_result(void)
{
    struct buf text = repeat("\"", "0123456789abcdef", 40000, "\"");
    expect_eval("[input]", buf_text(&text), NULL);
    expect_eval("[input, input]", buf_text(&text), "the result is too large");
    expect_eval("{'a': input, 'b': [input]}", buf_text(&text), "the result is too large");
    expect_eval("input + input", buf_text(&text), "the result is too large");
    expect_eval("{input: input}", buf_text(&text), "the result is too large");
    expect_eval("[[input, input].map(x, x)]", buf_text(&text), "the result is too large");
    buf_done(&text);
    struct buf numbers = repeat("[0", ",0", 9999, "]");
    expect_eval("input.map(x, input)", buf_text(&numbers), "the result is too large");
    buf_done(&numbers);
}

static void depth_of_the_result(void)
{
    struct buf deep = repeat("", "[", 60, "");
    for (int i = 0; i < 60; i++)
        buf_putc(&deep, ']');
    expect_eval("[[[[input]]]]", buf_text(&deep), NULL);
    expect_eval("[[[[[input]]]]]", buf_text(&deep), "nested too deeply to become JSON");
    expect_eval("{'a': {'b': {'c': {'d': {'e': input}}}}}", buf_text(&deep), "nested too deeply");
    buf_done(&deep);
    struct buf own = repeat("", "[", LIMIT_JSON_DEPTH + 1, "");
    for (int i = 0; i < LIMIT_JSON_DEPTH + 1; i++)
        buf_putc(&own, ']');
    expect_eval(buf_text(&own), "", "nested too deeply to become JSON");
    buf_done(&own);
}

/* However an expression is made, it is over before anybody notices: the worst that the tests know. */
static void hostile_expressions_end_soon(void)
{
    static const char *const hostile[] = {
        "input.map(x, input.map(y, x + y))",
        "input.all(x, input.exists(y, y.nope == x))",
        "input.all(x, (input + input).size() > 0)",
        "input.map(x, [x, x]).map(x, [x, x]).map(x, [x, x]).map(x, [x, x]).map(x, [x, x]).map(x, [x, x])",
        "input.all(x, string(x).split('').join('').size() > 0)",
        "[input, input, input] == [input, input, input]",
        "input.exists(x, input == [x])",
    };
    struct buf input = repeat("[\"a\"", ",\"a\"", 19999, "]");
    for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
        struct expr_error ignored;
        struct expr_scope scope;
        json_t *value = NULL;
        struct expr *expr = expr_parse(hostile[i], strlen(hostile[i]), &ignored);
        CU_ASSERT_PTR_NOT_NULL_FATAL(expr);
        expr_scope_init(&scope, buf_text(&input));
        clock_t before = clock();
        (void)!expr_eval(expr, &scope.scope, &value, NULL);
        double seconds = (double)(clock() - before) / CLOCKS_PER_SEC;
        CU_ASSERT_TRUE(seconds < 1.0); /* a hundred times what it takes, for slow machines and sanitizers */
        json_decref(value);
        expr_scope_done(&scope);
        expr_free(expr);
    }
    buf_done(&input);
}

void expr_limits_test_suite(void);
void expr_limits_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("definition/expr limits", NULL, NULL);
    CU_add_test(suite, "the length of the text", length);
    CU_add_test(suite, "the depth of the tree", depth_of_the_tree);
    CU_add_test(suite, "the depth of the recursion", depth_of_the_recursion);
    CU_add_test(suite, "all that CEL asks for is possible", what_cel_asks_for);
    CU_add_test(suite, "the largest tree of a text fits", largest_tree);
    CU_add_test(suite, "the step budget", steps);
    CU_add_test(suite, "a used-up budget cannot be absorbed", steps_cannot_be_absorbed);
    CU_add_test(suite, "the memory of an evaluation", memory);
    CU_add_test(suite, "conditions give their memory back", memory_is_given_back);
    CU_add_test(suite, "the size of the result", size_of_the_result);
    CU_add_test(suite, "the depth of the result", depth_of_the_result);
    CU_add_test(suite, "hostile expressions end soon", hostile_expressions_end_soon);
}
