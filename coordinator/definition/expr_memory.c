/* The memory of expressions: a stack of chunks. */
#include "definition/expr_memory.h"

#include "base/mem.h"

#include <assert.h>

struct expr_memory_chunk {
    struct expr_memory_chunk *before;
    size_t size;
    size_t used;
    alignas(max_align_t) char bytes[];
};

enum { CHUNK_BYTES = 8192 }; /* a few hundred values; larger wishes get a chunk of their own */

void expr_memory_init(struct expr_memory *memory, size_t max)
{
    memory->chunk = NULL;
    memory->first_used = 0;
    memory->total = 0;
    memory->max = max;
}

void expr_memory_done(struct expr_memory *memory)
{
    expr_memory_release(memory, (struct expr_memory_mark){0});
    assert(memory->total == 0);
}

static void *take_from_new_chunk(struct expr_memory *memory, size_t size)
{
    size_t room = memory->max - memory->total;
    size_t wanted = size > CHUNK_BYTES ? size : CHUNK_BYTES;
    if (size > room)
        return NULL;
    if (wanted > room)
        wanted = room;
    struct expr_memory_chunk *chunk = mem_grow(NULL, sizeof *chunk + wanted);
    chunk->before = memory->chunk;
    chunk->size = wanted;
    chunk->used = size;
    memory->chunk = chunk;
    memory->total += wanted;
    return chunk->bytes;
}

void *expr_memory_take(struct expr_memory *memory, size_t size)
{
    const size_t align = alignof(max_align_t);
    if (size > memory->max + EXPR_MEMORY_FIRST)
        return NULL;
    size = (size + align - 1) / align * align;
    size_t *used = memory->chunk ? &memory->chunk->used : &memory->first_used;
    size_t capacity = memory->chunk ? memory->chunk->size : EXPR_MEMORY_FIRST;
    char *bytes = memory->chunk ? memory->chunk->bytes : memory->first;
    assert(*used <= capacity);
    if (size > capacity - *used)
        return take_from_new_chunk(memory, size);
    void *taken = bytes + *used;
    *used += size;
    return taken;
}

struct expr_memory_mark expr_memory_mark(const struct expr_memory *memory)
{
    return (struct expr_memory_mark){memory->chunk, memory->chunk ? memory->chunk->used : memory->first_used};
}

void expr_memory_release(struct expr_memory *memory, struct expr_memory_mark mark)
{
    while (memory->chunk != mark.chunk) {
        struct expr_memory_chunk *chunk = memory->chunk;
        assert(chunk && "the mark belongs to this memory");
        memory->chunk = chunk->before;
        memory->total -= chunk->size;
        mem_free(chunk);
    }
    if (memory->chunk)
        memory->chunk->used = mark.used;
    else
        memory->first_used = mark.used;
}
