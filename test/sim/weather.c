/* Drawing the weather. */
#include "sim/weather.h"

static unsigned some(struct dice *dice, unsigned most)
{
    return dice_hit(dice, 500) ? 0 : (unsigned)dice_tail(dice, 1, most);
}

struct weather weather_draw(struct dice *dice)
{
    bool tight = dice_hit(dice, 300);
    bool calm = dice_hit(dice, 50);
    struct weather weather = {
        .faults_ms = dice_tail(dice, 5000, 600000),
        .loss = some(dice, 300),
        .twice = some(dice, 300),
        .slow = some(dice, 300),
        .answer_loss = some(dice, 300),
        .no = some(dice, 300),
        .trouble = some(dice, 500),
        .undo_trouble = some(dice, 900),
        .hang = some(dice, 100),
        .broken = some(dice, 200),
        .did_but_failed = some(dice, 300),
        .commit_lost = some(dice, 40),
        .commit_kept = some(dice, 40),
        .crashes = some(dice, 5),
        .jumps = some(dice, 3),
        .downs = some(dice, 4),
        .unregisters = dice_hit(dice, 150),
        .operators = some(dice, 12),
        .never = some(dice, 400),
        .knocks = some(dice, 40),
    };
    if (calm)
        weather = weather_peace(&weather);
    if (tight)
        weather.options = (struct engine_options){
            .inbox_max = (uint32_t)dice_between(dice, 2, 5),
            .batch_max = (uint32_t)dice_between(dice, 1, 3),
            .rest_ms = dice_tail(dice, 1, 60000),
            .open_max = (uint32_t)dice_between(dice, 2, 5),
            .calls_max = (uint32_t)dice_between(dice, 1, 4),
            .calls_participant_max = (uint32_t)dice_between(dice, 1, 3),
            .calls_per_second = (uint32_t)dice_between(dice, 1, 100),
        };
    return weather;
}

struct weather weather_peace(const struct weather *weather)
{
    return (struct weather){.faults_ms = weather->faults_ms, .options = weather->options};
}
