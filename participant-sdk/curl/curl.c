/* The transport: when a request is sent again, and after which pause. */
#include "belay/curl.h"
#include "attempt.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    TIMEOUT_MS = 10000,
    ATTEMPTS_MAX = 5,
    TOTAL_MS = 30000,
    FIRST_PAUSE_MS = 100,
    LONGEST_PAUSE_MS = 5000,
    NAP_MS = 50, /* between two looks at `stopped` */
    URL_MAX = 2048,
};

struct belay_curl {
    struct belay_transport transport;
    struct belay_curl_options options;
    struct belay_allocator allocator;
    struct attempt_line line;
    uint64_t dice; /* for pauses; any number but 0 */
};

static void *resize_default(void *context, void *memory, size_t size)
{
    (void)context;
    if (size > 0)
        return realloc(memory, size);
    free(memory);
    return NULL;
}

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static bool is_stopped(const struct belay_curl *curl)
{
    return curl->options.stopped && curl->options.stopped(curl->options.context);
}

/* False when it was told to stop meanwhile. */
static bool pause_for(const struct belay_curl *curl, uint64_t ms)
{
    uint64_t end = now_ms() + ms;
    for (uint64_t now = now_ms(); now < end && !is_stopped(curl); now = now_ms()) {
        uint64_t nap = end - now < NAP_MS ? end - now : NAP_MS;
        const struct timespec time = {.tv_nsec = (long)nap * 1000000};
        nanosleep(&time, NULL);
    }
    return !is_stopped(curl);
}

/* Doubles, and takes between half and the whole of it, so that many clients do not come back together. */
static uint64_t next_pause(struct belay_curl *curl, unsigned attempt, unsigned retry_after_s)
{
    uint64_t pause = FIRST_PAUSE_MS;
    for (unsigned i = 1; i < attempt && pause < LONGEST_PAUSE_MS; i++)
        pause *= 2;
    if (pause > LONGEST_PAUSE_MS)
        pause = LONGEST_PAUSE_MS;
    curl->dice ^= curl->dice << 13; /* xorshift64 */
    curl->dice ^= curl->dice >> 7;
    curl->dice ^= curl->dice << 17;
    pause -= curl->dice % (pause / 2 + 1);
    uint64_t asked = (uint64_t)retry_after_s * 1000;
    return pause < asked ? asked : pause;
}

static bool means_later(int status)
{
    return status == 408 || status == 425 || status == 429 || status >= 500;
}

static bool may_repeat(enum attempt_end end, const struct belay_outgoing *request, int status)
{
    switch (end) {
    case ATTEMPT_ANSWERED:
        return request->repeatable && means_later(status);
    case ATTEMPT_LOST:
        return request->repeatable;
    case ATTEMPT_UNSENT:
        return true;
    default:
        return false;
    }
}

static int result_of(enum attempt_end end)
{
    return end == ATTEMPT_ANSWERED ? BELAY_OK
           : end == ATTEMPT_MEMORY ? BELAY_ERROR_MEMORY
                                   : BELAY_ERROR_UNAVAILABLE;
}

static int transport_send(void *self, const struct belay_outgoing *request, struct belay_response *response,
                          struct belay_error *error)
{
    struct belay_curl *curl = self;
    if (request->size < sizeof *request || response->size < sizeof *response || !request->target)
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "send: no request, or sizes are not set");
    if (!response->allocator.resize)
        response->allocator = curl->allocator;
    uint64_t start = now_ms(), timeout = curl->options.timeout_ms + (uint64_t)request->wait_s * 1000;
    for (unsigned attempt = 1;; attempt++) {
        enum attempt_end end = belay_attempt_make(&curl->line, request, timeout, response, error);
        int status = end == ATTEMPT_ANSWERED ? response->status : 0;
        if (attempt >= curl->options.attempts_max || !may_repeat(end, request, status))
            return result_of(end);
        uint64_t pause = next_pause(curl, attempt, status ? response->retry_after_s : 0);
        if (now_ms() - start + pause > curl->options.total_ms || !pause_for(curl, pause))
            return result_of(end);
        belay_response_done(response);
    }
}

/* Copies `length` bytes and a NUL to `*at` and moves it behind them. */
static const char *keep(char **at, const char *text, size_t length)
{
    char *kept = memcpy(*at, text, length);
    kept[length] = '\0';
    *at += length + 1;
    return kept;
}

/* Copies the texts behind the struct, in one piece of memory with it. */
static void copy_texts(struct belay_curl *curl, const struct belay_curl_options *options, size_t url_length)
{
    char *at = (char *)(curl + 1);
    curl->line.url = keep(&at, options->url, url_length);
    if (options->token)
        curl->line.token = keep(&at, options->token, strlen(options->token));
    if (options->ca_file)
        curl->line.ca_file = keep(&at, options->ca_file, strlen(options->ca_file));
}

/* Length of the URL without slashes at its end; 0 when it is none. */
static size_t check_url(const char *url)
{
    if (!url || (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0))
        return 0;
    size_t length = strnlen(url, URL_MAX + 1);
    for (size_t i = 0; i < length; i++)
        if (url[i] <= ' ' || url[i] > '~' || strchr("?#@", url[i]))
            return 0;
    while (length > 0 && url[length - 1] == '/')
        length--;
    return length > URL_MAX || url[length - 1] == ':' ? 0 : length;
}

static size_t size_of(const char *text)
{
    return text ? strlen(text) + 1 : 0;
}

/* NULL, or visible ASCII. */
static bool is_token(const char *token)
{
    if (token && (!token[0] || strlen(token) > URL_MAX))
        return false;
    for (; token && *token; token++)
        if (*token <= ' ' || *token > '~')
            return false;
    return true;
}

static void set_defaults(struct belay_curl_options *options)
{
    options->timeout_ms = options->timeout_ms ? options->timeout_ms : TIMEOUT_MS;
    options->attempts_max = options->attempts_max ? options->attempts_max : ATTEMPTS_MAX;
    options->total_ms = options->total_ms ? options->total_ms : TOTAL_MS;
}

int belay_curl_new(const struct belay_curl_options *options, struct belay_curl **out, struct belay_error *error)
{
    static const struct belay_allocator fallback = {.resize = resize_default};
    if (!options || options->size < sizeof *options)
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "curl options: size is not set");
    size_t length = check_url(options->url);
    if (!length)
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "curl options: \"%.80s\" is no http or https URL",
                               options->url ? options->url : "");
    if (!is_token(options->token))
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "curl options: the token is not visible ASCII");
    const struct belay_allocator *allocator = options->allocator ? options->allocator : &fallback;
    size_t size = sizeof(struct belay_curl) + length + 1 + size_of(options->token) + size_of(options->ca_file);
    struct belay_curl *curl = allocator->resize(allocator->context, NULL, size);
    if (!curl)
        return belay_error_set(error, BELAY_ERROR_MEMORY, "no memory for a connection");
    *curl = (struct belay_curl){.options = *options, .allocator = *allocator};
    set_defaults(&curl->options);
    copy_texts(curl, options, length);
    curl->line.stopped = options->stopped;
    curl->line.context = options->context;
    curl->transport =
        (struct belay_transport){.size = sizeof curl->transport, .self = curl, .send = transport_send};
    curl->dice = (now_ms() << 16 ^ (uint64_t)(uintptr_t)curl) | 1;
    if (!belay_attempt_open(&curl->line)) {
        allocator->resize(allocator->context, curl, 0);
        return belay_error_set(error, BELAY_ERROR_MEMORY, "no memory for a connection");
    }
    *out = curl;
    return BELAY_OK;
}

void belay_curl_free(struct belay_curl *curl)
{
    if (!curl)
        return;
    belay_attempt_close(&curl->line);
    struct belay_allocator allocator = curl->allocator;
    allocator.resize(allocator.context, curl, 0);
}

const struct belay_transport *belay_curl_transport(struct belay_curl *curl)
{
    return &curl->transport;
}
