/* Transactions that only wait: for a signal, a person, the time, a participant that answers later. They must cost
 * disk and not memory, nothing while they wait, and be there when something happens to them, also after a restart.
 */
#include "bench/scale.h"
#include "bench/load.h"
#include "bench/scenarios.h"
#include "bench/setting.h"
#include "base/limits.h"
#include "harness/http.h"
#include "harness/process.h"

#include <signal.h>
#include <string.h>

#define SAGA(name, step)                                                                                          \
    "{\"name\":\"" name "\",\"version\":1,\"timeout\":\"8d\",\"steps\":[{\"id\":\"w\"," step "}]}"

enum {
    RSS_MIB = 64,    /* of belayd without transactions, with its caches and connections */
    RSS_EACH = 2048, /* bytes of one in memory, of which there are at most as many as are open by default */
    SETTLE_MS = LIMIT_REST_MS + 2000, /* from the last start to when all of them should have left it */
    IDLE_MS = 5000,
    DELAY_MS = 2000,
    DELAYED = 256, /* that come due among those that wait */
    LATE_P99_MS = 100,
    STARTERS = 64,
};

static const double idle_cpu = 0.02; /* of a core: timers are found, not looked for */

static const char *const kinds[][2] = {
    {SAGA("signal", "\"waitFor\":{\"signal\":\"paid\",\"timeout\":\"7d\"}"),
     "{\"saga\":\"signal\"," SCENARIO_INPUT "}"},
    {SAGA("person", "\"approval\":{\"title\":\"May it?\",\"roles\":[\"boss\"],\"timeout\":\"7d\"}"),
     "{\"saga\":\"person\"," SCENARIO_INPUT "}"},
    {SAGA("time", "\"delay\":\"7d\""), "{\"saga\":\"time\"," SCENARIO_INPUT "}"},
    {SAGA("callback", "\"participant\":\"alpha\",\"operation\":\"later\",\"async\":{\"timeout\":\"7d\"}"),
     "{\"saga\":\"callback\"," SCENARIO_INPUT "}"},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static bool fill(struct setting *setting, uint64_t count);
static double memory_bar(uint64_t count);
static void judge_idle(struct verdicts *verdicts, const struct setting *setting);
static void judge_timers(struct verdicts *verdicts, const struct setting *setting);
static void judge_waking(struct verdicts *verdicts, const struct setting *setting);

void scale_waiting(struct verdicts *verdicts)
{
    struct setting setting;
    uint64_t count = verdicts->options->waiting, begun_ms = process_now_ms();
    bool ok = setting_open(&setting, verdicts->options, "--log-level error") && fill(&setting, count);
    verdicts_tell(verdicts, "waiting: transactions", (double)count, "sagas");
    verdicts_tell(verdicts, "  started in", (double)(process_now_ms() - begun_ms) / 1e3, "s");
    process_sleep_ms(SETTLE_MS);
    if (ok) {
        verdicts_at_most(verdicts, "  resident at most", (double)process_peak_kib(setting.belayd) / 1024,
                         memory_bar(count), "MiB");
        verdicts_tell(verdicts, "  resident when all of them rest", (double)process_rss_kib(setting.belayd) / 1024,
                      "MiB");
    }
    setting_stop(&setting, SIGTERM);
    if (!ok || !setting_start(&setting) || setting_count(&setting, "open") != count) {
        verdicts_fail(verdicts, "waiting", "not all of them were there after a restart");
    } else {
        verdicts_tell(verdicts, "  from a start to ready", (double)setting.ready_us / 1e6, "s");
        process_sleep_ms(SETTLE_MS);
        verdicts_tell(verdicts, "  resident after it", (double)process_rss_kib(setting.belayd) / 1024, "MiB");
        judge_idle(verdicts, &setting);
        judge_timers(verdicts, &setting);
        judge_waking(verdicts, &setting);
        verdicts_at_most(verdicts, "  resident at most after it", (double)process_peak_kib(setting.belayd) / 1024,
                         memory_bar(count), "MiB");
    }
    setting_close(&setting);
}

/* The first one has a name, to be found again. */
static bool fill(struct setting *setting, uint64_t count)
{
    struct load_result result;
    bool ok = true;
    for (size_t i = 0; i < KINDS && ok; i++) {
        ok = setting_define(setting, kinds[i][0]);
        if (i == 0)
            ok = ok && http_status(setting->port, "POST", "/v1/transactions",
                                   "{\"id\":\"named\",\"saga\":\"signal\"," SCENARIO_INPUT "}") == 201;
        const struct load load = {.port = setting->port,
                                  .clients = STARTERS,
                                  .target = "/v1/transactions",
                                  .headers = "",
                                  .body = kinds[i][1],
                                  .requests = count * (i + 1) / KINDS - count * i / KINDS - (i == 0),
                                  .status = 201};
        ok = ok && load_run(&load, &result);
    }
    return ok;
}

/* The same for a hundred thousand as for a hundred million. */
static double memory_bar(uint64_t count)
{
    return RSS_MIB + (double)(count < LIMIT_OPEN ? count : LIMIT_OPEN) * RSS_EACH / 1048576;
}

static void judge_idle(struct verdicts *verdicts, const struct setting *setting)
{
    uint64_t cpu_us = process_cpu_us(setting->belayd);
    process_sleep_ms(IDLE_MS);
    verdicts_at_most(verdicts, "  CPU while nothing happens",
                     (double)(process_cpu_us(setting->belayd) - cpu_us) / 1e3 / IDLE_MS, idle_cpu, "cores");
}

static void judge_timers(struct verdicts *verdicts, const struct setting *setting)
{
    struct load_result result;
    const struct load load = {.port = setting->port,
                              .clients = DELAYED,
                              .target = "/v1/transactions",
                              .headers = SCENARIO_WAIT,
                              .body = "{\"saga\":\"soon\"," SCENARIO_INPUT "}",
                              .requests = DELAYED,
                              .status = 201};
    if (setting_define(setting, SAGA("soon", "\"delay\":\"2s\"")) && load_run(&load, &result))
        verdicts_at_most(verdicts, "  p99 of how late a timer is among them", result.p99_us / 1e3 - DELAY_MS,
                         LATE_P99_MS, "ms");
    else
        verdicts_fail(verdicts, "  timers among them", "not all of them were answered 201");
}

static void judge_waking(struct verdicts *verdicts, const struct setting *setting)
{
    uint64_t begun_us = process_now_us();
    bool ok = http_status(setting->port, "POST", "/v1/transactions/named/signals/paid", "{}") == 200;
    struct http_answer answer = http_send(setting->port, "GET", "/v1/transactions/named?wait=10", NULL, NULL);
    if (ok && strstr(answer.body, "\"status\":\"completed\""))
        verdicts_tell(verdicts, "  from the signal to the end of the oldest",
                      (double)(process_now_us() - begun_us) / 1e3, "ms");
    else
        verdicts_fail(verdicts, "  the oldest", "did not complete at its signal");
    http_done(&answer);
}
