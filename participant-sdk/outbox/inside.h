/* What the files of the outbox share. */
#ifndef BELAY_OUTBOX_INSIDE_H
#define BELAY_OUTBOX_INSIDE_H

#include "belay/outbox.h"

#include <stdbool.h>

/* BELAY_ERROR_ARGUMENT when there is no outbox, or one without all of its functions. */
int belay_outbox_validate(const struct belay_outbox *outbox, struct belay_error *error);

/* Hands over one row that is due; `*found` false when there is none. Adds to `report`. */
int belay_outbox_pump_one(struct belay_outbox *outbox, const struct belay_transport *transport,
                          struct belay_outbox_report *report, bool *found, struct belay_error *error);

#endif
