/* Decodes string literals with the escapes of CEL. */
#include "definition/expr_text.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

struct source {
    const char *text;
    size_t at;
    size_t end;
    struct expr_error *error;
};

static size_t encode(uint32_t code, char *out)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xc0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3f));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xe0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3f));
        out[2] = (char)(0x80 | (code & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 0x3f));
    out[2] = (char)(0x80 | (code >> 6 & 0x3f));
    out[3] = (char)(0x80 | (code & 0x3f));
    return 4;
}

/* `count` digits of `base`; false when they are not there. */
static bool read_digits(struct source *source, unsigned count, unsigned base, uint32_t *code)
{
    static const char digits[] = "0123456789abcdef";
    uint64_t sum = 0;
    for (unsigned i = 0; i < count; i++) {
        if (source->at == source->end)
            return false;
        char c = source->text[source->at];
        const char *digit = c ? memchr(digits, c >= 'A' && c <= 'F' ? c + ('a' - 'A') : c, base) : NULL;
        if (!digit)
            return false;
        sum = sum * base + (uint64_t)(digit - digits);
        source->at++;
    }
    *code = (uint32_t)sum;
    return sum <= UINT32_MAX;
}

static bool low_surrogate(uint32_t code)
{
    return code >= 0xdc00 && code <= 0xdfff;
}

/* The second half of a character that was written as two \u, as JSON does it. */
static bool read_pair(struct source *source, uint32_t *code)
{
    uint32_t low;
    if (source->end - source->at < 6 || memcmp(source->text + source->at, "\\u", 2) != 0)
        return false;
    source->at += 2;
    if (!read_digits(source, 4, 16, &low) || !low_surrogate(low))
        return false;
    *code = 0x10000 + ((*code - 0xd800) << 10) + (low - 0xdc00);
    return true;
}

static bool read_code(struct source *source, char kind, uint32_t *code)
{
    switch (kind) {
    case 'x':
    case 'X':
        return read_digits(source, 2, 16, code);
    case 'u':
        if (!read_digits(source, 4, 16, code))
            return false;
        return *code < 0xd800 || *code > 0xdbff || read_pair(source, code);
    case 'U':
        return read_digits(source, 8, 16, code);
    default:
        source->at--; /* the first octal digit */
        return kind >= '0' && kind <= '3' && read_digits(source, 3, 8, code);
    }
}

/* One escape behind its backslash. 0 when it is none. */
static size_t decode_escape(struct source *source, char *out)
{
    static const char simple[] = "\\\\??\"\"''``a\ab\bf\fn\nr\rt\tv\v";
    size_t start = source->at - 1;
    uint32_t code = 0;
    if (source->at == source->end) {
        expr_lex_fail(source->error, start, NULL, "nothing follows the backslash");
        return 0;
    }
    char kind = source->text[source->at++];
    for (size_t i = 0; simple[i]; i += 2) {
        if (simple[i] == kind) {
            out[0] = simple[i + 1];
            return 1;
        }
    }
    if (!read_code(source, kind, &code)) {
        expr_lex_fail(source->error, start, "in a raw string, r'...', a backslash is just a backslash",
                      "there is no such escape");
        return 0;
    }
    if (code == 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
        expr_lex_fail(source->error, start, NULL, "U+%04X is not a character that a string can hold", code);
        return 0;
    }
    return encode(code, out);
}

bool expr_text_decode(const char *text, const struct token *token, char *out, size_t *length,
                      struct expr_error *error)
{
    assert(token->type == TOKEN_STRING);
    bool raw = text[token->start] == 'r' || text[token->start] == 'R';
    size_t start = token->start + raw;
    size_t quotes =
        token->end - start >= 6 && !memcmp(text + start, text[start] == '"' ? "\"\"\"" : "'''", 3) ? 3 : 1;
    struct source source = {text, start + quotes, token->end - quotes, error};
    size_t size = 0;
    while (source.at < source.end) {
        char c = text[source.at++];
        if (c == '\0')
            return expr_lex_fail(error, source.at - 1, NULL, "U+0000 is not a character that a string can hold");
        if (c != '\\' || raw) {
            out[size++] = c;
            continue;
        }
        size_t width = decode_escape(&source, out + size);
        if (!width)
            return false;
        size += width;
    }
    *length = size;
    return true;
}
