/* The hand-over of exchanges between threads. */
#include "adapters/server_hub.h"

#include "base/mem.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { HUB_RESPONSE_BYTES = 64 << 20 }; /* a page of the longest history; more is a fault of ours */

/* An exchange is answered once: whoever comes second in SERVING -> {WAITING, ANSWERED} and WAITING ->
 * {ANSWERED, ABANDONED} sees it and does the rest. */
enum hub_state { HUB_READING, HUB_SERVING, HUB_WAITING, HUB_ANSWERED, HUB_ABANDONED };

struct server_hub {
    pthread_mutex_t mutex;
    struct pending *first, *last;
    int event_fd;
    _Atomic size_t references; /* the server's own, and one for each exchange that is not answered */
};

static const char *hub_header(struct exchange *exchange, const char *name);
static void hub_answered(struct exchange *exchange);
static void hub_push(struct server_hub *hub, struct pending *pending);
static void hub_free(struct pending *pending);

struct server_hub *server_hub_new(void)
{
    int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (fd < 0)
        return NULL;
    struct server_hub *hub = mem_new(sizeof *hub);
    pthread_mutex_init(&hub->mutex, NULL);
    hub->event_fd = fd;
    atomic_init(&hub->references, 1);
    return hub;
}

void server_hub_release(struct server_hub *hub)
{
    if (atomic_fetch_sub(&hub->references, 1) != 1)
        return;
    assert(!hub->first);
    pthread_mutex_destroy(&hub->mutex);
    close(hub->event_fd);
    mem_free(hub);
}

int server_hub_fd(const struct server_hub *hub)
{
    return hub->event_fd;
}

void server_hub_wake(struct server_hub *hub)
{
    uint64_t one = 1;
    ssize_t written = write(hub->event_fd, &one, sizeof one);
    assert(written == sizeof one); /* an eventfd counts to 2^64 - 2 */
}

struct pending *server_hub_open(struct server_hub *hub, const struct gate_head *head, size_t body_max)
{
    size_t text = strlen(head->method) + head->target_length + 3;
    for (size_t i = 0; i < head->headers_count; i++)
        text += head->headers[i].name_length + head->headers[i].value_length + 2;
    size_t table = head->headers_count * sizeof(struct gate_header);
    struct pending *pending = mem_new(sizeof *pending + table + text);
    char *to = (char *)pending->headers + table;
    pending->hub = hub;
    pending->headers_count = head->headers_count;
    atomic_init(&pending->state, HUB_READING);
    buf_init(&pending->body, body_max);
    for (size_t i = 0; i < head->headers_count; i++) {
        struct gate_header *header = &pending->headers[i];
        *header = head->headers[i];
        while (header->value_length && strchr(" \t", header->value[header->value_length - 1]))
            header->value_length--;
        header->name = memcpy(to, header->name, header->name_length);
        to += header->name_length + 1;
        header->value = memcpy(to, header->value, header->value_length);
        to += header->value_length + 1;
    }
    /* To the service HEAD is GET; that its body stays here is the library's business. */
    const char *method = strcmp(head->method, "HEAD") == 0 ? "GET" : head->method;
    char *path = memcpy(to, head->target, head->target_length);
    to += head->target_length + 1;
    char *query = strchr(path, '?');
    if (query)
        *query++ = '\0';
    pending->exchange = (struct exchange){
        .method = memcpy(to, method, strlen(method)),
        .path = path,
        .query = query ? query : "",
        .header = hub_header,
        .content_type = "application/json",
        .done = hub_answered,
    };
    buf_init(&pending->exchange.response, HUB_RESPONSE_BYTES);
    atomic_fetch_add(&hub->references, 1);
    return pending;
}

bool server_hub_body(struct pending *pending, const void *bytes, size_t length)
{
    assert(atomic_load(&pending->state) == HUB_READING);
    buf_put(&pending->body, bytes, length);
    return !pending->body.full;
}

void server_hub_close(struct pending *pending)
{
    int state = atomic_load(&pending->state);
    assert(state == HUB_READING || state == HUB_ANSWERED);
    struct server_hub *hub = pending->hub;
    hub_free(pending);
    if (state == HUB_READING) /* otherwise the answer has done it */
        server_hub_release(hub);
}

bool server_hub_serve(struct pending *pending, struct service service)
{
    assert(atomic_load(&pending->state) == HUB_READING);
    if (pending->body.length) {
        pending->exchange.body = buf_text(&pending->body);
        pending->exchange.body_length = pending->body.length;
    }
    atomic_store(&pending->state, HUB_SERVING);
    service.serve(service.self, &pending->exchange);
    int state = HUB_SERVING;
    return !atomic_compare_exchange_strong(&pending->state, &state, HUB_WAITING);
}

struct pending *server_hub_take(struct server_hub *hub)
{
    uint64_t count;
    if (read(hub->event_fd, &count, sizeof count) < 0)
        count = 0; /* nobody has called since the last time */
    pthread_mutex_lock(&hub->mutex);
    struct pending *first = hub->first;
    hub->first = hub->last = NULL;
    pthread_mutex_unlock(&hub->mutex);
    return first;
}

bool server_hub_abandon(struct pending *pending)
{
    int state = HUB_WAITING;
    return atomic_compare_exchange_strong(&pending->state, &state, HUB_ABANDONED);
}

static const char *hub_header(struct exchange *exchange, const char *name)
{
    struct pending *pending = (struct pending *)exchange;
    const struct gate_header *header = server_gate_find(pending->headers, pending->headers_count, name);
    return header ? header->value : NULL;
}

static void hub_answered(struct exchange *exchange)
{
    struct pending *pending = (struct pending *)exchange;
    struct server_hub *hub = pending->hub; /* the exchange may be gone behind the exchange of states */
    int before = HUB_SERVING;
    if (!atomic_compare_exchange_strong(&pending->state, &before, HUB_ANSWERED)) {
        if (before == HUB_WAITING && atomic_compare_exchange_strong(&pending->state, &before, HUB_ANSWERED))
            hub_push(hub, pending);
        else {
            assert(before == HUB_ABANDONED);
            hub_free(pending);
        }
    }
    server_hub_release(hub);
}

static void hub_push(struct server_hub *hub, struct pending *pending)
{
    pending->next = NULL;
    pthread_mutex_lock(&hub->mutex);
    bool first = !hub->first;
    *(first ? &hub->first : &hub->last->next) = pending;
    hub->last = pending;
    pthread_mutex_unlock(&hub->mutex);
    if (first)
        server_hub_wake(hub);
}

static void hub_free(struct pending *pending)
{
    buf_done(&pending->body);
    buf_done(&pending->exchange.response);
    mem_free(pending);
}
