/* Ending an exchange: with JSON that stands in its response buffer, or with a problem (RFC 9457). After any of
 * these the exchange is gone. */
#ifndef BELAY_API_ANSWER_H
#define BELAY_API_ANSWER_H

#include "api/exchange.h"
#include "base/error.h"
#include "definition/findings.h"

/* Sends what was written to exchange->response. A response that became too large is answered 413 instead. */
void answer_json(struct exchange *exchange, int status);

/* Sends no body. */
void answer_empty(struct exchange *exchange, int status);

/* Sends an error of the table as a problem. What was written to the response is forgotten. */
void answer_error(struct exchange *exchange, const struct error *error);

/* The same with more to say: `hint` may be NULL; `findings` (may be NULL) become errors[]. */
void answer_problem(struct exchange *exchange, const struct error *error, const char *hint,
                    const struct findings *findings);

#endif
