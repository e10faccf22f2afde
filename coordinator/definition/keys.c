/* The tables of keys, and the check of an object against one. */
#include "definition/keys.h"

#include "definition/suggest.h"

#include <stdio.h>
#include <string.h>

/* clang-format off */
static const struct key saga_keys[] = {
    {"$schema", TYPE_STRING, 0, "editor completion; names the format version"},
    {"name", TYPE_STRING, KEY_REQUIRED, "the saga's name"},
    {"version", TYPE_INTEGER, KEY_REQUIRED, "1, 2, 3 ...; a registered version never changes"},
    {"description", TYPE_STRING, 0, "prose"},
    {"tags", TYPE_ARRAY, 0, "words to search by"},
    {"input", TYPE_OBJECT, 0, "what a start must bring"},
    {"output", TYPE_ANY, 0, "template of the result"},
    {"timeout", TYPE_STRING, 0, "of the whole saga"},
    {"onTimeout", TYPE_STRING, 0, "compensate (default) or pause"},
    {"lock", TYPE_OBJECT, KEY_LATER, "semantic lock that is held until the end"},
    {"defaults", TYPE_OBJECT, 0, "timeout and retry of the steps that say nothing"},
    {"compensation", TYPE_OBJECT, 0, "how undoing is done"},
    {"steps", TYPE_ARRAY, KEY_REQUIRED, "what is done, in this order"},
    {"events", TYPE_OBJECT, KEY_LATER, "events that are published"},
    {"schedule", TYPE_STRING, KEY_LATER, "cron start"},
    {"priority", TYPE_INTEGER, KEY_LATER, "0 to 9"},
    {"retention", TYPE_STRING, KEY_LATER, "how long the finished transaction is kept"},
};

static const struct key input_keys[] = {
    {"schema", TYPE_OBJECT, 0, "JSON Schema of the input"},
};

static const struct key defaults_keys[] = {
    {"timeout", TYPE_STRING, 0, "of one attempt"},
    {"retry", TYPE_STRING | TYPE_OBJECT, 0, "of actions"},
};

static const struct key compensation_keys[] = {
    {"order", TYPE_STRING, 0, "reverse (default), sequential or parallel"},
    {"retry", TYPE_STRING | TYPE_OBJECT, 0, "of undos; for ever by default"},
    {"onExhausted", TYPE_STRING, 0, "pause (default) or continue"},
};

static const struct key step_keys[] = {
    {"id", TYPE_STRING, 0, "identifier; a group may go without"},
    {"description", TYPE_STRING, 0, "prose"},
    {"participant", TYPE_STRING, ON_CALL, "the service that is called"},
    {"when", TYPE_STRING, 0, "expression; false: skipped"},
    {"needs", TYPE_ARRAY, 0, "the steps that must be over first, instead of the previous one"},
    {"action", TYPE_OBJECT, KEY_KIND, "the request that does it"},
    {"compensation", TYPE_OBJECT, ON_CALL, "the request that undoes it"},
    {"operation", TYPE_STRING, KEY_KIND, "the hook pair of a service that embeds the SDK"},
    {"headers", TYPE_OBJECT, ON_OPERATION, "headers of an operation's requests"},
    {"body", TYPE_ANY, ON_OPERATION, "body of an operation's requests; the input by default"},
    {"steps", TYPE_ARRAY, KEY_KIND, "a group of steps, one after the other"},
    {"parallel", TYPE_ARRAY, KEY_KIND, "a group of steps that run together"},
    {"retry", TYPE_STRING | TYPE_OBJECT, ON_CALL, "of the action: a policy, none or forever"},
    {"timeout", TYPE_STRING, ON_CALL, "of one attempt"},
    {"pivot", TYPE_BOOL, ON_CALL, "go or no-go: after its yes the saga only goes forward"},
    {"readOnly", TYPE_BOOL, ON_CALL, "there is nothing to undo"},
    {"onFailure", TYPE_STRING, ON_CALL, "continue: go on when it fails"},
    {"switch", TYPE_ARRAY, KEY_KIND | KEY_LATER, "exclusive branches"},
    {"saga", TYPE_OBJECT, KEY_KIND | KEY_LATER, "child transaction"},
    {"approval", TYPE_OBJECT, KEY_KIND | KEY_LATER, "a person says yes or no"},
    {"waitFor", TYPE_OBJECT, KEY_KIND | KEY_LATER, "an outside signal"},
    {"delay", TYPE_STRING, KEY_KIND | KEY_LATER, "a timer"},
    {"try", TYPE_OBJECT, KEY_KIND | KEY_LATER, "TCC: reserve"},
    {"confirm", TYPE_OBJECT, KEY_LATER, "TCC: use what was reserved"},
    {"cancel", TYPE_OBJECT, KEY_LATER, "TCC: give back what was reserved"},
    {"prepare", TYPE_OBJECT, KEY_KIND | KEY_LATER, "two-phase commit: vote"},
    {"commit", TYPE_OBJECT, KEY_LATER, "two-phase commit: make it so"},
    {"rollback", TYPE_OBJECT, KEY_LATER, "two-phase commit: take it back"},
    {"check", TYPE_OBJECT, KEY_LATER, "request that tells the true outcome of an unknown action"},
    {"forEach", TYPE_OBJECT, KEY_LATER, "one branch per item"},
    {"async", TYPE_OBJECT, KEY_LATER, "the participant answers 202 and calls back"},
    {"outcomes", TYPE_OBJECT, KEY_LATER, "expressions that read the outcome from the response"},
};

static const struct key action_keys[] = {
    {"request", TYPE_STRING, KEY_REQUIRED, "\"METHOD /path\""},
    {"headers", TYPE_OBJECT, 0, "header fields; the values are templates"},
    {"body", TYPE_ANY, 0, "template of the JSON body"},
};

static const struct key undo_keys[] = {
    {"request", TYPE_STRING, KEY_REQUIRED, "\"METHOD /path\""},
    {"headers", TYPE_OBJECT, 0, "header fields; the values are templates"},
    {"body", TYPE_ANY, 0, "template of the JSON body"},
    {"timeout", TYPE_STRING, 0, "of one attempt"},
    {"retry", TYPE_STRING | TYPE_OBJECT, 0, "instead of the saga's compensation.retry"},
};

static const struct key operation_undo_keys[] = {
    {"timeout", TYPE_STRING, 0, "of one attempt"},
    {"retry", TYPE_STRING | TYPE_OBJECT, 0, "instead of the saga's compensation.retry"},
};

static const struct key retry_keys[] = {
    {"maxAttempts", TYPE_INTEGER, 0, "tries in all"},
    {"initialInterval", TYPE_STRING, 0, "wait before the second try"},
    {"backoff", TYPE_NUMBER, 0, "factor by which the wait grows"},
    {"maxInterval", TYPE_STRING, 0, "the longest wait"},
    {"totalTimeout", TYPE_STRING, 0, "give up this long after the first try"},
    {"jitter", TYPE_STRING, 0, "full (default) or none"},
    {"nonRetryable", TYPE_ARRAY, ON_DO, "codes of failures that another try cannot mend"},
};
/* clang-format on */

#define TABLE(owner, rows)                                                                                        \
    {                                                                                                             \
        owner, rows, sizeof rows / sizeof rows[0]                                                                 \
    }
const struct key_table keys_saga = TABLE("a saga", saga_keys);
const struct key_table keys_input = TABLE("\"input\"", input_keys);
const struct key_table keys_defaults = TABLE("\"defaults\"", defaults_keys);
const struct key_table keys_compensation = TABLE("the \"compensation\" of a saga", compensation_keys);
const struct key_table keys_step = TABLE("a step", step_keys);
const struct key_table keys_action = TABLE("an action", action_keys);
const struct key_table keys_undo = TABLE("the \"compensation\" of a step", undo_keys);
const struct key_table keys_operation_undo = TABLE("the \"compensation\" of an operation", operation_undo_keys);
const struct key_table keys_retry = TABLE("a retry policy", retry_keys);
#undef TABLE

static void check_value(struct parse *parse, const json_t *value, const struct key *key, unsigned place);
static void print_types(unsigned types, char *text, size_t size);

static const struct key *find(const struct key_table *table, const char *name)
{
    for (size_t i = 0; i < table->count; i++)
        if (strcmp(table->keys[i].name, name) == 0)
            return &table->keys[i];
    return NULL;
}

static void unknown_key(struct parse *parse, const struct key_table *table, const char *name)
{
    char text[128];
    struct suggest suggest;
    suggest_init(&suggest, name);
    for (size_t i = 0; i < table->count; i++)
        suggest_offer(&suggest, table->keys[i].name);
    const char *hint = suggest_hint(&suggest, text, sizeof text, "your own keys begin with \"x-\"");
    parse_complain(parse, RULE_UNKNOWN_KEY, hint, "\"%.64s\" is no key of %s", name, table->owner);
}

void keys_check(struct parse *parse, const json_t *object, const struct key_table *table, unsigned place)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)object, name, value)
    {
        if (strncmp(name, "x-", 2) == 0)
            continue;
        const struct key *key = find(table, name);
        size_t mark = parse_enter(parse, name);
        if (!key)
            unknown_key(parse, table, name);
        else
            check_value(parse, value, key, place);
        parse_leave(parse, mark);
    }
    for (size_t i = 0; i < table->count; i++)
        if (table->keys[i].flags & KEY_REQUIRED && !json_object_get(object, table->keys[i].name))
            parse_complain(parse, RULE_MISSING_KEY, NULL, "%s has no \"%s\"", table->owner, table->keys[i].name);
}

const json_t *keys_get(const json_t *object, const char *name, unsigned types)
{
    const json_t *value = json_object_get(object, name);
    return value && keys_type(value) & types ? value : NULL;
}

unsigned keys_type(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return TYPE_OBJECT;
    case JSON_ARRAY:
        return TYPE_ARRAY;
    case JSON_STRING:
        return TYPE_STRING;
    case JSON_INTEGER:
        return TYPE_INTEGER;
    case JSON_REAL:
        return TYPE_REAL;
    case JSON_TRUE:
    case JSON_FALSE:
        return TYPE_BOOL;
    case JSON_NULL:
        return TYPE_NULL;
    }
    return TYPE_NULL;
}

static const struct {
    unsigned type;
    const char *word;
} type_words[] = {
    {TYPE_STRING, "a text"},      {TYPE_INTEGER, "a whole number"}, {TYPE_REAL, "a number"},
    {TYPE_BOOL, "true or false"}, {TYPE_OBJECT, "an object"},       {TYPE_ARRAY, "an array"},
    {TYPE_NULL, "null"},
};

const char *keys_type_word(const json_t *value)
{
    unsigned type = keys_type(value);
    for (size_t i = 0; i < sizeof type_words / sizeof type_words[0]; i++)
        if (type_words[i].type == type)
            return type_words[i].word;
    return "null";
}

static void check_value(struct parse *parse, const json_t *value, const struct key *key, unsigned place)
{
    unsigned places = key->flags & ON_ANY;
    if (key->flags & KEY_LATER) {
        parse->draft->incomplete = parse->draft->incomplete || key->flags & KEY_KIND;
        parse_complain(parse, RULE_LATER, NULL, "\"%s\" is not supported by this version of Belay", key->name);
    } else if (places && !(places & place)) {
        const char *whose = places == ON_DO          ? "the retry policy of an action"
                            : places == ON_OPERATION ? "\"operation\"; an action has its own"
                                                     : "a step that calls a participant";
        parse_complain(parse, RULE_MISPLACED, NULL, "\"%s\" belongs to %s", key->name, whose);
    } else if (!(key->types & keys_type(value))) {
        char expected[96];
        print_types(key->types, expected, sizeof expected);
        parse_complain(parse, RULE_TYPE, NULL, "\"%s\" is %s, found %s", key->name, expected,
                       keys_type_word(value));
    }
}

static void print_types(unsigned types, char *text, size_t size)
{
    size_t used = 0;
    if ((types & TYPE_NUMBER) == TYPE_NUMBER)
        types &= ~(unsigned)TYPE_INTEGER;
    for (size_t i = 0; i < sizeof type_words / sizeof type_words[0]; i++)
        if (types & type_words[i].type && used < size)
            used += (size_t)snprintf(text + used, size - used, "%s%s", used ? " or " : "", type_words[i].word);
}
