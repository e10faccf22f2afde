/* Transactions that have ended, by the million: nothing that people and clients do may feel them. Beside them
 * stands a coordinator with next to none, and both are asked in turn. */
#include "bench/scale.h"
#include "bench/filler.h"
#include "bench/questions.h"
#include "bench/retire.h"
#include "bench/scenarios.h"
#include "harness/http.h"
#include "harness/process.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>

enum {
    DAYS = 30,  /* over which the transactions are spread */
    FEW = 1000, /* in the other store */
    PAUSED = 100,
    EXPIRED = 50, /* one in so many is then removed again */
    TURNS = 9,
    P99_MS = 10,
    NOTE = 620, /* bytes of each input, so that ten million are ten gigabytes */
    ROOM_EACH = 1500,
};

static const uint64_t room_spare = 2000ull * 1000 * 1000; /* the log, and what the test itself starts */
static const double p50_grown = 1.2;

struct stores {
    struct setting small, full;
    struct filling small_filling, full_filling;
    struct filler *filler;
};

static bool room(const struct verdicts *verdicts);
static bool prepare(struct stores *stores, struct verdicts *verdicts);
static bool run_templates(const struct setting *setting);
static bool run(const struct setting *setting, const char *saga, uint64_t count);
static bool fill(struct filling *filling, const struct stores *stores, const struct setting *setting,
                 uint64_t count);
static void tell_size(struct verdicts *verdicts, const struct setting *setting, uint64_t begun_ms, uint64_t count);
static bool define_all(const struct setting *setting);
static bool pause_some(const struct setting *setting);
static void judge(struct verdicts *verdicts, const struct stores *stores, enum question question);
static int compare(const void *a, const void *b);

void scale_finished(struct verdicts *verdicts)
{
    struct stores *stores = calloc(1, sizeof *stores);
    if (!room(verdicts)) {
        verdicts_fail(verdicts, "finished", "expected more room on the disk: 1.5 KB each, and 2 GB");
    } else if (!prepare(stores, verdicts)) {
        verdicts_fail(verdicts, "finished", "it could not be measured");
    } else {
        for (enum question question = 0; question < QUESTIONS_COUNT; question++)
            judge(verdicts, stores, question);
        verdicts_tell(verdicts, "  resident at most", (double)process_peak_kib(stores->full.belayd) / 1024, "MiB");
        setting_stop(&stores->full, SIGTERM);
        retire_some(verdicts, &stores->full, stores->filler, verdicts->options->finished / EXPIRED);
    }
    setting_close(&stores->small);
    setting_close(&stores->full);
    filler_free(stores->filler);
    free(stores);
}

static bool room(const struct verdicts *verdicts)
{
    struct statvfs disk;
    uint64_t needed = verdicts->options->finished * ROOM_EACH + room_spare;
    return statvfs(".", &disk) == 0 && disk.f_bavail * disk.f_frsize >= needed;
}

/* The small store makes the templates, is filled a little, and serves again; the full one is filled first. */
static bool prepare(struct stores *stores, struct verdicts *verdicts)
{
    struct setting *small = &stores->small, *full = &stores->full;
    uint64_t count = verdicts->options->finished;
    if (!setting_open(small, verdicts->options, "--log-level error") || !define_all(small) ||
        !run_templates(small))
        return false;
    setting_stop(small, SIGTERM);
    stores->filler = filler_new(small->directory);
    if (!stores->filler || !fill(&stores->small_filling, stores, small, FEW) || !setting_start(small) ||
        !setting_prepare(full, verdicts->options, "--log-level error"))
        return false;
    uint64_t begun_ms = process_now_ms();
    if (!fill(&stores->full_filling, stores, full, count))
        return false;
    tell_size(verdicts, full, begun_ms, count);
    if (!setting_run(full))
        return false;
    verdicts_tell(verdicts, "  from a start to ready", (double)full->ready_us / 1e6, "s");
    return define_all(full) && pause_some(small) && pause_some(full);
}

/* Seven that complete to one that is undone. */
static bool run_templates(const struct setting *setting)
{
    return run(setting, "two", FILLER_TEMPLATES * 7 / 8) && run(setting, "undo", FILLER_TEMPLATES / 8);
}

static bool run(const struct setting *setting, const char *saga, uint64_t count)
{
    char body[NOTE + 256];
    struct load_result result;
    snprintf(body, sizeof body, "{\"saga\":\"%s\",\"input\":{\"orderId\":\"o-1\",\"note\":\"%0*d\"}}", saga, NOTE,
             0);
    const struct load load = {.port = setting->port,
                              .clients = 1,
                              .target = "/v1/transactions",
                              .headers = SCENARIO_WAIT,
                              .body = body,
                              .requests = count,
                              .status = 201};
    return load_run(&load, &result);
}

static bool fill(struct filling *filling, const struct stores *stores, const struct setting *setting,
                 uint64_t count)
{
    filling->directory = setting->directory;
    filling->count = count;
    filling->begun_ms = ((uint64_t)time(NULL) - DAYS * 24 * 3600ull) * 1000u;
    return filler_fill(stores->filler, filling);
}

static void tell_size(struct verdicts *verdicts, const struct setting *setting, uint64_t begun_ms, uint64_t count)
{
    char path[300];
    struct stat status = {0};
    snprintf(path, sizeof path, "%s/belay.db", setting->directory);
    stat(path, &status);
    verdicts_tell(verdicts, "finished: transactions", (double)count, "sagas");
    verdicts_tell(verdicts, "  filled in", (double)(process_now_ms() - begun_ms) / 1e3, "s");
    verdicts_tell(verdicts, "  database", (double)status.st_size / 1e9, "GB");
}

static bool define_all(const struct setting *setting)
{
    static const char *const names[] = {"two", "undo", "start"};
    bool ok = true;
    for (size_t i = 0; i < sizeof names / sizeof *names && ok; i++)
        ok = setting_define(setting, scenario_find(names[i])->saga);
    return ok;
}

/* What needs attention: a person has paused it. */
static bool pause_some(const struct setting *setting)
{
    bool ok = true;
    for (int i = 0; i < PAUSED && ok; i++) {
        char body[128], target[128];
        snprintf(body, sizeof body, "{\"id\":\"held-%d\",\"saga\":\"start\",\"input\":{}}", i);
        snprintf(target, sizeof target, "/v1/transactions/held-%d/pause", i);
        ok = http_status(setting->port, "POST", "/v1/transactions", body) == 201 &&
             http_status(setting->port, "POST", target, "{\"reason\":\"held\"}") == 200;
    }
    return ok;
}

static void judge(struct verdicts *verdicts, const struct stores *stores, enum question question)
{
    const struct question_word *word = &question_words[question];
    double ratios[TURNS], p99s[TURNS];
    char figure[80];
    for (int i = 0; i < TURNS; i++) {
        struct load_result small, full;
        if (!questions_ask(question, &stores->small, &stores->small_filling, &small) ||
            !questions_ask(question, &stores->full, &stores->full_filling, &full)) {
            verdicts_fail(verdicts, word->name, "an answer has another status than it should");
            return;
        }
        ratios[i] = (double)full.p50_us / (double)small.p50_us;
        p99s[i] = full.p99_us / 1e3;
    }
    qsort(ratios, TURNS, sizeof *ratios, compare);
    qsort(p99s, TURNS, sizeof *p99s, compare);
    snprintf(figure, sizeof figure, "  %s: p99", word->name);
    verdicts_at_most(verdicts, figure, p99s[TURNS / 2], P99_MS, "ms");
    snprintf(figure, sizeof figure, "  %s: p50, of that with next to none", word->name);
    if (word->flat)
        verdicts_at_most(verdicts, figure, ratios[TURNS / 2], p50_grown, "x");
    else
        verdicts_tell(verdicts, figure, ratios[TURNS / 2], "x");
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}
