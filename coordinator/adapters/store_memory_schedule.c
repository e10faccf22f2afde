/* The memory store's schedules: one row per saga. */
#include "adapters/store_memory_inner.h"
#include "base/mem.h"

#include <string.h>

void store_memory_put_schedule(struct store_memory *memory, const struct store_schedule *schedule)
{
    size_t at = 0;
    while (at < memory->schedules_count && strcmp(memory->schedules[at].saga, schedule->saga) < 0)
        at++;
    bool known = at < memory->schedules_count && strcmp(memory->schedules[at].saga, schedule->saga) == 0;
    if (!known) {
        memory->schedules =
            mem_grow(memory->schedules, (memory->schedules_count + 1) * sizeof *memory->schedules);
        struct store_schedule *slot = &memory->schedules[at];
        memmove(slot + 1, slot, (memory->schedules_count++ - at) * sizeof *slot);
        slot->saga = mem_string(schedule->saga);
    }
    memory->schedules[at].done_ms = schedule->done_ms;
}

int store_memory_each_schedule(void *self, store_schedule_visitor *visit, void *context, struct error *error)
{
    struct store_memory *memory = self;
    (void)error;
    pthread_rwlock_rdlock(&memory->lock);
    for (size_t i = 0; i < memory->schedules_count; i++)
        if (!visit(context, &memory->schedules[i]))
            break;
    pthread_rwlock_unlock(&memory->lock);
    return 0;
}

void store_memory_free_schedules(struct store_memory *memory)
{
    for (size_t i = 0; i < memory->schedules_count; i++)
        mem_free((char *)memory->schedules[i].saga);
    mem_free(memory->schedules);
}
