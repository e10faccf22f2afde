/* A rehearsal: one transaction from its start to its end, in memory and in no time. The engine is the one that
 * belayd runs, so nothing here can disagree with a real run; around it stand a store in memory, a clock that jumps
 * to the next moment at which something happens, and participants that answer what a script says. */
#ifndef BELAY_CLI_REHEARSE_H
#define BELAY_CLI_REHEARSE_H

#include "base/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    REHEARSE_TRIES = 1000,   /* of one call: what is tried so often without an end is tried for ever */
    REHEARSE_CALLS = 100000, /* in all: five times what ten thousand items need, and a second of work */
};

/* What a participant answers to a call (as it stands in the record): a new object
 *   {"status", "body"?, "text"?}    an HTTP answer with JSON, or with a text that is none
 *   {"transport"}                   none: a word of ports/caller.h ("timeout", "broken" ...)
 * and, in both, "after_ms"? and "retry_after_ms"?. With "callback": {"verb", "after_ms", "output"?, "code"?,
 * "detail"?} the participant calls back so long after its answer. */
typedef json_t *rehearse_answer(void *context, const json_t *call);

struct rehearse {
    const char *const *sagas; /* texts of saga files that were found right; the first is rehearsed, with its
                               * children among the others */
    size_t sagas_count;
    const json_t *input; /* NULL = none */
    const char *id;      /* of the transaction */
    uint64_t begin_ms;
    /* What people and participants do by themselves: {"verb", "step"?, "signal"?, "outcome"?, "output"?, "code"?,
     * "detail"?, "role"?, "reason"?, "at_ms"?}. Verbs are an operator's (cancel ... terminate), approve and
     * reject, complete, fail and heartbeat (callbacks), and signal. at_ms counts from the start; without it an
     * operator waits for a pause, who is asked answers at once, and a signal comes with the start. NULL = nothing.
     */
    const json_t *acts;
    rehearse_answer *answer;
    void *context;
};

/* Plays it to the end, to a pause that nobody ends, or until nothing would ever happen again. 0 and a new object:
 *   status, cause?, step?, output?  as the transaction stood at last
 *   refused?, findings[]?           why it did not even start, and what of the input is wrong; nothing happened
 *   stopped?                        why it was not played to its end
 *   begin_ms, took_ms
 *   calls[]     {name, step, item?, phase, verb, participant, attempt, wave, at_ms, answer}, and of a first one
 *               also {method, path, headers, body?}. Calls of one wave went out together. A name is "STEP" or
 *               "STEP[ITEM]", with ".PHASE" behind it unless the phase is the step's own work (verb "do"):
 *               "charge.compensation". Verbs are do, confirm, undo, check.
 *   facts[]     {fact, name?, at_ms, line, runs?, detail?}; a line is the fact in short: "answered charge no 409"
 *   acts[]      {verb, at_ms, refused?} of each that was asked for; null for one whose moment never came
 *   events[]    {id, event, to, at_ms, data} of each that the saga announces: "completed"
 *   lock?       the key of the lock that it takes
 *   warnings[]  what the engine would log
 * What a child does goes by the names of the step that started it and its own, "flight/seat"; "flight/" is the
 * child itself. Its id is another one in every run: "ID.flight" stands for it.
 * Or an error: a saga that cannot be used, or a store that failed. */
int rehearse_run(const struct rehearse *rehearse, json_t **record, struct error *error);

/* Words that scripts may use: of phases ("compensation"), of transports, of what is done meanwhile. */
bool rehearse_knows_phase(const char *word);
bool rehearse_knows_transport(const char *word);
bool rehearse_knows_act(const char *word);
bool rehearse_act_needs_step(const char *word);

#endif
