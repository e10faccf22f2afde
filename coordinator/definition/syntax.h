/* Is it JSON? Says where it stops being so, and finds keys that stand twice, which a parser swallows. */
#ifndef BELAY_DEFINITION_SYNTAX_H
#define BELAY_DEFINITION_SYNTAX_H

#include "definition/findings.h"

#include <jansson.h>

/* The value of a JSON text, yours to free; NULL when it is none (then there is a finding). Findings are
 * placed already: size, syntax, depth, duplicate keys (of which the last one counts). */
json_t *syntax_read(const char *text, size_t length, struct findings *findings);

#endif
