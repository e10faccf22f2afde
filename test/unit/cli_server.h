/* A coordinator that plays a script: for tests of the command line. */
#ifndef BELAY_UNIT_CLI_SERVER_H
#define BELAY_UNIT_CLI_SERVER_H

#include <stddef.h>

struct scene {
    const char *request; /* "GET /v1/transactions?limit=50", as it must come */
    int status;          /* 0: break the connection off without an answer */
    const char *type;    /* NULL = application/json */
    const char *body;    /* NULL: break the connection off in the head of the answer */
};

struct cli_server;

/* Plays the scenes in order, one request each; anything else is answered 500 and counted as a slip. */
struct cli_server *cli_server_start(const struct scene *scenes, size_t count);
const char *cli_server_url(const struct cli_server *server);

/* The whole request of a scene that was played ("" before). */
const char *cli_server_request(const struct cli_server *server, size_t scene);

/* Ends it; how many requests were not the ones of the script, plus scenes that were never asked for. */
size_t cli_server_stop(struct cli_server *server);

#endif
