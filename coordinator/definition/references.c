/* Variables: which there are, which have a value where they are read, which fields they have. */
#include "definition/references.h"

#include "definition/suggest.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const roots[] = {"input", "steps", "saga",     "error",   "now",
                                    "item",  "index", "callback", "response"};
static const char *const saga_fields[] = {"id", "name", "version", "startedAt"};
static const char *const error_fields[] = {"code", "step", "message"};

static void unknown_variable(const struct reader *reader, const char *name, size_t offset);
static void check_here(const struct reader *reader, const char *name, size_t offset);

/* Does the step, or a group around it, use what brings variables of its own, but in a later version? */
static bool incomplete(const struct reader *reader)
{
    const struct node *nodes = reader->parse->draft->nodes;
    for (int i = reader->node; i != NODE_NONE; i = nodes[i].parent)
        if (nodes[i].incomplete)
            return true;
    return false;
}

void references_check(const struct reader *reader, const char *const *path, size_t length, size_t offset,
                      bool guarded)
{
    const char *root = path[0];
    bool known = false;
    for (size_t i = 0; i < sizeof roots / sizeof roots[0]; i++)
        known = known || strcmp(root, roots[i]) == 0;
    if (incomplete(reader) &&
        (!known || strcmp(root, "item") == 0 || strcmp(root, "index") == 0 || strcmp(root, "callback") == 0))
        return; /* what brings them is a finding already */
    if (!known)
        unknown_variable(reader, root, offset);
    else if (strcmp(root, "steps") == 0)
        reference_steps(reader, path, length, offset, guarded);
    else if (strcmp(root, "input") == 0)
        reference_input(reader, path, length, offset, guarded);
    else if (strcmp(root, "saga") == 0 && length > 1)
        reference_field(reader, "saga", saga_fields, 4, path[1], offset);
    else
        check_here(reader, root, offset);
    if (strcmp(root, "error") == 0 && reader->place == IN_UNDO && length > 1)
        reference_field(reader, "error", error_fields, 3, path[1], offset);
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
    for (size_t i = 0; i < count; i++) {
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
        suggest_offer(&suggest, roots[i]);
    const char *text = suggest_hint(&suggest, hint, sizeof hint, "there are input, steps, saga, now and error");
    if (draft_find(reader->parse->draft, name) != NODE_NONE) {
        snprintf(hint, sizeof hint, "write steps.%.64s", name);
        text = hint;
    }
    reference_complain(reader, RULE_UNKNOWN_VARIABLE, offset, text, "there is no variable \"%.64s\"", name);
}

/* Variables that exist, but not everywhere. */
static void check_here(const struct reader *reader, const char *name, size_t offset)
{
    static const struct {
        const char *name;
        const char *where;
    } elsewhere[] = {
        {"item", "in a step with \"forEach\""},
        {"index", "in a step with \"forEach\""},
        {"callback", "in a step with \"async\""},
        {"response", "in \"outcomes\""},
    };
    if (strcmp(name, "error") == 0 && reader->place != IN_UNDO)
        reference_complain(reader, RULE_NOT_HERE, offset, NULL, "\"error\" has a value only in a compensation");
    for (size_t i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++)
        if (strcmp(name, elsewhere[i].name) == 0)
            reference_complain(reader, RULE_NOT_HERE, offset, NULL, "\"%s\" has a value only %s", name,
                               elsewhere[i].where);
}
