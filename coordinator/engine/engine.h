/* The engine: one thread that owns every open transaction. It takes what happened from its inbox, feeds the
 * core, makes the facts of the whole batch durable in one commit, and only then lets calls and replies out
 * (invariant 1). Everything else in the program talks to it by submitting commands. */
#ifndef BELAY_ENGINE_ENGINE_H
#define BELAY_ENGINE_ENGINE_H

#include "base/error.h"
#include "base/limits.h"
#include "core/core.h"
#include "definition/definition.h"
#include "ports/caller.h"
#include "ports/sign.h"
#include "ports/store.h"
#include "ports/world.h"
#include "ports/zone.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct engine;

struct engine_ports {
    struct store *store;
    struct caller caller;
    struct clock clock;
    struct entropy entropy;
    struct trace trace;
    struct zone zone; /* may be empty where no saga has a schedule in a time zone */
    struct sign sign; /* may be empty where no participant has secrets */
};

/* 0 in any of them means the default of limits.h. */
struct engine_options {
    uint32_t inbox_max;
    uint32_t batch_max;
    uint32_t open_max; /* in memory */
    uint64_t rest_ms;  /* how long one that only waits stays there */
    uint32_t calls_max;
    uint32_t calls_participant_max;
    uint32_t calls_per_second; /* to one participant; 0 = as fast as they come */
    uint64_t retention_ms;  /* how long what has ended is kept when its saga does not say; 0 = for ever */
    const char *public_url; /* how participants reach it, without a slash at the end; NULL = unknown */
};

enum command_type {
    COMMAND_START,       /* begin a transaction */
    COMMAND_WAIT,        /* tell when a transaction has ended, or stands paused */
    COMMAND_OPERATE,     /* cancel, pause, resume, retry, skip, resolve, terminate */
    COMMAND_TELL,        /* a callback's answer or heartbeat, a person's yes or no */
    COMMAND_SIGNAL,      /* what a step waits for, or will wait for */
    COMMAND_DEFINE,      /* register a definition */
    COMMAND_PARTICIPANT, /* put or remove a participant */
};

/* A wish and its answer. Whoever submits it owns it and everything in it, and keeps it until `reply`. */
struct command {
    enum command_type type;

    /* START. Texts are valid UTF-8 and within their limits, `input` is one JSON value in compact form. */
    const char *saga;
    uint32_t version; /* 0 = the newest */
    const char *input;
    size_t input_length;
    const char *id;   /* the client's own, or NULL */
    const char *key;  /* Idempotency-Key, or NULL */
    const char *tags; /* as in struct store_row, or NULL */

    /* START and WAIT: reply not before the end, a pause, or this long. 0 = reply as soon as it is durable. */
    uint64_t wait_ms;

    /* WAIT and OPERATE */
    uint64_t txn;

    /* OPERATE and TELL */
    enum event_type verb; /* EVENT_CANCEL ... EVENT_TERMINATE; EVENT_TELL or EVENT_BEAT */
    const char *step;     /* id, of an item "STEP[KEY]"; or NULL */
    enum answer answer;   /* RESOLVE, TELL: yes or no */
    const char *reason;   /* NULL = none given */
    const char *actor;    /* who; NULL = unknown */
    const char *output;   /* RESOLVE and TELL yes, SIGNAL: JSON, or NULL */
    size_t output_length;
    const char *body; /* RETRY of one step: JSON that it is called with from now on, or NULL */
    size_t body_length;

    /* TELL. A callback proves itself by its token; a person (approval true) is asked for a role. */
    bool approval;
    const char *token;
    const char *role;   /* NULL = none named */
    const char *code;   /* of a no; NULL */
    const char *detail; /* of a no; NULL */

    /* SIGNAL: the signal's name stands in `name`. */

    /* DEFINE: the engine takes it over when the reply says created. */
    struct definition *definition;

    /* PARTICIPANT: its name and JSON; text NULL removes it. */
    const char *name;
    const char *text;
    size_t text_length;

    /* WAIT, answered: while it waits for its lock, who holds that, and how many stand before it. */
    char result_holder[LIMIT_ID_TEXT];
    size_t result_before;

    /* The answer; valid from `reply` on. `output` and so on point into the engine: copy within `reply`. */
    struct error error;       /* code ERROR_NONE: it is done and durable */
    struct findings findings; /* START: what the input violates, without positions; pointers begin with "/input".
                                 The submitter's: findings_done */
    bool created;             /* new; false: it was there already, with the same content */
    uint32_t next_free;       /* DEFINE with ERROR_CONFLICT: a version number that is free */
    uint64_t result_txn;
    char result_id[LIMIT_ID_TEXT]; /* the transaction's id as clients see it */
    char result_saga[LIMIT_NAME_BYTES + 1];
    uint32_t result_version;
    enum status result_status;
    enum cause result_cause;
    char result_step[LIMIT_BRANCH_NAME]; /* the step or item that caused it, or "" */
    const char *result_output;           /* JSON when completed, else NULL */
    size_t result_output_length;

    /* Called once, on the engine's thread; must be quick. The command is the submitter's again. */
    void (*reply)(struct command *command);
    void *context;
};

/* Loads participants. Open transactions that had calls out, and those that are due, are loaded by the turns,
 * some in each, and their calls made again; all others when something happens to them. NULL and `*error` when the
 * store cannot be read or holds what cannot follow from its facts. */
struct engine *engine_new(const struct engine_ports *ports, const struct engine_options *options,
                          struct error *error);
/* After the last turn, also one that failed: forgets, loses nothing. Commands that were not replied to never will
 * be, and are their submitters' again. */
void engine_free(struct engine *engine);

/* Any thread. False when the inbox is full, or the engine does not get on or is stopping (`*command` then stays as
 * it was and is not replied to): tell the client to come again. */
bool engine_submit(struct engine *engine, struct command *command);

/* The caller's responses; any thread. `engine` is a struct engine *. Fits caller_answered. */
void engine_answered(void *engine, struct response **responses, size_t count);

/* One batch: waits for something to do (at most `wait_ms`), does it, commits, releases. Returns 0, or the
 * store's error: then nothing of the batch was acknowledged or sent, and the process must end. */
int engine_turn(struct engine *engine, uint64_t wait_ms, struct error *error);

/* When the next turn has something to do by itself, UINT64_MAX for never; between turns. For who lets time pass
 * in jumps. */
uint64_t engine_next_ms(const struct engine *engine);

/* Turns until engine_stop was called and no command waits for its commit. The return is engine_turn's. */
int engine_run(struct engine *engine, struct error *error);
void engine_stop(struct engine *engine); /* any thread */

/* What an operator's probe wants to know; any thread. */
struct engine_counts {
    uint64_t open;
    uint64_t loaded; /* of these, in memory */
    uint64_t started;
    uint64_t ended;
    uint64_t commits;
    uint64_t facts;
    uint64_t calls;
    uint64_t inbox;
};
void engine_counts(struct engine *engine, struct engine_counts *counts);

#endif
