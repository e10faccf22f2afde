/* Writing of steps: what each is, where it stands, what it went through. */
#include "api/step_view.h"

#include "api/write.h"
#include "base/limits.h"

#include <assert.h>
#include <string.h>

enum {
#define X(name, word) +1
    STATES_COUNT = BRANCH_STATES(X)
#undef X
};

static void view_place(const struct definition *definition, uint16_t step, struct buf *buf);
static bool is_case(const struct definition *definition, uint16_t step);
static void view_phases(const struct fold *fold, uint16_t branch, struct buf *buf);
static void view_items(const struct fold *fold, uint16_t step, struct buf *buf);
static bool is_notable(enum branch_state state);
static void view_times(const struct fold *fold, uint16_t step, struct buf *buf);
static void view_phase(const struct fold_phase *phase, const char *key, struct buf *buf);

void step_view(const struct fold *fold, uint16_t step, const char *title, struct buf *buf)
{
    const struct branch *branch = &fold->txn->branches[step];
    const struct step_spec *spec = &fold->definition->steps[step];
    assert(spec->id && step < fold->txn->steps_count);
    write_open(buf, '{');
    write_text(buf, "id", spec->id);
    write_text(buf, "kind", step_view_kind(fold->definition, step));
    write_text(buf, "participant", spec->participant);
    view_place(fold->definition, step, buf);
    write_text(buf, "state", branch_state_word((enum branch_state)branch->state));
    write_text(buf, "title", title);
    step_view_wait(fold->definition, step, buf);
    write_text(buf, "saga", spec->child);
    write_text(buf, "child", fold->children[step]);
    view_phases(fold, step, buf);
    if (fold->names.spreads[step].keys)
        view_items(fold, step, buf);
    buf_putc(buf, '}');
}

void step_view_item(const struct fold *fold, uint16_t item, struct buf *buf)
{
    write_open(buf, '{');
    write_text(buf, "key", names_item(&fold->names, item));
    write_text(buf, "state", branch_state_word((enum branch_state)fold->txn->branches[item].state));
    view_phases(fold, item, buf);
    buf_putc(buf, '}');
}

const char *step_view_kind(const struct definition *definition, uint16_t step)
{
    switch (definition->plan.steps[step].kind) {
    case STEP_CALL:
        return definition->plan.steps[step].child ? "saga" : NULL;
    case STEP_DELAY:
        return "delay";
    case STEP_SIGNAL:
        return "signal";
    case STEP_APPROVAL:
        return "approval";
    case STEP_GATE:
        break;
    }
    return is_case(definition, step) ? "case" : "gate";
}

void step_view_wait(const struct definition *definition, uint16_t step, struct buf *buf)
{
    const struct step_spec *spec = &definition->steps[step];
    write_text(buf, "signal", spec->signal);
    if (!spec->roles_count)
        return;
    write_key(buf, "roles");
    write_open(buf, '[');
    for (size_t i = 0; i < spec->roles_count; i++) {
        buf_puts(buf, i ? "," : "");
        buf_put_json(buf, spec->roles[i], strlen(spec->roles[i]));
    }
    buf_putc(buf, ']');
}

void step_view_parent(const json_t *begun, struct buf *buf)
{
    const json_t *parent = json_object_get(begun, "parent");
    if (!parent)
        return;
    write_key(buf, "parent");
    write_open(buf, '{');
    write_text(buf, "id", json_string_value(json_object_get(parent, "id")));
    write_text(buf, "step", json_string_value(json_object_get(parent, "step")));
    buf_putc(buf, '}');
}

/* The gate that it stands behind. Of a case: which one it is, and the first one of its switch. */
static void view_place(const struct definition *definition, uint16_t step, struct buf *buf)
{
    const struct plan_step *steps = definition->plan.steps;
    if (steps[step].gate != PLAN_NONE)
        write_text(buf, "within", definition->steps[steps[step].gate].id);
    if (!is_case(definition, step))
        return;
    uint64_t number = 1;
    uint16_t first = step;
    for (; steps[first].unless != PLAN_NONE; number++)
        first = steps[first].unless;
    write_number(buf, "case", number);
    write_text(buf, "switch", definition->steps[first].id);
}

/* A case has no id that a person gave it; the made-up one says what it is. */
static bool is_case(const struct definition *definition, uint16_t step)
{
    return definition->plan.steps[step].kind == STEP_GATE &&
           strncmp(definition->steps[step].id, "switch#", 7) == 0;
}

static void view_phases(const struct fold *fold, uint16_t branch, struct buf *buf)
{
    view_times(fold, branch, buf);
    enum phases phases = fold->definition->steps[fold->txn->branches[branch].step].phases;
    view_phase(&fold->actions[branch], phase_word(phases, VERB_DO), buf);
    view_phase(&fold->checks[branch], phase_word(phases, VERB_CHECK), buf);
    view_phase(&fold->confirms[branch], phase_word(phases, VERB_CONFIRM), buf);
    view_phase(&fold->undos[branch], phase_word(phases, VERB_UNDO), buf);
}

/* How many there are in each state. All of them where they are few; else those that a person looks for. */
static void view_items(const struct fold *fold, uint16_t step, struct buf *buf)
{
    const struct branch *parent = &fold->txn->branches[step];
    unsigned counts[STATES_COUNT] = {0};
    bool few = parent->items_count <= LIMIT_ITEMS_SHOWN;
    for (uint16_t i = 0; i < parent->items_count; i++)
        counts[fold->txn->branches[parent->items + i].state]++;
    write_key(buf, "items");
    write_open(buf, '{');
    write_number(buf, "count", parent->items_count);
    write_key(buf, "states");
    write_open(buf, '{');
    for (size_t state = 0; state < STATES_COUNT; state++)
        if (counts[state])
            write_number(buf, branch_state_word((enum branch_state)state), counts[state]);
    buf_putc(buf, '}');
    write_key(buf, "list");
    write_open(buf, '[');
    for (uint16_t i = 0, shown = 0; i < parent->items_count && shown < LIMIT_ITEMS_SHOWN; i++) {
        uint16_t item = (uint16_t)(parent->items + i);
        if (!few && !is_notable((enum branch_state)fold->txn->branches[item].state))
            continue;
        step_view_item(fold, item, buf);
        shown++;
    }
    buf_puts(buf, "]}");
}

/* Neither untouched nor well over. */
static bool is_notable(enum branch_state state)
{
    return state != BRANCH_IDLE && state != BRANCH_DONE && state != BRANCH_UNDONE && state != BRANCH_SKIPPED;
}

static void view_times(const struct fold *fold, uint16_t step, struct buf *buf)
{
    const struct branch *branch = &fold->txn->branches[step];
    if (branch->state == BRANCH_WAITING)
        write_time(buf, "nextAttemptAt", branch->due_ms);
    if (branch->state == BRANCH_IDLE && step < fold->txn->steps_count)
        write_time(buf, "signalledAt", fold->early_ms[step]);
    if (branch->state != BRANCH_PENDING)
        return;
    write_time(buf, "waitsUntil", branch->due_ms);
    if (branch->limit_ms != branch->due_ms) /* heartbeats move the one, never beyond the other */
        write_time(buf, "deadline", branch->limit_ms);
}

static void view_phase(const struct fold_phase *phase, const char *key, struct buf *buf)
{
    if (!phase->attempts && phase->answer == ANSWER_NONE)
        return;
    write_key(buf, key);
    write_open(buf, '{');
    write_number(buf, "attempts", phase->attempts);
    write_time(buf, "startedAt", phase->started_ms);
    write_time(buf, "endedAt", phase->ended_ms);
    if (phase->answer != ANSWER_NONE)
        write_text(buf, "answer", answer_word(phase->answer));
    if (phase->code && !call_word(phase->code))
        write_number(buf, "httpStatus", phase->code);
    write_text(buf, "transport", phase->code ? call_word(phase->code) : NULL);
    if (phase->answer != ANSWER_YES)
        step_view_problem(phase, buf);
    else if (phase->bytes)
        write_json(buf, "output", phase->bytes, phase->length);
    else if (phase->length)
        write_number(buf, "outputBytes", phase->length);
    buf_putc(buf, '}');
}

void step_view_problem(const struct fold_phase *phase, struct buf *buf)
{
    if (phase->answer == ANSWER_YES)
        return;
    json_t *problem = phase->bytes ? json_loadb(phase->bytes, phase->length, 0, NULL) : NULL;
    write_text(buf, "code", json_string_value(json_object_get(problem, "code")));
    write_text(buf, "detail", json_string_value(json_object_get(problem, "detail")));
    write_text(buf, "actor", json_string_value(json_object_get(problem, "by")));
    json_decref(problem);
}
