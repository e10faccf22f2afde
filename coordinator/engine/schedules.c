/* What is due when, and whether it is started. */
#include "engine/schedules.h"

#include "base/mem.h"
#include "base/time.h"
#include "definition/schedule.h"
#include "engine/inside.h"

#include <assert.h>
#include <string.h>

enum {
    LATE_MS = 60 * 1000, /* a run that is later was missed: the coordinator was away, or its clock jumped */
    AGAIN_MS = 1000,     /* when something is due and cannot be started now */
};

/* The runs of one saga that are due: the last ones, if there are too many. */
struct dues {
    uint64_t times[LIMIT_SCHEDULE_MISSED];
    size_t count;
    uint64_t last_ms; /* of all of them */
};

/* For a run among the rows of a saga. */
struct search {
    const char *prefix; /* of the ids of its runs */
    size_t prefix_length;
    uint32_t rows;
    uint64_t last;
    bool found;
};

static bool list_stored(void *context, const struct store_schedule *stored);
static bool list_saga(void *context, const struct definition *newest);
static struct scheduled *find(struct schedules *schedules, const char *saga);
static struct scheduled *add(struct schedules *schedules, const char *saga);
static void plan(struct engine *engine, struct scheduled *scheduled, const struct definition *definition);
static void run(struct engine *engine, struct scheduled *scheduled);
static struct dues collect(const struct engine *engine, const struct schedule *schedule,
                           const struct scheduled *scheduled);
static void choose(const struct engine *engine, const struct schedule *schedule, bool waited, struct dues *dues);
static bool start(struct engine *engine, const struct definition *definition, uint64_t due_ms);
static bool is_running(struct engine *engine, const char *saga);
static bool see_running(void *context, const struct store_row *row);
static void keep(struct engine *engine, const struct scheduled *scheduled);

int schedules_open(struct engine *engine, struct error *error)
{
    struct store *store = engine->ports.store;
    int code = store->each_schedule(store->self, list_stored, engine, error);
    if (!code)
        code = definitions_each_newest(&engine->definitions, list_saga, engine, error);
    return code;
}

void schedules_done(struct schedules *schedules)
{
    for (size_t i = 0; i < schedules->count; i++)
        mem_free(schedules->list[i].saga);
    mem_free(schedules->list);
}

int schedules_check(const struct engine *engine, const struct definition *definition, struct error *error)
{
    const char *name = definition->schedule ? definition->schedule->zone : NULL;
    const struct zone *zone = &engine->ports.zone;
    if (!name || (zone->known && zone->known(zone->self, name)))
        return 0;
    return error_set(error, ERROR_INVALID,
                     "the coordinator's machine knows no time zone \"%s\": take a name of its zoneinfo, like "
                     "\"Europe/Berlin\"",
                     name);
}

void schedules_define(struct engine *engine, const struct definition *definition)
{
    const struct definition *newest;
    struct error error;
    struct scheduled *scheduled = find(&engine->schedules, definition->name);
    bool counts =
        !definitions_get(&engine->definitions, definition->name, 0, &newest, &error) && newest == definition;
    if (!counts || (!scheduled && !definition->schedule))
        return;
    if (!scheduled)
        scheduled = add(&engine->schedules, definition->name);
    scheduled->done_ms = engine->now_ms;
    plan(engine, scheduled, definition);
    keep(engine, scheduled);
}

void schedules_run(struct engine *engine)
{
    if (engine->now_ms < engine->schedule_due_ms)
        return;
    engine->schedule_due_ms = UINT64_MAX;
    for (size_t i = 0; i < engine->schedules.count; i++) {
        struct scheduled *scheduled = &engine->schedules.list[i];
        if (scheduled->due_ms <= engine->now_ms)
            run(engine, scheduled);
        if (scheduled->due_ms < engine->schedule_due_ms)
            engine->schedule_due_ms = scheduled->due_ms;
    }
}

static bool list_stored(void *context, const struct store_schedule *stored)
{
    struct engine *engine = context;
    add(&engine->schedules, stored->saga)->done_ms = stored->done_ms;
    return true;
}

static bool list_saga(void *context, const struct definition *newest)
{
    struct engine *engine = context;
    struct scheduled *scheduled = find(&engine->schedules, newest->name);
    if (!scheduled && newest->schedule) {
        scheduled = add(&engine->schedules, newest->name);
        scheduled->done_ms = engine->now_ms;
    }
    if (scheduled)
        plan(engine, scheduled, newest);
    return true;
}

static struct scheduled *find(struct schedules *schedules, const char *saga)
{
    for (size_t i = 0; i < schedules->count; i++)
        if (strcmp(schedules->list[i].saga, saga) == 0)
            return &schedules->list[i];
    return NULL;
}

static struct scheduled *add(struct schedules *schedules, const char *saga)
{
    schedules->list = mem_grow(schedules->list, (schedules->count + 1) * sizeof *schedules->list);
    struct scheduled *scheduled = &schedules->list[schedules->count++];
    *scheduled = (struct scheduled){.saga = mem_string(saga), .due_ms = UINT64_MAX};
    return scheduled;
}

/* When it is due next. */
static void plan(struct engine *engine, struct scheduled *scheduled, const struct definition *definition)
{
    const struct zone *zone = &engine->ports.zone;
    char text[TIME_TEXT];
    scheduled->due_ms = UINT64_MAX;
    if (!definition->schedule ||
        !schedule_next(definition->schedule, zone->offset_s, zone->self, scheduled->done_ms, &scheduled->due_ms))
        return;
    if (scheduled->due_ms < engine->schedule_due_ms)
        engine->schedule_due_ms = scheduled->due_ms;
    time_print(scheduled->due_ms, text);
    trace_put(&engine->ports.trace, TRACE_INFO, "saga=%s starts by itself at %s", scheduled->saga, text);
}

static void run(struct engine *engine, struct scheduled *scheduled)
{
    struct error error;
    const struct definition *definition;
    if (definitions_get(&engine->definitions, scheduled->saga, 0, &definition, &error)) {
        trace_put(&engine->ports.trace, TRACE_WARN, "saga=%s cannot start by itself: %s", scheduled->saga,
                  error.text);
        scheduled->due_ms = UINT64_MAX;
        return;
    }
    const struct schedule *schedule = definition->schedule;
    assert(schedule);
    struct dues dues = collect(engine, schedule, scheduled);
    bool running = schedule->overlap != OVERLAP_ALLOW && is_running(engine, scheduled->saga);
    if (running && schedule->overlap == OVERLAP_QUEUE) {
        scheduled->waits = true;
        scheduled->due_ms = engine->now_ms + AGAIN_MS;
        return;
    }
    choose(engine, schedule, scheduled->waits, &dues);
    for (size_t i = 0; !running && i < dues.count; i++) {
        if (!start(engine, definition, dues.times[i])) { /* those before it were; the others come again */
            scheduled->due_ms = engine->now_ms + AGAIN_MS;
            scheduled->done_ms = dues.times[i] - 1;
            keep(engine, scheduled);
            return;
        }
        running = schedule->overlap != OVERLAP_ALLOW;
    }
    scheduled->waits = false;
    scheduled->done_ms = dues.last_ms;
    keep(engine, scheduled);
    plan(engine, scheduled, definition);
}

/* Everything due since `done_ms`; of very much the last. */
static struct dues collect(const struct engine *engine, const struct schedule *schedule,
                           const struct scheduled *scheduled)
{
    const struct zone *zone = &engine->ports.zone;
    struct dues dues = {.count = 0, .last_ms = scheduled->done_ms};
    uint64_t span_ms = LIMIT_SCHEDULE_MISSED * schedule->every_ms, at_ms = scheduled->done_ms;
    if (span_ms && engine->now_ms - at_ms > span_ms)
        at_ms = engine->now_ms - span_ms;
    while (schedule_next(schedule, zone->offset_s, zone->self, at_ms, &at_ms) && at_ms <= engine->now_ms) {
        if (dues.count == LIMIT_SCHEDULE_MISSED)
            memmove(dues.times, dues.times + 1, --dues.count * sizeof *dues.times);
        dues.times[dues.count++] = dues.last_ms = at_ms;
    }
    return dues;
}

/* What of it is started. Runs that waited for the one before them are one run, and were not missed. */
static void choose(const struct engine *engine, const struct schedule *schedule, bool waited, struct dues *dues)
{
    size_t first = 0;
    while (first < dues->count && dues->times[first] + LATE_MS < engine->now_ms)
        first++;
    bool all_late = first == dues->count;
    if (waited || schedule->overlap == OVERLAP_QUEUE)
        first =
            waited || !all_late || schedule->missed != MISSED_SKIP ? dues->count - (dues->count > 0) : dues->count;
    else if (schedule->missed == MISSED_ALL)
        first = 0;
    else if (schedule->missed == MISSED_ONCE && all_late && dues->count)
        first = dues->count - 1;
    memmove(dues->times, dues->times + first, (dues->count - first) * sizeof *dues->times);
    dues->count -= first;
}

/* Its id says which run it is. True also when it cannot be started now or ever, and was told so in the log; false:
 * it has to be tried again. */
static bool start(struct engine *engine, const struct definition *definition, uint64_t due_ms)
{
    char id[LIMIT_ID_TEXT], time[TIME_TEXT];
    time_print(due_ms, time);
    snprintf(id, sizeof id, "%s@%s", definition->name, time);
    struct command command = {.type = COMMAND_START,
                              .saga = definition->name,
                              .version = definition->version,
                              .id = id,
                              .input = definition->schedule->input,
                              .input_length = definition->schedule->input_length};
    int code = starts_by_itself(engine, &command, definition);
    if (code && code != ERROR_BUSY)
        trace_put(&engine->ports.trace, TRACE_WARN, "txn=%s does not start: %s", id, command.error.text);
    return code != ERROR_BUSY;
}

/* A run of its own, whichever, has not ended. Those that clients started are passed over, page by page. */
static bool is_running(struct engine *engine, const char *saga)
{
    struct store *store = engine->ports.store;
    struct error error;
    char prefix[LIMIT_NAME_BYTES + 2];
    snprintf(prefix, sizeof prefix, "%s@", saga);
    struct search search = {.prefix = prefix, .prefix_length = strlen(prefix)};
    uint32_t open = 0;
    for (int status = STATUS_RUNNING; status <= STATUS_TERMINATED; status++)
        open |= status_final((enum status)status) ? 0 : UINT32_C(1) << status;
    struct store_query query = {.statuses = open, .saga = saga, .limit = LIMIT_PAGE};
    do {
        search.rows = 0;
        if (store->each_row(store->self, &query, see_running, &search, &error)) {
            trace_put(&engine->ports.trace, TRACE_WARN, "saga=%s: cannot look for its runs: %s", saga, error.text);
            return search.found;
        }
        query.before = search.last;
    } while (!search.found && search.rows == query.limit);
    return search.found;
}

static bool see_running(void *context, const struct store_row *row)
{
    struct search *search = context;
    search->rows++;
    search->last = row->txn;
    search->found = row->id && strncmp(row->id, search->prefix, search->prefix_length) == 0;
    return !search->found;
}

static void keep(struct engine *engine, const struct scheduled *scheduled)
{
    struct batch *batch = &engine->batch;
    batch->schedules = mem_grow(batch->schedules, (batch->schedules_count + 1) * sizeof *batch->schedules);
    batch->schedules[batch->schedules_count++] = (struct store_schedule){scheduled->saga, scheduled->done_ms};
}
