/* Sets of characters as sorted ranges, with a bitmap for the most frequent ones. */
#include "definition/pattern_class.h"

#include "base/mem.h"

#include <assert.h>
#include <stdlib.h>

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

static const struct pattern_range digits[] = {{'0', '9'}};
static const struct pattern_range words[] = {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
/* ECMA-262, WhiteSpace and LineTerminator */
static const struct pattern_range spaces[] = {
    {0x09, 0x0d},     {0x20, 0x20},     {0xa0, 0xa0},     {0x1680, 0x1680}, {0x2000, 0x200a},
    {0x2028, 0x2029}, {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000}, {0xfeff, 0xfeff}};
static const struct pattern_range line_ends[] = {{0x0a, 0x0a}, {0x0d, 0x0d}, {0x2028, 0x2029}};

static void add_all(struct pattern_class *class, const struct pattern_range *ranges, size_t count);
static void add_others(struct pattern_class *class, const struct pattern_range *ranges, size_t count);
static void normalise(struct pattern_class *class);
static int compare(const void *a, const void *b);

void pattern_class_add(struct pattern_class *class, uint32_t first, uint32_t last)
{
    assert(first <= last && last <= CHARACTER_MAX);
    if ((class->count & (class->count - 1)) == 0) /* full at every power of two */
        class->ranges = mem_grow(class->ranges, (class->count ? 2 * class->count : 1) * sizeof *class->ranges);
    class->ranges[class->count++] = (struct pattern_range){first, last};
}

void pattern_class_add_named(struct pattern_class *class, char letter)
{
    switch (letter) {
    case 'd':
        add_all(class, digits, COUNT(digits));
        return;
    case 'w':
        add_all(class, words, COUNT(words));
        return;
    case 's':
        add_all(class, spaces, COUNT(spaces));
        return;
    case 'D':
        add_others(class, digits, COUNT(digits));
        return;
    case 'W':
        add_others(class, words, COUNT(words));
        return;
    case 'S':
        add_others(class, spaces, COUNT(spaces));
        return;
    default:
        assert(letter == '.');
        add_others(class, line_ends, COUNT(line_ends));
    }
}

void pattern_class_close(struct pattern_class *class, bool negated)
{
    normalise(class);
    if (negated) {
        struct pattern_class positive = *class;
        *class = (struct pattern_class){0};
        add_others(class, positive.ranges, positive.count);
        pattern_class_done(&positive);
    }
    class->ascii[0] = class->ascii[1] = 0;
    for (size_t i = 0; i < class->count; i++)
        for (uint32_t c = class->ranges[i].first; c < 128 && c <= class->ranges[i].last; c++)
            class->ascii[c / 64] |= (uint64_t)1 << c % 64;
}

bool pattern_class_has(const struct pattern_class *class, uint32_t character)
{
    if (character < 128)
        return class->ascii[character / 64] >> character % 64 & 1;
    size_t low = 0, high = class->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (class->ranges[middle].last < character)
            low = middle + 1;
        else
            high = middle;
    }
    return low < class->count && class->ranges[low].first <= character;
}

void pattern_class_done(struct pattern_class *class)
{
    mem_free(class->ranges);
    *class = (struct pattern_class){0};
}

static void add_all(struct pattern_class *class, const struct pattern_range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++)
        pattern_class_add(class, ranges[i].first, ranges[i].last);
}

/* `ranges` are sorted and apart. */
static void add_others(struct pattern_class *class, const struct pattern_range *ranges, size_t count)
{
    uint32_t from = 0;
    for (size_t i = 0; i < count; i++) {
        if (ranges[i].first > from)
            pattern_class_add(class, from, ranges[i].first - 1);
        from = ranges[i].last + 1;
    }
    if (from <= CHARACTER_MAX)
        pattern_class_add(class, from, CHARACTER_MAX);
}

static void normalise(struct pattern_class *class)
{
    if (class->count == 0)
        return;
    qsort(class->ranges, class->count, sizeof *class->ranges, compare);
    size_t used = 0;
    for (size_t i = 1; i < class->count; i++) {
        struct pattern_range *last = &class->ranges[used];
        if (class->ranges[i].first > last->last + 1)
            class->ranges[++used] = class->ranges[i];
        else if (class->ranges[i].last > last->last)
            last->last = class->ranges[i].last;
    }
    class->count = used + 1;
}

static int compare(const void *a, const void *b)
{
    const struct pattern_range *left = a;
    const struct pattern_range *right = b;
    return (left->first > right->first) - (left->first < right->first);
}
