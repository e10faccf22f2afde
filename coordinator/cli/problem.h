/* A refusal of the coordinator (problem+json, RFC 9457) as a person reads it. */
#ifndef BELAY_CLI_PROBLEM_H
#define BELAY_CLI_PROBLEM_H

#include "cli/cli.h"

/* Puts `errors[]`-like findings one a line: "file:9:3: E401 message (hint)" when `file` is given and they have
 * a position, otherwise "/pointer: E401 message (hint)". */
void problem_put_findings(struct buf *buf, const json_t *findings, const char *file);

/* Says on cli->err what the answer means: detail, code, hint and errors; or that what answers is no
 * coordinator. */
void problem_print(struct cli *cli, const struct reply *reply, const char *file);

#endif
