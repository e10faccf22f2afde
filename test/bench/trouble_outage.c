/* outage: a participant was down, thousands of transactions wait for it, and it comes back. They must not fall
 * upon it all at once. */
#include "bench/trouble.h"
#include "harness/http.h"
#include "harness/process.h"

#include <stdio.h>

enum {
    WAITING = 10 * 1000,
    RATE = 1000, /* calls per second that it is registered with */
    AT_ONCE = 64,
    DELAY_MS = 10,                                            /* of its answers */
    END_MS = (WAITING / RATE + 10 + TROUBLE_MARGIN_S) * 1000, /* at the rate, and the longest wait between tries */
};

static const double rate_overshoot = 1.1; /* a second of ours is not exactly a second of its own */

static bool come_back(struct setting *setting);
static void judge(struct verdicts *verdicts, struct setting *setting);

void trouble_outage(struct verdicts *verdicts)
{
    struct setting setting;
    bool ok = setting_open(&setting, verdicts->options, "--log-level error");
    ok = ok && setting_define(&setting, trouble_needy);
    char body[128];
    snprintf(body, sizeof body, "{\"url\":\"http://127.0.0.1:%u\",\"maxInFlight\":%d,\"maxPerSecond\":%d}",
             setting.participants[GAMMA].port, AT_ONCE, RATE);
    bool limited = ok && http_status(setting.port, "PUT", "/v1/participants/gamma", body) == 200;
    if (!limited)
        verdicts_fail(verdicts, "a participant comes back: it can be given a rate",
                      "belayd takes no maxPerSecond");
    responder_stop(&setting.participants[GAMMA]);
    if (ok && trouble_start(&setting, WAITING) && come_back(&setting))
        judge(verdicts, &setting);
    else
        verdicts_fail(verdicts, "a participant comes back", "it could not be measured");
    setting_close(&setting);
}

static bool come_back(struct setting *setting)
{
    struct responder *gamma = &setting->participants[GAMMA];
    process_sleep_ms(3000); /* all have tried, and wait for the next try */
    atomic_store(&gamma->counts->delay_ms, DELAY_MS);
    return responder_start(gamma);
}

static void judge(struct verdicts *verdicts, struct setting *setting)
{
    struct responder_counts *counts = setting->participants[GAMMA].counts;
    verdicts_tell(verdicts, "a participant comes back: transactions that wait for it",
                  (double)setting_count(setting, "open"), "sagas");
    trouble_end(verdicts, "  all end within", setting, END_MS, WAITING);
    verdicts_at_most(verdicts, "  calls in its busiest second", (double)atomic_load(&counts->second_peak),
                     RATE * rate_overshoot, "calls");
    verdicts_at_most(verdicts, "  calls at once", atomic_load(&counts->in_flight_peak), AT_ONCE, "calls");
}
