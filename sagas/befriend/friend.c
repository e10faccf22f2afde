/* Friendships: one edge per pair, asked for first and then in force. */
#include "common/service.h"

static const char schema[] = "CREATE TABLE friendship (a TEXT NOT NULL, b TEXT NOT NULL, state TEXT NOT NULL,"
                             " key TEXT NOT NULL UNIQUE, PRIMARY KEY (a, b), CHECK (a < b))";

static const char samples[] = "";

/* An edge has no direction: the smaller name stands first. */
#define PAIR "min(:body ->> 'from', :body ->> 'to'), max(:body ->> 'from', :body ->> 'to')"

static int request(struct belay_call *call)
{
    sqlite3_int64 possible, there;
    if (belay_sqlite_read(call, "SELECT :body ->> 'from' <> :body ->> 'to'", &possible) ||
        belay_sqlite_read(call, "SELECT count(*) FROM friendship WHERE (a, b) = (" PAIR ")", &there))
        return BELAY_FAILED;
    if (!possible || there)
        return belay_refuse(call, there ? "already_friends" : "bad_request", "there is no friendship to be made");
    return belay_sqlite_run(call, "INSERT INTO friendship VALUES (" PAIR ", 'requested', :key)", NULL);
}

static int withdraw(struct belay_call *call)
{
    return belay_sqlite_run(call, "DELETE FROM friendship WHERE key = :action_key", NULL);
}

/* The pivot: from here on they are friends. */
static int accept(struct belay_call *call)
{
    sqlite3_int64 rows;
    if (belay_sqlite_run(call, "UPDATE friendship SET state = 'friends' WHERE (a, b) = (" PAIR ")", &rows))
        return BELAY_FAILED;
    return rows ? BELAY_YES : belay_refuse(call, "not_requested", "nobody asked for that friendship");
}

static const struct belay_operation operations[] = {
    OPERATION("request", request, withdraw),
    OPERATION("accept", accept, NULL),
};

#define EDGE "json_object('a', a, 'b', b, 'state', state)"

static const struct view views[] = {
    {"/friendships",
     "SELECT json_group_array(json(line)) FROM (SELECT " EDGE " line FROM friendship ORDER BY a, b LIMIT 1000)"},
    {"/friendships/{}", "SELECT json_group_array(json(line)) FROM (SELECT " EDGE " line FROM friendship"
                        " WHERE ?1 IN (a, b) ORDER BY a, b LIMIT 1000)"},
};

int main(int argc, char **argv)
{
    const struct service friends = {
        .name = "friend",
        .port = 7112,
        .schema = schema,
        .samples = samples,
        .operations = operations,
        .operations_count = COUNT(operations),
        .views = views,
        .views_count = COUNT(views),
    };
    return service_main(&friends, argc, argv);
}
