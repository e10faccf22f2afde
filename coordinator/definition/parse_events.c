/* "events": what a saga announces, and the participant that is told. */
#include "definition/keys.h"
#include "definition/notices.h"
#include "definition/parse.h"
#include "definition/suggest.h"

#include <string.h>

static const char *const words[] = {
#define X(name, word) [name] = word,
    NOTICES(X)
#undef X
};

/* The bit of one word. */
static uint32_t parse_notice(struct parse *parse, const json_t *value)
{
    const char *text = json_string_value(value);
    struct suggest suggest;
    char hint[128];
    if (!text) {
        parse_complain(parse, RULE_TYPE, NULL, "what is announced is a word, found %s", keys_type_word(value));
        return 0;
    }
    suggest_init(&suggest, text);
    for (int i = 0; i < NOTICES_COUNT; i++) {
        if (strcmp(text, words[i]) == 0)
            return UINT32_C(1) << i;
        suggest_offer(&suggest, words[i]);
    }
    parse_complain(parse, RULE_WORD, suggest_hint(&suggest, hint, sizeof hint, NULL),
                   "what can be announced is started, paused, resumed, compensating, completed, compensated and"
                   " terminated, found \"%.40s\"",
                   text);
    return 0;
}

void parse_events(struct parse *parse, const json_t *root)
{
    struct draft *draft = parse->draft;
    const json_t *events = keys_get(root, "events", TYPE_OBJECT);
    if (!events)
        return;
    size_t mark = parse_enter(parse, "events");
    keys_check(parse, events, &keys_events, ON_ANY);
    parse_name(parse, events, "to", &draft->notices_to);
    const json_t *on = keys_get(events, "on", TYPE_ARRAY);
    size_t list = parse_enter(parse, "on");
    if (on && json_array_size(on) == 0)
        parse_complain(parse, RULE_RANGE, "name what is announced, or take \"events\" away", "\"on\" is empty");
    for (size_t i = 0; i < json_array_size(on); i++) {
        size_t inner = parse_enter_index(parse, i);
        draft->notices |= parse_notice(parse, json_array_get(on, i));
        parse_leave(parse, inner);
    }
    parse_leave(parse, list);
    parse_leave(parse, mark);
}
