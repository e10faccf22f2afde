/* The bucket as one number (GCRA): a call moves the next one's moment on by an interval. Turns of the engine are
 * no metronome, so calls may leave up to SLACK_NS early; the interval is longer by as much, so that a second never
 * sees more than it should. There is no larger burst: who comes back after an outage is met at this pace. */
#include "engine/rate.h"

#include <assert.h>

enum { MS_NS = 1000000, SLACK_NS = 10 * MS_NS, SECOND_NS = 1000 * MS_NS };

bool rate_open(const struct rate *rate, uint64_t now_ms)
{
    return rate->next_ns <= now_ms * MS_NS + SLACK_NS;
}

uint64_t rate_open_ms(const struct rate *rate)
{
    return rate->next_ns > SLACK_NS ? (rate->next_ns - SLACK_NS + MS_NS - 1) / MS_NS : 0;
}

void rate_spend(struct rate *rate, uint32_t per_second, uint64_t now_ms)
{
    assert(per_second > 0 && rate_open(rate, now_ms));
    uint64_t now_ns = now_ms * MS_NS, from_ns = rate->next_ns > now_ns ? rate->next_ns : now_ns;
    rate->next_ns = from_ns + ((uint64_t)SECOND_NS + SLACK_NS + per_second - 1) / per_second;
}

void rate_follow(struct rate *rate, uint64_t now_ms)
{
    if (rate->next_ns > now_ms * MS_NS + SECOND_NS + 3ull * SLACK_NS)
        rate->next_ns = now_ms * MS_NS;
}
