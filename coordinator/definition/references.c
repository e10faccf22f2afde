/* Variables: which there are, which have a value where they are read, which fields they have. */
#include "definition/references.h"

#include "base/limits.h"
#include "definition/suggest.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { FIELDS_MAX = 4 };

/* The variables. `places`: bits of enum reader_place where they have a value. */
static const struct root {
    const char *name;
    unsigned places;
    const char *where;              /* in words */
    const char *fields[FIELDS_MAX]; /* none: free */
} roots[] = {
    {"input", ~0u, NULL, {0}},
    {"steps", ~(1u << IN_LOCK), NULL, {0}},
    {"saga", ~0u, NULL, {"id", "name", "version", "startedAt"}},
    {"now", ~(1u << IN_OUTCOMES | 1u << IN_LOCK), "outside \"outcomes\"", {0}},
    {"error", 1u << IN_UNDO, "in a compensation", {"code", "step", "message"}},
    {"response", 1u << IN_OUTCOMES, "in \"outcomes\"", {"status", "body"}},
    {"callback", 1u << IN_ACTION, "in the action of a step with \"async\"", {"url"}},
    {"item", 0, "in a step with \"forEach\"", {0}},
    {"index", 0, "in a step with \"forEach\"", {0}},
};

static const struct root *find_root(const char *name);
static bool is_item(const struct reader *reader, const char *name);
static void check_item(const struct reader *reader, const char *name, size_t offset);
static void unknown_variable(const struct reader *reader, const char *name, size_t offset);
static bool is_here(const struct reader *reader, const struct root *root);
static bool is_of_a_run(const struct reader *reader, const char *const *path, size_t length);
static void not_here(const struct reader *reader, const struct root *root, size_t offset);

void references_check(const struct reader *reader, const char *const *path, size_t length, size_t offset,
                      bool guarded)
{
    const struct root *root = find_root(path[0]);
    if (is_item(reader, path[0]))
        check_item(reader, path[0], offset);
    else if (!root)
        unknown_variable(reader, path[0], offset);
    else if (is_of_a_run(reader, path, length))
        reference_complain(reader, RULE_NOT_HERE, offset, NULL, "\"saga.%s\" has a value only once the saga runs",
                           path[1]);
    else if (!is_here(reader, root))
        not_here(reader, root, offset);
    else if (strcmp(root->name, "steps") == 0)
        reference_steps(reader, path, length, offset, guarded);
    else if (strcmp(root->name, "input") == 0)
        reference_input(reader, path, length, offset, guarded);
    else if (length > 1 && root->fields[0])
        reference_field(reader, root->name, root->fields, FIELDS_MAX, path[1], offset);
}

/* What a step with forEach brings. */
static bool is_item(const struct reader *reader, const char *name)
{
    const struct node *node = reader->node == NODE_NONE ? NULL : &reader->parse->draft->nodes[reader->node];
    return node && node->each && (strcmp(name, "index") == 0 || strcmp(name, node->item_name) == 0);
}

static void check_item(const struct reader *reader, const char *name, size_t offset)
{
    if (reader->place == IN_CONDITION)
        reference_complain(reader, RULE_NOT_HERE, offset, NULL,
                           "\"%.64s\" has a value only in the key and the requests of an item", name);
}

static const struct root *find_root(const char *name)
{
    for (size_t i = 0; i < sizeof roots / sizeof roots[0]; i++)
        if (strcmp(roots[i].name, name) == 0)
            return &roots[i];
    return NULL;
}

void reference_complain(const struct reader *reader, enum rule rule, size_t offset, const char *hint,
                        const char *format, ...)
{
    char message[FINDING_TEXT_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    struct finding *finding = parse_complain(reader->parse, rule, hint, "%s", message);
    if (finding)
        finding->inside = reader->skip + offset;
}

void reference_field(const struct reader *reader, const char *owner, const char *const *fields, size_t count,
                     const char *field, size_t offset)
{
    char hint[128];
    struct suggest suggest;
    suggest_init(&suggest, field);
    for (size_t i = 0; i < count && fields[i]; i++) {
        if (strcmp(fields[i], field) == 0)
            return;
        suggest_offer(&suggest, fields[i]);
    }
    reference_complain(reader, RULE_UNKNOWN_FIELD, offset, suggest_hint(&suggest, hint, sizeof hint, NULL),
                       "%s has no field \"%.64s\"", owner, field);
}

static void unknown_variable(const struct reader *reader, const char *name, size_t offset)
{
    char hint[128];
    struct suggest suggest;
    suggest_init(&suggest, name);
    for (size_t i = 0; i < sizeof roots / sizeof roots[0]; i++)
        suggest_offer(&suggest, roots[i].name);
    const char *text = suggest_hint(&suggest, hint, sizeof hint, "there are input, steps, saga, now and error");
    if (draft_find(reader->parse->draft, name) != NODE_NONE) {
        snprintf(hint, sizeof hint, "write steps.%.64s", name);
        text = hint;
    }
    reference_complain(reader, RULE_UNKNOWN_VARIABLE, offset, text, "there is no variable \"%.64s\"", name);
}

/* The body of an operation goes out with its undo as well, when nobody waits for a callback. */
static bool is_here(const struct reader *reader, const struct root *root)
{
    const struct node *node = reader->node == NODE_NONE ? NULL : &reader->parse->draft->nodes[reader->node];
    if (strcmp(root->name, "callback") == 0 && !(node && node->has_async && !node->operation))
        return false;
    return root->places & 1u << reader->place;
}

/* A saga locks by what it is, not by which run of it. */
static bool is_of_a_run(const struct reader *reader, const char *const *path, size_t length)
{
    bool run = length > 1 && (strcmp(path[1], "startedAt") == 0 || strcmp(path[1], "id") == 0);
    return reader->place == IN_LOCK && run && strcmp(path[0], "saga") == 0;
}

static void not_here(const struct reader *reader, const struct root *root, size_t offset)
{
    const struct node *node = reader->node == NODE_NONE ? NULL : &reader->parse->draft->nodes[reader->node];
    bool operation = node && node->operation && node->has_async && strcmp(root->name, "callback") == 0;
    bool item = node && node->each && strcmp(root->name, "item") == 0;
    char hint[LIMIT_NAME_BYTES + 32];
    snprintf(hint, sizeof hint, "this step calls it \"%s\"", item ? node->item_name : "");
    reference_complain(reader, RULE_NOT_HERE, offset,
                       operation ? "an operation finds the URL in the header \"Belay-Callback\""
                       : item    ? hint
                                 : NULL,
                       "\"%s\" has a value only %s", root->name,
                       reader->place == IN_LOCK ? "once the saga runs" : root->where);
}
