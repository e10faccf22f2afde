/* Walking two JSON values at once. */
#include "cli/compare.h"

#include "base/buf.h"
#include "base/mem.h"
#include "cli/output.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

/* The table of compare_align; beyond it a person reads nothing out of the difference anyway. */
enum { ALIGN_CELLS = 4 << 20 };

struct walk {
    json_t *found;
    struct buf pointer;
    const char *step; /* id around */
};

static void walk_values(struct walk *walk, const json_t *from, const json_t *to);
static void walk_objects(struct walk *walk, const json_t *from, const json_t *to);
static void walk_ids(struct walk *walk, const json_t *from, const json_t *to);
static void walk_list(struct walk *walk, const json_t *from, const json_t *to);
static void tell(struct walk *walk, const char *change, const json_t *from, const json_t *to);
static void tell_at(struct walk *walk, const char *change, size_t index, const json_t *from, const json_t *to);
static size_t push(struct walk *walk, const char *name);
static size_t push_index(struct walk *walk, size_t index);
static bool have_ids(const json_t *list);
static const char *id_of(const json_t *value);
static size_t find_id(const json_t *list, const char *id);
static void mark_moved(const size_t *place, size_t count, bool *moved);
static bool same_scalar(const json_t *a, const json_t *b);

json_t *compare_values(const json_t *from, const json_t *to)
{
    struct walk walk = {.found = json_array()};
    buf_init(&walk.pointer, OUTPUT_BYTES);
    walk_values(&walk, from, to);
    buf_done(&walk.pointer);
    return walk.found;
}

/* The longest common subsequence, from a table of the lengths of what is left. */
void compare_align(const json_t *from, const json_t *to, size_t *pair)
{
    size_t n = json_array_size(from), m = json_array_size(to), i = 0, k = 0;
    for (size_t at = 0; at < n; at++)
        pair[at] = SIZE_MAX;
    for (; i < n && i < m && json_equal(json_array_get(from, i), json_array_get(to, i)); i++)
        pair[i] = i;
    if (i == n || i == m || (n - i + 1) * (m - i + 1) > ALIGN_CELLS)
        return;
    size_t first = i, width = m - first + 1;
    uint32_t *left = mem_array((n - first + 1) * width, sizeof *left);
    for (size_t a = n - first; a-- > 0;)
        for (size_t b = m - first; b-- > 0;) {
            bool same = json_equal(json_array_get(from, first + a), json_array_get(to, first + b));
            uint32_t down = left[(a + 1) * width + b], right = left[a * width + b + 1];
            left[a * width + b] = same ? left[(a + 1) * width + b + 1] + 1 : down > right ? down : right;
        }
    for (i = 0; first + i < n && first + k < m;) {
        if (json_equal(json_array_get(from, first + i), json_array_get(to, first + k))) {
            pair[first + i] = first + k;
            i++;
            k++;
        } else if (left[(i + 1) * width + k] >= left[i * width + k + 1]) {
            i++;
        } else {
            k++;
        }
    }
    mem_free(left);
}

static void walk_values(struct walk *walk, const json_t *from, const json_t *to)
{
    const char *outer = walk->step;
    if (json_is_object(from) && json_is_object(to)) {
        walk->step = id_of(to) ? id_of(to) : outer;
        walk_objects(walk, from, to);
    } else if (json_is_array(from) && json_is_array(to)) {
        if (have_ids(from) && have_ids(to))
            walk_ids(walk, from, to);
        else
            walk_list(walk, from, to);
    } else if (!same_scalar(from, to)) {
        tell(walk, "changed", from, to);
    }
    walk->step = outer;
}

static void walk_objects(struct walk *walk, const json_t *from, const json_t *to)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)from, key, value)
    {
        size_t before = push(walk, key);
        const json_t *other = json_object_get(to, key);
        if (other)
            walk_values(walk, value, other);
        else
            tell(walk, "removed", value, NULL);
        walk->pointer.length = before;
    }
    json_object_foreach((json_t *)(uintptr_t)to, key, value)
    {
        size_t before = push(walk, key);
        if (!json_object_get(from, key))
            tell(walk, "added", NULL, value);
        walk->pointer.length = before;
    }
}

static void walk_ids(struct walk *walk, const json_t *from, const json_t *to)
{
    size_t count = json_array_size(to), common = 0;
    size_t *place = mem_array(count, sizeof *place);
    bool *moved = mem_array(count, sizeof *moved);
    for (size_t i = 0; i < json_array_size(from); i++)
        if (find_id(to, id_of(json_array_get(from, i))) == SIZE_MAX)
            tell_at(walk, "removed", i, json_array_get(from, i), NULL);
    for (size_t i = 0; i < count; i++) {
        size_t at = find_id(from, id_of(json_array_get(to, i)));
        if (at != SIZE_MAX)
            place[common++] = at;
    }
    mark_moved(place, common, moved);
    common = 0;
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(to, i);
        size_t at = find_id(from, id_of(item));
        if (at == SIZE_MAX) {
            tell_at(walk, "added", i, NULL, item);
            continue;
        }
        if (moved[common++])
            tell_at(walk, "moved", i, NULL, NULL);
        size_t before = push_index(walk, i);
        walk_values(walk, json_array_get(from, at), item);
        walk->pointer.length = before;
    }
    mem_free(place);
    mem_free(moved);
}

static void walk_list(struct walk *walk, const json_t *from, const json_t *to)
{
    size_t n = json_array_size(from), m = json_array_size(to);
    if (n == m) {
        for (size_t i = 0; i < n; i++) {
            size_t before = push_index(walk, i);
            walk_values(walk, json_array_get(from, i), json_array_get(to, i));
            walk->pointer.length = before;
        }
        return;
    }
    size_t *pair = mem_array(n, sizeof *pair), next = 0;
    bool *paired = mem_array(m, sizeof *paired);
    compare_align(from, to, pair);
    for (size_t i = 0; i < n; i++) {
        if (pair[i] == SIZE_MAX)
            tell_at(walk, "removed", i, json_array_get(from, i), NULL);
        else
            paired[pair[i]] = true;
    }
    for (; next < m; next++)
        if (!paired[next])
            tell_at(walk, "added", next, NULL, json_array_get(to, next));
    mem_free(pair);
    mem_free(paired);
}

static void tell(struct walk *walk, const char *change, const json_t *from, const json_t *to)
{
    json_t *row = json_object();
    const char *step = id_of(to) ? id_of(to) : id_of(from) ? id_of(from) : walk->step;
    json_object_set_new(row, "change", json_string(change));
    json_object_set_new(row, "pointer", json_stringn(buf_text(&walk->pointer), walk->pointer.length));
    if (step)
        json_object_set_new(row, "step", json_string(step));
    if (from)
        json_object_set(row, "from", (json_t *)(uintptr_t)from);
    if (to)
        json_object_set(row, "to", (json_t *)(uintptr_t)to);
    json_array_append_new(walk->found, row);
}

static void tell_at(struct walk *walk, const char *change, size_t index, const json_t *from, const json_t *to)
{
    size_t before = push_index(walk, index);
    tell(walk, change, from, to);
    walk->pointer.length = before;
}

static size_t push(struct walk *walk, const char *name)
{
    size_t before = walk->pointer.length;
    buf_putc(&walk->pointer, '/');
    for (; *name; name++) {
        if (*name == '~' || *name == '/')
            buf_puts(&walk->pointer, *name == '~' ? "~0" : "~1");
        else
            buf_putc(&walk->pointer, *name);
    }
    return before;
}

static size_t push_index(struct walk *walk, size_t index)
{
    char text[24];
    snprintf(text, sizeof text, "%zu", index);
    return push(walk, text);
}

static bool have_ids(const json_t *list)
{
    bool all = json_array_size(list) > 0;
    for (size_t i = 0; i < json_array_size(list); i++)
        all &= id_of(json_array_get(list, i)) != NULL;
    return all;
}

static const char *id_of(const json_t *value)
{
    return json_string_value(json_object_get(value, "id"));
}

static size_t find_id(const json_t *list, const char *id)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (strcmp(id_of(json_array_get(list, i)), id) == 0)
            return i;
    return SIZE_MAX;
}

/* Those that stand outside a longest run of growing places have moved; the others stood still. */
static void mark_moved(const size_t *place, size_t count, bool *moved)
{
    size_t *length = mem_array(count, sizeof *length), *previous = mem_array(count, sizeof *previous);
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < count; i++) {
        length[i] = 1;
        previous[i] = SIZE_MAX;
        for (size_t k = 0; k < i; k++)
            if (place[k] < place[i] && length[k] + 1 > length[i]) {
                length[i] = length[k] + 1;
                previous[i] = k;
            }
        if (best == SIZE_MAX || length[i] > length[best])
            best = i;
        moved[i] = true;
    }
    for (; best != SIZE_MAX; best = previous[best])
        moved[best] = false;
    mem_free(length);
    mem_free(previous);
}

static bool same_scalar(const json_t *a, const json_t *b)
{
    bool mixed = json_is_number(a) && json_is_number(b) && json_typeof(a) != json_typeof(b);
    return mixed ? json_number_value(a) == json_number_value(b) : json_equal(a, b);
}
