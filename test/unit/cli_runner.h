/* Runs a command of the command line within the test, and what came of it. */
#ifndef BELAY_UNIT_CLI_RUNNER_H
#define BELAY_UNIT_CLI_RUNNER_H

#include "cli_server.h"

struct run {
    int status;
    char *out, *err;
};

/* Runs "belay [--url URL] WORDS...", ended by NULL. That no escape reaches the terminal is asserted. */
void run_words(struct run *run, const char *url, const char *const *words);
void run_done(struct run *run);

/* Asserts that `text` holds `expected`, and prints both when not. */
void run_expect(const char *text, const char *expected);

#define RUN(run, url, ...) run_words(run, url, (const char *const[]){__VA_ARGS__, NULL})
#define PLAY(scenes) cli_server_start(scenes, sizeof(scenes) / sizeof *(scenes))

#endif
