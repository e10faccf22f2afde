/* Reading and finding of files. */
#include "cli/files.h"

#include "base/buf.h"
#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

char *files_read(const char *path, size_t *length, struct error *error)
{
    bool input = strcmp(path, "-") == 0;
    if (!input && files_directory(path)) {
        error_set(error, ERROR_IO, "%s is a directory", path);
        return NULL;
    }
    FILE *file = input ? stdin : fopen(path, "re");
    if (!file) {
        error_set(error, ERROR_IO, "cannot read %s: %s", path, strerror(errno));
        return NULL;
    }
    struct buf buf;
    char chunk[16384];
    buf_init(&buf, FILES_BYTES);
    for (size_t got; (got = fread(chunk, 1, sizeof chunk, file)) > 0 && !buf.full;)
        buf_put(&buf, chunk, got);
    bool failed = ferror(file);
    if (!input)
        fclose(file);
    if (failed || buf.full) {
        error_set(error, ERROR_IO, failed ? "cannot read %s" : "%s is larger than 16 MiB",
                  input ? "standard input" : path);
        buf_done(&buf);
        return NULL;
    }
    return buf_take(&buf, length);
}

bool files_directory(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

bool files_exist(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0;
}

bool files_suffix(const char *path, const char *suffix)
{
    size_t path_length = strlen(path), length = strlen(suffix);
    return path_length >= length && memcmp(path + path_length - length, suffix, length) == 0;
}

char *files_join(const char *directory, const char *name)
{
    size_t length = strlen(directory) + strlen(name) + 2;
    char *path = mem_new(length);
    bool slash = files_suffix(directory, "/");
    snprintf(path, length, "%s%s%s", directory, slash ? "" : "/", name);
    return path;
}

int files_add(struct files *files, const char *path, struct error *error)
{
    if (files->count == FILES_COUNT)
        return error_set(error, ERROR_TOO_LARGE, "there are more than %d files", FILES_COUNT);
    files->paths = mem_grow(files->paths, (files->count + 1) * sizeof *files->paths);
    files->paths[files->count++] = mem_string(path);
    return 0;
}

static int files_walk(struct files *files, const char *directory, const char *suffix, int depth,
                      struct error *error)
{
    struct dirent **entries;
    int count = scandir(directory, &entries, NULL, alphasort), code = 0;
    if (count < 0)
        return error_set(error, ERROR_IO, "cannot read %s: %s", directory, strerror(errno));
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        if (!code && name[0] != '.') {
            char *path = files_join(directory, name);
            if (files_directory(path))
                code = depth < FILES_DEPTH ? files_walk(files, path, suffix, depth + 1, error) : 0;
            else if (files_suffix(name, suffix))
                code = files_add(files, path, error);
            mem_free(path);
        }
        free(entries[i]);
    }
    free(entries);
    return code;
}

int files_find(struct files *files, const char *directory, const char *suffix, struct error *error)
{
    return files_walk(files, directory, suffix, 0, error);
}

void files_done(struct files *files)
{
    for (size_t i = 0; i < files->count; i++)
        mem_free(files->paths[i]);
    mem_free(files->paths);
    *files = (struct files){0};
}
