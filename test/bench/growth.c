/* growth: how the cost of a saga grows with its steps, with its payload, and with how many others are open. */
#include "bench/commands.h"
#include "bench/report.h"
#include "bench/row.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CLIENTS = 64, SAGA_MAX = 4096, PAYLOAD_MAX = 32 * 1024, TITLE_MAX = 64 };

/* What grows, and the usual case: two steps, small, alone. */
static const struct point {
    const char *family;
    unsigned steps;
    unsigned payload; /* bytes of the input */
    uint64_t open;
} points[] = {
    {"steps", 2, 0, 0},        {"steps", 5, 0, 0},      {"steps", 10, 0, 0},      {"steps", 20, 0, 0},
    {"payload", 2, 200, 0},    {"payload", 2, 2048, 0}, {"payload", 2, 16384, 0}, {"open", 2, 0, 0},
    {"open", 2, 0, 10 * 1000}, {"open", 2, 0, 100000},  {"open", 2, 0, 1000000},
};

static bool measure(const struct point *point, const struct options *options, json_t *results);
static void fill_saga(char *saga, unsigned steps);
static void fill_start(char *body, unsigned payload);

bool command_growth(const struct options *options)
{
    bool ok = true, found = false;
    json_t *report = report_new(options);
    row_print_head(report);
    for (size_t i = 0; ok && i < sizeof points / sizeof *points; i++) {
        if (options->scenario && strcmp(options->scenario, points[i].family) != 0)
            continue;
        found = true;
        ok = points[i].open > options->waiting || measure(&points[i], options, report_results(report));
    }
    if (!found)
        fprintf(stderr, "nothing grows that is called %s; it is steps, payload or open\n", options->scenario);
    return report_done(report, options) && ok && found;
}

static bool measure(const struct point *point, const struct options *options, json_t *results)
{
    char saga[SAGA_MAX], title[TITLE_MAX];
    char *body = malloc(PAYLOAD_MAX);
    fill_saga(saga, point->steps);
    fill_start(body, point->payload);
    if (!strcmp(point->family, "open"))
        snprintf(title, sizeof title, "%llu others open", (unsigned long long)point->open);
    else if (point->payload)
        snprintf(title, sizeof title, "input of %u bytes", point->payload);
    else
        snprintf(title, sizeof title, "%u steps", point->steps);
    const struct scenario scenario = {point->family, title, saga, body, true, STATUS_COMPLETED};
    struct row row = {.scenario = &scenario, .waiting = point->open};
    row.clients = options->clients ? (unsigned)options->clients : CLIENTS;
    bool ok = row_measure(&row, options);
    if (ok)
        row_print(&row);
    json_t *result = row_encode(&row);
    json_object_set_new(result, "steps", json_integer(point->steps));
    json_object_set_new(result, "payload", json_integer(point->payload));
    json_object_set_new(result, "open", json_integer((json_int_t)point->open));
    json_array_append_new(results, result);
    free(body);
    return ok;
}

/* One step after the other, the participants in turn. */
static void fill_saga(char *saga, unsigned steps)
{
    int at = snprintf(saga, SAGA_MAX, "{\"name\":\"growth\",\"version\":1,\"timeout\":\"1h\",\"steps\":[");
    for (unsigned i = 0; i < steps; i++)
        at += snprintf(saga + at, (size_t)(SAGA_MAX - at),
                       "%s{\"id\":\"s%u\",\"participant\":\"%s\",\"operation\":\"go\"}", i ? "," : "", i,
                       i % 2 ? "beta" : "alpha");
    snprintf(saga + at, (size_t)(SAGA_MAX - at), "]}");
}

/* The input of the other scenarios, or one of so many bytes. */
static void fill_start(char *body, unsigned payload)
{
    static const char frame[] = "{\"text\":\"\"}";
    if (payload)
        snprintf(body, PAYLOAD_MAX, "{\"saga\":\"growth\",\"input\":{\"text\":\"%0*d\"}}",
                 (int)(payload - (sizeof frame - 1)), 0);
    else
        snprintf(body, PAYLOAD_MAX, "{\"saga\":\"growth\"," SCENARIO_INPUT "}");
}
