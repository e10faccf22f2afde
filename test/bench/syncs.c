/* Where the counts of syncs_preload.c go. */
#include "bench/syncs.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool library_path(char path[PATH_MAX]);

bool syncs_begin(const char *directory)
{
    char path[PATH_MAX], library[PATH_MAX];
    struct syncs none = {0};
    snprintf(path, sizeof path, "%s/syncs", directory);
    FILE *file = fopen(path, "w");
    bool ok = file && fwrite(&none, sizeof none, 1, file) == 1;
    ok = file && fclose(file) == 0 && ok && library_path(library);
    if (!ok) {
        fprintf(stderr, "expected to write %s, and syncs_preload.so beside this program (make builds it)\n", path);
        return false;
    }
    setenv(SYNCS_VARIABLE, path, 1);
    setenv("LD_PRELOAD", library, 1);
    return true;
}

void syncs_end(void)
{
    unsetenv("LD_PRELOAD");
    unsetenv(SYNCS_VARIABLE);
}

bool syncs_read(const char *directory, struct syncs *syncs)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/syncs", directory);
    FILE *file = fopen(path, "r");
    bool ok = file && fread(syncs, sizeof *syncs, 1, file) == 1;
    if (file)
        fclose(file);
    return ok;
}

static bool library_path(char path[PATH_MAX])
{
    ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - 1);
    if (length <= 0)
        return false;
    path[length] = '\0';
    size_t folder = (size_t)(strrchr(path, '/') - path);
    int room = (int)(PATH_MAX - folder);
    return snprintf(path + folder, (size_t)room, "/syncs_preload.so") < room && access(path, R_OK) == 0;
}
