/* One run of the command line: what every command is given, and how it talks to the coordinator and to the
 * person. */
#ifndef BELAY_CLI_CLI_H
#define BELAY_CLI_CLI_H

#include "base/buf.h"
#include "base/error.h"
#include "cli/client.h"
#include "cli/options.h"
#include "cli/output.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

struct cli {
    struct options options;
    struct output output;
    FILE *out;
    FILE *err;
    struct client *client; /* NULL until the first cli_ask */
    struct buf buf;        /* for output; commands put here and flush */
    bool patient;          /* a coordinator that does not answer is asked again for a while */
};

/* The whole program: parses, runs, returns the exit status. */
int cli_run(int argc, char **argv, FILE *out, FILE *err);

/* Makes a request. True with an answer below 400 that is JSON (or empty); otherwise what went wrong is already
 * said on `err`, with what to do about it, and there is no reply. `file`: whose content the body is, or NULL;
 * findings in the answer are then placed in it. */
bool cli_ask(struct cli *cli, const struct ask *ask, const char *file, struct reply *reply);

/* GET of a path as JSON; NULL when it failed, which is then already said. */
json_t *cli_get(struct cli *cli, const char *path);

/* A path for requests: `prefix`, the percent-encoded `name`, `suffix`. Free with mem_free. */
char *cli_path(const char *prefix, const char *name, const char *suffix);
void cli_put_encoded(struct buf *buf, const char *text); /* percent-encodes all but RFC 3986 unreserved */

/* Says what happened on `err`, and below it what to do next (NULL = nothing). Texts are made safe. */
void cli_complain(struct cli *cli, const char *what, const char *next);

/* The same for a misused command line; returns EXIT_MISUSED. */
int cli_misused(struct cli *cli, const struct error *error);

/* Writes what `cli->buf` holds. */
void cli_flush(struct cli *cli);

#endif
