/* The airline: gives seats away as long as there are any, and takes bags on board. */
#include "common/service.h"

static const char schema[] =
    "CREATE TABLE flight (id TEXT PRIMARY KEY, seats INTEGER NOT NULL CHECK (seats >= 0));"
    "CREATE TABLE booking (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE,"
    " flight TEXT NOT NULL REFERENCES flight, passenger TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'booked');"
    "CREATE TABLE baggage (key TEXT PRIMARY KEY, booking INTEGER NOT NULL REFERENCES booking,"
    " bags INTEGER NOT NULL);";

static const char samples[] = "INSERT INTO flight VALUES ('BY 100', 180), ('BY 7', 0)";

static int seat(struct belay_call *call)
{
    sqlite3_int64 seats;
    if (belay_sqlite_read(call, "SELECT coalesce(max(seats), -1) FROM flight WHERE id = :body ->> 'flight'",
                          &seats))
        return BELAY_FAILED;
    if (seats < 0)
        return belay_refuse(call, "unknown_flight", "there is no such flight");
    if (seats == 0)
        return belay_refuse(call, "sold_out", "every seat is taken");
    if (belay_sqlite_run(call,
                         "UPDATE flight SET seats = seats - 1 WHERE id = :body ->> 'flight';"
                         "INSERT INTO booking (key, flight, passenger)"
                         " VALUES (:key, :body ->> 'flight', :body ->> 'passenger')",
                         NULL))
        return BELAY_FAILED;
    return belay_sqlite_answer(call, "SELECT json_object('booking', id) FROM booking WHERE key = :key");
}

static int free_seat(struct belay_call *call)
{
    return belay_sqlite_run(
        call,
        "UPDATE flight SET seats = seats + 1 FROM booking"
        " WHERE booking.key = :action_key AND state = 'booked' AND flight.id = booking.flight;"
        "UPDATE booking SET state = 'cancelled' WHERE key = :action_key",
        NULL);
}

/* The bags of a booking; nobody carries more than three. */
static int bags(struct belay_call *call)
{
    sqlite3_int64 light;
    if (belay_sqlite_read(call, "SELECT :body ->> 'bags' BETWEEN 1 AND 3", &light))
        return BELAY_FAILED;
    if (!light)
        return belay_refuse(call, "too_many_bags", "one to three bags go with a seat");
    return belay_sqlite_run(call, "INSERT INTO baggage VALUES (:key, :body ->> 'booking', :body ->> 'bags')",
                            NULL);
}

static int unload(struct belay_call *call)
{
    return belay_sqlite_run(call, "DELETE FROM baggage WHERE key = :action_key", NULL);
}

static const struct belay_operation operations[] = {
    OPERATION("seat", seat, free_seat),
    OPERATION("bags", bags, unload),
};

#define BOOKING                                                                                                   \
    "json_object('id', id, 'flight', flight, 'passenger', passenger, 'state', state,"                             \
    " 'bags', (SELECT coalesce(sum(bags), 0) FROM baggage WHERE booking = booking.id))"

static const struct view views[] = {
    {"/flights", "SELECT json_group_array(json_object('id', id, 'seats', seats))"
                 " FROM (SELECT * FROM flight ORDER BY id LIMIT 1000)"},
    {"/bookings", "SELECT json_group_array(json(line)) FROM (SELECT " BOOKING " line FROM booking"
                  " ORDER BY id DESC LIMIT 1000)"},
};

int main(int argc, char **argv)
{
    const struct service airline = {
        .name = "airline",
        .port = 7141,
        .schema = schema,
        .samples = samples,
        .operations = operations,
        .operations_count = COUNT(operations),
        .views = views,
        .views_count = COUNT(views),
    };
    return service_main(&airline, argc, argv);
}
