/* The phases: words, verbs, and which hook of an operation serves them. */
#include "call.h"

#include <assert.h>

static const struct {
    const char *word;
    enum belay_verb verb;
    enum belay_phase of;
} phases[BELAY_PHASES_COUNT] = {
#define X(name, word, verb, of) [BELAY_PHASE_##name] = {word, verb, BELAY_PHASE_##of},
    BELAY_PHASES(X)
#undef X
};

const char *belay_phase_word(enum belay_phase phase)
{
    assert(phase < BELAY_PHASES_COUNT);
    return phases[phase].word;
}

enum belay_verb belay_phase_verb(enum belay_phase phase)
{
    assert(phase < BELAY_PHASES_COUNT);
    return phases[phase].verb;
}

enum belay_phase belay_phase_of(enum belay_phase phase)
{
    assert(phase < BELAY_PHASES_COUNT);
    return phases[phase].of;
}

enum belay_phase belay_phase_sibling(enum belay_phase phase, enum belay_verb verb)
{
    for (enum belay_phase i = 0; i < BELAY_PHASES_COUNT; i++)
        if (phases[i].verb == verb && phases[i].of == belay_phase_of(phase))
            return i;
    return BELAY_PHASES_COUNT;
}

belay_hook *belay_call_hook(const struct belay_call *call)
{
    const struct belay_operation *operation = call->operation;
    assert(operation);
    switch (call->phase) {
    case BELAY_PHASE_ACTION:
        return operation->on_action;
    case BELAY_PHASE_COMPENSATION:
        return operation->on_compensation;
    case BELAY_PHASE_CHECK:
        return operation->on_check;
    case BELAY_PHASE_TRY:
        return operation->on_try;
    case BELAY_PHASE_CONFIRM:
        return operation->on_confirm;
    case BELAY_PHASE_CANCEL:
        return operation->on_cancel;
    case BELAY_PHASE_PREPARE:
        return operation->on_prepare;
    case BELAY_PHASE_COMMIT:
        return operation->on_commit;
    case BELAY_PHASE_ROLLBACK:
        return operation->on_rollback;
    default:
        return NULL;
    }
}
