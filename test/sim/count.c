/* The totals, and what must be among them. */
#include "sim/count.h"

#include "core/core.h"

#include <assert.h>
#include <stdio.h>

enum { NUMBERS = 2048 };

static uint64_t counts[COUNTERS_COUNT];
static uint64_t seen[SEEN_KINDS][NUMBERS];

static unsigned row(bool print, const char *kind, const char *text, uint64_t number);
static unsigned words(bool print);
static unsigned codes(bool print);

void count(enum counter counter)
{
    assert(counter < COUNTERS_COUNT);
    counts[counter]++;
}

void count_seen(enum seen_kind kind, unsigned number)
{
    assert(kind < SEEN_KINDS && number < NUMBERS);
    seen[kind][number]++;
}

unsigned count_report(bool print)
{
    static const char *const texts[] = {
#define X(name, text) text,
        COUNTERS(X)
#undef X
    };
    unsigned missing = 0;
    for (unsigned i = 0; i < COUNTERS_COUNT; i++)
        missing += row(print, "", texts[i], counts[i]);
    return missing + words(print) + codes(print);
}

static unsigned row(bool print, const char *kind, const char *text, uint64_t number)
{
    if (print || !number)
        printf("  %-10s %-48s %12llu%s\n", kind, text, (unsigned long long)number, number ? "" : "  NEVER");
    return number == 0;
}

/* Left out: exhausted_after_pivot, for which a person has to terminate a child behind the pivot, which is seldom.
 */
static unsigned words(bool print)
{
    static const char *const orders[] = {"reverse", "sequential", "parallel"};
    static const enum refusal refusals[] = {
        REFUSAL_NONE,        REFUSAL_FINAL,      REFUSAL_COMMITTED, REFUSAL_PIVOT,      REFUSAL_ABORTED,
        REFUSAL_PAUSED,      REFUSAL_NOT_PAUSED, REFUSAL_STEP,      REFUSAL_PIVOT_SKIP, REFUSAL_HELD_SKIP,
        REFUSAL_UNDO_FAILED, REFUSAL_NO_STEP,    REFUSAL_LATE,      REFUSAL_PARENT};
    unsigned missing = 0;
    for (unsigned i = STATUS_RUNNING; i <= STATUS_TERMINATED; i++)
        missing += row(print, "status", status_word((enum status)i), seen[SEEN_STATUS][i]);
    for (unsigned i = STATUS_RUNNING; i <= STATUS_TERMINATED; i++)
        if (status_final((enum status)i))
            missing += row(print, "ending", status_word((enum status)i), seen[SEEN_END][i]);
    for (unsigned i = BRANCH_IDLE; i <= BRANCH_SPREAD; i++)
        missing += row(print, "branch", branch_state_word((enum branch_state)i), seen[SEEN_BRANCH][i]);
    for (unsigned i = FACT_BEGUN; i <= FACT_SPREAD; i++)
        missing += row(print, "fact", fact_word((enum fact_type)i), seen[SEEN_FACT][i]);
    for (unsigned i = FACT_QUEUED; i <= FACT_READY; i++)
        missing += row(print, "fact", fact_word((enum fact_type)i), seen[SEEN_FACT][i]);
    for (unsigned i = CAUSE_LOCK_TIMEOUT; i <= CAUSE_PARENT; i++)
        missing += row(print, "cause", cause_word((enum cause)i), seen[SEEN_CAUSE][i]);
    for (unsigned i = CAUSE_DONE; i < CAUSE_FORWARD_EXHAUSTED; i++)
        missing += row(print, "cause", cause_word((enum cause)i), seen[SEEN_CAUSE][i]);
    for (unsigned i = CAUSE_CONFIRM_EXHAUSTED; i <= CAUSE_VOTED; i++)
        missing += row(print, "cause", cause_word((enum cause)i), seen[SEEN_CAUSE][i]);
    for (unsigned i = EVENT_TELL; i <= EVENT_TERMINATE; i++)
        missing += row(print, "verb", event_word((enum event_type)i), seen[SEEN_EVENT][i]);
    for (unsigned i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
        missing += row(print, "refusal", refusal_text(refusals[i]), seen[SEEN_REFUSAL][refusals[i]]);
    for (unsigned i = ANSWER_YES; i <= ANSWER_PENDING; i++)
        missing += row(print, "answer", answer_word((enum answer)i), seen[SEEN_ANSWER][i]);
    for (unsigned i = 0; i < sizeof orders / sizeof orders[0]; i++)
        missing += row(print, "order", orders[i], seen[SEEN_ORDER][i]);
    return missing;
}

/* What became of calls. */
static unsigned codes(bool print)
{
    unsigned missing = 0;
    for (uint16_t code = CALL_TIMEOUT; code <= CALL_CHILD_TERMINATED; code++)
        if (call_word(code))
            missing += row(print, "call", call_word(code), seen[SEEN_CODE][code]);
    return missing;
}
