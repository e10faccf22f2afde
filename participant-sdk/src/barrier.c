/* The decision table of the barrier. Back ends keep rows; what the rows mean stands here and nowhere else. */
#include "barrier_decide.h"

#include <stdbool.h>
#include <stddef.h>

/* Bit sets of enum belay_state. */
enum {
    NONE = 1 << BELAY_STATE_OPEN,
    YES = 1 << BELAY_STATE_YES,
    NO = 1 << BELAY_STATE_NO,
    FENCE = 1 << BELAY_STATE_FENCE,
    ANY = NONE | YES | NO | FENCE,
};

/* The table of the protocol. The first row that fits decides. */
static const struct rule {
    enum belay_verb verb; /* what arrives; seen before of this branch: */
    int did;              /* its do, */
    int confirmed;        /* its confirm */
    int undid;            /* and its undo */
    enum decision decision;
} rules[] = {
    {BELAY_VERB_DO, NONE, ANY, ANY, DECISION_RUN},
    {BELAY_VERB_DO, YES | NO, ANY, ANY, DECISION_REPEAT},
    {BELAY_VERB_DO, FENCE, ANY, ANY, DECISION_LATE},
    {BELAY_VERB_UNDO, ANY, ANY, YES, DECISION_REPEAT},
    {BELAY_VERB_UNDO, ANY, YES, NONE, DECISION_CONFIRMED},
    {BELAY_VERB_UNDO, YES, NONE, NONE, DECISION_RUN},
    {BELAY_VERB_UNDO, NONE | NO | FENCE, NONE, NONE, DECISION_EMPTY},
    {BELAY_VERB_CONFIRM, ANY, YES, ANY, DECISION_REPEAT},
    {BELAY_VERB_CONFIRM, ANY, NONE, YES, DECISION_UNDONE},
    {BELAY_VERB_CONFIRM, YES, NONE, NONE, DECISION_RUN},
    {BELAY_VERB_CONFIRM, NONE | NO | FENCE, NONE, NONE, DECISION_UNKNOWN_BRANCH},
    {BELAY_VERB_CHECK, ANY, ANY, ANY, DECISION_RUN},
};

static int bit(int state)
{
    return state >= BELAY_STATE_OPEN && state <= BELAY_STATE_FENCE ? 1 << state : 0;
}

enum decision belay_barrier_decide(enum belay_verb verb, const struct seen *seen)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (rules[i].verb == verb && rules[i].did & bit(seen->did) && rules[i].confirmed & bit(seen->confirmed) &&
            rules[i].undid & bit(seen->undid))
            return rules[i].decision;
    return DECISION_BROKEN;
}

const char *belay_barrier_missing(const struct belay_barrier *barrier)
{
    struct {
        const char *name;
        bool there;
    } functions[] = {
        {"begin", barrier->begin},   {"claim", barrier->claim},       {"find", barrier->find},
        {"store", barrier->store},   {"enter", barrier->enter},       {"leave", barrier->leave},
        {"commit", barrier->commit}, {"rollback", barrier->rollback}, {"close", barrier->close},
    };
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (!functions[i].there)
            return functions[i].name;
    return NULL;
}
