/* What the operator's files bring in before the first request is taken: participants and definitions, as if they
 * had been put and posted. */
#ifndef BELAY_CONFIG_SEED_H
#define BELAY_CONFIG_SEED_H

#include "engine/engine.h"

/* Both drive the engine themselves (engine_turn), so call them before its thread starts. ERROR_USAGE names what is
 * wrong with a file; then some of it may have been taken. Other errors are the engine's. */
int seed_participants(struct engine *engine, const char *path, struct error *error);

/* A saga file, or a directory whose *.json files are saga files: all are read before any is registered,
 * and children before their parents. Findings, warnings too, go to the trace. */
int seed_definitions(struct engine *engine, const char *path, const struct trace *trace, struct error *error);

#endif
