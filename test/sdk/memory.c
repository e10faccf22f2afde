/* See memory.h. */
#include "memory.h"

#include <assert.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stddef.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);

static atomic_int countdown, sqlite_countdown;
static _Atomic enum memory_where limits;
static _Thread_local bool asked; /* memory_fail was called on this thread */
static sqlite3_mem_methods standard;

static bool is_last(atomic_int *counter)
{
    return atomic_load(counter) > 0 && atomic_fetch_sub(counter, 1) == 1;
}

static bool fails(void)
{
    enum memory_where where = atomic_load(&limits);
    bool counts = where == MEMORY_ANYWHERE || asked == (where == MEMORY_HERE);
    return counts && is_last(&countdown);
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
    return fails() ? NULL : __real_realloc(memory, size);
}

static void *sqlite_malloc(int size)
{
    return is_last(&sqlite_countdown) ? NULL : standard.xMalloc(size);
}

static void *sqlite_realloc(void *memory, int size)
{
    return is_last(&sqlite_countdown) ? NULL : standard.xRealloc(memory, size);
}

void memory_prepare(void)
{
    int rc = sqlite3_config(SQLITE_CONFIG_GETMALLOC, &standard);
    sqlite3_mem_methods poor = standard;
    poor.xMalloc = sqlite_malloc;
    poor.xRealloc = sqlite_realloc;
    rc += sqlite3_config(SQLITE_CONFIG_MALLOC, &poor);
    assert(rc == SQLITE_OK);
}

void memory_fail(int n, enum memory_where where)
{
    asked = true;
    atomic_store(&limits, where);
    atomic_store(&countdown, n);
}

void memory_fail_sqlite(int n)
{
    atomic_store(&sqlite_countdown, n);
}

bool memory_was_enough(void)
{
    bool one = atomic_exchange(&countdown, 0) > 0, other = atomic_exchange(&sqlite_countdown, 0) > 0;
    return one || other;
}
