/* Going through a saga file: expressions that read what only a run can tell are replaced. */
#include "cli/guess.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "cli/cli.h"
#include "cli/guess_input.h"
#include "definition/expr.h"
#include "definition/expr_lex.h"
#include "definition/nesting.h"

#include <assert.h>
#include <string.h>

enum { PLACEHOLDER_BYTES = 160 }; /* a longer expression is cut: it must be read, not run */

/* A saga among those that belong together. */
struct known {
    json_t *shapes; /* of the inputs that it may get */
    char *path;     /* the first way to it, "flight/"; NULL: it is the outermost */
};

struct walk {
    struct guess *guess;
    const struct saga *sagas;
    struct known *known; /* as many */
    size_t count;
    size_t which;          /* the saga that is gone through */
    const char *step;      /* id of the step around */
    const char *loops[64]; /* variables of forEach whose items are not known */
    size_t loops_count;
};

struct look {
    const struct walk *walk;
    bool unknown;
};

static void walk_node(struct walk *walk, json_t *node);
static void walk_saga(struct walk *walk);
static void walk_member(struct walk *walk, json_t *node, const char *key, json_t *value);
static void walk_child(struct walk *walk, json_t *child);
static bool knows_text(void *context, const char *text);
static void walk_loop(struct walk *walk, json_t *loop);
static void walk_bare(struct walk *walk, json_t *object, const char *key);
static json_t *walk_template(struct walk *walk, json_t *value);
static json_t *fill_in(struct walk *walk, const char *text);
static bool is_unknown(const struct walk *walk, const char *text, size_t length);
static void look_at(void *context, const char *const *path, size_t count, size_t offset, bool guarded);
static void assume(struct walk *walk, const char *key, const char *expression, const char *assumed);
static char *placeholder(struct walk *walk, const char *text, size_t length);
static char *literal(const char *text);

/* Parents before their children, which learn from them what they know. */
struct guess guess_make(const struct saga *sagas, size_t count, bool input)
{
    struct guess guess = {json_array(), json_array(), json_array()};
    struct walk walk = {.guess = &guess, .sagas = sagas, .count = count};
    const struct definition **definitions = mem_array(count, sizeof *definitions);
    size_t *order = mem_array(count, sizeof *order);
    walk.known = mem_array(count, sizeof *walk.known);
    for (size_t i = 0; i < count; i++) {
        definitions[i] = sagas[i].definition;
        walk.known[i].shapes = json_array();
        json_array_append_new(guess.sagas, json_deep_copy(sagas[i].root));
    }
    json_array_append_new(walk.known[0].shapes, json_boolean(input));
    nesting_order(definitions, count, order);
    for (size_t i = count; i-- > 0;) {
        walk.which = order[i];
        walk_saga(&walk);
    }
    for (size_t i = 0; i < count; i++) {
        json_decref(walk.known[i].shapes);
        mem_free(walk.known[i].path);
    }
    json_array_append_new(guess.placeholders, json_string(GUESS_ID));
    mem_free(walk.known);
    mem_free(definitions);
    mem_free(order);
    return guess;
}

/* A schema is no template, and refuses placeholders. */
static void walk_saga(struct walk *walk)
{
    json_t *saga = json_array_get(walk->guess->sagas, walk->which);
    json_t *schema = json_incref(json_object_get(saga, "input"));
    json_object_del(saga, "input");
    walk->step = NULL;
    walk_node(walk, saga);
    if (schema && guess_input_knows(walk->known[walk->which].shapes, NULL, 1))
        json_object_set(saga, "input", schema);
    json_decref(schema);
}

void guess_done(struct guess *guess)
{
    json_decref(guess->sagas);
    json_decref(guess->assumed);
    json_decref(guess->placeholders);
    *guess = (struct guess){0};
}

json_t *guess_path(const struct guess *guess, const char *path)
{
    struct buf plain, encoded;
    size_t count = json_array_size(guess->placeholders);
    buf_init(&plain, OUTPUT_BYTES);
    buf_init(&encoded, OUTPUT_BYTES);
    for (size_t step; *path; path += step) {
        step = 1;
        for (size_t i = 0; *path == '%' && i < count; i++) {
            const char *text = json_string_value(json_array_get(guess->placeholders, i));
            buf_clear(&encoded);
            cli_put_encoded(&encoded, text);
            if (strncmp(path, buf_text(&encoded), encoded.length) != 0)
                continue;
            buf_puts(&plain, text);
            step = encoded.length;
            break;
        }
        if (step == 1)
            buf_putc(&plain, *path);
    }
    json_t *made = json_stringn(buf_text(&plain), plain.length);
    buf_done(&plain);
    buf_done(&encoded);
    return made;
}

/* The saga, a step, a group or a case. What a forEach brings is known, or not, before anything else is looked at.
 */
static void walk_node(struct walk *walk, json_t *node)
{
    const char *outer = walk->step, *id = json_string_value(json_object_get(node, "id")), *key;
    size_t loops = walk->loops_count;
    json_t *value;
    void *next;
    if (id)
        walk->step = id;
    walk_loop(walk, json_object_get(node, "forEach"));
    json_object_del(node, "outcomes"); /* every answer that is played is what it looks like */
    json_object_foreach_safe(node, next, key, value) walk_member(walk, node, key, value);
    walk->step = outer;
    walk->loops_count = loops;
}

static void walk_member(struct walk *walk, json_t *node, const char *key, json_t *value)
{
    static const char *const inner[] = {"steps", "parallel", "switch"};
    for (size_t i = 0; i < sizeof inner / sizeof *inner; i++)
        if (strcmp(key, inner[i]) == 0) {
            for (size_t k = 0; k < json_array_size(value); k++)
                walk_node(walk, json_array_get(value, k));
            return;
        }
    if (strcmp(key, "when") == 0)
        walk_bare(walk, node, key);
    else if (strcmp(key, "forEach") == 0 || strcmp(key, "lock") == 0)
        walk_bare(walk, value, "key");
    else if (strcmp(key, "saga") == 0)
        walk_child(walk, value);
    else if (strcmp(key, "description") != 0)
        json_object_set_new(node, key, walk_template(walk, value));
}

/* A child is told what its parent knows; without an input of its own it gets its parent's. */
static void walk_child(struct walk *walk, json_t *child)
{
    int step = definition_find_step(walk->sagas[walk->which].definition, walk->step);
    const struct saga *saga =
        saga_child(walk->sagas, walk->count, &walk->sagas[walk->which].definition->steps[step]);
    json_t *input = json_object_get(child, "input");
    const struct known *own = &walk->known[walk->which];
    struct known *known = saga ? &walk->known[saga - walk->sagas] : NULL;
    if (known && input)
        json_array_append_new(known->shapes, guess_input_shape(input, knows_text, walk));
    else if (known)
        json_array_extend(known->shapes, own->shapes);
    if (known && !known->path) {
        struct buf path;
        buf_init(&path, OUTPUT_BYTES);
        buf_printf(&path, "%s%s/", own->path ? own->path : "", walk->step);
        known->path = buf_take(&path, NULL);
    }
    if (input)
        json_object_set_new(child, "input", walk_template(walk, input));
}

/* Whether a string can be filled in: whether nothing in it would become a placeholder. */
static bool knows_text(void *context, const char *text)
{
    struct walk *walk = context;
    bool known = true;
    size_t length = strlen(text);
    for (size_t at = 0, size; at < length; at++) {
        struct expr_error ignored;
        if (strncmp(text + at, "$${", 3) == 0) {
            at += 2;
        } else if (strncmp(text + at, "${", 2) == 0 &&
                   expr_lex_find_end(text + at + 2, length - at - 2, &size, &ignored)) {
            known &= !is_unknown(walk, text + at + 2, size);
            at += size + 2;
        }
    }
    return known;
}

/* A member that is an expression as it stands. */
static void walk_bare(struct walk *walk, json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    bool when = strcmp(key, "when") == 0;
    if (!text || !is_unknown(walk, text, strlen(text)))
        return;
    char *one = placeholder(walk, text, strlen(text)), *other = literal(one);
    assume(walk, key, text, when ? "true" : one);
    json_object_set_new(object, key, json_string(when ? "true" : other));
    mem_free(one);
    mem_free(other);
}

/* A value whose strings may hold expressions: a new one. */
static json_t *walk_template(struct walk *walk, json_t *value)
{
    const char *text = json_string_value(value), *key;
    json_t *member;
    if (text)
        return strstr(text, "${") ? fill_in(walk, text) : json_incref(value);
    json_t *made = json_is_object(value)  ? json_object()
                   : json_is_array(value) ? json_array()
                                          : json_incref(value);
    if (json_is_object(value))
        json_object_foreach(value, key, member) json_object_set_new(made, key, walk_template(walk, member));
    for (size_t i = 0; i < json_array_size(value); i++)
        json_array_append_new(made, walk_template(walk, json_array_get(value, i)));
    return made;
}

static void walk_loop(struct walk *walk, json_t *loop)
{
    const char *in = json_string_value(json_object_get(loop, "in"));
    const char *as = json_string_value(json_object_get(loop, "as"));
    if (!in || !is_unknown(walk, in, strlen(in)) || walk->loops_count + 2 > 64)
        return;
    struct buf list;
    char *one = placeholder(walk, in, strlen(in)), *text = literal(one);
    buf_init(&list, OUTPUT_BYTES);
    buf_printf(&list, "[%s]", text);
    assume(walk, "forEach", in, "one item");
    json_object_set_new(loop, "in", json_string(buf_text(&list)));
    walk->loops[walk->loops_count++] = as ? as : "item";
    walk->loops[walk->loops_count++] = "index";
    buf_done(&list);
    mem_free(one);
    mem_free(text);
}

/* A template in which every expression that cannot be known is a placeholder; as long as it is a template. */
static json_t *fill_in(struct walk *walk, const char *text)
{
    struct buf made;
    size_t length = strlen(text);
    buf_init(&made, OUTPUT_BYTES);
    for (size_t at = 0, size; at < length;) {
        struct expr_error ignored;
        bool escaped = strncmp(text + at, "$${", 3) == 0, opens = strncmp(text + at, "${", 2) == 0;
        if (opens && expr_lex_find_end(text + at + 2, length - at - 2, &size, &ignored)) {
            if (is_unknown(walk, text + at + 2, size)) {
                char *one = placeholder(walk, text + at + 2, size), *other = literal(one);
                buf_printf(&made, "${ %s }", other);
                mem_free(one);
                mem_free(other);
            } else {
                buf_put(&made, text + at, size + 3);
            }
            at += size + 3;
        } else {
            size = escaped ? 3 : 1;
            buf_put(&made, text + at, size);
            at += size;
        }
    }
    json_t *value = json_stringn(buf_text(&made), made.length);
    buf_done(&made);
    return value;
}

/* Whether it reads anything that only a run can tell. What is no expression is left to the validator. */
static bool is_unknown(const struct walk *walk, const char *text, size_t length)
{
    struct expr_error ignored;
    struct look look = {.walk = walk};
    struct expr *expr = expr_parse(text, length, &ignored);
    if (expr)
        expr_visit(expr, look_at, &look);
    expr_free(expr);
    return look.unknown;
}

static void look_at(void *context, const char *const *path, size_t count, size_t offset, bool guarded)
{
    (void)offset;
    (void)guarded;
    struct look *look = context;
    const char *root = path[0], *member = count > 2 ? path[2] : "";
    bool known = true;
    if (strcmp(root, "steps") == 0)
        known = strcmp(member, "key") == 0 || strcmp(member, "status") == 0;
    else if (strcmp(root, "saga") == 0)
        known = count > 1 && strcmp(path[1], "startedAt") != 0;
    else if (strcmp(root, "input") == 0)
        known = guess_input_knows(look->walk->known[look->walk->which].shapes, path, count);
    else if (strcmp(root, "now") == 0 || strcmp(root, "callback") == 0)
        known = false;
    for (size_t i = 0; i < look->walk->loops_count; i++)
        known &= strcmp(root, look->walk->loops[i]) != 0;
    look->unknown |= !known;
}

static void assume(struct walk *walk, const char *key, const char *expression, const char *assumed)
{
    json_t *row = json_object();
    const char *before = walk->known[walk->which].path;
    if (walk->step)
        json_object_set_new(row, "step", json_sprintf("%s%s", before ? before : "", walk->step));
    json_object_set_new(row, "key", json_string(key));
    json_object_set_new(row, "expression", json_string(expression));
    json_object_set_new(row, "assumed", json_string(assumed));
    json_array_append_new(walk->guess->assumed, row);
}

/* "<steps.pay.output.id>": the expression in one line. */
static char *placeholder(struct walk *walk, const char *text, size_t length)
{
    struct buf made;
    bool space = false, cut = false;
    buf_init(&made, OUTPUT_BYTES);
    buf_putc(&made, '<');
    for (size_t i = 0, width; i < length && !cut; i += width) {
        width = utf8_width(text + i, length - i);
        width = width ? width : 1;
        bool blank = text[i] == ' ' || text[i] == '\n' || text[i] == '\t' || text[i] == '\r';
        if (!blank && space && made.length > 1)
            buf_putc(&made, ' ');
        if (!blank)
            buf_put(&made, text + i, width);
        space = blank;
        cut = made.length > PLACEHOLDER_BYTES;
    }
    buf_puts(&made, cut ? "...>" : ">");
    json_array_append_new(walk->guess->placeholders, json_stringn(buf_text(&made), made.length));
    return buf_take(&made, NULL);
}

/* The text as a string of the expression language. */
static char *literal(const char *text)
{
    struct buf made;
    buf_init(&made, OUTPUT_BYTES);
    buf_putc(&made, '"');
    for (; *text; text++) {
        assert(*text != '\n');
        if (*text == '"' || *text == '\\')
            buf_putc(&made, '\\');
        buf_putc(&made, *text);
    }
    buf_putc(&made, '"');
    return buf_take(&made, NULL);
}
