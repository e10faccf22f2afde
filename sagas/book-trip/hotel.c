/* The hotels of a chain: each has so many rooms. */
#include "common/service.h"

static const char schema[] =
    "CREATE TABLE hotel (id TEXT PRIMARY KEY, rooms INTEGER NOT NULL CHECK (rooms >= 0));"
    "CREATE TABLE stay (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, hotel TEXT NOT NULL REFERENCES hotel,"
    " guest TEXT NOT NULL, nights INTEGER NOT NULL, state TEXT NOT NULL DEFAULT 'booked');";

static const char samples[] = "INSERT INTO hotel VALUES ('Seaview', 60), ('Lighthouse', 0)";

static int room(struct belay_call *call)
{
    sqlite3_int64 rooms;
    if (belay_sqlite_read(call, "SELECT coalesce(max(rooms), -1) FROM hotel WHERE id = :body ->> 'hotel'", &rooms))
        return BELAY_FAILED;
    if (rooms < 0)
        return belay_refuse(call, "unknown_hotel", "there is no such hotel");
    if (rooms == 0)
        return belay_refuse(call, "no_room", "the hotel is full");
    if (belay_sqlite_run(call,
                         "UPDATE hotel SET rooms = rooms - 1 WHERE id = :body ->> 'hotel';"
                         "INSERT INTO stay (key, hotel, guest, nights)"
                         " VALUES (:key, :body ->> 'hotel', :body ->> 'guest', :body ->> 'nights')",
                         NULL))
        return BELAY_FAILED;
    return belay_sqlite_answer(call, "SELECT json_object('stay', id) FROM stay WHERE key = :key");
}

static int free_room(struct belay_call *call)
{
    return belay_sqlite_run(call,
                            "UPDATE hotel SET rooms = rooms + 1 FROM stay"
                            " WHERE stay.key = :action_key AND state = 'booked' AND hotel.id = stay.hotel;"
                            "UPDATE stay SET state = 'cancelled' WHERE key = :action_key",
                            NULL);
}

static const struct belay_operation operations[] = {
    OPERATION("room", room, free_room),
};

#define STAY "json_object('id', id, 'hotel', hotel, 'guest', guest, 'nights', nights, 'state', state)"

static const struct view views[] = {
    {"/hotels", "SELECT json_group_array(json_object('id', id, 'rooms', rooms))"
                " FROM (SELECT * FROM hotel ORDER BY id LIMIT 1000)"},
    {"/stays", "SELECT json_group_array(json(line)) FROM (SELECT " STAY " line FROM stay"
               " ORDER BY id DESC LIMIT 1000)"},
};

int main(int argc, char **argv)
{
    const struct service hotel = {
        .name = "hotel",
        .port = 7142,
        .schema = schema,
        .samples = samples,
        .operations = operations,
        .operations_count = COUNT(operations),
        .views = views,
        .views_count = COUNT(views),
    };
    return service_main(&hotel, argc, argv);
}
