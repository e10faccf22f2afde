/* The id of a step: the name that expressions, `needs` and the history know it by. */
#include "base/limits.h"
#include "base/mem.h"
#include "definition/keys.h"
#include "definition/parse.h"
#include "definition/suggest.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static void check_id(struct parse *parse, const char *id, struct node *node);
static bool is_reserved(const char *id);
static bool is_identifier(const char *id);

/* Groups need an id only to be named in `needs`. */
void parse_id(struct parse *parse, const json_t *step, struct node *node)
{
    const json_t *id = keys_get(step, "id", TYPE_STRING);
    bool group =
        json_object_get(step, "steps") || json_object_get(step, "parallel") || json_object_get(step, "switch");
    if (id)
        check_id(parse, json_string_value(id), node);
    else if (!group && !json_object_get(step, "id"))
        parse_complain(parse, RULE_MISSING_KEY, "name it by what it does: \"charge\"", "a step has no \"id\"");
}

/* Not one that has a meaning already: nobody should have to guess which of the two is meant. */
bool parse_variable(struct parse *parse, const json_t *object, const char *key, char **name)
{
    static const char *const taken[] = {"input", "steps", "saga", "now", "error", "response", "callback", "index"};
    const char *text = json_string_value(keys_get(object, key, TYPE_STRING));
    if (!text)
        return false;
    bool reserved = is_reserved(text);
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++)
        reserved |= strcmp(taken[i], text) == 0;
    if (!is_identifier(text))
        parse_complain_at(parse, key, RULE_IDENTIFIER, NULL,
                          "\"%s\" is an identifier of at most %d letters, digits and \"_\", found \"%.64s\"", key,
                          LIMIT_NAME_BYTES, text);
    else if (reserved)
        parse_complain_at(parse, key, RULE_RESERVED_ID, NULL, "\"%s\" means something else in expressions", text);
    else
        *name = mem_string(text);
    return *name != NULL;
}

/* The words that CEL keeps for itself (language definition, "reserved words"): `steps.in` is no selection. */
static bool is_reserved(const char *id)
{
    static const char *const words[] = {"true",     "false",   "null",      "in",       "as",  "break",  "const",
                                        "continue", "else",    "for",       "function", "if",  "import", "let",
                                        "loop",     "package", "namespace", "return",   "var", "void",   "while"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i], id) == 0)
            return true;
    return false;
}

static bool is_identifier(const char *id)
{
    size_t length = strlen(id);
    if (length == 0 || length > LIMIT_NAME_BYTES || isdigit((unsigned char)id[0]))
        return false;
    for (size_t i = 0; i < length; i++)
        if (!isalnum((unsigned char)id[i]) && id[i] != '_')
            return false;
    return true;
}

static void check_id(struct parse *parse, const char *id, struct node *node)
{
    char suggestion[LIMIT_NAME_BYTES + 1];
    char hint[128];
    int first = draft_find(parse->draft, id);
    if (!is_identifier(id)) {
        suggest_identifier(id, suggestion, sizeof suggestion);
        snprintf(hint, sizeof hint, "use \"%s\"", suggestion);
        parse_complain_at(parse, "id", RULE_IDENTIFIER, hint,
                          "the id \"%.64s\" is no identifier: at most %d letters, digits and \"_\"", id,
                          LIMIT_NAME_BYTES);
    } else if (is_reserved(id)) {
        snprintf(hint, sizeof hint, "use \"%s_\"", id);
        parse_complain_at(parse, "id", RULE_RESERVED_ID, hint, "the id \"%s\" is a word of the expressions", id);
    } else if (first != NODE_NONE) {
        parse_complain_at(parse, "id", RULE_DUPLICATE_ID, NULL, "the id \"%s\" is taken by the step at %.200s", id,
                          parse->draft->nodes[first].pointer);
    } else {
        node->id = mem_string(id);
        json_object_set_new(parse->draft->ids, id, json_integer(node - parse->draft->nodes));
    }
}
