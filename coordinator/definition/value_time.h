/* Timestamps (RFC 3339, years 1 to 9999) and durations (nanoseconds in 64 bits, about 292 years) as values:
 * reading, writing and the arithmetic that stays within those ranges. */
#ifndef BELAY_DEFINITION_VALUE_TIME_H
#define BELAY_DEFINITION_VALUE_TIME_H

#include "definition/value.h"

/* NULL, or why `text` is no timestamp ("2025-01-31T12:00:00.5+01:00"). */
const char *value_time_read(const char *text, size_t length, struct value *value);

/* NULL, or why `text` is no duration ("1h30m", "-1.5s", "250ms", "7d"). */
const char *value_time_read_duration(const char *text, size_t length, struct value *value);

/* False when the second does not lie in the years 1 to 9999. */
bool value_time_make(int64_t seconds, uint32_t nanos, struct value *value);

/* The string form of a timestamp ("2025-01-31T11:00:00.5Z") or a duration ("5400s", "-1.5s"). */
void value_time_print(const struct value *value, char text[VALUE_TEXT_MAX]);

/* a + b and a - b. False when the result is out of range. `value_time_adds` tells which pairs of types can be
 * added or subtracted at all. */
bool value_time_adds(enum value_type a, enum value_type b, bool minus);
bool value_time_add(const struct value *a, const struct value *b, bool minus, struct value *result);

#endif
