/* A command on its way to the engine and back, with the exchange that waits for it. */
#ifndef BELAY_API_ERRAND_H
#define BELAY_API_ERRAND_H

#include "api/exchange.h"
#include "api/find.h"
#include "api/routes.h"
#include "engine/engine.h"

enum { ERRAND_TEXTS = 8 };

struct errand {
    struct command command;
    struct exchange *exchange;
    struct api *api;
    /* Called on the engine's thread when the command succeeded; answers the exchange. */
    void (*answer)(struct errand *errand);
    struct found found;            /* the transaction that it is about, if the handler looked it up */
    struct definition *definition; /* of that transaction, if the answer needs it */
    char *kept[ERRAND_TEXTS];
    size_t kept_count;
};

struct errand *errand_new(struct api *api, struct exchange *exchange, enum command_type type,
                          void (*answer)(struct errand *errand));

/* Hands it to the engine, which answers later; a full or ending engine is answered 503 now. The errand is gone
 * then, or will be. */
void errand_send(struct errand *errand);

/* For an errand that is not sent. */
void errand_free(struct errand *errand);

/* Keeps a copy for as long as the errand lives. NULL stays NULL. */
const char *errand_keep(struct errand *errand, const char *text);

/* The same, but takes the text (of mem.h) over. */
const char *errand_own(struct errand *errand, char *text);

#endif
