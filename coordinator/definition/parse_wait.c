/* Steps that call nobody and wait: for a while, for a signal, for a person. */
#include "base/mem.h"
#include "base/utf8.h"
#include "definition/defaults.h"
#include "definition/keys.h"
#include "definition/parse.h"

static void parse_signal(struct parse *parse, const json_t *object, struct node *node);
static void parse_approval(struct parse *parse, const json_t *object, struct node *node);
static void parse_silence(struct parse *parse, const json_t *object, const char *no, const char *yes,
                          struct node *node);
static void parse_title(struct parse *parse, const json_t *object, struct node *node);
static void parse_roles(struct parse *parse, const json_t *object, struct node *node);

void parse_wait(struct parse *parse, const json_t *step, struct node *node)
{
    if (node->kind == NODE_DELAY) {
        parse_duration(parse, step, "delay", &node->wait_ms);
        return;
    }
    const char *key = node->kind == NODE_SIGNAL ? "waitFor" : "approval";
    const json_t *object = keys_get(step, key, TYPE_OBJECT);
    if (!object)
        return;
    size_t mark = parse_enter(parse, key);
    if (node->kind == NODE_SIGNAL)
        parse_signal(parse, object, node);
    else
        parse_approval(parse, object, node);
    parse_end_of_wait(parse, object, key, &node->wait_ms);
    parse_leave(parse, mark);
}

void parse_end_of_wait(struct parse *parse, const json_t *object, const char *key, uint64_t *ms)
{
    if (!json_object_get(object, "timeout"))
        parse_complain(parse, RULE_OPEN_WAIT, "add \"timeout\": \"1h\", or what is right",
                       "\"%s\" has no \"timeout\": if nobody ever answers, the saga never ends", key);
    parse_duration(parse, object, "timeout", ms);
}

static void parse_signal(struct parse *parse, const json_t *object, struct node *node)
{
    keys_check(parse, object, &keys_signal, ON_ANY);
    parse_name(parse, object, "signal", &node->signal);
    parse_silence(parse, object, "fail", "continue", node);
}

static void parse_approval(struct parse *parse, const json_t *object, struct node *node)
{
    keys_check(parse, object, &keys_approval, ON_ANY);
    parse_title(parse, object, node);
    parse_roles(parse, object, node);
    parse_silence(parse, object, "reject", "approve", node);
}

static void parse_silence(struct parse *parse, const json_t *object, const char *no, const char *yes,
                          struct node *node)
{
    const char *const words[] = {[SILENCE_NO] = no, [SILENCE_YES] = yes};
    size_t choice = SILENCE_NO;
    parse_word(parse, object, "onTimeout", words, 2, &choice);
    node->on_silence = (enum on_silence)choice;
}

/* It is one line of a list that a person looks through. */
static void parse_title(struct parse *parse, const json_t *object, struct node *node)
{
    const json_t *title = keys_get(object, "title", TYPE_STRING);
    size_t length = title ? json_string_length(title) : 0;
    if (!title)
        return;
    if (length == 0 || length > TITLE_BYTES || !utf8_printable(json_string_value(title), length))
        parse_complain_at(parse, "title", RULE_RANGE, NULL, "a title has 1 to %d printable bytes", TITLE_BYTES);
    else
        node->title = parse_text_template(parse, "title", json_string_value(title), 0);
}

static void parse_roles(struct parse *parse, const json_t *object, struct node *node)
{
    const json_t *roles = keys_get(object, "roles", TYPE_ARRAY);
    size_t count = json_array_size(roles);
    if (!roles)
        return;
    size_t mark = parse_enter(parse, "roles");
    if (count == 0 || count > ROLES_MAX)
        parse_complain(parse, RULE_RANGE, count ? NULL : "leave it out when anybody may answer",
                       "\"roles\" lists 1 to %d roles", ROLES_MAX);
    node->roles = mem_array(ROLES_MAX, sizeof *node->roles);
    for (size_t i = 0; i < count && i < ROLES_MAX; i++)
        if (parse_name_element(parse, roles, i, "a role", &node->roles[node->roles_count]))
            node->roles_count++;
    parse_leave(parse, mark);
}
