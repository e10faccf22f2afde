/* Allocations that fail: those of this program, the SDK within it, and those of SQLite. The linker sends malloc,
 * calloc and realloc here (--wrap); other libraries keep theirs. */
#ifndef BELAY_SDK_MEMORY_H
#define BELAY_SDK_MEMORY_H

#include <stdbool.h>

enum memory_where { MEMORY_HERE, MEMORY_ELSEWHERE, MEMORY_ANYWHERE }; /* on the calling thread, or on others */

/* Before SQLite is used. */
void memory_prepare(void);

/* The n-th allocation from now fails, 1 being the next; 0: none. */
void memory_fail(int n, enum memory_where where);
void memory_fail_sqlite(int n);

/* Nothing fails any more. True when nothing had: the n-th was not asked for. */
bool memory_was_enough(void);

#endif
