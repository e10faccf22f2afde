/* Rows of bits: which steps come before which. */
#ifndef BELAY_DEFINITION_BITS_H
#define BELAY_DEFINITION_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bits {
    uint64_t *words;
    size_t row_words;
};

/* `rows` rows of `columns` bits, all false. */
void bits_init(struct bits *bits, size_t rows, size_t columns);
void bits_done(struct bits *bits);

bool bits_test(const struct bits *bits, size_t row, size_t column);
void bits_set(struct bits *bits, size_t row, size_t column);

/* Adds row `from` of `other` (of the same width) to row `row`. */
void bits_add(struct bits *bits, size_t row, const struct bits *other, size_t from);

#endif
