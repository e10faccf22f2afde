/* "Did you mean ...?": the known word that is nearest to a mistyped one, and identifiers made of names. */
#ifndef BELAY_DEFINITION_SUGGEST_H
#define BELAY_DEFINITION_SUGGEST_H

#include <stddef.h>

/* Feeds candidates one by one and keeps the best. */
struct suggest {
    const char *wrong;
    const char *best; /* borrowed from the caller of suggest_offer; NULL: nothing is near enough */
    size_t distance;
};

void suggest_init(struct suggest *suggest, const char *wrong);
void suggest_offer(struct suggest *suggest, const char *candidate);

/* Writes `did you mean "best"?` and returns `hint`, or returns `otherwise` (may be NULL) when nothing is
 * near enough. */
const char *suggest_hint(const struct suggest *suggest, char *hint, size_t size, const char *otherwise);

/* Makes an identifier of a name ("charge-card" -> "charge_card"); `size` >= 2. */
void suggest_identifier(const char *name, char *identifier, size_t size);

#endif
