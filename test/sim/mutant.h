/* Mutants at the simulator's own seams: lies of the parts around the engine, which the checkers must notice. */
#ifndef BELAY_SIM_MUTANT_H
#define BELAY_SIM_MUTANT_H

/* name, word, the check that must catch it, what it does */
#define MUTANTS(X)                                                                                            \
    X(MUTANT_NONE, "none", "", "nothing")                                                                     \
    X(MUTANT_LOST_COMMIT, "lost-commit", "C1", "a power cut takes back a commit that was acknowledged")       \
    X(MUTANT_NEW_KEY, "new-key", "C6", "every attempt has an idempotency key of its own")                     \
    X(MUTANT_NEW_BODY, "new-body", "C6", "every attempt has a body of its own")                               \
    X(MUTANT_NO_BARRIER, "no-barrier", "C7", "participants run what they are asked to, as often as they are") \
    X(MUTANT_LOST_FACT, "lost-fact", "C12", "the store forgets the last fact of a commit")                    \
    X(MUTANT_STALE_ROW, "stale-row", "C12", "the store forgets to update a row")

enum mutant {
#define X(name, word, check, text) name,
    MUTANTS(X)
#undef X
};

#endif
