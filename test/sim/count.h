/* What happened over all seeds (C18): every row of these tables must have been seen, or the run was vacuous. */
#ifndef BELAY_SIM_COUNT_H
#define BELAY_SIM_COUNT_H

#include <stdbool.h>
#include <stdint.h>

/* name, what it counts */
#define COUNTERS(X)                                                                                           \
    X(COUNT_CALL_LOST, "request lost")                                                                        \
    X(COUNT_CALL_TWICE, "request duplicated")                                                                 \
    X(COUNT_CALL_LATE, "request delivered after its attempt timed out")                                       \
    X(COUNT_CALL_FENCED, "request delivered after its own undo")                                              \
    X(COUNT_CALL_OVERTAKEN, "request delivered after a later attempt")                                        \
    X(COUNT_ANSWER_LOST, "answer lost")                                                                       \
    X(COUNT_ANSWER_REPEATED, "stored answer repeated")                                                        \
    X(COUNT_UNDO_EMPTY, "undo of what never arrived")                                                         \
    X(COUNT_DID_BUT_FAILED, "did it, but answered an error")                                                  \
    X(COUNT_HANG, "participant hung")                                                                         \
    X(COUNT_DOWN, "participant down")                                                                         \
    X(COUNT_GARBAGE, "answer that is not JSON")                                                               \
    X(COUNT_RETRY_AFTER, "Retry-After")                                                                       \
    X(COUNT_UNREGISTERED, "participant not registered")                                                       \
    X(COUNT_COMMIT_LOST, "commit failed and was lost")                                                        \
    X(COUNT_COMMIT_KEPT, "commit failed and was kept")                                                        \
    X(COUNT_CRASH_IDLE, "crash before a turn")                                                                \
    X(COUNT_CRASH_CUT, "crash right after a turn")                                                            \
    X(COUNT_CRASH_RECOVERING, "crash during recovery")                                                        \
    X(COUNT_CRASH_TWICE, "crash during the second recovery")                                                  \
    X(COUNT_JUMP_AHEAD, "clock jumped ahead")                                                                 \
    X(COUNT_JUMP_BACK, "clock stood earlier after a restart")                                                 \
    X(COUNT_LEFT_MEMORY, "transaction left memory")                                                           \
    X(COUNT_CAME_BACK, "transaction loaded from the store")                                                   \
    X(COUNT_START_TOLD, "start accepted")                                                                     \
    X(COUNT_START_REPEATED, "start repeated and recognised")                                                  \
    X(COUNT_START_CONFLICT, "start refused: other content")                                                   \
    X(COUNT_START_BUSY, "start refused: busy")                                                                \
    X(COUNT_START_UNTOLD, "start that was never answered")                                                    \
    X(COUNT_LOCK_HELD, "start refused: its lock is held")                                                     \
    X(COUNT_LOCK_WAITED, "lock granted after a wait")                                                         \
    X(COUNT_WAIT_END, "wait answered with the end")                                                           \
    X(COUNT_WAIT_EARLY, "wait answered before the end")                                                       \
    X(COUNT_BY_HAND, "branch put right by hand and resolved")                                                 \
    X(COUNT_LETTER, "announcement that was taken")                                                            \
    X(COUNT_LETTER_LOST, "announcement that got lost")                                                        \
    X(COUNT_LETTER_REFUSED, "announcement that was refused for good")                                         \
    X(COUNT_EDITED, "call with a body that an operator gave")                                                 \
    X(COUNT_EDITED_AGAIN, "call with a body that was edited before")                                          \
    X(COUNT_SCHEDULED, "run that a schedule started")                                                         \
    X(COUNT_SCHEDULE_ONCE, "missed runs made up for by one")                                                  \
    X(COUNT_SCHEDULE_ALL, "missed runs made up for by all")                                                   \
    X(COUNT_SCHEDULE_LEFT_OUT, "missed runs left out")                                                        \
    X(COUNT_SCHEDULE_WAITED, "run that waits for the one before it")                                          \
    X(COUNT_SCHEDULE_REFUSED, "run that found no room, or a lock held")                                       \
    X(COUNT_NEVER, "work taken on that nobody does")                                                          \
    X(COUNT_TELL, "callback heard")                                                                           \
    X(COUNT_TELL_EARLY, "callback before the response")                                                       \
    X(COUNT_TELL_LATE, "callback too late")                                                                   \
    X(COUNT_TELL_WRONG, "callback with a wrong token")                                                        \
    X(COUNT_BEAT, "heartbeat heard")                                                                          \
    X(COUNT_SIGNAL, "signal heard")                                                                           \
    X(COUNT_SIGNAL_LATE, "signal too late")                                                                   \
    X(COUNT_PERSON, "person heard")                                                                           \
    X(COUNT_PERSON_LATE, "person too late")                                                                   \
    X(COUNT_PERSON_WRONG, "person without the role")                                                          \
    X(COUNT_CHECK_YES, "check that found it done")                                                            \
    X(COUNT_CHECK_NO, "check that found nothing")                                                             \
    X(COUNT_RAN_DO, "action took effect")                                                                     \
    X(COUNT_RAN_UNDO, "compensation took effect")                                                             \
    X(COUNT_RAN_CONFIRM, "confirm took effect")                                                               \
    X(COUNT_READ_ONLY, "vote that has nothing to commit")                                                     \
    X(COUNT_CHILD, "child started")                                                                           \
    X(COUNT_GRANDCHILD, "child of a child started")                                                           \
    X(COUNT_CHILD_AGAIN, "another child started for the same step")                                           \
    X(COUNT_DEADLOCK, "child refused for a lock that would wait for itself")

enum counter {
#define X(name, text) name,
    COUNTERS(X)
#undef X
    COUNTERS_COUNT
};

/* The words of the core that were seen, one bit each. */
enum seen_kind {
    SEEN_STATUS,
    SEEN_END,
    SEEN_BRANCH,
    SEEN_FACT,
    SEEN_CAUSE,
    SEEN_REFUSAL,
    SEEN_EVENT,
    SEEN_ANSWER,
    SEEN_CODE,
    SEEN_ORDER,
    SEEN_KINDS
};

void count(enum counter counter);
void count_seen(enum seen_kind kind, unsigned number);

/* Prints the totals. Returns how many rows of the tables were never seen. */
unsigned count_report(bool print);

#endif
