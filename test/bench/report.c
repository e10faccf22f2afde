/* The frame of the JSON, and where it goes. */
#include "bench/report.h"
#include "bench/machine.h"

#include <stdio.h>

static bool append(const json_t *report, const char *path);

json_t *report_new(const struct options *options)
{
    json_t *report = json_object();
    json_object_set_new(report, "revision", json_string(options->revision));
    json_object_set_new(report, "machine", machine_describe());
    json_object_set_new(report, "results", json_array());
    return report;
}

json_t *report_results(json_t *report)
{
    return json_object_get(report, "results");
}

bool report_done(json_t *report, const struct options *options)
{
    bool ok = true;
    if (options->out && json_dump_file(report, options->out, JSON_INDENT(1) | JSON_REAL_PRECISION(6))) {
        fprintf(stderr, "cannot write %s\n", options->out);
        ok = false;
    }
    if (options->history)
        ok = append(report, options->history) && ok;
    json_decref(report);
    return ok;
}

static bool append(const json_t *report, const char *path)
{
    FILE *file = fopen(path, "a");
    bool ok =
        file && json_dumpf(report, file, JSON_COMPACT | JSON_REAL_PRECISION(6)) == 0 && fputc('\n', file) == '\n';
    ok = file && fclose(file) == 0 && ok;
    if (!ok)
        fprintf(stderr, "cannot append to %s\n", path);
    return ok;
}
