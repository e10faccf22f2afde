/* What jansson takes is good, when it is not nested too deep. Whatever else comes is gone through once more, for
 * the words and the place of what is wrong: with the grammar of JSON over the tokens of scan.c, and then with
 * jansson again, which alone sees some things (bad escapes, bytes that are no UTF-8, numbers too large). */
#include "definition/syntax.h"

#include "base/limits.h"
#include "definition/locate.h"
#include "definition/rules.h"
#include "definition/scan.h"

#include <stdio.h>
#include <string.h>

struct syntax {
    struct scan scan;
    struct findings *findings;
    struct buf path;
    size_t depth;
    struct position position; /* of what was looked at last */
};

static size_t nesting(const char *text, size_t length);
static bool syntax_value(struct syntax *syntax, enum token token);
static void complain(struct syntax *syntax, enum rule rule, size_t offset, const char *hint, const char *message);
static json_t *load(struct syntax *syntax);

json_t *syntax_read(const char *text, size_t length, struct findings *findings)
{
    struct syntax syntax = {
        .scan = {.text = text, .length = length}, .findings = findings, .position = POSITION_FIRST};
    buf_init(&syntax.path, (size_t)2 * LIMIT_DEFINITION_BYTES); /* "~" becomes "~0" */
    if (length > LIMIT_DEFINITION_BYTES) {
        complain(&syntax, RULE_FILE_SIZE, 0, "a saga says how; what it works on comes as input",
                 "the file is larger than 1 MiB");
        buf_done(&syntax.path);
        return NULL;
    }
    json_error_t error;
    bool deep = nesting(text, length) > LIMIT_JSON_DEPTH;
    json_t *value = deep ? NULL : json_loadb(text, length, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &error);
    if (value)
        return value;
    bool good = syntax_value(&syntax, scan_next(&syntax.scan));
    if (good && scan_next(&syntax.scan) != TOKEN_END) {
        complain(&syntax, RULE_JSON, syntax.scan.start, NULL, "not JSON: there is more after its end");
        good = false;
    }
    value = good ? load(&syntax) : NULL;
    buf_done(&syntax.path);
    return value;
}

/* How deep objects and arrays stand within each other; of what is no JSON, any number. */
static size_t nesting(const char *text, size_t length)
{
    size_t depth = 0, most = 0;
    bool quoted = false;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (c == '"')
            quoted = !quoted;
        else if (quoted)
            i += c == '\\';
        else if (c == '{' || c == '[')
            most = ++depth > most ? depth : most;
        else if (c == '}' || c == ']')
            depth--;
    }
    return most;
}

static json_t *load(struct syntax *syntax)
{
    json_error_t error;
    json_t *value = json_loadb(syntax->scan.text, syntax->scan.length, JSON_DECODE_ANY, &error);
    if (!value) {
        char message[FINDING_TEXT_BYTES];
        snprintf(message, sizeof message, "not JSON: %s", error.text);
        size_t offset = error.position > 0 ? (size_t)error.position - 1 : 0;
        complain(syntax, RULE_JSON, offset, NULL, message);
    }
    return value;
}

static void complain(struct syntax *syntax, enum rule rule, size_t offset, const char *hint, const char *message)
{
    const char *pointer = syntax->path.length <= FINDING_POINTER_BYTES ? buf_text(&syntax->path) : "";
    struct finding *finding = findings_add(syntax->findings, rule_code(rule), pointer, hint, "%s", message);
    if (!finding)
        return;
    if (offset < syntax->position.offset)
        syntax->position = POSITION_FIRST;
    locate_forward(syntax->scan.text, syntax->scan.length, offset, &syntax->position);
    finding->line = syntax->position.line;
    finding->column = syntax->position.column;
}

/* Says what was expected instead of the last token. */
static bool unexpected(struct syntax *syntax, enum token token, const char *expected, const char *hint)
{
    const struct scan *scan = &syntax->scan;
    char message[FINDING_TEXT_BYTES];
    size_t length = scan->next - scan->start;
    unsigned char first = token == TOKEN_END ? 0 : (unsigned char)scan->text[scan->start];
    if (token == TOKEN_END)
        snprintf(message, sizeof message, "not JSON: expected %s, found the end of the file", expected);
    else
        snprintf(message, sizeof message, "not JSON: expected %s, found %s%.*s", expected,
                 first == '"' && token == TOKEN_BAD ? "a text without its closing quote: " : "",
                 (int)(length > 40 ? 40 : length), scan->text + scan->start);
    if (first == '\'')
        hint = "texts stand in double quotes";
    else if (first == '/' || first == '#')
        hint = "JSON has no comments; \"description\" and keys that begin with \"x-\" are for people";
    else if (first >= 0x80)
        hint = "there is a stray character, perhaps a typographic quote or a byte order mark";
    complain(syntax, RULE_JSON, scan->start, hint, message);
    return false;
}

static void push_key(struct syntax *syntax, const char *key, size_t length)
{
    buf_putc(&syntax->path, '/');
    for (size_t i = 0; i < length; i++)
        if (key[i] == '~' || key[i] == '/')
            buf_puts(&syntax->path, key[i] == '~' ? "~0" : "~1");
        else
            buf_putc(&syntax->path, key[i]);
}

/* Remembers in `seen` the line of the key at `offset`, and complains when it was seen before. */
static void check_duplicate(struct syntax *syntax, json_t *seen, const struct buf *key, size_t offset)
{
    const char *name = key->data ? key->data : "";
    const json_t *first = json_object_getn(seen, name, key->length);
    if (!first) {
        locate_forward(syntax->scan.text, syntax->scan.length, offset, &syntax->position);
        json_object_setn_new_nocheck(seen, name, key->length, json_integer(syntax->position.line));
        return;
    }
    char message[FINDING_TEXT_BYTES];
    snprintf(message, sizeof message, "the key \"%.*s\" stands twice in this object, first in line %lld",
             (int)(key->length > 64 ? 64 : key->length), name, (long long)json_integer_value(first));
    complain(syntax, RULE_DUPLICATE_KEY, offset, "keep one", message);
}

static bool syntax_member(struct syntax *syntax, json_t *seen)
{
    struct scan *scan = &syntax->scan;
    size_t mark = syntax->path.length;
    struct buf key;
    buf_init(&key, LIMIT_DEFINITION_BYTES);
    scan_string(scan, scan->start, &key);
    push_key(syntax, key.data, key.length);
    check_duplicate(syntax, seen, &key, scan->start);
    buf_done(&key);
    enum token token = scan_next(scan);
    bool good = token == TOKEN_COLON ? syntax_value(syntax, scan_next(scan))
                                     : unexpected(syntax, token, "\":\" after a key", NULL);
    syntax->path.length = mark;
    return good;
}

static bool syntax_object(struct syntax *syntax)
{
    json_t *seen = json_object();
    enum token token = scan_next(&syntax->scan);
    bool good = true;
    for (bool first = true; good && token != TOKEN_OBJECT_END; first = false) {
        if (!first && token != TOKEN_COMMA) {
            good = unexpected(syntax, token, "\",\" or \"}\"", "a comma stands between members");
            break;
        }
        if (!first)
            token = scan_next(&syntax->scan);
        if (token != TOKEN_STRING) {
            good = unexpected(syntax, token, "a key in double quotes",
                              token == TOKEN_OBJECT_END ? "no comma after the last member" : NULL);
            break;
        }
        good = syntax_member(syntax, seen);
        token = good ? scan_next(&syntax->scan) : token;
    }
    json_decref(seen);
    return good;
}

static bool syntax_array(struct syntax *syntax)
{
    size_t mark = syntax->path.length;
    size_t index = 0;
    enum token token = scan_next(&syntax->scan);
    bool good = true;
    while (good && token != TOKEN_ARRAY_END) {
        if (index && token != TOKEN_COMMA)
            return unexpected(syntax, token, "\",\" or \"]\"", "a comma stands between elements");
        if (index)
            token = scan_next(&syntax->scan);
        if (index && token == TOKEN_ARRAY_END)
            return unexpected(syntax, token, "a value", "no comma after the last element");
        buf_printf(&syntax->path, "/%zu", index++);
        good = syntax_value(syntax, token);
        syntax->path.length = mark;
        token = good ? scan_next(&syntax->scan) : token;
    }
    return good;
}

static bool syntax_value(struct syntax *syntax, enum token token)
{
    if (token == TOKEN_STRING || token == TOKEN_NUMBER || token == TOKEN_WORD)
        return true;
    if (token != TOKEN_OBJECT && token != TOKEN_ARRAY)
        return unexpected(syntax, token, "a value", NULL);
    if (syntax->depth == LIMIT_JSON_DEPTH) {
        complain(syntax, RULE_FILE_DEPTH, syntax->scan.start, NULL, "JSON is nested more than 64 levels deep");
        return false;
    }
    syntax->depth++;
    bool good = token == TOKEN_OBJECT ? syntax_object(syntax) : syntax_array(syntax);
    syntax->depth--;
    return good;
}
