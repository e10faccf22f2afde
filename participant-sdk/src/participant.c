/* A participant: its barrier, its allocator, and the operations it answers for. */
#include "participant.h"
#include "barrier_decide.h"
#include "sized.h"

#include <assert.h>
#include <string.h>

/* What the options of the first version had. */
#define OPTIONS_FIRST offsetof(struct belay_participant_options, secrets)

static void *resize(const struct belay_allocator *allocator, void *memory, size_t size)
{
    return allocator->resize(allocator->context, memory, size);
}

/* NULL when calls can be verified with these options, or need not be; else what is missing. */
static const char *find_unverifiable(const struct belay_participant_options *options)
{
    if (!options->secrets_count)
        return NULL;
    if (!options->secrets || options->secrets_count > BELAY_SECRETS_MAX)
        return "secrets_count is more than BELAY_SECRETS_MAX, or there are none";
    if (!options->hmac)
        return "secrets need hmac";
    return options->clock && options->clock->now_s ? NULL : "secrets need a clock";
}

static int read_secrets(struct belay_participant *participant, const struct belay_participant_options *options,
                        struct belay_error *error)
{
    int code = BELAY_OK;
    participant->hmac = options->hmac;
    if (options->clock)
        participant->clock = *options->clock;
    for (size_t i = 0; i < options->secrets_count && !code; i++)
        code = belay_secret_parse(options->secrets[i], &participant->secrets[i], error);
    if (!code)
        participant->secrets_count = options->secrets_count;
    return code;
}

int belay_participant_new(const struct belay_participant_options *given, struct belay_participant **out,
                          struct belay_error *error)
{
    struct belay_participant_options options;
    if (!belay_sized_copy(&options, sizeof options, OPTIONS_FIRST, given))
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "participant options: size is not set");
    if (!options.barrier || options.barrier->size < sizeof *options.barrier)
        return belay_error_set(error, BELAY_ERROR_ARGUMENT,
                               "participant options: no barrier, or its size is not set");
    const char *missing = belay_barrier_missing(options.barrier);
    if (missing)
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "the barrier has no function \"%s\"", missing);
    missing = find_unverifiable(&options);
    if (missing)
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "participant options: %s", missing);
    if (options.logger && !options.logger->log)
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "participant options: the logger has no function");
    const struct belay_allocator *allocator = options.allocator ? options.allocator : &belay_allocator_default;
    struct belay_participant *participant = resize(allocator, NULL, sizeof *participant);
    if (!participant)
        return belay_error_set(error, BELAY_ERROR_MEMORY, "no memory for a participant");
    *participant = (struct belay_participant){.barrier = options.barrier, .allocator = *allocator};
    if (options.logger)
        participant->logger = *options.logger;
    int code = read_secrets(participant, &options, error);
    if (code)
        belay_participant_free(participant);
    else
        *out = participant;
    return code;
}

void belay_participant_free(struct belay_participant *participant)
{
    if (!participant)
        return;
    struct belay_allocator allocator = participant->allocator;
    for (size_t i = 0; i < participant->operations_count; i++)
        resize(&allocator, participant->operations[i], 0);
    explicit_bzero(participant->secrets, sizeof participant->secrets);
    resize(&allocator, participant, 0);
}

static bool is_name(const char *name)
{
    size_t length = name ? strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") : 0;
    return length > 0 && length <= BELAY_OPERATION_MAX && !name[length];
}

/* NULL when the hooks belong together, else what is wrong with them. */
static const char *find_fault(const struct belay_operation *operation)
{
    bool alone = !operation->on_try && !operation->on_prepare; /* a check may stand alone: an outbox's */
    if ((operation->on_compensation || (operation->on_check && !alone)) && !operation->on_action)
        return "on_compensation and on_check need on_action";
    if ((operation->on_confirm || operation->on_cancel) && !operation->on_try)
        return "on_confirm and on_cancel need on_try";
    if ((operation->on_commit || operation->on_rollback) && !operation->on_prepare)
        return "on_commit and on_rollback need on_prepare";
    if (!operation->on_action && !operation->on_check && alone)
        return "it has no hook";
    return NULL;
}

int belay_participant_add(struct belay_participant *participant, const struct belay_operation *given,
                          struct belay_error *error)
{
    struct belay_operation operation;
    if (!belay_sized_copy(&operation, sizeof operation, sizeof operation, given))
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "operation: size is not set");
    if (!is_name(operation.name))
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "operation: its name is not 1 to %d of [A-Za-z0-9-_.]",
                               BELAY_OPERATION_MAX);
    const char *fault = find_fault(&operation);
    if (fault)
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "operation \"%s\": %s", operation.name, fault);
    if (belay_participant_find(participant, operation.name))
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "operation \"%s\" is there twice", operation.name);
    if (participant->operations_count == BELAY_OPERATIONS_MAX)
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "more than %d operations", BELAY_OPERATIONS_MAX);
    size_t length = strlen(operation.name) + 1;
    struct belay_operation *copy = resize(&participant->allocator, NULL, sizeof *copy + length);
    if (!copy)
        return belay_error_set(error, BELAY_ERROR_MEMORY, "no memory for operation \"%s\"", operation.name);
    *copy = operation;
    copy->name = memcpy(copy + 1, operation.name, length);
    participant->operations[participant->operations_count++] = copy;
    return BELAY_OK;
}

const struct belay_operation *belay_participant_find(const struct belay_participant *participant, const char *name)
{
    assert(participant->operations_count <= BELAY_OPERATIONS_MAX);
    for (size_t i = 0; i < participant->operations_count; i++)
        if (!strcmp(participant->operations[i]->name, name))
            return participant->operations[i];
    return NULL;
}
