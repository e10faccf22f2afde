/* Turns JSON or a string into the pieces of a template. Everything constant is serialised here, once. */
#include "definition/template_internal.h"

#include "base/limits.h"
#include "base/mem.h"
#include "definition/expr_lex.h"
#include "definition/value.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

struct compile {
    struct template *template;
    template_complaint *complain;
    void *context;
    struct buf pointer; /* of the value at hand */
};

static void compile_value(struct compile *compile, const json_t *value);
static void compile_string(struct compile *compile, const char *text, size_t length);
static struct template *finish(struct compile *compile);
static size_t find_mark(const char *text, size_t length, size_t at);

static struct compile start(bool json, template_complaint *complain, void *context)
{
    struct compile compile = {.complain = complain, .context = context};
    compile.template = mem_new(sizeof *compile.template);
    compile.template->json = json;
    buf_init(&compile.pointer, (size_t)2 * LIMIT_DEFINITION_BYTES); /* ~ becomes ~0 */
    return compile;
}

struct template *template_new(const json_t *value, template_complaint *complain, void *context)
{
    assert(value && complain);
    struct compile compile = start(true, complain, context);
    compile_value(&compile, value);
    return finish(&compile);
}

struct template *template_new_text(const char *text, template_complaint *complain, void *context)
{
    assert(text && complain);
    struct compile compile = start(false, complain, context);
    compile_string(&compile, text, strlen(text));
    return finish(&compile);
}

static struct template *finish(struct compile *compile)
{
    buf_done(&compile->pointer);
    return compile->template;
}

static void complain(struct compile *compile, const struct expr_error *error)
{
    compile->template->broken = true;
    compile->complain(compile->context, buf_text(&compile->pointer), error);
}

/* One step down: "/" and the name, with ~ and / escaped (RFC 6901). Returns what to pop back to. */
static size_t push_name(struct compile *compile, const char *name, size_t length)
{
    size_t before = compile->pointer.length;
    buf_putc(&compile->pointer, '/');
    for (size_t i = 0; i < length; i++) {
        if (name[i] == '~' || name[i] == '/')
            buf_puts(&compile->pointer, name[i] == '~' ? "~0" : "~1");
        else
            buf_putc(&compile->pointer, name[i]);
    }
    return before;
}

static void constant(struct compile *compile, const char *text)
{
    template_add_constant(compile->template, text, strlen(text));
}

/* A piece of a string as it will stand: in JSON with its escapes, but without the quotes. */
static void constant_text(struct compile *compile, const char *text, size_t length)
{
    if (!compile->template->json) {
        template_add_constant(compile->template, text, length);
        return;
    }
    struct buf buf;
    buf_init(&buf, SIZE_MAX / 2);
    buf_put_json(&buf, text, length);
    assert(buf.length >= 2);
    template_add_constant(compile->template, buf.data + 1, buf.length - 2);
    buf_done(&buf);
}

static void compile_array(struct compile *compile, const json_t *array)
{
    constant(compile, "[");
    for (size_t i = 0; i < json_array_size(array); i++) {
        char index[32];
        int length = snprintf(index, sizeof index, "%zu", i);
        size_t before = push_name(compile, index, (size_t)length);
        if (i)
            constant(compile, ",");
        compile_value(compile, json_array_get(array, i));
        compile->pointer.length = before;
    }
    constant(compile, "]");
}

/* Keys are constant: a body has the same shape on every attempt. */
static void compile_key(struct compile *compile, const char *key, size_t length)
{
    constant(compile, "\"");
    for (size_t at = 0, mark; at < length; at = mark + 3) {
        mark = find_mark(key, length, at);
        constant_text(compile, key + at, mark - at);
        if (mark == length)
            break;
        if (key[mark + 1] != '$') {
            struct expr_error error;
            expr_lex_fail(&error, mark, "build the map in one expression: \"${ {...} }\"",
                          "a key cannot hold an expression");
            complain(compile, &error);
            break;
        }
        constant(compile, "${");
    }
    constant(compile, "\":");
}

static void compile_object(struct compile *compile, json_t *object)
{
    bool first = true;
    constant(compile, "{");
    for (void *at = json_object_iter(object); at; at = json_object_iter_next(object, at)) {
        const char *key = json_object_iter_key(at);
        size_t length = json_object_iter_key_len(at);
        size_t before = push_name(compile, key, length);
        if (!first)
            constant(compile, ",");
        compile_key(compile, key, length);
        compile_value(compile, json_object_iter_value(at));
        compile->pointer.length = before;
        first = false;
    }
    constant(compile, "}");
}

static void compile_value(struct compile *compile, const json_t *value)
{
    if (json_is_object(value)) {
        compile_object(compile, (json_t *)(uintptr_t)value); /* jansson's iterators are not const */
        return;
    }
    if (json_is_array(value)) {
        compile_array(compile, value);
        return;
    }
    if (json_is_string(value)) {
        compile_string(compile, json_string_value(value), json_string_length(value));
        return;
    }
    struct buf buf;
    struct value scalar = value_json((json_t *)(uintptr_t)value);
    buf_init(&buf, 64);
    const char *why = value_print_json(&scalar, &buf);
    assert(!why && !buf.full && "JSON data holds finite numbers only");
    (void)why;
    template_add_constant(compile->template, buf.data, buf.length);
    buf_done(&buf);
}

/* The expression behind the "${" at `*at`; `*at` moves behind its "}". NULL and a complaint when it is broken. */
static struct expr *compile_expr(struct compile *compile, const char *text, size_t length, size_t *at)
{
    struct expr_error error;
    size_t first = *at + 2, size = 0;
    struct expr *expr = NULL;
    if (expr_lex_find_end(text + first, length - first, &size, &error)) {
        *at = first + size + 1;
        expr = expr_parse(text + first, size, &error);
    } else {
        *at = length;
    }
    if (!expr) {
        error.offset += first;
        complain(compile, &error);
    }
    return expr;
}

/* Where the next "${" or "$${" begins; `length` when there is none. */
static size_t find_mark(const char *text, size_t length, size_t at)
{
    const char *mark = memmem(text + at, length - at, "${", 2);
    if (!mark)
        return length;
    size_t found = (size_t)(mark - text);
    return found > at && text[found - 1] == '$' ? found - 1 : found;
}

/* Text with expressions in it, without quotes around it. */
static void compile_mixed(struct compile *compile, const char *text, size_t length)
{
    for (size_t at = 0; at < length;) {
        size_t mark = find_mark(text, length, at);
        constant_text(compile, text + at, mark - at);
        at = mark;
        if (mark == length)
            return;
        if (text[mark + 1] == '$') {
            constant(compile, "${");
            at = mark + 3;
            continue;
        }
        struct expr *expr = compile_expr(compile, text, length, &at);
        if (expr)
            template_add_expr(compile->template, PIECE_TEXT, expr, mark + 2, buf_text(&compile->pointer));
    }
}

/* A string that is one "${ }" from its first to its last byte keeps the type of the value. */
static bool is_single(const char *text, size_t length)
{
    struct expr_error ignored;
    size_t size;
    return length > 2 && !memcmp(text, "${", 2) && expr_lex_find_end(text + 2, length - 2, &size, &ignored) &&
           size + 3 == length;
}

static void compile_string(struct compile *compile, const char *text, size_t length)
{
    if (compile->template->json && is_single(text, length)) {
        size_t at = 0;
        struct expr *expr = compile_expr(compile, text, length, &at);
        if (expr)
            template_add_expr(compile->template, PIECE_VALUE, expr, 2, buf_text(&compile->pointer));
        return;
    }
    const char *quote = compile->template->json ? "\"" : "";
    constant(compile, quote);
    compile_mixed(compile, text, length);
    constant(compile, quote);
}

static struct piece *add_piece(struct template *template, enum piece_type type)
{
    if (template->count == template->capacity) {
        template->capacity = template->capacity ? 2 * template->capacity : 4;
        template->pieces = mem_grow(template->pieces, template->capacity * sizeof *template->pieces);
    }
    struct piece *piece = &template->pieces[template->count++];
    *piece = (struct piece){.type = type};
    return piece;
}

void template_add_constant(struct template *template, const char *bytes, size_t length)
{
    struct piece *last = template->count ? &template->pieces[template->count - 1] : NULL;
    if (!length)
        return;
    if (!last || last->type != PIECE_CONSTANT)
        last = add_piece(template, PIECE_CONSTANT);
    if (last->length + length > last->capacity) {
        last->capacity = 2 * (last->length + length);
        last->bytes = mem_grow(last->bytes, last->capacity);
    }
    memcpy(last->bytes + last->length, bytes, length);
    last->length += length;
}

void template_add_expr(struct template *template, enum piece_type type, struct expr *expr, size_t offset,
                       const char *pointer)
{
    assert(type != PIECE_CONSTANT && expr);
    struct piece *piece = add_piece(template, type);
    piece->expr = expr;
    piece->offset = offset;
    piece->pointer = mem_string(pointer);
}
