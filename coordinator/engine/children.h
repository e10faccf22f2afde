/* Child transactions. A step that is a saga of its own is a call that the engine answers itself: what the parent
 * says and that the child heard it is one commit, so such a call is neither lost nor repeated.
 *
 *   parent                       child
 *   called do      ---start--->  begun; it decides nothing by itself
 *   answered pending <--------
 *   answered yes     <-ready---  everything is done, and held
 *   called confirm --release-->  decides to commit, completes
 *   confirmed        <-ended---
 *   called undo    --cancel--->  decides to abort, is undone
 *   undone           <-ended---
 *
 * A child that is undone by itself (a no, its timeout, a person) is a no to its parent; one that a person
 * terminates is unknown, and its undo or confirm is a person's business. A parent never ends before its
 * children. */
#ifndef BELAY_ENGINE_CHILDREN_H
#define BELAY_ENGINE_CHILDREN_H

#include "core/core.h"

struct definition;
struct engine;
struct error;
struct open;

/* A branch of a parent that has to be looked at: it called its child, or the child has something to say. */
struct kin {
    uint64_t parent;
    uint16_t branch;
};

/* Notes what a new fact or call of a transaction means for its parent or child. */
void children_note_fact(struct engine *engine, const struct open *open, const struct fact *fact);
void children_note_call(struct engine *engine, const struct open *open, const struct call *call);

/* Does what was noted, and what follows from that. The return is the store's error: nobody else has to know what
 * came of it, so the process must end. */
int children_settle(struct engine *engine, struct error *error);

/* What is open of its children, theirs, and so on, in memory and in the batch at work. `*list` is the caller's
 * to free, also after an error. */
int children_gather(struct engine *engine, struct open *open, struct open ***list, size_t *count,
                    struct error *error);

/* What a person wished of their ancestor reaches them, as far as it concerns them: pause, resume of what was
 * paused with it, retry of what is stuck, terminate. True when any of them took it. */
bool children_operate(struct engine *engine, struct open **list, size_t count, enum event_type verb,
                      const char *payload, size_t length);

/* Whether a definition may be registered: its children are, they can be children, and none of them leads back to
 * it; and those that have it for a child can still have it. ERROR_INVALID. */
int children_check(struct engine *engine, const struct definition *definition, struct error *error);

#endif
