/* Work that ends after its call was answered: a thread that does what is due and reports it to the coordinator. */
#ifndef BELAY_COMMON_REPORTER_H
#define BELAY_COMMON_REPORTER_H

#include <sqlite3.h>

/* The work, in SQL on the service's database. */
struct reports {
    const char *work; /* does what is due now, as far as nobody called it off; runs several times a second */
    const char *next; /* one row per work that is done and not reported: key, callback, output as JSON */
    const char *told; /* marks the work with key ?1 as reported */
};

struct reporter;

/* Starts the thread, which takes `db` over. NULL after it printed why not, with `name` in front. */
struct reporter *reporter_start(const char *name, const struct reports *reports, sqlite3 *db);

/* Ends the thread and closes its database. What was not reported yet is reported after the next start. NULL is
 * allowed. */
void reporter_stop(struct reporter *reporter);

#endif
