/* The verdict: one line per check, over all episodes of a run. The numbers are those of the faults document: C1
 * ... */
#ifndef BELAY_E2E_VERDICT_H
#define BELAY_E2E_VERDICT_H

#include <stdbool.h>

/* number, what is claimed */
#define CHECKS(X)                                                                                                 \
    X(C1, "an answered submission exists with its content, one submission is one transaction")                    \
    X(C2, "what was refused never ran")                                                                           \
    X(C3, "a transfer has every effect, or none that is not undone; wrong ones never complete")                   \
    X(C4, "no bank was told to undo after the pivot's yes, nor to go on after an undo")                           \
    X(C5, "undos came in reverse order")                                                                          \
    X(C6, "one key and one body per transfer, step and phase; attempts grow")                                     \
    X(C7, "every effect happened once")                                                                           \
    X(C8, "not a cent was made or lost")                                                                          \
    X(C9, "nobody was called in a circle")                                                                        \
    X(C12, "histories are whole and legal, and end as the list and the view say")                                 \
    X(C13, "databases are sound")                                                                                 \
    X(C14, "a final status stayed what it was")                                                                   \
    X(C15, "memory, descriptors, threads and log are bounded")                                                    \
    X(C17, "everything ended in time")                                                                            \
    X(C18, "the run was not vacuous")                                                                             \
    X(ENDS, "every process ended only when and as it was told to")                                                \
    X(WORDS, "a failing disk is one clear line and exit status 1")                                                \
    X(CLI, "the command line said and did what a user expects")

enum check {
#define X(name, text) CHECK_##name,
    CHECKS(X)
#undef X
        CHECKS_COUNT
};

struct verdict {
    struct {
        unsigned long looked, failed;
    } checks[CHECKS_COUNT];
    unsigned skipped; /* episodes that this machine cannot do */
};

/* One thing was looked at; the words say what is wrong when it is not ok, and the first of them are printed.
 * Returns `ok`. */
bool verdict_note(struct verdict *verdict, enum check check, bool ok, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Adds what another one has found. */
void verdict_add(struct verdict *verdict, const struct verdict *other);

/* True when nothing has failed so far. */
bool verdict_good(const struct verdict *verdict);

/* Prints a line per check that looked at something, and the last line. The exit status. */
int verdict_print(const struct verdict *verdict);

#endif
