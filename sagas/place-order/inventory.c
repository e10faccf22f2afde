/* The warehouse: reserves goods for an order line by line, gives them back, and takes them out when they are paid.
 */
#include "common/service.h"

static const char schema[] =
    "CREATE TABLE stock (sku TEXT PRIMARY KEY, free INTEGER NOT NULL CHECK (free >= 0),"
    " reserved INTEGER NOT NULL DEFAULT 0 CHECK (reserved >= 0));"
    "CREATE TABLE reservation (key TEXT PRIMARY KEY, purchase TEXT NOT NULL, sku TEXT NOT "
    "NULL REFERENCES stock, quantity INTEGER NOT NULL);"
    "CREATE INDEX reservation_by_purchase ON reservation (purchase)";

static const char samples[] = "INSERT INTO stock (sku, free) VALUES ('book', 20), ('lamp', 5), ('piano', 1)";

/* What of the body is no line of an order: no text as sku, or no number of pieces. */
static const char bad_line[] = "SELECT json_type(:body, '$.sku') IS NOT 'text' OR"
                               " json_type(:body, '$.quantity') IS NOT 'integer' OR"
                               " :body ->> 'quantity' NOT BETWEEN 1 AND 1000000";

static const char take[] = "UPDATE stock SET free = free - (:body ->> 'quantity'),"
                           " reserved = reserved + (:body ->> 'quantity')"
                           " WHERE sku = :body ->> 'sku' AND free >= :body ->> 'quantity'";

static const char write_down[] =
    "INSERT INTO reservation VALUES (:key, :transaction, :body ->> 'sku', :body ->> 'quantity')";

static const char give_back[] = "UPDATE stock SET free = free + quantity, reserved = reserved - quantity"
                                " FROM reservation WHERE key = :action_key AND reservation.sku = stock.sku;"
                                "DELETE FROM reservation WHERE key = :action_key";

/* One line of an order. The other lines are calls of their own, with keys of their own. */
static int reserve(struct belay_call *call)
{
    sqlite3_int64 bad, rows;
    if (belay_sqlite_read(call, bad_line, &bad))
        return BELAY_FAILED;
    if (bad)
        return belay_refuse(call, "bad_line", "a line is {sku, quantity}");
    if (belay_sqlite_run(call, take, &rows))
        return BELAY_FAILED;
    if (rows == 0)
        return belay_refuse(call, "out_of_stock", "there are not so many of %s", belay_call_item(call));
    if (belay_sqlite_run(call, write_down, NULL))
        return BELAY_FAILED;
    return belay_sqlite_answer(call, "SELECT json_object('left', free) FROM stock WHERE sku = :body ->> 'sku'");
}

static int release(struct belay_call *call)
{
    return belay_sqlite_run(call, give_back, NULL);
}

/* After the pivot: everything that was reserved for this order leaves the shelf. */
static int pick(struct belay_call *call)
{
    sqlite3_int64 rows;
    if (belay_sqlite_run(call,
                         "UPDATE stock SET reserved = reserved - quantity FROM reservation"
                         " WHERE purchase = :transaction AND reservation.sku = stock.sku",
                         NULL) ||
        belay_sqlite_run(call, "DELETE FROM reservation WHERE purchase = :transaction", &rows))
        return BELAY_FAILED;
    return rows ? BELAY_YES : belay_refuse(call, "no_reservation", "nothing is reserved for this order");
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
    {"/reservations", "SELECT json_group_array(json_object('order', purchase, 'sku', sku, 'quantity', quantity))"
                      " FROM (SELECT * FROM reservation ORDER BY rowid LIMIT 1000)"},
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
