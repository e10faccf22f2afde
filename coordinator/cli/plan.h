/* A plan: what a rehearsal showed, in the order in which it happens, with what others can see on the way. */
#ifndef BELAY_CLI_PLAN_H
#define BELAY_CLI_PLAN_H

#include "cli/cli.h"
#include "cli/guess.h"
#include "cli/saga.h"

#include <jansson.h>

/* The call that fails: its name as in rehearse.h, and how. NULL: none. */
struct plan_fail {
    const char *name;
    bool unknown; /* nobody ever learns what became of it; else it is answered no */
};

/* `sagas`: the outermost first, then its children and theirs.
 * {saga, version, fails?: {call, answer, reached}, assumed[], lock?, moves[], undo[], status, cause?, step?,
 * stopped?, output?, problems[]}; `belay plan` puts `schedule` beside them. A move is an event {publishes, to},
 * a condition {condition, kind, when?, runs}, a child that starts {starts, child, version}, a wait {waits,
 * approval?, waitFor?, delay?} for a person, a signal or the time, or calls that go out together {verb, calls[],
 * visible[], perhaps[]}: what others can see when all of them are answered, and what perhaps. A call is {call,
 * step, item?, phase, participant, method, path, headers, body?, pivot?, attempts, answer}. `undo` are the names
 * of what is undone, in order. A new object. */
json_t *plan_make(const struct saga *sagas, size_t sagas_count, const struct guess *guess, const json_t *record,
                  const struct plan_fail *fail);

/* plan_terms.c: {key, onConflict, timeout?} and {when, timeZone?, overlap, missed, next[]}; NULL: it has none. */
json_t *plan_lock(const struct saga *saga, const json_t *record);
json_t *plan_schedule(const struct saga *saga, uint64_t now_ms);

/* plan_print.c: the plan as text. `headers`: all of them, not only those that tell something. */
void plan_print(const struct output *output, struct buf *buf, const json_t *plan, bool headers);

#endif
