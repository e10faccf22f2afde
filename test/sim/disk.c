/* The port in front of the memory store. */
#include "sim/disk.h"

#include "adapters/store_memory.h"
#include "base/mem.h"
#include "sim/count.h"
#include "sim/world.h"

static int disk_commit(void *self, const struct store_batch *batch, struct error *error);
static enum disk_fault fault(struct disk *disk);
static int lie(struct disk *disk, const struct store_batch *batch, struct error *error);

static uint64_t disk_secret(void *self)
{
    struct disk *disk = self;
    return disk->inner->secret(disk->inner->self);
}

static int disk_last(void *self, uint64_t *txn, struct error *error)
{
    struct disk *disk = self;
    return disk->inner->last(disk->inner->self, txn, error);
}

static int disk_open_count(void *self, uint64_t *open, struct error *error)
{
    struct disk *disk = self;
    return disk->inner->open_count(disk->inner->self, open, error);
}

static int disk_each_waking(void *self, const struct store_waking *after, uint64_t until_ms, uint32_t limit,
                            store_row_visitor *visit, void *context, struct error *error)
{
    struct disk *disk = self;
    return disk->inner->each_waking(disk->inner->self, after, until_ms, limit, visit, context, error);
}

static int disk_each_expired(void *self, uint64_t now_ms, uint32_t limit, store_row_visitor *visit, void *context,
                             struct error *error)
{
    struct disk *disk = self;
    return disk->inner->each_expired(disk->inner->self, now_ms, limit, visit, context, error);
}

static int disk_each_fact(void *self, uint64_t txn, uint32_t from_seq, store_facts_visitor *visit, void *context,
                          struct error *error)
{
    struct disk *disk = self;
    return disk->inner->each_fact(disk->inner->self, txn, from_seq, visit, context, error);
}

static int disk_each_row(void *self, const struct store_query *query, store_row_visitor *visit, void *context,
                         struct error *error)
{
    struct disk *disk = self;
    return disk->inner->each_row(disk->inner->self, query, visit, context, error);
}

static int disk_row(void *self, uint64_t txn, store_row_visitor *visit, void *context, struct error *error)
{
    struct disk *disk = self;
    return disk->inner->row(disk->inner->self, txn, visit, context, error);
}

static int disk_find(void *self, const char *id, const char *key, store_row_visitor *visit, void *context,
                     struct error *error)
{
    struct disk *disk = self;
    return disk->inner->find(disk->inner->self, id, key, visit, context, error);
}

static int disk_each_definition(void *self, const char *name, uint32_t version, store_definition_visitor *visit,
                                void *context, struct error *error)
{
    struct disk *disk = self;
    return disk->inner->each_definition(disk->inner->self, name, version, visit, context, error);
}

static int disk_each_participant(void *self, store_participant_visitor *visit, void *context, struct error *error)
{
    struct disk *disk = self;
    return disk->inner->each_participant(disk->inner->self, visit, context, error);
}

static int disk_each_schedule(void *self, store_schedule_visitor *visit, void *context, struct error *error)
{
    struct disk *disk = self;
    return disk->inner->each_schedule(disk->inner->self, visit, context, error);
}

static int disk_each_message(void *self, const char *participant, uint32_t limit, store_message_visitor *visit,
                             void *context, struct error *error)
{
    struct disk *disk = self;
    return disk->inner->each_message(disk->inner->self, participant, limit, visit, context, error);
}

void disk_open(struct disk *disk, struct world *world, uint64_t secret)
{
    *disk = (struct disk){.world = world, .inner = store_memory_open(secret)};
    disk->port = (struct store){.self = disk,
                                .commit = disk_commit,
                                .secret = disk_secret,
                                .last = disk_last,
                                .open_count = disk_open_count,
                                .each_waking = disk_each_waking,
                                .each_expired = disk_each_expired,
                                .each_fact = disk_each_fact,
                                .each_row = disk_each_row,
                                .row = disk_row,
                                .find = disk_find,
                                .each_definition = disk_each_definition,
                                .each_participant = disk_each_participant,
                                .each_schedule = disk_each_schedule,
                                .each_message = disk_each_message};
}

void disk_close(struct disk *disk)
{
    disk->inner->close(disk->inner->self);
}

static int disk_commit(void *self, const struct store_batch *batch, struct error *error)
{
    struct disk *disk = self;
    struct world *world = disk->world;
    enum disk_fault what = disk->failed ? DISK_LOSE : fault(disk);
    disk->next = DISK_GOOD;
    world_note(world, "disk: commit of %zu new, %zu changed, %zu with facts%s", batch->inserts_count,
               batch->updates_count, batch->facts_count,
               what == DISK_GOOD   ? ""
               : what == DISK_LOSE ? ": lost"
                                   : ": kept");
    int code = 0;
    if (what != DISK_LOSE)
        code = world->mutant ? lie(disk, batch, error) : disk->inner->commit(disk->inner->self, batch, error);
    if (code || what == DISK_GOOD)
        return code;
    disk->failed = true;
    disk->kept = what == DISK_KEEP;
    count(what == DISK_LOSE ? COUNT_COMMIT_LOST : COUNT_COMMIT_KEPT);
    return error_set(error, ERROR_STORE, "the simulated disk failed");
}

static enum disk_fault fault(struct disk *disk)
{
    struct world *world = disk->world;
    if (disk->next != DISK_GOOD)
        return disk->next;
    if (dice_hit(&world->dice[DICE_DISK], world->weather.commit_lost))
        return DISK_LOSE;
    return dice_hit(&world->dice[DICE_DISK], world->weather.commit_kept) ? DISK_KEEP : DISK_GOOD;
}

/* What a broken store might do. */
static int lie(struct disk *disk, const struct store_batch *batch, struct error *error)
{
    struct world *world = disk->world;
    struct store_batch written = *batch;
    bool stale = world->mutant == MUTANT_STALE_ROW && dice_hit(&world->dice[DICE_DISK], 200);
    if (world->mutant == MUTANT_LOST_COMMIT && world->cut)
        return 0;
    if (stale)
        written.updates_count = 0;
    if (world->mutant != MUTANT_LOST_FACT || !written.facts_count || !dice_hit(&world->dice[DICE_DISK], 100))
        return disk->inner->commit(disk->inner->self, &written, error);
    written.facts_count--;
    return disk->inner->commit(disk->inner->self, &written, error);
}
