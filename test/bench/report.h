/* Figures as JSON. */
#ifndef BELAY_BENCH_REPORT_H
#define BELAY_BENCH_REPORT_H

#include "bench/options.h"

#include <jansson.h>
#include <stdbool.h>

/* An object with the revision, the machine and an empty array "results". */
json_t *report_new(const struct options *options);
json_t *report_results(json_t *report);

/* Writes it where the options say, if they do, and frees it. */
bool report_done(json_t *report, const struct options *options);

#endif
