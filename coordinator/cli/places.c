/* Finding of programs, files and ports. */
#include "cli/places.h"

#include "base/mem.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PORTS_TRIED = 200, PORT_LAST = 65535 };

/* The first of `candidates` (ended by NULL), seen from `directory`, that holds `content`; or NULL. */
static char *places_pick(const char *directory, const char *const *candidates, const char *content)
{
    for (; *candidates; candidates++) {
        char *path = files_join(directory, *candidates);
        char *inside = files_join(path, content);
        char *real = files_exist(inside) ? realpath(path, NULL) : NULL; /* without "..": people will read it */
        mem_free(inside);
        mem_free(path);
        if (real)
            return real;
    }
    return NULL;
}

int places_find_from(struct places *places, const char *directory, struct error *error)
{
    static const char *const programs[] = {"sagas", "../lib/belay/sagas", NULL};
    static const char *const sagas[] = {"sagas", "../../sagas", "../lib/belay/sagas", "../share/belay/sagas",
                                        NULL};
    char *belayd = files_join(directory, "belayd");
    if (access(belayd, X_OK) != 0) {
        error_set(error, ERROR_NOT_FOUND, "there is no belayd beside this program (%s)", belayd);
        mem_free(belayd);
        return error->code;
    }
    *places = (struct places){.belayd = belayd,
                              .programs = places_pick(directory, programs, "."),
                              .sagas = places_pick(directory, sagas, "participants.json")};
    return 0;
}

int places_find(struct places *places, struct error *error)
{
    char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length <= 0)
        return error_set(error, ERROR_IO, "cannot tell where this program lies (/proc/self/exe)");
    path[length] = '\0';
    *strrchr(path, '/') = '\0';
    return places_find_from(places, path, error);
}

void places_done(struct places *places)
{
    mem_free(places->belayd);
    mem_free(places->programs);
    mem_free(places->sagas);
    *places = (struct places){0};
}

static bool places_program(const char *path)
{
    struct stat status;
    const char *name = strrchr(path, '/');
    return name && !strchr(name, '.') && stat(path, &status) == 0 && S_ISREG(status.st_mode) &&
           access(path, X_OK) == 0;
}

int places_programs(struct files *files, const char *directory, struct error *error)
{
    struct files all = {0};
    int code = files_find(&all, directory, "", error);
    files->paths = mem_array(all.count, sizeof *files->paths);
    for (size_t i = 0; i < all.count; i++)
        if (places_program(all.paths[i]))
            files->paths[files->count++] = mem_string(all.paths[i]);
    files_done(&all);
    return code;
}

static bool places_free(unsigned port)
{
    int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    bool open = fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, 1) == 0;
    close(fd);
    return open;
}

unsigned places_port(unsigned first)
{
    for (unsigned port = first; port < first + PORTS_TRIED && port <= PORT_LAST; port++)
        if (places_free(port))
            return port;
    return 0;
}
