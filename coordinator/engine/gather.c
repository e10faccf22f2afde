/* When waiting for company is worth it. */
#include "engine/gather.h"

static bool habit_skips(struct gather_habit *habit);
static void habit_learn(struct gather_habit *habit, bool came);

size_t gather_enough(struct gather *gather, uint32_t calls_count, uint32_t clients_count)
{
    bool alone = clients_count && habit_skips(&gather->clients);
    uint64_t count = calls_count + (alone ? 0 : (uint64_t)clients_count);
    gather->clients_too = count > calls_count;
    if (count < GATHER_CALLS || habit_skips(&gather->calls))
        return 0;
    uint64_t most = count * GATHER_SHARE / 16;
    return most < GATHER_ENOUGH ? (size_t)most : GATHER_ENOUGH;
}

void gather_learn(struct gather *gather, bool came)
{
    if (came || gather->clients_too)
        habit_learn(&gather->clients, came);
    if (came || !gather->clients_too)
        habit_learn(&gather->calls, came);
}

static bool habit_skips(struct gather_habit *habit)
{
    if (!habit->left)
        return false;
    habit->left--;
    return true;
}

static void habit_learn(struct gather_habit *habit, bool came)
{
    if (came)
        habit->skip = 0;
    else if (!habit->skip)
        habit->skip = 1;
    else if (habit->skip < GATHER_SKIP_MOST)
        habit->skip *= 2;
    habit->left = habit->skip;
}
