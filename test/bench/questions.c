/* The requests behind the questions. */
#include "bench/questions.h"
#include "bench/scenarios.h"

#include <stdio.h>

enum { REQUESTS = 300, LISTS = 100, STRIDE = 1663 }; /* odd, so that every sample comes before one comes again */

struct asker {
    const struct filling *filling;
    uint64_t next;
};

static void get(void *context, char target[LOAD_TARGET]);

const struct question_word question_words[] = {
#define X(id, name, flat) {name, flat},
    QUESTIONS(X)
#undef X
};

bool questions_ask(enum question question, const struct setting *setting, const struct filling *filling,
                   struct load_result *result)
{
    static const char *const targets[QUESTIONS_COUNT] = {
        [QUESTION_START] = "/v1/transactions",
        [QUESTION_STATUS] = "/v1/transactions?status=compensated",
        [QUESTION_SAGA] = "/v1/transactions?saga=undo",
        [QUESTION_ATTENTION] = "/v1/transactions?status=paused",
    };
    char target[LOAD_TARGET];
    struct asker asker = {.filling = filling};
    struct load load = {.port = setting->port,
                        .clients = 1,
                        .method = "GET",
                        .target = targets[question],
                        .headers = "",
                        .requests = REQUESTS,
                        .status = 200,
                        .context = &asker};
    if (question == QUESTION_START) {
        load.method = "POST";
        load.body = "{\"saga\":\"two\"," SCENARIO_INPUT "}";
        load.status = 201;
    }
    if (question == QUESTION_GET)
        load.vary = get;
    if (question >= QUESTION_STATUS)
        load.requests = LISTS;
    if (question == QUESTION_BOTH) {
        snprintf(target, sizeof target, "/v1/transactions?saga=undo&status=compensated&cursor=%llx",
                 (unsigned long long)filling->middle);
        load.target = target;
    }
    return load_run(&load, result);
}

static void get(void *context, char target[LOAD_TARGET])
{
    struct asker *asker = context;
    const struct filling *filling = asker->filling;
    asker->next += STRIDE;
    snprintf(target, LOAD_TARGET, "/v1/transactions/%s", filling->samples[asker->next % filling->samples_count]);
}
