/* What a response means: the classification of protocol 1, in one table. */
#ifndef BELAY_ENGINE_ANSWER_H
#define BELAY_ENGINE_ANSWER_H

#include "core/core.h"
#include "engine/payload.h"
#include "ports/caller.h"

/* What the fact of an answer keeps. */
struct answer_bytes {
    const char *bytes; /* the response's own body (a yes), or `made`; NULL for none */
    size_t length;
    char *made; /* to be freed; NULL */
};

/* Fills answer, code, settled and retry_after_ms of `event`, whose branch and verb say what was called. */
void answer_classify(struct payload *payload, const struct response *response, struct event *event,
                     struct answer_bytes *keep);

/* The table alone, for what belongs to no step. */
enum answer answer_bare(const struct response *response);

/* True for the statuses that say that something is deployed wrongly (an operator should look). */
bool answer_deployment_fault(int status);

#endif
