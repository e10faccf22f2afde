/* definition/template: constants, single and interpolated expressions, escapes, paths, errors with pointers. */
#include "base/buf.h"
#include "definition/template.h"
#include "expr_scope.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

static const char INPUT[] =
    "{\"id\": \"o-1\", \"n\": 3, \"rate\": 0.1, \"ok\": true, \"none\": null, \"list\": [1, {\"a\": 2}],"
    " \"quote\": \"a\\\"b\\\\c\\n\", \"path\": \"a/b ?\\u00e9~._-\", \"empty\": \"\","
    " \"dots\": \"..\", \"dot\": \".\", \"crlf\": \"x\\r\\nEvil: 1\"}";

/* Complaints as "pointer@offset: text", one per line. */
static void complain(void *context, const char *pointer, const struct expr_error *error)
{
    buf_printf(context, "%s@%zu: %s\n", pointer, error->offset, error->text);
}

static struct template *compile(const char *json)
{
    json_error_t error;
    struct buf complaints;
    buf_init(&complaints, 1 << 16);
    json_t *value = json_loads(json, JSON_DECODE_ANY, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(value);
    struct template *template = template_new(value, complain, &complaints);
    if (!template)
        printf("\n    %s: %s\n", json, buf_text(&complaints));
    CU_ASSERT_FALSE_FATAL(template_broken(template));
    json_decref(value);
    buf_done(&complaints);
    return template;
}

static void expect(const char *json, const char *expected)
{
    struct expr_scope scope;
    struct error error = {0};
    struct buf buf;
    struct template *template = compile(json);
    expr_scope_init(&scope, INPUT);
    buf_init(&buf, 1 << 16);
    CU_ASSERT_EQUAL(template_print(template, &scope.scope, &buf, &error), 0);
    if (strcmp(buf_text(&buf), expected) != 0)
        printf("\n    %s\n    expected %s\n    got      %s %s\n", json, expected, buf_text(&buf), error.text);
    CU_ASSERT_STRING_EQUAL(buf_text(&buf), expected);
    buf_done(&buf);
    expr_scope_done(&scope);
    template_free(template);
}

static void expect_failure(const char *json, const char *fragment)
{
    struct expr_scope scope;
    struct error error = {0};
    struct buf buf;
    struct template *template = compile(json);
    expr_scope_init(&scope, INPUT);
    buf_init(&buf, 1 << 16);
    CU_ASSERT_EQUAL(template_print(template, &scope.scope, &buf, &error), ERROR_INVALID);
    if (!strstr(error.text, fragment))
        printf("\n    %s\n    expected %s\n    got      %s\n", json, fragment, error.text);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, fragment));
    CU_ASSERT_EQUAL(template_print(template, &scope.scope, &buf, NULL), ERROR_INVALID);
    buf_done(&buf);
    expr_scope_done(&scope);
    template_free(template);
}

/* expected NULL: it must fail with `fragment`. */
static void expect_text(const char *text, bool percent, const char *expected, const char *fragment)
{
    struct expr_scope scope;
    struct error error = {0};
    struct buf buf;
    struct template *template = template_new_text(text, complain, &buf);
    CU_ASSERT_FALSE_FATAL(template_broken(template));
    expr_scope_init(&scope, INPUT);
    buf_init(&buf, 1 << 16);
    buf_puts(&buf, "http://host?/"); /* it appends, and what stands before is not its business */
    int code = template_print_text(template, &scope.scope, percent, &buf, &error);
    bool good = expected ? !code && !strcmp(buf_text(&buf) + 13, expected)
                         : code == ERROR_INVALID && strstr(error.text, fragment);
    if (!good)
        printf("\n    %s: got %s %s\n", text, buf_text(&buf) + 13, error.text);
    CU_ASSERT_TRUE(good);
    buf_done(&buf);
    expr_scope_done(&scope);
    template_free(template);
}

static void expect_complaints(const char *json, const char *expected)
{
    json_error_t error;
    struct buf complaints;
    buf_init(&complaints, 1 << 16);
    json_t *value = json_loads(json, JSON_DECODE_ANY, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(value);
    struct template *template = template_new(value, complain, &complaints);
    CU_ASSERT_TRUE(template_broken(template));
    template_free(template);
    if (strcmp(buf_text(&complaints), expected) != 0)
        printf("\n    %s\n    expected %s    got      %s\n", json, expected, buf_text(&complaints));
    CU_ASSERT_STRING_EQUAL(buf_text(&complaints), expected);
    json_decref(value);
    buf_done(&complaints);
}

static void constants(void)
{
    expect("1", "1");
    expect("null", "null");
    expect("\"text\"", "\"text\"");
    expect("0.1", "0.1");
    expect("5.0", "5.0");
    expect("{}", "{}");
    expect("[]", "[]");
    expect("{\"b\": [1, true, null, \"\\u0001\\\"\"], \"a\": {\"c\": -1.5e300}}",
           "{\"b\":[1,true,null,\"\\u0001\\\"\"],\"a\":{\"c\":-1.5e+300}}");
    struct template *constant = compile("{\"a\": [1, \"$${x}\"]}");
    struct template *variable = compile("{\"a\": [1, \"${ 1 }\"]}");
    CU_ASSERT_TRUE(template_constant(constant));
    CU_ASSERT_FALSE(template_constant(variable));
    template_free(constant);
    template_free(variable);
}

static void a_single_expression_keeps_its_type(void)
{
    expect("\"${ input.n }\"", "3");
    expect("\"${input.n}\"", "3");
    expect("\"${ input.list }\"", "[1,{\"a\":2}]");
    expect("\"${ input.none }\"", "null");
    expect("\"${ input.ok }\"", "true");
    expect("\"${ input.rate }\"", "0.1");
    expect("\"${ input.quote }\"", "\"a\\\"b\\\\c\\n\"");
    expect("\"${ {'a': {'b': input.n}} }\"", "{\"a\":{\"b\":3}}");
    expect("\"${ '}' }\"", "\"}\"");
    expect("\"${ \\\"{\\\" }\"", "\"{\"");
    expect("\"${ timestamp(now) + duration('1h') }\"", "\"2025-01-31T13:00:00Z\"");
    expect("[\"${ input.n }\", {\"k\": \"${ input.id }\"}]", "[3,{\"k\":\"o-1\"}]");
    expect("\"${ steps.pay.output }\"", "{\"id\":\"p-1\",\"amount\":500}");
}

static void text_is_interpolated(void)
{
    expect("\"Order ${ input.id } of ${ input.n }\"", "\"Order o-1 of 3\"");
    expect("\" ${ input.n }\"", "\" 3\"");
    expect("\"${ input.n }${ input.ok }\"", "\"3true\"");
    expect("\"${ input.n } \"", "\"3 \"");
    expect("\"<${ input.quote }>\"", "\"<a\\\"b\\\\c\\n>\"");
    expect("\"\\\"${ input.rate }\\\"\"", "\"\\\"0.1\\\"\"");
    expect("\"at ${ timestamp(0) }, ${ duration('90s') }\"", "\"at 1970-01-01T00:00:00Z, 90s\"");
    expect("\"${ '{' }${ '}' }\"", "\"{}\"");
    expect("\"[${ input.empty }]\"", "\"[]\"");
}

static void the_escape(void)
{
    expect("\"$${ input.n }\"", "\"${ input.n }\"");
    expect("\"a $${b} ${ input.n }\"", "\"a ${b} 3\"");
    expect("\"$$${ input.n }\"", "\"$${ input.n }\"");
    expect("\"$ { $x {} $\"", "\"$ { $x {} $\"");
    expect("\"$\"", "\"$\"");
    expect("\"$$\"", "\"$$\"");
    expect("\"$${\"", "\"${\"");
    expect("\"${ '$${' }\"", "\"$${\"");
    expect("{\"$${k}\": 1, \"$k\": 2}", "{\"${k}\":1,\"$k\":2}");
}

static void failures_name_the_place(void)
{
    expect_failure("{\"a\": [0, \"${ input.nope }\"]}", "/a/1: input.nope: there is no such field");
    expect_failure("{\"x/y~z\": \"${ input.nope }\"}", "/x~1y~0z: input.nope");
    expect_failure("\"${ input.nope }\"", "input.nope: there is no such field");
    expect_failure("\"x ${ input.list }\"", "only a string, number or bool can stand within text, found list");
    expect_failure("\"x ${ input.none }\"", "only a string, number or bool can stand within text, found null");
    expect_failure("{\"m\": \"x ${ input }\"}", "/m: input: only a string, number or bool");
    expect_failure("\"${ 1.0 / 0.0 }\"", "not a finite number");
    expect_failure("\"${ {1: 2} }\"", "a key that is not a string");
}

static void complaints_name_the_place(void)
{
    expect_complaints("{\"a\": [\"${ 1 + }\"]}", "/a/0@7: expected a value, found the end\n");
    expect_complaints("\"${ a\"", "@2: the ${ is not closed by a }\n");
    expect_complaints("\"x ${ 'a }\"", "@5: the string has no closing '\n");
    expect_complaints("\"${}\"", "@2: expected an expression, found nothing\n");
    expect_complaints("\"${ sise(1) } ${ 1 2 }\"",
                      "@3: there is no function sise()\n@18: expected the end, found a number\n");
    expect_complaints("{\"b\": \"${ ) }\", \"a\": \"${ ( }\"}",
                      "/b@3: expected a value, found )\n/a@5: expected a value, found the end\n");
    expect_complaints("{\"k${ 1 }\": 1}", "/k${ 1 }@1: a key cannot hold an expression\n");
    expect_complaints("[{\"a/b\": {\"\": \"${ # }\"}}]", "/0/a~1b/@3: unexpected character #\n");
}

static void paths_are_percent_encoded(void)
{
    expect_text("/orders/${ input.id }", true, "/orders/o-1", NULL);
    expect_text("/a b/${ input.path }", true, "/a b/a%2Fb%20%3F%C3%A9~._-", NULL);
    expect_text("/x?q=${ input.path }&n=${ input.n }", true, "/x?q=a%2Fb%20%3F%C3%A9~._-&n=3", NULL);
    expect_text("/x/${ input.crlf }", true, "/x/x%0D%0AEvil%3A%201", NULL);
    expect_text("/x/${ input.ok }/${ input.rate }", true, "/x/true/0.1", NULL);
    expect_text("/static", true, "/static", NULL);
    expect_text("/$${x}", true, "/${x}", NULL);
    expect_text("/x/${ input.list }", true, NULL, "can stand within text, found list");
}

static void paths_keep_their_shape(void)
{
    expect_text("/orders/${ input.empty }", true, NULL, "at 10: the value is empty");
    expect_text("/orders/${ input.empty }/items", true, NULL, "the value is empty");
    expect_text("/orders/${ input.empty }?all=1", true, NULL, "the value is empty");
    expect_text("/orders/${ input.empty }${ input.empty }", true, NULL, "the value is empty");
    expect_text("/orders/${ input.empty }${ input.empty }/x", true, NULL, "the value is empty");
    expect_text("${ input.id }/${ input.empty }", true, NULL, "the value is empty");
    expect_text("/orders/${ input.empty }${ input.id }", true, "/orders/o-1", NULL);
    expect_text("/orders/${ input.empty }x", true, "/orders/x", NULL);
    expect_text("/orders${ input.empty }", true, "/orders", NULL);
    expect_text("/orders/", true, "/orders/", NULL);
    expect_text("/orders?q=/${ input.empty }", true, "/orders?q=/", NULL);
    expect_text("/orders/${ input.dots }", true, NULL, "the path would have a segment \"..\"");
    expect_text("/orders/${ input.dots }/x", true, NULL, "the path would have a segment \"..\"");
    expect_text("/orders/${ input.dot }${ input.dot }", true, NULL, "the path would have a segment \"..\"");
    expect_text("/orders/${ input.dot }", true, NULL, "the path would have a segment \".\"");
    expect_text("/orders/a${ input.dots }", true, "/orders/a..", NULL);
    expect_text("/orders?q=${ input.dots }/../x", true, "/orders?q=../../x", NULL);
}

static void header_values_are_one_line(void)
{
    expect_text("Bearer ${ input.id }", false, "Bearer o-1", NULL);
    expect_text("${ input.path }", false, "a/b ?\xc3\xa9~._-", NULL);
    expect_text("${ input.empty }", false, "", NULL);
    expect_text("", false, "", NULL);
    expect_text("x: ${ input.crlf }", false, NULL, "at 5: the value holds a control character");
    expect_text("${ '\\x7f' }", false, NULL, "control character");
    expect_text("${ input.dots }/..", false, "../..", NULL);
}

static void a_full_buffer_is_too_large(void)
{
    static const char *const jsons[] = {"\"0123456789\"", "\"${ '0123456789' }\"", "\"0123${ '456789' }\"",
                                        "[\"${ input.list }\", \"${ input.list }\"]"};
    struct expr_scope scope;
    expr_scope_init(&scope, INPUT);
    for (size_t i = 0; i < sizeof jsons / sizeof jsons[0]; i++) {
        struct template *template = compile(jsons[i]);
        for (size_t max = 0; max < 10; max++) {
            struct buf buf;
            struct error error = {0};
            buf_init(&buf, max);
            CU_ASSERT_EQUAL(template_print(template, &scope.scope, &buf, &error), ERROR_TOO_LARGE);
            CU_ASSERT_TRUE(buf.length <= max);
            buf_done(&buf);
        }
        template_free(template);
    }
    struct buf buf;
    struct template *text = template_new_text("/0123/${ '/' }", complain, NULL);
    buf_init(&buf, 8);
    CU_ASSERT_EQUAL(template_print_text(text, &scope.scope, true, &buf, NULL), ERROR_TOO_LARGE);
    template_free(text);
    buf_done(&buf);
    expr_scope_done(&scope);
}

static void visit(void *context, const char *pointer, const char *const *path, size_t path_length, size_t offset,
                  bool guarded)
{
    buf_printf(context, "%s@%zu%s", pointer, offset, guarded ? "?" : "");
    for (size_t i = 0; i < path_length; i++)
        buf_printf(context, ".%s", path[i]);
    buf_putc(context, ' ');
}

static void references_have_pointers(void)
{
    struct buf buf;
    buf_init(&buf, 1 << 16);
    struct template *template =
        compile("{\"a\": \"x ${ input.b } ${ has(steps.p.key) }\", \"c\": [\"${ saga.id }\", 5]}");
    template_visit(template, visit, &buf);
    CU_ASSERT_STRING_EQUAL(buf_text(&buf), "/a@5.input.b /a@22?.steps.p.key /c/0@3.saga.id ");
    template_free(template);
    buf_done(&buf);
}

void template_test_suite(void);
void template_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("definition/template", NULL, NULL);
    CU_add_test(suite, "constants come out as compact JSON", constants);
    CU_add_test(suite, "a single expression keeps its type", a_single_expression_keeps_its_type);
    CU_add_test(suite, "within text, values are interpolated", text_is_interpolated);
    CU_add_test(suite, "$${ is a literal ${", the_escape);
    CU_add_test(suite, "failures name the place", failures_name_the_place);
    CU_add_test(suite, "complaints name the place", complaints_name_the_place);
    CU_add_test(suite, "paths are percent-encoded", paths_are_percent_encoded);
    CU_add_test(suite, "values cannot change the shape of a path", paths_keep_their_shape);
    CU_add_test(suite, "header values are one line", header_values_are_one_line);
    CU_add_test(suite, "a full buffer is an error", a_full_buffer_is_too_large);
    CU_add_test(suite, "references have pointers", references_have_pointers);
}
