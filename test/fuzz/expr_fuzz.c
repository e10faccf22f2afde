/* Fuzzes expressions. `make fuzz` builds it with libFuzzer and all of the coordinator.
 *
 * The input is an expression, and behind the first NUL byte the JSON that `input` is. Whatever they are: the
 * parser ends with a tree or a placed error, an evaluation ends within its limits, says why when it fails,
 * comes out the same again, and prints what it returns. */
#include "base/buf.h"
#include "base/limits.h"
#include "definition/expr.h"
#include "definition/expr_internal.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static json_t *input;
static json_t *steps;

static json_t *variable(void *context, const char *name)
{
    (void)context;
    return strcmp(name, "input") != 0 ? NULL : input;
}

static json_t *step(void *context, const char *id)
{
    (void)context;
    return json_object_get(steps, id);
}

static void visit(void *context, const char *const *path, size_t path_length, size_t offset, bool guarded)
{
    const size_t *length = context;
    (void)guarded;
    assert(offset < *length && path_length > 0);
    for (size_t i = 0; i < path_length; i++)
        assert(strlen(path[i]) <= *length);
}

/* The two ways to a result agree, and a JSON reader takes what is printed. */
static void compare(const struct expr *expr, const struct scope *scope, const json_t *value)
{
    struct buf buf;
    json_error_t json_error;
    buf_init(&buf, (size_t)64 << 20);
    int code = expr_print_json(expr, scope, &buf, NULL);
    assert(!code && !buf.full);
    json_t *printed = json_loadb(buf.data, buf.length, JSON_DECODE_ANY | JSON_ALLOW_NUL, &json_error);
    assert(printed && json_equal(printed, value));
    json_decref(printed);
    buf_done(&buf);
}

static void evaluate(const struct expr *expr)
{
    const struct scope scope = {.variable = variable, .step = step};
    struct error error = {0}, again_error = {0};
    json_t *value = NULL, *again = NULL;
    bool truth = false;
    int code = expr_eval(expr, &scope, &value, &error);
    assert(code == expr_eval(expr, &scope, &again, &again_error));
    assert((code == 0) == (value != NULL));
    assert(code == 0 || (code == ERROR_INVALID && *error.text && !strcmp(error.text, again_error.text)));
    assert(!value || json_equal(value, again));
    int test = expr_test(expr, &scope, &truth, NULL);
    assert((test == 0) == (value && json_is_boolean(value)));
    if (value)
        compare(expr, &scope, value);
    json_decref(value);
    json_decref(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = size ? memchr(data, 0, size) : NULL;
    size_t length = end ? (size_t)(end - data) : size;
    json_error_t json_error;
    struct expr_error error = {0};
    struct expr *expr = expr_parse((const char *)data, length, &error);
    assert(expr || (error.offset <= length && *error.text));
    if (!expr)
        return 0;
    expr_visit(expr, visit, &length);
    if (!steps)
        steps = json_loads("{\"pay\": {\"key\": \"k\", \"output\": {\"id\": 1}}}", 0, &json_error);
    if (end)
        input = json_loadb((const char *)end + 1, size - length - 1, JSON_DECODE_ANY, &json_error);
    if (!input)
        input = json_loads("{\"a\": [1, 2.5, \"x\", null, true, {\"b\": []}], \"s\": \"a,b\", \"n\": 7}", 0,
                           &json_error);
    evaluate(expr);
    json_decref(input);
    input = NULL;
    expr_free(expr);
    return 0;
}
