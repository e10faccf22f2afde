/* A PostgreSQL server of the test's own: initdb into a temporary directory, a Unix socket in it, no network. */
#ifndef BELAY_SDK_CLUSTER_H
#define BELAY_SDK_CLUSTER_H

#include <libpq-fe.h>
#include <stdint.h>

/* Starts the server, once; ends the test program when that cannot be. It dies with this process. */
void cluster_start(void);
void cluster_stop(void);

/* Kills the server as a power cut would, and starts it again. */
void cluster_crash(void);

/* What libpq connects to. */
const char *cluster_dsn(void);

/* A connection that prints nothing; ends the test program when there is none. */
PGconn *cluster_connect(void);

/* Runs statements that must succeed. */
void cluster_run(PGconn *conn, const char *sql);

/* The first column of the first row. */
int64_t cluster_count(PGconn *conn, const char *sql);

#endif
