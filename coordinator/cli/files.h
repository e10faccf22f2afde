/* Files that the person names: read whole and bounded, and found below directories. */
#ifndef BELAY_CLI_FILES_H
#define BELAY_CLI_FILES_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    FILES_BYTES = 16 << 20, /* far over what the coordinator takes, so that it is the one to say so */
    FILES_COUNT = 10000,
    FILES_DEPTH = 8, /* directories within directories */
};

struct files {
    char **paths;
    size_t count;
};

/* The content of `path` ("-" = standard input), NUL-terminated; free with mem_free. NULL and ERROR_IO. */
char *files_read(const char *path, size_t *length, struct error *error);

bool files_directory(const char *path); /* there is a directory of that name */
bool files_exist(const char *path);

/* Whether the last part of `path` ends in `suffix`. */
bool files_suffix(const char *path, const char *suffix);

/* Adds a file by its name, which is copied. */
int files_add(struct files *files, const char *path, struct error *error);

/* Adds every file below `directory` whose name ends in `suffix`, sorted; hidden ones are left out. */
int files_find(struct files *files, const char *directory, const char *suffix, struct error *error);
void files_done(struct files *files);

/* "directory/name"; free with mem_free. */
char *files_join(const char *directory, const char *name);

#endif
