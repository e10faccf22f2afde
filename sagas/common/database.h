/* The service's own database. */
#ifndef BELAY_COMMON_DATABASE_H
#define BELAY_COMMON_DATABASE_H

#include <sqlite3.h>
#include <stdbool.h>

/* Opens or makes `file` (durable: WAL and synchronous=FULL), runs `schema`, and `samples` the first time. NULL
 * after it printed why not, with `name` in front. */
sqlite3 *database_open(const char *name, const char *file, const char *schema, const char *samples);

#endif
