/* The value of --input: JSON, or the file that it stands in. */
#ifndef BELAY_CLI_INPUT_H
#define BELAY_CLI_INPUT_H

#include "base/error.h"

#include <jansson.h>
#include <stddef.h>

/* Reads it: a new reference, and the text as it was written in `*text` (free with mem_free). NULL: ERROR_IO, or
 * ERROR_SYNTAX with the place. */
json_t *input_read(const char *given, char **text, size_t *length, struct error *error);

/* A file that holds JSON; the same errors. */
json_t *input_read_file(const char *path, struct error *error);

#endif
