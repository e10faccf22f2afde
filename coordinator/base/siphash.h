/* SipHash-2-4 (Aumasson, Bernstein 2012): a short hash of texts that strangers choose. Keyed, so that nobody
 * outside can make texts collide on purpose. */
#ifndef BELAY_BASE_SIPHASH_H
#define BELAY_BASE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

enum { SIPHASH_KEY = 16 };

uint64_t siphash(const unsigned char key[SIPHASH_KEY], const void *bytes, size_t length);

#endif
