/* A service under test, the same on every back end: the table `effect` holds one row per effect. */
#ifndef BELAY_SDK_SUBJECT_H
#define BELAY_SDK_SUBJECT_H

#include "belay/participant.h"

#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

enum subject_kind { SUBJECT_SQLITE, SUBJECT_POSTGRES, SUBJECT_TWO_PHASE };

struct subject {
    enum subject_kind kind;
    sqlite3 *db;
    PGconn *conn;
    struct belay_barrier *barrier;
    struct belay_participant *participant;
    char body[512]; /* of the last answer, NUL-terminated */
    int code;       /* what belay_handle returned */
    int hooks;      /* how often hooks ran */
};

/* Where the database of a kind is: a path, or what libpq connects to. subject_reset empties it. */
const char *subject_place(enum subject_kind kind);
void subject_reset(enum subject_kind kind);
void subject_remove(void); /* SQLite's files */

/* Operations: "add" (do inserts an effect and answers how many there are, undo deletes it, confirm marks it; with
 * two phases prepare answers nothing, commit and rollback change nothing), "no" (its action changes something and
 * refuses), "fail" (likewise, and fails). `allocator` may be NULL. False when it could not be opened, and then
 * nothing is left of it. */
bool subject_open(struct subject *subject, enum subject_kind kind, const struct belay_allocator *allocator);
void subject_close(struct subject *subject);

/* One delivery of phase `phase` of branch (transaction, "s"). Returns the status. */
int subject_call(struct subject *subject, const char *operation, const char *phase, const char *transaction);

/* The first column of the first row. Portable SQL only. */
int64_t subject_count(struct subject *subject, const char *sql);

#endif
