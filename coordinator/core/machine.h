/* What the files of the core share while one event is worked on. Not for anybody outside core/. */
#ifndef BELAY_CORE_MACHINE_H
#define BELAY_CORE_MACHINE_H

#include "core/core.h"

struct machine {
    const struct plan *plan;
    struct txn *txn;
    struct out *out;
    uint64_t now_ms;
};

/* emit.c: applies a fact and puts it out. The fact must be able to follow: a refusal is our bug. */
void emit_fact(struct machine *machine, struct fact fact);
/* The next call of a branch: its fact and the call itself. */
void emit_call(struct machine *machine, uint16_t branch, enum verb verb);
void emit_decided(struct machine *machine, enum decision decision, enum cause cause, uint16_t branch);
void emit_paused(struct machine *machine, enum cause cause, uint16_t branch);
void emit_ended(struct machine *machine, enum status status);
/* When a pending answer is overdue, counted from now, but no later than its limit. */
uint64_t emit_beat_due(const struct machine *machine, const struct plan_step *step, uint64_t limit_ms);
/* An answer, with the retry policy's word on when to call again. `settled`: never. */
void emit_answered(struct machine *machine, const struct event *event);

/* advance.c: everything that follows from the state and the time, until nothing more does. */
void advance(struct machine *machine);

/* lock.c: wants the lock that the plan asks for, if any; gets it; or waits no longer, which is true when so. */
void lock_begin(struct machine *machine);
bool lock_grant(struct machine *machine);
bool lock_give_up(struct machine *machine);

/* forward.c: starts and repeats what may be called forward; decides. False when nothing changed. */
bool forward_run(struct machine *machine);
/* The parent's word to commit. */
enum refusal forward_release(struct machine *machine);
void forward_ask(struct machine *machine);
/* True from the pivot's first call until it is known what became of it. */
bool forward_pivot_in_doubt(const struct machine *machine);
/* True from the yes of the pivot or of the last vote on, also where the decision that it is was not put out yet:
 * while it is paused. */
bool forward_pivot_succeeded(const struct machine *machine);

/* confirm.c: starts and repeats confirms. False when nothing changed. */
bool confirm_run(struct machine *machine);
/* True while a confirm is owed that was not answered yes. */
bool confirm_owed(const struct machine *machine);

/* undo.c: starts and repeats undos in the promised order. False when nothing changed. */
bool undo_run(struct machine *machine);

/* outside.c: callbacks, signals, approvals; see core_step. */
enum refusal outside_apply(struct machine *machine, const struct event *event);

/* operator.c: a verb of a person; see core_step. */
enum refusal operator_apply(struct machine *machine, const struct event *event);

#endif
