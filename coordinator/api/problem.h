/* Problem details (RFC 9457): the one shape of every error that leaves the coordinator, whether the API or
 * the HTTP server itself says no. */
#ifndef BELAY_API_PROBLEM_H
#define BELAY_API_PROBLEM_H

#include "base/buf.h"

#define PROBLEM_CONTENT_TYPE "application/problem+json"

/* Puts {"type":"about:blank","title","status","code","detail"}. `code` is the stable word programs may rely on
 * (error_word), `detail` one sentence for a person; both may hold any bytes. */
void problem_put(struct buf *buf, int status, const char *code, const char *detail);

/* The same without its closing brace, for members that follow (",\"errors\":[...]}"). */
void problem_open(struct buf *buf, int status, const char *code, const char *detail);

/* The reason phrase of a status ("Not Found"); "Error" for one that nobody here sends. */
const char *problem_title(int status);

#endif
