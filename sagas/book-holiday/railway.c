/* The railway: holds a seat until the holiday is decided, and moves a booking to another train by vote. What is
 * held is nobody else's, and no booking yet. */
#include "common/service.h"

static const char schema[] =
    "CREATE TABLE train (id TEXT PRIMARY KEY, free INTEGER NOT NULL CHECK (free >= 0));"
    "CREATE TABLE booking (holiday TEXT PRIMARY KEY, traveller TEXT NOT NULL, train TEXT NOT NULL REFERENCES "
    "train,"
    " moving INTEGER NOT NULL DEFAULT 0);"
    "CREATE TABLE hold (key TEXT PRIMARY KEY, holiday TEXT NOT NULL, traveller TEXT NOT NULL,"
    " train TEXT NOT NULL REFERENCES train)";

static const char samples[] =
    "INSERT INTO train VALUES ('R100', 3), ('R102', 2), ('R900', 0);"
    "INSERT INTO booking (holiday, traveller, train) VALUES ('holiday-1', 'ada', 'R100')";

static const char bad_seat[] = "SELECT json_type(:body, '$.traveller') IS NOT 'text' OR"
                               " json_type(:body, '$.train') IS NOT 'text'";

static const char take[] = "UPDATE train SET free = free - 1 WHERE id = :body ->> 'train' AND free > 0";

static const char give_back[] =
    "UPDATE train SET free = free + 1 FROM hold WHERE key = :action_key AND train.id = hold.train;"
    "DELETE FROM hold WHERE key = :action_key";

/* The seat is out of the stock, and held under the key of this call. */
static int try_seat(struct belay_call *call)
{
    sqlite3_int64 bad, rows;
    if (belay_sqlite_read(call, bad_seat, &bad))
        return BELAY_FAILED;
    if (bad)
        return belay_refuse(call, "bad_seat", "a seat is {traveller, train}");
    if (belay_sqlite_run(call, take, &rows))
        return BELAY_FAILED;
    if (rows == 0)
        return belay_refuse(call, "train_full", "there is no seat left");
    return belay_sqlite_run(
        call, "INSERT INTO hold VALUES (:key, :transaction, :body ->> 'traveller', :body ->> 'train')", NULL);
}

static int confirm_seat(struct belay_call *call)
{
    return belay_sqlite_run(call,
                            "INSERT INTO booking (holiday, traveller, train)"
                            " SELECT holiday, traveller, train FROM hold WHERE key = :action_key;"
                            "DELETE FROM hold WHERE key = :action_key",
                            NULL);
}

static int cancel_seat(struct belay_call *call)
{
    return belay_sqlite_run(call, give_back, NULL);
}

/* The vote: yes when the other train has a seat, which is held; "read_only" when it is the train already. */
static int prepare_move(struct belay_call *call)
{
    sqlite3_int64 same, rows;
    if (belay_sqlite_read(call,
                          "SELECT count(*) FROM booking WHERE holiday = :body ->> 'holiday'"
                          " AND train = :body ->> 'train' AND NOT moving",
                          &same))
        return BELAY_FAILED;
    if (same)
        return belay_sqlite_answer(call, "SELECT json_object('vote', 'read_only')");
    if (belay_sqlite_run(call, "UPDATE booking SET moving = 1 WHERE holiday = :body ->> 'holiday' AND NOT moving",
                         &rows))
        return BELAY_FAILED;
    if (rows == 0)
        return belay_refuse(call, "no_booking", "nothing is booked for that holiday, or it is being moved");
    if (belay_sqlite_run(call, take, &rows))
        return BELAY_FAILED;
    if (rows == 0)
        return belay_refuse(call, "train_full", "there is no seat left");
    return belay_sqlite_run(call,
                            "INSERT INTO hold SELECT :key, holiday, traveller, :body ->> 'train' FROM booking"
                            " WHERE holiday = :body ->> 'holiday'",
                            NULL);
}

/* The old seat is free, the new one is booked. */
static int commit_move(struct belay_call *call)
{
    return belay_sqlite_run(
        call,
        "UPDATE train SET free = free + 1 FROM booking, hold"
        " WHERE hold.key = :action_key AND booking.holiday = hold.holiday AND train.id = booking.train;"
        "UPDATE booking SET train = hold.train, moving = 0 FROM hold"
        " WHERE hold.key = :action_key AND booking.holiday = hold.holiday;"
        "DELETE FROM hold WHERE key = :action_key",
        NULL);
}

static int roll_back_move(struct belay_call *call)
{
    if (belay_sqlite_run(call,
                         "UPDATE booking SET moving = 0 FROM hold"
                         " WHERE hold.key = :action_key AND booking.holiday = hold.holiday",
                         NULL))
        return BELAY_FAILED;
    return belay_sqlite_run(call, give_back, NULL);
}

static const struct belay_operation operations[] = {
    HELD("seat", try_seat, confirm_seat, cancel_seat),
    VOTED("move", prepare_move, commit_move, roll_back_move),
};

static const struct view views[] = {
    {"/trains", "SELECT json_group_array(json_object('train', id, 'free', free))"
                " FROM (SELECT * FROM train ORDER BY id LIMIT 1000)"},
    {"/bookings",
     "SELECT json_group_array(json_object('holiday', holiday, 'traveller', traveller, 'train', train))"
     " FROM (SELECT * FROM booking ORDER BY holiday LIMIT 1000)"},
    {"/holds", "SELECT json_group_array(json_object('holiday', holiday, 'traveller', traveller, 'train', train))"
               " FROM (SELECT * FROM hold ORDER BY holiday LIMIT 1000)"},
};

int main(int argc, char **argv)
{
    const struct service railway = {
        .name = "railway",
        .port = 7151,
        .schema = schema,
        .samples = samples,
        .operations = operations,
        .operations_count = COUNT(operations),
        .views = views,
        .views_count = COUNT(views),
    };
    return service_main(&railway, argc, argv);
}
