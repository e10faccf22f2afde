/* How the outcome of a call becomes known when its response does not tell: it calls back, is asked again, or is
 * told from the response by expressions. */
#include "definition/keys.h"
#include "definition/parse.h"

static void parse_async(struct parse *parse, const json_t *step, struct node *node);
static void parse_check(struct parse *parse, const json_t *step, struct node *node);
static void parse_outcomes(struct parse *parse, const json_t *step, struct node *node);

void parse_outcome(struct parse *parse, const json_t *step, struct node *node)
{
    parse_async(parse, step, node);
    if (node->phases == PHASES_SAGA)
        parse_check(parse, step, node);
    parse_outcomes(parse, step, node);
}

static void parse_async(struct parse *parse, const json_t *step, struct node *node)
{
    const json_t *async = keys_get(step, "async", TYPE_OBJECT);
    node->has_async = json_object_get(step, "async") != NULL;
    if (!async)
        return;
    size_t mark = parse_enter(parse, "async");
    keys_check(parse, async, &keys_async, ON_ANY);
    parse_end_of_wait(parse, async, "async", &node->async_ms);
    if (parse_duration(parse, async, "heartbeat", &node->heartbeat_ms) && node->async_ms &&
        node->heartbeat_ms >= node->async_ms)
        parse_complain_at(parse, "heartbeat", RULE_HEARTBEAT, NULL,
                          "\"heartbeat\" is not shorter than \"timeout\": it would never be missed");
    parse_leave(parse, mark);
}

/* Of an operation it is one more phase on the path that all its phases share. */
static void parse_check(struct parse *parse, const json_t *step, struct node *node)
{
    const json_t *check = keys_get(step, "check", TYPE_OBJECT | TYPE_BOOL);
    if (!check)
        return;
    node->has_check = !json_is_false(check);
    if (node->operation && !json_is_boolean(check)) {
        parse_complain_at(parse, "check", RULE_TYPE, "write \"check\": true",
                          "the \"check\" of an operation is true or false: it has no request of its own");
    } else if (!node->operation && !json_is_object(check)) {
        parse_complain_at(parse, "check", RULE_TYPE, NULL, "the \"check\" of an action is an object, found %s",
                          keys_type_word(check));
    } else if (!node->operation) {
        size_t mark = parse_enter(parse, "check");
        keys_check(parse, check, &keys_action_check, ON_ANY);
        parse_request(parse, check, &node->check);
        parse_leave(parse, mark);
    }
}

static struct expr *parse_member(struct parse *parse, const json_t *object, const char *key)
{
    const json_t *value = keys_get(object, key, TYPE_STRING);
    return value ? parse_condition(parse, key, json_string_value(value), json_string_length(value)) : NULL;
}

static void parse_outcomes(struct parse *parse, const json_t *step, struct node *node)
{
    const json_t *outcomes = keys_get(step, "outcomes", TYPE_OBJECT);
    if (!outcomes)
        return;
    size_t mark = parse_enter(parse, "outcomes");
    keys_check(parse, outcomes, &keys_outcomes, ON_ANY);
    if (!json_object_get(outcomes, "success") && !json_object_get(outcomes, "failure"))
        parse_complain(parse, RULE_MISSING_KEY, "\"success\": \"response.body.state == 'done'\"",
                       "\"outcomes\" has neither \"success\" nor \"failure\"");
    node->success = parse_member(parse, outcomes, "success");
    node->failure = parse_member(parse, outcomes, "failure");
    parse_leave(parse, mark);
}
