/* restart: the coordinator is killed with a hundred thousand open transactions, each in the middle of a call,
 * while their participant is down; it starts again when the participant is back. */
#include "bench/trouble.h"
#include "base/limits.h"
#include "harness/process.h"

#include <signal.h>

enum {
    READY_S = 5,
    CLIENTS = 4, /* newcomers while the others are resumed */
    CLIENTS_MS = 5000,
    P99_MS = 500,     /* of the newcomers */
    DELAY_MS = 10,    /* of the participant's answers */
    RATE_LEAST = 500, /* resumed per second, on the slowest machine */
};

static bool fill(struct setting *setting, uint64_t count);
static void judge(struct verdicts *verdicts, struct setting *setting, uint64_t count);

void trouble_restart(struct verdicts *verdicts)
{
    struct setting setting;
    struct responder *gamma = &setting.participants[GAMMA];
    uint64_t count = verdicts->options->open;
    bool ok = setting_open(&setting, verdicts->options, "--log-level error --open-max 10000000") &&
              fill(&setting, count);
    setting_stop(&setting, SIGKILL);
    atomic_store(&gamma->counts->delay_ms, DELAY_MS);
    if (ok && responder_start(gamma) && setting_start(&setting))
        judge(verdicts, &setting, count);
    else
        verdicts_fail(verdicts, "restart", "it could not be measured");
    setting_close(&setting);
}

static bool fill(struct setting *setting, uint64_t count)
{
    responder_stop(&setting->participants[GAMMA]);
    return setting_define(setting, trouble_healthy) && setting_define(setting, trouble_needy) &&
           trouble_start(setting, count);
}

static void judge(struct verdicts *verdicts, struct setting *setting, uint64_t count)
{
    struct responder_counts *counts = setting->participants[GAMMA].counts;
    struct load_result newcomers;
    double served_s = (double)setting->ready_us / 1e6;
    verdicts_tell(verdicts, "restart: open transactions", (double)setting_count(setting, "open"), "sagas");
    bool ok = trouble_load(setting, 1, 1, &newcomers);
    served_s += (double)newcomers.elapsed_us / 1e6;
    verdicts_at_most(verdicts, "  from the start to the end of the first new one", served_s, READY_S, "s");
    uint64_t healthy = newcomers.answers;
    ok = ok && trouble_load(setting, CLIENTS, CLIENTS_MS, &newcomers);
    healthy += newcomers.answers;
    if (!ok)
        verdicts_fail(verdicts, "  newcomers meanwhile", "not all of them were answered 201");
    verdicts_at_most(verdicts, "  p99 of newcomers meanwhile", newcomers.p99_us / 1e3, P99_MS, "ms");
    trouble_end(verdicts, "  all end within", setting, (count / RATE_LEAST + TROUBLE_MARGIN_S) * 1000,
                count + healthy);
    verdicts_tell(verdicts, "  calls in the participant's busiest second",
                  (double)atomic_load(&counts->second_peak), "calls");
    verdicts_at_most(verdicts, "  calls at it at once", atomic_load(&counts->in_flight_peak),
                     LIMIT_CALLS_PARTICIPANT, "calls");
}
