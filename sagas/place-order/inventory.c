/* The warehouse: reserves goods for an order, gives them back, and takes them out when they are paid. */
#include "common/service.h"

static const char schema[] = "CREATE TABLE stock (sku TEXT PRIMARY KEY, free INTEGER NOT NULL CHECK (free >= 0),"
                             " reserved INTEGER NOT NULL DEFAULT 0 CHECK (reserved >= 0));"
                             "CREATE TABLE reservation (key TEXT NOT NULL, sku TEXT NOT NULL, quantity INTEGER "
                             "NOT NULL, PRIMARY KEY (key, sku));";

static const char samples[] = "INSERT INTO stock (sku, free) VALUES ('book', 20), ('lamp', 5), ('piano', 1)";

/* The lines of an order that are none: no text as sku, or no number of pieces. */
static const char bad_lines[] =
    "SELECT CASE json_type(:body, '$.items') WHEN 'array' THEN json_array_length(:body, '$.items') = 0 OR"
    " EXISTS (SELECT 1 FROM json_each(:body, '$.items') WHERE CASE type WHEN 'object' THEN"
    " json_type(value, '$.sku') IS NOT 'text' OR json_type(value, '$.quantity') IS NOT 'integer'"
    " OR value ->> 'quantity' NOT BETWEEN 1 AND 1000000 ELSE 1 END) ELSE 1 END";

/* One row per sku, however often the order names it. */
static const char write_down[] = "INSERT INTO reservation SELECT :key, value ->> 'sku', sum(value ->> 'quantity')"
                                 " FROM json_each(:body, '$.items') GROUP BY value ->> 'sku'";

static const char lines_short[] = "SELECT count(*) FROM reservation LEFT JOIN stock USING (sku)"
                                  " WHERE key = :key AND coalesce(free, 0) < quantity";

static const char take[] = "UPDATE stock SET free = free - quantity, reserved = reserved + quantity"
                           " FROM reservation WHERE key = :key AND reservation.sku = stock.sku";

static const char give_back[] = "UPDATE stock SET free = free + quantity, reserved = reserved - quantity"
                                " FROM reservation WHERE key = :action_key AND reservation.sku = stock.sku;"
                                "DELETE FROM reservation WHERE key = :action_key";

/* All lines or none: what was written down before a refusal is taken back with it. */
static int reserve(struct belay_call *call)
{
    sqlite3_int64 count;
    if (belay_sqlite_read(call, bad_lines, &count))
        return BELAY_FAILED;
    if (count)
        return belay_refuse(call, "bad_order", "\"items\" must be a list of {sku, quantity}");
    if (belay_sqlite_run(call, write_down, NULL) || belay_sqlite_read(call, lines_short, &count))
        return BELAY_FAILED;
    if (count)
        return belay_refuse(call, "out_of_stock", "%lld of the goods are not there", (long long)count);
    if (belay_sqlite_run(call, take, NULL))
        return BELAY_FAILED;
    return belay_sqlite_answer(call, "SELECT json_object('lines', count(*)) FROM reservation WHERE key = :key");
}

static int release(struct belay_call *call)
{
    return belay_sqlite_run(call, give_back, NULL);
}

/* After the pivot: the reserved goods leave the shelf. The body names the reservation by its key. */
static int pick(struct belay_call *call)
{
    sqlite3_int64 rows;
    if (belay_sqlite_run(call,
                         "UPDATE stock SET reserved = reserved - quantity FROM reservation"
                         " WHERE key = :body ->> 'reservation' AND reservation.sku = stock.sku",
                         NULL) ||
        belay_sqlite_run(call, "DELETE FROM reservation WHERE key = :body ->> 'reservation'", &rows))
        return BELAY_FAILED;
    return rows ? BELAY_YES : belay_refuse(call, "no_reservation", "there is no such reservation");
}

static const struct belay_operation operations[] = {
    OPERATION("reserve", reserve, release),
    OPERATION("pick", pick, NULL),
};

#define LINE "json_object('sku', sku, 'free', free, 'reserved', reserved)"

static const struct view views[] = {
    {"/stock",
     "SELECT json_group_array(json(line)) FROM (SELECT " LINE " line FROM stock ORDER BY sku LIMIT 1000)"},
    {"/stock/{}", "SELECT " LINE " FROM stock WHERE sku = ?1"},
    {"/reservations", "SELECT json_group_array(json_object('key', key, 'sku', sku, 'quantity', quantity))"
                      " FROM (SELECT * FROM reservation LIMIT 1000)"},
};

int main(int argc, char **argv)
{
    const struct service inventory = {
        .name = "inventory",
        .port = 7101,
        .schema = schema,
        .samples = samples,
        .operations = operations,
        .operations_count = COUNT(operations),
        .views = views,
        .views_count = COUNT(views),
    };
    return service_main(&inventory, argc, argv);
}
