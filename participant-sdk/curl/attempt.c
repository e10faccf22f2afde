/* See attempt.h. Nothing the peer says is trusted: no redirects, no decoding, a bounded answer. */
#include "attempt.h"

#include <assert.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ANSWER_MAX = 16 * 1024 * 1024, /* what the coordinator sends at most */
    CONNECT_MS = 5000,
    RETRY_AFTER_MAX_S = 3600,
    FIRST_CAPACITY = 4096,
};

/* The answer while it arrives. */
struct body {
    struct belay_allocator allocator;
    bool head_ended;
    char *data;
    size_t length;
    size_t capacity;
    bool no_memory;
};

static size_t on_body(char *data, size_t size, size_t count, void *context)
{
    struct body *body = context;
    size_t length = size * count;
    if (length > ANSWER_MAX - body->length)
        return 0;
    if (body->length + length > body->capacity) {
        size_t capacity = body->capacity ? body->capacity : FIRST_CAPACITY;
        while (capacity < body->length + length)
            capacity *= 2;
        char *grown = body->allocator.resize(body->allocator.context, body->data, capacity);
        if (!grown) {
            body->no_memory = true;
            return 0;
        }
        body->data = grown;
        body->capacity = capacity;
    }
    memcpy(body->data + body->length, data, length);
    body->length += length;
    return length;
}

/* A head ends with an empty line; libcurl takes one that breaks off for a whole one. */
static size_t on_header(char *line, size_t size, size_t count, void *context)
{
    struct body *body = context;
    size_t length = size * count;
    if (length >= 5 && !memcmp(line, "HTTP/", 5))
        body->head_ended = false;
    else if (length && (line[0] == '\r' || line[0] == '\n'))
        body->head_ended = true;
    return length;
}

static int on_progress(void *context, curl_off_t down, curl_off_t down_now, curl_off_t up, curl_off_t up_now)
{
    (void)down, (void)down_now, (void)up, (void)up_now;
    const struct attempt_line *line = context;
    return line->stopped && line->stopped(line->context);
}

bool belay_attempt_open(struct attempt_line *line)
{
    line->easy = curl_easy_init();
    return line->easy != NULL;
}

void belay_attempt_close(struct attempt_line *line)
{
    curl_easy_cleanup(line->easy);
    line->easy = NULL;
}

/* Appends "name: value"; `name:` alone would leave a header out, so an empty value is sent with a semicolon. */
static bool append(struct curl_slist **list, const char *name, const char *value)
{
    size_t size = strlen(name) + strlen(value) + 3;
    char *line = malloc(size);
    if (!line)
        return false;
    snprintf(line, size, value[0] ? "%s: %s" : "%s;", name, value);
    struct curl_slist *longer = curl_slist_append(*list, line);
    free(line);
    if (longer)
        *list = longer;
    return longer != NULL;
}

static bool make_headers(const struct attempt_line *line, const struct belay_outgoing *request, bool ours,
                         struct curl_slist **list)
{
    bool ok = append(list, "User-Agent", "libbelay") && append(list, "Accept", "application/json");
    struct curl_slist *longer = ok ? curl_slist_append(*list, "Expect:") : NULL; /* no pause before the body */
    ok = longer != NULL;
    if (ok)
        *list = longer;
    for (size_t i = 0; ok && i < request->headers_count; i++)
        ok = append(list, request->headers[i].name, request->headers[i].value);
    if (ok && ours && line->token) {
        char bearer[4096];
        int length = snprintf(bearer, sizeof bearer, "Bearer %s", line->token);
        ok = length < (int)sizeof bearer && append(list, "Authorization", bearer);
    }
    return ok;
}

/* The whole URL of a target, and whether it is below the coordinator's: only there the token goes. */
static char *make_url(const struct attempt_line *line, const char *target, bool *ours)
{
    size_t length = strlen(line->url);
    bool whole = target[0] != '/';
    *ours = !whole || (!strncmp(target, line->url, length) && target[length] == '/');
    size_t size = length + strlen(target) + 1;
    char *url = malloc(size);
    if (url)
        snprintf(url, size, "%s%s", whole ? "" : line->url, target);
    return url;
}

static bool set_options(struct attempt_line *line, const struct belay_outgoing *request, uint64_t timeout_ms,
                        const char *url, struct curl_slist *headers, struct body *body)
{
    CURL *easy = line->easy;
    curl_easy_reset(easy); /* keeps the connection */
    bool ok = !curl_easy_setopt(easy, CURLOPT_URL, url) &&
              !curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method) &&
              !curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") &&
              !curl_easy_setopt(easy, CURLOPT_PROXY, "") && !curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers) &&
              (!line->ca_file || !curl_easy_setopt(easy, CURLOPT_CAINFO, line->ca_file));
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, body);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, body);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, line);
    if (request->body || strcmp(request->method, "POST") == 0 || strcmp(request->method, "PUT") == 0) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_length);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body ? request->body : "");
    }
    return ok;
}

/* Only the two types of the interface count: the text is libcurl's, and gone with the next request. */
static const char *content_type(CURL *easy)
{
    static const char *const known[] = {"application/json", "application/problem+json"};
    char *type = NULL;
    curl_easy_getinfo(easy, CURLINFO_CONTENT_TYPE, &type);
    for (size_t i = 0; type && i < sizeof known / sizeof *known; i++) {
        size_t length = strlen(known[i]);
        if (curl_strnequal(type, known[i], length) && (!type[length] || strchr("; \t", type[length])))
            return known[i];
    }
    return NULL;
}

static void fill(CURL *easy, const struct body *body, struct belay_response *response)
{
    long status = 0;
    curl_off_t retry_after = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &retry_after);
    *response = (struct belay_response){.size = response->size, .allocator = body->allocator};
    response->status = (int)status;
    response->content_type = body->length ? content_type(easy) : NULL;
    response->retry_after_s = (unsigned)(retry_after > RETRY_AFTER_MAX_S ? RETRY_AFTER_MAX_S : retry_after);
    response->body = response->memory = body->data;
    response->body_length = body->length;
}

static enum attempt_end judge(CURLcode code, const struct body *body)
{
    if (body->no_memory)
        return ATTEMPT_MEMORY;
    switch (code) {
    case CURLE_OK:
        return body->head_ended ? ATTEMPT_ANSWERED : ATTEMPT_LOST;
    case CURLE_OUT_OF_MEMORY:
        return ATTEMPT_MEMORY;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
        return ATTEMPT_UNSENT;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_ABORTED_BY_CALLBACK:
    case CURLE_WRITE_ERROR: /* a longer answer than there is */
        return ATTEMPT_HOPELESS;
    default:
        return ATTEMPT_LOST;
    }
}

enum attempt_end belay_attempt_make(struct attempt_line *line, const struct belay_outgoing *request,
                                    uint64_t timeout_ms, struct belay_response *response,
                                    struct belay_error *error)
{
    assert(response->allocator.resize);
    struct body body = {.allocator = response->allocator};
    struct curl_slist *headers = NULL;
    bool ours = false;
    char words[CURL_ERROR_SIZE] = "";
    char *url = make_url(line, request->target, &ours);
    CURLcode code = CURLE_OUT_OF_MEMORY;
    if (url && make_headers(line, request, ours, &headers) &&
        set_options(line, request, timeout_ms, url, headers, &body)) {
        curl_easy_setopt(line->easy, CURLOPT_ERRORBUFFER, words);
        code = curl_easy_perform(line->easy);
    }
    enum attempt_end end = judge(code, &body);
    if (end == ATTEMPT_ANSWERED) {
        fill(line->easy, &body, response);
    } else {
        body.allocator.resize(body.allocator.context, body.data, 0);
        belay_error_set(error, end == ATTEMPT_MEMORY ? BELAY_ERROR_MEMORY : BELAY_ERROR_UNAVAILABLE,
                        "%s %.80s: %s", request->method, url ? url : request->target,
                        words[0]           ? words
                        : code == CURLE_OK ? "the answer broke off in its head"
                                           : curl_easy_strerror(code));
    }
    curl_easy_setopt(line->easy, CURLOPT_ERRORBUFFER, NULL);
    curl_slist_free_all(headers);
    free(url);
    return end;
}
