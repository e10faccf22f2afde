/* POST /v1/transactions: starting a transaction, and perhaps waiting for its end. */
#include "api/answer.h"
#include "api/body.h"
#include "api/brief.h"
#include "api/errand.h"
#include "api/headers.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "definition/rules.h"
#include "definition/value.h"

#include <string.h>

static const struct key start_keys[] = {
    {"saga", TYPE_STRING, KEY_REQUIRED, "the name of a registered definition"},
    {"version", TYPE_INTEGER, 0, "its version; the newest by default"},
    {"input", TYPE_ANY, 0, "any JSON value; {} by default"},
    {"id", TYPE_STRING, 0, "the client's own id"},
    {"tags", TYPE_ARRAY, 0, "words to search by"},
};
static const struct key_table start_table = {"a start", start_keys, sizeof start_keys / sizeof *start_keys};

static void start_fill(struct errand *errand, struct body *body, struct error *error);
static const char *start_id(struct body *body);
static char *start_tags(struct body *body);
static void start_tag(struct body *body, const json_t *tag, size_t index, struct buf *tags);
static void start_answer(struct errand *errand);

void transactions_start(struct api *api, struct exchange *exchange, const struct target *target)
{
    (void)target;
    struct body body;
    struct error error = {0};
    const char *key;
    if (headers_key(exchange, &key, &error)) {
        answer_error(exchange, &error);
        return;
    }
    if (!body_read(exchange, &start_table, &body))
        return;
    struct errand *errand = errand_new(api, exchange, COMMAND_START, start_answer);
    start_fill(errand, &body, &error);
    if (!body_good(exchange, &body)) {
        errand_free(errand);
        return;
    }
    body_done(&body);
    if (error.code) {
        errand_free(errand);
        answer_error(exchange, &error);
        return;
    }
    errand->command.key = errand_keep(errand, key);
    errand->command.wait_ms = headers_wait_ms(exchange);
    errand_send(errand);
}

/* Copies the body into the command; `error` is set when the input is too large once it is printed. */
static void start_fill(struct errand *errand, struct body *body, struct error *error)
{
    struct command *command = &errand->command;
    command->saga = errand_keep(errand, members_text(&body->findings, "", body->object, "saga", LIMIT_NAME_BYTES));
    command->version = (uint32_t)members_count(&body->findings, "", body->object, "version", UINT32_MAX);
    command->id = errand_keep(errand, start_id(body));
    if (json_is_array(json_object_get(body->object, "tags")))
        command->tags = errand_own(errand, start_tags(body));
    json_t *input = json_object_get(body->object, "input");
    char *text = input ? value_json_text(input, LIMIT_BODY_BYTES, NULL) : mem_string("{}");
    if (!text) {
        error_set(error, ERROR_TOO_LARGE, "the input is larger than %d bytes", LIMIT_BODY_BYTES);
        return;
    }
    command->input = errand_own(errand, text);
    command->input_length = strlen(text); /* JSON holds no NUL */
}

/* "." and ".." are taken for steps up a path by everything between the client and us. */
static const char *start_id(struct body *body)
{
    const char *id = members_text(&body->findings, "", body->object, "id", LIMIT_ID_BYTES);
    if (id && (strcmp(id, ".") == 0 || strcmp(id, "..") == 0))
        findings_add(&body->findings, rule_code(RULE_IDENTIFIER), "/id", "any other printable text will do",
                     "\"%s\" cannot be an id: no URL can end in it", id);
    return id;
}

/* In the form of the store: "\nvip\neu\n". NULL when there are none. */
static char *start_tags(struct body *body)
{
    const json_t *list = json_object_get(body->object, "tags");
    size_t count = json_array_size(list);
    if (count > LIMIT_TAGS)
        findings_add(&body->findings, rule_code(RULE_RANGE), "/tags", NULL, "%zu tags, at most %d are taken",
                     count, LIMIT_TAGS);
    if (!count || count > LIMIT_TAGS)
        return NULL;
    struct buf tags;
    buf_init(&tags, LIMIT_TAGS * (LIMIT_TAG_BYTES + 1) + 1);
    buf_putc(&tags, '\n');
    for (size_t i = 0; i < count; i++)
        start_tag(body, json_array_get(list, i), i, &tags);
    return buf_take(&tags, NULL);
}

static void start_tag(struct body *body, const json_t *tag, size_t index, struct buf *tags)
{
    char key[24];
    snprintf(key, sizeof key, "%zu", index);
    struct pointer pointer = members_pointer("/tags", key);
    const char *text = json_is_string(tag) ? json_string_value(tag) : "";
    size_t length = strlen(text);
    if (!length || length > LIMIT_TAG_BYTES || !utf8_printable(text, length)) {
        findings_add(&body->findings, rule_code(RULE_TYPE), pointer.text, NULL,
                     "a tag is a text of 1 to %d bytes without control characters", LIMIT_TAG_BYTES);
        return;
    }
    char line[LIMIT_TAG_BYTES + 3];
    snprintf(line, sizeof line, "\n%s\n", text);
    if (strstr(buf_text(tags), line)) {
        findings_add(&body->findings, rule_code(RULE_TYPE), pointer.text, "a tag stands once",
                     "the tag \"%s\" stands twice", text);
        return;
    }
    buf_puts(tags, line + 1);
}

/* 201 started, 200 the same again, 202 waited for in vain. */
static void start_answer(struct errand *errand)
{
    const struct command *command = &errand->command;
    struct exchange *exchange = errand->exchange;
    bool waiting = command->wait_ms > 0;
    exchange->preference_applied = waiting;
    brief_write(exchange, command);
    brief_locate(exchange, command->result_id);
    if (waiting && !status_final(command->result_status))
        answer_json(exchange, 202);
    else
        answer_json(exchange, command->created ? 201 : 200);
}
