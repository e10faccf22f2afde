/* Memory that is given out in one direction and taken back all at once: the syntax tree of an expression,
 * and everything one evaluation makes. The first bytes come with the struct, so that small work allocates
 * nothing. */
#ifndef BELAY_DEFINITION_EXPR_MEMORY_H
#define BELAY_DEFINITION_EXPR_MEMORY_H

#include <stdalign.h>
#include <stddef.h>

enum { EXPR_MEMORY_FIRST = 1024 };

struct expr_memory_chunk;

struct expr_memory {
    struct expr_memory_chunk *chunk; /* the newest; NULL while the first bytes suffice */
    size_t first_used;
    size_t total; /* bytes of all chunks */
    size_t max;
    alignas(max_align_t) char first[EXPR_MEMORY_FIRST];
};

/* A place to go back to. */
struct expr_memory_mark {
    struct expr_memory_chunk *chunk;
    size_t used;
};

/* `max` bounds the bytes beyond the first ones. */
void expr_memory_init(struct expr_memory *memory, size_t max);
void expr_memory_done(struct expr_memory *memory);

/* `size` bytes, aligned for anything and not zeroed; NULL when that would be over the maximum. */
void *expr_memory_take(struct expr_memory *memory, size_t size);

/* Everything taken after the mark is given back. */
struct expr_memory_mark expr_memory_mark(const struct expr_memory *memory);
void expr_memory_release(struct expr_memory *memory, struct expr_memory_mark mark);

#endif
