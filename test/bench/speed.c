/* speed: the table of scenarios, each with several numbers of clients. Every row has a belayd and a directory of
 * its own, and counts what ended from the store, after belayd is gone. */
#include "bench/commands.h"
#include "bench/load.h"
#include "bench/report.h"
#include "bench/scenarios.h"
#include "bench/setting.h"
#include "bench/syncs.h"
#include "bench/threads.h"
#include "harness/process.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { SECONDS = 2, DRAIN_MS = 300 * 1000 };

/* Everything that only grows, before and after. */
struct snapshot {
    struct threads threads;
    struct syncs syncs;
    uint64_t facts, commits, calls, written;
};

struct row {
    const struct scenario *scenario;
    unsigned clients;
    struct load_result load;
    struct snapshot used;
    uint64_t stored;     /* of the status in which they must all be */
    uint64_t elapsed_us; /* until the last one had ended */
    uint64_t peak_kib;
};

static bool measure(struct row *row, const struct options *options);
static bool load(struct row *row, const struct setting *setting);
static void take(struct snapshot *snapshot, const struct setting *setting);
static void subtract(struct snapshot *after, const struct snapshot *before);
static void print_head(const json_t *report);
static void print(const struct row *row);
static json_t *encode(const struct row *row);

bool command_speed(const struct options *options)
{
    const unsigned clients[] = {1, 16, 64, 256};
    bool ok = !options->scenario || scenario_find(options->scenario);
    if (!ok)
        fprintf(stderr, "no scenario is called %s; the table stands in test/bench/scenarios.c\n",
                options->scenario);
    json_t *report = report_new(options);
    print_head(report);
    for (const struct scenario *scenario = scenarios; ok && scenario->name; scenario++) {
        if (options->scenario && strcmp(options->scenario, scenario->name) != 0)
            continue;
        for (size_t i = 0; ok && i < (options->clients ? 1 : sizeof clients / sizeof *clients); i++) {
            struct row row = {.scenario = scenario};
            row.clients = options->clients ? (unsigned)options->clients : clients[i];
            ok = measure(&row, options);
            if (ok)
                print(&row);
            json_array_append_new(report_results(report), encode(&row));
        }
    }
    if (ok)
        return report_done(report, options);
    json_decref(report);
    return false;
}

static bool measure(struct row *row, const struct options *options)
{
    struct setting setting;
    bool ok = setting_open(&setting, options, "--open-max 10000000 --log-level warn") &&
              setting_define(&setting, row->scenario->saga) && load(row, &setting);
    setting_stop(&setting, SIGTERM);
    ok = ok && setting_stored(&setting, row->scenario->end, &row->stored);
    setting_close(&setting);
    if (ok && row->stored == row->load.answers)
        return true;
    fprintf(stderr, "%s, %u clients: %llu answers, %llu failures, %llu in the store are %s\n", row->scenario->name,
            row->clients, (unsigned long long)row->load.answers, (unsigned long long)row->load.failures,
            (unsigned long long)row->stored, status_word(row->scenario->end));
    return false;
}

static bool load(struct row *row, const struct setting *setting)
{
    const struct options *options = setting->options;
    const struct scenario *scenario = row->scenario;
    struct load load = {.port = setting->port,
                        .clients = row->clients,
                        .target = "/v1/transactions",
                        .headers = scenario->waits ? SCENARIO_WAIT : "",
                        .body = scenario->body,
                        .duration_ms = (options->seconds ? options->seconds : SECONDS) * 1000,
                        .requests = options->sagas,
                        .status = 201};
    struct snapshot before;
    take(&before, setting);
    uint64_t begun_us = process_now_us();
    bool ok = load_run(&load, &row->load);
    ok = ok && (!status_final(scenario->end) || setting_drain(setting, DRAIN_MS));
    row->elapsed_us = process_now_us() - begun_us;
    take(&row->used, setting);
    subtract(&row->used, &before);
    row->peak_kib = process_peak_kib(setting->belayd);
    return ok && row->load.answers > 0;
}

static void take(struct snapshot *snapshot, const struct setting *setting)
{
    snapshot->facts = setting_count(setting, "facts");
    snapshot->commits = setting_count(setting, "commits");
    snapshot->calls = setting_count(setting, "calls");
    snapshot->written = process_written(setting->belayd);
    snapshot->syncs = (struct syncs){0};
    syncs_read(setting->directory, &snapshot->syncs);
    threads_read(&snapshot->threads, setting->belayd);
}

static void subtract(struct snapshot *after, const struct snapshot *before)
{
    after->facts -= before->facts;
    after->commits -= before->commits;
    after->calls -= before->calls;
    after->written -= before->written;
    after->syncs.count -= before->syncs.count;
    after->syncs.us -= before->syncs.us;
    threads_since(&after->threads, &before->threads);
}

static void print_head(const json_t *report)
{
    char *machine = json_dumps(json_object_get(report, "machine"), JSON_COMPACT);
    printf("%s\n%-32s %7s %8s %8s %8s %8s %7s %6s %7s %7s %6s %4s  %s\n", machine, "", "clients", "sagas/s",
           "p50 ms", "p99 ms", "p99.9", "cpu us", "facts", "commits", "fsyncs", "KiB", "MiB", "cpu us by thread");
    free(machine);
}

/* cpu, facts, commits, fsyncs and KiB written are belayd's per saga; MiB is its largest size. */
static void print(const struct row *row)
{
    const struct snapshot *used = &row->used;
    double sagas = (double)row->stored;
    printf("%-32s %7u %8.0f %8.2f %8.2f %8.2f %7.1f %6.1f %7.3f %7.3f %6.2f %4llu ", row->scenario->title,
           row->clients, sagas * 1e6 / (double)row->elapsed_us, row->load.p50_us / 1e3, row->load.p99_us / 1e3,
           row->load.p999_us / 1e3, (double)threads_total_ns(&used->threads) / 1e3 / sagas,
           (double)used->facts / sagas, (double)used->commits / sagas, (double)used->syncs.count / sagas,
           (double)used->written / 1024 / sagas, (unsigned long long)row->peak_kib / 1024);
    for (size_t i = 0; i < used->threads.count; i++)
        printf(" %s %.1f", used->threads.rows[i].name, (double)used->threads.rows[i].ns / 1e3 / sagas);
    putchar('\n');
}

static json_t *encode(const struct row *row)
{
    const struct snapshot *used = &row->used;
    double sagas = row->stored ? (double)row->stored : 1;
    json_t *threads = json_object();
    for (size_t i = 0; i < used->threads.count; i++)
        json_object_set_new(threads, used->threads.rows[i].name,
                            json_real((double)used->threads.rows[i].ns / 1e3 / sagas));
    return json_pack("{s:s,s:i,s:I,s:f,s:i,s:i,s:i,s:f,s:o,s:f,s:f,s:f,s:f,s:f,s:f,s:I}", "scenario",
                     row->scenario->name, "clients", (int)row->clients, "sagas", (json_int_t)row->stored,
                     "sagas_per_s", sagas * 1e6 / (double)(row->elapsed_us ? row->elapsed_us : 1), "p50_us",
                     (int)row->load.p50_us, "p99_us", (int)row->load.p99_us, "p999_us", (int)row->load.p999_us,
                     "cpu_us", (double)threads_total_ns(&used->threads) / 1e3 / sagas, "cpu_us_by_thread", threads,
                     "calls", (double)used->calls / sagas, "facts", (double)used->facts / sagas, "commits",
                     (double)used->commits / sagas, "fsyncs", (double)used->syncs.count / sagas, "fsync_us",
                     used->syncs.count ? (double)used->syncs.us / (double)used->syncs.count : 0.0, "kib_written",
                     (double)used->written / 1024 / sagas, "peak_rss_kib", (json_int_t)row->peak_kib);
}
