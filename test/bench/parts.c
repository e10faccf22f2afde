/* parts: belayd, and what it is made of, in one run: how many sagas each part would allow if it were all that a
 * saga needs, and how much of that belayd reaches. */
#include "bench/parts.h"
#include "bench/commands.h"
#include "bench/report.h"
#include "bench/row.h"
#include "harness/process.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

/* A saga of two steps: a request of its client, a start and two answers that are made durable, two calls. */
enum { CLIENTS = 64, SECONDS = 2, EVENTS = 3, CALLS = 2, REQUESTS = 1, SOME = 32, MANY = 128 };

static double tell(const struct row *row, json_t *results, const char *name, const struct part *part, double each);

bool command_parts(const struct options *options)
{
    struct row row = {.scenario = scenario_find("two")};
    row.clients = options->clients ? (unsigned)options->clients : CLIENTS;
    uint64_t us = (options->seconds ? options->seconds : SECONDS) * 1000000;
    json_t *report = report_new(options), *results = report_results(report);
    row_print_head(report);
    bool ok = row_measure(&row, options);
    if (!ok) {
        json_decref(report);
        return false;
    }
    row_print(&row);
    json_array_append_new(results, row_encode(&row));
    printf("\n%-44s %9s %8s %9s %9s %7s\n", "", "per s", "cpu us", "a saga's", "sagas/s", "belayd");
    struct part part = {0};
    double cpu_us = 0; /* of all that a saga needs, its commits shared by some */
    if ((ok = parts_sync(&part, us)))
        tell(&row, results, "fdatasync of a page", &part, (double)row.used.syncs.count / (double)row.stored);
    const unsigned sizes[] = {1, SOME, MANY};
    for (size_t i = 0; ok && i < sizeof sizes / sizeof *sizes; i++) {
        char name[64];
        snprintf(name, sizeof name, "SQLite: insert and update, %u per commit", sizes[i]);
        double each_us = 0;
        if ((ok = parts_sqlite(&part, us, sizes[i])))
            each_us = tell(&row, results, name, &part, EVENTS);
        cpu_us += sizes[i] == SOME ? each_us : 0;
    }
    if (ok && (ok = parts_curl(&part, us)))
        cpu_us += tell(&row, results, "libcurl: requests on kept connections", &part, CALLS);
    if (ok && (ok = parts_microhttpd(&part, us)))
        cpu_us += tell(&row, results, "libmicrohttpd: requests answered", &part, REQUESTS);
    if (ok && (ok = parts_jansson(&part, us)))
        cpu_us += tell(&row, results, "Jansson: a start parsed and printed", &part, REQUESTS);
    if (ok)
        printf("CPU of these for one saga, %d sharing a commit: %.1f us\n", SOME, cpu_us);
    return report_done(report, options) && ok;
}

uint64_t parts_cpu_us(void)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return (uint64_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000 +
           (uint64_t)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

/* `each` = how many of it a saga needs. The return is the CPU of these. */
static double tell(const struct row *row, json_t *results, const char *name, const struct part *part, double each)
{
    double per_s = (double)part->count * 1e6 / (double)part->elapsed_us;
    double cpu_us = (double)part->cpu_us / (double)part->count, sagas = per_s / each;
    printf("%-44s %9.0f %8.2f %9.2f %9.0f %6.0f%%\n", name, per_s, cpu_us, each, sagas,
           100 * row_rate(row) / sagas);
    json_array_append_new(results, json_pack("{s:s,s:f,s:f,s:f,s:f}", "part", name, "per_s", per_s, "cpu_us",
                                             cpu_us, "per_saga", each, "belayd_share", row_rate(row) / sagas));
    return cpu_us * each;
}
