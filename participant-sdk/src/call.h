/* One call: what its headers say, and what its hook has said so far. Lives on the stack of belay_handle. */
#ifndef BELAY_SRC_CALL_H
#define BELAY_SRC_CALL_H

#include "belay/participant.h"
#include "bytes.h"

#include <stdbool.h>

struct belay_call {
    const struct belay_request *request;
    const struct belay_operation *operation;
    struct belay_branch branch; /* points into the request */
    enum belay_phase phase;
    unsigned attempt;
    const char *callback; /* points into the request; NULL without one */
    char key[BELAY_KEY_MAX + 1];
    char action_key[BELAY_KEY_MAX + 1];
    void *session; /* set while a transaction is open */

    struct belay_bytes answer; /* of a yes */
    char refusal_code[BELAY_CODE_MAX + 1];
    char refusal_detail[BELAY_DETAIL_MAX + 1];
    char failure[BELAY_ERROR_TEXT]; /* "" until belay_fail */

    /* What became of it, for the log; see record.h. */
    const char *what;
    enum belay_level level;
    char why[BELAY_ERROR_TEXT];
};

/* Empties `call` for `request`. */
void belay_call_init(struct belay_call *call, const struct belay_request *request,
                     const struct belay_allocator *allocator);
void belay_call_done(struct belay_call *call);

/* Reads the protocol's headers. False when they are not a call, and `detail` (of `size` bytes) says which
 * headers are missing, or what is wrong with one. */
bool belay_call_read(struct belay_call *call, char *detail, size_t size);

/* The hook of the call's phase, NULL when the operation has none. */
belay_hook *belay_call_hook(const struct belay_call *call);

/* What the phases mean: one table, from protocol.h. */
const char *belay_phase_word(enum belay_phase phase);
enum belay_verb belay_phase_verb(enum belay_phase phase);
enum belay_phase belay_phase_of(enum belay_phase phase); /* the do that it belongs to */
/* The phase of the same do with that verb, BELAY_PHASES_COUNT without one. */
enum belay_phase belay_phase_sibling(enum belay_phase phase, enum belay_verb verb);

#endif
