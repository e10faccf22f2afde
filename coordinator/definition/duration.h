/* Durations as people write them in a saga: `500ms`, `30s`, `5m`, `2h`, `7d`, `1h30m`, or ISO 8601
 * (`PT1H30M`, `P7D`; years and months have no fixed length and are refused). */
#ifndef BELAY_DEFINITION_DURATION_H
#define BELAY_DEFINITION_DURATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads `length` bytes as a duration in milliseconds. False when it is none, is not whole in
 * milliseconds, or is longer than 3650 days; `*ms` is then untouched. */
bool duration_parse(const char *text, size_t length, uint64_t *ms);

/* Writes the shortest form of our own that reads back as `ms` ("1h30m", "500ms"). `size` >= 32. */
void duration_print(uint64_t ms, char *text, size_t size);

#endif
