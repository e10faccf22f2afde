/* Reading a call off its bytes. */
#ifndef BELAY_E2E_SIGHTING_H
#define BELAY_E2E_SIGHTING_H

#include "e2e/witness.h"

/* `bytes` is one whole HTTP request, NUL-terminated. */
void sighting_read(struct sighting *sighting, const char *bytes, size_t length);

#endif
