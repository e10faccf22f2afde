/* "lock": what a saga must hold before it starts. */
#include "definition/keys.h"
#include "definition/parse.h"

void parse_lock(struct parse *parse, const json_t *root)
{
    static const char *const conflicts[] = {"wait", "reject"};
    struct draft *draft = parse->draft;
    const json_t *lock = keys_get(root, "lock", TYPE_OBJECT);
    size_t conflict = 0;
    if (!lock)
        return;
    draft->has_lock = true;
    size_t mark = parse_enter(parse, "lock");
    keys_check(parse, lock, &keys_lock, ON_ANY);
    const json_t *key = keys_get(lock, "key", TYPE_STRING);
    if (key)
        draft->lock = parse_condition(parse, "key", json_string_value(key), json_string_length(key));
    parse_word(parse, lock, "onConflict", conflicts, 2, &conflict);
    draft->lock_rejects = conflict == 1;
    if (!draft->lock_rejects && !json_object_get(lock, "timeout"))
        parse_complain(parse, RULE_OPEN_WAIT, "add \"timeout\": \"10m\", or what is right",
                       "\"lock\" has no \"timeout\": who holds it may hold it for ever");
    else if (!draft->lock_rejects)
        parse_duration(parse, lock, "timeout", &draft->lock_wait_ms);
    else if (json_object_get(lock, "timeout"))
        parse_complain_at(parse, "timeout", RULE_MISPLACED, "leave it out, or let it wait",
                          "what rejects does not wait, so it has no \"timeout\"");
    parse_leave(parse, mark);
}
