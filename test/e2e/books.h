/* What the banks' own databases say. */
#ifndef BELAY_E2E_BOOKS_H
#define BELAY_E2E_BOOKS_H

#include "e2e/town.h"
#include "e2e/transfer.h"

#include <stddef.h>

/* All entries of one transfer at one bank. */
struct page {
    char transfer[TRANSFER_ID];
    char account[TRANSFER_ACCOUNT];
    unsigned done;   /* debits, credits */
    unsigned undone; /* refunds, reversals */
    unsigned settled;
    long long cents;   /* of what was done */
    long long balance; /* of all entries: what is left of it */
    bool in_order;     /* no undo before its do */
};

struct book {
    struct page *pages; /* ordered by transfer, byte by byte */
    size_t count;
    long long total;         /* of the accounts */
    long long entries;       /* the sum of all entries */
    unsigned wrong_accounts; /* whose balance is not their opening and their entries */
    char sound[64];          /* "ok", or what is wrong with the file */
};

/* Reads a bank's database, which nobody has open. False when it cannot be read; free with book_done either way. */
bool book_read(struct book *book, const struct town *town, enum bank bank);
void book_done(struct book *book);

/* An empty page when there is none. */
const struct page *book_find(const struct book *book, const char *transfer);

/* What PRAGMA integrity_check says of a database: "ok", or its first complaint. */
void book_integrity(const char *path, char *words, size_t size);

#endif
