/* One conversation with the coordinator. */
#ifndef BELAY_E2E_SUBMIT_H
#define BELAY_E2E_SUBMIT_H

#include "e2e/client.h"

/* Submits until there is a definite answer; again and with other content when the transfer says so. */
void submit_deed(struct clients *clients, struct deed *deed);

/* Asks until the transaction has ended. */
void submit_follow(struct clients *clients, struct deed *deed);

/* The path of a transaction, percent-encoded, with `rest` behind it. */
void submit_path(const char *id, const char *rest, char *path, size_t size);

/* Copies a text member of a JSON object; false when there is none, or it does not fit. */
bool submit_member(const char *json, const char *member, char *value, size_t size);

bool submit_final(const char *status);

#endif
