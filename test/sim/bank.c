/* Rows, the barrier's table, and the money. */
#include "sim/bank.h"

#include "sim/count.h"

#include <stdio.h>
#include <string.h>

static void run_do(struct banks *banks, struct bank_row *row);
static void run_undo(struct banks *banks, struct bank_row *row);

void banks_init(struct banks *banks)
{
    *banks = (struct banks){0};
    for (size_t i = 0; i < PARTICIPANTS; i++)
        banks->banks[i].free = BANK_CENTS;
}

struct bank_row *banks_row(struct banks *banks, struct keep *keep, const char *txn, const struct leaf *leaf)
{
    for (size_t i = 0; i < banks->rows_count; i++)
        if (banks->rows[i]->leaf == leaf && strcmp(banks->rows[i]->txn, txn) == 0)
            return banks->rows[i];
    banks->rows = keep_grow(keep, banks->rows, banks->rows_count, sizeof(struct bank_row *));
    struct bank_row *row = keep_new(keep, sizeof *row);
    row->txn = keep_text(keep, txn);
    row->leaf = leaf;
    banks->rows[banks->rows_count++] = row;
    return row;
}

enum deed banks_do(struct banks *banks, struct bank_row *row, unsigned attempt, bool willing)
{
    if (attempt < row->last_attempt)
        count(COUNT_CALL_OVERTAKEN);
    else
        row->last_attempt = attempt;
    bool open = row->did == ROW_OPEN || banks->no_barrier;
    if (row->undid == ROW_YES || row->did == ROW_FENCE)
        count(COUNT_CALL_FENCED);
    if (row->did == ROW_FENCE && !banks->no_barrier)
        return DEED_FENCED;
    if (!open) {
        count(COUNT_ANSWER_REPEATED);
        return DEED_REPEATED;
    }
    row->did = willing ? ROW_YES : ROW_NO;
    if (willing)
        run_do(banks, row);
    return willing ? DEED_RAN : DEED_REFUSED;
}

enum deed banks_undo(struct banks *banks, struct bank_row *row)
{
    if (row->undid == ROW_YES && !banks->no_barrier)
        return DEED_REPEATED;
    if (row->confirmed == ROW_YES && !banks->no_barrier)
        return DEED_FENCED;
    bool empty = row->did != ROW_YES && !banks->no_barrier;
    row->undid = ROW_YES;
    if (row->did == ROW_OPEN)
        row->did = ROW_FENCE;
    if (empty) {
        count(COUNT_UNDO_EMPTY);
        return DEED_EMPTY;
    }
    run_undo(banks, row);
    return DEED_RAN;
}

enum deed banks_confirm(struct banks *banks, struct bank_row *row)
{
    if (row->confirmed == ROW_YES && !banks->no_barrier)
        return DEED_REPEATED;
    if (row->did != ROW_YES || row->undid == ROW_YES)
        return DEED_EMPTY;
    count(COUNT_RAN_CONFIRM);
    row->confirmed = ROW_YES;
    row->confirm_runs++;
    row->spent += row->hold;
    row->hold = 0;
    return DEED_RAN;
}

void banks_print_yes(const struct bank_row *row, char *text, size_t size)
{
    snprintf(text, size, "{%s\"ref\":\"%s\",\"ok\":true}", row->reads ? "\"vote\":\"read_only\"," : "",
             row->leaf->id);
}

static void run_do(struct banks *banks, struct bank_row *row)
{
    count(COUNT_RAN_DO);
    row->do_runs++;
    if (row->leaf->read_only || row->reads)
        return;
    banks->banks[row->leaf->participant].free -= row->leaf->cents;
    row->hold = row->leaf->cents;
}

static void run_undo(struct banks *banks, struct bank_row *row)
{
    count(COUNT_RAN_UNDO);
    row->undo_runs++;
    if (row->reads)
        return;
    banks->banks[row->leaf->participant].free += row->leaf->cents;
    row->hold = 0;
}
