/* The store port in memory: the specification of the port, and the simulator's disk. */
#ifndef BELAY_ADAPTERS_STORE_MEMORY_H
#define BELAY_ADAPTERS_STORE_MEMORY_H

#include "ports/store.h"

/* An empty store whose identity is `secret`. Close it with store->close, which frees it. */
struct store *store_memory_open(uint64_t secret);

#endif
