/* Opens the database, registers the operations, serves until SIGTERM. */
#include "common/service.h"
#include "belay/serve.h"
#include "common/database.h"
#include "common/flaky.h"
#include "common/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct life {
    const struct service *service;
    struct options options;
    sqlite3 *db;
    struct belay_barrier *barrier;
    struct belay_participant *participant;
    struct reporter *reporter;
};

static int look(void *context, const struct belay_request *request, struct belay_response *response)
{
    const struct life *life = context;
    char *json = NULL;
    if (strcmp(request->method, "GET"))
        return BELAY_ERROR_ARGUMENT;
    int status = view_get(life->db, life->service->views, life->service->views_count, request->path, &json);
    int code = belay_response_set(response, status, "application/json", json, json ? strlen(json) : 0);
    sqlite3_free(json);
    return code;
}

static void complain(void *context, const struct belay_error *error)
{
    const struct life *life = context;
    fprintf(stderr, "%s: %s\n", life->service->name, error->text);
}

static void say_ready(void *context, unsigned port)
{
    const struct life *life = context;
    printf("%s: ready, listening on port %u\n", life->service->name, port);
    fflush(stdout);
}

static int prepare(struct life *life, struct belay_error *error)
{
    int code = belay_sqlite_open(life->db, NULL, &life->barrier, error);
    if (code)
        return code;
    if (life->options.fail_rate)
        life->barrier = flaky_wrap(life->barrier, life->options.fail_rate);
    const struct belay_participant_options options = {.size = sizeof options, .barrier = life->barrier};
    code = belay_participant_new(&options, &life->participant, error);
    for (size_t i = 0; i < life->service->operations_count && !code; i++)
        code = belay_participant_add(life->participant, &life->service->operations[i], error);
    return code;
}

static int live(struct life *life, struct belay_error *error)
{
    int code = prepare(life, error);
    if (code)
        return code;
    const struct belay_serve_options options = {
        .size = sizeof options,
        .participant = life->participant,
        .listen = life->options.listen,
        .context = life,
        .other = look,
        .log = complain,
        .ready = say_ready,
    };
    return belay_serve_run(&options, error);
}

/* A connection of its own, because it works on a thread of its own. */
static bool start_reporter(struct life *life)
{
    const struct service *service = life->service;
    sqlite3 *db = database_open(service->name, life->options.db, service->schema, service->samples);
    life->reporter = db ? reporter_start(service->name, service->reports, db) : NULL;
    return life->reporter != NULL;
}

int service_main(const struct service *service, int argc, char **argv)
{
    char listen[32], file[64];
    snprintf(listen, sizeof listen, "127.0.0.1:%u", service->port);
    snprintf(file, sizeof file, "%s.db", service->name);
    struct life life = {.service = service, .options = {.listen = listen, .db = file}};
    enum options_result parsed = options_parse(&life.options, service->name, argc, argv);
    if (parsed != OPTIONS_OK)
        return parsed == OPTIONS_HELP ? EXIT_SUCCESS : EXIT_USAGE;
    life.db = database_open(service->name, life.options.db, service->schema, service->samples);
    if (!life.db || (service->reports && !start_reporter(&life))) {
        sqlite3_close(life.db);
        return EXIT_FAILURE;
    }
    struct belay_error error;
    int code = live(&life, &error);
    if (code)
        complain(&life, &error);
    reporter_stop(life.reporter);
    belay_participant_free(life.participant);
    belay_sqlite_close(life.barrier);
    sqlite3_close(life.db);
    return code ? EXIT_FAILURE : EXIT_SUCCESS;
}
