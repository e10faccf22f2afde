/* See sdk_outbox_world.h. */
#include "sdk_outbox_world.h"

#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void world_step(struct world *world)
{
    if (world->crash_at && ++world->steps == world->crash_at)
        _exit(9);
}

void world_note(const struct world *world, const char *what, const char *id)
{
    char line[200];
    int length = snprintf(line, sizeof line, "%s %s\n", what, id);
    int fd = open(world->peer, O_WRONLY | O_APPEND | O_CLOEXEC);
    ssize_t written = write(fd, line, (size_t)length);
    assert(fd >= 0 && written == length);
    close(fd);
}

int world_heard(const struct world *world, const char *what)
{
    char line[200], wanted[64];
    int count = 0;
    snprintf(wanted, sizeof wanted, "%s t\n", what);
    FILE *file = fopen(world->peer, "r");
    assert(file);
    while (fgets(line, sizeof line, file))
        count += !strcmp(line, wanted);
    fclose(file);
    return count;
}

/* What the coordinator does with a request; its status, 0 for a request that is none. */
static int take(struct world *world, const struct belay_outgoing *request)
{
    char id[64] = "", what[64] = "";
    bool begin = !strcmp(request->target, "/v1/transactions") &&
                 sscanf(request->body, "{\"kind\":\"message\",\"id\":\"%40[^\"]", id) == 1;
    bool commit =
        sscanf(request->target, "/v1/transactions/%40[^/]/%10s", id, what) == 2 && !strcmp(what, "commit");
    if (strcmp(request->method, "POST") != 0 || !request->repeatable || begin == commit) {
        world->slips = true;
        return 0;
    }
    if (world->refuse == (begin ? 1 : 2))
        return 409;
    world_note(world, begin ? "begin" : "commit", id);
    return 200;
}

static int transport_send(void *self, const struct belay_outgoing *request, struct belay_response *response,
                          struct belay_error *error)
{
    struct world *world = self;
    world_step(world);
    bool lost = world->away > 0, taken = !lost || world->away % 2 == 0;
    world->away -= lost;
    int status = taken ? take(world, request) : 0;
    world_step(world);
    if (lost || status == 0)
        return belay_error_set(error, BELAY_ERROR_UNAVAILABLE, "no answer");
    const char *body = status == 200 ? "{\"id\":\"t\"}" : "{\"code\":\"conflict\",\"detail\":\"it was undone\"}";
    return belay_response_set(response, status, "application/json", body, strlen(body));
}

void world_make(struct world *world)
{
    memset(world, 0, sizeof *world);
    sdk_path_make(world->path);
    sdk_path_make(world->peer);
    world->transport =
        (struct belay_transport){.size = sizeof world->transport, .self = world, .send = transport_send};
    world_open(world);
}

void world_remove(struct world *world)
{
    world_close(world);
    sdk_path_remove(world->path);
    sdk_path_remove(world->peer);
}

void world_open(struct world *world)
{
    static const struct belay_operation operation = {
        .size = sizeof operation, .name = "outbox", .on_check = belay_outbox_check};
    sdk_service_open(&world->service, world->path);
    int rc = sqlite3_exec(world->service.db, "CREATE TABLE IF NOT EXISTS orders (id TEXT)", NULL, NULL, NULL);
    rc += belay_outbox_create(world->service.db, NULL);
    rc += belay_participant_add(world->service.participant, &operation, NULL);
    assert(rc == 0);
}

void world_close(struct world *world)
{
    sdk_service_close(&world->service);
}

const struct belay_outbox_message *world_message(bool announced)
{
    static const struct belay_enlist branches[] = {
        {.size = sizeof branches[0],
         .branch = "mail",
         .participant = "mail",
         .operation = "send",
         .body = "{}",
         .body_length = 2},
        {.size = sizeof branches[0], .branch = "stock", .url = "http://stock/take"},
    };
    static struct belay_outbox_message message = {
        .size = sizeof message, .id = "t", .branches = branches, .branches_count = 2};
    message.check_participant = announced ? "shop" : NULL;
    message.check_operation = announced ? "outbox" : NULL;
    return &message;
}

int world_order(struct world *world, const struct belay_outbox_message *message, struct belay_error *error)
{
    sqlite3 *db = world->service.db;
    int rc = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(db, "INSERT INTO orders VALUES ('t')", NULL, NULL, NULL);
    int code = rc == SQLITE_OK ? belay_outbox_write(db, message, error) : BELAY_ERROR_BACKEND;
    world_step(world);
    if (!code && sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
        code = BELAY_ERROR_BACKEND;
    if (!sqlite3_get_autocommit(db))
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    world_step(world);
    return code;
}

sqlite3_int64 world_orders(struct world *world)
{
    return sdk_count(world->service.db, "SELECT count(*) FROM orders");
}

sqlite3_int64 world_rows(struct world *world, int state)
{
    char sql[100];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM belay_outbox WHERE state = %d", state);
    return sdk_count(world->service.db, sql);
}
