/* From a draft without errors to a definition. */
#ifndef BELAY_DEFINITION_COMPILE_H
#define BELAY_DEFINITION_COMPILE_H

#include "definition/order.h"

/* Takes what it needs out of the draft, which is to be freed all the same. */
struct definition *compile_draft(struct draft *draft, const struct order *order);

#endif
