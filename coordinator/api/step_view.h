/* One step of a transaction, as GET /v1/transactions/{id} shows it. */
#ifndef BELAY_API_STEP_VIEW_H
#define BELAY_API_STEP_VIEW_H

#include "api/fold.h"
#include "base/buf.h"

/* Puts the step as an element of an array. `title` is what an approval asks, NULL where there is none. */
void step_view(const struct fold *fold, uint16_t step, const char *title, struct buf *buf);

/* Puts an item of a step as an element of an array. */
void step_view_item(const struct fold *fold, uint16_t item, struct buf *buf);

/* Puts the members that say why an answer was no yes, in the words of whoever gave it. */
void step_view_problem(const struct fold_phase *phase, struct buf *buf);

/* "delay", "signal", "approval", "saga", "gate" or "case"; NULL for a step that calls a participant. */
const char *step_view_kind(const struct definition *definition, uint16_t step);

/* Puts "signal" and "roles", where the step has them. */
void step_view_wait(const struct definition *definition, uint16_t step, struct buf *buf);

/* The step that started a child, from what rode in its first fact: {"id","step"}. Nothing of nobody's child. */
void step_view_parent(const json_t *begun, struct buf *buf);

#endif
