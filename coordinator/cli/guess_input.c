/* Shapes of inputs. */
#include "cli/guess_input.h"

static bool is_known(const json_t *shape);

json_t *guess_input_shape(const json_t *written, bool (*knows)(void *context, const char *text), void *context)
{
    const char *text = json_string_value(written), *key;
    bool known = !text || knows(context, text);
    json_t *member;
    if (json_is_object(written)) {
        json_t *shape = json_object();
        json_object_foreach((json_t *)(uintptr_t)written, key, member)
            json_object_set_new(shape, key, guess_input_shape(member, knows, context));
        return shape;
    }
    for (size_t i = 0; i < json_array_size(written); i++) {
        json_t *shape = guess_input_shape(json_array_get(written, i), knows, context);
        known &= is_known(shape);
        json_decref(shape);
    }
    return json_boolean(known);
}

bool guess_input_knows(const json_t *shapes, const char *const *path, size_t count)
{
    bool known = true;
    for (size_t i = 0; i < json_array_size(shapes); i++) {
        const json_t *at = json_array_get(shapes, i);
        for (size_t k = 1; k < count && json_is_object(at); k++)
            at = json_object_get(at, path[k]); /* what is not there is known not to be */
        known &= is_known(at);
    }
    return known;
}

static bool is_known(const json_t *shape)
{
    const char *key;
    json_t *member;
    bool known = !json_is_false(shape);
    json_object_foreach((json_t *)(uintptr_t)shape, key, member) known &= is_known(member);
    return known;
}
