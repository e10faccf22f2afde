/* POST /v1/transactions/{id}/VERB: what operators do. */
#include "api/answer.h"
#include "api/body.h"
#include "api/brief.h"
#include "api/errand.h"
#include "api/find.h"
#include "definition/rules.h"
#include "definition/value.h"

#include <assert.h>
#include <string.h>

/* word in the path, event, whether a reason and a step belong to it, what else it takes */
#define VERBS_OF_OPERATORS(X)                                                                                     \
    X("cancel", EVENT_CANCEL, REASON_MAY, STEP_NEVER, TAKES_NOTHING)                                              \
    X("pause", EVENT_PAUSE, REASON_MAY, STEP_NEVER, TAKES_NOTHING)                                                \
    X("resume", EVENT_RESUME, REASON_MAY, STEP_NEVER, TAKES_NOTHING)                                              \
    X("retry", EVENT_RETRY, REASON_MAY, STEP_MAY, TAKES_BODY)                                                     \
    X("skip", EVENT_SKIP, REASON_MUST, STEP_MUST, TAKES_NOTHING)                                                  \
    X("resolve", EVENT_RESOLVE, REASON_MUST, STEP_MUST, TAKES_OUTCOME)                                            \
    X("terminate", EVENT_TERMINATE, REASON_MUST, STEP_NEVER, TAKES_NOTHING)

enum need_reason { REASON_MAY, REASON_MUST };
enum need_step { STEP_NEVER, STEP_MAY, STEP_MUST };
enum takes { TAKES_NOTHING, TAKES_OUTCOME, TAKES_BODY };

struct operation {
    const char *word;
    enum event_type verb;
    enum need_reason reason;
    enum need_step step;
    enum takes takes;
};

static const struct operation operations[] = {
#define X(word, verb, reason, step, takes) {word, verb, reason, step, takes},
    VERBS_OF_OPERATORS(X)
#undef X
};

enum { KEYS_MAX = 5 };

static const struct operation *operate_find(const char *word);
static struct key_table operate_keys(const struct operation *operation, struct key keys[KEYS_MAX]);
static void operate_fill(struct errand *errand, struct body *body);
static void operate_resolve(struct errand *errand, struct body *body);
static void operate_edit(struct errand *errand, struct body *body);
static char *operate_json(struct body *body, const char *name, size_t *length);
static void operate_answer(struct errand *errand);

void operate_post(struct api *api, struct exchange *exchange, const struct target *target)
{
    const struct operation *operation = operate_find(target->path.segments[PATH_VERB]);
    struct key keys[KEYS_MAX];
    struct key_table table = operate_keys(operation, keys);
    struct found found;
    struct error error;
    struct body body;
    if (!body_read(exchange, &table, &body))
        return;
    struct errand *errand = errand_new(api, exchange, COMMAND_OPERATE, operate_answer);
    errand->command.verb = operation->verb;
    operate_fill(errand, &body);
    if (operation->takes == TAKES_OUTCOME)
        operate_resolve(errand, &body);
    if (operation->takes == TAKES_BODY)
        operate_edit(errand, &body);
    if (!body_good(exchange, &body)) {
        errand_free(errand);
        return;
    }
    body_done(&body);
    if (find_transaction(api->store, target->path.segments[PATH_ID], &found, &error)) {
        errand_free(errand);
        answer_error(exchange, &error);
        return;
    }
    errand->command.txn = found.txn;
    errand_send(errand);
}

static const struct operation *operate_find(const char *word)
{
    size_t i = 0;
    while (strcmp(operations[i].word, word) != 0) {
        i++;
        assert(i < sizeof operations / sizeof *operations); /* every route has its row */
    }
    return &operations[i];
}

/* The members that this verb takes. */
static struct key_table operate_keys(const struct operation *operation, struct key keys[KEYS_MAX])
{
    size_t count = 0;
    unsigned reason = operation->reason == REASON_MUST ? KEY_REQUIRED : 0;
    unsigned step = operation->step == STEP_MUST ? KEY_REQUIRED : 0;
    keys[count++] = (struct key){"reason", TYPE_STRING, reason, "why; recorded"};
    keys[count++] = (struct key){"actor", TYPE_STRING, 0, "who; recorded"};
    if (operation->step != STEP_NEVER)
        keys[count++] = (struct key){"step", TYPE_STRING, step, "the id of a step; of an item STEP[KEY]"};
    if (operation->takes == TAKES_OUTCOME) {
        keys[count++] = (struct key){"outcome", TYPE_STRING, KEY_REQUIRED, "done or failed"};
        keys[count++] = (struct key){"output", TYPE_ANY, 0, "of the step, when it is done"};
    }
    if (operation->takes == TAKES_BODY)
        keys[count++] = (struct key){"body", TYPE_ANY, 0, "what the step is called with from now on"};
    assert(count <= KEYS_MAX);
    return (struct key_table){operation->word, keys, count};
}

static void operate_fill(struct errand *errand, struct body *body)
{
    struct command *command = &errand->command;
    struct findings *findings = &body->findings;
    command->reason = errand_keep(errand, members_text(findings, "", body->object, "reason", LIMIT_REASON_BYTES));
    command->actor = errand_keep(errand, members_text(findings, "", body->object, "actor", LIMIT_NAME_BYTES));
    command->step = errand_keep(errand, members_text(findings, "", body->object, "step", LIMIT_BRANCH_NAME - 1));
}

static void operate_resolve(struct errand *errand, struct body *body)
{
    struct command *command = &errand->command;
    struct findings *findings = &body->findings;
    const char *outcome = members_text(findings, "", body->object, "outcome", LIMIT_NAME_BYTES);
    bool done = outcome && strcmp(outcome, "done") == 0;
    if (outcome && !done && strcmp(outcome, "failed") != 0)
        findings_add(findings, rule_code(RULE_WORD), "/outcome", NULL,
                     "\"outcome\" is \"done\" or \"failed\", found \"%s\"", outcome);
    command->answer = done ? ANSWER_YES : ANSWER_NO;
    json_t *output = json_object_get(body->object, "output");
    if (!output)
        return;
    if (outcome && !done)
        findings_add(findings, rule_code(RULE_MISPLACED), "/output", NULL, "a step that failed has no output");
    command->output = errand_own(errand, operate_json(body, "output", &command->output_length));
}

/* A body that is not the saga's own overrides what the author promised: it belongs to one step, and needs a
 * reason.
 */
static void operate_edit(struct errand *errand, struct body *body)
{
    struct command *command = &errand->command;
    if (!json_object_get(body->object, "body"))
        return;
    const char *const needed[] = {"step", "reason"};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (!json_object_get(body->object, needed[i]))
            findings_add(&body->findings, rule_code(RULE_MISSING_KEY), "", NULL,
                         "a \"body\" is for one step and is recorded: \"%s\" is missing", needed[i]);
    command->body = errand_own(errand, operate_json(body, "body", &command->body_length));
}

/* A member as compact JSON; NULL, and a finding, when it is too large. */
static char *operate_json(struct body *body, const char *name, size_t *length)
{
    char pointer[32];
    char *text = value_json_text(json_object_get(body->object, name), LIMIT_BODY_BYTES, length);
    snprintf(pointer, sizeof pointer, "/%s", name);
    if (!text)
        findings_add(&body->findings, rule_code(RULE_RANGE), pointer, NULL, "\"%s\" is larger than %d bytes", name,
                     LIMIT_BODY_BYTES);
    return text;
}

static void operate_answer(struct errand *errand)
{
    brief_write(errand->exchange, &errand->command);
    answer_json(errand->exchange, 200);
}
