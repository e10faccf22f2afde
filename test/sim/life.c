/* The coordinator's process: opened, given its turns, and ended at the worst moments. */
#include "engine/inside.h"
#include "sim/check.h"
#include "sim/count.h"
#include "sim/network.h"
#include "sim/timetable.h"
#include "sim/world.h"

#include <stdio.h>

static uint64_t clock_now(void *self)
{
    return world_clock(self);
}

static uint64_t entropy_next(void *self)
{
    struct world *world = self;
    return dice_next(&world->dice[DICE_ENGINE]);
}

static void trace_line(void *self, enum trace_level level, const char *text)
{
    const struct world *world = self;
    if (world->print) /* not hashed: a replay is the same with and without its trace */
        printf("%10llu  %s: %s\n", (unsigned long long)world->now_ms % 10000000000u,
               level == TRACE_DEBUG ? "  core" : "  engine", text);
}

/* The clock may stand earlier than when the process before it ended, or much later. */
static void set_clock(struct world *world)
{
    struct dice *dice = &world->dice[DICE_CRASH];
    if (world->peace || !dice_hit(dice, 150))
        return;
    uint64_t back = dice_tail(dice, 1, 3600000);
    if (dice_hit(dice, 500)) {
        world->skew_ms += back;
        count(COUNT_JUMP_AHEAD);
    } else if (back <= world->skew_ms) {
        world->skew_ms -= back;
        count(COUNT_JUMP_BACK);
    }
}

void life_open(struct world *world, void *unused)
{
    (void)unused;
    if (world->engine || world->dead)
        return;
    struct error error = {0};
    world->disk.failed = false;
    set_clock(world);
    world->engine =
        engine_new(&(struct engine_ports){.store = &world->disk.port,
                                          .caller = network_caller(world),
                                          .clock = {world, clock_now},
                                          .entropy = {world, entropy_next},
                                          .trace = {world, world->print ? TRACE_DEBUG : TRACE_ERROR, trace_line}},
                   &world->weather.options, &error);
    uint64_t clock = world_clock(world);
    if (world->life > 0 && world->crashed_clock_ms < clock)
        evidence_outage(&world->evidence, (struct outage){world->crashed_clock_ms, clock});
    world_note(world, "process %u opened", world->life);
    if (!world->engine) {
        world->dead = true;
        check_blame(CHECK_C12, world, "the coordinator cannot be opened again: %s", error.text);
        return;
    }
    if (!world->crashes_ahead)
        return;
    count(world->crashes_ahead > 1 ? COUNT_CRASH_RECOVERING : COUNT_CRASH_TWICE);
    world->crashes_ahead--;
    if (dice_hit(&world->dice[DICE_CRASH], 300))
        life_crash(world);
    else
        world->disk.next = dice_hit(&world->dice[DICE_CRASH], 500) ? DISK_LOSE : DISK_KEEP;
}

void life_crash(struct world *world)
{
    world_note(world, "process %u ended", world->life);
    check_live(world);
    engine_free(world->engine);
    world->engine = NULL;
    world->life++;
    world->cut = false;
    world->crashed_clock_ms = world_clock(world);
    world_later(world, dice_tail(&world->dice[DICE_CRASH], 1, 60000), life_open, NULL);
}

static void count_memory(const struct world *world, const struct engine_counts *before)
{
    struct engine_counts after;
    engine_counts(world->engine, &after);
    uint64_t loaded = before->loaded + (after.started - before->started);
    uint64_t left = after.loaded + (after.ended - before->ended);
    if (left < loaded)
        count(COUNT_LEFT_MEMORY);
    if (left > loaded)
        count(COUNT_CAME_BACK);
}

/* What is due and finds no room in memory waits until there is some: full is an answer, and no lateness. But full
 * it must be, of transactions that are at work. */
static void note_crowd(struct world *world)
{
    const struct engine *engine = world->engine;
    uint64_t clock = world_clock(world);
    if (engine->crowded && engine->look_ms == UINT64_MAX)
        check_that(CHECK_C10, world, engine->by_number.count >= engine->options.open_max && !engine->rest_first,
                   "%zu are in memory, %s, and who is due waits for room", engine->by_number.count,
                   engine->rest_first ? "not all at work" : "all at work");
    if (world->engine->crowded && !world->crowded_clock_ms)
        world->crowded_clock_ms = clock;
    if (world->engine->crowded || !world->crowded_clock_ms)
        return;
    if (world->crowded_clock_ms < clock)
        evidence_outage(&world->evidence, (struct outage){world->crowded_clock_ms, clock});
    world->crowded_clock_ms = 0;
}

void life_turn(struct world *world)
{
    struct error error = {0};
    if (++world->turns > WORLD_TURNS) {
        check_blame(CHECK_C9, world, "it does not come to rest after %u turns", world->turns);
        world->dead = true;
        return;
    }
    struct engine_counts before;
    engine_counts(world->engine, &before);
    struct glance glance = timetable_before(world);
    int code = engine_turn(world->engine, 0, &error);
    if (!code || world->disk.kept)
        timetable_after(world, &glance);
    count_memory(world, &before);
    note_crowd(world);
    if (code && !world->disk.failed) {
        check_blame(CHECK_C12, world, "a commit contradicts the store: %s", error.text);
        world->dead = true;
        return;
    }
    world->busy_until_ms = world->now_ms + dice_tail(&world->dice[DICE_CRASH], 0, 20);
    if (world->cut && !code)
        count(COUNT_CRASH_CUT);
    if (code || world->cut)
        life_crash(world);
}

uint64_t life_wants(const struct world *world)
{
    struct engine_counts counts;
    if (!world->engine || world->dead)
        return UINT64_MAX;
    engine_counts(world->engine, &counts);
    uint64_t due = counts.inbox ? 0 : engine_next_ms(world->engine);
    if (due == UINT64_MAX)
        return UINT64_MAX;
    uint64_t clock = world_clock(world);
    uint64_t at = due <= clock ? world->now_ms : world->now_ms + (due - clock);
    return at > world->busy_until_ms ? at : world->busy_until_ms;
}
