/* The allocator that does not fail: it succeeds or the process ends. */
#include "base/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *mem_check(void *memory, size_t size)
{
    if (!memory) {
        fprintf(stderr, "belay: out of memory (wanted %zu bytes); nothing acknowledged is lost, restart me\n",
                size);
        abort();
    }
    return memory;
}

void *mem_new(size_t size)
{
    return mem_check(calloc(1, size ? size : 1), size);
}

void *mem_array(size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        mem_check(NULL, SIZE_MAX);
    return mem_new(count * size);
}

void *mem_grow(void *old, size_t size)
{
    return mem_check(realloc(old, size ? size : 1), size);
}

char *mem_copy(const void *bytes, size_t length)
{
    char *copy = mem_check(malloc(length + 1), length + 1);
    if (length)
        memcpy(copy, bytes, length);
    copy[length] = '\0';
    return copy;
}

char *mem_string(const char *text)
{
    return mem_copy(text, strlen(text));
}

void mem_free(void *memory)
{
    free(memory);
}
