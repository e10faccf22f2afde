/* POST .../steps/{step}/complete, fail, heartbeat, approve, reject and .../signals/{name}: what comes from outside
 * without being the response to a call. */
#include "api/answer.h"
#include "api/body.h"
#include "api/brief.h"
#include "api/errand.h"
#include "api/find.h"
#include "base/mem.h"
#include "definition/rules.h"
#include "definition/value.h"

#include <string.h>

/* What one of these calls tells the engine. */
struct telling {
    struct key_table keys;
    enum event_type verb;
    enum answer answer; /* of complete: unless its body says otherwise */
    bool approval;      /* told by a person, not by a participant with a token */
};

static const struct key complete_keys[] = {
    {"status", TYPE_STRING, 0, "completed (default) or failed"},
    {"output", TYPE_ANY, 0, "of the step, when it is completed"},
    {"code", TYPE_STRING, 0, "a stable word for why it failed"},
    {"detail", TYPE_STRING, 0, "the same for a person"},
};
static const struct key fail_keys[] = {
    {"code", TYPE_STRING, 0, "a stable word for why it failed"},
    {"detail", TYPE_STRING, 0, "the same for a person"},
};
static const struct key person_keys[] = {
    {"actor", TYPE_STRING, 0, "who; recorded"},
    {"role", TYPE_STRING, 0, "in which role, where the step asks for one"},
    {"comment", TYPE_STRING, 0, "why; recorded"},
};

#define TABLE(owner, rows)                                                                                        \
    {                                                                                                             \
        owner, rows, sizeof rows / sizeof rows[0]                                                                 \
    }
static const struct telling telling_complete = {TABLE("a report", complete_keys), EVENT_TELL, ANSWER_YES, false};
static const struct telling telling_fail = {TABLE("a report", fail_keys), EVENT_TELL, ANSWER_NO, false};
static const struct telling telling_heartbeat = {{"a heartbeat", NULL, 0}, EVENT_BEAT, ANSWER_NONE, false};
static const struct telling telling_approve = {TABLE("an approval", person_keys), EVENT_TELL, ANSWER_YES, true};
static const struct telling telling_reject = {TABLE("a rejection", person_keys), EVENT_TELL, ANSWER_NO, true};
#undef TABLE

static void tell_engine(struct api *api, struct exchange *exchange, const struct target *target,
                        const struct telling *telling);
static const char *tell_step(struct errand *errand, const struct path *path);
static void tell_report(struct errand *errand, struct body *body);
static void tell_person(struct errand *errand, struct body *body);
static char *tell_detail(const struct body *body);
static void tell_output(struct errand *errand, struct body *body, json_t *value, const char *pointer);
static void tell_send(struct errand *errand, const struct target *target);
static void tell_answer(struct errand *errand);

void tell_complete(struct api *api, struct exchange *exchange, const struct target *target)
{
    tell_engine(api, exchange, target, &telling_complete);
}

void tell_fail(struct api *api, struct exchange *exchange, const struct target *target)
{
    tell_engine(api, exchange, target, &telling_fail);
}

void tell_heartbeat(struct api *api, struct exchange *exchange, const struct target *target)
{
    tell_engine(api, exchange, target, &telling_heartbeat);
}

void tell_approve(struct api *api, struct exchange *exchange, const struct target *target)
{
    tell_engine(api, exchange, target, &telling_approve);
}

void tell_reject(struct api *api, struct exchange *exchange, const struct target *target)
{
    tell_engine(api, exchange, target, &telling_reject);
}

void tell_signal(struct api *api, struct exchange *exchange, const struct target *target)
{
    struct body body;
    if (!body_read_value(exchange, &body))
        return;
    struct errand *errand = errand_new(api, exchange, COMMAND_SIGNAL, tell_answer);
    errand->command.name = errand_keep(errand, target->path.segments[PATH_PART]);
    tell_output(errand, &body, body.object, "");
    if (!body_good(exchange, &body)) {
        errand_free(errand);
        return;
    }
    body_done(&body);
    tell_send(errand, target);
}

static void tell_engine(struct api *api, struct exchange *exchange, const struct target *target,
                        const struct telling *telling)
{
    struct body body;
    /* The token is what a stranger's page does not have; a person's word has none, and is held to Content-Type. */
    bool read = telling->approval ? body_read(exchange, &telling->keys, &body)
                                  : body_read_optional(exchange, &telling->keys, &body);
    if (!read)
        return;
    struct errand *errand = errand_new(api, exchange, COMMAND_TELL, tell_answer);
    struct command *command = &errand->command;
    command->verb = telling->verb;
    command->answer = telling->answer;
    command->approval = telling->approval;
    command->step = tell_step(errand, &target->path);
    command->token = errand_keep(errand, query_find(&target->query, "token"));
    if (telling->approval)
        tell_person(errand, &body);
    else
        tell_report(errand, &body);
    if (!body_good(exchange, &body)) {
        errand_free(errand);
        return;
    }
    body_done(&body);
    tell_send(errand, target);
}

/* The step, or the item of it that the path goes on to. */
static const char *tell_step(struct errand *errand, const struct path *path)
{
    char name[LIMIT_BRANCH_NAME];
    bool item = path->count > PATH_ITEM && strcmp(path->segments[PATH_ITEM - 1], "items") == 0;
    if (!item)
        return errand_keep(errand, path->segments[PATH_PART]);
    int length = snprintf(name, sizeof name, "%s[%s]", path->segments[PATH_PART], path->segments[PATH_ITEM]);
    return errand_keep(errand, length < (int)sizeof name ? name : path->segments[PATH_PART]);
}

/* A participant's report. What belongs to the other answer is a mistake that is better told than lost. */
static void tell_report(struct errand *errand, struct body *body)
{
    struct command *command = &errand->command;
    struct findings *findings = &body->findings;
    const char *status = members_text(findings, "", body->object, "status", LIMIT_NAME_BYTES);
    if (status && strcmp(status, "failed") == 0)
        command->answer = ANSWER_NO;
    else if (status && strcmp(status, "completed") != 0)
        findings_add(findings, rule_code(RULE_WORD), "/status", NULL,
                     "\"status\" is \"completed\" or \"failed\", found \"%s\"", status);
    command->code = errand_keep(errand, members_text(findings, "", body->object, "code", LIMIT_NAME_BYTES));
    command->detail = errand_own(errand, tell_detail(body));
    json_t *output = json_object_get(body->object, "output");
    if (output && command->answer == ANSWER_NO)
        findings_add(findings, rule_code(RULE_MISPLACED), "/output", NULL, "a step that failed has no output");
    if (command->code && command->answer == ANSWER_YES)
        findings_add(findings, rule_code(RULE_MISPLACED), "/code",
                     "add \"status\": \"failed\", or POST it to /fail",
                     "\"code\" says why a step failed, and this one is completed");
    tell_output(errand, body, output, "/output");
}

static void tell_person(struct errand *errand, struct body *body)
{
    struct command *command = &errand->command;
    struct findings *findings = &body->findings;
    command->actor = errand_keep(errand, members_text(findings, "", body->object, "actor", LIMIT_NAME_BYTES));
    command->role = errand_keep(errand, members_text(findings, "", body->object, "role", LIMIT_NAME_BYTES));
    command->reason = errand_keep(errand, members_text(findings, "", body->object, "comment", LIMIT_REASON_BYTES));
}

/* Words for a person, perhaps of several lines, perhaps a whole trace: like those of a response they are cut, not
 * refused, so that a failure is known as one in any case. */
static char *tell_detail(const struct body *body)
{
    const char *text = json_string_value(json_object_get(body->object, "detail"));
    size_t length = text ? strlen(text) : 0;
    if (length > LIMIT_DETAIL_BYTES)
        for (length = LIMIT_DETAIL_BYTES; ((unsigned char)text[length] & 0xc0) == 0x80;)
            length--; /* not within a character */
    return length ? mem_copy(text, length) : NULL;
}

static void tell_output(struct errand *errand, struct body *body, json_t *value, const char *pointer)
{
    if (!value)
        return;
    size_t length;
    char *text = value_json_text(value, LIMIT_BODY_BYTES, &length);
    if (!text) {
        findings_add(&body->findings, rule_code(RULE_RANGE), pointer, NULL, "it is larger than %d bytes",
                     LIMIT_BODY_BYTES);
        return;
    }
    errand->command.output = errand_own(errand, text);
    errand->command.output_length = length;
}

static void tell_send(struct errand *errand, const struct target *target)
{
    struct found found;
    struct error error;
    struct exchange *exchange = errand->exchange;
    if (find_transaction(errand->api->store, target->path.segments[PATH_ID], &found, &error)) {
        errand_free(errand);
        answer_error(exchange, &error);
        return;
    }
    errand->command.txn = found.txn;
    errand_send(errand);
}

static void tell_answer(struct errand *errand)
{
    brief_write(errand->exchange, &errand->command);
    answer_json(errand->exchange, 200);
}
