/* /v1/participants: the registry of services that take part. */
#include "api/answer.h"
#include "api/body.h"
#include "api/errand.h"
#include "api/participant.h"
#include "api/write.h"

#include <string.h>

struct listing {
    struct buf *buf;
    const char *name; /* the one that is wanted; NULL = all */
    bool found;
};

static int participants_check_name(const char *name, struct error *error);
static bool participants_row(void *context, const struct store_participant *participant);
static void participants_stored(struct errand *errand);
static void participants_removed(struct errand *errand);

void participants_list(struct api *api, struct exchange *exchange, const struct target *target)
{
    (void)target;
    struct store *store = api->store;
    struct listing listing = {.buf = &exchange->response};
    struct error error;
    write_open(listing.buf, '{');
    write_key(listing.buf, "participants");
    write_open(listing.buf, '[');
    if (store->each_participant(store->self, participants_row, &listing, &error)) {
        answer_error(exchange, &error);
        return;
    }
    buf_puts(listing.buf, "]}");
    answer_json(exchange, 200);
}

void participants_get(struct api *api, struct exchange *exchange, const struct target *target)
{
    struct store *store = api->store;
    struct listing listing = {.buf = &exchange->response, .name = target->path.segments[PATH_ID]};
    struct error error;
    int code = store->each_participant(store->self, participants_row, &listing, &error);
    if (!code && !listing.found)
        code = error_set(&error, ERROR_NOT_FOUND, "there is no participant \"%s\"", listing.name);
    if (code)
        answer_error(exchange, &error);
    else
        answer_json(exchange, 200);
}

void participants_put(struct api *api, struct exchange *exchange, const struct target *target)
{
    const char *name = target->path.segments[PATH_ID];
    struct body body;
    struct error error;
    if (participants_check_name(name, &error)) {
        answer_error(exchange, &error);
        return;
    }
    if (!body_read(exchange, &participant_keys, &body))
        return;
    participant_check(&body.findings, "", body.object);
    if (!body_good(exchange, &body))
        return;
    struct errand *errand = errand_new(api, exchange, COMMAND_PARTICIPANT, participants_stored);
    struct command *command = &errand->command;
    command->name = errand_keep(errand, name);
    command->text = errand_own(errand, participant_print(body.object, &command->text_length));
    /* The answer is written while the body lives; the engine's reply only sends it. */
    participant_write(&exchange->response, name, command->text, command->text_length);
    body_done(&body);
    errand_send(errand);
}

void participants_delete(struct api *api, struct exchange *exchange, const struct target *target)
{
    struct errand *errand = errand_new(api, exchange, COMMAND_PARTICIPANT, participants_removed);
    errand->command.name = errand_keep(errand, target->path.segments[PATH_ID]);
    errand_send(errand);
}

static int participants_check_name(const char *name, struct error *error)
{
    if (participant_name(name))
        return 0;
    return error_set(error, ERROR_INVALID,
                     "a participant's name is 1 to %d letters, digits, \"-\", \"_\" and \".\", the first one a "
                     "letter or digit, not \"%s\"",
                     LIMIT_NAME_BYTES, name);
}

static void participants_stored(struct errand *errand)
{
    answer_json(errand->exchange, errand->command.created ? 201 : 200);
}

static void participants_removed(struct errand *errand)
{
    answer_empty(errand->exchange, 204);
}

static bool participants_row(void *context, const struct store_participant *participant)
{
    struct listing *listing = context;
    if (listing->name && strcmp(listing->name, participant->name) != 0)
        return true;
    participant_write(listing->buf, participant->name, participant->text, participant->length);
    listing->found = true;
    return !listing->name;
}
