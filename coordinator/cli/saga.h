/* A saga file as the commands need it that look into one: compiled, and as its author wrote it. */
#ifndef BELAY_CLI_SAGA_H
#define BELAY_CLI_SAGA_H

#include "cli/cli.h"
#include "definition/definition.h"

struct saga {
    struct definition *definition;
    json_t *root; /* the same as JSON */
};

/* Reads and checks a file. False when it cannot be read or is wrong, which is then said. */
bool saga_read(struct cli *cli, const char *path, struct saga *saga);
void saga_done(struct saga *saga);

/* The object of the step, group or approval with that id, wherever it stands; NULL. */
const json_t *saga_find(const json_t *value, const char *id);

/* The same for any step of the plan: what has no id in the file (a case, a group with a condition) is found by the
 * name that was made up for it. NULL when the file has nothing like it. */
const json_t *saga_find_step(const struct saga *saga, const char *name);

/* Whether it is a case of a switch. */
bool saga_is_case(const char *name);

/* Puts findings as lines, each made safe. */
void saga_put_findings(struct buf *buf, const struct findings *findings, const char *file);

#endif
