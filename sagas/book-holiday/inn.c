/* The inn: a stay is a row that is held first and booked later, or goes away. A room has one stay per night,
 * held or booked. */
#include "common/service.h"

static const char schema[] =
    "CREATE TABLE room (number INTEGER PRIMARY KEY);"
    "CREATE TABLE stay (key TEXT PRIMARY KEY, holiday TEXT NOT NULL, guest TEXT NOT NULL, night TEXT NOT NULL,"
    " room INTEGER NOT NULL REFERENCES room, state TEXT NOT NULL CHECK (state IN ('held', 'booked')),"
    " UNIQUE (room, night));"
    "CREATE INDEX stay_by_holiday ON stay (holiday)";

static const char samples[] =
    "INSERT INTO room VALUES (1), (2), (3);"
    "INSERT INTO stay VALUES ('sample-1', 'holiday-1', 'ada', '2026-05-01', 1, 'booked'),"
    " ('sample-2', 'holiday-2', 'bob', '2026-12-24', 1, 'booked'), ('sample-3', 'holiday-3', "
    "'eve', '2026-12-24', 2, 'booked'),"
    " ('sample-4', 'holiday-4', 'joe', '2026-12-24', 3, 'booked')";

static const char bad_room[] = "SELECT json_type(:body, '$.guest') IS NOT 'text' OR"
                               " json_type(:body, '$.night') IS NOT 'text'";

#define FREE_ROOM                                                                                                 \
    " FROM room WHERE number NOT IN (SELECT room FROM stay WHERE night = :body ->> 'night') ORDER BY number "     \
    "LIMIT 1"

static const char hold[] =
    "INSERT INTO stay SELECT :key, :transaction, :body ->> 'guest', :body ->> 'night', number, 'held'" FREE_ROOM;

static const char hold_for_move[] = "INSERT INTO stay SELECT :key, :body ->> 'holiday', (SELECT guest FROM stay "
                                    "WHERE holiday = :body ->> 'holiday'),"
                                    " :body ->> 'night', number, 'held'" FREE_ROOM;

static int try_room(struct belay_call *call)
{
    sqlite3_int64 bad, rows;
    if (belay_sqlite_read(call, bad_room, &bad))
        return BELAY_FAILED;
    if (bad)
        return belay_refuse(call, "bad_room", "a room is {guest, night}");
    if (belay_sqlite_run(call, hold, &rows))
        return BELAY_FAILED;
    return rows ? belay_sqlite_answer(call, "SELECT json_object('room', room) FROM stay WHERE key = :key")
                : belay_refuse(call, "no_room", "no room is free that night");
}

static int confirm_room(struct belay_call *call)
{
    return belay_sqlite_run(call, "UPDATE stay SET state = 'booked' WHERE key = :action_key", NULL);
}

/* Also the rollback of a move: the room that was held is free again, and the stay before it as it was. */
static int let_go(struct belay_call *call)
{
    return belay_sqlite_run(call, "DELETE FROM stay WHERE key = :action_key AND state = 'held'", NULL);
}

/* The vote: yes when the other night has a room, which is held; "read_only" when it is that night already. */
static int prepare_move(struct belay_call *call)
{
    sqlite3_int64 stays, same, rows;
    if (belay_sqlite_read(call, "SELECT count(*) FROM stay WHERE holiday = :body ->> 'holiday'", &stays) ||
        belay_sqlite_read(
            call, "SELECT count(*) FROM stay WHERE holiday = :body ->> 'holiday' AND night = :body ->> 'night'",
            &same))
        return BELAY_FAILED;
    if (stays != 1)
        return belay_refuse(call, "no_stay", "nothing is booked for that holiday, or it is being moved");
    if (same)
        return belay_sqlite_answer(call, "SELECT json_object('vote', 'read_only')");
    if (belay_sqlite_run(call, hold_for_move, &rows))
        return BELAY_FAILED;
    return rows ? BELAY_YES : belay_refuse(call, "no_room", "no room is free that night");
}

static int commit_move(struct belay_call *call)
{
    return belay_sqlite_run(call,
                            "DELETE FROM stay WHERE key IS NOT :action_key"
                            " AND holiday = (SELECT holiday FROM stay WHERE key = :action_key);"
                            "UPDATE stay SET state = 'booked' WHERE key = :action_key",
                            NULL);
}

static const struct belay_operation operations[] = {
    HELD("room", try_room, confirm_room, let_go),
    VOTED("move", prepare_move, commit_move, let_go),
};

#define STAY "json_object('holiday', holiday, 'guest', guest, 'night', night, 'room', room)"

static const struct view views[] = {
    {"/bookings", "SELECT json_group_array(json(line)) FROM (SELECT " STAY " line FROM stay WHERE state = 'booked'"
                  " ORDER BY holiday LIMIT 1000)"},
    {"/holds", "SELECT json_group_array(json(line)) FROM (SELECT " STAY " line FROM stay WHERE state = 'held'"
               " ORDER BY holiday LIMIT 1000)"},
};

int main(int argc, char **argv)
{
    const struct service inn = {
        .name = "inn",
        .port = 7152,
        .schema = schema,
        .samples = samples,
        .operations = operations,
        .operations_count = COUNT(operations),
        .views = views,
        .views_count = COUNT(views),
    };
    return service_main(&inn, argc, argv);
}
