/* The checkers: each reads the evidence and the store of one finished run, and says what should not have been. */
#ifndef BELAY_SIM_CHECK_H
#define BELAY_SIM_CHECK_H

#include "sim/story.h"
#include "sim/world.h"

#include <stdbool.h>

/* name, what is asserted */
#define CHECKS(X)                                                                                             \
    X(C1, "what was accepted is there, with its content")                                                     \
    X(C2, "what was refused never runs, what was repeated runs once")                                         \
    X(C3, "every end is one end: all effective, or all undone")                                               \
    X(C4, "nobody sees both decisions")                                                                       \
    X(C5, "undo follows or fences its action, in the promised order")                                         \
    X(C6, "one key and one body per branch and phase; attempts grow")                                         \
    X(C7, "each effect happens once")                                                                         \
    X(C8, "money is conserved")                                                                               \
    X(C9, "back-off is kept, no busy loop")                                                                   \
    X(C10, "timers are never early, and soon after a restart")                                                \
    X(C12, "only legal moves; state = fold(facts) = row")                                                     \
    X(C17, "after healing everything ends")                                                                   \
    X(C19, "a lock has one holder at a time, and goes to who came first")                                     \
    X(C20, "parent and child are decided together, at every moment")                                          \
    X(C21, "a schedule starts what is due, once, and nothing else")

enum check {
#define X(name, text) CHECK_##name,
    CHECKS(X)
#undef X
    CHECKS_COUNT
};

/* All that a checker needs. */
struct trial {
    struct world *world;
    const struct evidence *evidence;
    struct story *stories;
    size_t stories_count;
};

/* Asserts one thing: counts it, and tells when it is not so. */
void check_that(enum check check, struct world *world, bool truth, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void check_blame(enum check check, struct world *world, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Runs all checkers on a finished run. True when this seed is without blame. */
bool check_run(struct world *world);
/* check_live.c: while it runs: the live records against the store, and what they do with stale answers. */
void check_live(struct world *world);

/* True when the checker of that name has complained. */
bool check_violated(const char *name);

/* One line per checker. */
void check_report(void);
void check_list(void);

void check_clients(const struct trial *trial);
void check_outside(const struct trial *trial);
void check_ends(const struct trial *trial);
void check_letters(const struct trial *trial);
void check_calls(const struct trial *trial);
void check_order(const struct trial *trial);
void check_pace(const struct trial *trial);
void check_facts(const struct trial *trial);
void check_locks(const struct trial *trial);
void check_row(const struct trial *trial);
void check_schedules(const struct trial *trial);
void check_children(const struct trial *trial);

#endif
