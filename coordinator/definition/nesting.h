/* Sagas within sagas: whether every child is there and can be one, and none leads back to where it came from. */
#ifndef BELAY_DEFINITION_NESTING_H
#define BELAY_DEFINITION_NESTING_H

#include "base/error.h"
#include "definition/definition.h"

/* A version of a saga, 0 for the newest. The error that it returns is passed on with the step in front; 0 without
 * a definition leaves the child alone, for who cannot know all of them. */
typedef int nesting_find(void *context, const char *name, uint32_t version, const struct definition **definition,
                         struct error *error);

/* 0, or ERROR_INVALID: which step starts what cannot be started, with the path where there is one to print. */
int nesting_check(const struct definition *definition, nesting_find *find, void *context, struct error *error);

/* The same for one step of it, which starts a child. */
int nesting_check_step(const struct definition *definition, uint16_t step, nesting_find *find, void *context,
                       struct error *error);

/* 0, or ERROR_INVALID: it decides by itself, at a pivot or a vote, and can be nobody's child. */
int nesting_check_child(const struct definition *child, struct error *error);

/* In which order sagas that come together are registered: those that others start come first, else as they stand.
 * Of a circle the order does not matter: nobody can register it. `order` gets `count` places in `list`, in which
 * NULL is a saga that nobody starts. */
void nesting_order(const struct definition *const *list, size_t count, size_t *order);

#endif
