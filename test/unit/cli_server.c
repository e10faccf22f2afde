/* The scripted server: one thread, one connection after the other, each for one request. */
#include "cli_server.h"

#include "base/mem.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REQUEST_BYTES = 1 << 16, SCENES = 64 };

struct cli_server {
    const struct scene *scenes;
    size_t count;
    size_t played;
    size_t slips;
    int fd;
    atomic_bool stopping;
    pthread_t thread;
    char url[64];
    char *requests[SCENES];
};

static void *server_run(void *context);

struct cli_server *cli_server_start(const struct scene *scenes, size_t count)
{
    struct cli_server *server = mem_new(sizeof *server);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    server->scenes = scenes;
    server->count = count;
    server->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(server->fd, (struct sockaddr *)&address, size) || listen(server->fd, 16) ||
        getsockname(server->fd, (struct sockaddr *)&address, &size) ||
        pthread_create(&server->thread, NULL, server_run, server))
        abort();
    snprintf(server->url, sizeof server->url, "http://127.0.0.1:%d", ntohs(address.sin_port));
    return server;
}

const char *cli_server_url(const struct cli_server *server)
{
    return server->url;
}

const char *cli_server_request(const struct cli_server *server, size_t scene)
{
    return server->requests[scene] ? server->requests[scene] : "";
}

size_t cli_server_stop(struct cli_server *server)
{
    atomic_store(&server->stopping, true);
    pthread_join(server->thread, NULL);
    size_t slips = server->slips + (server->count - server->played);
    for (size_t i = 0; i < SCENES; i++)
        mem_free(server->requests[i]);
    close(server->fd);
    mem_free(server);
    return slips;
}

/* Reads head and body, as far as Content-Length says. */
static char *server_read(int fd)
{
    char *text = mem_new(REQUEST_BYTES + 1);
    size_t length = 0, need = SIZE_MAX;
    while (length < REQUEST_BYTES && length < need) {
        ssize_t got = read(fd, text + length, REQUEST_BYTES - length);
        if (got <= 0)
            break;
        length += (size_t)got;
        const char *end = strstr(text, "\r\n\r\n"), *field = strstr(text, "Content-Length: ");
        if (end)
            need = (size_t)(end + 4 - text) + (field && field < end ? strtoul(field + 16, NULL, 10) : 0);
    }
    return text;
}

static void server_answer(int fd, int status, const char *type, const char *body)
{
    char head[256];
    int length = snprintf(head, sizeof head,
                          "HTTP/1.1 %d X\r\nContent-Type: %s\r\nContent-Length: %zu\r\nConnection: close\r\n"
                          "Date: Fri, 02 Jan 2026 03:04:05 GMT\r\n\r\n",
                          status, type, body ? strlen(body) : 0);
    if (!body) {
        send(fd, head, strlen("HTTP/1.1 201 X\r\nContent-"), MSG_NOSIGNAL);
        return;
    }
    send(fd, head, (size_t)length, MSG_NOSIGNAL);
    send(fd, body, strlen(body), MSG_NOSIGNAL);
}

static void server_play(struct cli_server *server, int fd)
{
    char *request = server_read(fd);
    const struct scene *scene = server->played < server->count ? &server->scenes[server->played] : NULL;
    size_t length = scene ? strlen(scene->request) : 0;
    if (!scene || strncmp(request, scene->request, length) != 0 ||
        strncmp(request + length, " HTTP/1.1\r\n", 11) != 0) {
        printf("\n  expected: %s\n  asked:    %.*s\n", scene ? scene->request : "nothing",
               (int)strcspn(request, "\r"), request);
        server->slips++;
        server_answer(fd, 500, "text/plain", "not in the script");
        mem_free(request);
        return;
    }
    server->requests[server->played++] = request; /* before the answer: whoever gets it may look at once */
    if (scene->status)
        server_answer(fd, scene->status, scene->type ? scene->type : "application/json", scene->body);
}

static void *server_run(void *context)
{
    struct cli_server *server = context;
    struct pollfd poll_fd = {.fd = server->fd, .events = POLLIN};
    while (!atomic_load(&server->stopping)) {
        if (poll(&poll_fd, 1, 5) <= 0)
            continue;
        int fd = accept(server->fd, NULL, NULL);
        if (fd < 0)
            continue;
        server_play(server, fd);
        close(fd);
    }
    return NULL;
}
