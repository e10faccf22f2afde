/* What of a saga nobody can know before it runs, and what stands for it: in requests a placeholder
 * ("<steps.pay.output.id>"), in conditions an assumption. The saga that comes out runs like the one that went in,
 * whatever its participants answer. */
#ifndef BELAY_CLI_GUESS_H
#define BELAY_CLI_GUESS_H

#include "cli/saga.h"

#include <jansson.h>
#include <stdbool.h>

#define GUESS_ID    "<saga.id>"
#define GUESS_INPUT "<input>"

struct guess {
    json_t *sagas;        /* copies of the files, changed */
    json_t *assumed;      /* [{step, key, expression, assumed}] */
    json_t *placeholders; /* texts */
};

/* The first saga is the outermost, the others are its children and theirs; `input`: its input is known. */
struct guess guess_make(const struct saga *sagas, size_t count, bool input);
void guess_done(struct guess *guess);

/* A path in which placeholders stand as they are, not percent-encoded: a new string. */
json_t *guess_path(const struct guess *guess, const char *path);

#endif
