/* What a response means: the classification of protocol 1, in one table. */
#ifndef BELAY_ENGINE_ANSWER_H
#define BELAY_ENGINE_ANSWER_H

#include "core/core.h"
#include "definition/definition.h"
#include "ports/caller.h"

/* Fills answer, code, settled and retry_after_ms of `event`. `*payload` is what the fact keeps: the response's
 * own body (a yes), or a text in `*made` that the caller frees; NULL for none. `async`: the step may answer
 * pending. */
void answer_classify(const struct response *response, const struct step_spec *step, bool async,
                     struct event *event, const char **payload, size_t *payload_length, char **made);

/* True for the statuses that say that something is deployed wrongly (an operator should look). */
bool answer_deployment_fault(int status);

#endif
