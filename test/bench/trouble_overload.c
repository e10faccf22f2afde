/* overload: more clients than the coordinator has room for. Some are sent away, and told when to come again; those
 * that were accepted end, and as fast as ever. */
#include "bench/scenarios.h"
#include "bench/trouble.h"

#include <signal.h>

enum {
    ROOM = 256, /* open transactions */
    CALM = 128, /* clients that fit */
    CLIENTS = 2048,
    LOAD_MS = 5000,
    P99_MS = 1000, /* of those accepted, from the request to the end */
};

static const double rate_kept = 0.5; /* sending away costs something too, ten times as often as was asked for */

static bool measure(struct verdicts *verdicts, struct setting *setting, uint64_t *accepted);

void trouble_overload(struct verdicts *verdicts)
{
    struct setting setting;
    uint64_t accepted;
    bool ok = setting_open(&setting, verdicts->options, "--log-level error --open-max 256");
    if (ok && setting_define(&setting, trouble_healthy) && measure(verdicts, &setting, &accepted))
        trouble_end(verdicts, "  all that were accepted end within", &setting, TROUBLE_MARGIN_S * 1000, accepted);
    else
        verdicts_fail(verdicts, "overload", "an answer is neither 201 nor 503 with Retry-After");
    setting_close(&setting);
}

static bool measure(struct verdicts *verdicts, struct setting *setting, uint64_t *accepted)
{
    struct load_result calm, crowd;
    struct load load = {.port = setting->port,
                        .clients = CLIENTS,
                        .target = "/v1/transactions",
                        .headers = SCENARIO_WAIT,
                        .body = "{\"saga\":\"healthy\"," SCENARIO_INPUT "}",
                        .duration_ms = LOAD_MS,
                        .status = 201,
                        .refusals = true};
    if (!trouble_load(setting, CALM, LOAD_MS, &calm) || !load_run(&load, &crowd))
        return false;
    *accepted = calm.answers + crowd.answers;
    double kept =
        (double)crowd.answers / (double)crowd.elapsed_us / ((double)calm.answers / (double)calm.elapsed_us);
    verdicts_at_least(verdicts, "overload: sent away with 503 and Retry-After", (double)crowd.refusals, 1,
                      "starts");
    verdicts_at_most(verdicts, "  p99 of those accepted", crowd.p99_us / 1e3, P99_MS, "ms");
    verdicts_tell(verdicts, "  p99 with clients that fit", calm.p99_us / 1e3, "ms");
    verdicts_at_least(verdicts, "  throughput, of that with clients that fit", kept, rate_kept, "x");
    return true;
}
