/* The zone port on GLib, which reads the time zones of the system. */
#ifndef BELAY_ADAPTERS_ZONE_GLIB_H
#define BELAY_ADAPTERS_ZONE_GLIB_H

#include "ports/zone.h"

struct zone zone_glib(void);

#endif
