/* Running a program and reading what it printed. */
#include "e2e/shell.h"

#include "harness/process.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void out_path(const struct shell *shell, char *path, size_t size);

int shell_run(struct shell *shell, const char *program, ...)
{
    const char *arguments[SHELL_ARGUMENTS] = {0};
    va_list list;
    va_start(list, program);
    for (int i = 0; i < SHELL_ARGUMENTS - 1 && (arguments[i] = va_arg(list, const char *)); i++)
        continue;
    va_end(list);
    return shell_join(shell, shell_start(shell, program, arguments));
}

pid_t shell_start(struct shell *shell, const char *program, const char *const *arguments)
{
    char path[320], out[320];
    const char *argv[SHELL_ARGUMENTS + 1] = {path};
    snprintf(path, sizeof path, "%s/%s", shell->build, program);
    for (int i = 0; i < SHELL_ARGUMENTS - 1 && arguments[i]; i++)
        argv[i + 1] = arguments[i];
    out_path(shell, out, sizeof out);
    unlink(out);
    return process_start(argv, out);
}

int shell_join(struct shell *shell, pid_t pid)
{
    char path[320];
    int status;
    bool ended = process_ended(pid, SHELL_MS, &status);
    if (!ended)
        status = process_end(pid, SIGKILL);
    out_path(shell, path, sizeof path);
    FILE *file = fopen(path, "r");
    size_t length = file ? fread(shell->out, 1, sizeof shell->out - 1, file) : 0;
    shell->out[length] = '\0';
    if (file)
        fclose(file);
    return !ended ? SHELL_HUNG : WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

void shell_undone(const struct shell *shell, char *steps, unsigned long size)
{
    const char *at = strstr(shell->out, "then undone:\n");
    size_t length = 0;
    steps[0] = '\0';
    for (at = at ? strchr(at, '\n') + 1 : ""; *at && *at != '\n'; at = strchr(at, '\n') + 1) {
        const char *mark = strstr(at, " < ");
        if (!mark || mark > strchr(at, '\n'))
            return; /* an undo that did not succeed: then the steps are not the wanted ones */
        mark += 3;
        length += (size_t)snprintf(steps + length, size - length, "%s%.*s", length ? " " : "",
                                   (int)strcspn(mark, " "), mark);
        if (!strchr(at, '\n') || length + 1 >= size)
            return;
    }
}

static void out_path(const struct shell *shell, char *path, size_t size)
{
    snprintf(path, size, "%s/command.out", shell->directory);
}
