/* Unfolding of items. */
#include "cli/items.h"

#include "cli/output.h"
#include "cli/text.h"

#include <string.h>

static json_t *as_step(const json_t *step, const json_t *item);

json_t *items_unfold(const json_t *txn)
{
    json_t *copy = json_copy((json_t *)(uintptr_t)txn), *steps = json_array(), *step, *item;
    size_t i, k;
    json_array_foreach(json_object_get(txn, "steps"), i, step)
    {
        json_array_append(steps, step);
        json_array_foreach(json_object_get(json_object_get(step, "items"), "list"), k, item)
            json_array_append_new(steps, as_step(step, item));
    }
    json_object_set_new(copy, "steps", steps);
    return copy;
}

bool items_put_count(struct buf *buf, const json_t *step)
{
    const json_t *items = json_object_get(step, "items"), *count;
    json_t *states = json_object_get(items, "states");
    const char *state;
    if (!items)
        return false;
    buf_printf(buf, "%lld of %lld items done", (long long)json_integer_value(json_object_get(states, "done")),
               (long long)json_integer_value(json_object_get(items, "count")));
    json_object_foreach(states, state, count) if (strcmp(state, "done") != 0)
    {
        buf_printf(buf, ", %lld ", (long long)json_integer_value(count));
        text_put(buf, strcmp(state, "idle") == 0 ? "not started" : state);
    }
    return true;
}

json_t *items_name(const json_t *fact)
{
    const char *step = output_member(fact, "step"), *item = output_member(fact, "item");
    return *item ? json_sprintf("%s[%s]", step, item) : json_string(step);
}

static json_t *as_step(const json_t *step, const json_t *item)
{
    json_t *made = json_is_object(item) ? json_copy((json_t *)(uintptr_t)item) : json_object();
    json_object_set_new(made, "id", json_sprintf("%s[%s]", output_member(step, "id"), output_member(item, "key")));
    json_object_set_new(made, "participant", json_string(output_member(step, "participant")));
    return made;
}
