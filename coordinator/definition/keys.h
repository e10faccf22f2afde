/* The keys that a saga file may use, object by object. Unknown keys, wrong types, missing and misplaced
 * keys are found here, from the tables in key_tables.c; what a value means is the business of the parse_* files.
 */
#ifndef BELAY_DEFINITION_KEYS_H
#define BELAY_DEFINITION_KEYS_H

#include "definition/parse.h"

#include <jansson.h>

/* The types that a value may have. */
enum {
    TYPE_STRING = 1,
    TYPE_INTEGER = 2,
    TYPE_REAL = 4,
    TYPE_NUMBER = TYPE_INTEGER | TYPE_REAL,
    TYPE_BOOL = 8,
    TYPE_OBJECT = 16,
    TYPE_ARRAY = 32,
    TYPE_NULL = 64,
    TYPE_ANY = 127,
};

enum {
    KEY_REQUIRED = 1,
    KEY_KIND = 4,  /* says what its step does; a step has one of these */
    /* Only in ... (none of them: everywhere in its object) */
    ON_ACTION = 16,
    ON_OPERATION = 32,
    ON_GROUP = 64,
    ON_DO = 128,   /* in a retry policy: of an action, not of an undo */
    ON_WAIT = 256, /* a step that calls nobody: a delay, a signal, an approval */
    ON_TCC = 512,
    ON_VOTE = 1024, /* two-phase commit */
    ON_CHILD = 2048, /* a transaction of its own; no key is only there */
    ON_PLAIN = ON_ACTION | ON_OPERATION,
    ON_CALL = ON_PLAIN | ON_TCC | ON_VOTE,
    ON_ANY = ON_CALL | ON_GROUP | ON_DO | ON_WAIT | ON_CHILD,
};

struct key {
    const char *name;
    unsigned types;
    unsigned flags;
    const char *meaning; /* one line, for documentation */
};

struct key_table {
    const char *owner; /* "a step" */
    const struct key *keys;
    size_t count;
};

extern const struct key_table keys_saga, keys_input, keys_defaults, keys_compensation, keys_step, keys_each,
    keys_case, keys_action, keys_undo, keys_second, keys_operation_undo, keys_action_check, keys_outcomes,
    keys_async, keys_signal, keys_approval, keys_child, keys_retry, keys_lock, keys_events,
    keys_schedule;

/* Checks every key of `object`, which stands at parse->path. `place` is one of ON_..., or ON_ANY when it is
 * not known: then no key is misplaced. */
void keys_check(struct parse *parse, const json_t *object, const struct key_table *table, unsigned place);

/* The value of a key, or NULL when it is not there or its type is none of `types`: keys_check has said so. */
const json_t *keys_get(const json_t *object, const char *name, unsigned types);

/* TYPE_... of a value. */
unsigned keys_type(const json_t *value);

/* "a text", "a number", ... of a value: for messages. */
const char *keys_type_word(const json_t *value);

#endif
