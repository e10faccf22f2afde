/* Registering what files hold: sagas, and participants. */
#ifndef BELAY_CLI_APPLY_H
#define BELAY_CLI_APPLY_H

#include "cli/cli.h"
#include "cli/files.h"

#define APPLY_SAGA ".saga.json"
#define APPLY_PARTICIPANTS "participants.json"

/* Registers what files hold. First every participant of those named participants.json, {"participants": [{"name",
 * "url", ...}]} or {"NAME": {"url", ...}}; then the sagas, each behind those among them that it starts. Says what
 * came of it, unless it went well and `quiet`. False when something was refused, which is then said, placed in the
 * file; the rest is registered all the same. */
bool apply_files(struct cli *cli, const struct files *files, bool quiet);

/* Puts one participant; `settings` as the coordinator takes them ("name" is left out). */
bool apply_participant(struct cli *cli, const char *name, const json_t *settings, const char *file, int *status);

/* Calls `visit` for every participant in the value of a participants.json, in order; stops at false. */
bool apply_each(const json_t *value, bool (*visit)(void *context, const char *name, const json_t *settings),
                void *context);

#endif
