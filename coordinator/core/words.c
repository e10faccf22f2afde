/* The words of the core's enumerations, from their tables. */
#include "core/core.h"

#include <stddef.h>

const char *fact_word(enum fact_type type)
{
    switch (type) {
#define X(name, number, word)                                                                                 \
    case name:                                                                                                \
        return word;
        FACTS(X)
#undef X
    }
    return NULL;
}

const char *verb_word(enum verb verb)
{
    static const char *const words[] = {
#define X(name, word) word,
        VERBS(X)
#undef X
    };
    return words[verb];
}

const char *answer_word(enum answer answer)
{
    static const char *const words[] = {
#define X(name, word) word,
        ANSWERS(X)
#undef X
    };
    return words[answer];
}

const char *cause_word(enum cause cause)
{
    static const char *const words[] = {
#define X(name, word) word,
        CAUSES(X)
#undef X
    };
    return words[cause];
}

const char *call_word(uint16_t code)
{
    switch (code) {
#define X(name, number, word)                                                                                 \
    case name:                                                                                                \
        return word;
        CALL_CODES(X)
#undef X
    default:
        return NULL;
    }
}

const char *branch_state_word(enum branch_state state)
{
    static const char *const words[] = {
#define X(name, word) word,
        BRANCH_STATES(X)
#undef X
    };
    return words[state];
}

const char *event_word(enum event_type type)
{
    static const char *const words[] = {
#define X(name, word) word,
        EVENTS(X)
#undef X
    };
    return words[type];
}

const char *refusal_text(enum refusal refusal)
{
    static const char *const texts[] = {
#define X(name, text) text,
        REFUSALS(X)
#undef X
    };
    return texts[refusal];
}
