/* The stage: an engine with everything around it, and the loop that lets the time pass. */
#include "adapters/store_memory.h"
#include "base/mem.h"
#include "cli/rehearse_inner.h"
#include "definition/nesting.h"
#include "definition/schedule.h"
#include "definition/value.h"

#include <assert.h>
#include <string.h>

static int stage_open(struct stage *stage, struct error *error);
static int stage_define_all(struct stage *stage, struct error *error);
static int stage_parse(const char *text, struct definition **definition, struct error *error);
static int stage_define(struct stage *stage, struct definition *definition, struct error *error);
static int stage_meet(struct stage *stage, const char *name, struct error *error);
static int stage_start(struct stage *stage, struct error *error);
static bool find_txn(void *context, const struct store_row *row);
static int stage_play(struct stage *stage, struct error *error);
static bool stage_stuck(struct stage *stage);
static void stage_conclude(struct stage *stage);
static bool stage_final(const struct stage *stage);
static json_t *findings_of(const struct findings *findings);
static void reply_now(struct command *command);
static uint64_t clock_now(void *self);
static uint64_t entropy_next(void *self);
static void trace_line(void *self, enum trace_level level, const char *text);

int rehearse_run(const struct rehearse *rehearse, json_t **record, struct error *error)
{
    assert(rehearse->sagas_count > 0 && rehearse->answer && rehearse->begin_ms > 0);
    struct stage stage = {.rehearse = rehearse, .now_ms = rehearse->begin_ms};
    stage.record = json_object();
    stage.calls = json_array();
    stage.participants = json_array();
    stage.awaited = json_object();
    json_object_set_new(stage.record, "begin_ms", json_integer((json_int_t)rehearse->begin_ms));
    json_object_set(stage.record, "calls", stage.calls);
    stage.acts = json_array();
    json_array_extend(stage.acts, (json_t *)(uintptr_t)rehearse->acts);
    json_object_set_new(stage.record, "acts", json_array());
    for (size_t i = 0; i < json_array_size(stage.acts); i++)
        json_array_append_new(json_object_get(stage.record, "acts"), json_null());
    json_object_set_new(stage.record, "warnings", json_array());
    json_object_set_new(stage.record, "events", json_array());
    stage.store = store_memory_open(1);
    int code = stage_open(&stage, error);
    if (!code)
        code = stage_play(&stage, error);
    if (!code)
        code = rehearse_facts(&stage, error);
    if (!code)
        code = rehearse_events(&stage, error);
    stage_conclude(&stage);
    rehearse_family_rename(&stage);
    rehearse_family_done(&stage);
    mem_free(stage.definitions);
    engine_free(stage.engine);
    findings_done(&stage.waiting.findings);
    rehearse_calls_done(&stage);
    stage.store->close(stage.store->self);
    json_decref(stage.participants);
    json_decref(stage.calls);
    json_decref(stage.acts);
    json_decref(stage.awaited);
    if (!code)
        *record = stage.record;
    else
        json_decref(stage.record);
    return code;
}

static int stage_open(struct stage *stage, struct error *error)
{
    const struct engine_ports ports = {.store = stage->store,
                                       .caller = {stage, rehearse_call},
                                       .clock = {stage, clock_now},
                                       .entropy = {stage, entropy_next},
                                       .trace = {stage, TRACE_WARN, trace_line}};
    const struct engine_options options = {0};
    stage->engine = engine_new(&ports, &options, error);
    int code = stage->engine ? stage_define_all(stage, error) : (int)error->code;
    return code ? code : stage_start(stage, error);
}

/* A child is there before its parent. What the engine took is its own. */
static int stage_define_all(struct stage *stage, struct error *error)
{
    size_t count = stage->rehearse->sagas_count, *order = mem_array(count, sizeof *order), left = 0;
    struct definition **parsed = mem_array(count, sizeof *parsed);
    int code = 0;
    for (size_t i = 0; !code && i < count; i++)
        code = stage_parse(stage->rehearse->sagas[i], &parsed[i], error);
    stage->definitions = mem_array(count, sizeof *stage->definitions);
    if (!code)
        nesting_order((const struct definition *const *)parsed, count, order);
    for (; !code && left < count; left += !code)
        code = stage_define(stage, parsed[order[left]], error);
    stage->definition = parsed[0];
    for (; code && left < count; left++)
        definition_free(parsed[order[left]]);
    mem_free(parsed);
    mem_free(order);
    return code;
}

static int stage_parse(const char *text, struct definition **definition, struct error *error)
{
    struct findings findings;
    findings_init(&findings);
    *definition = definition_parse(text, strlen(text), &findings);
    int code = 0;
    if (!*definition)
        code = error_set(error, ERROR_INVALID, "%s", findings.count ? findings.list[0].message : "no saga");
    findings_done(&findings);
    return code;
}

static int stage_define(struct stage *stage, struct definition *definition, struct error *error)
{
    schedule_free(definition->schedule); /* who rehearses it has started it: no run of its own comes between */
    definition->schedule = NULL;
    struct command command = {.type = COMMAND_DEFINE, .definition = definition, .reply = reply_now};
    bool taken = engine_submit(stage->engine, &command);
    assert(taken);
    int code = rehearse_settle(stage, error);
    if (!code && command.error.code)
        return error_set(error, ERROR_INVALID, "%s: %s", definition->name, command.error.text);
    if (!code && !command.created)
        return error_set(error, ERROR_INVALID, "saga \"%s\" stands in two files", definition->name);
    stage->definitions[stage->definitions_count++] = definition;
    for (uint16_t i = 0; !code && i < definition->plan.steps_count; i++)
        code = stage_meet(stage, definition->steps[i].participant, error);
    return code ? code : stage_meet(stage, definition->notices_to, error);
}

/* Every participant that the saga names is there, at a place that tells which one was called. */
static int stage_meet(struct stage *stage, const char *name, struct error *error)
{
    json_t *known;
    size_t at;
    bool met = !name;
    json_array_foreach(stage->participants, at, known) met |= name && !strcmp(json_string_value(known), name);
    if (met)
        return 0;
    char text[64];
    snprintf(text, sizeof text, "{\"url\":\"" REHEARSE_URL "%zu\"}", json_array_size(stage->participants));
    json_array_append_new(stage->participants, json_string(name));
    struct command command = {
        .type = COMMAND_PARTICIPANT, .name = name, .text = text, .text_length = strlen(text), .reply = reply_now};
    bool taken = engine_submit(stage->engine, &command);
    assert(taken);
    int code = rehearse_settle(stage, error);
    assert(code || command.created);
    return code;
}

static int stage_start(struct stage *stage, struct error *error)
{
    const struct rehearse *rehearse = stage->rehearse;
    struct command *start = &stage->waiting;
    size_t length = 0;
    char *input =
        rehearse->input ? value_json_text((json_t *)(uintptr_t)rehearse->input, LIMIT_BODY_BYTES, &length) : NULL;
    if (rehearse->input && !input)
        return error_set(error, ERROR_TOO_LARGE, "the input is over %d bytes", LIMIT_BODY_BYTES);
    *start = (struct command){.type = COMMAND_START,
                              .saga = stage->definition->name,
                              .input = input,
                              .input_length = length,
                              .id = rehearse->id,
                              .wait_ms = REHEARSE_PATIENCE_MS,
                              .reply = rehearse_ended,
                              .context = stage};
    bool taken = engine_submit(stage->engine, start);
    assert(taken);
    int code = rehearse_settle(stage, error);
    mem_free(input);
    start->input = NULL;
    if (!code)
        code = stage->store->find(stage->store->self, rehearse->id, NULL, find_txn, stage, error);
    if (!code && stage->txn)
        rehearse_member(stage, stage->txn, rehearse->id);
    return code;
}

static bool find_txn(void *context, const struct store_row *row)
{
    ((struct stage *)context)->txn = row->txn;
    return false;
}

static int stage_play(struct stage *stage, struct error *error)
{
    int code = 0;
    while (!code && !stage_final(stage)) {
        uint64_t next = rehearse_calls_next(stage), timer = engine_next_ms(stage->engine), act_ms = UINT64_MAX;
        size_t act = 0;
        code = rehearse_acts_next(stage, &act, &act_ms, error);
        bool nobody = act_ms == UINT64_MAX && next == UINT64_MAX;
        if (code || (stage->over && nobody))
            return code; /* paused, all that was out is answered, and nobody comes */
        if (nobody && timer - stage->now_ms > REHEARSE_PATIENCE_MS / 2 && stage_stuck(stage))
            return 0;
        next = timer < next ? timer : next;
        next = act_ms < next ? act_ms : next;
        assert(next < UINT64_MAX);
        stage->wave_open &= next <= stage->now_ms;
        stage->now_ms = next > stage->now_ms ? next : stage->now_ms;
        rehearse_calls_deliver(stage);
        code = act_ms <= stage->now_ms ? rehearse_act(stage, act, error) : rehearse_settle(stage, error);
    }
    return code;
}

/* It waits for a child that waits for a person. */
static bool stage_stuck(struct stage *stage)
{
    const struct member *member = rehearse_family_paused(stage);
    if (!member)
        return false;
    json_object_set_new(
        stage->record, "stopped",
        json_sprintf("%s is paused (%s), and waits for a person", member->path, cause_word(member->pause_cause)));
    return true;
}

/* Turns until a turn changes nothing: then only the time can bring something new. */
int rehearse_settle(struct stage *stage, struct error *error)
{
    struct engine_counts before, after;
    int code = 0;
    engine_counts(stage->engine, &after);
    do {
        before = after;
        code = engine_turn(stage->engine, 0, error);
        engine_counts(stage->engine, &after);
    } while (!code && (after.inbox || memcmp(&before, &after, sizeof after) != 0));
    return code;
}

static bool stage_final(const struct stage *stage)
{
    const char *status = json_string_value(json_object_get(stage->record, "status"));
    bool paused = status && strcmp(status, status_word(STATUS_PAUSED)) == 0;
    return json_object_get(stage->record, "stopped") || (stage->over && !paused);
}

static void stage_conclude(struct stage *stage)
{
    json_object_set_new(stage->record, "took_ms",
                        json_integer((json_int_t)(stage->now_ms - stage->rehearse->begin_ms)));
    if (!stage->over)
        json_object_set_new(stage->record, "status", json_string(status_word(STATUS_RUNNING)));
}

static void reply_now(struct command *command)
{
    (void)command; /* what it became is read when the engine has settled */
}

/* What of the input is wrong, where. */
static json_t *findings_of(const struct findings *findings)
{
    json_t *list = json_array();
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->list[i];
        json_array_append_new(list, json_sprintf("%s: %s", finding->pointer, finding->message));
    }
    return list;
}

void rehearse_ended(struct command *command)
{
    struct stage *stage = command->context;
    json_t *record = stage->record;
    stage->over = true;
    if (command->error.code) {
        json_object_set_new(record, "refused", json_string(command->error.text));
        json_object_set_new(record, "status", json_string("refused"));
        json_object_set_new(record, "findings", findings_of(&command->findings));
        return;
    }
    json_object_set_new(record, "status", json_string(status_word(command->result_status)));
    if (command->result_cause != CAUSE_NONE)
        json_object_set_new(record, "cause", json_string(cause_word(command->result_cause)));
    json_object_del(record, "step");
    if (command->result_step[0])
        json_object_set_new(record, "step", json_string(command->result_step));
    if (command->result_output)
        json_object_set_new(
            record, "output",
            json_loadb(command->result_output, command->result_output_length, JSON_DECODE_ANY, NULL));
    if (!status_final(command->result_status) && command->result_status != STATUS_PAUSED)
        json_object_set_new(record, "stopped", json_string("nothing happened for twenty years"));
}

static uint64_t clock_now(void *self)
{
    return ((struct stage *)self)->now_ms;
}

/* Always the same: a rehearsal can be repeated. */
static uint64_t entropy_next(void *self)
{
    return ++((struct stage *)self)->drawn;
}

static void trace_line(void *self, enum trace_level level, const char *text)
{
    (void)level;
    struct stage *stage = self;
    json_array_append_new(json_object_get(stage->record, "warnings"), json_string(text));
}
