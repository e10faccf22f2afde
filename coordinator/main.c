/* belayd: the coordinator as a process. Wires the adapters to the engine and the API, and ends them in the order
 * that loses nothing. The only file that knows them all. */
#include "adapters/caller_curl.h"
#include "adapters/server_mhd.h"
#include "adapters/sign_libcrypto.h"
#include "adapters/store_sqlite.h"
#include "adapters/system.h"
#include "adapters/zone_glib.h"
#include "api/api.h"
#include "base/mem.h"
#include "base/version.h"
#include "config/settings.h"
#include "config/seed.h"
#include "engine/engine.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    FILES_SPARE = 64,  /* descriptors beside connections and calls: database, epoll, DNS, standard streams */
    MAIN_ADDRESS = 64, /* the longest numeric address in brackets, and a port */
};

struct belayd {
    struct settings settings;
    struct trace trace;
    struct store *store;
    struct caller_curl *curl;
    struct engine *engine;
    struct api *api;
    struct server_mhd *server;
    char *public_url;
    pthread_t engine_thread;
    sigset_t signals;
};

static int main_start(struct belayd *belayd, struct error *error);
static int main_serve(struct belayd *belayd, struct error *error);
static void main_stop(struct belayd *belayd);
static int main_status(const struct error *error);
static void main_block_signals(struct belayd *belayd);
static void main_check_files(const struct belayd *belayd);
static void main_announce(const struct belayd *belayd, uint64_t open);
static void main_address(const struct belayd *belayd, char address[MAIN_ADDRESS]);
static bool main_loopback(const struct settings *settings);
static char *main_public_url(const struct belayd *belayd);
static struct engine *main_engine(struct belayd *belayd, struct error *error);
static void *main_engine_run(void *context);
static void main_answered(void *context, struct response **responses, size_t count);
static bool main_submit(void *self, struct command *command);
static void main_counts(void *self, struct engine_counts *counts);
static void main_print_help(void);

int main(int argc, char **argv)
{
    struct belayd belayd = {0};
    struct error error = {0};
    int status = EXIT_CLEAN;
    if (settings_parse(&belayd.settings, argc, argv, getenv, &error)) {
        fprintf(stderr, "belayd: %s\nbelayd --help lists all options\n", error.text);
        status = EXIT_USAGE;
    } else if (belayd.settings.wish == SETTINGS_HELP) {
        main_print_help();
    } else if (belayd.settings.wish == SETTINGS_VERSION) {
        puts("belayd " BELAY_VERSION);
    } else {
        belayd.trace = trace_stderr((enum trace_level)settings_number(&belayd.settings, SETTING_LOG_LEVEL));
        main_block_signals(&belayd);
        if (main_start(&belayd, &error) || main_serve(&belayd, &error)) {
            trace_put(&belayd.trace, TRACE_ERROR, "belayd: %s", error.text);
            status = main_status(&error);
        }
        main_stop(&belayd);
    }
    settings_done(&belayd.settings);
    return status;
}

/* Everything that can fail before the first request. */
static int main_start(struct belayd *belayd, struct error *error)
{
    const struct settings *settings = &belayd->settings;
    const char *participants = settings_text(settings, SETTING_PARTICIPANTS);
    const char *definitions = settings_text(settings, SETTING_DEFINITIONS);
    main_check_files(belayd);
    belayd->store = store_sqlite_open(settings_text(settings, SETTING_DATA), error);
    if (!belayd->store)
        return (int)error->code;
    belayd->curl = caller_curl_start(main_answered, belayd, error);
    if (!belayd->curl)
        return (int)error->code;
    belayd->server = server_mhd_listen(settings_text(settings, SETTING_LISTEN), error);
    if (!belayd->server)
        return (int)error->code;
    belayd->public_url = main_public_url(belayd);
    belayd->engine = main_engine(belayd, error);
    if (!belayd->engine)
        return (int)error->code;
    if (participants && seed_participants(belayd->engine, participants, error))
        return error_wrap(error, "--participants");
    if (definitions && seed_definitions(belayd->engine, definitions, &belayd->trace, error))
        return error_wrap(error, "--definitions");
    struct api_engine engine = {.self = belayd->engine, .submit = main_submit, .counts = main_counts};
    belayd->api = api_new(engine, belayd->store);
    if (main_loopback(settings))
        api_guard(belayd->api, belayd->public_url);
    return 0;
}

/* Serves until a signal comes, then lets everybody finish. The engine stops first: it commits and answers what it
 * has taken, and tells those that wait for a transaction how it stands. The server then sends what is left. */
static int main_serve(struct belayd *belayd, struct error *error)
{
    struct engine_counts counts;
    const struct settings *settings = &belayd->settings;
    uint64_t drain_ms = settings_number(settings, SETTING_DRAIN) * 1000;
    engine_counts(belayd->engine, &counts);
    if (server_mhd_serve(belayd->server, api_service(belayd->api), error))
        return (int)error->code;
    if (pthread_create(&belayd->engine_thread, NULL, main_engine_run, belayd))
        return error_set(error, ERROR_IO, "the system gives no thread");
    pthread_setname_np(belayd->engine_thread, "engine");
    main_announce(belayd, counts.open);
    int signal_number = 0;
    sigwait(&belayd->signals, &signal_number);
    trace_put(&belayd->trace, TRACE_INFO, "belayd: %s: finishing what runs", strsignal(signal_number));
    /* From here on a second signal does what it always does: it ends the process. */
    pthread_sigmask(SIG_UNBLOCK, &belayd->signals, NULL);
    api_drain(belayd->api);
    engine_stop(belayd->engine);
    server_mhd_stop(belayd->server, drain_ms);
    belayd->server = NULL;
    pthread_join(belayd->engine_thread, NULL);
    engine_counts(belayd->engine, &counts);
    trace_put(&belayd->trace, TRACE_INFO, "belayd: ended, %llu open transactions go on at the next start",
              (unsigned long long)counts.open);
    return 0;
}

/* The server first, if it never got to serve; then the caller, which still hands responses to the engine. */
static void main_stop(struct belayd *belayd)
{
    if (belayd->server)
        server_mhd_stop(belayd->server, 0);
    if (belayd->curl)
        caller_curl_stop(belayd->curl);
    if (belayd->engine)
        engine_free(belayd->engine);
    if (belayd->api)
        api_free(belayd->api);
    if (belayd->store)
        belayd->store->close(belayd->store->self);
    mem_free(belayd->public_url);
}

static int main_status(const struct error *error)
{
    switch (error->code) {
    case ERROR_USAGE:
        return EXIT_USAGE;
    case ERROR_LOCKED:
        return EXIT_LOCKED;
    case ERROR_VERSION:
    case ERROR_CORRUPT:
        return EXIT_DATA;
    default:
        return EXIT_FAILED;
    }
}

/* Before the first thread, so that all of them inherit it: only sigwait takes these. */
static void main_block_signals(struct belayd *belayd)
{
    signal(SIGPIPE, SIG_IGN); /* a client that is gone is an error of its write, not our end */
    sigemptyset(&belayd->signals);
    sigaddset(&belayd->signals, SIGTERM);
    sigaddset(&belayd->signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &belayd->signals, NULL);
}

/* Connections and calls are descriptors; the usual soft limit of 1024 is less than both together. */
static void main_check_files(const struct belayd *belayd)
{
    struct rlimit limit;
    uint64_t wanted = LIMIT_CONNECTIONS + settings_number(&belayd->settings, SETTING_CALLS_MAX) + FILES_SPARE;
    if (getrlimit(RLIMIT_NOFILE, &limit))
        return;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) || getrlimit(RLIMIT_NOFILE, &limit))
        return;
    if (limit.rlim_cur < wanted)
        trace_put(&belayd->trace, TRACE_WARN,
                  "belayd: only %llu open files are allowed, %llu may be wanted (%d connections, calls-max, %d "
                  "more); raise the limit (ulimit -n) or lower --calls-max",
                  (unsigned long long)limit.rlim_cur, (unsigned long long)wanted, LIMIT_CONNECTIONS, FILES_SPARE);
}

static void main_announce(const struct belayd *belayd, uint64_t open)
{
    const char *data = settings_text(&belayd->settings, SETTING_DATA);
    const char *listen = settings_text(&belayd->settings, SETTING_LISTEN);
    char address[MAIN_ADDRESS];
    main_address(belayd, address);
    trace_put(&belayd->trace, TRACE_INFO,
              "belayd: listening on http://%s, data in %s, %llu transactions open", address, data,
              (unsigned long long)open);
    if (!main_loopback(&belayd->settings))
        trace_put(&belayd->trace, TRACE_WARN,
                  "belayd: %s can be reached from other machines and there is no authentication: whoever reaches "
                  "it can start and stop transactions",
                  listen);
    bool any = strncmp(listen, "0.0.0.0:", 8) == 0 || strncmp(listen, "[::]:", 5) == 0;
    if (any && !settings_text(&belayd->settings, SETTING_PUBLIC_URL))
        trace_put(&belayd->trace, TRACE_WARN,
                  "belayd: callbacks are sent to http://%s, which is no address for other machines: say with "
                  "--public-url how participants reach this one",
                  address);
}

/* The address it serves on, with the port it got. */
static void main_address(const struct belayd *belayd, char address[MAIN_ADDRESS])
{
    const char *listen = settings_text(&belayd->settings, SETTING_LISTEN);
    const char *port = strrchr(listen, ':');
    assert(port); /* the server took it */
    snprintf(address, MAIN_ADDRESS, "%.*s:%u", (int)(port - listen), listen, server_mhd_port(belayd->server));
}

static bool main_loopback(const struct settings *settings)
{
    const char *listen = settings_text(settings, SETTING_LISTEN);
    return strncmp(listen, "127.", 4) == 0 || strncmp(listen, "[::1]", 5) == 0;
}

/* Without a slash at its end: paths follow. */
static char *main_public_url(const struct belayd *belayd)
{
    const char *given = settings_text(&belayd->settings, SETTING_PUBLIC_URL);
    char address[MAIN_ADDRESS], url[MAIN_ADDRESS + 8];
    main_address(belayd, address);
    snprintf(url, sizeof url, "http://%s", address);
    const char *text = given ? given : url;
    size_t length = strlen(text);
    while (text[length - 1] == '/')
        length--;
    return mem_copy(text, length);
}

static struct engine *main_engine(struct belayd *belayd, struct error *error)
{
    const struct settings *settings = &belayd->settings;
    struct engine_ports ports = {
        .store = belayd->store,
        .caller = caller_curl_port(belayd->curl),
        .clock = clock_system(),
        .entropy = entropy_system(),
        .trace = belayd->trace,
        .zone = zone_glib(),
        .sign = sign_libcrypto(),
    };
    struct engine_options limits = {
        .retention_ms = 1000u * (uint64_t)settings_number(settings, SETTING_RETENTION),
        .inbox_max = (uint32_t)settings_number(settings, SETTING_INBOX_MAX),
        .batch_max = (uint32_t)settings_number(settings, SETTING_BATCH_MAX),
        .open_max = (uint32_t)settings_number(settings, SETTING_OPEN_MAX),
        .calls_max = (uint32_t)settings_number(settings, SETTING_CALLS_MAX),
        .calls_participant_max = (uint32_t)settings_number(settings, SETTING_CALLS_PARTICIPANT_MAX),
        .calls_per_second = (uint32_t)settings_number(settings, SETTING_CALLS_PER_SECOND),
        .public_url = belayd->public_url,
    };
    return engine_new(&ports, &limits, error);
}

/* When the store fails, what is in memory is worth nothing any more: no answer may leave, not even a refusal of
 * what may have become durable. The next start loads what is true. */
static void *main_engine_run(void *context)
{
    struct belayd *belayd = context;
    struct error error = {0};
    if (engine_run(belayd->engine, &error)) {
        trace_put(&belayd->trace, TRACE_ERROR, "belayd: %s; nothing acknowledged is lost, restart me", error.text);
        _exit(EXIT_FAILED);
    }
    return NULL;
}

/* The caller exists before the engine does; it answers only what the engine has called. */
static void main_answered(void *context, struct response **responses, size_t count)
{
    struct belayd *belayd = context;
    assert(belayd->engine);
    engine_answered(belayd->engine, responses, count);
}

static bool main_submit(void *self, struct command *command)
{
    return engine_submit(self, command);
}

static void main_counts(void *self, struct engine_counts *counts)
{
    engine_counts(self, counts);
}

static void main_print_help(void)
{
    struct buf buf;
    buf_init(&buf, 1 << 16);
    settings_help(&buf);
    fputs(buf_text(&buf), stdout);
    buf_done(&buf);
}
