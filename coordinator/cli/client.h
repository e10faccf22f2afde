/* The client of the HTTP interface, on libcurl: the only file that knows it. One connection, one request at
 * a time. */
#ifndef BELAY_CLI_CLIENT_H
#define BELAY_CLI_CLIENT_H

#include "base/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CLIENT_BODY_BYTES = 128 << 20, /* a page of a history can hold a hundred large outputs */
    CLIENT_CONNECT_MS = 5000,
    CLIENT_TIMEOUT_MS = 60000,
};

#define CLIENT_URL "http://127.0.0.1:7070"

struct client;

struct ask {
    const char *method;
    const char *path;  /* begins with "/"; percent-encoded by whoever made it */
    const char *body;  /* JSON, or NULL */
    const char *key;   /* Idempotency-Key, or NULL */
    uint64_t timeout_ms; /* 0 = CLIENT_TIMEOUT_MS */
};

struct reply {
    int status;
    json_t *json;          /* NULL when the body is empty or no JSON */
    char content_type[64]; /* lower case, without parameters */
    uint64_t date_ms;      /* of the Date header; 0 without one */
};

/* `url` is the coordinator's base: http or https; "host:port" means http. ERROR_USAGE when it is none. */
struct client *client_new(const char *url, struct error *error);
void client_free(struct client *client);

const char *client_url(const struct client *client); /* as it is used */

/* Makes one request. 0 with any HTTP answer (free it with reply_done), or ERROR_IO with why there was none. */
int client_ask(struct client *client, const struct ask *ask, struct reply *reply, struct error *error);
void reply_done(struct reply *reply);

/* Whether anything that speaks HTTP answers a GET of that URL; `*status` is what it said. */
int client_knock(const char *url, uint64_t timeout_ms, int *status, struct error *error);

#endif
