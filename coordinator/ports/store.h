/* The store: what the engine needs to keep. Two implementations (memory, SQLite) pass one contract suite.
 * The engine's thread calls `commit`; any thread may call the reading functions, also from within a visitor.
 * A visitor must not commit. Every number is at most INT64_MAX, every text is UTF-8. */
#ifndef BELAY_PORTS_STORE_H
#define BELAY_PORTS_STORE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Facts of one transaction that become durable in one commit. The store does not look into them. */
struct store_facts {
    uint64_t txn;
    uint32_t seq;   /* of the first fact; gap-free per transaction, starting at 0 */
    uint32_t count; /* facts in `bytes` */
    const void *bytes;
    size_t length;
};

/* The projection: one row per transaction for finding and listing. Texts are borrowed and NUL-terminated;
 * NULL where absent. */
struct store_row {
    uint64_t txn;    /* the key; at least 1, and every insert's is larger than all before it */
    const char *id;  /* the client's own id; NULL when it is made from `txn` */
    const char *key; /* Idempotency-Key of the start; NULL */
    const char *saga;
    uint32_t version;
    uint8_t status; /* enum status; kept as its number, below 32 */
    bool open;      /* not final */
    uint64_t wake_ms; /* when the engine must have it in memory; 0 = when it is asked for. Only of what is open */
    uint64_t begun_ms;
    uint64_t updated_ms;
    uint64_t ended_ms;       /* 0 = not yet */
    uint64_t expires_ms;     /* when it may be removed; 0 = never. Only of what has ended */
    const char *step;        /* where it stands when it waits or is stuck; NULL */
    const char *participant; /* of that step; NULL */
    const char *reason;      /* why it is paused or was undone; NULL */
    const char *tags;        /* "\n"-separated and with one in front and behind: "\nvip\neu\n"; NULL */
};

struct store_definition {
    const char *name;
    uint32_t version;
    const char *text; /* canonical JSON */
    size_t length;
    uint64_t at_ms;
};

struct store_participant {
    const char *name;
    const char *text; /* JSON; NULL removes it */
    size_t length;
};

/* How far the schedule of a saga has been followed. */
struct store_schedule {
    const char *saga;
    uint64_t done_ms; /* every run that was due until then was started or left out */
};

/* What waits in the outbox for a participant. Its place there is (participant, txn, seq). */
struct store_message {
    const char *participant;
    uint64_t txn;
    uint32_t seq; /* of the fact that it tells of */
    const void *bytes;
    size_t length;
};

/* Everything of one commit: all of it becomes durable, or nothing. Arrays may be empty. Inserts come first: the
 * updates and facts of a batch may belong to them; the facts of one transaction stand in their order. */
struct store_batch {
    const struct store_row *inserts; /* new transactions */
    size_t inserts_count;
    const struct store_row *updates; /* id, key, saga, version, begun_ms, tags of an update are ignored */
    size_t updates_count;
    const struct store_facts *facts;
    size_t facts_count;
    const struct store_definition *definitions; /* name+version must be new */
    size_t definitions_count;
    const struct store_participant *participants; /* insert, replace or remove */
    size_t participants_count;
    const uint64_t *removes; /* transactions that have ended, with all that is theirs; one that is gone already is
                              * no contradiction, one that is open is */
    size_t removes_count;
    const struct store_schedule *schedules; /* insert or replace */
    size_t schedules_count;
    const struct store_message *messages; /* their places must be free */
    size_t messages_count;
    const struct store_message *delivered; /* leave the outbox; bytes do not matter, nor whether they are there */
    size_t delivered_count;
};

/* A filter over transactions; zero or NULL means "any". Newest first (descending txn). */
struct store_query {
    uint32_t statuses; /* bit set of 1 << status; 0 = any */
    const char *saga;
    const char *tag;
    const char *step;
    const char *participant;
    uint64_t since_ms; /* begun_ms >= */
    uint64_t until_ms; /* begun_ms < */
    uint64_t before;   /* txn < (the cursor) */
    uint32_t limit;    /* at least 1 */
};

/* A place in the order in which transactions wake; zeroed = before all. */
struct store_waking {
    uint64_t wake_ms;
    uint64_t txn;
};

/* Visitors return false to stop early. What they are given is valid only during the call. */
typedef bool store_row_visitor(void *context, const struct store_row *row);
typedef bool store_facts_visitor(void *context, const struct store_facts *facts);
typedef bool store_definition_visitor(void *context, const struct store_definition *definition);
typedef bool store_participant_visitor(void *context, const struct store_participant *participant);
typedef bool store_schedule_visitor(void *context, const struct store_schedule *schedule);
typedef bool store_message_visitor(void *context, const struct store_message *message);

struct store {
    void *self;

    /* Durable when it returns 0: on the disk, past its caches. ERROR_STORE when it is not known to be; the
     * engine then acknowledges nothing and ends the process (a crash is a load), and every later commit is
     * refused. ERROR_CONFLICT when the batch contradicts what is stored (an insert that does not grow, an id or
     * key that is taken, an update or facts of no transaction, a gap in seq, a definition that exists, a message
     * whose place is taken): nothing has changed and the store goes on. */
    int (*commit)(void *self, const struct store_batch *batch, struct error *error);

    /* Identity of this store, made at creation: keys the ids that are made from numbers. */
    uint64_t (*secret)(void *self);
    /* The largest transaction number ever committed, 0 for none. */
    int (*last)(void *self, uint64_t *txn, struct error *error);

    /* Reading. 0 also when there is nothing to visit; ERROR_CORRUPT, ERROR_STORE. What was committed before
     * the call is visited; nothing is that is not durable. */
    int (*open_count)(void *self, uint64_t *count, struct error *error);
    /* What wakes by `until_ms`, by (wake_ms, txn) and only behind (`after->wake_ms`, `after->txn`), at most
     * `limit`.
     */
    int (*each_waking)(void *self, const struct store_waking *after, uint64_t until_ms, uint32_t limit,
                       store_row_visitor *visit, void *context, struct error *error);
    int (*each_fact)(void *self, uint64_t txn, uint32_t from_seq, store_facts_visitor *visit, void *context,
                     struct error *error); /* in order of seq; commits that end before `from_seq` are left out */
    /* What has expired by `now_ms`, longest ago first, at most `limit`. The newest transaction is never among
     * them: its number must stay known. */
    int (*each_expired)(void *self, uint64_t now_ms, uint32_t limit, store_row_visitor *visit, void *context,
                        struct error *error);
    int (*each_row)(void *self, const struct store_query *query, store_row_visitor *visit, void *context,
                    struct error *error);
    int (*row)(void *self, uint64_t txn, store_row_visitor *visit, void *context, struct error *error);
    /* By the client's id or by Idempotency-Key; either may be NULL. With both, the row of the id is visited
     * first, and that of the key after it when it is another one. */
    int (*find)(void *self, const char *id, const char *key, store_row_visitor *visit, void *context,
                struct error *error);
    /* version 0 = all versions, newest first; name NULL = every saga, ordered by name. */
    int (*each_definition)(void *self, const char *name, uint32_t version, store_definition_visitor *visit,
                           void *context, struct error *error);
    int (*each_participant)(void *self, store_participant_visitor *visit, void *context, struct error *error);
    int (*each_schedule)(void *self, store_schedule_visitor *visit, void *context, struct error *error);
    /* The first `limit` messages for a participant, by txn and seq. */
    int (*each_message)(void *self, const char *participant, uint32_t limit, store_message_visitor *visit,
                        void *context, struct error *error);

    void (*close)(void *self);
};

#endif
