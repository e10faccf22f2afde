/* POST /v1/definitions: registering a saga file, or trying to. */
#include "api/answer.h"
#include "api/errand.h"
#include "api/headers.h"
#include "api/write.h"
#include "base/limits.h"
#include "base/mem.h"

#include <assert.h>
#include <string.h>

/* What is registered under a name already, as far as it matters for one more. */
struct registered {
    const struct definition *definition;
    uint32_t newest;
    bool different; /* this version, with other content */
};

static struct definition *define_parse(struct exchange *exchange, struct findings *findings);
static void define_try(struct api *api, struct exchange *exchange, const struct definition *definition,
                       const struct findings *findings);
static void define_send(struct api *api, struct exchange *exchange, struct definition *definition,
                        const struct findings *findings);
static void define_answer(struct errand *errand);
static bool define_visit(void *context, const struct store_definition *stored);

void definitions_post(struct api *api, struct exchange *exchange, const struct target *target)
{
    bool dry = false;
    struct error error;
    if (query_bool(&target->query, "dryRun", &dry, &error)) {
        answer_error(exchange, &error);
        return;
    }
    struct findings findings;
    findings_init(&findings);
    struct definition *definition = define_parse(exchange, &findings);
    if (definition && dry) {
        define_try(api, exchange, definition, &findings);
        definition_free(definition);
    } else if (definition) {
        define_send(api, exchange, definition, &findings);
    }
    findings_done(&findings);
}

/* NULL when the exchange was answered: what came is no definition. */
static struct definition *define_parse(struct exchange *exchange, struct findings *findings)
{
    struct error error;
    const char *hint = NULL;
    struct definition *definition = NULL;
    if (headers_check_json(exchange, &error))
        hint = "curl: -H 'Content-Type: application/json'";
    else if (!exchange->body || !exchange->body_length)
        error_set(&error, ERROR_SYNTAX, "expected a saga file in the body, found nothing");
    else if (exchange->body_length > LIMIT_DEFINITION_BYTES)
        error_set(&error, ERROR_TOO_LARGE, "the saga file has %zu bytes, at most %d are taken",
                  exchange->body_length, LIMIT_DEFINITION_BYTES);
    else if ((definition = definition_parse(exchange->body, exchange->body_length, findings)))
        return definition;
    else
        error_set(&error, ERROR_INVALID, "the saga file has %zu error%s", findings->errors_count,
                  findings->errors_count == 1 ? "" : "s");
    answer_problem(exchange, &error, hint, findings->count ? findings : NULL);
    return NULL;
}

/* Answers as the registration would, but does nothing. */
static void define_try(struct api *api, struct exchange *exchange, const struct definition *definition,
                       const struct findings *findings)
{
    struct registered registered = {.definition = definition};
    struct store *store = api->store;
    struct error error;
    if (store->each_definition(store->self, definition->name, 0, define_visit, &registered, &error)) {
        answer_error(exchange, &error);
        return;
    }
    if (registered.different) {
        error_set(&error, ERROR_CONFLICT, "%s version %u exists with other content", definition->name,
                  definition->version);
        char hint[64];
        snprintf(hint, sizeof hint, "the next free version is %u", registered.newest + 1);
        answer_problem(exchange, &error, hint, NULL);
        return;
    }
    write_open(&exchange->response, '{');
    write_json(&exchange->response, "valid", "true", 4);
    write_key(&exchange->response, "findings");
    findings_print_json(findings, &exchange->response);
    buf_putc(&exchange->response, '}');
    answer_json(exchange, 200);
}

static void define_send(struct api *api, struct exchange *exchange, struct definition *definition,
                        const struct findings *findings)
{
    /* The answer is written here, while the findings live, and only sent by the engine's reply. */
    struct buf *buf = &exchange->response;
    write_open(buf, '{');
    write_text(buf, "name", definition->name);
    write_number(buf, "version", definition->version);
    write_key(buf, "findings");
    findings_print_json(findings, buf);
    buf_putc(buf, '}');
    struct errand *errand = errand_new(api, exchange, COMMAND_DEFINE, define_answer);
    errand->command.definition = definition;
    errand_send(errand);
}

static void define_answer(struct errand *errand)
{
    answer_json(errand->exchange, errand->command.created ? 201 : 200);
}

static bool define_visit(void *context, const struct store_definition *stored)
{
    struct registered *registered = context;
    const struct definition *definition = registered->definition;
    if (stored->version > registered->newest)
        registered->newest = stored->version;
    if (stored->version == definition->version) {
        bool same = stored->length == definition->text_length &&
                    memcmp(stored->text, definition->text, stored->length) == 0;
        registered->different = !same;
    }
    return true;
}
