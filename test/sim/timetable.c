/* Looking at the store around each turn, and registering versions that have no schedule. */
#include "sim/timetable.h"

#include "sim/clients.h"

#include <assert.h>
#include <string.h>

struct search {
    const char *saga;
    bool found;
};

static bool see_run(void *context, const struct store_row *row);
static bool is_running(const struct world *world, const struct saga *saga);
static bool is_stopped(const struct world *world, size_t saga);
static void stop(struct world *world, size_t index);

void timetable_open(struct world *world, struct store_schedule schedules[WORLD_SAGAS], size_t *count)
{
    *count = 0;
    for (size_t i = 0; i < world->evidence.sagas_count; i++) {
        const struct saga *saga = world->evidence.sagas[i];
        if (!saga->routine.every_ms)
            continue;
        schedules[(*count)++] = (struct store_schedule){saga->name, world_clock(world)};
        evidence_look(&world->evidence, (struct look){.saga = saga, .clock_ms = world_clock(world)});
    }
}

struct glance timetable_before(struct world *world)
{
    struct glance glance = {0};
    struct store *store = world->disk.inner;
    store->last(store->self, &glance.last, NULL);
    for (size_t i = 0; i < world->evidence.sagas_count; i++)
        if (world->evidence.sagas[i]->routine.every_ms)
            glance.running[i] = is_running(world, world->evidence.sagas[i]);
    return glance;
}

void timetable_after(struct world *world, const struct glance *glance)
{
    struct look look = {.clock_ms = world_clock(world), .life = world->life, .before = glance->last};
    struct store *store = world->disk.inner;
    store->last(store->self, &look.after, NULL);
    for (size_t i = 0; i < world->evidence.sagas_count; i++) {
        look.saga = world->evidence.sagas[i];
        look.running = glance->running[i];
        look.stopped = is_stopped(world, i);
        if (look.saga->routine.every_ms)
            evidence_look(&world->evidence, look);
    }
}

bool timetable_stop(struct world *world)
{
    bool stopped = true;
    for (size_t i = 0; i < world->evidence.sagas_count; i++) {
        if (!world->evidence.sagas[i]->routine.every_ms || is_stopped(world, i))
            continue;
        stop(world, i);
        stopped = false;
    }
    return stopped;
}

void timetable_done(struct world *world)
{
    for (size_t i = 0; i < WORLD_SAGAS; i++) {
        const struct telling *telling = world->stops[i];
        if (telling && !(telling->told && telling->created))
            definition_free(telling->command.definition);
    }
}

static bool see_run(void *context, const struct store_row *row)
{
    struct search *search = context;
    size_t length = strlen(search->saga);
    search->found = row->id && strncmp(row->id, search->saga, length) == 0 && row->id[length] == '@';
    return !search->found;
}

static bool is_running(const struct world *world, const struct saga *saga)
{
    const struct store *store = world->disk.inner;
    struct search search = {.saga = saga->name};
    struct store_query query = {.saga = saga->name, .limit = UINT32_MAX};
    for (int status = STATUS_RUNNING; status <= STATUS_TERMINATED; status++)
        query.statuses |= status_final((enum status)status) ? 0 : UINT32_C(1) << status;
    store->each_row(store->self, &query, see_run, &search, NULL);
    return search.found;
}

static bool is_stopped(const struct world *world, size_t saga)
{
    return world->stops[saga] && world->stops[saga]->told && world->stops[saga]->created;
}

/* Unless it is on its way: there is peace, and who was let in is answered. */
static void stop(struct world *world, size_t index)
{
    const struct routine *routine = &world->evidence.sagas[index]->routine;
    struct telling *before = world->stops[index];
    if (before && !before->shown)
        return;
    if (before)
        definition_free(before->command.definition);
    struct findings findings;
    findings_init(&findings);
    struct command command = {.type = COMMAND_DEFINE,
                              .definition =
                                  definition_parse(routine->without, routine->without_length, &findings)};
    assert(command.definition);
    findings_done(&findings);
    world->stops[index] = clients_submit(world, &command, NULL);
    if (!world->stops[index])
        definition_free(command.definition);
}
