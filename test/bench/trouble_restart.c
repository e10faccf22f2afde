/* restart: the coordinator is killed with a hundred thousand open transactions, each in the middle of a call,
 * while their participant is down; it starts again when the participant is back. What was out is called again,
 * once, and at the participant's pace. */
#include "bench/trouble.h"
#include "base/limits.h"
#include "harness/http.h"
#include "harness/process.h"

#include <signal.h>
#include <stdio.h>

enum {
    READY_S = 5,
    CLIENTS = 4, /* newcomers while the others are resumed */
    CLIENTS_MS = 5000,
    P99_MS = 500,     /* of the newcomers */
    DELAY_MS = 10,    /* of the participant's answers */
    RATE = 5000,      /* calls per second that it is registered with */
    RATE_LEAST = 500, /* resumed per second, on the slowest machine */
};

static const double rate_overshoot = 1.1; /* a second of ours is not exactly a second of its own */
static const double calls_each = 1.01;    /* a call may take longer than its timeout, on the slowest machine */

static bool set_pace(const struct setting *setting);
static bool fill(struct setting *setting, uint64_t count);
static void judge(struct verdicts *verdicts, struct setting *setting, uint64_t count);

void trouble_restart(struct verdicts *verdicts)
{
    struct setting setting;
    struct responder *gamma = &setting.participants[GAMMA];
    uint64_t count = verdicts->options->open;
    bool ok = setting_open(&setting, verdicts->options, "--log-level error") && set_pace(&setting) &&
              fill(&setting, count);
    setting_stop(&setting, SIGKILL);
    atomic_store(&gamma->counts->delay_ms, DELAY_MS);
    if (ok && responder_start(gamma) && setting_start(&setting))
        judge(verdicts, &setting, count);
    else
        verdicts_fail(verdicts, "restart", "it could not be measured");
    setting_close(&setting);
}

static bool set_pace(const struct setting *setting)
{
    char body[128];
    snprintf(body, sizeof body, "{\"url\":\"http://127.0.0.1:%u\",\"maxPerSecond\":%d}",
             setting->participants[GAMMA].port, RATE);
    return http_status(setting->port, "PUT", "/v1/participants/gamma", body) == 200;
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
    verdicts_at_most(verdicts, "  calls in the participant's busiest second",
                     (double)atomic_load(&counts->second_peak), RATE * rate_overshoot, "calls");
    verdicts_at_most(verdicts, "  calls to it, of each", (double)atomic_load(&counts->calls) / (double)count,
                     calls_each, "calls");
    verdicts_at_most(verdicts, "  calls at it at once", atomic_load(&counts->in_flight_peak),
                     LIMIT_CALLS_PARTICIPANT, "calls");
}
