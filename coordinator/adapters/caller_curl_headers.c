/* Building the list in place. */
#include "adapters/caller_curl_headers.h"

#include "adapters/caller_curl_check.h"
#include "base/mem.h"

#include <stdbool.h>

struct curl_slist *caller_curl_headers_fill(struct caller_curl_headers *headers, const struct request *request)
{
    /* A name without a value takes back what the library would add by itself. */
    static char no_expect[] = "Expect:", no_type[] = "Content-Type:";
    size_t most = request->headers_count + 2, count = 0;
    bool typed = false;
    if (most > headers->capacity) {
        headers->nodes = mem_grow(headers->nodes, most * sizeof *headers->nodes);
        headers->capacity = most;
    }
    headers->nodes[count++].data = no_expect;
    for (size_t i = 0; i < request->headers_count; i++) {
        headers->nodes[count++].data = request->headers[i];
        typed = typed || caller_curl_check_named(request->headers[i], "Content-Type");
    }
    if (!typed)
        headers->nodes[count++].data = no_type;
    for (size_t i = 0; i < count; i++)
        headers->nodes[i].next = i + 1 < count ? &headers->nodes[i + 1] : NULL;
    return headers->nodes;
}

void caller_curl_headers_done(struct caller_curl_headers *headers)
{
    mem_free(headers->nodes);
    *headers = (struct caller_curl_headers){0};
}
