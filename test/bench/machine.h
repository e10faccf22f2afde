/* What has to be known about a machine to compare figures. */
#ifndef BELAY_BENCH_MACHINE_H
#define BELAY_BENCH_MACHINE_H

#include <jansson.h>

/* An object: when, processor, cores, memory, kernel, file system below build/, and its fdatasync, measured now. */
json_t *machine_describe(void);

#endif
