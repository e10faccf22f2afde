/* One line per figure: the verdict, the figure, the bar. */
#include "bench/verdicts.h"
#include "bench/report.h"

#include <stdio.h>

static void put(struct verdicts *verdicts, const char *figure, double value, const char *unit, const char *side,
                double bar, bool ok);

void verdicts_open(struct verdicts *verdicts, const struct options *options)
{
    *verdicts = (struct verdicts){.options = options, .report = report_new(options)};
    char *machine = json_dumps(json_object_get(verdicts->report, "machine"), JSON_COMPACT);
    puts(machine);
    free(machine);
}

void verdicts_at_most(struct verdicts *verdicts, const char *figure, double value, double bar, const char *unit)
{
    put(verdicts, figure, value, unit, "at most", bar, value <= bar);
}

void verdicts_at_least(struct verdicts *verdicts, const char *figure, double value, double bar, const char *unit)
{
    put(verdicts, figure, value, unit, "at least", bar, value >= bar);
}

void verdicts_tell(struct verdicts *verdicts, const char *figure, double value, const char *unit)
{
    put(verdicts, figure, value, unit, NULL, 0, true);
}

void verdicts_fail(struct verdicts *verdicts, const char *figure, const char *why)
{
    verdicts->missed = true;
    printf("%-7s %-64s %s\n", "MISSED", figure, why);
    json_array_append_new(report_results(verdicts->report),
                          json_pack("{s:s,s:s,s:b}", "figure", figure, "why", why, "ok", 0));
}

bool verdicts_close(struct verdicts *verdicts)
{
    puts(verdicts->missed ? "a bar was missed" : "every bar was met");
    return report_done(verdicts->report, verdicts->options) && !verdicts->missed;
}

static void put(struct verdicts *verdicts, const char *figure, double value, const char *unit, const char *side,
                double bar, bool ok)
{
    json_t *result = json_pack("{s:s,s:f,s:s,s:b}", "figure", figure, "value", value, "unit", unit, "ok", ok);
    printf("%-7s %-64s %10.*f %-6s", !side ? "" : ok ? "ok" : "MISSED", figure, value < 100 ? 3 : 0, value, unit);
    if (side) {
        printf(" (%s %g)", side, bar);
        json_object_set_new(result, "bar", json_real(bar));
        json_object_set_new(result, "side", json_string(side));
    }
    putchar('\n');
    json_array_append_new(report_results(verdicts->report), result);
    verdicts->missed |= !ok;
}
