/* What a command wishes, apart from starting. */
#include "base/mem.h"
#include "engine/inside.h"

#include <assert.h>
#include <string.h>

static void wait_for(struct engine *engine, struct command *command);
static void operate(struct engine *engine, struct command *command);
static enum refusal operate_all(struct engine *engine, struct open *open, struct command *command, uint16_t branch,
                                struct buf *payload);
static int find_branch(const struct open *open, const char *step, uint16_t *branch, struct error *error);
static int admit_body(const struct open *open, const struct command *command, uint16_t branch,
                      struct error *error);
static void print_operator(const struct command *command, struct buf *buf);
static void define(struct engine *engine, struct command *command);
static void put_participant(struct engine *engine, struct command *command);

void commands_do(struct engine *engine, struct command *command)
{
    command->error = (struct error){0};
    switch (command->type) {
    case COMMAND_START:
        starts_do(engine, command);
        return;
    case COMMAND_WAIT:
        wait_for(engine, command);
        return;
    case COMMAND_OPERATE:
        operate(engine, command);
        return;
    case COMMAND_TELL:
        outside_tell(engine, command);
        return;
    case COMMAND_SIGNAL:
        outside_signal(engine, command);
        return;
    case COMMAND_DEFINE:
        define(engine, command);
        return;
    case COMMAND_PARTICIPANT:
        put_participant(engine, command);
        return;
    }
    assert(!"a command of the table");
}

static void wait_for(struct engine *engine, struct command *command)
{
    struct open *open = opens_get(engine, command->txn, &command->error);
    char *owned = NULL;
    if (open && command->wait_ms && open->txn->status != STATUS_PAUSED) {
        replies_wait(engine, open, command);
        return;
    }
    if (open) {
        replies_fill(open, command);
        command->result_before = locks_before(open, command->result_holder);
    } else if (!command->error.code)
        replies_fill_stored(engine, command->txn, command, &owned);
    replies_add(engine, command, owned);
}

static void operate(struct engine *engine, struct command *command)
{
    struct open *open = opens_get(engine, command->txn, &command->error);
    char *owned = NULL;
    uint16_t branch = BRANCH_NONE;
    if (!open) {
        if (!command->error.code)
            replies_fill_stored(engine, command->txn, command, &owned);
        if (!command->error.code)
            error_set(&command->error, ERROR_CONFLICT, "cannot %s: %s (%s)", event_word(command->verb),
                      refusal_text(REFUSAL_FINAL), status_word(command->result_status));
    } else if (!find_branch(open, command->step, &branch, &command->error) &&
               !admit_body(open, command, branch, &command->error)) {
        struct buf payload;
        buf_init(&payload, 2 * LIMIT_BODY_BYTES);
        print_operator(command, &payload);
        enum refusal refusal = operate_all(engine, open, command, branch, &payload);
        buf_done(&payload);
        if (refusal != REFUSAL_NONE)
            error_set(&command->error, ERROR_CONFLICT, "cannot %s: %s", event_word(command->verb),
                      refusal_text(refusal));
        else if (!command->error.code)
            trace_put(&engine->ports.trace, TRACE_INFO, "txn=%s %s by %s: %s", open->id, event_word(command->verb),
                      command->actor ? command->actor : "?", command->reason ? command->reason : "");
        replies_fill(open, command);
    }
    replies_add(engine, command, owned);
}

/* What concerns the whole of it reaches its children, who are all there before anybody is told. */
static enum refusal operate_all(struct engine *engine, struct open *open, struct command *command, uint16_t branch,
                                struct buf *payload)
{
    struct event event = {.type = command->verb, .branch = branch, .answer = command->answer};
    bool reaches = event.type == EVENT_PAUSE || event.type == EVENT_RESUME || event.type == EVENT_TERMINATE ||
                   (event.type == EVENT_RETRY && branch == BRANCH_NONE);
    struct open **children = NULL;
    size_t count = 0;
    enum refusal refusal = REFUSAL_NONE;
    if (!reaches || !children_gather(engine, open, &children, &count, &command->error)) {
        refusal = steps_feed(engine, open, &event, buf_text(payload), payload->length);
        bool stuck_below = refusal == REFUSAL_STEP && event.type == EVENT_RETRY;
        if (count && (refusal == REFUSAL_NONE || stuck_below) &&
            children_operate(engine, children, count, event.type, buf_text(payload), payload->length))
            refusal = REFUSAL_NONE;
    }
    mem_free(children);
    return refusal;
}

static int find_branch(const struct open *open, const char *step, uint16_t *branch, struct error *error)
{
    if (!step)
        return 0;
    int index = payload_find(&open->payload, step);
    if (index < 0)
        return error_set(error, ERROR_NOT_FOUND, "saga \"%s\" has no step \"%s\"", open->definition->name, step);
    *branch = (uint16_t)index;
    return 0;
}

/* A body takes the place of one that is sent. */
static int admit_body(const struct open *open, const struct command *command, uint16_t branch, struct error *error)
{
    if (!command->body)
        return 0;
    assert(branch != BRANCH_NONE); /* the API asks for the step */
    enum verb verb = (enum verb)open->txn->branches[branch].verb;
    const struct request_spec *request = payload_request(&open->payload, branch, verb);
    if (request->body || request->body_input)
        return 0;
    return error_set(error, ERROR_CONFLICT, "cannot retry: the request of step \"%s\" has no body to replace",
                     command->step);
}

static void print_operator(const struct command *command, struct buf *buf)
{
    const char *before = "{";
    if (command->actor) {
        buf_printf(buf, "%s\"actor\":", before);
        buf_put_json(buf, command->actor, strlen(command->actor));
        before = ",";
    }
    if (command->reason) {
        buf_printf(buf, "%s\"reason\":", before);
        buf_put_json(buf, command->reason, strlen(command->reason));
        before = ",";
    }
    if (command->output) {
        buf_printf(buf, "%s\"output\":", before);
        buf_put(buf, command->output, command->output_length);
        before = ",";
    }
    if (command->body) {
        buf_printf(buf, "%s\"body\":", before);
        buf_put(buf, command->body, command->body_length);
        before = ",";
    }
    if (*before == ',')
        buf_putc(buf, '}');
}

static void define(struct engine *engine, struct command *command)
{
    struct batch *batch = &engine->batch;
    struct definition *definition = command->definition;
    bool known;
    int code = definitions_check(&engine->definitions, definition, &known, &command->next_free, &command->error);
    if (!code && !known)
        code = schedules_check(engine, definition, &command->error);
    if (!code && !known)
        code = children_check(engine, definition, &command->error);
    if (!code && !known) {
        definitions_add(&engine->definitions, definition);
        schedules_define(engine, definition);
        batch->definitions =
            mem_grow(batch->definitions, (batch->definitions_count + 1) * sizeof *batch->definitions);
        batch->definitions[batch->definitions_count++] = (struct store_definition){
            definition->name, definition->version, definition->text, definition->text_length, engine->now_ms};
        command->created = true;
    }
    replies_add(engine, command, NULL);
}

static void put_participant(struct engine *engine, struct command *command)
{
    struct batch *batch = &engine->batch;
    int code = registry_put(&engine->registry, command->name, command->text, command->text_length,
                            &command->created, &command->error);
    if (!code) {
        outbox_wake(engine, &registry_get(&engine->registry, command->name)->outbox);
        batch->participants =
            mem_grow(batch->participants, (batch->participants_count + 1) * sizeof *batch->participants);
        batch->participants[batch->participants_count++] =
            (struct store_participant){command->name, command->text, command->text_length};
    }
    replies_add(engine, command, NULL);
}
