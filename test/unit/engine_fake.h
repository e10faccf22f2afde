/* An engine with everything around it under the test's control: memory store, a clock that stands, a caller that
 * only collects. */
#ifndef BELAY_UNIT_ENGINE_FAKE_H
#define BELAY_UNIT_ENGINE_FAKE_H

#include "engine/engine.h"

enum { FAKE_CALLS = 4096 };

struct fake {
    struct store *store;
    struct store port; /* what the engine sees: `store`, with commits that can be made to fail */
    struct engine *engine;
    struct engine_options options;
    uint64_t now_ms;
    uint64_t drawn;
    bool fail_commit;
    unsigned commits;
    size_t removed;     /* by the last one */
    uint64_t commit_ms; /* that each takes */
    struct request *calls[FAKE_CALLS]; /* let out and not answered yet, in order */
    size_t calls_count;
};

struct told {
    struct command command;
    unsigned replies;
    char output[256]; /* a copy of result_output */
};

void fake_open(struct fake *fake);
void fake_close(struct fake *fake); /* forgets the engine and the store */
void fake_restart(struct fake *fake); /* the process dies; a new one opens the same store */
int fake_turn(struct fake *fake);     /* until nothing is left to do now */

/* Registers a saga file and the participants "inventory" and "payments". */
void fake_define(struct fake *fake, const char *saga);
void fake_participant(struct fake *fake, const char *name, const char *json);

/* Submits; the reply is copied into `told`. */
void fake_submit(struct fake *fake, struct told *told);
struct told fake_start(struct fake *fake, const char *saga, const char *input, const char *id);

/* Answers the oldest call that is out: a status (0: the connection broke) and a JSON body or NULL. */
void fake_answer(struct fake *fake, int status, const char *body);
/* A header's value of a call, or NULL; a copy, which stays until the sixteenth after it. */
const char *fake_header(const struct request *request, const char *name);

/* The newest transaction of a saga, as its row says; txn 0: there is none. */
struct fake_row {
    uint64_t txn;
    enum status status;
    char reason[128];
};
struct fake_row fake_newest(struct fake *fake, const char *saga);

#endif
