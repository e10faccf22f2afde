/* What differs between two JSON values, place by place. */
#ifndef BELAY_CLI_COMPARE_H
#define BELAY_CLI_COMPARE_H

#include <jansson.h>
#include <stddef.h>

/* A new array of {change, pointer, from?, to?, step?}: change is "added", "removed", "changed" or "moved"; the
 * pointer (RFC 6901) is into the value that has it, for "changed" and "moved" into `to`; step is the id of the
 * object around or itself. Members of an array that all have an id are found by it, others by what they are.
 * Numbers are compared by value. Empty: nothing differs. */
json_t *compare_values(const json_t *from, const json_t *to);

/* Pairs equal items of two arrays in order, as many as possible: pair[i] is the place in `to` of item i of `from`,
 * or SIZE_MAX. Where both are too long for that, only what they begin with alike is paired. */
void compare_align(const json_t *from, const json_t *to, size_t *pair);

#endif
