/* The second reading: names that steps use for each other, once all of them are known. */
#ifndef BELAY_DEFINITION_NAMES_H
#define BELAY_DEFINITION_NAMES_H

#include "definition/parse.h"

/* Resolves `needs` of every node to nodes. */
void names_resolve(struct parse *parse);

/* Offers the ids of all nodes. */
struct suggest;
void names_suggest(const struct draft *draft, struct suggest *suggest);

#endif
