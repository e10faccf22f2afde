/* JSON as the client meets it: is it well formed, and what does a member of its outermost object say. It reads in
 * place and takes no memory. */
#ifndef BELAY_SRC_CLIENT_JSON_H
#define BELAY_SRC_CLIENT_JSON_H

#include <stdbool.h>
#include <stddef.h>

/* A value within a text: "..." with its quotes, {...}, a number. Not NUL-terminated. */
struct client_value {
    const char *text; /* NULL: there is none */
    size_t length;
};

/* True when `text` is one JSON value (RFC 8259) of valid UTF-8, at most BELAY_JSON_DEPTH levels deep; otherwise
 * `*bad` is where it stops being one. */
bool belay_client_json_valid(const char *text, size_t length, size_t *bad);

/* The member `name` of the object `text`, which is valid. Of several, the first. */
struct client_value belay_client_json_member(const char *text, size_t length, const char *name);

/* Copies a string value, decoded, to `out` and cuts it between characters where it does not fit. False when
 * `value` is no string; then `out` is "". NUL characters become U+FFFD. */
bool belay_client_json_text(const struct client_value *value, char *out, size_t size);

#endif
