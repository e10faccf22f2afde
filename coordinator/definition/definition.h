/* A definition: a saga file that was found right, compiled into a plan for the core and templates for the
 * engine. Immutable once parsed. */
#ifndef BELAY_DEFINITION_DEFINITION_H
#define BELAY_DEFINITION_DEFINITION_H

#include "core/plan.h"
#include "definition/expr.h"
#include "definition/findings.h"
#include "definition/phases.h"
#include "definition/template.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct schedule;
struct schema;

struct header_spec {
    char *name;
    struct template *value; /* text */
};

struct request_spec {
    char *method;
    struct template *path; /* text, percent-encoding what is put in; starts with "/" */
    struct header_spec *headers;
    size_t headers_count;
    struct template *body; /* NULL: none, or the input (see body_input) */
    bool body_input;       /* the transaction's input goes out as it came in */
};

/* Step i belongs to plan.steps[i]. */
struct step_spec {
    char *id;          /* of a gate: the id its group has, or a made-up one that no step can have ("group#2", of a
                        * case "switch#2") */
    char *participant; /* NULL when it calls nobody, or a child */
    struct expr *when; /* NULL when unconditional */
    struct expr *items;    /* forEach: the list; only when plan.steps[i].each */
    struct expr *item_key; /* and the key of an item; NULL: its place in the list */
    char *item_name;       /* and what expressions call an item */
    char *child;           /* the saga that it starts, only when plan.steps[i].child; its input is action.body */
    uint32_t child_version; /* 0: the newest */
    struct request_spec action;
    struct request_spec undo;  /* only when plan.steps[i].undoable */
    struct request_spec confirm; /* only when plan.steps[i].confirmable */
    enum phases phases;          /* what these are called */
    struct request_spec check; /* only when plan.steps[i].checkable */
    struct expr *success;      /* outcomes: over `response`; NULL = by the status alone */
    struct expr *failure;
    char *signal;           /* of a STEP_SIGNAL: its name */
    struct template *title; /* of a STEP_APPROVAL: text */
    char **roles;           /* who may say yes or no; none = anybody */
    size_t roles_count;
    char **non_retryable; /* codes that make an unknown answer final */
    size_t non_retryable_count;
    bool operation; /* short form for the SDK: the phases share one path */
};

struct definition {
    char *name;
    uint32_t version;
    char *description;     /* may be NULL */
    char *tags;            /* of every transaction, in the form of struct store_row: "\nvip\neu\n"; NULL */
    unsigned priority;     /* 0 .. 9, the most urgent */
    uint64_t retention_ms; /* how long a finished transaction is kept; 0 = for ever */
    struct plan plan;
    struct step_spec *steps;
    struct expr *lock;       /* the key of its lock, only when plan.locks */
    struct schedule *schedule; /* when it starts by itself; NULL: never */
    uint32_t notices;        /* what is announced: bits of 1 << enum notice */
    char *notices_to;        /* the participant that is told; NULL: nobody */
    struct template *output; /* NULL: the result is {} */
    struct schema *schema;   /* of the input; NULL: any input will do */
    char *text;              /* canonical JSON: compact, keys in the author's order */
    size_t text_length;
};

/* Parses, validates and compiles a saga file. NULL when `findings` has errors; warnings alone do not stop it.
 * All findings are reported, placed and sorted. `text` need not be NUL-terminated. */
struct definition *definition_parse(const char *text, size_t length, struct findings *findings);
/* The same for a text that was accepted before: rules about the whole (order, pivots, times, references) are not
 * asked again, because a rule may have become stricter since, and what runs must be able to go on. */
struct definition *definition_load(const char *text, size_t length, struct findings *findings);
void definition_free(struct definition *definition);

/* The index of a step by its id, or -1. */
int definition_find_step(const struct definition *definition, const char *id);

#endif
