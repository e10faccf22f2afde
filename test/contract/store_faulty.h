/* A disk that fails on command: SQLite's default VFS, wrapped so that the n-th write, sync or truncation from
 * now on fails, once or from then on. For one thread. */
#ifndef BELAY_CONTRACT_STORE_FAULTY_H
#define BELAY_CONTRACT_STORE_FAULTY_H

#include <stdbool.h>

enum store_fault { STORE_FAULT_WRITE, STORE_FAULT_SYNC, STORE_FAULT_TRUNCATE };

/* Makes the faulty disk the default, and gives it back. Files stay on the disk they were opened on. */
void store_faulty_install(void);
void store_faulty_remove(void);

/* `nth` counts from 1 on, 0 = never. `code` is what SQLite is told (SQLITE_FULL, SQLITE_IOERR_FSYNC ...). */
void store_faulty_set(enum store_fault fault, unsigned nth, bool sticky, int code);
bool store_faulty_fired(void);
unsigned store_faulty_syncs(void); /* so far, those that did not fail */

#endif
