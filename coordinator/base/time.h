/* Times as clients see them: RFC 3339 in UTC with milliseconds. */
#ifndef BELAY_BASE_TIME_H
#define BELAY_BASE_TIME_H

#include <stdbool.h>
#include <stdint.h>

enum { TIME_TEXT = 32 }; /* "2026-01-02T03:04:05.678Z" with its NUL, and room for five-digit years */

void time_print(uint64_t ms, char text[TIME_TEXT]);

/* Reads an RFC 3339 time (any offset, any fraction; what is below a millisecond is cut) of the years 1970 to
 * 9999. False when it is none; `*ms` is then untouched. */
bool time_parse(const char *text, uint64_t *ms);

#endif
