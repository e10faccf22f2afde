/* What the files of the memory store share. */
#ifndef BELAY_ADAPTERS_STORE_MEMORY_INNER_H
#define BELAY_ADAPTERS_STORE_MEMORY_INNER_H

#include "ports/store.h"

#include <pthread.h>

/* A transaction: its row and facts, all of them copies that it owns. */
struct memory_txn {
    struct store_row row;
    struct store_facts *facts;
    size_t facts_count;
    size_t facts_capacity;
    uint32_t next;   /* seq of the next fact */
    uint32_t staged; /* the same while a batch is being checked */
};

struct store_memory {
    struct store port;
    uint64_t secret;
    pthread_rwlock_t lock;    /* readers many, the commit alone */
    struct memory_txn **txns; /* by txn */
    size_t txns_count;
    size_t txns_capacity;
    void *ids;  /* tsearch tree of memory_txn by row.id */
    void *keys; /* the same by row.key */
    struct store_definition *definitions; /* by name, then newest version first */
    size_t definitions_count;
    struct store_participant *participants; /* by name */
    size_t participants_count;
    struct store_schedule *schedules; /* by saga */
    size_t schedules_count;
    struct store_message *messages; /* by participant, txn and seq */
    size_t messages_count;
    size_t messages_capacity;
};

struct memory_txn *store_memory_find(const struct store_memory *memory, uint64_t txn); /* NULL = none */

/* Orders of the two trees. */
int store_memory_by_id(const void *a, const void *b);
int store_memory_by_key(const void *a, const void *b);

int store_memory_commit(void *self, const struct store_batch *batch, struct error *error);
void store_memory_free_txn(struct memory_txn *txn);

/* store_memory_schedule.c */
void store_memory_put_schedule(struct store_memory *memory, const struct store_schedule *schedule);
int store_memory_each_schedule(void *self, store_schedule_visitor *visit, void *context, struct error *error);
void store_memory_free_schedules(struct store_memory *memory);

/* store_memory_outbox.c */
int store_memory_stage_message(const struct store_memory *memory, const struct store_batch *batch, size_t i,
                               struct error *error);
void store_memory_apply_messages(struct store_memory *memory, const struct store_batch *batch);
int store_memory_each_message(void *self, const char *participant, uint32_t limit, store_message_visitor *visit,
                              void *context, struct error *error);
void store_memory_free_messages(struct store_memory *memory);

/* The reading half of the port. */
void store_memory_reading(struct store *port);

#endif
