/* Building the list in place. */
#include "adapters/caller_curl_headers.h"

#include "adapters/caller_curl_check.h"

#include <stddef.h>

struct curl_slist *caller_curl_headers_fill(struct caller_curl_headers *headers, const struct request *request,
                                            unsigned has)
{
    /* A name without a value takes back what the library would add by itself: it sees none of the lines in the
     * last element but the first. No Accept means the same as any (RFC 9110, 12.5.1). */
    static char no_host[] = "Host:", no_authorization[] = "Authorization:", no_expect[] = "Expect:",
                no_accept[] = "Accept:", no_type[] = "Content-Type:";
    struct curl_slist *nodes = headers->nodes;
    size_t count = 0;
    if (has & CALLER_HAS_HOST)
        nodes[count++].data = no_host;
    if (has & CALLER_HAS_AUTHORIZATION)
        nodes[count++].data = no_authorization;
    nodes[count++].data = no_expect;
    nodes[count++].data = no_accept;
    nodes[count++].data = no_type;
    if (request->headers_length)
        nodes[count++].data = request->headers;
    for (size_t i = 0; i < count; i++)
        nodes[i].next = i + 1 < count ? &nodes[i + 1] : NULL;
    return nodes;
}
