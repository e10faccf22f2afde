/* What the SDK's tests share: a service with a counter on SQLite, and calls to it. */
#ifndef BELAY_UNIT_SDK_SUPPORT_H
#define BELAY_UNIT_SDK_SUPPORT_H

#include "belay/participant.h"
#include "belay/sqlite.h"

#include <stdbool.h>

/* A service: the table `effect` holds one row per effect. Operations: "add" (saga, TCC, two-phase commit; action,
 * try and prepare insert an effect, compensation, cancel and rollback delete one, check tells the count), "no"
 * (its action changes something and then refuses), "fail" (likewise, and fails). */
struct sdk_service {
    char path[64]; /* of the database; ":memory:" is no file */
    sqlite3 *db;
    struct belay_barrier *barrier;
    struct belay_participant *participant;
};

void sdk_service_open(struct sdk_service *service, const char *path);
void sdk_service_close(struct sdk_service *service);

/* A fresh path for a database; sdk_path_remove also removes what SQLite puts beside it. */
void sdk_path_make(char path[64]);
void sdk_path_remove(const char *path);

/* The first column of the first row of a query. */
sqlite3_int64 sdk_count(sqlite3 *db, const char *sql);

/* Calls `operation` as the coordinator does: transaction "t", step "s", the item unless NULL. Returns the HTTP
 * status; the body is in sdk_body, NUL-terminated, until this thread's next call. */
int sdk_call(struct belay_participant *participant, const char *operation, const char *phase, const char *item);
const char *sdk_body(void);
int sdk_code(void); /* what belay_handle returned */

/* With everything stated. */
int sdk_send(struct belay_participant *participant, const struct belay_request *request);

/* Sends `text` to a port of the loopback interface and reads one response, head and body, into `got`. Returns its
 * status; 0 when the peer hung up without one; -1 when nobody listens. */
int sdk_http(unsigned port, const char *text, char *got, size_t size);

/* A port that nobody listens on now. */
unsigned sdk_free_port(void);

/* How often hooks ran, in all threads; set to 0 by the test. */
int sdk_hooks_ran(void);
void sdk_hooks_reset(void);

#endif
