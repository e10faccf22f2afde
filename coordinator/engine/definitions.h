/* The definitions that transactions run by: read from the store when first asked for, kept compiled. */
#ifndef BELAY_ENGINE_DEFINITIONS_H
#define BELAY_ENGINE_DEFINITIONS_H

#include "definition/definition.h"
#include "engine/table.h"
#include "ports/store.h"

struct definitions {
    struct store *store;
    struct table sagas; /* by name */
};

/* Lists what the store has; nothing is compiled yet. */
int definitions_open(struct definitions *definitions, struct store *store, struct error *error);
void definitions_done(struct definitions *definitions);

/* A version of a saga (0 = the newest), or ERROR_NOT_FOUND. It stays valid until definitions_done. */
int definitions_get(struct definitions *definitions, const char *name, uint32_t version,
                    const struct definition **definition, struct error *error);

/* Visits the newest version of every saga; false from `visit` ends it. */
int definitions_each_newest(struct definitions *definitions,
                            bool (*visit)(void *context, const struct definition *newest), void *context,
                            struct error *error);

/* Whether it may be added: 0 and *known when the same content is there already; ERROR_CONFLICT and a free number
 * in *next_free when other content has its version. */
int definitions_check(struct definitions *definitions, const struct definition *definition, bool *known,
                      uint32_t *next_free, struct error *error);

/* Takes over a definition that is not known yet. */
void definitions_add(struct definitions *definitions, struct definition *definition);

#endif
