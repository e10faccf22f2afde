/* What a pattern is compiled to: a program for a machine that is in many places at once (Thompson's). Jumps are
 * relative, so that a piece of program can be copied. Shared by the pattern*.c. */
#ifndef BELAY_DEFINITION_PATTERN_PROGRAM_H
#define BELAY_DEFINITION_PATTERN_PROGRAM_H

#include "definition/pattern.h"
#include "definition/pattern_class.h"

#include <stdint.h>

enum operation {
    OPERATION_CHARACTER, /* `character`, then on */
    OPERATION_CLASS,     /* one of classes[character], then on */
    OPERATION_SPLIT,     /* both at +first and +second */
    OPERATION_JUMP,      /* +first */
    OPERATION_BEGIN,     /* only at the beginning of the text */
    OPERATION_END,       /* only at its end */
    OPERATION_EDGE,      /* only between a word and what is none */
    OPERATION_NO_EDGE,
    OPERATION_MATCH,
};

struct instruction {
    enum operation operation;
    union {
        uint32_t character;
        int32_t first;
    };
    int32_t second;
};

struct pattern {
    struct instruction *code;
    size_t count;
    struct pattern_class *classes;
    size_t classes_count;
};

/* The text that is being compiled. */
struct pattern_text {
    const char *text;
    size_t length;
    size_t at;
    struct pattern_fault *fault;
    bool failed;
};

enum { PATTERN_END = 0xffffffff }; /* no character */

/* pattern_text.c: the next character, not taken; PATTERN_END at the end. */
uint32_t pattern_peek(const struct pattern_text *text);
uint32_t pattern_take(struct pattern_text *text);
/* Takes the next character if it is this one. */
bool pattern_takes(struct pattern_text *text, char character);
/* Returns false, for the caller to return. The first fault counts. */
bool pattern_fail(struct pattern_text *text, size_t offset, const char *message, const char *hint);

/* What stands behind a "\": a class (`*character` is PATTERN_END, `class` has grown) or a character. */
bool pattern_escape(struct pattern_text *text, bool inside, struct pattern_class *class, uint32_t *character);
/* A class, behind its "[". */
bool pattern_brackets(struct pattern_text *text, struct pattern_class *class);

#endif
