/* Numbers as text: reading them strictly, writing the shortest text that reads back the same. */
#ifndef BELAY_DEFINITION_VALUE_NUMBER_H
#define BELAY_DEFINITION_VALUE_NUMBER_H

#include "definition/value.h"

/* [+-] digits, all of `text`. False when it is none or over 64 bits; `*integer` is then untouched. */
bool value_number_int(const char *text, size_t length, int64_t *integer);

/* [+-] digits [. digits] [e [+-] digits], or NaN, or [+-] Infinity. False when it is none or too large. */
bool value_number_double(const char *text, size_t length, double *real);

/* Toward zero. False when it is a NaN or does not lie strictly between -2^63 and 2^63. */
bool value_number_truncate(double real, int64_t *integer);

/* The shortest text that reads back as `real`: "0.1", "1e+21", "-3", "NaN", "Infinity". */
void value_number_print(double real, char text[VALUE_TEXT_MAX]);

#endif
