/* The caller port on libcurl. One thread owns the multi handle; requests come in batches through a locked queue
 * with one wake-up each, responses leave in batches, one per turn of the loop. Easy handles and connections are
 * kept and used again.
 *
 * Nothing a participant sends is trusted: no redirects, no decoding, nothing but HTTP/1.1, and its head, its
 * interim responses and its body are bounded while they are read. */
#include "adapters/caller_curl.h"

#include "adapters/caller_curl_check.h"
#include "adapters/caller_curl_headers.h"
#include "adapters/caller_curl_queue.h"
#include "adapters/caller_curl_target.h"
#include "adapters/caller_curl_watch.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"

#include <assert.h>
#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    CALLER_EVENTS = 256,           /* sockets served in one turn */
    CALLER_HEAD_BYTES = 64 * 1024, /* of a response's heads, interim ones included */
    CALLER_INTERIM = 16,           /* 1xx responses to one request; more is a storm */
    CALLER_IDLE_HANDLES = LIMIT_CALLS,
    CALLER_CONNECTIONS = LIMIT_CALLS, /* kept open; the default closes and reopens them in every burst */
    CALLER_RETRY_AFTER_S = 24 * 60 * 60,
    CALLER_SLEEP_MS = 60 * 1000,
};

/* One request on its way. */
struct call {
    struct call *next, *prev; /* in flight */
    CURL *easy;
    struct request *request;
    struct target *target;
    struct caller_curl_headers headers;
    struct buf body;
    size_t head_bytes;
    unsigned interim_count;
    bool head_ended;
    bool too_large;
    bool flooded;
    char words[CURL_ERROR_SIZE];
};

struct caller_curl {
    caller_answered *answered;
    void *context;
    pthread_t thread;
    int epoll_fd;
    _Atomic bool stopping;
    struct caller_queue queue;

    /* Below: the thread's own. */
    CURLM *multi;
    struct watch watch;
    struct targets targets;
    bool timer_set;
    uint64_t timer_ms;
    struct call ring; /* in flight */
    struct call *idle[CALLER_IDLE_HANDLES];
    size_t idle_count;
    struct response **ready;
    size_t ready_count, ready_capacity;
};

static int caller_open(struct caller_curl *curl, struct error *error);
static void caller_close(struct caller_curl *curl);
static void caller_queue(void *self, struct request **requests, size_t count);
static void *caller_loop(void *context);

struct caller_curl *caller_curl_start(caller_answered *answered, void *context, struct error *error)
{
    assert(answered);
    struct caller_curl *curl = mem_new(sizeof *curl);
    curl->answered = answered;
    curl->context = context;
    curl->ring.next = curl->ring.prev = &curl->ring;
    caller_curl_queue_init(&curl->queue);
    if (caller_open(curl, error)) {
        caller_close(curl);
        return NULL;
    }
    return curl;
}

struct caller caller_curl_port(struct caller_curl *curl)
{
    return (struct caller){.self = curl, .call = caller_queue};
}

void caller_curl_stop(struct caller_curl *curl)
{
    atomic_store(&curl->stopping, true);
    caller_curl_queue_wake(&curl->queue);
    pthread_join(curl->thread, NULL);
    caller_close(curl);
}

static uint64_t caller_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void caller_queue(void *self, struct request **requests, size_t count)
{
    struct caller_curl *curl = self;
    caller_curl_queue_put(&curl->queue, requests, count, caller_now_ms());
}

/* The library's callbacks. */

static int caller_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *unused)
{
    (void)easy, (void)unused;
    struct caller_curl *curl = context;
    uint32_t in = what == CURL_POLL_IN || what == CURL_POLL_INOUT ? EPOLLIN : 0;
    uint32_t out = what == CURL_POLL_OUT || what == CURL_POLL_INOUT ? EPOLLOUT : 0;
    caller_curl_watch_wish(&curl->watch, fd, in | out);
    return 0;
}

static curl_socket_t caller_opened(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)purpose;
    struct caller_curl *curl = context;
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd < 0)
        return CURL_SOCKET_BAD;
    caller_curl_watch_opened(&curl->watch, fd);
    return fd;
}

static int caller_closed(void *context, curl_socket_t fd)
{
    struct caller_curl *curl = context;
    caller_curl_watch_closed(&curl->watch, fd);
    return close(fd);
}

static int caller_timer(CURLM *multi, long after_ms, void *context)
{
    (void)multi;
    struct caller_curl *curl = context;
    curl->timer_set = after_ms >= 0;
    curl->timer_ms = caller_now_ms() + (after_ms > 0 ? (uint64_t)after_ms : 0);
    return 0;
}

/* Header lines, those of interim responses too. Fewer bytes taken than given breaks the call off. A head ends with
 * an empty line; libcurl takes one that breaks off for a whole one. */
static size_t caller_header(char *bytes, size_t size, size_t count, void *context)
{
    struct call *call = context;
    size_t length = size * count;
    call->head_bytes += length;
    if (length >= 5 && !memcmp(bytes, "HTTP/", 5))
        call->head_ended = false;
    else if (length && (bytes[0] == '\r' || bytes[0] == '\n'))
        call->head_ended = true;
    if (length > 9 && !memcmp(bytes, "HTTP/1.", 7) && bytes[9] == '1')
        call->interim_count++;
    call->flooded = call->head_bytes > CALLER_HEAD_BYTES || call->interim_count > CALLER_INTERIM;
    return call->flooded ? 0 : length;
}

static size_t caller_body(char *bytes, size_t size, size_t count, void *context)
{
    struct call *call = context;
    size_t length = size * count;
    buf_put(&call->body, bytes, length);
    call->too_large = call->body.full;
    return call->too_large ? 0 : length;
}

/* Handles. */

static struct call *caller_handle(struct caller_curl *curl)
{
    if (curl->idle_count)
        return curl->idle[--curl->idle_count];
    struct call *call = mem_new(sizeof *call);
    CURL *easy = call->easy = curl_easy_init();
    if (!easy) {
        mem_free(call);
        return NULL;
    }
    curl_easy_setopt(easy, CURLOPT_PRIVATE, call);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call->words);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "*"); /* the environment's is not even looked for */
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 0L);
    curl_easy_setopt(easy, CURLOPT_HTTP_CONTENT_DECODING, 0L);
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L); /* "/a/../b" was meant, or refused by others */
    curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, caller_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, call);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, caller_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, caller_opened);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, curl);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, caller_closed);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, curl);
    return call;
}

static void caller_free(struct call *call)
{
    curl_easy_cleanup(call->easy);
    mem_free(call);
}

static void caller_retire(struct caller_curl *curl, struct call *call)
{
    request_free(call->request);
    call->request = NULL;
    caller_curl_target_put(call->target);
    call->target = NULL;
    if (curl->idle_count < CALLER_IDLE_HANDLES) {
        curl->idle[curl->idle_count++] = call;
        return;
    }
    caller_free(call);
}

static void caller_prepare(struct caller_curl *curl, struct call *call, unsigned has, uint64_t left_ms)
{
    CURL *easy = call->easy;
    const struct request *request = call->request;
    const char *method = request->method;
    bool sends = request->body || !strcmp(method, "POST") || !strcmp(method, "PUT") || !strcmp(method, "PATCH");
    call->head_bytes = call->interim_count = 0;
    call->head_ended = call->too_large = call->flooded = false;
    call->words[0] = '\0';
    buf_init(&call->body, request->response_max);
    curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L); /* forgets what the last request was */
    if (!strcmp(method, "HEAD"))
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    if (sends) {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_length);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body ? request->body : "");
    }
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
    call->target = caller_curl_target_aim(&curl->targets, easy, request->url);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, caller_curl_headers_fill(&call->headers, request, has));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, left_ms < INT32_MAX ? (long)left_ms : (long)INT32_MAX);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, left_ms < INT32_MAX ? (long)left_ms : (long)INT32_MAX);
    curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)request->response_max);
}

/* Responses. */

static struct response *caller_respond(struct caller_curl *curl, const struct request *request,
                                       enum transport transport, const char *detail)
{
    struct response *response = mem_new(sizeof *response);
    response->tag = request->tag;
    response->transport = transport;
    snprintf(response->detail, sizeof response->detail, "%s", detail);
    if (curl->ready_count == curl->ready_capacity) {
        curl->ready_capacity = curl->ready_capacity ? curl->ready_capacity * 2 : 64;
        curl->ready = mem_grow(curl->ready, curl->ready_capacity * sizeof *curl->ready);
    }
    curl->ready[curl->ready_count++] = response;
    return response;
}

static void caller_deliver(struct caller_curl *curl)
{
    if (!curl->ready_count)
        return;
    curl->answered(curl->context, curl->ready, curl->ready_count);
    curl->ready_count = 0;
}

static enum transport caller_transport(const struct call *call, CURLcode code, long status)
{
    long sent = 0, version = 0;
    curl_easy_getinfo(call->easy, CURLINFO_REQUEST_SIZE, &sent);
    curl_easy_getinfo(call->easy, CURLINFO_HTTP_VERSION, &version);
    bool asked = version == CURL_HTTP_VERSION_1_0 || version == CURL_HTTP_VERSION_1_1; /* not a claimed "HTTP/2" */
    if (call->too_large || code == CURLE_FILESIZE_EXCEEDED)
        return TRANSPORT_TOO_LARGE;
    if (call->flooded)
        return TRANSPORT_GARBLED;
    switch (code) {
    case CURLE_OK:
        if (!asked || status < 200 || status > 999)
            return TRANSPORT_GARBLED;
        return call->head_ended ? TRANSPORT_OK : TRANSPORT_BROKEN;
    case CURLE_URL_MALFORMAT:
        return TRANSPORT_REFUSED;
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
        return TRANSPORT_GARBLED;
    case CURLE_UNSUPPORTED_PROTOCOL: /* also how it calls an answer that is no HTTP */
        return sent ? TRANSPORT_GARBLED : TRANSPORT_REFUSED;
    case CURLE_OPERATION_TIMEDOUT:
        return sent ? TRANSPORT_TIMEOUT : TRANSPORT_UNSENT;
    default:
        return sent ? TRANSPORT_BROKEN : TRANSPORT_UNSENT;
    }
}

/* "Application/JSON; charset=utf-8" becomes "application/json". */
static void caller_content_type(const char *type, char *into, size_t size)
{
    size_t length = 0;
    for (; type && type[length] > ' ' && type[length] < 0x7f && type[length] != ';' && length < size - 1; length++)
        into[length] = (char)(type[length] >= 'A' && type[length] <= 'Z' ? type[length] + 32 : type[length]);
    into[length] = '\0';
}

static void caller_finish(struct caller_curl *curl, struct call *call, CURLcode code)
{
    long status = 0;
    curl_off_t retry_after_s = 0;
    const char *type = NULL;
    curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
    enum transport transport = caller_transport(call, code, status);
    const char *words = call->words[0] ? call->words : curl_easy_strerror(code);
    if (transport == TRANSPORT_GARBLED && code == CURLE_OK)
        words = "its status line is none of HTTP/1.1";
    if (transport == TRANSPORT_BROKEN && code == CURLE_OK)
        words = "the connection ended before the head of the answer did";
    if (call->flooded)
        words = "its head or its interim responses do not end";
    struct response *response =
        caller_respond(curl, call->request, transport, transport == TRANSPORT_OK ? "" : words);
    if (transport == TRANSPORT_OK) {
        curl_easy_getinfo(call->easy, CURLINFO_RETRY_AFTER, &retry_after_s);
        curl_easy_getinfo(call->easy, CURLINFO_CONTENT_TYPE, &type);
        if (retry_after_s > CALLER_RETRY_AFTER_S)
            retry_after_s = CALLER_RETRY_AFTER_S;
        response->status = (int)status;
        response->retry_after_ms = retry_after_s > 0 ? (uint64_t)retry_after_s * 1000 : 0;
        caller_content_type(type, response->content_type, sizeof response->content_type);
        if (call->body.length)
            response->body = buf_take(&call->body, &response->body_length);
    }
    buf_done(&call->body);
    call->prev->next = call->next;
    call->next->prev = call->prev;
    curl_multi_remove_handle(curl->multi, call->easy);
    caller_retire(curl, call);
}

/* The loop. */

static void caller_begin(struct caller_curl *curl, const struct caller_queued *queued, uint64_t now_ms)
{
    struct request *request = queued->request;
    uint64_t waited_ms = now_ms > queued->at_ms ? now_ms - queued->at_ms : 0;
    unsigned has;
    const char *wrong = caller_curl_check(request, &has);
    struct call *call = NULL;
    if (wrong)
        caller_respond(curl, request, TRANSPORT_REFUSED, wrong);
    else if (waited_ms >= request->timeout_ms)
        caller_respond(curl, request, TRANSPORT_UNSENT, "its time was over before its turn came");
    else if (!(call = caller_handle(curl)))
        caller_respond(curl, request, TRANSPORT_UNSENT, "libcurl gives no handle");
    if (!call) {
        request_free(request);
        return;
    }
    call->request = request;
    caller_prepare(curl, call, has, request->timeout_ms - waited_ms);
    call->next = &curl->ring;
    call->prev = curl->ring.prev;
    call->prev->next = call->next->prev = call;
    if (curl_multi_add_handle(curl->multi, call->easy) != CURLM_OK)
        caller_finish(curl, call, CURLE_FAILED_INIT);
}

static int caller_sleep_ms(const struct caller_curl *curl)
{
    uint64_t now_ms = caller_now_ms();
    if (!curl->timer_set || curl->timer_ms > now_ms + CALLER_SLEEP_MS)
        return CALLER_SLEEP_MS;
    return curl->timer_ms > now_ms ? (int)(curl->timer_ms - now_ms) : 0;
}

static void caller_turn(struct caller_curl *curl)
{
    struct epoll_event events[CALLER_EVENTS];
    int running, left;
    caller_curl_watch_flush(&curl->watch);
    int count = epoll_wait(curl->epoll_fd, events, CALLER_EVENTS, caller_sleep_ms(curl));
    for (int i = 0; i < count; i++) {
        int fd = events[i].data.fd;
        if (fd == curl->queue.event_fd) {
            const struct caller_list *taken = caller_curl_queue_take(&curl->queue);
            uint64_t now_ms = caller_now_ms();
            for (size_t j = 0; j < taken->count; j++)
                caller_begin(curl, &taken->items[j], now_ms);
            continue;
        }
        uint32_t came = caller_curl_watch_came(&curl->watch, fd, events[i].events);
        int what = (came & EPOLLIN ? CURL_CSELECT_IN : 0) | (came & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                   (came & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
        if (what)
            curl_multi_socket_action(curl->multi, fd, what, &running);
    }
    if (curl->timer_set && caller_now_ms() >= curl->timer_ms) {
        curl->timer_set = false;
        curl_multi_socket_action(curl->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    for (CURLMsg *message; (message = curl_multi_info_read(curl->multi, &left));) {
        char *call;
        CURLcode code = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &call);
        caller_finish(curl, (struct call *)(void *)call, code);
    }
    caller_deliver(curl);
}

static void *caller_loop(void *context)
{
    struct caller_curl *curl = context;
    while (!atomic_load(&curl->stopping))
        caller_turn(curl);
    const struct caller_list *taken = caller_curl_queue_take(&curl->queue);
    for (size_t i = 0; i < taken->count; i++) {
        caller_respond(curl, taken->items[i].request, TRANSPORT_UNSENT, "the caller is stopping");
        request_free(taken->items[i].request);
    }
    while (curl->ring.next != &curl->ring) {
        struct call *call = curl->ring.next;
        caller_respond(curl, call->request, TRANSPORT_BROKEN, "the caller is stopping");
        call->prev->next = call->next;
        call->next->prev = call->prev;
        buf_done(&call->body);
        curl_multi_remove_handle(curl->multi, call->easy);
        caller_retire(curl, call);
    }
    caller_deliver(curl);
    return NULL;
}

static int caller_open(struct caller_curl *curl, struct error *error)
{
    curl->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    caller_curl_watch_init(&curl->watch, curl->epoll_fd);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = curl->queue.event_fd};
    if (curl->epoll_fd < 0 || curl->queue.event_fd < 0 ||
        epoll_ctl(curl->epoll_fd, EPOLL_CTL_ADD, curl->queue.event_fd, &event))
        return error_set(error, ERROR_IO, "start the caller: %s", strerror(errno));
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || !(curl->multi = curl_multi_init()))
        return error_set(error, ERROR_IO, "start the caller: libcurl does not initialize");
    curl_multi_setopt(curl->multi, CURLMOPT_SOCKETFUNCTION, caller_socket);
    curl_multi_setopt(curl->multi, CURLMOPT_SOCKETDATA, curl);
    curl_multi_setopt(curl->multi, CURLMOPT_TIMERFUNCTION, caller_timer);
    curl_multi_setopt(curl->multi, CURLMOPT_TIMERDATA, curl);
    curl_multi_setopt(curl->multi, CURLMOPT_MAXCONNECTS, (long)CALLER_CONNECTIONS);
    curl_multi_setopt(curl->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
    sigset_t all, before;
    sigfillset(&all); /* signals are the main thread's */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&curl->thread, NULL, caller_loop, curl);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed)
        return error_set(error, ERROR_IO, "start the caller's thread: %s", strerror(failed));
    pthread_setname_np(curl->thread, "caller");
    return 0;
}

static void caller_close(struct caller_curl *curl)
{
    for (size_t i = 0; i < curl->idle_count; i++)
        caller_free(curl->idle[i]);
    if (curl->multi) {
        curl_multi_cleanup(curl->multi); /* closes the connections, which needs the table of sockets */
        curl_global_cleanup();
    }
    caller_curl_targets_done(&curl->targets);
    caller_curl_watch_done(&curl->watch);
    if (curl->epoll_fd >= 0)
        close(curl->epoll_fd);
    caller_curl_queue_done(&curl->queue);
    mem_free(curl->ready);
    mem_free(curl);
}
