/* trouble: one participant or one moment is bad, and everything else must go on. */
#include "bench/trouble.h"
#include "bench/commands.h"
#include "bench/scenarios.h"
#include "harness/process.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { STARTERS = 64 };

const char *const trouble_healthy = "{\"name\":\"healthy\",\"version\":1,\"timeout\":\"1h\",\"steps\":["
                                    "{\"id\":\"first\",\"participant\":\"alpha\",\"operation\":\"first\"},"
                                    "{\"id\":\"second\",\"participant\":\"beta\",\"operation\":\"second\"}]}";

const char *const trouble_needy =
    "{\"name\":\"needy\",\"version\":1,\"timeout\":\"2h\",\"steps\":["
    "{\"id\":\"first\",\"participant\":\"alpha\",\"operation\":\"first\"},"
    "{\"id\":\"second\",\"participant\":\"gamma\",\"operation\":\"second\",\"timeout\":\"15s\","
    "\"retry\":{\"maxAttempts\":1000,\"initialInterval\":\"1s\",\"maxInterval\":\"10s\"}}]}";

static const struct {
    const char *name;
    void (*run)(struct verdicts *verdicts);
} troubles[] = {
    {"hang", trouble_hang},
    {"outage", trouble_outage},
    {"overload", trouble_overload},
    {"restart", trouble_restart},
};

bool command_trouble(const struct options *options)
{
    struct verdicts verdicts;
    bool any = false;
    verdicts_open(&verdicts, options);
    for (size_t i = 0; i < sizeof troubles / sizeof *troubles; i++) {
        if (options->scenario && strcmp(options->scenario, troubles[i].name) != 0)
            continue;
        any = true;
        troubles[i].run(&verdicts);
    }
    if (!any)
        verdicts_fail(&verdicts, options->scenario, "expected hang, outage, overload or restart");
    return verdicts_close(&verdicts);
}

bool trouble_load(const struct setting *setting, unsigned clients, uint64_t ms, struct load_result *result)
{
    const struct load load = {.port = setting->port,
                              .clients = clients,
                              .target = "/v1/transactions",
                              .headers = SCENARIO_WAIT,
                              .body = "{\"saga\":\"healthy\"," SCENARIO_INPUT "}",
                              .duration_ms = ms,
                              .status = 201};
    return load_run(&load, result);
}

bool trouble_start(const struct setting *setting, uint64_t count)
{
    struct load_result result;
    const struct load load = {.port = setting->port,
                              .clients = STARTERS,
                              .target = "/v1/transactions",
                              .headers = "",
                              .body = "{\"saga\":\"needy\"," SCENARIO_INPUT "}",
                              .requests = count,
                              .status = 201};
    return load_run(&load, &result);
}

void trouble_end(struct verdicts *verdicts, const char *figure, struct setting *setting, uint64_t ms,
                 uint64_t count)
{
    uint64_t begun_ms = process_now_ms(), completed = 0;
    bool drained = setting_drain(setting, ms);
    verdicts_at_most(verdicts, figure, (double)(process_now_ms() - begun_ms) / 1e3, (double)ms / 1e3, "s");
    if (!drained)
        return;
    setting_stop(setting, SIGTERM);
    setting_stored(setting, STATUS_COMPLETED, &completed);
    double missing = (double)count - (double)completed;
    verdicts_at_most(verdicts, "  started and not completed", missing, 0, "sagas");
}
