/* The words that scripts of rehearsals use, from the tables that the engine and its participants use. */
#include "cli/rehearse_inner.h"

#include <belay/protocol.h>

#include <assert.h>
#include <string.h>

static const struct {
    const char *word;
    enum belay_verb verb;
} phases[] = {
#define X(name, word, verb, of) {word, verb},
    BELAY_PHASES(X)
#undef X
};

static const char *const transports[] = {
#define X(name, word) [name] = word,
    TRANSPORTS(X)
#undef X
};

static const char *const verbs[] = {[BELAY_VERB_DO] = "do",
                                    [BELAY_VERB_CONFIRM] = "confirm",
                                    [BELAY_VERB_UNDO] = "undo",
                                    [BELAY_VERB_CHECK] = "check"};

const char *rehearse_words_verb(const char *phase)
{
    for (size_t i = 0; i < sizeof phases / sizeof *phases; i++)
        if (strcmp(phases[i].word, phase) == 0)
            return verbs[phases[i].verb];
    assert(!"a phase of the protocol");
    return verbs[BELAY_VERB_DO];
}

int rehearse_words_transport(const char *word)
{
    for (int i = 0; i < (int)(sizeof transports / sizeof *transports); i++)
        if (i != TRANSPORT_OK && strcmp(transports[i], word) == 0)
            return i;
    return -1;
}

const struct rehearse_act rehearse_acts[] = {
    {"cancel", COMMAND_OPERATE, EVENT_CANCEL, ANSWER_NONE, false},
    {"pause", COMMAND_OPERATE, EVENT_PAUSE, ANSWER_NONE, false},
    {"resume", COMMAND_OPERATE, EVENT_RESUME, ANSWER_NONE, false},
    {"retry", COMMAND_OPERATE, EVENT_RETRY, ANSWER_NONE, false},
    {"skip", COMMAND_OPERATE, EVENT_SKIP, ANSWER_NONE, false},
    {"resolve", COMMAND_OPERATE, EVENT_RESOLVE, ANSWER_NONE, false},
    {"terminate", COMMAND_OPERATE, EVENT_TERMINATE, ANSWER_NONE, false},
    {"approve", COMMAND_TELL, EVENT_TELL, ANSWER_YES, true},
    {"reject", COMMAND_TELL, EVENT_TELL, ANSWER_NO, true},
    {"complete", COMMAND_TELL, EVENT_TELL, ANSWER_YES, false},
    {"fail", COMMAND_TELL, EVENT_TELL, ANSWER_NO, false},
    {"heartbeat", COMMAND_TELL, EVENT_BEAT, ANSWER_NONE, false},
    {"signal", COMMAND_SIGNAL, EVENT_SIGNAL, ANSWER_YES, false},
};

int rehearse_words_act(const char *word)
{
    for (int i = 0; i < (int)(sizeof rehearse_acts / sizeof *rehearse_acts); i++)
        if (strcmp(rehearse_acts[i].word, word) == 0)
            return i;
    return -1;
}

bool rehearse_knows_phase(const char *word)
{
    bool known = false;
    for (size_t i = 0; i < sizeof phases / sizeof *phases; i++)
        known |= strcmp(phases[i].word, word) == 0;
    return known;
}

bool rehearse_knows_transport(const char *word)
{
    return rehearse_words_transport(word) >= 0;
}

bool rehearse_knows_act(const char *word)
{
    return rehearse_words_act(word) >= 0;
}

bool rehearse_act_needs_step(const char *word)
{
    int act = rehearse_words_act(word);
    assert(act >= 0);
    return rehearse_acts[act].type == COMMAND_TELL || rehearse_acts[act].verb == EVENT_SKIP ||
           rehearse_acts[act].verb == EVENT_RESOLVE;
}
