/* What clients and people ask of a coordinator that has much to remember. */
#ifndef BELAY_BENCH_QUESTIONS_H
#define BELAY_BENCH_QUESTIONS_H

#include "bench/filler.h"
#include "bench/load.h"
#include "bench/setting.h"

/* id, name, and whether it must take as long as ever (else its p99 alone has a bar) */
#define QUESTIONS(X)                                                                                              \
    X(QUESTION_START, "start", true)                                                                              \
    X(QUESTION_GET, "get", true)                                                                                  \
    X(QUESTION_STATUS, "list by status", false)                                                                   \
    X(QUESTION_SAGA, "list by saga", false)                                                                       \
    X(QUESTION_BOTH, "list by saga and status, far back", false)                                                  \
    X(QUESTION_ATTENTION, "list what needs attention", false)

enum question {
#define X(id, name, flat) id,
    QUESTIONS(X)
#undef X
        QUESTIONS_COUNT
};

struct question_word {
    const char *name;
    bool flat;
};
extern const struct question_word question_words[QUESTIONS_COUNT];

/* One client asks it some hundred times, each time about another transaction of `filling`. */
bool questions_ask(enum question question, const struct setting *setting, const struct filling *filling,
                   struct load_result *result);

#endif
