/* Lines of transactions before their locks. */
#include "engine/locks.h"

#include "base/mem.h"
#include "engine/inside.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

struct lock {
    struct link by_key;
    char *key;
    struct open *first;
    struct open *last;
    struct ranks ranks;
    struct lock *next_touched;
    bool touched;
};

/* For a circle: the outermost transactions that are waited for and whose children have to be looked at. */
struct search {
    struct locks *locks;
    uint64_t root;
    uint64_t number;
    uint64_t *roots;
    size_t count;
    bool found;
};

static void search_line(struct search *search, struct open *last);
static void search_relatives(struct search *search, uint64_t root);
static void rank(struct lock *lock);
static struct lock *find(const struct locks *locks, const char *key);
static void touch(struct locks *locks, struct lock *lock);
static void free_lock(struct link *link, void *context);

void locks_done(struct locks *locks)
{
    table_each(&locks->by_key, free_lock, NULL);
    table_done(&locks->by_key);
    table_done(&locks->by_root);
}

const struct open *locks_holder(const struct locks *locks, const char *key)
{
    const struct lock *lock = find(locks, key);
    return lock ? lock->first : NULL;
}

void locks_join(struct locks *locks, struct open *open, const char *key)
{
    struct lock *lock = find(locks, key);
    assert(!open->stand.lock);
    if (!lock) {
        lock = mem_new(sizeof *lock);
        lock->key = mem_string(key);
        table_put(&locks->by_key, &lock->by_key, table_hash(&locks->by_key, key));
    }
    assert(!lock->last || lock->last->number < open->number);
    open->stand = (struct stand){.lock = lock, .before = lock->last, .place = ranks_join(&lock->ranks)};
    *(lock->last ? &lock->last->stand.behind : &lock->first) = open;
    lock->last = open;
    locks->stands_count++;
    if (open->parent)
        table_put(&locks->by_root, &open->stand.by_root, open->root);
    touch(locks, lock);
}

void locks_leave(struct locks *locks, struct open *open)
{
    struct stand *stand = &open->stand;
    struct lock *lock = stand->lock;
    if (!lock)
        return;
    locks->stands_count--;
    ranks_leave(&lock->ranks, stand->place);
    *(stand->before ? &stand->before->stand.behind : &lock->first) = stand->behind;
    *(stand->behind ? &stand->behind->stand.before : &lock->last) = stand->before;
    if (open->parent)
        table_remove(&locks->by_root, &stand->by_root);
    *stand = (struct stand){0};
    touch(locks, lock);
}

bool locks_circle(struct locks *locks, const char *key, uint64_t root)
{
    const struct lock *lock = find(locks, key);
    struct search search = {.locks = locks, .root = root, .number = ++locks->searches};
    if (lock)
        search_line(&search, lock->last);
    while (!search.found && search.count)
        search_relatives(&search, search.roots[--search.count]);
    mem_free(search.roots);
    return search.found;
}

size_t locks_before(const struct open *open, char holder[LIMIT_ID_TEXT])
{
    struct lock *lock = open->stand.lock;
    if (!open->stand.before)
        return 0;
    if (!lock->ranks.sums)
        rank(lock);
    snprintf(holder, LIMIT_ID_TEXT, "%s", lock->first->id);
    return ranks_before(&lock->ranks, open->stand.place);
}

/* Who is granted a lock may end at once, and so touch it again. */
void locks_grant(struct engine *engine)
{
    struct locks *locks = &engine->locks;
    while (locks->touched) {
        struct lock *lock = locks->touched;
        locks->touched = lock->next_touched;
        lock->touched = false;
        if (!lock->first) {
            table_remove(&locks->by_key, &lock->by_key);
            free_lock(&lock->by_key, NULL);
        } else if (lock->first->txn->lock == LOCK_WANTED) {
            steps_feed(engine, lock->first, &(struct event){.type = EVENT_GRANT}, NULL, 0);
        }
    }
}

/* From `last` to the holder. Where the search was before, it was at all that stand before that, too. */
static void search_line(struct search *search, struct open *last)
{
    for (struct open *at = last; at && at->stand.seen != search->number; at = at->stand.before) {
        at->stand.seen = search->number;
        search->found |= at->root == search->root;
        search->roots = mem_grow(search->roots, (search->count + 1) * sizeof *search->roots);
        search->roots[search->count++] = at->root;
    }
}

/* Its children that want a lock wait for all before them. */
static void search_relatives(struct search *search, uint64_t root)
{
    struct link *link = table_first(&search->locks->by_root, root);
    for (; link; link = table_next(link)) {
        struct open *child = table_owner(link, struct open, stand.by_root);
        if (child->root == root && child->txn->lock == LOCK_WANTED)
            search_line(search, child->stand.before);
    }
}

static void rank(struct lock *lock)
{
    uint32_t count = 0;
    for (struct open *at = lock->first; at; at = at->stand.behind)
        at->stand.place = ++count;
    ranks_make(&lock->ranks, count);
}

static struct lock *find(const struct locks *locks, const char *key)
{
    struct link *link = table_first(&locks->by_key, table_hash(&locks->by_key, key));
    for (; link; link = table_next(link))
        if (strcmp(table_owner(link, struct lock, by_key)->key, key) == 0)
            return table_owner(link, struct lock, by_key);
    return NULL;
}

static void touch(struct locks *locks, struct lock *lock)
{
    if (lock->touched)
        return;
    lock->touched = true;
    lock->next_touched = locks->touched;
    locks->touched = lock;
}

static void free_lock(struct link *link, void *context)
{
    struct lock *lock = table_owner(link, struct lock, by_key);
    (void)context;
    ranks_done(&lock->ranks);
    mem_free(lock->key);
    mem_free(lock);
}
