/* GLib keeps a zone that was read once, so asking again is a look into memory. */
#include "adapters/zone_glib.h"

#include <glib.h>

static bool known(void *self, const char *name)
{
    (void)self;
    GTimeZone *zone = g_time_zone_new_identifier(name);
    if (zone)
        g_time_zone_unref(zone);
    return zone != NULL;
}

static int32_t offset_s(void *self, const char *name, int64_t at_s)
{
    (void)self;
    GTimeZone *zone = g_time_zone_new_identifier(name);
    if (!zone)
        return 0;
    int interval = g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, at_s);
    int32_t offset = g_time_zone_get_offset(zone, interval);
    g_time_zone_unref(zone);
    return offset;
}

struct zone zone_glib(void)
{
    return (struct zone){.known = known, .offset_s = offset_s};
}
