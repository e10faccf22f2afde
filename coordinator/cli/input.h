/* JSON that a person gives: on the command line, or the file that it stands in. */
#ifndef BELAY_CLI_INPUT_H
#define BELAY_CLI_INPUT_H

#include "base/error.h"

#include <jansson.h>
#include <stddef.h>

/* Reads the value of --input: a new reference, and the text as it was written in `*text` (free with mem_free).
 * NULL: ERROR_IO, or ERROR_SYNTAX with the place. */
json_t *input_read(const char *given, char **text, size_t *length, struct error *error);

/* The same for the value of another option. There any JSON will do that is no file's name: 7, true, null. */
json_t *input_read_as(const char *option, const char *given, char **text, size_t *length, struct error *error);

/* A file that holds JSON; the same errors. */
json_t *input_read_file(const char *path, struct error *error);

#endif
