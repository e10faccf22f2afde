/* Making and freeing of what the caller and the engine hand to each other. */
#include "ports/caller.h"

#include "base/mem.h"

#include <assert.h>
#include <string.h>

struct request *request_new(const char *method, const char *url, const char *headers, size_t headers_length,
                            size_t headers_count)
{
    size_t method_size = strlen(method) + 1, url_size = strlen(url) + 1;
    struct request *request = mem_grow(NULL, sizeof *request + method_size + url_size + headers_length + 1);
    *request = (struct request){.headers_length = headers_length, .headers_count = headers_count};
    assert(headers_count <= headers_length && (headers_count || !headers_length));
    request->method = memcpy(request + 1, method, method_size);
    request->url = memcpy(request->method + method_size, url, url_size);
    request->headers = request->url + url_size;
    if (headers_length)
        memcpy(request->headers, headers, headers_length);
    request->headers[headers_length] = '\0';
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

bool request_line(const struct request *request, size_t *at, struct header_line *line)
{
    if (*at >= request->headers_length)
        return false;
    const char *text = request->headers + *at;
    const char *end = strstr(text, "\r\n");
    size_t length = end ? (size_t)(end - text) : request->headers_length - *at;
    const char *colon = memchr(text, ':', length);
    assert(colon);
    const char *value = colon + 1 + (colon[1] == ' ');
    *line = (struct header_line){text, value, (size_t)(colon - text), (size_t)(text + length - value)};
    *at += length + 2;
    return true;
}

const char *request_header(const struct request *request, const char *name, size_t *length)
{
    size_t name_length = strlen(name), at = 0;
    struct header_line line;
    while (request_line(request, &at, &line))
        if (line.name_length == name_length && memcmp(line.name, name, name_length) == 0) {
            *length = line.value_length;
            return line.value;
        }
    return NULL;
}
