/* Files that operators write: read whole, and complained about in the form that editors jump to. */
#ifndef BELAY_CONFIG_FILE_H
#define BELAY_CONFIG_FILE_H

#include "base/error.h"
#include "definition/findings.h"

#include <jansson.h>
#include <stddef.h>

struct file {
    const char *path; /* borrowed */
    char *text;
    size_t length;
    json_t *object; /* once file_object was called */
    struct findings findings;
};

/* Reads at most LIMIT_DEFINITION_BYTES. ERROR_USAGE when it cannot be read, or is larger; then there is nothing to
 * free. */
int file_read(struct file *file, const char *path, struct error *error);

/* Parses it as one JSON object. ERROR_USAGE names the place. */
int file_object(struct file *file, struct error *error);

/* 0 when nothing was found, else ERROR_USAGE with the first finding, "FILE:LINE:COLUMN: message", and how many
 * there are. */
int file_good(struct file *file, struct error *error);

void file_done(struct file *file);

#endif
