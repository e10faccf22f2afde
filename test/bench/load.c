/* The load: one epoll loop, one request in flight per connection. */
#include "bench/bench.h"
#include "harness/process.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ANSWER_MAX = 16 * 1024, SAMPLES_MAX = 4 * 1000 * 1000, EVENTS = 256 };

struct client {
    int fd;
    uint64_t sent_us;
    size_t length;
    char bytes[ANSWER_MAX];
};

struct run {
    const struct load *load;
    struct load_result *result;
    char *request;
    size_t request_length;
    uint32_t *samples;
    uint64_t end_us;
};

static bool open_client(const struct run *run, struct client *client, int epoll);
static bool send_request(const struct run *run, struct client *client);
static bool receive(struct run *run, struct client *client);
static void percentiles(struct run *run);
static int compare(const void *a, const void *b);

bool load_run(const struct load *load, struct load_result *result)
{
    struct run run = {.load = load, .result = result};
    struct client *clients = calloc(load->clients, sizeof *clients);
    int epoll = epoll_create1(0);
    int length = asprintf(&run.request,
                          "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n%s"
                          "Content-Length: %zu\r\n\r\n%s",
                          load->target, load->headers, strlen(load->body), load->body);
    run.request_length = (size_t)length;
    run.samples = malloc(SAMPLES_MAX * sizeof *run.samples);
    *result = (struct load_result){0};
    uint64_t start = process_now_us();
    run.end_us = start + load->duration_ms * 1000u;
    bool ok = length > 0;
    unsigned active = 0;
    for (unsigned i = 0; i < load->clients && ok; i++, active++)
        ok = open_client(&run, &clients[i], epoll);
    while (ok && active) {
        struct epoll_event events[EVENTS];
        int count = epoll_wait(epoll, events, EVENTS, 30000);
        ok = count > 0;
        for (int i = 0; i < count; i++)
            active -= !receive(&run, events[i].data.ptr);
    }
    result->elapsed_us = process_now_us() - start;
    percentiles(&run);
    for (unsigned i = 0; i < load->clients; i++)
        if (clients[i].fd > 0)
            close(clients[i].fd);
    close(epoll);
    free(run.samples);
    free(run.request);
    free(clients);
    return ok && result->failures == 0;
}

static bool open_client(const struct run *run, struct client *client, int epoll)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)run->load->port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int on = 1;
    client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(client->fd, (struct sockaddr *)&address, sizeof address) != 0)
        return false;
    setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    epoll_ctl(epoll, EPOLL_CTL_ADD, client->fd, &(struct epoll_event){.events = EPOLLIN, .data.ptr = client});
    return send_request(run, client);
}

static bool send_request(const struct run *run, struct client *client)
{
    client->length = 0;
    client->sent_us = process_now_us();
    return send(client->fd, run->request, run->request_length, MSG_NOSIGNAL) == (ssize_t)run->request_length;
}

/* False when this client has nothing more to do. */
static bool receive(struct run *run, struct client *client)
{
    struct load_result *result = run->result;
    ssize_t count = recv(client->fd, client->bytes + client->length, ANSWER_MAX - client->length, 0);
    if (count <= 0) {
        result->failures++;
        return false;
    }
    client->length += (size_t)count;
    if (!lines_message(client->bytes, client->length))
        return client->length < ANSWER_MAX;
    uint64_t now = process_now_us();
    bool right = strtol(client->bytes + 9, NULL, 10) == run->load->status;
    if (!right && result->failures++ == 0)
        fprintf(stderr, "expected %d, got:\n%.*s\n", run->load->status, (int)client->length, client->bytes);
    if (result->answers < SAMPLES_MAX)
        run->samples[result->answers] = (uint32_t)(now - client->sent_us);
    result->answers++;
    return now < run->end_us && send_request(run, client);
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
