/* From the record of a rehearsal to a plan: attempts become one call, calls that went out together one move. */
#include "cli/plan.h"

#include "base/mem.h"
#include "base/time.h"
#include "definition/duration.h"

#include <assert.h>
#include <string.h>

struct make {
    const struct saga *sagas;
    size_t sagas_count;
    const struct guess *guess;
    const json_t *record;
    json_t *moves;
    json_t *latest; /* name -> the call in the plan */
    json_t *undo;
    json_t *skipped; /* names of what is */
    size_t facts_told;
    size_t events_told;
};

static void add_call(struct make *make, const json_t *call);
static json_t *open_move(struct make *make, const json_t *call);
static json_t *describe(const struct make *make, const json_t *call);
static json_t *describe_headers(const struct make *make, const json_t *call);
static json_t *describe_wait(const struct make *make, const char *name);
static void add_conditions(struct make *make, json_int_t until_ms);
static void add_child(struct make *make, const char *name);
static void add_condition(struct make *make, const char *name, bool runs);
static void add_events(struct make *make, json_int_t until_ms);
static const json_t *find_step(const struct make *make, const char *name);
static const char *own_name(const struct make *make, const char *name);
static bool is_closed(const struct make *make, const char *name);
static void add_visible(struct make *make);
static bool is_held(const json_t *call);
static void see(const struct make *make, const char *verb, const json_t *call, json_t *visible, json_t *perhaps);
static void forget(json_t *names, const json_t *name);
static bool is_reached(const struct make *make, const char *name);
static json_t *find_problems(const json_t *record);
static const char *answer_of(const json_t *call);
static bool ends_undone(const json_t *call);
static const json_t *own_call(const struct make *make, const json_t *call);

json_t *plan_make(const struct saga *sagas, size_t sagas_count, const struct guess *guess, const json_t *record,
                  const struct plan_fail *fail)
{
    static const char *const same[] = {"status", "cause", "step", "stopped", "refused", "output", "took_ms"};
    struct make make = {.sagas = sagas, .sagas_count = sagas_count, .guess = guess, .record = record};
    make.moves = json_array();
    make.latest = json_object();
    make.undo = json_array();
    make.skipped = json_object();
    const json_t *calls = json_object_get(record, "calls");
    for (size_t i = 0; i < json_array_size(calls); i++)
        add_call(&make, json_array_get(calls, i));
    add_conditions(&make, INT64_MAX);
    add_visible(&make);
    json_t *plan = json_object();
    json_object_set_new(plan, "saga", json_string(sagas->definition->name));
    json_object_set_new(plan, "version", json_integer(sagas->definition->version));
    if (fail->name) {
        json_t *fails = json_object();
        json_object_set_new(fails, "call", json_string(fail->name));
        json_object_set_new(fails, "answer", json_string(fail->unknown ? "unknown" : "no"));
        json_object_set_new(fails, "reached", json_boolean(is_reached(&make, fail->name)));
        json_object_set_new(plan, "fails", fails);
    }
    json_object_set(plan, "assumed", guess->assumed);
    json_t *lock = plan_lock(sagas, record);
    if (lock)
        json_object_set_new(plan, "lock", lock);
    json_object_set_new(plan, "moves", make.moves);
    json_object_set_new(plan, "undo", make.undo);
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        if (json_object_get(record, same[i]))
            json_object_set(plan, same[i], json_object_get(record, same[i]));
    json_object_set_new(plan, "problems", find_problems(record));
    json_decref(make.latest);
    json_decref(make.skipped);
    return plan;
}

/* A repetition only counts, and its answer is the last word. */
static void add_call(struct make *make, const json_t *call)
{
    const char *name = output_member(call, "name");
    json_t *known = json_object_get(make->latest, name);
    if (!known) {
        add_conditions(make, json_integer_value(json_object_get(call, "at_ms")));
        known = describe(make, call);
        json_array_append_new(json_object_get(open_move(make, call), "calls"), known);
        json_object_set(make->latest, name, known);
        if (ends_undone(call)) {
            const char *suffix = strrchr(name, '.');
            json_array_append_new(make->undo, json_stringn(name, suffix ? (size_t)(suffix - name) : strlen(name)));
        }
    }
    json_object_set(known, "attempts", json_object_get(call, "attempt"));
    json_object_set_new(known, "answer", json_string(answer_of(call)));
}

/* The move that the call belongs to: the last one, or a new one. */
static json_t *open_move(struct make *make, const json_t *call)
{
    json_t *last = json_array_get(make->moves, json_array_size(make->moves) - 1);
    const json_t *wave = json_object_get(call, "wave"), *verb = json_object_get(call, "verb");
    if (json_equal(json_object_get(last, "wave"), wave) && json_equal(json_object_get(last, "verb"), verb))
        return last;
    json_t *move = json_object();
    json_object_set(move, "wave", (json_t *)(uintptr_t)wave);
    json_object_set(move, "verb", (json_t *)(uintptr_t)verb);
    json_object_set_new(move, "calls", json_array());
    json_array_append_new(make->moves, move);
    return move;
}

static json_t *describe(const struct make *make, const json_t *call)
{
    static const char *const same[] = {"step", "item", "phase", "participant", "method", "body"};
    const json_t *step = find_step(make, output_member(call, "step"));
    bool own = strcmp(output_member(call, "verb"), "do") == 0;
    json_t *told = json_object();
    json_object_set(told, "call", json_object_get(call, "name"));
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        if (json_object_get(call, same[i]))
            json_object_set(told, same[i], json_object_get(call, same[i]));
    json_object_set_new(told, "path", guess_path(make->guess, output_member(call, "path")));
    json_object_set_new(told, "headers", describe_headers(make, call));
    if (own && json_is_true(json_object_get(step, "pivot")))
        json_object_set_new(told, "pivot", json_true());
    if (own && json_is_true(json_object_get(step, "readOnly")))
        json_object_set_new(told, "readOnly", json_true());
    return told;
}

/* What is another one in every run is named, not shown. */
static json_t *describe_headers(const struct make *make, const json_t *call)
{
    json_t *headers = json_copy(json_object_get(call, "headers"));
    json_int_t sent_ms = json_integer_value(json_object_get(make->record, "begin_ms")) +
                         json_integer_value(json_object_get(call, "at_ms"));
    uint64_t deadline_ms;
    if (json_object_get(headers, "Belay-Callback"))
        json_object_set_new(headers, "Belay-Callback", json_string("<callback.url>"));
    if (json_object_get(headers, "traceparent"))
        json_object_set_new(headers, "traceparent", json_string("<traceparent>"));
    if (time_parse(output_member(headers, "Belay-Deadline"), &deadline_ms)) {
        char span[64], text[80];
        duration_print(deadline_ms - (uint64_t)sent_ms, span, sizeof span);
        snprintf(text, sizeof text, "<now + %s>", span);
        json_object_set_new(headers, "Belay-Deadline", json_string(text));
    }
    return headers;
}

static json_t *describe_wait(const struct make *make, const char *name)
{
    static const char *const kinds[] = {"approval", "waitFor", "delay"};
    const json_t *step = find_step(make, name);
    json_t *move = json_pack("{s:s}", "waits", name);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (json_object_get(step, kinds[i]))
            json_object_set(move, kinds[i], json_object_get(step, kinds[i]));
    return move;
}

/* What conditions decided up to that moment, since they are decided before what they let through. */
static void add_conditions(struct make *make, json_int_t until_ms)
{
    const json_t *facts = json_object_get(make->record, "facts");
    add_events(make, until_ms);
    for (; make->facts_told < json_array_size(facts); make->facts_told++) {
        const json_t *fact = json_array_get(facts, make->facts_told);
        const char *name = output_member(fact, "name");
        const json_t *runs = json_object_get(fact, "runs");
        if (json_integer_value(json_object_get(fact, "at_ms")) > until_ms)
            return;
        if (strcmp(output_member(fact, "fact"), "awaited") == 0)
            json_array_append_new(make->moves, describe_wait(make, name));
        else if (runs)
            add_condition(make, name, json_is_true(runs));
        else if (strcmp(output_member(fact, "fact"), "called") == 0)
            add_child(make, name);
    }
}

/* A step that calls a saga; its undo and its completion are told call by call. */
static void add_child(struct make *make, const char *name)
{
    const char *own;
    const struct saga *saga = saga_at(make->sagas, make->sagas_count, name, &own);
    int step = saga ? definition_find_step(saga->definition, own) : -1;
    const struct saga *child =
        step < 0 ? NULL : saga_child(make->sagas, make->sagas_count, &saga->definition->steps[step]);
    if (child)
        json_array_append_new(make->moves,
                              json_pack("{s:s, s:s, s:I}", "starts", name, "child", child->definition->name,
                                        "version", (json_int_t)child->definition->version));
}

static void add_condition(struct make *make, const char *name, bool runs)
{
    json_t *when = json_object_get(find_step(make, name), "when");
    bool one_of = saga_is_case(own_name(make, name)), closed = is_closed(make, name);
    json_t *move = json_object();
    if (!runs)
        json_object_set_new(make->skipped, name, json_true());
    if (!closed && runs && !when && !one_of) { /* nothing was asked */
        json_decref(move);
        return;
    }
    json_object_set_new(move, "condition", json_string(name));
    json_object_set_new(move, "kind", json_string(closed ? "inside" : one_of ? "case" : "when"));
    if (when)
        json_object_set(move, "when", when);
    json_object_set_new(move, "runs", json_boolean(runs));
    json_array_append_new(make->moves, move);
}

/* What was announced up to that moment. */
static void add_events(struct make *make, json_int_t until_ms)
{
    const json_t *events = json_object_get(make->record, "events");
    for (; make->events_told < json_array_size(events); make->events_told++) {
        const json_t *event = json_array_get(events, make->events_told);
        if (json_integer_value(json_object_get(event, "at_ms")) > until_ms)
            return;
        json_array_append_new(make->moves, json_pack("{s:O, s:O}", "publishes", json_object_get(event, "event"),
                                                     "to", json_object_get(event, "to")));
    }
}

/* It is skipped because the group around it is. */
static bool is_closed(const struct make *make, const char *name)
{
    const char *own;
    const struct saga *saga = saga_at(make->sagas, make->sagas_count, name, &own);
    int index = definition_find_step(saga->definition, own);
    uint16_t gate = index < 0 ? PLAN_NONE : saga->definition->plan.steps[index].gate;
    if (gate == PLAN_NONE)
        return false;
    struct buf around; /* in the same saga */
    buf_init(&around, OUTPUT_BYTES);
    buf_put(&around, name, (size_t)(own - name));
    buf_puts(&around, saga->definition->steps[gate].id);
    bool skipped = json_object_get(make->skipped, buf_text(&around));
    buf_done(&around);
    return skipped;
}

/* What stands after every move: what was done, or perhaps was, and is not undone yet. */
static void add_visible(struct make *make)
{
    json_t *visible = json_array(), *perhaps = json_array();
    for (size_t i = 0; i < json_array_size(make->moves); i++) {
        json_t *move = json_array_get(make->moves, i), *calls = json_object_get(move, "calls");
        if (!calls)
            continue;
        for (size_t k = 0; k < json_array_size(calls); k++)
            see(make, output_member(move, "verb"), json_array_get(calls, k), visible, perhaps);
        json_object_set_new(move, "visible", json_copy(visible));
        json_object_set_new(move, "perhaps", json_copy(perhaps));
        json_object_del(move, "wave");
    }
    json_decref(visible);
    json_decref(perhaps);
}

/* Its work is held until the decision. */
static bool is_held(const json_t *call)
{
    const char *phase = output_member(call, "phase");
    return strcmp(phase, phase_word(PHASES_TCC, VERB_DO)) == 0 ||
           strcmp(phase, phase_word(PHASES_VOTE, VERB_DO)) == 0;
}

/* A check that says no clears up as much as one that says yes; an undo counts when it is answered yes. */
static void see(const struct make *make, const char *verb, const json_t *call, json_t *visible, json_t *perhaps)
{
    const char *answer = output_member(call, "answer");
    bool yes = strcmp(answer, "yes") == 0, unknown = strcmp(answer, "unknown") == 0;
    bool own = strcmp(verb, "do") == 0, undo = strcmp(verb, "undo") == 0, check = strcmp(verb, "check") == 0;
    bool confirm = strcmp(verb, "confirm") == 0;
    json_t *name = json_object_get(own_call(make, call), "call");
    if (json_object_get(call, "readOnly") || (own && is_held(call)))
        return;
    if ((undo && yes) || (check && !unknown)) {
        forget(visible, name);
        forget(perhaps, name);
    }
    if ((own || check || confirm) && yes)
        json_array_append(visible, name);
    if (own && unknown)
        json_array_append(perhaps, name);
}

static void forget(json_t *names, const json_t *name)
{
    for (size_t at = json_array_size(names); at-- > 0;)
        if (json_equal(json_array_get(names, at), name))
            json_array_remove(names, at);
}

/* The step's own call that this one confirms or undoes; itself, when it is one. */
static const json_t *own_call(const struct make *make, const json_t *call)
{
    const char *name = output_member(call, "call"), *suffix = strrchr(name, '.');
    char *own = mem_copy(name, suffix ? (size_t)(suffix - name) : strlen(name));
    const json_t *found = json_object_get(make->latest, own);
    mem_free(own);
    return found ? found : call;
}

/* The step in its file, of whichever saga. */
static const json_t *find_step(const struct make *make, const char *name)
{
    const char *own;
    const struct saga *saga = saga_at(make->sagas, make->sagas_count, name, &own);
    return saga ? saga_find_step(saga, own) : NULL;
}

/* Without the way to its saga. */
static const char *own_name(const struct make *make, const char *name)
{
    saga_at(make->sagas, make->sagas_count, name, &name);
    return name;
}

/* It was called, or waited for. */
static bool is_reached(const struct make *make, const char *name)
{
    bool reached = json_object_get(make->latest, name) != NULL;
    const char *called;
    json_t *call;
    json_object_foreach(make->latest, called, call)
    {
        reached |= json_object_get(call, "item") && strcmp(output_member(call, "step"), name) == 0;
    }
    for (size_t i = 0; i < json_array_size(make->moves); i++)
        reached |= strcmp(output_member(json_array_get(make->moves, i), "waits"), name) == 0;
    return reached;
}

/* What the script did not say, but the engine did: a request that cannot be built, a condition that cannot be
 * told. */
static json_t *find_problems(const json_t *record)
{
    static const char *const own[] = {"request_unbuildable", "condition_unevaluable", "participant_not_registered",
                                      "child_not_started"};
    json_t *problems = json_array();
    const json_t *facts = json_object_get(record, "facts");
    for (size_t i = 0; i < json_array_size(facts); i++) {
        const json_t *fact = json_array_get(facts, i);
        bool told = false;
        for (size_t k = 0; k < sizeof own / sizeof *own; k++)
            told |= strstr(output_member(fact, "line"), own[k]) != NULL;
        if (told)
            json_array_append_new(
                problems, json_sprintf("%s: %s", output_member(fact, "line"), output_member(fact, "detail")));
    }
    json_array_extend(problems, json_object_get(record, "findings"));
    json_array_extend(problems, json_object_get(record, "warnings"));
    return problems;
}

static const char *answer_of(const json_t *call)
{
    const json_t *answer = json_object_get(call, "answer");
    json_int_t status = json_integer_value(json_object_get(answer, "status"));
    return json_object_get(answer, "transport") ? "unknown" : status < 300 ? "yes" : "no";
}

static bool ends_undone(const json_t *call)
{
    return strcmp(output_member(call, "verb"), "undo") == 0;
}
