/* scale: much that waits, and much that has ended. */
#include "bench/scale.h"
#include "bench/commands.h"

#include <stdio.h>
#include <string.h>

bool command_scale(const struct options *options)
{
    struct verdicts verdicts;
    const char *scenario = options->scenario;
    verdicts_open(&verdicts, options);
    bool waiting = !scenario || strcmp(scenario, "waiting") == 0;
    bool finished = !scenario || strcmp(scenario, "finished") == 0;
    if (waiting)
        scale_waiting(&verdicts);
    if (finished)
        scale_finished(&verdicts);
    if (!waiting && !finished)
        verdicts_fail(&verdicts, scenario, "expected waiting or finished");
    return verdicts_close(&verdicts);
}
