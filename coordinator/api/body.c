/* From bytes to an object: media type, size, grammar, depth, duplicates, members. */
#include "api/body.h"

#include "api/answer.h"
#include "api/headers.h"
#include "base/limits.h"
#include "definition/syntax.h"

#include <assert.h>
#include <string.h>

static void body_begin(struct exchange *exchange, struct body *body);
static int body_parse(struct body *body, struct error *error);
static int body_parse_object(struct body *body, struct error *error);
static void body_refuse(struct exchange *exchange, struct body *body, const struct error *error);

bool body_read(struct exchange *exchange, const struct key_table *table, struct body *body)
{
    struct error error;
    body_begin(exchange, body);
    if (headers_check_json(exchange, &error) || body_parse_object(body, &error)) {
        body_refuse(exchange, body, &error);
        return false;
    }
    members_check(&body->findings, "", body->object, table);
    return true;
}

bool body_read_optional(struct exchange *exchange, const struct key_table *table, struct body *body)
{
    if (exchange->body && exchange->body_length)
        return body_read(exchange, table, body);
    body_begin(exchange, body);
    body->object = json_object();
    return true;
}

bool body_read_value(struct exchange *exchange, struct body *body)
{
    struct error error;
    body_begin(exchange, body);
    if (headers_check_json(exchange, &error) || (body->length && body_parse(body, &error))) {
        body_refuse(exchange, body, &error);
        return false;
    }
    return true;
}

bool body_good(struct exchange *exchange, struct body *body)
{
    if (!body->findings.errors_count)
        return true;
    struct error error;
    findings_place(&body->findings, body->text, body->length);
    const struct finding *first = body->findings.list;
    if (body->findings.errors_count == 1)
        error_set(&error, ERROR_INVALID, "%s", first->message);
    else
        error_set(&error, ERROR_INVALID, "%s, and %zu more", first->message, body->findings.errors_count - 1);
    body_refuse(exchange, body, &error);
    return false;
}

void body_done(struct body *body)
{
    json_decref(body->object);
    body->object = NULL;
    findings_done(&body->findings);
}

static void body_begin(struct exchange *exchange, struct body *body)
{
    bool any = exchange->body && exchange->body_length;
    *body = (struct body){.text = any ? exchange->body : "", .length = any ? exchange->body_length : 0};
    findings_init(&body->findings);
}

static int body_parse_object(struct body *body, struct error *error)
{
    if (!body->length)
        return error_set(error, ERROR_SYNTAX, "expected a JSON object in the body, found nothing");
    if (body_parse(body, error))
        return (int)error->code;
    if (!json_is_object(body->object))
        return error_set(error, ERROR_SYNTAX, "expected a JSON object in the body, found %s",
                         keys_type_word(body->object));
    return 0;
}

static int body_parse(struct body *body, struct error *error)
{
    if (body->length > LIMIT_BODY_BYTES)
        return error_set(error, ERROR_TOO_LARGE, "the body has %zu bytes, at most %d are taken", body->length,
                         LIMIT_BODY_BYTES);
    body->object = syntax_read(body->text, body->length, &body->findings);
    if (!body->object) {
        assert(body->findings.count > 0);
        return error_set(error, ERROR_SYNTAX, "%s", body->findings.list[0].message);
    }
    return 0;
}

static void body_refuse(struct exchange *exchange, struct body *body, const struct error *error)
{
    const char *hint = error->code == ERROR_MEDIA_TYPE ? "curl: -H 'Content-Type: application/json'" : NULL;
    answer_problem(exchange, error, hint, body->findings.count ? &body->findings : NULL);
    body_done(body);
}
