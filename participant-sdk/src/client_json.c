/* A cursor over JSON: every function moves it over one thing, or says that the thing is not there. */
#include "client_json.h"

#include "belay/client.h"
#include "bytes.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

struct cursor {
    const char *at;
    const char *end;
};

static bool next_is(const struct cursor *cursor, char c)
{
    return cursor->at < cursor->end && *cursor->at == c;
}

static bool take(struct cursor *cursor, char c)
{
    bool there = next_is(cursor, c);
    cursor->at += there;
    return there;
}

static bool take_word(struct cursor *cursor, const char *word)
{
    size_t length = strlen(word);
    if ((size_t)(cursor->end - cursor->at) < length || memcmp(cursor->at, word, length) != 0)
        return false;
    cursor->at += length;
    return true;
}

static void skip_space(struct cursor *cursor)
{
    while (cursor->at < cursor->end && *cursor->at && strchr(" \t\r\n", *cursor->at))
        cursor->at++;
}

static size_t skip_digits(struct cursor *cursor)
{
    const char *start = cursor->at;
    while (cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9')
        cursor->at++;
    return (size_t)(cursor->at - start);
}

static bool skip_number(struct cursor *cursor)
{
    take(cursor, '-');
    if (!take(cursor, '0') && !skip_digits(cursor))
        return false;
    if (take(cursor, '.') && !skip_digits(cursor))
        return false;
    if (!take(cursor, 'e') && !take(cursor, 'E'))
        return true;
    if (!take(cursor, '+'))
        take(cursor, '-');
    return skip_digits(cursor) > 0;
}

/* Bytes of the UTF-8 character at the cursor, which stands before something; 0 when it is none. */
static size_t utf8_width(const struct cursor *cursor)
{
    char text[5] = ""; /* the longest, and a NUL */
    size_t left = (size_t)(cursor->end - cursor->at);
    memcpy(text, cursor->at, left < 4 ? left : 4);
    return belay_bytes_utf8_width(text);
}

static bool take_hex4(struct cursor *cursor, uint32_t *value)
{
    *value = 0;
    for (int i = 0; i < 4; i++, cursor->at++) {
        char c = '\0';
        if (cursor->at < cursor->end)
            c = *cursor->at;
        if (c >= '0' && c <= '9')
            *value = *value * 16 + (uint32_t)(c - '0');
        else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
            *value = *value * 16 + (uint32_t)((c | 0x20) - 'a' + 10);
        else
            return false;
    }
    return true;
}

/* What stands behind "\u": a character, or half of one that the next escape completes. */
static bool take_unicode(struct cursor *cursor, uint32_t *character)
{
    if (!take_hex4(cursor, character))
        return false;
    if (*character < 0xd800 || *character > 0xdfff)
        return true;
    uint32_t low = 0;
    if (*character > 0xdbff || !take_word(cursor, "\\u") || !take_hex4(cursor, &low) || low < 0xdc00 ||
        low > 0xdfff)
        return false;
    *character = 0x10000 + ((*character - 0xd800) << 10) + (low - 0xdc00);
    return true;
}

static size_t print_utf8(uint32_t c, char out[4])
{
    if (c == 0)
        c = 0xfffd;
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t width = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char first[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = width - 1; i > 0; i--, c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3f));
    out[0] = (char)(first[width] | c);
    return width;
}

/* One character of a string, decoded into `out`; its bytes, or 0 when there is none. */
static size_t take_character(struct cursor *cursor, char out[4])
{
    static const char escapes[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    if (cursor->at == cursor->end || (unsigned char)*cursor->at < 0x20)
        return 0;
    if (!take(cursor, '\\')) {
        size_t width = utf8_width(cursor);
        memcpy(out, cursor->at, width);
        cursor->at += width;
        return width;
    }
    uint32_t character = 0;
    if (take(cursor, 'u'))
        return take_unicode(cursor, &character) ? print_utf8(character, out) : 0;
    const char *escape = cursor->at < cursor->end && *cursor->at ? strchr(escapes, *cursor->at) : NULL;
    if (!escape)
        return 0;
    cursor->at++;
    out[0] = meanings[escape - escapes];
    return 1;
}

static bool skip_string(struct cursor *cursor)
{
    char ignored[4];
    if (!take(cursor, '"'))
        return false;
    while (!take(cursor, '"'))
        if (!take_character(cursor, ignored))
            return false;
    return true;
}

static bool skip_scalar(struct cursor *cursor)
{
    if (next_is(cursor, '"'))
        return skip_string(cursor);
    return take_word(cursor, "true") || take_word(cursor, "false") || take_word(cursor, "null") ||
           skip_number(cursor);
}

/* `"name":` of a member. */
static bool skip_name(struct cursor *cursor)
{
    skip_space(cursor);
    if (!skip_string(cursor))
        return false;
    skip_space(cursor);
    return take(cursor, ':');
}

/* The levels that are open: what must end each. */
struct levels {
    char closers[BELAY_JSON_DEPTH];
    size_t depth;
};

/* Into an object or an array, up to its first value or, when it is empty, its end. */
static bool open_level(struct cursor *cursor, struct levels *levels, bool *empty)
{
    if (levels->depth == BELAY_JSON_DEPTH)
        return false;
    char closer = *cursor->at++ == '{' ? '}' : ']';
    levels->closers[levels->depth++] = closer;
    skip_space(cursor);
    *empty = next_is(cursor, closer);
    return *empty || closer == ']' || skip_name(cursor);
}

/* Behind a value: over the ends of levels that stand here, and up to the next value if there is a level left. */
static bool go_on(struct cursor *cursor, struct levels *levels)
{
    while (levels->depth > 0) {
        char closer = levels->closers[levels->depth - 1];
        skip_space(cursor);
        if (!take(cursor, closer))
            return take(cursor, ',') && (closer == ']' || skip_name(cursor));
        levels->depth--;
    }
    return true;
}

/* Over one value, without recursion. */
static bool skip_value(struct cursor *cursor)
{
    struct levels levels = {.depth = 0};
    do {
        bool empty = true;
        skip_space(cursor);
        if (next_is(cursor, '{') || next_is(cursor, '[')) {
            if (!open_level(cursor, &levels, &empty))
                return false;
        } else if (!skip_scalar(cursor)) {
            return false;
        }
        if (empty && !go_on(cursor, &levels))
            return false;
    } while (levels.depth > 0);
    return true;
}

bool belay_client_json_valid(const char *text, size_t length, size_t *bad)
{
    struct cursor cursor = {text, text + length};
    bool valid = skip_value(&cursor);
    if (valid)
        skip_space(&cursor);
    *bad = (size_t)(cursor.at - text);
    return valid && cursor.at == cursor.end;
}

/* Whether the string at the cursor says `name`; moves over it. */
static bool take_name(struct cursor *cursor, const char *name)
{
    const char *start = cursor->at;
    bool there = skip_string(cursor);
    assert(there);
    struct client_value value = {start, (size_t)(cursor->at - start)};
    char said[64];
    assert(strlen(name) < sizeof said - 4);
    return there && belay_client_json_text(&value, said, sizeof said) && !strcmp(said, name);
}

struct client_value belay_client_json_member(const char *text, size_t length, const char *name)
{
    struct cursor cursor = {text, text + length};
    struct client_value value = {NULL, 0};
    skip_space(&cursor);
    if (!take(&cursor, '{'))
        return value;
    skip_space(&cursor);
    while (next_is(&cursor, '"')) {
        bool found = take_name(&cursor, name);
        skip_space(&cursor);
        take(&cursor, ':');
        skip_space(&cursor);
        const char *start = cursor.at;
        if (!skip_value(&cursor))
            return value;
        if (found)
            return (struct client_value){start, (size_t)(cursor.at - start)};
        skip_space(&cursor);
        take(&cursor, ',');
        skip_space(&cursor);
    }
    return value;
}

bool belay_client_json_text(const struct client_value *value, char *out, size_t size)
{
    assert(size > 0);
    out[0] = '\0';
    if (!value->text)
        return false;
    struct cursor cursor = {value->text, value->text + value->length};
    if (!take(&cursor, '"'))
        return false;
    size_t length = 0, width = 1;
    char character[4];
    while (!next_is(&cursor, '"') && width > 0) {
        width = take_character(&cursor, character);
        if (length + width >= size)
            break;
        memcpy(out + length, character, width);
        length += width;
    }
    out[length] = '\0';
    return true;
}
