/* The participants: three banks. An action moves cents from what is free into a hold, its undo moves them back.
 * Of
 * a step that is held, a confirm spends the hold. Around all stands the barrier of the protocol. */
#ifndef BELAY_SIM_BANK_H
#define BELAY_SIM_BANK_H

#include "sim/evidence.h"

enum { BANK_CENTS = 1000000 };

enum row_state { ROW_OPEN, ROW_YES, ROW_NO, ROW_FENCE };

/* What a bank keeps of one branch. */
struct bank_row {
    const char *txn;
    const struct leaf *leaf;
    enum row_state did;
    enum row_state undid;
    enum row_state confirmed;
    bool reads; /* it voted and has nothing to commit */
    bool working; /* taken on, and not done yet */
    unsigned do_runs;
    unsigned undo_runs;
    unsigned confirm_runs;
    unsigned last_attempt; /* the highest that arrived of the do */
    int64_t hold;
    int64_t spent;
    char code[16]; /* of a no */
};

struct bank {
    int64_t free;
    uint64_t down_until_ms;
};

struct banks {
    struct bank banks[PARTICIPANTS];
    struct bank_row **rows;
    size_t rows_count;
    bool no_barrier; /* a mutant: hooks run whenever they are called */
};

void banks_init(struct banks *banks);
struct bank_row *banks_row(struct banks *banks, struct keep *keep, const char *txn, const struct leaf *leaf);

/* The barrier and the hook. `willing`: the hook says yes. */
enum deed banks_do(struct banks *banks, struct bank_row *row, unsigned attempt, bool willing);
enum deed banks_undo(struct banks *banks, struct bank_row *row);
enum deed banks_confirm(struct banks *banks, struct bank_row *row);

/* What it says with its yes. */
void banks_print_yes(const struct bank_row *row, char *text, size_t size);

#endif
