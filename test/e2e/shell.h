/* The command line, as a user runs it. */
#ifndef BELAY_E2E_SHELL_H
#define BELAY_E2E_SHELL_H

#include <stdbool.h>
#include <sys/types.h>

enum { SHELL_BYTES = 32 * 1024, SHELL_ARGUMENTS = 16, SHELL_MS = 60 * 1000, SHELL_HUNG = 1000 };

struct shell {
    const char *build;
    const char *directory; /* for what the commands print */
    char out[SHELL_BYTES]; /* of the last command: both of its streams */
};

/* Runs BUILD/PROGRAM with the arguments, which end with NULL, and waits. Its exit status; 128 and the signal that
 * ended it; SHELL_HUNG when it did not end in a minute. */
int shell_run(struct shell *shell, const char *program, ...);

/* The same in two halves. */
pid_t shell_start(struct shell *shell, const char *program, const char *const *arguments);
int shell_join(struct shell *shell, pid_t pid);

/* The steps that stand below "then undone:" in what `belay show` has printed, in their order, with blanks between.
 */
void shell_undone(const struct shell *shell, char *steps, unsigned long size);

#endif
