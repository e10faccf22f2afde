/* An allocator for the SDK's tests: it fails at its n-th allocation and counts what is not freed. */
#ifndef BELAY_UNIT_SDK_POOR_H
#define BELAY_UNIT_SDK_POOR_H

#include <stddef.h>
#include <stdlib.h>

struct poor {
    int countdown; /* 0: never fails */
    int live;
};

static inline void *poor_resize(void *context, void *old_memory, size_t size)
{
    struct poor *poor = context;
    if (size == 0) {
        poor->live -= old_memory != NULL;
        free(old_memory);
        return NULL;
    }
    if (--poor->countdown == 0)
        return NULL;
    void *memory = realloc(old_memory, size);
    poor->live += memory && !old_memory;
    return memory;
}

#endif
