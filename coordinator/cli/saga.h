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

/* Among sagas that belong together, the outermost first: the one whose step a name means, and the name there. Of
 * "flight/seat" that is "seat", in the saga that the step "flight" starts. NULL: there is no such way. */
const struct saga *saga_at(const struct saga *sagas, size_t count, const char *name, const char **rest);

/* The one that a step starts; NULL. */
const struct saga *saga_child(const struct saga *sagas, size_t count, const struct step_spec *step);

/* Whether everything that they start is among them, and can be started. If not, says what is missing and what
 * helps, or what is wrong. */
bool saga_complete(struct cli *cli, const struct saga *sagas, size_t count, const char *help);

/* Whether it is a case of a switch. */
bool saga_is_case(const char *name);

/* Puts findings as lines, each made safe. */
void saga_put_findings(struct buf *buf, const struct findings *findings, const char *file);

#endif
