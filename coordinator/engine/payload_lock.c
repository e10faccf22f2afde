/* The key of a saga's lock. */
#include "base/utf8.h"
#include "definition/value.h"
#include "engine/payload_scope.h"

#include <assert.h>
#include <string.h>

static int print_key(const json_t *value, struct buf *key, struct error *error);

int payload_lock(struct payload *payload, uint64_t now_ms, struct buf *key, struct error *error)
{
    json_t *value = NULL;
    assert(payload->definition->lock);
    struct scope scope = payload_scope_open(payload, BRANCH_NONE, now_ms);
    int code = expr_eval(payload->definition->lock, &scope, &value, error);
    payload_scope_close(payload);
    if (!code)
        code = print_key(value, key, error);
    json_decref(value);
    return code ? error_wrap(error, "/lock/key") : 0;
}

static int print_key(const json_t *value, struct buf *key, struct error *error)
{
    const char *text = json_string_value(value);
    size_t length = json_string_length(value);
    if (json_is_integer(value)) {
        buf_printf(key, "%lld", (long long)json_integer_value(value));
        return 0;
    }
    if (!text)
        return error_set(error, ERROR_INVALID, "a string or int was expected, found %s",
                         value_type_name(value_json((json_t *)(uintptr_t)value).type));
    if (!length || length > LIMIT_LOCK_BYTES || !utf8_printable(text, length))
        return error_set(error, ERROR_INVALID, "a key has 1 to %d printable bytes, found %zu", LIMIT_LOCK_BYTES,
                         length);
    buf_put(key, text, length);
    return 0;
}
