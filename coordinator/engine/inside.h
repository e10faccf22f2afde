/* What the files of the engine share. Not for anybody outside engine/. */
#ifndef BELAY_ENGINE_INSIDE_H
#define BELAY_ENGINE_INSIDE_H

#include "engine/children.h"
#include "engine/definitions.h"
#include "engine/engine.h"
#include "engine/gather.h"
#include "engine/inbox.h"
#include "engine/locks.h"
#include "engine/open.h"
#include "engine/registry.h"
#include "engine/schedules.h"
#include "engine/timers.h"

#include <stdatomic.h>

/* A command that is answered after the commit, and bytes that its answer points to. */
struct answered {
    struct command *command;
    char *owned; /* NULL = none */
};

/* What waits for the commit of the batch at work. */
struct batch {
    struct open **opens; /* what has new facts */
    size_t opens_count;
    size_t opens_capacity;
    struct store_facts *facts; /* what the commit writes of them; as much room as `opens` */
    struct store_row *inserts, *updates;
    struct answered *replies;
    size_t replies_count;
    size_t replies_capacity;
    struct store_definition *definitions; /* texts belong to the compiled definitions */
    size_t definitions_count;
    uint64_t *removes;
    size_t removes_count;
    struct store_schedule *schedules; /* names belong to engine->schedules */
    size_t schedules_count;
    struct store_message *messages; /* their bytes are owned; participants' names belong to definitions */
    size_t messages_count;
    size_t messages_capacity;
    struct store_message *delivered; /* without bytes */
    size_t delivered_count;
    struct store_participant *participants; /* texts belong to commands that are answered after the commit */
    size_t participants_count;
};

enum { COUNT_OPEN, COUNT_LOADED, COUNT_STARTED, COUNT_ENDED, COUNT_COMMITS, COUNT_FACTS, COUNT_CALLS, COUNTS };

struct engine {
    struct engine_ports ports;
    struct engine_options options;
    struct inbox *inbox;
    struct item *items; /* of the batch at work */
    struct batch batch;
    struct definitions definitions;
    struct registry registry;
    struct table by_number;
    struct table by_id;
    struct table by_key;
    struct locks locks;
    struct kin *kin; /* branches of parents to be looked at in this turn */
    size_t kin_count;
    size_t kin_capacity;
    struct timers timers;   /* of open transactions */
    struct timers patience; /* of waiters */
    struct out out;
    size_t out_capacity;
    struct buf texts;          /* of the request that is being made; its parts are bounded each by itself */
    struct buf value;          /* of the header that is being made */
    struct request **requests; /* to be handed to the caller */
    size_t requests_count;
    size_t requests_capacity;
    struct gather gather;
    uint32_t released_count; /* clients that got what they waited for, in the last turn */
    uint32_t calls_count; /* in flight */
    uint32_t slot_next;   /* the participant whose turn it is when the total is used up */
    size_t queued_count;  /* calls that wait for room */
    uint64_t secret;
    uint64_t last; /* transaction number */
    uint64_t now_ms;
    uint64_t sweep_ms;    /* when to look again for what has expired */
    uint32_t sweep_count; /* how much of it goes at once */
    struct schedules schedules;
    uint64_t schedule_due_ms;    /* when to look again for sagas that start by themselves */
    uint64_t outbox_due_ms;      /* when to look again for what can be delivered */
    struct store_waking reached; /* whatever wakes up to here is in memory */
    uint64_t look_ms;            /* when to look into the store for what wakes next; UINT64_MAX: never */
    uint64_t pace_ms;            /* when a call that waits for its pace may leave */
    bool crowded;                /* something that is due waits for room; room makes it look again */
    struct open *rest_first;     /* who may leave memory, longest at rest first */
    struct open *rest_last;
    atomic_uint_fast64_t counts[COUNTS]; /* for engine_counts */
};

/* steps.c: feeds the core. `payload` rides in the event's own fact. */
enum refusal steps_feed(struct engine *engine, struct open *open, struct event *event, const char *payload,
                        size_t length);

/* opens.c: the tables of open transactions. */
void opens_add(struct engine *engine, struct open *open);
void opens_remove(struct engine *engine, struct open *open); /* and frees it */
struct open *opens_find(struct engine *engine, uint64_t number);
struct open *opens_find_id(struct engine *engine, const char *id);
struct open *opens_find_key(struct engine *engine, const char *key);

/* An open transaction, from the store if it is not in memory. NULL and `error->code` 0: there is none, or it has
 * ended. Else ERROR_BUSY, when there is no room for it, or the store's error. */
struct open *opens_get(struct engine *engine, uint64_t number, struct error *error);
/* The same whether or not there is room: for what belongs to what is at work. `*open` NULL when it is not open;
 * then `*status` is how it ended, and stays as it was when it is not in the store. The return is the store's
 * error. */
int opens_need(struct engine *engine, uint64_t number, struct open **open, enum status *status,
               struct error *error);

/* recovery.c: folds the facts of the transaction of this row and tells it that its calls may have been lost. */
struct open *recovery_load(struct engine *engine, const struct store_row *row, struct error *error);

/* waking.c: loads some of what is due. The return is the store's error. */
int waking_look(struct engine *engine, struct error *error);

/* At the start, before anybody can ask for a lock: all that hold or want one. */
int waking_lines(struct engine *engine, struct error *error);

/* resting.c: who may leave memory, and who does. */
void resting_offer(struct engine *engine, struct open *open); /* if nothing is under way for it */
void resting_leave(struct engine *engine, struct open *open); /* the queue, because something is */
bool resting_make_room(struct engine *engine);                /* for a new one; false: there is none */
bool resting_make_room_again(struct engine *engine);          /* the same for one that was begun before */
void resting_evict(struct engine *engine);                    /* who has rested long enough */
uint64_t resting_due_ms(const struct engine *engine);         /* when the first one will have; UINT64_MAX: none */
void resting_room(struct engine *engine);                     /* somebody left */

/* starts.c, commands.c: do what a command wishes; the reply waits for the commit. */
void starts_do(struct engine *engine, struct command *command);
/* The child of a parent's branch. `*child` NULL, and why not. */
void starts_child(struct engine *engine, struct open *parent, uint16_t branch, const char *saga, uint32_t version,
                  const char *input, size_t input_length, struct open **child, struct error *error);
/* A start that nobody waits for. 0 also when it was made before; else the command's error. */
int starts_by_itself(struct engine *engine, struct command *command, const struct definition *definition);
void commands_do(struct engine *engine, struct command *command);

/* outside.c: callbacks, approvals and signals. */
void outside_tell(struct engine *engine, struct command *command);
void outside_signal(struct engine *engine, struct command *command);

/* retention.c: some of what has expired goes with the batch at work. */
void retention_sweep(struct engine *engine);
void retention_took(struct engine *engine, uint64_t ms); /* a commit with it */

/* replies.c: who is told what, and when. */
void replies_add(struct engine *engine, struct command *command, char *owned);
void replies_wait(struct engine *engine, struct open *open, struct command *command);
void replies_fill(struct open *open, struct command *command);
/* From the store, for a transaction that is not open. Fills error too; `owned` is for replies_add. */
void replies_fill_stored(struct engine *engine, uint64_t number, struct command *command, char **owned);
void replies_wake(struct engine *engine, struct open *open); /* it ended or paused: all who wait are told */
void replies_expire(struct engine *engine, uint64_t now_ms); /* UINT64_MAX: everybody's patience is over */
void replies_send(struct engine *engine);

/* batch.c: one commit. */
void batch_add(struct engine *engine, struct open *open);
int batch_commit(struct engine *engine, struct error *error);
void batch_release(struct engine *engine);
void batch_done(struct batch *batch);

/* calls.c: lets calls out within the limits, and takes their answers in. */
void calls_push(struct engine *engine, struct open *open);
void calls_send(struct engine *engine);
void calls_answered(struct engine *engine, struct response *response);
bool calls_room(const struct engine *engine, const struct participant *participant); /* for one more in flight */
/* Calls that are out, but for those to participants that have all they may have: who hangs fills its share, and
 * nobody knows when that moves again. */
uint32_t calls_moving(const struct engine *engine);
void calls_put(struct engine *engine, struct participant *participant, struct request *request);

/* requests.c: a call as an HTTP request. NULL and `*error` when a template cannot be filled in. */
struct request *requests_build(struct engine *engine, struct open *open, const struct call *call,
                               const struct participant *participant, struct error *error);
/* A message of the outbox as one. */
struct request *requests_letter(struct engine *engine, const struct letter *letter,
                                const struct participant *participant);

#endif
