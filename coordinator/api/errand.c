/* Sending of commands, and what every reply has in common. */
#include "api/errand.h"

#include "api/answer.h"
#include "base/mem.h"

#include <assert.h>
#include <stdio.h>

static void errand_replied(struct command *command);
static void errand_failed(struct errand *errand);

struct errand *errand_new(struct api *api, struct exchange *exchange, enum command_type type,
                          void (*answer)(struct errand *errand))
{
    assert(answer);
    struct errand *errand = mem_new(sizeof *errand);
    errand->command.type = type;
    errand->command.reply = errand_replied;
    errand->command.context = errand;
    errand->exchange = exchange;
    errand->api = api;
    errand->answer = answer;
    return errand;
}

void errand_send(struct errand *errand)
{
    struct api_engine *engine = &errand->api->engine;
    if (engine->submit(engine->self, &errand->command))
        return; /* the reply may have come already: the errand is no longer ours */
    struct error error;
    error_set(&error, ERROR_BUSY, "the coordinator is full, or about to end; nothing was done");
    struct exchange *exchange = errand->exchange;
    errand_free(errand);
    answer_problem(exchange, &error, "send the same request again after Retry-After", NULL);
}

void errand_free(struct errand *errand)
{
    if (errand->command.definition)
        definition_free(errand->command.definition);
    if (errand->definition)
        definition_free(errand->definition);
    for (size_t i = 0; i < errand->kept_count; i++)
        mem_free(errand->kept[i]);
    findings_done(&errand->command.findings);
    mem_free(errand);
}

const char *errand_keep(struct errand *errand, const char *text)
{
    return errand_own(errand, text ? mem_string(text) : NULL);
}

const char *errand_own(struct errand *errand, char *text)
{
    if (!text)
        return NULL;
    assert(errand->kept_count < ERRAND_TEXTS);
    errand->kept[errand->kept_count++] = text;
    return text;
}

static void errand_replied(struct command *command)
{
    struct errand *errand = command->context;
    assert(&errand->command == command);
    if (command->type == COMMAND_DEFINE && command->error.code == ERROR_NONE && command->created)
        command->definition = NULL; /* the engine's now */
    if (command->error.code != ERROR_NONE)
        errand_failed(errand);
    else
        errand->answer(errand);
    errand_free(errand);
}

static void errand_failed(struct errand *errand)
{
    struct command *command = &errand->command;
    char hint[64] = "";
    if (command->type == COMMAND_DEFINE && command->next_free)
        snprintf(hint, sizeof hint, "the next free version is %u", command->next_free);
    if (command->findings.count)
        findings_place(&command->findings, errand->exchange->body, errand->exchange->body_length);
    answer_problem(errand->exchange, &command->error, *hint ? hint : NULL,
                   command->findings.count ? &command->findings : NULL);
}
