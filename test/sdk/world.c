/* See world.h. */
#include "world.h"

#include "belay/postgres.h"
#include "belay/sqlite.h"
#include "cluster.h"

#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
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
    if (lost)
        world->away--;
    int status = taken ? take(world, request) : 0;
    world_step(world);
    if (lost || status == 0)
        return belay_error_set(error, BELAY_ERROR_UNAVAILABLE, "no answer");
    const char *body = status == 200 ? "{\"id\":\"t\"}" : "{\"code\":\"conflict\",\"detail\":\"it was undone\"}";
    return belay_response_set(response, status, "application/json", body, strlen(body));
}

void world_make(struct world *world, enum subject_kind kind)
{
    memset(world, 0, sizeof *world);
    world->subject.kind = kind;
    snprintf(world->peer, sizeof world->peer, "/tmp/belay-peer-XXXXXX");
    int fd = mkstemp(world->peer);
    assert(fd >= 0);
    close(fd);
    world->transport =
        (struct belay_transport){.size = sizeof world->transport, .self = world, .send = transport_send};
    subject_reset(kind);
    world_open(world);
    bool made = world_run(world, "DROP TABLE IF EXISTS orders; DROP TABLE IF EXISTS belay_outbox");
    assert(made);
    world_close(world);
    world_open(world);
    made = world_run(world, "CREATE TABLE orders (id TEXT)");
    assert(made);
}

void world_remove(struct world *world)
{
    world_close(world);
    unlink(world->peer);
}

static struct belay_outbox *open_outbox(const struct subject *subject)
{
    struct belay_outbox *outbox = NULL;
    int code = subject->conn ? belay_postgres_outbox_open(subject->conn, NULL, &outbox, NULL)
                             : belay_sqlite_outbox_open(subject->db, &outbox, NULL);
    assert(code == BELAY_OK);
    return outbox;
}

void world_open(struct world *world)
{
    bool opened = subject_open(&world->subject, world->subject.kind, NULL);
    assert(opened);
    world->outbox = open_outbox(&world->subject);
    const struct belay_operation operation = {
        .size = sizeof operation, .name = "outbox", .context = world->outbox, .on_check = belay_outbox_check};
    int code = belay_participant_add(world->subject.participant, &operation, NULL);
    assert(code == BELAY_OK);
}

void world_close(struct world *world)
{
    belay_outbox_close(world->outbox);
    world->outbox = NULL;
    subject_close(&world->subject);
}

void world_join(const struct world *world, struct subject *subject, struct belay_outbox **outbox)
{
    bool opened = subject_open(subject, world->subject.kind, NULL);
    assert(opened);
    *outbox = open_outbox(subject);
}

void world_leave(struct subject *subject, struct belay_outbox *outbox)
{
    belay_outbox_close(outbox);
    subject_close(subject);
}

bool world_run(struct world *world, const char *sql)
{
    if (world->subject.db)
        return sqlite3_exec(world->subject.db, sql, NULL, NULL, NULL) == SQLITE_OK;
    PGresult *result = PQexec(world->subject.conn, sql);
    bool ran = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    return ran;
}

void world_make_due(struct world *world)
{
    world_run(world, world->subject.db ? "UPDATE belay_outbox SET due = 0"
                                       : "UPDATE belay_outbox SET due = now() - interval '1 second'");
}

void world_make_old(struct world *world)
{
    world_run(world, world->subject.db ? "UPDATE belay_outbox SET at = 0"
                                       : "UPDATE belay_outbox SET at = now() - interval '1 day'");
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
    bool ran = world_run(world, world->subject.db ? "BEGIN IMMEDIATE" : "BEGIN") &&
               world_run(world, "INSERT INTO orders VALUES ('t')");
    int code = ran ? belay_outbox_write(world->outbox, message, error) : BELAY_ERROR_BACKEND;
    world_step(world);
    if (!code && !world_run(world, "COMMIT"))
        code = BELAY_ERROR_BACKEND;
    if (world->outbox->in_transaction(world->outbox->self))
        world_run(world, "ROLLBACK");
    world_step(world);
    return code;
}

int64_t world_orders(struct world *world)
{
    return subject_count(&world->subject, "SELECT count(*) FROM orders");
}

int64_t world_rows(struct world *world, int state)
{
    char sql[100];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM belay_outbox WHERE state = %d", state);
    return subject_count(&world->subject, sql);
}

int world_pump(struct world *world, struct belay_outbox_report *report, struct belay_error *error)
{
    *report = (struct belay_outbox_report){.size = sizeof *report};
    world_make_due(world);
    return belay_outbox_pump(world->outbox, &world->transport, 0, report, error);
}
