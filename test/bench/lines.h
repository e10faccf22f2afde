/* Cutting HTTP messages out of a stream. */
#ifndef BELAY_BENCH_LINES_H
#define BELAY_BENCH_LINES_H

#include <stddef.h>

/* The length of the complete message at `bytes`, 0 when more is to come. */
size_t lines_message(const char *bytes, size_t length);

#endif
