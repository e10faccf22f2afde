/* A binary heap of tasks. */
#include "sim/agenda.h"

static bool before(const struct task *a, const struct task *b)
{
    return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->turn < b->turn;
}

static void swap(struct task *a, struct task *b)
{
    struct task other = *a;
    *a = *b;
    *b = other;
}

void agenda_put(struct agenda *agenda, struct keep *keep, uint64_t at_ms,
                void (*run)(struct world *world, void *what), void *what)
{
    if (agenda->count == agenda->capacity) {
        agenda->capacity = agenda->capacity ? 2 * agenda->capacity : 256;
        struct task *heap = keep_new(keep, agenda->capacity * sizeof *heap);
        for (size_t i = 0; i < agenda->count; i++)
            heap[i] = agenda->heap[i];
        agenda->heap = heap;
    }
    size_t at = agenda->count++;
    agenda->heap[at] = (struct task){at_ms, agenda->turn++, run, what};
    for (; at > 0 && before(&agenda->heap[at], &agenda->heap[(at - 1) / 2]); at = (at - 1) / 2)
        swap(&agenda->heap[at], &agenda->heap[(at - 1) / 2]);
}

uint64_t agenda_next(const struct agenda *agenda)
{
    return agenda->count ? agenda->heap[0].at_ms : UINT64_MAX;
}

bool agenda_take(struct agenda *agenda, uint64_t now_ms, struct task *task)
{
    if (agenda_next(agenda) > now_ms)
        return false;
    *task = agenda->heap[0];
    agenda->heap[0] = agenda->heap[--agenda->count];
    for (size_t at = 0;;) {
        size_t child = 2 * at + 1;
        if (child + 1 < agenda->count && before(&agenda->heap[child + 1], &agenda->heap[child]))
            child++;
        if (child >= agenda->count || !before(&agenda->heap[child], &agenda->heap[at]))
            return true;
        swap(&agenda->heap[child], &agenda->heap[at]);
        at = child;
    }
}
