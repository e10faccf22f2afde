/* Reads /proc/PID/task/TID/schedstat: nanoseconds, where stat has hundredths of a second. */
#include "bench/threads.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add(struct threads *threads, const char *name, uint64_t ns);
static void read_line(pid_t pid, const char *task, const char *file, char *line, int size);

void threads_read(struct threads *threads, pid_t pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    threads->count = 0;
    DIR *directory = opendir(path);
    for (struct dirent *entry; directory && (entry = readdir(directory));) {
        char name[64], times[128];
        if (entry->d_name[0] == '.')
            continue;
        read_line(pid, entry->d_name, "comm", name, sizeof name);
        read_line(pid, entry->d_name, "schedstat", times, sizeof times);
        add(threads, name, strtoull(times, NULL, 10));
    }
    if (directory)
        closedir(directory);
}

void threads_since(struct threads *threads, const struct threads *before)
{
    for (size_t i = 0; i < threads->count; i++)
        for (size_t j = 0; j < before->count; j++)
            if (strcmp(threads->rows[i].name, before->rows[j].name) == 0)
                threads->rows[i].ns -= before->rows[j].ns;
}

uint64_t threads_total_ns(const struct threads *threads)
{
    uint64_t total = 0;
    for (size_t i = 0; i < threads->count; i++)
        total += threads->rows[i].ns;
    return total;
}

/* A process with more names than we have room for tells the rest under the last one. */
static void add(struct threads *threads, const char *name, uint64_t ns)
{
    size_t i = 0;
    while (i < threads->count && strcmp(threads->rows[i].name, name) != 0)
        i++;
    if (i == THREADS_MAX)
        i--;
    if (i == threads->count) {
        threads->rows[threads->count++].ns = 0;
        snprintf(threads->rows[i].name, THREADS_NAME, "%s", name);
    }
    threads->rows[i].ns += ns;
}

static void read_line(pid_t pid, const char *task, const char *file, char *line, int size)
{
    char path[320];
    snprintf(path, sizeof path, "/proc/%d/task/%s/%s", (int)pid, task, file);
    *line = '\0';
    FILE *opened = fopen(path, "r");
    if (opened && fgets(line, size, opened))
        line[strcspn(line, "\n")] = '\0';
    if (opened)
        fclose(opened);
}
