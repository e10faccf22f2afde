/* A participant inside an event loop that a service has already: belay_handle takes a request as bytes and gives a
 * response as bytes, so that it fits behind any server. Here that is a small one on epoll, one thread, no library.
 *
 *     epoll PORT DATABASE      serves the operation "count" until SIGTERM
 *
 * What is particular to Belay is the function `answer`; the rest is the service's own. */
#include <belay/participant.h>
#include <belay/sqlite.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEAD_MAX = 16 * 1024, HEADERS_MAX = 64, EVENTS = 64, IN_MAX = HEAD_MAX + BELAY_BODY_MAX };

/* A connection. */
struct peer {
    int fd;
    char *in, *out; /* what came and was not answered; what is to be sent */
    size_t in_length, out_length, out_sent;
    bool closing;
};

/* ---- The operation: counts what it was asked to do ---- */

static int count(struct belay_call *call)
{
    if (belay_sqlite_run(call, "UPDATE counter SET value = value + 1", NULL))
        return BELAY_FAILED;
    return belay_sqlite_answer(call, "SELECT json_object('value', value) FROM counter");
}

static int uncount(struct belay_call *call)
{
    return belay_sqlite_run(call, "UPDATE counter SET value = value - 1", NULL);
}

/* ---- From bytes to belay_handle and back ---- */

/* Appends the response to what is to be sent. */
static void queue(struct peer *peer, const struct belay_response *response)
{
    char head[256];
    int length =
        snprintf(head, sizeof head, "HTTP/1.1 %d Belay\r\nContent-Length: %zu\r\n%s%s%s%s\r\n", response->status,
                 response->body_length, response->content_type ? "Content-Type: " : "",
                 response->content_type ? response->content_type : "", response->content_type ? "\r\n" : "",
                 response->retry_after_s ? "Retry-After: 1\r\n" : "");
    char *out = realloc(peer->out, peer->out_length + (size_t)length + response->body_length);
    if (!out) {
        peer->closing = true;
        return;
    }
    memcpy(out + peer->out_length, head, (size_t)length);
    if (response->body_length)
        memcpy(out + peer->out_length + length, response->body, response->body_length);
    peer->out = out;
    peer->out_length += (size_t)length + response->body_length;
}

static void answer(struct belay_participant *participant, struct peer *peer, const struct belay_request *request)
{
    struct belay_response response = {.size = sizeof response};
    struct belay_error error;
    if (belay_handle(participant, request, &response, &error))
        fprintf(stderr, "epoll: %s\n", error.text); /* the coordinator calls again */
    queue(peer, &response);
    belay_response_done(&response);
}

/* Cuts the line at `*at` off and moves `*at` behind it. */
static char *cut_line(char **at)
{
    char *line = *at, *end = strstr(line, "\r\n");
    *end = '\0';
    *at = end + 2;
    return line;
}

/* Reads a head, which ends with an empty line, in place. False when it is none. */
static bool parse(char *head, struct belay_request *request, struct belay_header headers[HEADERS_MAX])
{
    char *line = cut_line(&head), *path = strchr(line, ' '), *version = path ? strchr(path + 1, ' ') : NULL;
    if (!version || strcmp(version, " HTTP/1.1") != 0)
        return false;
    *path++ = *version = '\0';
    path[strcspn(path, "?")] = '\0';
    *request = (struct belay_request){.size = sizeof *request, .method = line, .path = path, .headers = headers};
    while (*(line = cut_line(&head))) {
        char *value = strchr(line, ':');
        if (!value || request->headers_count == HEADERS_MAX)
            return false;
        *value++ = '\0';
        value += strspn(value, " \t");
        for (size_t end = strlen(value); end > 0 && strchr(" \t", value[end - 1]); end--)
            value[end - 1] = '\0';
        headers[request->headers_count++] = (struct belay_header){.name = line, .value = value};
    }
    return true;
}

/* The body's length as the head says it; false when it does not say it in the one way that this server knows. */
static bool find_length(const struct belay_request *request, size_t *length)
{
    bool found = false;
    *length = 0;
    for (size_t i = 0; i < request->headers_count; i++) {
        const char *value = request->headers[i].value;
        if (!strcasecmp(request->headers[i].name, "Transfer-Encoding"))
            return false;
        if (strcasecmp(request->headers[i].name, "Content-Length") != 0)
            continue;
        if (found || !*value || value[strspn(value, "0123456789")] || strlen(value) > 7)
            return false;
        *length = strtoul(value, NULL, 10);
        found = true;
    }
    return *length <= BELAY_BODY_MAX;
}

/* Answers every request that is there as a whole. */
static void answer_all(struct belay_participant *participant, struct peer *peer)
{
    static const struct belay_response bad = {.size = sizeof bad, .status = 400};
    for (char *end; !peer->closing && (end = memmem(peer->in, peer->in_length, "\r\n\r\n", 4));) {
        struct belay_header headers[HEADERS_MAX];
        struct belay_request request;
        size_t head_length = (size_t)(end + 4 - peer->in), body_length;
        char *head = strndup(peer->in, head_length); /* a copy: the body may still be on its way */
        bool good = head && strlen(head) == head_length && head_length <= HEAD_MAX &&
                    parse(head, &request, headers) && find_length(&request, &body_length);
        if (!good) {
            queue(peer, &bad);
            peer->closing = true;
        } else if (peer->in_length >= head_length + body_length) {
            request.body = peer->in + head_length;
            request.body_length = body_length;
            answer(participant, peer, &request);
            peer->in_length -= head_length + body_length;
            memmove(peer->in, peer->in + head_length + body_length, peer->in_length);
            good = true;
        } else {
            good = false; /* not all there yet */
        }
        free(head);
        if (!good)
            break;
    }
}

/* ---- The event loop ---- */

/* Reads what is there. False when the connection is over. */
static bool receive(struct peer *peer)
{
    if (peer->in_length == IN_MAX)
        return false;
    ssize_t got = recv(peer->fd, peer->in + peer->in_length, IN_MAX - peer->in_length, 0);
    peer->in_length += got > 0 ? (size_t)got : 0;
    return got > 0;
}

/* Sends what it can; the rest waits for EPOLLOUT. False when the connection is over. */
static bool flush(int loop, struct peer *peer)
{
    ssize_t sent = 0;
    while (peer->out_sent < peer->out_length && sent >= 0) {
        sent = send(peer->fd, peer->out + peer->out_sent, peer->out_length - peer->out_sent,
                    MSG_NOSIGNAL | MSG_DONTWAIT);
        peer->out_sent += sent > 0 ? (size_t)sent : 0;
    }
    bool all = peer->out_sent == peer->out_length;
    if (all)
        peer->out_length = peer->out_sent = 0;
    struct epoll_event event = {.events = all ? EPOLLIN : EPOLLOUT, .data.ptr = peer};
    epoll_ctl(loop, EPOLL_CTL_MOD, peer->fd, &event);
    return !(all && peer->closing);
}

static void drop(struct peer *peer)
{
    close(peer->fd);
    free(peer->in);
    free(peer->out);
    free(peer);
}

static void welcome(int loop, int listener)
{
    struct peer *peer = calloc(1, sizeof *peer);
    if (!peer)
        return;
    peer->fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    peer->in = malloc(IN_MAX);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = peer};
    if (peer->fd < 0 || !peer->in || epoll_ctl(loop, EPOLL_CTL_ADD, peer->fd, &event))
        drop(peer);
}

static void serve(struct belay_participant *participant, int listener, int signals)
{
    int loop = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event events[EVENTS], event = {.events = EPOLLIN, .data.ptr = &listener};
    epoll_ctl(loop, EPOLL_CTL_ADD, listener, &event);
    event.data.ptr = &signals;
    epoll_ctl(loop, EPOLL_CTL_ADD, signals, &event);
    for (bool going = true; going;) {
        int ready = epoll_wait(loop, events, EVENTS, -1);
        for (int i = 0; i < ready; i++) {
            struct peer *peer = events[i].data.ptr;
            if (events[i].data.ptr == &signals) {
                going = false;
            } else if (events[i].data.ptr == &listener) {
                welcome(loop, listener);
            } else {
                bool alive =
                    events[i].events & EPOLLIN ? receive(peer) : !(events[i].events & (EPOLLERR | EPOLLHUP));
                if (alive)
                    answer_all(participant, peer);
                if (!alive || !flush(loop, peer))
                    drop(peer);
            }
        }
    }
    close(loop);
}

static int listen_on(unsigned port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((in_port_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    return bind(fd, (struct sockaddr *)&address, sizeof address) || listen(fd, 64) ? -1 : fd;
}

int main(int argc, char **argv)
{
    struct belay_operation operation = {
        .size = sizeof operation, .name = "count", .on_action = count, .on_compensation = uncount};
    struct belay_participant_options options = {.size = sizeof options};
    struct belay_participant *participant = NULL;
    struct belay_error error;
    sqlite3 *db = NULL;
    int listener = argc == 3 ? listen_on((unsigned)strtoul(argv[1], NULL, 10)) : -1;
    if (listener < 0)
        return fprintf(stderr, "usage: epoll PORT DATABASE, with a port that is free\n"), 2;
    if (sqlite3_open(argv[2], &db) ||
        sqlite3_exec(db,
                     "CREATE TABLE IF NOT EXISTS counter (only INTEGER PRIMARY KEY, value INTEGER);"
                     "INSERT OR IGNORE INTO counter VALUES (1, 0)",
                     NULL, NULL, NULL))
        return fprintf(stderr, "epoll: %s: %s\n", argv[2], sqlite3_errmsg(db)), 1;
    if (belay_sqlite_open(db, NULL, &options.barrier, &error) ||
        belay_participant_new(&options, &participant, &error) ||
        belay_participant_add(participant, &operation, &error))
        return fprintf(stderr, "epoll: %s\n", error.text), 1;
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    serve(participant, listener, signalfd(-1, &ends, SFD_CLOEXEC));
    belay_participant_free(participant);
    belay_sqlite_close(options.barrier);
    return sqlite3_close(db);
}
