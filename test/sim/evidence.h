/* The evidence: everything that clients, the network and participants saw in one run, in the order in which it
 * happened. Written by the simulation, read by the checkers, which look at nothing else but this and the
 * store. Times are the simulator's; `clock` is what the coordinator's clock said then. */
#ifndef BELAY_SIM_EVIDENCE_H
#define BELAY_SIM_EVIDENCE_H

#include "engine/engine.h"
#include "sim/keep.h"
#include "sim/saga.h"

/* Something that a client wants done; it may ask for it several times. */
struct wish {
    const struct saga *saga;
    uint32_t version;
    unsigned nonce; /* the `n` of its input: no other wish has it */
    const char *input;
    uint8_t flags; /* the booleans of its input */
    const char *id;
    const char *key;
    const char *tags;
    uint64_t wait_ms;
};

/* A command, and what its submitter was told. */
struct telling {
    struct command command;
    struct world *world;
    const struct wish *wish; /* of a start */
    uint64_t asked_ms;
    uint64_t told_ms;
    unsigned life;
    bool told;  /* answered by the engine */
    bool shown; /* at the door: the inbox was full */
    bool lie;   /* a wrong token, or a role that may not */
    int code;   /* enum error_code */
    bool created;
    uint64_t number;
    const char *id;
    enum status status;
    enum cause cause;
    const char *step;
    const char *output;
};

/* A request that the coordinator let out, and the answer that it got. */
struct sent {
    uint64_t at_ms;
    uint64_t clock_ms;
    unsigned life; /* which process sent it */
    uint64_t number;
    const char *txn;
    const struct saga *saga;
    const struct leaf *leaf;
    enum verb verb;
    unsigned attempt;
    const char *key;
    const char *action_key;
    const char *now; /* the header X-Now; NULL */
    const char *callback; /* the token in the header Belay-Callback; NULL */
    const char *path;
    const char *body;
    size_t body_length;
    uint64_t timeout_ms;
    bool answered; /* the engine was told */
    uint64_t answered_ms;
    enum transport transport;
    int status;
    uint64_t retry_after_ms;
};

/* How a body begins that an operator gave. */
#define SENT_EDITED "{\"edited\":"
bool sent_edited(const struct sent *sent);

/* How a participant's barrier took a request. */
enum deed {
    DEED_RAN,     /* the hook ran and took effect */
    DEED_REFUSED, /* the hook ran and said no */
    DEED_REPEATED,
    DEED_FENCED, /* a do after its undo */
    DEED_EMPTY,  /* an undo of nothing */
    DEED_ACCEPTED, /* it will be done later */
    DEED_READ,   /* a check */
    DEED_FAILED, /* it never got as far as the barrier */
};

struct seen {
    uint64_t at_ms;
    const struct sent *sent;
    enum deed deed;
};

/* An announcement on its way to a participant, and what became of it there. */
struct post {
    uint64_t at_ms;
    unsigned life;
    uint64_t number;
    uint32_t seq; /* of the fact that it tells of */
    unsigned attempt;
    const char *key;
    const char *body;
    bool taken; /* the participant has it, or has refused it for good */
    bool answered; /* the engine was told */
};

/* A turn whose commit was kept, at which a saga's schedule was to be followed. */
struct look {
    const struct saga *saga;
    uint64_t clock_ms;
    unsigned life;
    bool running;    /* before it, a run of its own was open */
    bool stopped;    /* in it, a version without a schedule was registered */
    uint64_t before; /* the newest transaction before it, and after it */
    uint64_t after;
};

/* When the coordinator could not keep time: it was down, its clock jumped, or what was due had no room. */
struct outage {
    uint64_t from_ms; /* of the clock */
    uint64_t to_ms;
};

struct evidence {
    struct keep *keep;
    struct saga **sagas;
    size_t sagas_count;
    struct telling **tellings;
    size_t tellings_count;
    struct sent **sents;
    size_t sents_count;
    struct seen *seens;
    size_t seens_count;
    struct post **posts;
    size_t posts_count;
    struct look *looks;
    size_t looks_count;
    struct outage *outages;
    size_t outages_count;
    uint64_t peace_ms; /* when the faults ended */
    uint64_t ended_ms; /* when the last transaction did, UINT64_MAX: not all */
};

struct telling *evidence_telling(struct evidence *evidence);
struct sent *evidence_sent(struct evidence *evidence);
struct post *evidence_post(struct evidence *evidence);
void evidence_seen(struct evidence *evidence, struct seen seen);
void evidence_look(struct evidence *evidence, struct look look);
void evidence_outage(struct evidence *evidence, struct outage outage);

#endif
