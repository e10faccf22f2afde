/* The load: one epoll loop, one request in flight per connection. */
#include "bench/load.h"
#include "bench/lines.h"
#include "harness/process.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    ANSWER_MAX = 256 * 1024, /* a page of a list; mapped, not filled */
    REQUEST_MAX = 64 * 1024,
    SAMPLES_MAX = 4 * 1000 * 1000,
    EVENTS = 256,
    SILENCE_MS = 30 * 1000,
};

struct client {
    int fd;
    uint64_t sent_us;
    size_t length;
    char *bytes;
    struct client *next;
};

struct run {
    const struct load *load;
    struct load_result *result;
    struct client *clients;
    char request[REQUEST_MAX];
    size_t request_length;
    uint64_t requests;
    uint32_t *samples;
    uint64_t begun_us, end_us, answered_us, tick_us;
    unsigned active;
    struct client *refused, **refused_end; /* in the order in which they come again; sent_us is when */
    int epoll;
};

static bool start(struct run *run);
static bool open_client(const struct run *run, struct client *client);
static bool turn(struct run *run);
static bool send_next(struct run *run, struct client *client);
static bool send_request(struct run *run, struct client *client);
static bool receive(struct run *run, struct client *client);
static bool judge(struct run *run, struct client *client);
static bool come_again(struct run *run);
static void fill_request(struct run *run);
static void percentiles(struct run *run);
static int compare(const void *a, const void *b);

bool load_run(const struct load *load, struct load_result *result)
{
    struct run run = {.load = load, .result = result, .refused_end = &run.refused};
    *result = (struct load_result){0};
    bool ok = start(&run);
    while (ok && run.active)
        ok = turn(&run);
    result->elapsed_us = process_now_us() - run.begun_us;
    percentiles(&run);
    for (unsigned i = 0; i < load->clients; i++) {
        if (run.clients[i].fd > 0)
            close(run.clients[i].fd);
        free(run.clients[i].bytes);
    }
    close(run.epoll);
    free(run.samples);
    free(run.clients);
    return ok && result->failures == 0;
}

/* Connects all before the first request: a backlog that overflows is not what is measured. */
static bool start(struct run *run)
{
    const struct load *load = run->load;
    bool ok = true;
    run->clients = calloc(load->clients, sizeof *run->clients);
    run->samples = malloc(SAMPLES_MAX * sizeof *run->samples);
    run->epoll = epoll_create1(EPOLL_CLOEXEC);
    fill_request(run);
    for (unsigned i = 0; i < load->clients && ok; i++)
        ok = open_client(run, &run->clients[i]);
    run->begun_us = run->answered_us = run->tick_us = process_now_us();
    run->end_us = load->requests ? UINT64_MAX : run->begun_us + load->duration_ms * 1000u;
    for (unsigned i = 0; i < load->clients && ok; i++)
        run->active += send_next(run, &run->clients[i]);
    return ok;
}

static bool open_client(const struct run *run, struct client *client)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)run->load->port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int on = 1;
    client->bytes = malloc(ANSWER_MAX);
    client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(client->fd, (struct sockaddr *)&address, sizeof address) != 0)
        return false;
    setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    epoll_ctl(run->epoll, EPOLL_CTL_ADD, client->fd, &(struct epoll_event){.events = EPOLLIN, .data.ptr = client});
    return true;
}

/* False when nobody answers any more. */
static bool turn(struct run *run)
{
    struct epoll_event events[EVENTS];
    bool impatient = run->refused || run->load->tick;
    int count = epoll_wait(run->epoll, events, EVENTS, impatient ? LOAD_PAUSE_MS / 10 : SILENCE_MS);
    for (int i = 0; i < count; i++)
        run->active -= !receive(run, events[i].data.ptr);
    uint64_t now_us = process_now_us();
    while (run->refused && run->refused->sent_us <= now_us)
        run->active -= !come_again(run);
    if (run->load->tick && now_us - run->tick_us >= 1000000) {
        run->tick_us += 1000000;
        run->load->tick(run->load->context, run->result);
    }
    return now_us - run->answered_us < SILENCE_MS * 1000ull;
}

/* False when this client has nothing more to do. */
static bool send_next(struct run *run, struct client *client)
{
    const struct load *load = run->load;
    if (load->requests ? run->requests == load->requests : process_now_us() >= run->end_us)
        return false;
    run->requests++;
    if (load->vary)
        fill_request(run);
    return send_request(run, client);
}

static bool send_request(struct run *run, struct client *client)
{
    client->length = 0;
    client->sent_us = process_now_us();
    if (send(client->fd, run->request, run->request_length, MSG_NOSIGNAL) == (ssize_t)run->request_length)
        return true;
    run->result->failures++;
    return false;
}

static bool receive(struct run *run, struct client *client)
{
    ssize_t count = recv(client->fd, client->bytes + client->length, ANSWER_MAX - 1 - client->length, 0);
    if (count <= 0) {
        run->result->failures++;
        return false;
    }
    client->length += (size_t)count;
    client->bytes[client->length] = '\0';
    if (!lines_message(client->bytes, client->length))
        return true;
    return judge(run, client);
}

/* A complete answer. */
static bool judge(struct run *run, struct client *client)
{
    struct load_result *result = run->result;
    uint64_t now_us = process_now_us();
    int status = (int)strtol(client->bytes + 9, NULL, 10);
    if (now_us - run->answered_us > result->gap_us)
        result->gap_us = now_us - run->answered_us;
    run->answered_us = now_us;
    if (run->load->refusals && status == 503 && strcasestr(client->bytes, "\r\nRetry-After:")) {
        result->refusals++;
        client->sent_us = now_us + LOAD_PAUSE_MS * 1000u;
        client->next = NULL;
        *run->refused_end = client;
        run->refused_end = &client->next;
        return true;
    }
    if (status != run->load->status && result->failures++ == 0)
        fprintf(stderr, "expected %d, got:\n%.1000s\n", run->load->status, client->bytes);
    if (result->answers < SAMPLES_MAX)
        run->samples[result->answers] = (uint32_t)(now_us - client->sent_us);
    result->answers++;
    return send_next(run, client);
}

/* The first of the refused clients; not after the end, so that the load does end. */
static bool come_again(struct run *run)
{
    struct client *client = run->refused;
    run->refused = client->next;
    if (!run->refused)
        run->refused_end = &run->refused;
    return process_now_us() < run->end_us && send_request(run, client);
}

static void fill_request(struct run *run)
{
    const struct load *load = run->load;
    char varied[LOAD_TARGET];
    const char *target = load->target;
    if (load->vary) {
        load->vary(load->context, varied);
        target = varied;
    }
    int length = snprintf(run->request, sizeof run->request, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s",
                          load->method ? load->method : "POST", target, load->headers);
    size_t at = (size_t)length;
    if (load->body)
        length = snprintf(run->request + at, sizeof run->request - at,
                          "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", strlen(load->body),
                          load->body);
    else
        length = snprintf(run->request + at, sizeof run->request - at, "\r\n");
    run->request_length = at + (size_t)length;
}

static void percentiles(struct run *run)
{
    struct load_result *result = run->result;
    size_t count = result->answers < SAMPLES_MAX ? result->answers : SAMPLES_MAX;
    if (!count)
        return;
    qsort(run->samples, count, sizeof *run->samples, compare);
    result->p50_us = run->samples[count / 2];
    result->p99_us = run->samples[count * 99 / 100];
    result->p999_us = run->samples[count * 999 / 1000];
}

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}
