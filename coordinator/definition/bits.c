/* Rows of bits, 64 to a word. */
#include "definition/bits.h"

#include "base/mem.h"

#include <assert.h>

void bits_init(struct bits *bits, size_t rows, size_t columns)
{
    bits->row_words = columns / 64 + 1;
    bits->words = mem_array(rows * bits->row_words, sizeof *bits->words);
}

void bits_done(struct bits *bits)
{
    mem_free(bits->words);
    *bits = (struct bits){0};
}

bool bits_test(const struct bits *bits, size_t row, size_t column)
{
    assert(column / 64 < bits->row_words);
    return bits->words[row * bits->row_words + column / 64] >> column % 64 & 1;
}

void bits_set(struct bits *bits, size_t row, size_t column)
{
    assert(column / 64 < bits->row_words);
    bits->words[row * bits->row_words + column / 64] |= (uint64_t)1 << column % 64;
}

void bits_add(struct bits *bits, size_t row, const struct bits *other, size_t from)
{
    assert(bits->row_words == other->row_words);
    for (size_t i = 0; i < bits->row_words; i++)
        bits->words[row * bits->row_words + i] |= other->words[from * bits->row_words + i];
}
