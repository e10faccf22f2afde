/* The participants: where they are, what their calls carry, and how many calls they may have at once. */
#ifndef BELAY_ENGINE_REGISTRY_H
#define BELAY_ENGINE_REGISTRY_H

#include "core/core.h"
#include "engine/outbox.h"
#include "engine/rate.h"
#include "engine/signature.h"
#include "engine/table.h"
#include "ports/store.h"

#include <stdbool.h>

/* What a participant's JSON says. */
struct contact {
    char *url;      /* without a slash at its end */
    char *headers;  /* as they go out: before each the end of the line before it */
    size_t headers_length;
    size_t headers_count;
    bool headers_typed; /* a Content-Type is among them */
    uint32_t calls_max; /* in flight at once; 0 = the default */
    uint32_t per_second; /* calls; 0 = the default */
    struct secret secrets[LIMIT_SECRETS]; /* calls are signed with each of them */
    size_t secrets_count;
};

/* A call that waits for its turn. */
struct pending {
    uint64_t txn;
    struct call call;
};

/* First come, first served: a ring. */
struct queue {
    struct pending *ring;
    size_t first;
    size_t count;
    size_t capacity;
};

enum { PRIORITIES = 10 }; /* of sagas, 9 the most urgent */

struct participant {
    struct link link;
    char *name;
    bool registered; /* false: removed, or only named by a definition so far */
    struct contact contact;
    uint32_t slot; /* its place in the registry, for ever */
    uint32_t calls_count; /* in flight */
    struct rate rate;
    struct queue queues[PRIORITIES];
    struct outbox outbox;
};

struct registry {
    struct table names;
    struct participant **slots;
    uint32_t count;
};

int registry_open(struct registry *registry, struct store *store, struct error *error);
void registry_done(struct registry *registry);

/* The participant of that name; one that nobody registered yet is made, so that calls can wait for it. */
struct participant *registry_get(struct registry *registry, const char *name);

/* Replaces what is known of a participant (text NULL: it is removed). *created: it was not registered before.
 * ERROR_INVALID when the JSON is not what it must be, ERROR_NOT_FOUND when there is nothing to remove. */
int registry_put(struct registry *registry, const char *name, const char *text, size_t length, bool *created,
                 struct error *error);

/* Calls of more urgent sagas are taken first, calls of one priority in their order. */
void registry_push(struct participant *participant, unsigned priority, struct pending pending);
bool registry_waits(const struct participant *participant); /* some call does */
bool registry_take(struct participant *participant, struct pending *pending); /* false when none waits */

#endif
