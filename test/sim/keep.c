/* A list of blocks that are filled one after the other. */
#include "sim/keep.h"

#include "base/mem.h"

#include <stdint.h>
#include <string.h>

enum { BLOCK = 64 * 1024, ALIGN = 16 };

struct keep_block {
    struct keep_block *next;
    uint64_t padding; /* the bytes begin aligned */
    unsigned char bytes[];
};

void *keep_new(struct keep *keep, size_t size)
{
    size = (size + ALIGN - 1) / ALIGN * ALIGN;
    if (!keep->blocks || keep->used + size > BLOCK) {
        struct keep_block *block = mem_new(sizeof *block + (size > BLOCK ? size : BLOCK));
        block->next = keep->blocks;
        keep->blocks = block;
        keep->used = 0;
    }
    void *memory = keep->blocks->bytes + keep->used;
    keep->used += size;
    return memory;
}

char *keep_bytes(struct keep *keep, const void *bytes, size_t length)
{
    char *copy = keep_new(keep, length + 1);
    if (length)
        memcpy(copy, bytes, length);
    return copy;
}

char *keep_text(struct keep *keep, const char *text)
{
    return keep_bytes(keep, text, strlen(text));
}

void *keep_grow(struct keep *keep, void *array, size_t count, size_t size)
{
    if (count < 8 ? count != 0 : (count & (count - 1)) != 0)
        return array;
    void *larger = keep_new(keep, (count < 8 ? 8 : 2 * count) * size);
    if (count)
        memcpy(larger, array, count * size);
    return larger;
}

void keep_done(struct keep *keep)
{
    while (keep->blocks) {
        struct keep_block *block = keep->blocks;
        keep->blocks = block->next;
        mem_free(block);
    }
    keep->used = 0;
}
