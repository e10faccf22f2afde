/* The rules of a history, checked on the facts as the interface gives them. */
#ifndef BELAY_E2E_HISTORY_H
#define BELAY_E2E_HISTORY_H

/* Reads the history of a transaction page by page. What is wrong with it, in words, or NULL; it must end as
 * `status` says. `*facts` is how many there are. */
const char *history_check(unsigned port, const char *id, const char *status, unsigned *facts);

#endif
