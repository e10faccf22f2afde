/* A set of characters: [a-z_], \w, the dot. */
#ifndef BELAY_DEFINITION_PATTERN_CLASS_H
#define BELAY_DEFINITION_PATTERN_CLASS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CHARACTER_MAX = 0x10ffff };

struct pattern_range {
    uint32_t first;
    uint32_t last;
};

/* {0} is empty. */
struct pattern_class {
    struct pattern_range *ranges;
    size_t count;
    uint64_t ascii[2]; /* a bit for each of the first 128, once it is closed */
};

void pattern_class_add(struct pattern_class *class, uint32_t first, uint32_t last);

/* What \d, \w, \s, \D, \W or \S stand for, by their letter; '.' is all but the ends of lines. */
void pattern_class_add_named(struct pattern_class *class, char letter);

/* Makes it ready for pattern_class_has. `negated`: all others instead. */
void pattern_class_close(struct pattern_class *class, bool negated);
bool pattern_class_has(const struct pattern_class *class, uint32_t character);

void pattern_class_done(struct pattern_class *class);

#endif
