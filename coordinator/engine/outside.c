/* What comes from outside without being the response to a call: callbacks with a token, approvals, signals. */
#include "base/mem.h"
#include "engine/callback.h"
#include "engine/inside.h"

#include <string.h>

static struct open *find(struct engine *engine, struct command *command);
static int find_step(struct open *open, const struct command *command, uint16_t *step, struct error *error);
static int admit(struct open *open, uint16_t step, const struct command *command, struct error *error);
static int admit_person(const struct step_spec *spec, enum step_kind kind, const struct command *command,
                        struct error *error);
static void print_told(const struct command *command, struct buf *buf);
static void print_member(struct buf *buf, const char *name, const char *value);
static int find_signal(const struct open *open, const char *name, uint16_t *step, struct error *error);
static void feed(struct engine *engine, struct open *open, struct command *command, struct event *event,
                 const char *payload, size_t length);

void outside_tell(struct engine *engine, struct command *command)
{
    struct open *open = find(engine, command);
    uint16_t step = 0;
    if (open && !find_step(open, command, &step, &command->error) &&
        !admit(open, step, command, &command->error)) {
        struct event event = {.type = command->verb, .branch = step, .answer = command->answer};
        struct buf payload;
        buf_init(&payload, 2 * LIMIT_BODY_BYTES);
        print_told(command, &payload);
        event.read_only = command->answer == ANSWER_YES && !command->approval &&
                          payload_read_only(&open->payload, step, buf_text(&payload), payload.length);
        feed(engine, open, command, &event, buf_text(&payload), payload.length);
        buf_done(&payload);
    }
    replies_add(engine, command, NULL);
}

void outside_signal(struct engine *engine, struct command *command)
{
    struct open *open = find(engine, command);
    uint16_t step = 0;
    if (open && !find_signal(open, command->name, &step, &command->error)) {
        struct event event = {.type = EVENT_SIGNAL, .branch = step};
        feed(engine, open, command, &event, command->output, command->output_length);
    }
    replies_add(engine, command, NULL);
}

/* The open transaction, or NULL and why not: what has ended listens to nobody. */
static struct open *find(struct engine *engine, struct command *command)
{
    struct open *open = opens_get(engine, command->txn, &command->error);
    char *owned = NULL;
    if (!open && !command->error.code) {
        replies_fill_stored(engine, command->txn, command, &owned);
        mem_free(owned);
        command->result_output = NULL;
        command->result_output_length = 0;
        if (!command->error.code)
            error_set(&command->error, ERROR_GONE, "the transaction has ended (%s) and listens to nobody",
                      status_word(command->result_status));
    }
    return open;
}

static int find_step(struct open *open, const struct command *command, uint16_t *step, struct error *error)
{
    int index = payload_find(&open->payload, command->step);
    if (index < 0)
        return error_set(error, ERROR_NOT_FOUND, "saga \"%s\" has no step \"%s\"", open->definition->name,
                         command->step);
    *step = (uint16_t)index;
    return 0;
}

static int admit(struct open *open, uint16_t step, const struct command *command, struct error *error)
{
    const struct plan_step *plan = core_step_of(&open->definition->plan, open->txn, step);
    if (command->approval)
        return admit_person(payload_spec(&open->payload, step), plan->kind, command, error);
    if (plan->kind != STEP_CALL || !plan->async_ms)
        return error_set(error, ERROR_CONFLICT, "step \"%s\" is not asynchronous: nobody calls back for it",
                         command->step);
    if (plan->each && step < open->txn->steps_count)
        return error_set(error, ERROR_CONFLICT, "step \"%s\" runs per item: call back for one of its items",
                         command->step);
    if (!callback_token_right(open->txn, open->number, step, command->token))
        return error_set(error, ERROR_FORBIDDEN,
                         "the token of the callback is missing or wrong: use the URL as it "
                         "came in Belay-Callback");
    return 0;
}

static int admit_person(const struct step_spec *spec, enum step_kind kind, const struct command *command,
                        struct error *error)
{
    if (kind != STEP_APPROVAL)
        return error_set(error, ERROR_CONFLICT, "step \"%s\" asks nobody for an approval", command->step);
    for (size_t i = 0; i < spec->roles_count; i++)
        if (command->role && strcmp(command->role, spec->roles[i]) == 0)
            return 0;
    if (!spec->roles_count)
        return 0;
    return error_set(error, ERROR_FORBIDDEN, "step \"%s\" wants a yes or no from the role \"%s\"%s", command->step,
                     spec->roles[0], spec->roles_count > 1 ? " (or another of its list)" : "");
}

/* A callback's yes brings the output itself; a person's yes or no is put into words; a no brings code and detail.
 */
static void print_told(const struct command *command, struct buf *buf)
{
    bool yes = command->answer == ANSWER_YES;
    if (command->verb == EVENT_BEAT)
        return;
    if (yes && !command->approval) {
        buf_put(buf, command->output, command->output_length);
        return;
    }
    buf_puts(buf, command->approval ? (yes ? "{\"approved\":true" : "{\"approved\":false") : "{\"told\":true");
    print_member(buf, "by", command->actor);
    print_member(buf, "comment", command->reason);
    print_member(buf, "code", command->code);
    print_member(buf, "detail", command->detail ? command->detail : yes ? NULL : command->reason);
    buf_putc(buf, '}');
}

static void print_member(struct buf *buf, const char *name, const char *value)
{
    if (!value)
        return;
    buf_printf(buf, ",\"%s\":", name);
    buf_put_json(buf, value, strlen(value));
}

/* The first step that still wants this signal: the one that waits, or the next that will. */
static int find_signal(const struct open *open, const char *name, uint16_t *step, struct error *error)
{
    bool known = false;
    for (uint16_t i = 0; i < open->definition->plan.steps_count; i++) {
        const struct branch *branch = &open->txn->branches[i];
        const char *signal = open->definition->steps[i].signal;
        if (!signal || strcmp(signal, name) != 0)
            continue;
        known = true;
        *step = i;
        if (branch->state == BRANCH_PENDING || (branch->state == BRANCH_IDLE && !branch->signalled))
            return 0;
    }
    return known ? 0
                 : error_set(error, ERROR_NOT_FOUND, "no step of saga \"%s\" waits for a signal \"%s\"",
                             open->definition->name, name);
}

static void feed(struct engine *engine, struct open *open, struct command *command, struct event *event,
                 const char *payload, size_t length)
{
    enum refusal refusal = steps_feed(engine, open, event, payload, length);
    if (refusal != REFUSAL_NONE)
        error_set(&command->error, ERROR_GONE, "%s", refusal_text(refusal));
    replies_fill(open, command);
}
