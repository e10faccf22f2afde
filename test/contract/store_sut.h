/* One SQLite store in a scratch directory, for the tests of what only it has. */
#ifndef BELAY_CONTRACT_STORE_SUT_H
#define BELAY_CONTRACT_STORE_SUT_H

#include "adapters/store_sqlite_inner.h"
#include "contract/store_harness.h"

/* The store under test (hence "sut"): at most one at a time. */
extern char *sut_path; /* its directory */
extern struct store *sut;
extern struct error sut_error; /* of the last call */

void sut_begin(void); /* a new store in a new directory */
void sut_end(void);   /* closes it if it is open, and removes its directory */

struct store *sut_open(void); /* NULL: see sut_error */
void sut_close(void);

const char *sut_file(const char *name); /* in the directory; valid until the next call */
void sut_copy(const char *from, const char *to, off_t length); /* of two such names; length -1 = whole */
bool sut_says(const char *part);        /* of the error's text */

/* Opening fails with this code and these words, and names the directory. */
bool sut_refused(int code, const char *part);

/* Inserts an open transaction with one fact; what commit returns. */
int sut_commit(uint64_t txn, const char *text);

/* All of 1 .. acknowledged are there with their fact, nothing after `possible`, and the file is sound. */
bool sut_holds(uint64_t acknowledged, uint64_t possible);

#endif
