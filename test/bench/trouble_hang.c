/* hang: one participant takes calls and never answers; the transactions that do not need it must not notice. Two
 * coordinators, with and without the trouble, take many short turns on one machine, each first as often as second:
 * what else the machine does meets both. */
#include "bench/trouble.h"
#include "base/limits.h"
#include "harness/process.h"

#include <stdlib.h>

enum {
    CLIENTS = 32,
    HUNG = 3000, /* transactions that need it: far more than calls that may be out to it */
    TURNS = 40,
    TURN_MS = 400,
    SETTLE_MS = 10 * 1000,
    END_MS =
        (60 + TROUBLE_MARGIN_S) * 1000, /* calls that hang time out, all are tried again, at most 10 s apart */
};

static const double rate_kept = 0.9;

struct turn {
    struct load_result load;
    double cpu_us; /* of belayd, for each */
};

static bool measure(struct verdicts *verdicts, struct setting *calm, struct setting *troubled);
static bool take_turn(struct setting *setting, struct turn *turn);
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
    double ratios[TURNS], waits[TURNS], costs[TURNS];
    for (int i = 0; i < TURNS; i++) {
        struct turn without, with;
        bool first = i % 2;
        if ((first && !take_turn(troubled, &with)) || !take_turn(calm, &without) ||
            (!first && !take_turn(troubled, &with)))
            return false;
        healthy += with.load.answers;
        ratios[i] = (double)with.load.answers / (double)without.load.answers;
        waits[i] = (double)with.load.p99_us / (double)without.load.p99_us;
        costs[i] = with.cpu_us / without.cpu_us;
    }
    qsort(ratios, TURNS, sizeof *ratios, compare);
    qsort(waits, TURNS, sizeof *waits, compare);
    qsort(costs, TURNS, sizeof *costs, compare);
    verdicts_at_least(verdicts, "one participant hangs: throughput of the others, of that without",
                      ratios[TURNS / 2], rate_kept, "x");
    verdicts_tell(verdicts, "  their p99, of that without", waits[TURNS / 2], "x");
    verdicts_tell(verdicts, "  CPU for each of them, of that without", costs[TURNS / 2], "x");
    return true;
}

static bool take_turn(struct setting *setting, struct turn *turn)
{
    uint64_t before_us = process_cpu_us(setting->belayd);
    bool ok = trouble_load(setting, CLIENTS, TURN_MS, &turn->load) && turn->load.answers;
    turn->cpu_us = (double)(process_cpu_us(setting->belayd) - before_us) / (double)turn->load.answers;
    return ok;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}
