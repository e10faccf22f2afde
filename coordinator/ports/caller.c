/* Making and freeing of what the caller and the engine hand to each other. */
#include "ports/caller.h"

#include "base/mem.h"

#include <assert.h>
#include <string.h>

struct request *request_new(const char *texts, size_t length)
{
    size_t count = 0;
    for (const char *at = texts; at < texts + length; at += strlen(at) + 1)
        count++;
    assert(count >= 2 && !texts[length - 1]);
    struct request *request = mem_new(sizeof *request + (count - 2) * sizeof(char *) + length);
    request->headers = (char **)(request + 1);
    request->headers_count = count - 2;
    char *text = (char *)(request->headers + request->headers_count);
    memcpy(text, texts, length);
    request->method = text;
    text += strlen(text) + 1;
    request->url = text;
    for (size_t i = 0; i < request->headers_count; i++) {
        text += strlen(text) + 1;
        request->headers[i] = text;
    }
    return request;
}

void request_free(struct request *request)
{
    if (!request)
        return;
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
