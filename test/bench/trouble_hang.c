/* hang: one participant takes calls and never answers; the transactions that do not need it must not notice. Two
 * coordinators, with and without the trouble, take turns on one machine. */
#include "bench/trouble.h"
#include "base/limits.h"
#include "harness/process.h"

#include <stdlib.h>

enum {
    CLIENTS = 32,
    HUNG = 3000, /* transactions that need it: far more than calls that may be out to it */
    TURNS = 9,
    TURN_MS = 1500,
    SETTLE_MS = 10 * 1000,
    END_MS =
        (60 + TROUBLE_MARGIN_S) * 1000, /* calls that hang time out, all are tried again, at most 10 s apart */
};

static const double rate_kept = 0.9;

static bool measure(struct verdicts *verdicts, struct setting *calm, struct setting *troubled);
static bool hang(struct setting *setting);
static int compare(const void *a, const void *b);

static uint64_t healthy; /* completed at the troubled coordinator */

void trouble_hang(struct verdicts *verdicts)
{
    struct setting calm, troubled;
    bool ok = setting_open(&calm, verdicts->options, "--log-level error");
    ok = setting_open(&troubled, verdicts->options, "--log-level error") && ok;
    healthy = 0;
    if (!ok || !hang(&troubled) || !setting_define(&calm, trouble_healthy) ||
        !measure(verdicts, &calm, &troubled)) {
        verdicts_fail(verdicts, "one participant hangs", "it could not be measured");
    } else {
        struct responder_counts *counts = troubled.participants[GAMMA].counts;
        verdicts_at_most(verdicts, "  calls that hang at once", atomic_load(&counts->in_flight_peak),
                         LIMIT_CALLS_PARTICIPANT, "calls");
        atomic_store(&counts->delay_ms, 0);
        trouble_end(verdicts, "  once it answers, all end within", &troubled, END_MS, HUNG + healthy);
    }
    setting_close(&troubled);
    setting_close(&calm);
}

static bool hang(struct setting *setting)
{
    struct responder_counts *counts = setting->participants[GAMMA].counts;
    atomic_store(&counts->delay_ms, RESPONDER_NEVER);
    bool ok = setting_define(setting, trouble_healthy) && setting_define(setting, trouble_needy) &&
              trouble_start(setting, HUNG);
    for (uint64_t until = process_now_ms() + SETTLE_MS; ok && process_now_ms() < until; process_sleep_ms(100))
        if (atomic_load(&counts->in_flight) == LIMIT_CALLS_PARTICIPANT)
            break;
    return ok;
}

static bool measure(struct verdicts *verdicts, struct setting *calm, struct setting *troubled)
{
    double ratios[TURNS], waits[TURNS];
    for (int i = 0; i < TURNS; i++) {
        struct load_result without, with;
        if (!trouble_load(calm, CLIENTS, TURN_MS, &without) || !trouble_load(troubled, CLIENTS, TURN_MS, &with))
            return false;
        healthy += with.answers;
        ratios[i] = (double)with.answers / (double)without.answers;
        waits[i] = (double)with.p99_us / (double)without.p99_us;
    }
    qsort(ratios, TURNS, sizeof *ratios, compare);
    qsort(waits, TURNS, sizeof *waits, compare);
    verdicts_at_least(verdicts, "one participant hangs: throughput of the others, of that without",
                      ratios[TURNS / 2], rate_kept, "x");
    verdicts_tell(verdicts, "  their p99, of that without", waits[TURNS / 2], "x");
    return true;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}
