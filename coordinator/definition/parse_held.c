/* Steps of TCC and of two-phase commit: one request that does it and holds, one for each decision. */
#include "definition/keys.h"
#include "definition/parse.h"

static void parse_phase(struct parse *parse, const json_t *step, const struct node *node, enum verb verb,
                        struct request_spec *request);
static void parse_second(struct parse *parse, const json_t *step, const char *key, uint64_t *timeout_ms,
                         struct policy *retry);

bool parse_held(struct parse *parse, const json_t *step, struct node *node)
{
    bool tcc = json_object_get(step, "try") != NULL;
    if (!tcc && !json_object_get(step, "prepare"))
        return false;
    node->phases = tcc ? PHASES_TCC : PHASES_VOTE;
    node->has_undo = true;
    parse_phase(parse, step, node, VERB_DO, &node->action);
    parse_phase(parse, step, node, VERB_CONFIRM, &node->confirm);
    parse_phase(parse, step, node, VERB_UNDO, &node->undo);
    parse_second(parse, step, phase_word(node->phases, VERB_CONFIRM), &node->confirm_timeout_ms,
                 &node->confirm_retry);
    parse_second(parse, step, phase_word(node->phases, VERB_UNDO), &node->undo_timeout_ms, &node->undo_retry);
    return true;
}

static void parse_phase(struct parse *parse, const json_t *step, const struct node *node, enum verb verb,
                        struct request_spec *request)
{
    const char *key = phase_word(node->phases, verb);
    const json_t *phase = keys_get(step, key, TYPE_OBJECT);
    if (!json_object_get(step, key))
        parse_complain(parse, RULE_MISSING_KEY, "what is held has to be ended, whatever is decided",
                       "\"%s\" has \"%s\" and no \"%s\"", node_name(node), phase_word(node->phases, VERB_DO), key);
    if (!phase)
        return;
    size_t mark = parse_enter(parse, key);
    keys_check(parse, phase, verb == VERB_DO ? &keys_action : &keys_second, ON_ANY);
    parse_request(parse, phase, request);
    parse_leave(parse, mark);
}

static void parse_second(struct parse *parse, const json_t *step, const char *key, uint64_t *timeout_ms,
                         struct policy *retry)
{
    const json_t *phase = keys_get(step, key, TYPE_OBJECT);
    if (!phase)
        return;
    size_t mark = parse_enter(parse, key);
    parse_duration(parse, phase, "timeout", timeout_ms);
    parse_retry(parse, phase, false, retry);
    parse_leave(parse, mark);
}
