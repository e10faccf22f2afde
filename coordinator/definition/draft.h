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
    NODE_SEQUENCE, /* "steps" */
    NODE_PARALLEL, /* "parallel" */
    NODE_BROKEN,   /* nobody can say what it does */
};

enum { NODE_NONE = -1 };

struct node {
    enum node_kind kind;
    char *pointer;
    char *id;     /* NULL: none, or none that can be used */
    int parent;   /* the group it stands in, NODE_NONE */
    int previous; /* the one before it in its sequence, NODE_NONE */
    int *needs;   /* filled in by names.c: nodes; only with has_needs */
    size_t needs_count;
    const json_t *needs_json; /* borrowed; NULL without the key */
    bool needs_broken;        /* names what is not there */
    struct expr *when;
    bool conditional; /* has a `when`, even a broken one */
    bool incomplete;  /* uses keys that this version cannot read, which bring variables */

    /* Only of a call: */
    char *participant;
    bool operation;
    bool pivot;
    bool read_only;
    bool has_undo; /* has a compensation of its own, even a broken one */
    bool continue_on_failure;
    struct request_spec action;
    struct request_spec undo;
    struct policy retry;
    struct policy undo_retry;
    uint64_t timeout_ms;      /* 0: not said */
    uint64_t undo_timeout_ms; /* 0: not said */
};

struct draft {
    json_t *root;
    char *name;
    char *description;
    uint32_t version;
    uint64_t timeout_ms;         /* 0: none */
    uint64_t default_timeout_ms; /* 0: not said */
    enum on_timeout on_timeout;
    enum undo_order undo_order;
    enum on_exhausted on_exhausted;
    struct policy retry;      /* defaults.retry */
    struct policy undo_retry; /* compensation.retry */
    const json_t *schema;     /* input.schema, borrowed; NULL */
    struct template *output;
    struct node *nodes;
    size_t nodes_count;
    json_t *ids;     /* id -> index of its node */
    bool incomplete; /* holds steps that this version cannot read: names may be missing */
};

/* Frees everything that still belongs to the draft. */
void draft_done(struct draft *draft);

/* The node with that id, or NODE_NONE. */
int draft_find(const struct draft *draft, const char *id);

bool node_is_group(const struct node *node);

/* What to call a node in a message: its id, or its place when it has none. */
const char *node_name(const struct node *node);

/* True when `inner` stands inside the group `outer`, however deep. */
bool draft_inside(const struct draft *draft, int inner, int outer);

void request_spec_done(struct request_spec *request);

#endif
