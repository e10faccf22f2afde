/* The store port on SQLite. */
#ifndef BELAY_ADAPTERS_STORE_SQLITE_H
#define BELAY_ADAPTERS_STORE_SQLITE_H

#include "ports/store.h"

/* Opens (and creates) the database in `directory`, which is made if missing and locked against a second
 * process until the store is closed. WAL, synchronous=FULL; one connection writes and checkpoints, readers are
 * query_only. NULL and `*error`: ERROR_LOCKED, ERROR_VERSION (made by a newer Belay), ERROR_CORRUPT, ERROR_IO. */
struct store *store_sqlite_open(const char *directory, struct error *error);

/* The version of the SQLite library that is linked ("3.40.1"). */
const char *store_sqlite_version(void);

#endif
