/* Memory for the coordinator. An allocation that fails ends the process with one line: a crash is a load
 * (everything acknowledged is in the store), and every queue and body is bounded long before that. So no
 * caller checks for NULL. The participant SDK lives in other people's processes and does not use this.
 *
 * In a release belayd is linked with mimalloc: what one thread allocates another one frees here, requests and
 * responses above all, and what a crowd of transactions lay in goes back to the system when they have left. */
#ifndef BELAY_BASE_MEM_H
#define BELAY_BASE_MEM_H

#include <stddef.h>

/* `size` zeroed bytes, never NULL (size 0 gives a valid pointer). Free with mem_free. */
void *mem_new(size_t size) __attribute__((malloc, returns_nonnull));

/* `count` zeroed elements of `size` bytes; an overflowing product ends the process. */
void *mem_array(size_t count, size_t size) __attribute__((malloc, returns_nonnull));

/* Changes the size; new bytes are not zeroed. `old` may be NULL. */
void *mem_grow(void *old, size_t size) __attribute__((returns_nonnull, warn_unused_result));

/* A copy of `length` bytes with a NUL behind them. */
char *mem_copy(const void *bytes, size_t length) __attribute__((malloc, returns_nonnull));

/* A copy of a string. */
char *mem_string(const char *text) __attribute__((malloc, returns_nonnull));

/* NULL is allowed. */
void mem_free(void *memory);

#endif
