/* See service.h. The script keeps the process id in a file beside it. */
#include "service.h"

#include "harness/http.h"

#include <CUnit/Basic.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* A process that was killed keeps its port until its last thread is gone. What then stays, when nobody waits for
 * it, is a zombie without threads. */
static const char script[] =
    "gone() { [ ! -d /proc/$1 ] || { grep -q ') Z' /proc/$1/stat && [ $(ls /proc/$1/task | wc -l) "
    "= 1 ]; } 2>/dev/null; }\n"
    "[ -f %1$s.pid ] && pid=$(cat %1$s.pid) && kill -9 $pid 2>/dev/null\n"
    "while [ -n \"$pid\" ] && ! gone $pid; do sleep 0.01; done\n"
    "[ \"$1\" = stop ] && exit 0\n"
    "%2$s >>%1$s.log 2>&1 </dev/null &\n"
    "echo $! >%1$s.pid\n";

/* A port outside the range that the kernel gives to callers: one that calls a port of that range while the service
 * is down may be given that very port, connect to itself, and keep the service from starting. */
static unsigned pick_port(void)
{
    for (unsigned port = 20000 + (unsigned)getpid() % 8000;; port++) {
        const struct sockaddr_in address = {
            .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        int taken = bind(fd, (const struct sockaddr *)&address, sizeof address);
        close(fd);
        if (!taken)
            return port;
        CU_ASSERT_FATAL(port < 32000);
    }
}

static void run(const struct service *service, const char *argument)
{
    int status = -1;
    pid_t child = fork();
    if (child == 0) {
        execl("/bin/sh", "sh", service->script, argument, (char *)NULL);
        _exit(127);
    }
    waitpid(child, &status, 0);
    CU_ASSERT_EQUAL(status, 0);
}

void service_start(struct service *service, const char *command, int only_port)
{
    char filled[1024], port[16];
    snprintf(service->script, sizeof service->script, "/tmp/belay-service-XXXXXX");
    int fd = mkstemp(service->script);
    CU_ASSERT_FATAL(fd >= 0);
    service->port = pick_port();
    snprintf(port, sizeof port, "%u", service->port);
    snprintf(service->address, sizeof service->address, "127.0.0.1:%u", service->port);
    snprintf(service->url, sizeof service->url, "http://%s/belay/deposit", service->address);
    snprintf(service->count, sizeof service->count, "http://%s/cents", service->address);
    const char *place = strstr(command, "%s");
    CU_ASSERT_PTR_NOT_NULL_FATAL(place);
    snprintf(filled, sizeof filled, "exec %.*s%s%s", (int)(place - command), command,
             only_port ? port : service->address, place + 2);
    dprintf(fd, script, service->script, filled);
    close(fd);
    run(service, "start");
    CU_ASSERT_EQUAL(http_await(service->port, "/cents", 10000), 200);
}

void service_stop(struct service *service)
{
    static const char *const suffixes[] = {"", ".pid", ".log"};
    run(service, "stop");
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        char path[80];
        snprintf(path, sizeof path, "%s%s", service->script, suffixes[i]);
        unlink(path);
    }
}

void service_forget(const char *database)
{
    static const char *const suffixes[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        char path[80];
        snprintf(path, sizeof path, "%s%s", database, suffixes[i]);
        unlink(path);
    }
}
