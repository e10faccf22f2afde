/* From a pattern's text to its program. A repetition {2,4} is written out; limits bound what comes of it. */
#include "definition/pattern.h"

#include "base/limits.h"
#include "base/mem.h"
#include "definition/pattern_program.h"

#include <assert.h>
#include <string.h>

enum { ENDLESS = LIMIT_PATTERN_REPEATS + 1 };

struct compiler {
    struct pattern_text text;
    struct pattern *pattern;
    size_t capacity;
    unsigned depth; /* of groups */
};

static void alternatives(struct compiler *compiler);
static void sequence(struct compiler *compiler);
static bool term(struct compiler *compiler);
static void group(struct compiler *compiler, size_t offset);
static void class(struct compiler *compiler, uint32_t opening);
static void escape(struct compiler *compiler, size_t offset);
static bool quantifier(struct compiler *compiler, size_t *least, size_t *most);
static void repeat(struct compiler *compiler, size_t start, size_t least, size_t most);
static void emit(struct compiler *compiler, struct instruction instruction);

struct pattern *pattern_compile(const char *text, size_t length, struct pattern_fault *fault)
{
    struct compiler compiler = {.text = {.text = text, .length = length, .fault = fault}};
    if (length > LIMIT_PATTERN_BYTES) {
        pattern_fail(&compiler.text, 0, "it is longer than 1,000 bytes", NULL);
        return NULL;
    }
    compiler.pattern = mem_new(sizeof *compiler.pattern);
    alternatives(&compiler);
    if (!compiler.text.failed && compiler.text.at < length)
        pattern_fail(&compiler.text, compiler.text.at, "a \")\" without its \"(\"", "a bracket itself is \\)");
    emit(&compiler, (struct instruction){.operation = OPERATION_MATCH});
    if (!compiler.text.failed)
        return compiler.pattern;
    pattern_free(compiler.pattern);
    return NULL;
}

void pattern_free(struct pattern *pattern)
{
    if (!pattern)
        return;
    for (size_t i = 0; i < pattern->classes_count; i++)
        pattern_class_done(&pattern->classes[i]);
    mem_free(pattern->classes);
    mem_free(pattern->code);
    mem_free(pattern);
}

size_t pattern_size(const struct pattern *pattern)
{
    return pattern->count;
}

/* A|B is: split to A and behind it; A; jump to the end; B. */
static void alternatives(struct compiler *compiler)
{
    size_t jumps = SIZE_MAX; /* the last jump to the end; each holds the one before it */
    for (;;) {
        size_t start = compiler->pattern->count;
        sequence(compiler);
        if (compiler->text.failed || !pattern_takes(&compiler->text, '|'))
            break;
        emit(compiler, (struct instruction){.operation = OPERATION_JUMP});
        emit(compiler, (struct instruction){.operation = OPERATION_JUMP});
        if (compiler->text.failed)
            return;
        struct instruction *code = compiler->pattern->code;
        size_t end = compiler->pattern->count;
        memmove(code + start + 1, code + start, (end - start - 2) * sizeof *code);
        code[start] = (struct instruction){OPERATION_SPLIT, .first = 1, .second = (int32_t)(end - start)};
        code[end - 1].second = jumps == SIZE_MAX ? -1 : (int32_t)jumps;
        jumps = end - 1;
    }
    while (jumps != SIZE_MAX && !compiler->text.failed) {
        struct instruction *jump = &compiler->pattern->code[jumps];
        size_t before = jump->second < 0 ? SIZE_MAX : (size_t)jump->second;
        jump->first = (int32_t)(compiler->pattern->count - jumps);
        jump->second = 0;
        jumps = before;
    }
}

static void sequence(struct compiler *compiler)
{
    struct pattern_text *text = &compiler->text;
    while (!text->failed && text->at < text->length && text->text[text->at] != '|' &&
           text->text[text->at] != ')') {
        size_t start = compiler->pattern->count;
        size_t least, most;
        bool repeatable = term(compiler);
        size_t offset = text->at;
        if (text->failed || !quantifier(compiler, &least, &most))
            continue;
        if (repeatable)
            repeat(compiler, start, least, most);
        else
            pattern_fail(text, offset, "there is nothing to repeat", NULL);
    }
}

/* One character, class, group or assertion. False when it cannot be repeated. */
static bool term(struct compiler *compiler)
{
    struct pattern_text *text = &compiler->text;
    size_t offset = text->at;
    uint32_t character = pattern_take(text);
    size_t count = compiler->pattern->count;
    switch (character) {
    case PATTERN_END:
        return pattern_fail(text, offset, "it is not UTF-8", NULL);
    case '^':
        emit(compiler, (struct instruction){.operation = OPERATION_BEGIN});
        return false;
    case '$':
        emit(compiler, (struct instruction){.operation = OPERATION_END});
        return false;
    case '(':
        group(compiler, offset);
        return true;
    case '.':
    case '[':
        class(compiler, character);
        return true;
    case '\\':
        escape(compiler, offset);
        return text->failed || compiler->pattern->code[count].operation <= OPERATION_CLASS;
    case '*':
    case '+':
    case '?':
        return pattern_fail(text, offset, "there is nothing to repeat", "the character itself is \\*, \\+ or \\?");
    case '{':
    case '}':
    case ']':
        return pattern_fail(text, offset, "a bracket that closes or opens nothing",
                            "the character itself is \\{, \\} or \\]");
    default:
        emit(compiler, (struct instruction){OPERATION_CHARACTER, .character = character});
        return true;
    }
}

static void group(struct compiler *compiler, size_t offset)
{
    struct pattern_text *text = &compiler->text;
    if (pattern_takes(text, '?') && !pattern_takes(text, ':')) {
        bool named = pattern_takes(text, '<') && pattern_peek(text) != '=' && pattern_peek(text) != '!';
        if (!named) {
            pattern_fail(text, offset, "looking ahead or behind cannot be matched in bounded time",
                         "several conditions are several schemas in \"allOf\", each with its \"pattern\"");
            return;
        }
        while (text->at < text->length && text->text[text->at] != '>')
            text->at++;
        if (!pattern_takes(text, '>'))
            pattern_fail(text, offset, "a group's name without its \">\"", NULL);
    }
    if (++compiler->depth > LIMIT_PATTERN_DEPTH)
        pattern_fail(text, offset, "groups are nested too deep", NULL);
    if (text->failed)
        return;
    alternatives(compiler);
    compiler->depth--;
    if (!text->failed && !pattern_takes(text, ')'))
        pattern_fail(text, offset, "a \"(\" without its \")\"", "a bracket itself is \\(");
}

static void put_class(struct compiler *compiler, struct pattern_class class)
{
    struct pattern *pattern = compiler->pattern;
    if (compiler->text.failed) {
        pattern_class_done(&class);
        return;
    }
    if ((pattern->classes_count & (pattern->classes_count - 1)) == 0) /* full at every power of two */
        pattern->classes = mem_grow(pattern->classes, (pattern->classes_count ? 2 * pattern->classes_count : 1) *
                                                          sizeof *pattern->classes);
    pattern->classes[pattern->classes_count++] = class;
    emit(compiler, (struct instruction){OPERATION_CLASS, .character = (uint32_t)pattern->classes_count - 1});
}

static void class(struct compiler *compiler, uint32_t opening)
{
    struct pattern_class class = {0};
    if (opening == '.') {
        pattern_class_add_named(&class, '.');
        pattern_class_close(&class, false);
    } else {
        pattern_brackets(&compiler->text, &class);
    }
    put_class(compiler, class);
}

static void escape(struct compiler *compiler, size_t offset)
{
    struct pattern_text *text = &compiler->text;
    struct pattern_class class = {0};
    uint32_t character;
    assert(offset + 1 == text->at);
    if (pattern_takes(text, 'b')) {
        emit(compiler, (struct instruction){.operation = OPERATION_EDGE});
    } else if (pattern_takes(text, 'B')) {
        emit(compiler, (struct instruction){.operation = OPERATION_NO_EDGE});
    } else if (pattern_escape(text, false, &class, &character) && character == PATTERN_END) {
        pattern_class_close(&class, false);
        put_class(compiler, class);
    } else if (!text->failed) {
        emit(compiler, (struct instruction){OPERATION_CHARACTER, .character = character});
    }
}

/* A number of repetitions; false when there are no digits. */
static bool number(struct pattern_text *text, size_t *number)
{
    size_t start = text->at;
    *number = 0;
    while (text->at < text->length && text->text[text->at] >= '0' && text->text[text->at] <= '9') {
        *number = *number * 10 + (size_t)(text->text[text->at++] - '0');
        if (*number > LIMIT_PATTERN_REPEATS)
            return pattern_fail(text, start, "more than 1,000 repetitions", "\"maxLength\" counts further");
    }
    return text->at > start;
}

static bool quantifier(struct compiler *compiler, size_t *least, size_t *most)
{
    struct pattern_text *text = &compiler->text;
    size_t start = text->at;
    *least = 0;
    *most = ENDLESS;
    if (pattern_takes(text, '+')) {
        *least = 1;
    } else if (pattern_takes(text, '?')) {
        *most = 1;
    } else if (pattern_takes(text, '{')) {
        bool good = number(text, least);
        *most = *least;
        if (good && pattern_takes(text, ',')) {
            bool open = text->at < text->length && text->text[text->at] == '}';
            *most = ENDLESS;
            good = open || number(text, most);
        }
        if (!good || !pattern_takes(text, '}'))
            return pattern_fail(text, start, "a repetition is {2}, {2,} or {2,4}", "a bracket itself is \\{");
        if (*most < *least)
            return pattern_fail(text, start, "a repetition that ends before it begins", NULL);
    } else if (!pattern_takes(text, '*')) {
        return false;
    }
    pattern_takes(text, '?'); /* lazy */
    return true;
}

/* Writes out the repetition of the program that begins at `start`. */
static void repeat(struct compiler *compiler, size_t start, size_t least, size_t most)
{
    struct pattern *pattern = compiler->pattern;
    size_t size = pattern->count - start;
    size_t optional = most == ENDLESS ? least == 0 : most - least;
    if (size == 0)
        return;
    if ((least + optional) * (size + 1) + 1 > LIMIT_PATTERN_SIZE) {
        pattern_fail(&compiler->text, compiler->text.at, "its repetitions make it too large", NULL);
        return;
    }
    struct instruction *copy = mem_array(size, sizeof *copy);
    memcpy(copy, pattern->code + start, size * sizeof *copy);
    pattern->count = start;
    for (size_t i = 0; i < least + optional; i++) {
        int32_t rest = (int32_t)((least + optional - i) * (size + 1));
        if (i >= least)
            emit(compiler,
                 (struct instruction){OPERATION_SPLIT, .first = 1, .second = rest + (most == ENDLESS ? 1 : 0)});
        for (size_t k = 0; k < size; k++)
            emit(compiler, copy[k]);
    }
    if (most == ENDLESS && least == 0)
        emit(compiler, (struct instruction){OPERATION_JUMP, .first = -(int32_t)(size + 1)});
    else if (most == ENDLESS)
        emit(compiler, (struct instruction){OPERATION_SPLIT, .first = -(int32_t)size, .second = 1});
    mem_free(copy);
}

static void emit(struct compiler *compiler, struct instruction instruction)
{
    struct pattern *pattern = compiler->pattern;
    if (compiler->text.failed)
        return;
    if (pattern->count == LIMIT_PATTERN_SIZE) {
        pattern_fail(&compiler->text, compiler->text.at, "its repetitions make it too large", NULL);
        return;
    }
    if (pattern->count == compiler->capacity) {
        compiler->capacity = compiler->capacity ? 2 * compiler->capacity : 16;
        pattern->code = mem_grow(pattern->code, compiler->capacity * sizeof *pattern->code);
    }
    pattern->code[pattern->count++] = instruction;
}
