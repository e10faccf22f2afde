/* The draft: a saga file as it was written, read key by key, before anything follows from it. What is wrong
 * in the file is missing here and has its finding already. Nodes stand in the order of the file; a group
 * stands before its members. */
#ifndef BELAY_DEFINITION_DRAFT_H
#define BELAY_DEFINITION_DRAFT_H

#include "core/plan.h"
#include "definition/definition.h"
#include "definition/policy.h"

#include <jansson.h>

enum node_kind {
    NODE_CALL,     /* calls a participant */
    NODE_CHILD,    /* "saga": a transaction of its own */
    NODE_SEQUENCE, /* "steps" */
    NODE_PARALLEL, /* "parallel" */
    NODE_SWITCH,   /* "switch"; its members are cases */
    NODE_CASE,     /* one of them: a sequence behind a gate */
    NODE_DELAY,
    NODE_SIGNAL, /* "waitFor" */
    NODE_APPROVAL,
    NODE_BROKEN, /* nobody can say what it does */
};

enum { NODE_NONE = -1 };

struct node {
    enum node_kind kind;
    char *pointer;
    char *id;     /* NULL: none, or none that can be used */
    int parent;   /* the group it stands in, NODE_NONE */
    int previous; /* the one before it in its sequence or switch, NODE_NONE */
    int *needs;   /* filled in by names.c: nodes; only with has_needs */
    size_t needs_count;
    const json_t *needs_json; /* borrowed; NULL without the key */
    bool needs_broken;        /* names what is not there */
    struct expr *when;
    bool conditional; /* has a `when`, even a broken one */

    /* Only of a call: */
    char *participant;
    bool operation;
    bool pivot;
    bool read_only;
    enum phases phases; /* other than PHASES_SAGA: it is held until the decision */
    bool has_undo; /* has a compensation of its own, even a broken one */
    bool continue_on_failure;
    struct request_spec action;
    struct request_spec undo;
    struct request_spec confirm;
    struct policy retry;
    struct policy confirm_retry;
    struct policy undo_retry;
    uint64_t timeout_ms;      /* 0: not said */
    uint64_t undo_timeout_ms; /* 0: not said */
    uint64_t confirm_timeout_ms;
    bool has_async;           /* even a broken one */
    uint64_t async_ms;
    uint64_t heartbeat_ms; /* 0: none */
    bool has_check;
    struct request_spec check;
    struct expr *success;
    struct expr *failure;
    bool each;          /* has a forEach, even a broken one */
    struct expr *items; /* forEach.in */
    struct expr *item_key;
    bool item_keyed; /* has a forEach.key, even a broken one */
    char *item_name;
    uint16_t concurrency;

    /* Only of a child, whose input is the body of `action`: */
    char *child;
    uint32_t child_version; /* 0: the newest */

    /* Only of a delay, signal or approval: */
    uint64_t wait_ms;
    enum on_silence on_silence;
    char *signal;
    struct template *title;
    char **roles;
    size_t roles_count;
};

struct draft {
    json_t *root;
    char *name;
    char *description;
    char *tags; /* as in struct definition */
    uint32_t version;
    uint32_t priority;
    uint64_t retention_ms;       /* 0: for ever */
    struct schedule *schedule;   /* NULL */
    uint32_t notices;            /* as in struct definition */
    char *notices_to;
    bool has_lock;               /* even a broken one */
    struct expr *lock;           /* its key */
    bool lock_rejects;
    uint64_t lock_wait_ms;
    uint64_t timeout_ms;         /* 0: none */
    uint64_t default_timeout_ms; /* 0: not said */
    enum on_timeout on_timeout;
    enum undo_order undo_order;
    enum on_exhausted on_exhausted;
    struct policy retry;      /* defaults.retry */
    struct policy undo_retry; /* compensation.retry */
    const json_t *schema;     /* input.schema, borrowed; NULL */
    struct schema *compiled;  /* the same; NULL */
    struct template *output;
    struct node *nodes;
    size_t nodes_count;
    json_t *ids;     /* id -> index of its node */
};

/* Frees everything that still belongs to the draft. */
void draft_done(struct draft *draft);

/* The node with that id, or NODE_NONE. */
int draft_find(const struct draft *draft, const char *id);

bool node_is_group(const struct node *node);

/* A delay, signal or approval: calls nobody, so there is nothing to undo. */
bool node_is_wait(const struct node *node);

/* True of a group that decides whether its members run: it has a `when`, or is a case. */
bool node_is_gate(const struct node *node);

/* What to call a node in a message: its id, or its place when it has none. */
const char *node_name(const struct node *node);

/* True when `inner` stands inside the group `outer`, however deep. */
bool draft_inside(const struct draft *draft, int inner, int outer);

/* Of the members of the innermost group around both, the one that is `node` or holds it. */
int draft_branch(const struct draft *draft, int node, int other);

/* True when both stand in the same switch, but in different cases: at most one of them runs. */
bool draft_exclusive(const struct draft *draft, int a, int b);

void request_spec_done(struct request_spec *request);

#endif
