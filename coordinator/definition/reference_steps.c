/* References to steps. What may be read, and when:
 *
 *   key      any step's, anywhere: it is made of names.
 *   items    of a step with forEach, from outside: like status. An item itself sees its own step as what it is
 * alone. output,  before a step runs: of steps that are over by then. Has() does not help: what it finds would
 *   status   depend on who was faster.
 *            in an undo: of steps that were over before this one began; has() is needed for every other
 *            output, the own one too: by then nothing runs any more, but nobody knows what has run.
 *            in a confirm: of those, and its own, which is a yes.
 *            in the result: of every step.
 *
 * An output may be missing although its step is over: it was skipped, or may fail. Hence W103. */
#include "definition/references.h"

#include "definition/names.h"
#include "definition/suggest.h"

#include <stdio.h>
#include <string.h>

/* What a step has; a NULL ends the list. */
static const char *const call_fields[] = {"output", "status", "key", NULL};
static const char *const each_fields[] = {"items", "status", NULL};    /* it calls nobody: its items do */
static const char *const answer_fields[] = {"output", "status", NULL}; /* it has no call that a key could name */
static const char *const delay_fields[] = {"status", NULL};

static void check_step(const struct reader *reader, int node, const char *field, size_t offset, bool guarded);
static void check_field(const struct reader *reader, int node, const char *field, size_t offset);
static bool has_items(const struct reader *reader, int node);
static void unknown_step(const struct reader *reader, const char *name, size_t offset);

void reference_steps(const struct reader *reader, const char *const *path, size_t length, size_t offset,
                     bool guarded)
{
    const struct draft *draft = reader->parse->draft;
    if (length < 2) {
        reference_complain(reader, RULE_UNKNOWN_STEP, offset, "write steps.NAME.output",
                           "a step is named by a constant, so that it can be checked");
        return;
    }
    int node = draft_find(draft, path[1]);
    if (node == NODE_NONE)
        unknown_step(reader, path[1], offset);
    else if (node_is_group(&draft->nodes[node]))
        reference_complain(reader, RULE_UNKNOWN_STEP, offset, "name one of its steps",
                           "\"%s\" is a group and has no values", path[1]);
    else if (length > 2 && strcmp(path[2], "items") == 0 && !has_items(reader, node))
        reference_complain(reader, RULE_NOT_HERE, offset, NULL,
                           draft->nodes[node].each ? "to an item, its own step is that item"
                                                   : "\"items\" has a value only for a step with \"forEach\"");
    else
        check_step(reader, node, length > 2 ? path[2] : "output", offset, guarded);
    if (length > 2 && (strcmp(path[2], "items") != 0 || (node != NODE_NONE && has_items(reader, node))))
        check_field(reader, node, path[2], offset);
}

static bool has_items(const struct reader *reader, int node)
{
    return reader->parse->draft->nodes[node].each && (node != reader->node || reader->place == IN_CONDITION);
}

static void check_field(const struct reader *reader, int node, const char *field, size_t offset)
{
    enum node_kind kind = node == NODE_NONE ? NODE_CALL : reader->parse->draft->nodes[node].kind;
    if (kind == NODE_DELAY)
        reference_field(reader, "a delay", delay_fields, 2, field, offset);
    else if (kind == NODE_SIGNAL || kind == NODE_APPROVAL)
        reference_field(reader, kind == NODE_SIGNAL ? "a signal" : "an approval", answer_fields, 3, field, offset);
    else if (node != NODE_NONE && has_items(reader, node))
        reference_field(reader, "a step with \"forEach\"", each_fields, 3, field, offset);
    else
        reference_field(reader, "a step", call_fields, 4, field, offset);
}

static void unknown_step(const struct reader *reader, const char *name, size_t offset)
{
    char hint[128];
    struct suggest suggest;
    suggest_init(&suggest, name);
    names_suggest(reader->parse->draft, &suggest);
    reference_complain(reader, RULE_UNKNOWN_STEP, offset, suggest_hint(&suggest, hint, sizeof hint, NULL),
                       "there is no step \"%.64s\"", name);
}

/* Can `step` be over without an output, when the reader runs? A reader behind the same gate is skipped
 * with it. */
static const char *may_miss(const struct reader *reader, int step)
{
    const struct draft *draft = reader->parse->draft;
    if (draft->nodes[step].continue_on_failure)
        return "may fail";
    if (draft->nodes[step].on_silence == SILENCE_YES)
        return "may get no answer";
    if (draft->nodes[step].conditional)
        return "may be skipped";
    for (int gate = order_gate(reader->order, step); gate != NODE_NONE; gate = order_gate(reader->order, gate))
        if (reader->node == NODE_NONE || !draft_inside(draft, reader->node, gate))
            return "may be skipped";
    return NULL;
}

static void not_finished(const struct reader *reader, int step, const char *field, size_t offset)
{
    bool after = step != reader->node && order_before(reader->order, reader->node, step);
    if (reader->order->cut && step != reader->node && !after) /* there were cycles: who knows what was meant */
        return;
    const struct draft *draft = reader->parse->draft;
    const char *name = draft->nodes[step].id;
    const char *own = node_name(&draft->nodes[reader->node]);
    char hint[192];
    if (reader->place == IN_UNDO) {
        snprintf(hint, sizeof hint, "ask with has(steps.%s.%s), or read steps.%s.key", name, field, name);
        reference_complain(reader, RULE_NOT_FINISHED, offset, hint,
                           "\"%s\" may not have run when \"%s\" is undone", name, own);
    } else if (step == reader->node) {
        bool key = draft->nodes[step].kind == NODE_CALL && reader->place != IN_OUTCOMES;
        snprintf(hint, sizeof hint, "steps.%s.key is known", name);
        reference_complain(reader, RULE_NOT_FINISHED, offset,
                           key                            ? hint
                           : reader->place == IN_OUTCOMES ? "read response.body"
                                                          : NULL,
                           "\"%s\" has no %s before it has run", name, field);
    } else if (draft_exclusive(draft, step, reader->node)) {
        reference_complain(reader, RULE_NOT_FINISHED, offset, NULL,
                           "\"%s\" stands in another case than \"%s\": only one of the two runs", name, own);
    } else if (after) {
        reference_complain(reader, RULE_NOT_FINISHED, offset, NULL, "\"%s\" runs after \"%s\"", name, own);
    } else {
        snprintf(hint, sizeof hint, "put it after \"%s\", or let it need it", name);
        reference_complain(reader, RULE_NOT_FINISHED, offset, hint, "\"%s\" may still run when \"%s\" starts",
                           name, own);
    }
}

static void check_output(const struct reader *reader, int step, size_t offset)
{
    const char *name = reader->parse->draft->nodes[step].id;
    const char *why = may_miss(reader, step);
    char hint[192];
    snprintf(hint, sizeof hint, "ask with has(steps.%s.output)", name);
    if (why)
        reference_complain(reader, RULE_MAYBE_NO_OUTPUT, offset, hint, "\"%s\" %s and then has no output", name,
                           why);
}

static void check_step(const struct reader *reader, int step, const char *field, size_t offset, bool guarded)
{
    bool output = strcmp(field, "output") == 0;
    bool own = step == reader->node;
    const char *name = reader->parse->draft->nodes[step].id;
    if (!output && strcmp(field, "status") != 0 && strcmp(field, "items") != 0)
        return;
    bool confirm = own && reader->place == IN_CONFIRM;
    bool over = reader->place == IN_OUTPUT || confirm || (!own && order_before(reader->order, step, reader->node));
    if (over && output && !guarded && !confirm)
        check_output(reader, step, offset);
    if (over || (reader->place == IN_UNDO && (guarded || !output)))
        return;
    char hint[192];
    snprintf(hint, sizeof hint, "read steps.%s.key, or ask with has(steps.%s.output)", name, name);
    if (own && reader->place == IN_UNDO)
        reference_complain(reader, RULE_OWN_OUTPUT, offset, hint,
                           "\"%s\" is undone also when nobody knows its output", name);
    else
        not_finished(reader, step, field, offset);
}
