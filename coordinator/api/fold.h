/* A transaction as its facts tell it: the record, and what each phase of a step went through. */
#ifndef BELAY_API_FOLD_H
#define BELAY_API_FOLD_H

#include "base/error.h"
#include "core/txn.h"
#include "definition/definition.h"
#include "engine/payload_names.h"
#include "ports/store.h"

#include <stddef.h>
#include <stdint.h>

/* A step's action, compensation, check or confirm. What waits without calling anybody has one attempt. */
struct fold_phase {
    uint32_t attempts;
    uint64_t started_ms; /* the first attempt; 0 = never */
    uint64_t ended_ms;   /* 0 = another attempt is out, or is to come */
    enum answer answer;  /* the last one */
    uint16_t code;       /* HTTP status, or enum call_code */
    char *bytes;         /* what rode in the last answer: the output of a yes, else code and detail */
    size_t length;       /* of the bytes; with `bytes` NULL: of an output that was left out as too large */
};

struct fold {
    const struct definition *definition;
    struct txn *txn;
    struct fold_phase *actions; /* one per branch */
    struct fold_phase *undos;
    struct fold_phase *checks;
    struct fold_phase *confirms;
    struct names names; /* of the branches */
    uint64_t *early_ms; /* one per step: when its signal came before it was waited for; 0 = it did not */
    char **children;    /* one per step: the id of the transaction that it started last; NULL */
    char *begun;        /* what rode in the first fact */
    size_t begun_length;
    char *output; /* the result; NULL before the end */
    size_t output_length;
    size_t kept_bytes; /* all copies together: bounded by LIMIT_OUTPUTS_BYTES */
};

/* Reads and folds. `definition` is borrowed. ERROR_CORRUPT when a fact cannot follow from those before it. */
int fold_read(struct fold *fold, struct store *store, uint64_t txn, const struct definition *definition,
              struct error *error);
void fold_done(struct fold *fold);

#endif
