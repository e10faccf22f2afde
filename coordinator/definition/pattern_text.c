/* Characters of a pattern's text: escapes and classes. */
#include "definition/pattern_program.h"

#include "base/utf8.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

static bool hexadecimal(struct pattern_text *text, size_t start, int digits, uint32_t *character);
static bool code_point(struct pattern_text *text, size_t start, uint32_t *character);
static bool letter_escape(struct pattern_text *text, size_t start, uint32_t letter, uint32_t *character);
static bool refuse_escape(struct pattern_text *text, size_t start, uint32_t letter);
static bool bracket_member(struct pattern_text *text, struct pattern_class *class, uint32_t *character);

uint32_t pattern_peek(const struct pattern_text *text)
{
    size_t width = utf8_width(text->text + text->at, text->length - text->at);
    return width ? utf8_code(text->text + text->at, width) : PATTERN_END;
}

uint32_t pattern_take(struct pattern_text *text)
{
    uint32_t character = pattern_peek(text);
    if (character != PATTERN_END)
        text->at += utf8_width(text->text + text->at, text->length - text->at);
    return character;
}

bool pattern_takes(struct pattern_text *text, char character)
{
    if (text->at == text->length || text->text[text->at] != character)
        return false;
    text->at++;
    return true;
}

bool pattern_fail(struct pattern_text *text, size_t offset, const char *message, const char *hint)
{
    if (!text->failed)
        *text->fault = (struct pattern_fault){offset, message, hint};
    text->failed = true;
    return false;
}

bool pattern_escape(struct pattern_text *text, bool inside, struct pattern_class *class, uint32_t *character)
{
    size_t start = text->at - 1;
    uint32_t letter = pattern_take(text);
    if (letter == PATTERN_END)
        return pattern_fail(text, start, "it ends within an escape", "a backslash itself is \\\\");
    *character = PATTERN_END;
    if (letter < 128 && strchr("dDwWsS", (int)letter) && letter) {
        pattern_class_add_named(class, (char)letter);
        return true;
    }
    if (inside && letter == 'b') {
        *character = '\b';
        return true;
    }
    if (letter < 128 && ispunct((int)letter)) {
        *character = letter;
        return true;
    }
    return letter_escape(text, start, letter, character);
}

bool pattern_brackets(struct pattern_text *text, struct pattern_class *class)
{
    size_t start = text->at - 1;
    bool negated = pattern_takes(text, '^');
    while (!pattern_takes(text, ']')) {
        size_t member = text->at;
        uint32_t first, last;
        if (text->at == text->length)
            return pattern_fail(text, start, "\"[\" without its \"]\"", "a bracket itself is \\[");
        if (!bracket_member(text, class, &first))
            return false;
        bool range =
            text->length - text->at >= 2 && text->text[text->at] == '-' && text->text[text->at + 1] != ']';
        if (!range) {
            if (first != PATTERN_END)
                pattern_class_add(class, first, first);
            continue;
        }
        text->at++;
        if (!bracket_member(text, class, &last))
            return false;
        if (first == PATTERN_END || last == PATTERN_END)
            return pattern_fail(text, member, "a range between things that are no characters",
                                "a \"-\" itself is \\-");
        if (first > last)
            return pattern_fail(text, member, "a range that ends before it begins", NULL);
        pattern_class_add(class, first, last);
    }
    pattern_class_close(class, negated);
    return true;
}

static bool bracket_member(struct pattern_text *text, struct pattern_class *class, uint32_t *character)
{
    size_t start = text->at;
    *character = pattern_take(text);
    if (*character == PATTERN_END)
        return pattern_fail(text, start, "\"[\" without its \"]\"", NULL);
    return *character != '\\' || pattern_escape(text, true, class, character);
}

static bool letter_escape(struct pattern_text *text, size_t start, uint32_t letter, uint32_t *character)
{
    static const char letters[] = "tnvfr";
    static const char meanings[] = "\t\n\v\f\r";
    const char *known = letter && letter < 128 ? strchr(letters, (int)letter) : NULL;
    if (known) {
        *character = (uint32_t)meanings[known - letters];
        return true;
    }
    uint32_t next = pattern_peek(text);
    if (letter == '0' && !(next >= '0' && next <= '9')) {
        *character = 0;
        return true;
    }
    if (letter == 'c' && next < 128 && isalpha((int)next)) {
        *character = pattern_take(text) % 32;
        return true;
    }
    if (letter == 'x')
        return hexadecimal(text, start, 2, character);
    if (letter == 'u')
        return code_point(text, start, character);
    return refuse_escape(text, start, letter);
}

static bool refuse_escape(struct pattern_text *text, size_t start, uint32_t letter)
{
    if (letter >= '1' && letter <= '9')
        return pattern_fail(text, start, "back references cannot be matched in bounded time", NULL);
    if (letter == 'k')
        return pattern_fail(text, start, "back references cannot be matched in bounded time", NULL);
    if (letter == 'p' || letter == 'P')
        return pattern_fail(text, start, "classes by Unicode property are not supported",
                            "list the characters, or leave the rest to the participant");
    return pattern_fail(text, start, "there is no such escape", "a backslash itself is \\\\");
}

static bool hexadecimal(struct pattern_text *text, size_t start, int digits, uint32_t *character)
{
    *character = 0;
    for (int i = 0; i < digits; i++) {
        uint32_t digit = pattern_take(text);
        if (digit >= 128 || !isxdigit((int)digit))
            return pattern_fail(text, start, "hexadecimal digits are missing", "\\x41, \\u0041 or \\u{41}");
        *character = *character * 16 + (digit <= '9' ? digit - '0' : (digit | 32) - 'a' + 10);
    }
    return true;
}

/* Behind \u: four digits, a pair of surrogates, or as many digits as stand in braces. */
static bool code_point(struct pattern_text *text, size_t start, uint32_t *character)
{
    if (pattern_takes(text, '{')) {
        int digits = 0;
        for (size_t i = text->at; i < text->length && digits <= 6 && isxdigit((unsigned char)text->text[i]); i++)
            digits++;
        bool good = digits >= 1 && digits <= 6 && hexadecimal(text, start, digits, character) &&
                    pattern_takes(text, '}') && *character <= CHARACTER_MAX &&
                    !(*character >= 0xd800 && *character <= 0xdfff);
        return good || pattern_fail(text, start, "there is no such character", "from \\u{0} to \\u{10FFFF}");
    }
    if (!hexadecimal(text, start, 4, character))
        return false;
    uint32_t low = 0;
    bool high = *character >= 0xd800 && *character <= 0xdbff;
    if (high && text->length - text->at >= 6 && memcmp(text->text + text->at, "\\u", 2) == 0) {
        text->at += 2;
        if (!hexadecimal(text, start, 4, &low))
            return false;
        if (low >= 0xdc00 && low <= 0xdfff)
            *character = 0x10000 + ((*character - 0xd800) << 10) + (low - 0xdc00);
    }
    if (*character >= 0xd800 && *character <= 0xdfff)
        return pattern_fail(text, start, "half a character can never match", "write both halves, or \\u{1F600}");
    return true;
}
