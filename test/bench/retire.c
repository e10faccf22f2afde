/* retention: the longest time in which no client is answered, with and without something to remove. */
#include "bench/retire.h"
#include "bench/load.h"
#include "bench/scenarios.h"
#include "harness/http.h"
#include "harness/process.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    CLIENTS = 16,
    SLICE_MS = 1000,
    SLICES_MAX = 120, /* seconds in which all must be removed */
    CALM_MS = 5000,
    PAUSE_MS = 50,
};

static bool load(const struct setting *setting, uint64_t ms, uint64_t *gap_us);
static void judge(struct verdicts *verdicts, const struct setting *setting, const struct filling *filling);

void retire_some(struct verdicts *verdicts, struct setting *setting, const struct filler *filler, uint64_t count)
{
    struct filling *filling = calloc(1, sizeof *filling);
    *filling = (struct filling){.directory = setting->directory,
                                .count = count,
                                .begun_ms = ((uint64_t)time(NULL) - 60) * 1000u,
                                .expires_ms = 1};
    if (filler_fill(filler, filling) && setting_start(setting))
        judge(verdicts, setting, filling);
    else
        verdicts_fail(verdicts, "retention", "it could not be measured");
    free(filling);
}

static void judge(struct verdicts *verdicts, const struct setting *setting, const struct filling *filling)
{
    char target[LOAD_TARGET];
    uint64_t gap_us = 0, calm_us = 0;
    bool ok = true, gone = false;
    int slices = 0;
    snprintf(target, sizeof target, "/v1/transactions/%s", filling->samples[filling->samples_count - 1]);
    for (; ok && !gone && slices < SLICES_MAX; slices++) {
        ok = load(setting, SLICE_MS, &gap_us);
        gone = http_status(setting->port, "GET", target, NULL) == 404;
    }
    ok = ok && load(setting, CALM_MS, &calm_us);
    if (!ok || !gone) {
        verdicts_fail(verdicts, "retention",
                      gone ? "a start was not answered 201" : "not all was removed in time");
        return;
    }
    verdicts_tell(verdicts, "retention: transactions removed", (double)filling->count, "sagas");
    verdicts_tell(verdicts, "  removed in", slices * SLICE_MS / 1e3, "s");
    verdicts_at_most(verdicts, "  longest time without an answer meanwhile", (double)gap_us / 1e3, PAUSE_MS, "ms");
    verdicts_tell(verdicts, "  and afterwards", (double)calm_us / 1e3, "ms");
}

static bool load(const struct setting *setting, uint64_t ms, uint64_t *gap_us)
{
    struct load_result result;
    const struct load load = {.port = setting->port,
                              .clients = CLIENTS,
                              .target = "/v1/transactions",
                              .headers = "",
                              .body = "{\"saga\":\"two\"," SCENARIO_INPUT "}",
                              .duration_ms = ms,
                              .status = 201};
    bool ok = load_run(&load, &result);
    if (result.gap_us > *gap_us)
        *gap_us = result.gap_us;
    return ok;
}
