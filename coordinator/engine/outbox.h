/* The outbox: what sagas announce ("events") waits in the store, from the commit of the facts that it tells of
 * until its participant has taken it. At least once, and in order for each transaction. */
#ifndef BELAY_ENGINE_OUTBOX_H
#define BELAY_ENGINE_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct engine;
struct fact;
struct open;
struct participant;
struct response;

/* A message in memory. */
struct letter {
    uint64_t txn;
    uint32_t seq;
    char *bytes;
    size_t length;
    bool out;           /* it is on its way */
    uint32_t tries;
    uint64_t first_ms;  /* of the first try */
    uint64_t due_ms;    /* not before */
};

/* Those of one participant: the first ones, by txn and seq, and what came since. */
struct outbox {
    struct letter *letters; /* LIMIT_OUTBOX_WINDOW; NULL before the first */
    uint32_t count;
    uint32_t out_count;
    bool more; /* the store may hold some that are not here */
};

void outbox_done(struct outbox *outbox);

/* A fact of this batch, the how-manieth it is: puts into the batch what the saga announces of it, if anything. */
void outbox_note(struct engine *engine, const struct open *open, const struct fact *fact, uint32_t seq);

/* The id of a message: of its CloudEvent and of its signature, the same on every attempt. */
enum { OUTBOX_ID = 64 };
void outbox_id(const struct engine *engine, uint64_t txn, uint32_t seq, char id[OUTBOX_ID]);

/* The batch is durable: its messages may leave. */
void outbox_committed(struct engine *engine);

/* Fetches what there is room for, lets out what is due, and says when to come again (engine->outbox_due_ms). */
void outbox_send(struct engine *engine);

/* A participant's answer: what it took leaves the outbox with this batch. */
void outbox_answered(struct engine *engine, struct participant *participant, const struct response *response);

/* It was registered anew: what waits for it is tried now. */
void outbox_wake(struct engine *engine, struct outbox *outbox);

#endif
