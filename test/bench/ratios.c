/* ratios: pairs of files from runs in turn. Per scenario and number of clients, the new figure divided by the old:
 * least, middle and largest of the pairs. */
#include "bench/commands.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAIRS_MAX = 64 };

static const char *const figures[] = {"sagas_per_s", "p50_us", "p99_us", "cpu_us", "commits", "kib_written"};

static bool load(const struct options *options, json_t **files);
static void print_row(json_t **files, int count, const json_t *row);
static double ratio(const json_t *before, const json_t *after, const char *figure);
static const json_t *find(const json_t *file, const json_t *like);
static int compare(const void *a, const void *b);

bool command_ratios(const struct options *options)
{
    json_t *files[2 * PAIRS_MAX] = {0};
    bool ok = load(options, files);
    json_t *row;
    size_t index;
    if (ok)
        printf("%s divided by %s, %d pairs: min / median / max\n%-10s %7s", //
               json_string_value(json_object_get(files[1], "revision")),
               json_string_value(json_object_get(files[0], "revision")), options->rest_count / 2, "", "clients");
    for (size_t i = 0; ok && i < sizeof figures / sizeof *figures; i++)
        printf("  %-18s", figures[i]);
    if (ok)
        putchar('\n');
    json_array_foreach(json_object_get(files[0], "results"), index, row)
        print_row(files, options->rest_count, row);
    for (int i = 0; i < 2 * PAIRS_MAX; i++)
        json_decref(files[i]);
    return ok;
}

static bool load(const struct options *options, json_t **files)
{
    int count = options->rest_count;
    if (count < 2 || count % 2 || count > 2 * PAIRS_MAX) {
        fprintf(stderr, "ratios: expected pairs of files, got %d\n", count);
        return false;
    }
    for (int i = 0; i < count; i++) {
        json_error_t error;
        files[i] = json_load_file(options->rest[i], 0, &error);
        if (!files[i]) {
            fprintf(stderr, "%s: %s\n", options->rest[i], error.text);
            return false;
        }
    }
    return true;
}

static void print_row(json_t **files, int count, const json_t *row)
{
    printf("%-10s %7lld", json_string_value(json_object_get(row, "scenario")),
           (long long)json_integer_value(json_object_get(row, "clients")));
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
        double ratios[PAIRS_MAX];
        int pairs = 0;
        for (int file = 0; file < count; file += 2)
            ratios[pairs++] = ratio(find(files[file], row), find(files[file + 1], row), figures[i]);
        qsort(ratios, (size_t)pairs, sizeof *ratios, compare);
        double middle = (ratios[pairs / 2] + ratios[(pairs - 1) / 2]) / 2;
        printf("  %5.2f %5.2f %5.2f ", ratios[0], middle, ratios[pairs - 1]);
    }
    putchar('\n');
}

/* 0 where one of them has no such figure. */
static double ratio(const json_t *before, const json_t *after, const char *figure)
{
    double old = json_number_value(json_object_get(before, figure));
    return old > 0 ? json_number_value(json_object_get(after, figure)) / old : 0;
}

static const json_t *find(const json_t *file, const json_t *like)
{
    json_t *row;
    size_t index;
    json_array_foreach(
        json_object_get(file, "results"), index,
        row) if (json_equal(json_object_get(row, "scenario"), json_object_get(like, "scenario")) &&
                 json_equal(json_object_get(row, "clients"), json_object_get(like, "clients"))) return row;
    return NULL;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}
