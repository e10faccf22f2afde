/* A small world for the tests of the API: exchanges without sockets, and behind them either the real engine on
 * the memory store with participants that answer as their path says, or a fake engine that keeps the command. */
#ifndef BELAY_UNIT_API_SUPPORT_H
#define BELAY_UNIT_API_SUPPORT_H

#include "api/api.h"
#include "engine/engine.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct api_world {
    struct store *store;
    struct engine *engine; /* NULL with the fake */
    struct api *api;
    struct request *waiting[64]; /* calls without an answer */
    size_t waiting_count;
    uint64_t now_ms;
    char callback[1024]; /* the Belay-Callback that came last, without its host: "/v1/..." */

    /* The fake: the last command, and whether it is taken at all. */
    struct command *command;
    bool full;
};

/* A world with the real engine; one with the fake (its store is empty and real). */
struct api_world *api_world_new(void);
struct api_world *api_world_fake(void);
void api_world_free(struct api_world *world);

/* Turns the engine until nothing moves: calls are answered 200 {"ok":true,...}, at a path with "refuse" 409, "big"
 * by a large output, with "break" 500, with "later" 202, with "hang" not at all. */
void api_world_settle(struct api_world *world);

/* Replies to the fake's command. */
void api_world_reply(struct api_world *world);

/* What came out of an exchange. */
struct api_answer {
    bool done;
    int status;
    char body[4096]; /* its beginning */
    size_t length;
    json_t *json;    /* NULL when it is none */
    char content_type[64];
    char location[512];
    char retry_after[16];
    char allow[64];
    bool preference_applied;
};

struct api_header {
    const char *name;
    const char *value;
};

/* One exchange: "GET /v1/x?y", a body or NULL. `headers` ends with a NULL name; NULL: a JSON content type. The
 * answer stays valid until the next api_ask on this thread; it may come later, by settling or replying. */
struct api_answer *api_ask(struct api_world *world, const char *request, const char *body);
struct api_answer *api_ask_raw(struct api_world *world, const char *request, const char *body, size_t length,
                               const struct api_header *headers);

/* Members of the answer by a path of names and indexes: "steps.0.id". NULL / 0 when there is none. */
json_t *api_member(const struct api_answer *answer, const char *path);
const char *api_text(const struct api_answer *answer, const char *path);
long long api_number(const struct api_answer *answer, const char *path);

/* "200" or "409 conflict": status and, for a problem, its code. */
const char *api_verdict(const struct api_answer *answer);

#endif
