/* Figures that have a bar: what was measured, what it must be, and whether it is. */
#ifndef BELAY_BENCH_VERDICTS_H
#define BELAY_BENCH_VERDICTS_H

#include "bench/options.h"

#include <jansson.h>
#include <stdbool.h>

struct verdicts {
    const struct options *options;
    json_t *report;
    bool missed;
};

void verdicts_open(struct verdicts *verdicts, const struct options *options);
/* Prints one line, and keeps it for the report. */
void verdicts_at_most(struct verdicts *verdicts, const char *figure, double value, double bar, const char *unit);
void verdicts_at_least(struct verdicts *verdicts, const char *figure, double value, double bar, const char *unit);
/* A figure without a bar. */
void verdicts_tell(struct verdicts *verdicts, const char *figure, double value, const char *unit);
/* What could not be measured is missed too. */
void verdicts_fail(struct verdicts *verdicts, const char *figure, const char *why);
/* Writes the report; true when nothing was missed. */
bool verdicts_close(struct verdicts *verdicts);

#endif
