/* The system's clock, for the options of a participant. */
#include "belay/sign.h"

#include <time.h>

static int64_t system_now_s(void *context)
{
    (void)context;
    return (int64_t)time(NULL);
}

const struct belay_clock belay_clock_system = {.now_s = system_now_s};
