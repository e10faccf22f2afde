/* Freeing of what the caller and the engine hand to each other. */
#include "ports/caller.h"

#include "base/mem.h"

void request_free(struct request *request)
{
    if (!request)
        return;
    for (size_t i = 0; i < request->headers_count; i++)
        mem_free(request->headers[i]);
    mem_free(request->headers);
    mem_free(request->method);
    mem_free(request->url);
    mem_free(request->body);
    mem_free(request);
}

void response_free(struct response *response)
{
    if (!response)
        return;
    mem_free(response->body);
    mem_free(response);
}
