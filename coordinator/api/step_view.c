/* Writing of steps: what each is, where it stands, what it went through. */
#include "api/step_view.h"

#include "api/write.h"

#include <assert.h>
#include <string.h>

static void view_place(const struct definition *definition, uint16_t step, struct buf *buf);
static bool is_case(const struct definition *definition, uint16_t step);
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
    view_times(fold, step, buf);
    view_phase(&fold->actions[step], "action", buf);
    view_phase(&fold->checks[step], "check", buf);
    view_phase(&fold->undos[step], "compensation", buf);
    buf_putc(buf, '}');
}

const char *step_view_kind(const struct definition *definition, uint16_t step)
{
    switch (definition->plan.steps[step].kind) {
    case STEP_CALL:
        return NULL;
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

static void view_times(const struct fold *fold, uint16_t step, struct buf *buf)
{
    const struct branch *branch = &fold->txn->branches[step];
    if (branch->state == BRANCH_WAITING)
        write_time(buf, "nextAttemptAt", branch->due_ms);
    if (branch->state == BRANCH_IDLE)
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
