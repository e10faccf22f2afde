/* Filling a response: answers that are copied, and problems (RFC 9457). */
#ifndef BELAY_SRC_RESPONSE_H
#define BELAY_SRC_RESPONSE_H

#include "belay/http.h"
#include "belay/protocol.h"
#include "bytes.h"

#define RESPONSE_JSON    "application/json"
#define RESPONSE_PROBLEM "application/problem+json"

/* Empties `response` without freeing and gives it an allocator. */
void belay_response_init(struct belay_response *response, const struct belay_allocator *allocator);

/* Puts {"type","title","status","code","detail"}. */
void belay_response_print_problem(struct belay_bytes *bytes, int status, const char *code, const char *title,
                                  const char *detail);

/* Replaces `response` by one of the protocol's problems. BELAY_OK or BELAY_ERROR_MEMORY (then it has no body). */
int belay_response_problem(struct belay_response *response, enum belay_problem problem, const char *detail);

#endif
