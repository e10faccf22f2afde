/* What is found when sagas are looked at together, before anybody registers them. */
#ifndef BELAY_DEFINITION_FAMILY_H
#define BELAY_DEFINITION_FAMILY_H

#include "definition/definition.h"
#include "definition/findings.h"

/* Holds what list[which] starts against the others, and adds what is found: children that cannot be any (errors),
 * and those that are not there (warnings: they may be registered already). NULL in the list is a file that is
 * wrong by itself. The findings are not placed yet. */
void family_check(const struct definition *const *list, size_t count, size_t which, struct findings *findings);

#endif
