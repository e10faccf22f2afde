/* Finding the end of an HTTP message that has a Content-Length, or no body. */
#include "bench/lines.h"

#include <stdlib.h>
#include <string.h>

size_t lines_message(const char *bytes, size_t length)
{
    const char *end = memmem(bytes, length, "\r\n\r\n", 4);
    if (!end)
        return 0;
    size_t head = (size_t)(end - bytes) + 4;
    size_t body = 0;
    for (const char *line = bytes; line < end; line = (const char *)memchr(line, '\n', length) + 1) {
        if (strncasecmp(line, "content-length:", 15) == 0)
            body = strtoull(line + 15, NULL, 10);
        if (!memchr(line, '\n', (size_t)(end - line)))
            break;
    }
    return head + body <= length ? head + body : 0;
}
