/* The JSON body of a request. */
#ifndef BELAY_API_BODY_H
#define BELAY_API_BODY_H

#include "api/exchange.h"
#include "api/members.h"

#include <stdbool.h>

struct body {
    json_t *object;           /* of body_read_value: any value, or NULL */
    struct findings findings; /* what is wrong with it so far: handlers add theirs */
    const char *text;
    size_t length;
};

/* Reads the body as one object with the members of `table`. False: it was no JSON object (400, 413, 415); the
 * exchange is answered and `body` holds nothing. Wrong members are findings, for body_good to answer. */
bool body_read(struct exchange *exchange, const struct key_table *table, struct body *body);

/* The same, but no body at all is as good as {}, and needs no Content-Type: for callers that prove themselves by
 * what a page in a browser does not have. */
bool body_read_optional(struct exchange *exchange, const struct key_table *table, struct body *body);

/* Reads it as one JSON value of any type. No body at all is no value, but the Content-Type must be there, as
 * headers_check_json says why. */
bool body_read_value(struct exchange *exchange, struct body *body);

/* True when nothing was found. Else the exchange is answered 422 with everything that was, and `body` is done. */
bool body_good(struct exchange *exchange, struct body *body);

void body_done(struct body *body);

#endif
