/* Clocks, and times as people read and write them; base/time.h has those of the coordinator. Milliseconds since
 * 1970, UTC. */
#ifndef BELAY_CLI_TIMES_H
#define BELAY_CLI_TIMES_H

#include "base/error.h"

#include <stdint.h>

enum { TIMES_TEXT = 32 }; /* of a span */

uint64_t times_now_ms(void);       /* the wall clock */
uint64_t times_monotonic_ms(void); /* for measuring */
void times_sleep_ms(uint64_t ms);  /* or until a signal */

/* A span as a person says it: "0ms", "33ms", "1.24s", "2m05s", "3h20m", "4d03h". */
void times_print_span(uint64_t ms, char text[TIMES_TEXT]);

/* A point in time for a query: RFC 3339, or a span ("2h", "7d") before `now_ms`. ERROR_USAGE otherwise. */
int times_parse_point(const char *name, const char *text, uint64_t now_ms, uint64_t *ms, struct error *error);

#endif
