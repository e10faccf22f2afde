/* See sized.h. */
#include "sized.h"

#include <assert.h>
#include <string.h>

bool belay_sized_copy(void *to, size_t known, size_t required, const void *from)
{
    assert(required <= known);
    size_t size = 0;
    memcpy(&size, from, sizeof size);
    if (size < required)
        return false;
    for (size_t i = known; i < size; i++)
        if (((const unsigned char *)from)[i])
            return false;
    memset(to, 0, known);
    memcpy(to, from, size < known ? size : known);
    return true;
}
