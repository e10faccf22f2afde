/* soak: full load for an hour, a sample a second. What grows without end is found by comparing the last quarter of
 * the samples with the second one: by then caches are full, and retention removes as much as is started. */
#include "bench/commands.h"
#include "bench/load.h"
#include "bench/scenarios.h"
#include "bench/setting.h"
#include "bench/verdicts.h"
#include "harness/process.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum {
    SECONDS = 3600,
    SECONDS_LEAST = 40,
    CLIENTS = 64,
    RETENTION_MAX_S = 60, /* what is kept is a minute's work, or an eighth of a short soak's */
    QUARTER = 4,
};

/* What is sampled, and by how much it may have grown: a share of it, and as much as noise is. */
#define SAMPLED(X)                                                                                                \
    X(rss_kib, 0.05, 8 * 1024)                                                                                    \
    X(descriptors, 0, 8)                                                                                          \
    X(threads, 0, 0)                                                                                              \
    X(wal_kib, 0.25, 16 * 1024)                                                                                   \
    X(database_kib, 0.15, 8 * 1024)

enum sampled {
#define X(name, share, noise) SAMPLED_##name,
    SAMPLED(X)
#undef X
        SAMPLED_COUNT
};

static const struct {
    const char *name;
    double share, noise;
} sampled[] = {
#define X(name, share, noise) {#name, share, noise},
    SAMPLED(X)
#undef X
};

struct soak {
    struct setting setting;
    FILE *table;
    uint64_t seconds;
    size_t count;
    double *samples[SAMPLED_COUNT];
};

static bool run(struct soak *soak);
static void sample(void *context, const struct load_result *so_far);
static double file_kib(const struct setting *setting, const char *name);
static void judge(struct soak *soak, struct verdicts *verdicts);
static double largest(const double *samples, size_t from, size_t to);

bool command_soak(const struct options *options)
{
    struct soak soak = {.seconds = options->seconds ? options->seconds : SECONDS};
    struct options quiet = *options; /* the table goes to --out, not the verdicts */
    struct verdicts verdicts;
    char arguments[64];
    if (soak.seconds < SECONDS_LEAST) {
        fprintf(stderr, "soak: expected at least %d seconds\n", SECONDS_LEAST);
        return false;
    }
    quiet.out = NULL;
    verdicts_open(&verdicts, &quiet);
    uint64_t retention_s = soak.seconds / 8 < RETENTION_MAX_S ? soak.seconds / 8 : RETENTION_MAX_S;
    snprintf(arguments, sizeof arguments, "--log-level error --retention %llu", (unsigned long long)retention_s);
    soak.table = fopen(options->out ? options->out : "/dev/null", "w");
    for (int i = 0; i < SAMPLED_COUNT; i++)
        soak.samples[i] = calloc(soak.seconds + 1, sizeof *soak.samples[i]);
    if (!soak.table)
        verdicts_fail(&verdicts, options->out, "cannot be written");
    else if (setting_open(&soak.setting, options, arguments) && run(&soak))
        judge(&soak, &verdicts);
    else
        verdicts_fail(&verdicts, "soak", "a saga did not complete, or belayd is gone");
    setting_close(&soak.setting);
    for (int i = 0; i < SAMPLED_COUNT; i++)
        free(soak.samples[i]);
    if (soak.table)
        fclose(soak.table);
    return verdicts_close(&verdicts);
}

static bool run(struct soak *soak)
{
    const struct scenario *scenario = scenario_find("two");
    struct load_result result;
    const struct load load = {.port = soak->setting.port,
                              .clients = CLIENTS,
                              .target = "/v1/transactions",
                              .headers = SCENARIO_WAIT,
                              .body = scenario->body,
                              .duration_ms = soak->seconds * 1000,
                              .status = 201,
                              .tick = sample,
                              .context = soak};
    fputs("second\tsagas", soak->table);
    for (int i = 0; i < SAMPLED_COUNT; i++)
        fprintf(soak->table, "\t%s", sampled[i].name);
    fputc('\n', soak->table);
    return setting_define(&soak->setting, scenario->saga) && load_run(&load, &result);
}

static void sample(void *context, const struct load_result *so_far)
{
    struct soak *soak = context;
    pid_t pid = soak->setting.belayd;
    if (soak->count > soak->seconds)
        return;
    const double values[] = {
        [SAMPLED_rss_kib] = (double)process_rss_kib(pid),
        [SAMPLED_descriptors] = process_descriptors(pid),
        [SAMPLED_threads] = process_threads(pid),
        [SAMPLED_wal_kib] = file_kib(&soak->setting, "belay.db-wal"),
        [SAMPLED_database_kib] = file_kib(&soak->setting, "belay.db"),
    };
    fprintf(soak->table, "%zu\t%llu", soak->count + 1, (unsigned long long)so_far->answers);
    for (int i = 0; i < SAMPLED_COUNT; i++) {
        soak->samples[i][soak->count] = values[i];
        fprintf(soak->table, "\t%.0f", values[i]);
    }
    fputc('\n', soak->table);
    fflush(soak->table); /* to be looked at while it goes on */
    soak->count++;
}

static double file_kib(const struct setting *setting, const char *name)
{
    char path[300];
    struct stat status = {0};
    snprintf(path, sizeof path, "%s/%s", setting->directory, name);
    stat(path, &status);
    return (double)status.st_size / 1024;
}

static void judge(struct soak *soak, struct verdicts *verdicts)
{
    size_t quarter = soak->count / QUARTER;
    verdicts_tell(verdicts, "soak: samples, one a second", (double)soak->count, "");
    for (int i = 0; i < SAMPLED_COUNT; i++) {
        double early = largest(soak->samples[i], quarter, 2 * quarter);
        double late = largest(soak->samples[i], soak->count - quarter, soak->count);
        verdicts_tell(verdicts, sampled[i].name, early, "early");
        verdicts_at_most(verdicts, sampled[i].name, late, early * (1 + sampled[i].share) + sampled[i].noise,
                         "late");
    }
}

static double largest(const double *samples, size_t from, size_t to)
{
    double most = 0;
    for (size_t i = from; i < to; i++)
        if (samples[i] > most)
            most = samples[i];
    return most;
}
