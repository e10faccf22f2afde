/* The walk that finds pointers in a JSON text. The places are sorted so that those below one value are
 * neighbours; the walk goes only where a place is wanted and skips the rest, so a file of any shape costs
 * one pass. */
#include "definition/locate.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "definition/findings.h"
#include "definition/scan.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Places [from, to) share the first `depth` bytes of their pointers: the path of the present value. */
struct range {
    size_t from;
    size_t to;
    size_t depth;
};

struct walk {
    struct scan scan;
    struct place *places;
    struct buf segment; /* "/key", escaped */
};

static int compare_pointers(const void *a, const void *b);
static int compare_offsets(const void *a, const void *b);
static void walk_value(struct walk *walk, struct range range, enum token token, size_t at);
static void count_lines(const char *text, size_t length, struct place *places, size_t count);

void locate(const char *text, size_t length, struct place *places, size_t count)
{
    struct walk walk = {.scan = {.text = text, .length = length}, .places = places};
    if (count == 0)
        return;
    buf_init(&walk.segment, 2 * LIMIT_DEFINITION_BYTES);
    qsort(places, count, sizeof *places, compare_pointers);
    enum token token = scan_next(&walk.scan);
    walk_value(&walk, (struct range){0, count, 0}, token, walk.scan.start);
    buf_done(&walk.segment);
    qsort(places, count, sizeof *places, compare_offsets);
    count_lines(text, length, places, count);
}

void locate_forward(const char *text, size_t length, size_t offset, struct position *position)
{
    assert(position->offset <= offset && position->line >= 1);
    while (position->offset < offset && position->offset < length) {
        size_t width = utf8_width(text + position->offset, length - position->offset);
        position->column++;
        if (text[position->offset] == '\n') {
            position->line++;
            position->column = 1;
        }
        position->offset += width ? width : 1;
    }
}

/* "/" sorts before every other byte: what is below a value then follows right behind it. */
static int rank(char byte)
{
    return byte == '\0' ? 0 : byte == '/' ? 1 : 2 + (unsigned char)byte;
}

static int compare_pointers(const void *a, const void *b)
{
    const char *left = ((const struct place *)a)->pointer;
    const char *right = ((const struct place *)b)->pointer;
    while (*left && *left == *right) {
        left++;
        right++;
    }
    return rank(*left) - rank(*right);
}

static int compare_offsets(const void *a, const void *b)
{
    const struct place *left = a;
    const struct place *right = b;
    return (left->offset > right->offset) - (left->offset < right->offset);
}

/* Compares the segment of `pointer` that begins at `depth` with the one in walk->segment. */
static int compare_segment(const struct walk *walk, const char *pointer, size_t depth)
{
    const char *own = pointer + depth;
    if (*own == '\0')
        return -1;
    size_t length = 1 + strcspn(own + 1, "/");
    size_t other = walk->segment.length;
    int order = 0;
    for (size_t i = 0; order == 0 && i < length && i < other; i++)
        order = rank(own[i]) - rank(walk->segment.data[i]);
    return order ? order : (length > other) - (length < other);
}

/* The places of `range` that are at or below the segment in walk->segment. */
static struct range narrow(const struct walk *walk, struct range range)
{
    size_t low = range.from;
    size_t high = range.to;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_segment(walk, walk->places[middle].pointer, range.depth) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    struct range inner = {low, low, range.depth + walk->segment.length};
    while (inner.to < range.to && compare_segment(walk, walk->places[inner.to].pointer, range.depth) == 0)
        inner.to++;
    return inner;
}

static void put_escaped(struct buf *segment, const char *key, size_t length)
{
    buf_clear(segment);
    buf_putc(segment, '/');
    for (size_t i = 0; i < length; i++)
        if (key[i] == '~' || key[i] == '/')
            buf_puts(segment, key[i] == '~' ? "~0" : "~1");
        else
            buf_putc(segment, key[i]);
}

static void walk_object(struct walk *walk, struct range range)
{
    struct buf key;
    buf_init(&key, LIMIT_DEFINITION_BYTES);
    for (enum token token = scan_next(&walk->scan); token == TOKEN_STRING; token = scan_next(&walk->scan)) {
        size_t at = walk->scan.start;
        buf_clear(&key);
        scan_string(&walk->scan, at, &key);
        if (scan_next(&walk->scan) != TOKEN_COLON)
            break;
        token = scan_next(&walk->scan);
        put_escaped(&walk->segment, key.data, key.length);
        walk_value(walk, narrow(walk, range), token, at);
        if (scan_next(&walk->scan) != TOKEN_COMMA)
            break;
    }
    buf_done(&key);
}

static void walk_array(struct walk *walk, struct range range)
{
    size_t index = 0;
    enum token token = scan_next(&walk->scan);
    while (token != TOKEN_ARRAY_END && token != TOKEN_END) {
        buf_clear(&walk->segment);
        buf_printf(&walk->segment, "/%zu", index++);
        walk_value(walk, narrow(walk, range), token, walk->scan.start);
        if (scan_next(&walk->scan) != TOKEN_COMMA)
            break;
        token = scan_next(&walk->scan);
    }
}

/* The value that `token` begins; `at` is where it is said to stand. */
static void walk_value(struct walk *walk, struct range range, enum token token, size_t at)
{
    bool below = false;
    for (size_t i = range.from; i < range.to; i++) {
        struct place *place = &walk->places[i];
        bool here = place->pointer[range.depth] == '\0';
        below = below || !here;
        place->offset = at;
        if (here && place->inside != FINDING_WHOLE && token == TOKEN_STRING)
            place->offset = scan_inside(&walk->scan, walk->scan.start, place->inside);
    }
    if (below && token == TOKEN_OBJECT)
        walk_object(walk, range);
    else if (below && token == TOKEN_ARRAY)
        walk_array(walk, range);
    else
        scan_skip(&walk->scan, token);
}

/* `places` are sorted by offset. */
static void count_lines(const char *text, size_t length, struct place *places, size_t count)
{
    struct position position = POSITION_FIRST;
    for (size_t i = 0; i < count; i++) {
        if (position.offset < places[i].offset)
            locate_forward(text, length, places[i].offset, &position);
        places[i].line = position.line;
        places[i].column = position.column;
    }
}
