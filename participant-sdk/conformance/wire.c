/* HTTP with libcurl: one handle per thread, its connection kept. No redirects, no proxy of the environment. */
#include "run.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { ATTEMPT_MS = 15000, CONNECT_MS = 3000 };

struct wire {
    CURL *curl;
};

void wire_prepare(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

struct wire *wire_new(void)
{
    struct wire *wire = calloc(1, sizeof *wire);
    if (wire)
        wire->curl = curl_easy_init();
    if (wire && wire->curl)
        return wire;
    free(wire);
    return NULL;
}

void wire_free(struct wire *wire)
{
    if (!wire)
        return;
    curl_easy_cleanup(wire->curl);
    free(wire);
}

static size_t keep(char *data, size_t size, size_t count, void *context)
{
    struct answer *answer = context;
    size_t length = size * count, room = ANSWER_MAX - 1 - answer->length;
    size_t kept = length < room ? length : room;
    memcpy(answer->body + answer->length, data, kept);
    answer->length += kept;
    return length;
}

/* A head ends with an empty line; libcurl takes one that breaks off for a whole one. */
static size_t look(char *line, size_t size, size_t count, void *context)
{
    bool *ended = context;
    size_t length = size * count;
    if (length >= 5 && !memcmp(line, "HTTP/", 5))
        *ended = false;
    else if (length && (line[0] == '\r' || line[0] == '\n'))
        *ended = true;
    return length;
}

static void set_options(CURL *curl, const char *url, const char *body, struct answer *answer)
{
    curl_easy_reset(curl); /* keeps the connection */
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)ATTEMPT_MS);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
    if (body) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)strlen(body));
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    }
}

void wire_send(struct wire *wire, const char *url, const char *const *headers, size_t headers_count,
               const char *body, struct answer *answer)
{
    struct curl_slist *list = NULL;
    bool head_ended = false;
    long status = 0;
    answer->status = 0;
    answer->length = 0;
    answer->body[0] = '\0';
    set_options(wire->curl, url, body, answer);
    for (size_t i = 0; i < headers_count; i++) {
        struct curl_slist *longer = curl_slist_append(list, headers[i]);
        if (!longer) {
            curl_slist_free_all(list);
            return;
        }
        list = longer;
    }
    curl_easy_setopt(wire->curl, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(wire->curl, CURLOPT_HEADERFUNCTION, look);
    curl_easy_setopt(wire->curl, CURLOPT_HEADERDATA, &head_ended);
    if (curl_easy_perform(wire->curl) == CURLE_OK && head_ended)
        curl_easy_getinfo(wire->curl, CURLINFO_RESPONSE_CODE, &status);
    answer->status = (int)status;
    answer->body[answer->length] = '\0';
    curl_easy_setopt(wire->curl, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(list);
}
