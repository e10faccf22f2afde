/* definition/expr: which references an expression has, where, and which of them a has() guards. */
#include "base/buf.h"
#include "definition/expr.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

/* One line of what was visited: "path@offset", with a ? behind it when it is guarded. */
static void visit(void *context, const char *const *path, size_t path_length, size_t offset, bool guarded)
{
    struct buf *buf = context;
    if (buf->length)
        buf_putc(buf, ' ');
    for (size_t i = 0; i < path_length; i++)
        buf_printf(buf, "%s%s", i ? "/" : "", path[i]);
    buf_printf(buf, "@%zu%s", offset, guarded ? "?" : "");
}

static void expect(const char *text, const char *expected)
{
    struct expr_error error = {0};
    struct buf buf;
    struct expr *expr = expr_parse(text, strlen(text), &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(expr);
    buf_init(&buf, 1 << 16);
    expr_visit(expr, visit, &buf);
    if (strcmp(buf_text(&buf), expected) != 0)
        printf("\n    %s\n    expected %s\n    got      %s\n", text, expected, buf_text(&buf));
    CU_ASSERT_STRING_EQUAL(buf_text(&buf), expected);
    buf_done(&buf);
    expr_free(expr);
}

static void finds_paths(void)
{
    expect("1 + 2", "");
    expect("input", "input@0");
    expect("steps.pay.output.id", "steps/pay/output/id@0");
    expect("steps['pay'].output[\"the id\"].x", "steps/pay/output/the id/x@0");
    expect("  input.a + input.b", "input/a@2 input/b@12");
    expect("(input.a).b", "input/a/b@1");
    expect("input.items[0].sku", "input/items@0");
    expect("input.items[input.n].sku", "input/items@0 input/n@12");
    expect("input[now].x", "input@0 now@6");
    expect("input.a.size()", "input/a@0");
    expect("min(input.a, [steps.x.key], {'k': saga.id})", "input/a@4 steps/x/key@14 saga/id@34");
    expect("-input.a", "input/a@1");
    expect("!input.a", "input/a@1");
    expect("input.a ? input.b : input.c", "input/a@0 input/b@10 input/c@20");
    expect("input.a in input.b", "input/a@0 input/b@11");
    expect("{input.k: 1}", "input/k@1");
}

static void leaves_out_the_variables_of_macros(void)
{
    expect("input.items.map(i, i.sku)", "input/items@0");
    expect("input.items.map(i, i.sku + input.x)", "input/items@0 input/x@27");
    expect("input.a.all(x, input.b.all(y, x.p == y.q && z))", "input/a@0 input/b@15 z@44");
    expect("[1].map(input, input.a)", "");
    expect("[1].map(x, x) + x", "x@16");
    expect("[1].map(x, x[input.k])", "input/k@13");
}

static void marks_what_has_tests(void)
{
    expect("has(input.a)", "input/a@4?");
    expect("has(steps.pay.output.id)", "steps/pay/output/id@4?");
    expect("has(input.l[0].a)", "input/l@4");
    expect("!has(input.a)", "input/a@5?");
    expect("[1].all(x, has(x.a))", "");
}

static void marks_what_stands_behind_has(void)
{
    expect("has(input.a) && input.a > 1", "input/a@4? input/a@16?");
    expect("input.a > 1 && has(input.a)", "input/a@0? input/a@19?");
    expect("has(input.a) ? input.a : input.b", "input/a@4? input/a@15? input/b@25");
    expect("!has(input.a) || input.a > 1", "input/a@5? input/a@17?");
    expect("!has(input.a) ? 0 : input.a", "input/a@5? input/a@20?");
    expect("!!has(input.a) && input.a", "input/a@6? input/a@18?");
    expect("has(steps.x.output) && steps.x.output.id == 1", "steps/x/output@4? steps/x/output/id@23?");
    expect("has(input.a.b) ? input.a : 0", "input/a/b@4? input/a@17?");
    expect("has(input.a) && has(input.b) && input.a == input.b", "input/a@4? input/b@20? input/a@32? input/b@43?");
    expect("(has(input.a) && input.x) ? input.a : 0", "input/a@5? input/x@17 input/a@28?");
    expect("!(has(input.a) && has(input.b)) || input.a == input.b",
           "input/a@6? input/b@22? input/a@35? input/b@46?");
    expect("has(input.a) ? (input.b ? input.a : 1) : 2", "input/a@4? input/b@16 input/a@26?");
    expect("has(input.l) && input.l.all(x, x > input.l[0])", "input/l@4? input/l@16? input/l@35?");
    expect("has(input['a'].b) && input.a.b", "input/a/b@4? input/a/b@21?");
}

static void does_not_mark_what_has_does_not_decide(void)
{
    expect("has(input.a) || input.a > 1", "input/a@4? input/a@16");
    expect("has(input.a) ? 1 : input.a", "input/a@4? input/a@19");
    expect("!has(input.a) && input.a > 1", "input/a@5? input/a@17");
    expect("has(input.a) == true && input.a", "input/a@4? input/a@24");
    expect("has(input.a) && input.b", "input/a@4? input/b@16");
    expect("has(input.a) ? input.ab : 0", "input/a@4? input/ab@15");
    expect("[has(input.a), input.a]", "input/a@5? input/a@15");
    expect("(has(input.a) || input.x) ? input.a : 0", "input/a@5? input/x@17 input/a@28");
    expect("(has(input.a) && input.a) || input.a", "input/a@5? input/a@17? input/a@29");
}

void expr_visit_test_suite(void);
void expr_visit_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("definition/expr references", NULL, NULL);
    CU_add_test(suite, "finds the longest constant paths", finds_paths);
    CU_add_test(suite, "leaves out the variables of macros", leaves_out_the_variables_of_macros);
    CU_add_test(suite, "marks what has() tests", marks_what_has_tests);
    CU_add_test(suite, "marks what stands behind a has()", marks_what_stands_behind_has);
    CU_add_test(suite, "does not mark what has() does not decide", does_not_mark_what_has_does_not_decide);
}
