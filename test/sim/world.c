/* One seed from its beginning to its end. */
#include "sim/world.h"

#include "base/mem.h"
#include "sim/check.h"
#include "sim/clients.h"
#include "sim/count.h"
#include "sim/operators.h"
#include "sim/outsiders.h"
#include "sim/timetable.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void make_sagas(struct world *world);
static void fill_store(struct world *world);
static void plan_faults(struct world *world);
static void make_peace(struct world *world, void *unused);
static void live(struct world *world);

void world_run(struct world *world, uint64_t seed, enum mutant mutant, bool print)
{
    const uint64_t monday_ms = 1767600000000; /* any moment: replays need no calendar */
    *world = (struct world){.seed = seed, .mutant = mutant, .print = print, .hash = 0xcbf29ce484222325u};
    world->evidence.keep = &world->keep;
    world->now_ms = monday_ms;
    world->skew_ms = 2 * 3600 * 1000;
    world->evidence.ended_ms = UINT64_MAX;
    for (unsigned i = 0; i < DICES; i++)
        world->dice[i] = dice_new(seed, i + 1);
    world->weather = weather_draw(&world->dice[DICE_CRASH]);
    banks_init(&world->banks);
    world->banks.no_barrier = mutant == MUTANT_NO_BARRIER;
    disk_open(&world->disk, world, dice_next(&world->dice[DICE_DISK]));
    make_sagas(world);
    fill_store(world);
    clients_plan(world);
    operators_plan(world);
    outsiders_plan(world);
    plan_faults(world);
    life_open(world, NULL);
    live(world);
}

void world_done(struct world *world)
{
    engine_free(world->engine);
    timetable_done(world);
    disk_close(&world->disk);
    for (size_t i = 0; i < WORLD_SAGAS; i++)
        definition_free((struct definition *)world->definitions[i]);
    keep_done(&world->keep);
}

uint64_t world_clock(const struct world *world)
{
    return world->now_ms + world->skew_ms;
}

void world_later(struct world *world, uint64_t after_ms, void (*run)(struct world *world, void *what), void *what)
{
    agenda_put(&world->agenda, &world->keep, world->now_ms + after_ms, run, what);
}

void world_note(struct world *world, const char *format, ...)
{
    char line[4096];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    assert(length >= 0);
    world->hash = (world->hash ^ world->now_ms) * 0x100000001b3u;
    for (const char *c = line; *c; c++)
        world->hash = (world->hash ^ (unsigned char)*c) * 0x100000001b3u;
    if (world->print)
        printf("%10llu  %s\n", (unsigned long long)world->now_ms % 10000000000u, line);
}

static void make_sagas(struct world *world)
{
    struct dice *dice = &world->dice[DICE_SAGA];
    struct evidence *evidence = &world->evidence;
    evidence->sagas_count = dice_between(dice, 1, WORLD_SAGAS);
    evidence->sagas = keep_new(&world->keep, WORLD_SAGAS * sizeof(struct saga *));
    for (size_t i = 0; i < evidence->sagas_count; i++) {
        struct findings findings;
        struct saga *saga = saga_new(&world->keep, dice, (char)('a' + i), evidence->sagas, i);
        evidence->sagas[i] = saga;
        findings_init(&findings);
        world->definitions[i] = definition_parse(saga->text, saga->length, &findings);
        if (!world->definitions[i])
            printf("%s\n%s %s\n", saga->text, findings.list[0].code, findings.list[0].message);
        assert(world->definitions[i]);
        findings_done(&findings);
        world_note(world, "saga %s", saga->text);
        count_seen(SEEN_ORDER, saga->order);
    }
}

/* What was registered before the story begins. */
static void fill_store(struct world *world)
{
    static const char *const names[PARTICIPANTS] = {"bank-0", "bank-1", "bank-2"};
    static const char contact[] = "{\"url\":\"http://bank.test\"}";
    struct store_definition definitions[WORLD_SAGAS];
    struct store_participant participants[PARTICIPANTS];
    struct evidence *evidence = &world->evidence;
    for (size_t i = 0; i < evidence->sagas_count; i++)
        definitions[i] = (struct store_definition){evidence->sagas[i]->name, 1, evidence->sagas[i]->text,
                                                   evidence->sagas[i]->length, world->now_ms};
    for (size_t i = 0; i < PARTICIPANTS; i++)
        participants[i] = (struct store_participant){names[i], contact, strlen(contact)};
    struct store_schedule schedules[WORLD_SAGAS];
    size_t schedules_count;
    timetable_open(world, schedules, &schedules_count);
    struct error error;
    struct store *store = world->disk.inner;
    int code = store->commit(store->self,
                             &(struct store_batch){.definitions = definitions,
                                                   .definitions_count = evidence->sagas_count,
                                                   .participants = participants,
                                                   .participants_count = PARTICIPANTS,
                                                   .schedules = schedules,
                                                   .schedules_count = schedules_count},
                             &error);
    assert(code == 0);
    (void)code;
}

static void crash(struct world *world, void *what)
{
    struct dice *dice = &world->dice[DICE_CRASH];
    (void)what;
    if (!world->engine || world->peace)
        return;
    if (dice_hit(dice, 300))
        world->crashes_ahead = dice_hit(dice, 500) ? 2 : 1;
    uint64_t kind = dice_below(dice, 4);
    if (kind == 0) {
        count(COUNT_CRASH_IDLE);
        life_crash(world);
    } else if (kind == 1) {
        world->cut = true;
    } else {
        world->disk.next = kind == 2 ? DISK_LOSE : DISK_KEEP;
    }
}

static void jump(struct world *world, void *what)
{
    (void)what;
    uint64_t before = world_clock(world);
    world->skew_ms += dice_tail(&world->dice[DICE_CRASH], 1000, 3600000);
    count(COUNT_JUMP_AHEAD);
    world_note(world, "clock jumps %llu ms", (unsigned long long)(world_clock(world) - before));
    evidence_outage(&world->evidence, (struct outage){before, world_clock(world)});
}

static void fall(struct world *world, void *what)
{
    (void)what;
    struct dice *dice = &world->dice[DICE_BANK];
    struct bank *bank = &world->banks.banks[dice_below(dice, PARTICIPANTS)];
    bank->down_until_ms = world->now_ms + dice_tail(dice, 1000, 120000);
}

static void plan_faults(struct world *world)
{
    struct dice *dice = &world->dice[DICE_CRASH];
    const struct weather *weather = &world->weather;
    for (unsigned i = 0; i < weather->crashes; i++)
        world_later(world, dice_tail(dice, 0, weather->faults_ms), crash, NULL);
    for (unsigned i = 0; i < weather->jumps; i++)
        world_later(world, dice_tail(dice, 0, weather->faults_ms), jump, NULL);
    for (unsigned i = 0; i < weather->downs; i++)
        world_later(world, dice_tail(dice, 0, weather->faults_ms), fall, NULL);
    world_later(world, weather->faults_ms, make_peace, NULL);
}

static void make_peace(struct world *world, void *unused)
{
    (void)unused;
    world_note(world, "peace");
    world->peace = true;
    world->weather = weather_peace(&world->weather);
    world->crashes_ahead = 0;
    world->cut = false;
    world->disk.next = DISK_GOOD;
    for (size_t i = 0; i < PARTICIPANTS; i++)
        world->banks.banks[i].down_until_ms = 0;
    world->evidence.peace_ms = world->now_ms;
    check_live(world);
    operators_care(world, NULL);
}

static void live(struct world *world)
{
    struct task task;
    for (;;) {
        uint64_t task_ms = agenda_next(&world->agenda);
        uint64_t turn_ms = life_wants(world);
        uint64_t next = task_ms < turn_ms ? task_ms : turn_ms;
        bool late = world->peace && next > world->evidence.peace_ms + 2 * (uint64_t)WORLD_PEACE_MS;
        if (next == UINT64_MAX || late || world->dead)
            return;
        if (next > world->now_ms)
            world->now_ms = next;
        while (agenda_take(&world->agenda, world->now_ms, &task))
            task.run(world, task.what);
        if (life_wants(world) <= world->now_ms)
            life_turn(world);
    }
}
