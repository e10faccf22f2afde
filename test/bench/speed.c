/* speed: the table of scenarios, each with several numbers of clients. */
#include "bench/commands.h"
#include "bench/report.h"
#include "bench/row.h"

#include <stdio.h>
#include <string.h>

bool command_speed(const struct options *options)
{
    const unsigned clients[] = {1, 16, 64, 256};
    bool ok = !options->scenario || scenario_find(options->scenario);
    if (!ok)
        fprintf(stderr, "no scenario is called %s; the table stands in test/bench/scenarios.c\n",
                options->scenario);
    json_t *report = report_new(options);
    row_print_head(report);
    for (const struct scenario *scenario = scenarios; ok && scenario->name; scenario++) {
        if (options->scenario && strcmp(options->scenario, scenario->name) != 0)
            continue;
        for (size_t i = 0; ok && i < (options->clients ? 1 : sizeof clients / sizeof *clients); i++) {
            struct row row = {.scenario = scenario};
            row.clients = options->clients ? (unsigned)options->clients : clients[i];
            ok = row_measure(&row, options);
            if (ok)
                row_print(&row);
            json_array_append_new(report_results(report), row_encode(&row));
        }
    }
    if (ok)
        return report_done(report, options);
    json_decref(report);
    return false;
}
