/* Measuring one row, printing it, encoding it. */
#include "bench/row.h"
#include "bench/setting.h"
#include "harness/process.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { SECONDS = 2, DRAIN_MS = 300 * 1000, STARTERS = 64 };

static bool wait_meanwhile(const struct row *row, struct setting *setting);
static bool load(struct row *row, const struct setting *setting);
static void take(struct snapshot *snapshot, const struct setting *setting);
static void subtract(struct snapshot *after, const struct snapshot *before);

bool row_measure(struct row *row, const struct options *options)
{
    struct setting setting;
    bool ok = setting_open(&setting, options, "--open-max 10000000 --log-level warn") &&
              wait_meanwhile(row, &setting) && setting_define(&setting, row->scenario->saga) &&
              load(row, &setting);
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

/* A restart takes them out of memory at once, where otherwise they stay for some seconds. */
static bool wait_meanwhile(const struct row *row, struct setting *setting)
{
    if (!row->waiting)
        return true;
    const struct scenario *start = scenario_find("start");
    const struct load load = {.port = setting->port,
                              .clients = STARTERS,
                              .target = "/v1/transactions",
                              .headers = "",
                              .body = start->body,
                              .requests = row->waiting,
                              .status = 201};
    struct load_result result;
    if (!setting_define(setting, start->saga) || !load_run(&load, &result))
        return false;
    setting_stop(setting, SIGTERM);
    return setting_start(setting);
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
    /* An answer that was waited for says that it has ended. */
    ok = ok && (scenario->waits || !status_final(scenario->end) || setting_drain(setting, DRAIN_MS));
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

void row_print_head(const json_t *report)
{
    char *machine = json_dumps(json_object_get(report, "machine"), JSON_COMPACT);
    printf("%s\n%-32s %7s %8s %8s %8s %8s %7s %6s %7s %7s %6s %4s  %s\n", machine, "", "clients", "sagas/s",
           "p50 ms", "p99 ms", "p99.9", "cpu us", "facts", "commits", "fsyncs", "KiB", "MiB", "cpu us by thread");
    free(machine);
}

double row_rate(const struct row *row)
{
    return (double)row->stored * 1e6 / (double)(row->elapsed_us ? row->elapsed_us : 1);
}

/* cpu, facts, commits, fsyncs and KiB written are belayd's per saga; MiB is its largest size. */
void row_print(const struct row *row)
{
    const struct snapshot *used = &row->used;
    double sagas = (double)row->stored;
    printf("%-32s %7u %8.0f %8.2f %8.2f %8.2f %7.1f %6.1f %7.3f %7.3f %6.2f %4llu ", row->scenario->title,
           row->clients, row_rate(row), row->load.p50_us / 1e3, row->load.p99_us / 1e3, row->load.p999_us / 1e3,
           (double)threads_total_ns(&used->threads) / 1e3 / sagas, (double)used->facts / sagas,
           (double)used->commits / sagas, (double)used->syncs.count / sagas, (double)used->written / 1024 / sagas,
           (unsigned long long)row->peak_kib / 1024);
    for (size_t i = 0; i < used->threads.count; i++)
        printf(" %s %.1f", used->threads.rows[i].name, (double)used->threads.rows[i].ns / 1e3 / sagas);
    putchar('\n');
}

json_t *row_encode(const struct row *row)
{
    const struct snapshot *used = &row->used;
    double sagas = row->stored ? (double)row->stored : 1;
    json_t *threads = json_object();
    for (size_t i = 0; i < used->threads.count; i++)
        json_object_set_new(threads, used->threads.rows[i].name,
                            json_real((double)used->threads.rows[i].ns / 1e3 / sagas));
    return json_pack("{s:s,s:i,s:I,s:f,s:i,s:i,s:i,s:f,s:o,s:f,s:f,s:f,s:f,s:f,s:f,s:I}", "scenario",
                     row->scenario->name, "clients", (int)row->clients, "sagas", (json_int_t)row->stored,
                     "sagas_per_s", row_rate(row), "p50_us", (int)row->load.p50_us, "p99_us",
                     (int)row->load.p99_us, "p999_us", (int)row->load.p999_us, "cpu_us",
                     (double)threads_total_ns(&used->threads) / 1e3 / sagas, "cpu_us_by_thread", threads, "calls",
                     (double)used->calls / sagas, "facts", (double)used->facts / sagas, "commits",
                     (double)used->commits / sagas, "fsyncs", (double)used->syncs.count / sagas, "fsync_us",
                     used->syncs.count ? (double)used->syncs.us / (double)used->syncs.count : 0.0, "kib_written",
                     (double)used->written / 1024 / sagas, "peak_rss_kib", (json_int_t)row->peak_kib);
}
