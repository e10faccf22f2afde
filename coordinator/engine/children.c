/* Parents and children meet. Nothing is kept but who has to be looked at; what follows is read from how both
 * stand, so it does not matter in which order things came. */
#include "engine/children.h"

#include "base/mem.h"
#include "definition/nesting.h"
#include "definition/value.h"
#include "engine/inside.h"

#include <assert.h>
#include <string.h>

/* The other side of a branch. */
struct kid {
    struct open *open; /* NULL: it has ended */
    enum status status;
};

/* A definition that is about to be registered, and those that are. */
struct checking {
    struct definitions *definitions;
    const struct definition *added;
    bool newest; /* of its name */
    struct error *error;
    int failed;
};

static void note(struct engine *engine, uint64_t parent, uint16_t branch);
static int settle(struct engine *engine, struct kin kin, struct error *error);
static int find(struct engine *engine, uint64_t number, struct kid *kid, struct error *error);
static void start(struct engine *engine, struct open *parent, uint16_t branch);
static bool put_input(struct open *parent, uint16_t branch, struct buf *input, struct error *error);
static void hear(struct engine *engine, struct open *parent, uint16_t branch, const struct kid *kid);
static void hear_end(struct engine *engine, struct open *parent, uint16_t branch, const struct kid *kid);
static void follow(struct engine *engine, struct open *parent, uint16_t branch, const struct kid *kid);
static void answer(struct engine *engine, struct open *parent, uint16_t branch, enum answer given,
                   enum call_code code, struct buf *payload);
static void print_problem(struct buf *buf, const char *code, const char *id, const char *detail);
static int gather(struct engine *engine, struct open *open, struct open ***list, size_t *count,
                  struct error *error);
static int find_definition(void *context, const char *name, uint32_t version, const struct definition **found,
                           struct error *error);
static bool check_parent(void *context, const struct definition *parent);

void children_note_fact(struct engine *engine, const struct open *open, const struct fact *fact)
{
    bool speaks = fact->type == FACT_READY || fact->type == FACT_RESUMED || fact->type == FACT_ENDED;
    if (open->parent && speaks)
        note(engine, open->parent, open->parent_branch);
}

void children_note_call(struct engine *engine, const struct open *open, const struct call *call)
{
    note(engine, open->number, call->branch);
}

int children_settle(struct engine *engine, struct error *error)
{
    int code = 0;
    for (size_t i = 0; !code && i < engine->kin_count; i++)
        code = settle(engine, engine->kin[i], error);
    engine->kin_count = 0;
    return code;
}

int children_gather(struct engine *engine, struct open *open, struct open ***list, size_t *count,
                    struct error *error)
{
    *list = NULL;
    *count = 0;
    int code = gather(engine, open, list, count, error);
    for (size_t i = 0; !code && i < *count; i++) /* it grows behind */
        code = gather(engine, (*list)[i], list, count, error);
    return code;
}

bool children_operate(struct engine *engine, struct open **list, size_t count, enum event_type verb,
                      const char *payload, size_t length)
{
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        const struct txn *txn = list[i]->txn;
        struct event event = {.type = verb, .branch = BRANCH_NONE, .by_parent = true};
        bool own = verb == EVENT_RESUME && txn->pause_cause != CAUSE_PARENT;
        if (!own && !status_final(txn->status))
            any |= steps_feed(engine, list[i], &event, payload, length) == REFUSAL_NONE;
    }
    return any;
}

int children_check(struct engine *engine, const struct definition *definition, struct error *error)
{
    const struct definition *newest = NULL;
    struct checking checking = {&engine->definitions, definition, true, error, 0};
    struct error ignored;
    if (!definitions_get(&engine->definitions, definition->name, 0, &newest, &ignored))
        checking.newest = definition->version > newest->version;
    int code = nesting_check(definition, find_definition, &checking, error);
    if (!code && checking.newest && nesting_check_child(definition, &ignored))
        code = definitions_each_newest(&engine->definitions, check_parent, &checking, error);
    return code ? code : checking.failed;
}

static void note(struct engine *engine, uint64_t parent, uint16_t branch)
{
    if (engine->kin_count == engine->kin_capacity) {
        engine->kin_capacity = engine->kin_capacity ? engine->kin_capacity * 2 : 16;
        engine->kin = mem_grow(engine->kin, engine->kin_capacity * sizeof *engine->kin);
    }
    engine->kin[engine->kin_count++] = (struct kin){parent, branch};
}

static int settle(struct engine *engine, struct kin kin, struct error *error)
{
    struct kid parent, kid;
    int code = find(engine, kin.parent, &parent, error);
    if (code || !parent.open || status_final(parent.status)) /* terminated, and its children with it */
        return code;
    const struct branch *branch = &parent.open->txn->branches[kin.branch];
    if (branch->state == BRANCH_CALLING && branch->verb == VERB_DO) {
        start(engine, parent.open, kin.branch);
        return 0;
    }
    if (branch->state != BRANCH_CALLING && branch->state != BRANCH_PENDING)
        return 0;
    code = find(engine, parent.open->payload.outcomes[kin.branch].child, &kid, error);
    if (!code && branch->state == BRANCH_PENDING)
        hear(engine, parent.open, kin.branch, &kid);
    else if (!code)
        follow(engine, parent.open, kin.branch, &kid);
    return code;
}

/* What is not there any more was terminated and forgotten: else it would have been heard. */
static int find(struct engine *engine, uint64_t number, struct kid *kid, struct error *error)
{
    *kid = (struct kid){.status = STATUS_TERMINATED};
    int code = opens_need(engine, number, &kid->open, &kid->status, error);
    if (kid->open)
        kid->status = kid->open->txn->status;
    return code;
}

/* A child that cannot be started did nothing, for certain. */
static void start(struct engine *engine, struct open *parent, uint16_t branch)
{
    const struct step_spec *spec = payload_spec(&parent->payload, branch);
    struct open *child = NULL;
    struct error error = {0};
    struct buf input, payload;
    buf_init(&input, 2 * LIMIT_BODY_BYTES);
    buf_init(&payload, 16 * ERROR_TEXT_MAX);
    bool built = put_input(parent, branch, &input, &error);
    if (parent->txn->decision == DECISION_ABORT)
        error_set(&error, ERROR_CONFLICT, "its parent is being undone");
    else if (built)
        starts_child(engine, parent, branch, spec->child, spec->child_version, buf_text(&input), input.length,
                     &child, &error);
    if (child) {
        buf_printf(&payload, "{\"child\":{\"txn\":%llu,\"id\":\"%s\"}}", (unsigned long long)child->number,
                   child->id);
        answer(engine, parent, branch, ANSWER_PENDING, 0, &payload);
    } else {
        trace_put(&engine->ports.trace, TRACE_WARN, "txn=%s step=%s: saga \"%s\" does not start: %s", parent->id,
                  spec->id, spec->child, error.text);
        print_problem(&payload, built ? error_word((int)error.code) : NULL, NULL, error.text);
        answer(engine, parent, branch, ANSWER_NO, built ? CALL_CHILD_NOT_STARTED : CALL_UNBUILDABLE, &payload);
    }
    buf_done(&input);
    buf_done(&payload);
}

/* In the form in which a client's is kept. */
static bool put_input(struct open *parent, uint16_t branch, struct buf *input, struct error *error)
{
    struct buf text;
    bool sends = false;
    buf_init(&text, LIMIT_BODY_BYTES);
    bool built = !payload_body(&parent->payload, branch, VERB_DO, &text, &sends, error);
    json_t *value = built ? json_loadb(text.data, text.length, JSON_DECODE_ANY, NULL) : NULL;
    size_t length = 0;
    char *compact = value ? value_json_text(value, LIMIT_BODY_BYTES, &length) : NULL;
    if (built && !compact)
        error_set(error, ERROR_TOO_LARGE, "the input is larger than %d bytes", LIMIT_BODY_BYTES);
    if (compact)
        buf_put(input, compact, length);
    mem_free(compact);
    json_decref(value);
    buf_done(&text);
    return input->length > 0;
}

/* While its parent waits: that all is done, or how it ended without that. */
static void hear(struct engine *engine, struct open *parent, uint16_t branch, const struct kid *kid)
{
    const struct txn *txn = kid->open ? kid->open->txn : NULL;
    if (status_final(kid->status)) {
        hear_end(engine, parent, branch, kid);
    } else if (txn && txn->ready && txn->decision == DECISION_NONE) {
        struct event event = {.type = EVENT_TELL, .branch = branch, .answer = ANSWER_YES};
        steps_feed(engine, parent, &event, kid->open->result, kid->open->result_length);
    }
}

static void hear_end(struct engine *engine, struct open *parent, uint16_t branch, const struct kid *kid)
{
    bool undone = kid->status == STATUS_COMPENSATED;
    struct event event = {.type = EVENT_TELL,
                          .branch = branch,
                          .answer = undone ? ANSWER_NO : ANSWER_UNKNOWN,
                          .settled = true,
                          .code = undone ? CALL_CHILD_COMPENSATED : CALL_CHILD_TERMINATED};
    char *code = NULL, *detail = NULL;
    struct buf payload;
    buf_init(&payload, 16 * ERROR_TEXT_MAX);
    if (kid->open)
        payload_failure(&kid->open->payload, &code, &detail);
    print_problem(&payload, undone ? code : NULL, kid->open ? kid->open->id : NULL,
                  undone ? detail : "terminated by a person: nobody knows what it left behind");
    steps_feed(engine, parent, &event, buf_text(&payload), payload.length);
    mem_free(code);
    mem_free(detail);
    buf_done(&payload);
}

/* The parent's decision is the child's. Refused while the child is paused; its resume looks here again. */
static void follow(struct engine *engine, struct open *parent, uint16_t branch, const struct kid *kid)
{
    bool undo = parent->txn->branches[branch].verb == VERB_UNDO;
    bool done = kid->status == (undo ? STATUS_COMPENSATED : STATUS_COMPLETED);
    struct event event = {.type = undo ? EVENT_CANCEL : EVENT_RELEASE, .branch = BRANCH_NONE, .by_parent = true};
    if (!status_final(kid->status))
        steps_feed(engine, kid->open, &event, NULL, 0);
    else
        answer(engine, parent, branch, done ? ANSWER_YES : ANSWER_UNKNOWN, done ? 0 : CALL_CHILD_TERMINATED, NULL);
}

/* To the call that is out. */
static void answer(struct engine *engine, struct open *parent, uint16_t branch, enum answer given,
                   enum call_code code, struct buf *payload)
{
    const struct branch *called = &parent->txn->branches[branch];
    struct event event = {.type = EVENT_ANSWER,
                          .branch = branch,
                          .verb = (enum verb)called->verb,
                          .attempt = called->attempt,
                          .answer = given,
                          .settled = true,
                          .code = (uint16_t)code};
    assert(called->state == BRANCH_CALLING);
    steps_feed(engine, parent, &event, payload ? buf_text(payload) : NULL, payload ? payload->length : 0);
}

/* {"code"?, "detail": "[transaction ID: ]..."} */
static void print_problem(struct buf *buf, const char *code, const char *id, const char *detail)
{
    struct buf text;
    buf_init(&text, 16 * ERROR_TEXT_MAX);
    if (id)
        buf_printf(&text, "transaction %s: ", id);
    buf_puts(&text, detail ? detail : "undone");
    buf_putc(buf, '{');
    if (code) {
        buf_puts(buf, "\"code\":");
        buf_put_json(buf, code, strlen(code));
        buf_putc(buf, ',');
    }
    buf_puts(buf, "\"detail\":");
    buf_put_json(buf, buf_text(&text), text.length);
    buf_putc(buf, '}');
    buf_done(&text);
}

/* The children of one: those of branches that wait for them or hold them. */
static int gather(struct engine *engine, struct open *open, struct open ***list, size_t *count,
                  struct error *error)
{
    int code = 0;
    for (uint16_t i = 0; !code && i < open->txn->steps_count; i++) {
        struct kid kid;
        uint64_t number = open->payload.outcomes[i].child;
        if (!number)
            continue;
        code = find(engine, number, &kid, error);
        if (code || !kid.open || status_final(kid.status))
            continue;
        batch_add(engine, kid.open); /* nothing that is loaded next may push it out */
        *list = mem_grow(*list, (*count + 1) * sizeof(struct open *));
        (*list)[(*count)++] = kid.open;
    }
    return code;
}

static int find_definition(void *context, const char *name, uint32_t version, const struct definition **found,
                           struct error *error)
{
    struct checking *checking = context;
    return definitions_get(checking->definitions, name, version, found, error);
}

/* The newest version of a saga, of which the added one would be the child from now on. */
static bool check_parent(void *context, const struct definition *parent)
{
    struct checking *checking = context;
    for (uint16_t i = 0; i < parent->plan.steps_count; i++) {
        const struct step_spec *step = &parent->steps[i];
        if (!step->child || step->child_version || strcmp(step->child, checking->added->name) != 0)
            continue;
        checking->failed = nesting_check_child(checking->added, checking->error);
        error_wrap(checking->error, "step \"%s\" of saga \"%s\" starts its newest version", step->id,
                   parent->name);
        return false;
    }
    return true;
}
