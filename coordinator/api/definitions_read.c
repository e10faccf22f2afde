/* GET /v1/definitions: the list, the newest version of one, one version. */
#include "api/answer.h"
#include "api/routes.h"
#include "api/write.h"

#include <assert.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

struct reading {
    struct buf *buf;
    bool found;
};

static bool read_row(void *context, const struct store_definition *stored);
static bool read_one(void *context, const struct store_definition *stored);
static bool read_version(const char *text, uint32_t *version);

void definitions_list(struct api *api, struct exchange *exchange, const struct target *target)
{
    (void)target;
    struct store *store = api->store;
    struct reading reading = {.buf = &exchange->response};
    struct error error;
    write_open(reading.buf, '{');
    write_key(reading.buf, "definitions");
    write_open(reading.buf, '[');
    if (store->each_definition(store->self, NULL, 0, read_row, &reading, &error)) {
        answer_error(exchange, &error);
        return;
    }
    buf_puts(reading.buf, "]}");
    answer_json(exchange, 200);
}

void definition_get(struct api *api, struct exchange *exchange, const struct target *target)
{
    struct store *store = api->store;
    struct reading reading = {.buf = &exchange->response};
    struct error error;
    const char *name = target->path.segments[PATH_ID];
    const char *wanted = target->path.count > PATH_ID + 1 ? target->path.segments[PATH_ID + 1] : NULL;
    uint32_t version = 0;
    if (wanted && !read_version(wanted, &version))
        error_set(&error, ERROR_SYNTAX, "a version is a whole number from 1 on, not \"%s\"", wanted);
    else if (!store->each_definition(store->self, name, version, read_one, &reading, &error) && !reading.found)
        error_set(&error, ERROR_NOT_FOUND, "there is no definition \"%s\"%s%s", name, wanted ? " version " : "",
                  wanted ? wanted : "");
    if (reading.found)
        answer_json(exchange, 200);
    else
        answer_error(exchange, &error);
}

static bool read_row(void *context, const struct store_definition *stored)
{
    struct reading *reading = context;
    json_t *json = json_loadb(stored->text, stored->length, 0, NULL);
    write_open(reading->buf, '{');
    write_text(reading->buf, "name", stored->name);
    write_number(reading->buf, "version", stored->version);
    write_text(reading->buf, "description", json_string_value(json_object_get(json, "description")));
    write_time(reading->buf, "registeredAt", stored->at_ms);
    buf_putc(reading->buf, '}');
    json_decref(json);
    return !reading->buf->full;
}

/* Only the first is wanted: the newest, or the one version. */
static bool read_one(void *context, const struct store_definition *stored)
{
    struct reading *reading = context;
    assert(stored->length > 0);
    write_open(reading->buf, '{');
    write_text(reading->buf, "name", stored->name);
    write_number(reading->buf, "version", stored->version);
    write_time(reading->buf, "registeredAt", stored->at_ms);
    write_json(reading->buf, "definition", stored->text, stored->length);
    buf_putc(reading->buf, '}');
    reading->found = true;
    return false;
}

static bool read_version(const char *text, uint32_t *version)
{
    char *end;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    if (text[0] < '1' || text[0] > '9' || *end || errno || number > UINT32_MAX)
        return false;
    *version = (uint32_t)number;
    return true;
}
