/* What an expression may refer to, seen from the place where it stands. */
#ifndef BELAY_DEFINITION_REFERENCES_H
#define BELAY_DEFINITION_REFERENCES_H

#include "definition/order.h"
#include "definition/parse.h"

enum reader_place {
    IN_CONDITION, /* before the step runs; the title of an approval too */
    IN_KEY,       /* of an item: the same, and the item is there */
    IN_ACTION,
    IN_CHECK,    /* the outcome of the step's action is unknown */
    IN_OUTCOMES, /* there is a response, but nobody has said what it means */
    IN_UNDO,     /* the transaction is being undone, this step's outcome is yes or unknown */
    IN_CONFIRM,  /* the transaction is committed, this step's outcome is yes; others may still run */
    IN_OUTPUT,   /* the transaction is completed */
    IN_LOCK,     /* the transaction has not begun */
};

/* One place that reads. */
struct reader {
    struct parse *parse; /* its path is the string that holds the expression */
    const struct order *order;
    enum reader_place place;
    int node;    /* whose expression it is; NODE_NONE in the output */
    size_t skip; /* bytes of the string before the template */
};

/* Complains about one reference (expr_visitor's arguments): references.c the variables, reference_steps.c
 * what begins with `steps`, reference_input.c what begins with `input`. */
void references_check(const struct reader *reader, const char *const *path, size_t length, size_t offset,
                      bool guarded);
void reference_steps(const struct reader *reader, const char *const *path, size_t length, size_t offset,
                     bool guarded);
void reference_input(const struct reader *reader, const char *const *path, size_t length, size_t offset,
                     bool guarded);

/* A complaint at byte `offset` of the expression's text. */
void reference_complain(const struct reader *reader, enum rule rule, size_t offset, const char *hint,
                        const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Complains when `field` is none of `fields`; a NULL ends them too. */
void reference_field(const struct reader *reader, const char *owner, const char *const *fields, size_t count,
                     const char *field, size_t offset);

#endif
