/* Structs that carry their own size, so that a service and a libbelay of different versions fit together. */
#ifndef BELAY_SRC_SIZED_H
#define BELAY_SRC_SIZED_H

#include <stdbool.h>
#include <stddef.h>

/* Copies `from`, whose first member is its size, into `to`, which has `known` bytes of which the first `required`
 * were there in the first version. False when `from` is shorter than that, or sets a member that we do not know.
 */
bool belay_sized_copy(void *to, size_t known, size_t required, const void *from);

#endif
