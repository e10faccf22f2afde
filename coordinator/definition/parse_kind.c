/* What a step does: the one key that says so, and the others against it. */
#include "definition/keys.h"
#include "definition/parse.h"

#include <assert.h>
#include <string.h>

static const struct {
    const char *key;
    enum node_kind kind;
    unsigned place;
} kinds[] = {
    {"action", NODE_CALL, ON_ACTION},   {"operation", NODE_CALL, ON_OPERATION},
    {"steps", NODE_SEQUENCE, ON_GROUP}, {"parallel", NODE_PARALLEL, ON_GROUP},
    {"switch", NODE_SWITCH, ON_GROUP},  {"delay", NODE_DELAY, ON_WAIT},
    {"waitFor", NODE_SIGNAL, ON_WAIT},  {"approval", NODE_APPROVAL, ON_WAIT},
    {"try", NODE_CALL, ON_TCC},         {"prepare", NODE_CALL, ON_VOTE},
    {"saga", NODE_CHILD, ON_CHILD},
};

static size_t find(const char *key)
{
    size_t i = 0;
    while (strcmp(kinds[i].key, key) != 0) {
        i++;
        assert(i < sizeof kinds / sizeof kinds[0] && "a kind of step that is supported stands in the table");
    }
    return i;
}

enum node_kind parse_kind(struct parse *parse, const json_t *step, const char *name)
{
    const struct key *found = NULL;
    const struct key *second = NULL;
    for (size_t i = 0; i < keys_step.count; i++) {
        const struct key *key = &keys_step.keys[i];
        if (!(key->flags & KEY_KIND) || !json_object_get(step, key->name))
            continue;
        second = second ? second : found ? key : NULL;
        found = found ? found : key;
    }
    bool clear = found && !second;
    size_t kind = clear ? find(found->name) : 0;
    keys_check(parse, step, &keys_step, clear ? kinds[kind].place : ON_ANY);
    if (!found)
        parse_complain(parse, RULE_NO_KIND,
                       "add one of \"action\", \"operation\", \"try\", \"prepare\", \"steps\", \"parallel\", "
                       "\"switch\", \"saga\", \"approval\", \"waitFor\" and \"delay\"",
                       "\"%s\" does not say what it does", name);
    if (second)
        parse_complain(parse, RULE_MANY_KINDS, "make it two steps", "\"%s\" has both \"%s\" and \"%s\"", name,
                       found->name, second->name);
    return clear ? kinds[kind].kind : NODE_BROKEN;
}
