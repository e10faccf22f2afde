/* The head of a saga: everything but its steps. */
#include "base/limits.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "definition/defaults.h"
#include "definition/keys.h"
#include "definition/parse.h"
#include "definition/schema.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FORMAT_VERSION = 1 };

static void parse_head(struct parse *parse, const json_t *root);
static void parse_schema_name(struct parse *parse, const json_t *root);
static void parse_tags(struct parse *parse, const json_t *root);
static void parse_tag(struct parse *parse, const json_t *tag, struct buf *list);
static void parse_members(struct parse *parse, const json_t *root);
static void parse_compensation(struct parse *parse, const json_t *root);

void parse_saga(struct parse *parse)
{
    const json_t *root = parse->draft->root;
    keys_check(parse, root, &keys_saga, ON_ANY);
    parse_head(parse, root);
    parse_schema_name(parse, root);
    parse_tags(parse, root);
    parse_members(parse, root);
    parse_compensation(parse, root);
    parse_lock(parse, root);
    parse_events(parse, root);
    parse_schedule(parse, root);
    const json_t *output = json_object_get(root, "output");
    if (output)
        parse->draft->output = parse_template(parse, "output", output);
    parse->draft->nodes = mem_array(LIMIT_STEPS, sizeof *parse->draft->nodes); /* a node never moves */
    parse->draft->ids = json_object();
    const json_t *steps = keys_get(root, "steps", TYPE_ARRAY);
    size_t mark = parse_enter(parse, "steps");
    if (steps)
        parse_steps(parse, steps, NODE_NONE, NODE_SEQUENCE);
    parse_leave(parse, mark);
}

static void parse_head(struct parse *parse, const json_t *root)
{
    static const char *const timeouts[] = {[TIMEOUT_COMPENSATE] = "compensate", [TIMEOUT_PAUSE] = "pause"};
    struct draft *draft = parse->draft;
    size_t on_timeout = TIMEOUT_COMPENSATE;
    parse_name(parse, root, "name", &draft->name);
    parse_count(parse, root, "version", 1, INT32_MAX, &draft->version);
    parse_duration(parse, root, "timeout", &draft->timeout_ms);
    parse_word(parse, root, "onTimeout", timeouts, 2, &on_timeout);
    draft->on_timeout = (enum on_timeout)on_timeout;
    draft->priority = DEFAULT_PRIORITY;
    parse_count(parse, root, "priority", 0, PRIORITY_MAX, &draft->priority);
    parse_duration(parse, root, "retention", &draft->retention_ms);
    const json_t *description = keys_get(root, "description", TYPE_STRING);
    if (description)
        draft->description = mem_string(json_string_value(description));
}

/* "saga-1.schema.json" names format 1, wherever it lies; other schemas are the author's own business. */
static void parse_schema_name(struct parse *parse, const json_t *root)
{
    const json_t *schema = keys_get(root, "$schema", TYPE_STRING);
    const char *name = schema ? strstr(json_string_value(schema), "saga-") : NULL;
    char *end = NULL;
    long version = name ? strtol(name + 5, &end, 10) : 0;
    if (name && end != name + 5 && strncmp(end, ".schema.json", 12) == 0 && version != FORMAT_VERSION)
        parse_complain_at(parse, "$schema", RULE_FORMAT_VERSION, NULL,
                          "the file is written in format %ld, this version of Belay reads format %d", version,
                          FORMAT_VERSION);
}

static void parse_tags(struct parse *parse, const json_t *root)
{
    const json_t *tags = keys_get(root, "tags", TYPE_ARRAY);
    struct buf list;
    size_t mark = parse_enter(parse, "tags");
    buf_init(&list, LIMIT_TAGS * (LIMIT_TAG_BYTES + 1) + 1);
    buf_putc(&list, '\n');
    if (json_array_size(tags) > LIMIT_TAGS)
        parse_complain(parse, RULE_RANGE, NULL, "a saga has at most %d tags", LIMIT_TAGS);
    for (size_t i = 0; i < json_array_size(tags) && i < LIMIT_TAGS; i++) {
        size_t inner = parse_enter_index(parse, i);
        parse_tag(parse, json_array_get(tags, i), &list);
        parse_leave(parse, inner);
    }
    parse_leave(parse, mark);
    if (list.length > 1)
        parse->draft->tags = buf_take(&list, NULL);
    buf_done(&list);
}

/* Appends the tag and a newline; what stands there twice is one tag. */
static void parse_tag(struct parse *parse, const json_t *tag, struct buf *list)
{
    char line[LIMIT_TAG_BYTES + 3];
    const char *text = json_is_string(tag) ? json_string_value(tag) : "";
    size_t length = strlen(text);
    if (!json_is_string(tag)) {
        parse_complain(parse, RULE_TYPE, NULL, "a tag is a text, found %s", keys_type_word(tag));
        return;
    }
    if (length == 0 || length > LIMIT_TAG_BYTES || !utf8_printable(text, length)) {
        parse_complain(parse, RULE_RANGE, NULL, "a tag has 1 to %d printable bytes", LIMIT_TAG_BYTES);
        return;
    }
    if (strstr(text, "${"))
        parse_complain(parse, RULE_TAG_TEMPLATE, "a start can bring tags of its own",
                       "a tag is constant: \"%s\" is taken as it stands", text);
    snprintf(line, sizeof line, "\n%s\n", text);
    if (!strstr(buf_text(list), line))
        buf_puts(list, line + 1);
    assert(!list->full);
}

static void parse_members(struct parse *parse, const json_t *root)
{
    const json_t *input = keys_get(root, "input", TYPE_OBJECT);
    if (input) {
        size_t mark = parse_enter(parse, "input");
        keys_check(parse, input, &keys_input, ON_ANY);
        parse->draft->schema = keys_get(input, "schema", TYPE_OBJECT);
        size_t inner = parse_enter(parse, "schema");
        if (parse->draft->schema)
            parse->draft->compiled = schema_compile(parse, json_object_get(input, "schema"));
        parse_leave(parse, inner);
        parse_leave(parse, mark);
    }
    const json_t *defaults = keys_get(root, "defaults", TYPE_OBJECT);
    if (defaults) {
        size_t mark = parse_enter(parse, "defaults");
        keys_check(parse, defaults, &keys_defaults, ON_ANY);
        parse_duration(parse, defaults, "timeout", &parse->draft->default_timeout_ms);
        parse_retry(parse, defaults, true, &parse->draft->retry);
        parse_leave(parse, mark);
    }
}

static void parse_compensation(struct parse *parse, const json_t *root)
{
    static const char *const orders[] = {
        [UNDO_REVERSE] = "reverse", [UNDO_SEQUENTIAL] = "sequential", [UNDO_PARALLEL] = "parallel"};
    static const char *const exhausted[] = {[EXHAUSTED_PAUSE] = "pause", [EXHAUSTED_CONTINUE] = "continue"};
    const json_t *object = keys_get(root, "compensation", TYPE_OBJECT);
    if (!object)
        return;
    size_t order = UNDO_REVERSE;
    size_t action = EXHAUSTED_PAUSE;
    size_t mark = parse_enter(parse, "compensation");
    keys_check(parse, object, &keys_compensation, ON_ANY);
    parse_word(parse, object, "order", orders, 3, &order);
    parse_word(parse, object, "onExhausted", exhausted, 2, &action);
    parse_retry(parse, object, false, &parse->draft->undo_retry);
    parse->draft->undo_order = (enum undo_order)order;
    parse->draft->on_exhausted = (enum on_exhausted)action;
    parse_leave(parse, mark);
}
