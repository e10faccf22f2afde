/* Mode run: one long episode, told. */
#include "e2e/episode.h"
#include "e2e/modes.h"

#include <stdio.h>

int mode_run(const struct plan *plan)
{
    struct verdict verdict = {0};
    struct story story;
    episode_play(plan, &verdict, &story);
    printf("%u transfers (seed %llu) in %u.%u s, peace after %u ms: %u completed, %u compensated (%u given up)\n",
           plan->transfers, (unsigned long long)plan->seed, story.load_ms / 1000, story.load_ms / 100 % 10,
           story.peace_ms, story.completed, story.compensated, story.given_up);
    printf("coordinator killed %u times and %u times while it recovered, services %u times\n", story.toll.kills,
           story.toll.kills_in_recovery, story.toll.service_kills);
    printf("%u submissions without an answer, %u repeated\n", story.silences, story.repeats);
    printf("%lu calls seen, %u mistreated by the network; %lu facts\n", story.calls, story.mistreated,
           story.facts);
    return verdict_print(&verdict);
}
