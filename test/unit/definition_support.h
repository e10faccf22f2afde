/* What the tests of definitions share: reading one, and writing what came of it as text. */
#ifndef BELAY_UNIT_DEFINITION_SUPPORT_H
#define BELAY_UNIT_DEFINITION_SUPPORT_H

#include "definition/definition.h"

/* Parses `text` (of a copy without a NUL behind it, so that sanitizers see a read too far). `*printed`, when
 * it is asked for, are the findings as text under the name "saga"; free it with mem_free. */
struct definition *support_parse(const char *text, size_t length, char **printed);

/* Parses a saga of these steps, with single quotes for double ones; must be right but for W101. */
struct definition *support_steps(const char *steps);

/* The same with steps written short: `(a)` is an operation "a", `(a, more keys)` one that says more. */
struct definition *support_short(const char *steps);

/* The plan, a line for each step: `2 pay [pivot] needs 0 1, gate 0`. Free it with mem_free. */
char *support_plan(const struct definition *definition);

/* Steps written short become that plan. */
void support_check_plan(const char *steps, const char *expected);

#endif
