/* Which parts of their inputs sagas know before they run. A child gets its input from its parent, so it knows what
 * that does not read from an answer. */
#ifndef BELAY_CLI_GUESS_INPUT_H
#define BELAY_CLI_GUESS_INPUT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A shape stands for a value: true or false for what is known or not, an object for one that is known in parts. */

/* The shape of a template, in which `knows` tells of a string whether it can be filled in. A new object. */
json_t *guess_input_shape(const json_t *written, bool (*knows)(void *context, const char *text), void *context);

/* Whether what stands at the path (path[0] is "input" itself) is known, in all of the shapes; all of it, when that
 * is known in parts. */
bool guess_input_knows(const json_t *shapes, const char *const *path, size_t count);

#endif
