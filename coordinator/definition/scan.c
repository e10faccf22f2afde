/* The tokenizer of JSON texts. */
#include "definition/scan.h"

#include "base/utf8.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static enum token scan_quoted(struct scan *scan);
static enum token scan_number(struct scan *scan);
static enum token scan_word(struct scan *scan);
static size_t scan_character(const struct scan *scan, size_t at, char bytes[4], size_t *width);
static uint32_t read_hex(const char *digits);
static size_t encode(uint32_t code, char bytes[4]);

enum token scan_next(struct scan *scan)
{
    assert(scan->next <= scan->length);
    while (scan->next < scan->length && memchr(" \t\r\n", scan->text[scan->next], 4))
        scan->next++;
    scan->start = scan->next;
    if (scan->next == scan->length)
        return TOKEN_END;
    char first = scan->text[scan->next];
    if (first == '"')
        return scan_quoted(scan);
    if (first == '-' || (first >= '0' && first <= '9'))
        return scan_number(scan);
    if ((first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z') || first == '_')
        return scan_word(scan);
    size_t width = utf8_width(scan->text + scan->next, scan->length - scan->next);
    scan->next += width ? width : 1;
    switch (first) {
    case '{':
        return TOKEN_OBJECT;
    case '}':
        return TOKEN_OBJECT_END;
    case '[':
        return TOKEN_ARRAY;
    case ']':
        return TOKEN_ARRAY_END;
    case ',':
        return TOKEN_COMMA;
    case ':':
        return TOKEN_COLON;
    default:
        return TOKEN_BAD;
    }
}

void scan_skip(struct scan *scan, enum token first)
{
    size_t depth = 0;
    for (enum token token = first; token != TOKEN_END; token = scan_next(scan)) {
        if (token == TOKEN_OBJECT || token == TOKEN_ARRAY)
            depth++;
        else if ((token == TOKEN_OBJECT_END || token == TOKEN_ARRAY_END) && depth)
            depth--;
        if (depth == 0)
            return;
    }
}

void scan_string(const struct scan *scan, size_t start, struct buf *buf)
{
    assert(start < scan->length && scan->text[start] == '"');
    for (size_t at = start + 1; at < scan->length && scan->text[at] != '"';) {
        char bytes[4];
        size_t width = 0;
        at = scan_character(scan, at, bytes, &width);
        buf_put(buf, bytes, width);
    }
}

size_t scan_inside(const struct scan *scan, size_t start, size_t inside)
{
    assert(start < scan->length && scan->text[start] == '"');
    size_t at = start + 1;
    while (at < scan->length && scan->text[at] != '"') {
        char bytes[4];
        size_t width = 0;
        size_t next = scan_character(scan, at, bytes, &width);
        if (inside < width)
            break;
        inside -= width;
        at = next;
    }
    return at;
}

/* A string up to its closing quote. Whether its escapes and bytes are right, jansson checks. */
static enum token scan_quoted(struct scan *scan)
{
    for (scan->next++; scan->next < scan->length; scan->next++) {
        char byte = scan->text[scan->next];
        if (byte == '"') {
            scan->next++;
            return TOKEN_STRING;
        }
        if ((unsigned char)byte < 0x20)
            return TOKEN_BAD;
        if (byte == '\\' && scan->next + 1 < scan->length)
            scan->next++;
    }
    return TOKEN_BAD;
}

static size_t scan_digits(struct scan *scan)
{
    size_t from = scan->next;
    while (scan->next < scan->length && scan->text[scan->next] >= '0' && scan->text[scan->next] <= '9')
        scan->next++;
    return scan->next - from;
}

static bool scan_one(struct scan *scan, const char *any)
{
    bool found = scan->next < scan->length && scan->text[scan->next] && strchr(any, scan->text[scan->next]);
    scan->next += found;
    return found;
}

static enum token scan_number(struct scan *scan)
{
    scan_one(scan, "-");
    size_t from = scan->next;
    size_t digits = scan_digits(scan);
    if (digits == 0 || (digits > 1 && scan->text[from] == '0'))
        return TOKEN_BAD;
    if (scan_one(scan, ".") && scan_digits(scan) == 0)
        return TOKEN_BAD;
    if (scan_one(scan, "eE")) {
        scan_one(scan, "+-");
        if (scan_digits(scan) == 0)
            return TOKEN_BAD;
    }
    return TOKEN_NUMBER;
}

static enum token scan_word(struct scan *scan)
{
    while (scan->next < scan->length) {
        char byte = scan->text[scan->next];
        if (!((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
              byte == '_'))
            break;
        scan->next++;
    }
    size_t length = scan->next - scan->start;
    const char *word = scan->text + scan->start;
    bool known = (length == 4 && (!memcmp(word, "true", 4) || !memcmp(word, "null", 4))) ||
                 (length == 5 && !memcmp(word, "false", 5));
    return known ? TOKEN_WORD : TOKEN_BAD;
}

/* Reads one character, or byte, of a string at `at`: its meaning into `bytes`; returns where the next is. */
static size_t scan_character(const struct scan *scan, size_t at, char bytes[4], size_t *width)
{
    static const char from[] = "\"\\/bfnrt";
    static const char to[] = "\"\\/\b\f\n\r\t";
    *width = 1;
    bytes[0] = scan->text[at];
    size_t left = scan->length - at;
    if (bytes[0] != '\\' || left < 2)
        return at + 1;
    const char *escape = scan->text[at + 1] ? strchr(from, scan->text[at + 1]) : NULL;
    if (escape) {
        bytes[0] = to[escape - from];
        return at + 2;
    }
    if (scan->text[at + 1] != 'u' || left < 6)
        return at + 2;
    uint32_t code = read_hex(scan->text + at + 2);
    if (code >= 0xd800 && code < 0xdc00 && left >= 12 && scan->text[at + 6] == '\\' && scan->text[at + 7] == 'u') {
        uint32_t low = read_hex(scan->text + at + 8);
        if (low >= 0xdc00 && low < 0xe000) {
            *width = encode(0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00), bytes);
            return at + 12;
        }
    }
    *width = encode(code, bytes);
    return at + 6;
}

static uint32_t read_hex(const char *digits)
{
    uint32_t code = 0;
    for (size_t i = 0; i < 4; i++) {
        char digit = digits[i];
        uint32_t value = digit >= '0' && digit <= '9'   ? (uint32_t)(digit - '0')
                         : digit >= 'a' && digit <= 'f' ? (uint32_t)(digit - 'a') + 10
                         : digit >= 'A' && digit <= 'F' ? (uint32_t)(digit - 'A') + 10
                                                        : 0;
        code = code << 4 | value;
    }
    return code;
}

static size_t encode(uint32_t code, char bytes[4])
{
    assert(code <= 0x10ffff);
    if (code < 0x80) {
        bytes[0] = (char)code;
        return 1;
    }
    size_t width = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = width - 1; i > 0; i--) {
        bytes[i] = (char)(0x80 | (code & 0x3f));
        code >>= 6;
    }
    bytes[0] = (char)((0xf00u >> width & 0xf0u) | code);
    return width;
}
