/* The carrier: books a parcel, insures it when it is precious, and sends it. */
#include "common/service.h"

static const char schema[] =
    "CREATE TABLE parcel (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, order_id TEXT NOT NULL, address TEXT "
    "NOT NULL,"
    " state TEXT NOT NULL DEFAULT 'booked', insured_cents INTEGER NOT NULL DEFAULT 0, insured_by TEXT)";

static const char samples[] = "";

static int book(struct belay_call *call)
{
    sqlite3_int64 complete;
    if (belay_sqlite_read(call, "SELECT :body ->> 'orderId' <> '' AND :body ->> 'address' <> ''", &complete))
        return BELAY_FAILED;
    if (!complete)
        return belay_refuse(call, "no_address", "a parcel needs \"orderId\" and \"address\"");
    if (belay_sqlite_run(call,
                         "INSERT INTO parcel (key, order_id, address)"
                         " VALUES (:key, :body ->> 'orderId', :body ->> 'address')",
                         NULL))
        return BELAY_FAILED;
    return belay_sqlite_answer(call, "SELECT json_object('parcelId', id) FROM parcel WHERE key = :key");
}

static int cancel(struct belay_call *call)
{
    return belay_sqlite_run(call, "UPDATE parcel SET state = 'cancelled' WHERE key = :action_key", NULL);
}

static int insure(struct belay_call *call)
{
    sqlite3_int64 rows;
    if (belay_sqlite_run(call,
                         "UPDATE parcel SET insured_cents = :body ->> 'cents', insured_by = :key"
                         " WHERE id = :body ->> 'parcelId' AND state = 'booked'",
                         &rows))
        return BELAY_FAILED;
    return rows ? BELAY_YES : belay_refuse(call, "no_parcel", "there is no such parcel");
}

static int drop_insurance(struct belay_call *call)
{
    return belay_sqlite_run(
        call, "UPDATE parcel SET insured_cents = 0, insured_by = NULL WHERE insured_by = :action_key", NULL);
}

/* After the pivot: it can only be repeated, not taken back. */
static int dispatch(struct belay_call *call)
{
    sqlite3_int64 rows;
    if (belay_sqlite_run(
            call, "UPDATE parcel SET state = 'sent' WHERE id = :body ->> 'parcelId' AND state = 'booked'", &rows))
        return BELAY_FAILED;
    if (rows == 0)
        return belay_refuse(call, "no_parcel", "there is no such parcel, or it is not booked");
    return belay_sqlite_answer(call,
                               "SELECT json_object('trackingNumber', printf('BX%07d', :body ->> 'parcelId'))");
}

static const struct belay_operation operations[] = {
    OPERATION("book", book, cancel),
    OPERATION("insure", insure, drop_insurance),
    OPERATION("dispatch", dispatch, NULL),
};

#define PARCEL                                                                                                    \
    "json_object('id', id, 'orderId', order_id, 'address', address, 'state', state, 'insuredCents', "             \
    "insured_cents)"

static const struct view views[] = {
    {"/parcels", "SELECT json_group_array(json(line)) FROM (SELECT " PARCEL " line FROM parcel"
                 " ORDER BY id DESC LIMIT 1000)"},
    {"/parcels/{}", "SELECT " PARCEL " FROM parcel WHERE id = ?1"},
};

int main(int argc, char **argv)
{
    const struct service shipping = {
        .name = "shipping",
        .port = 7103,
        .schema = schema,
        .samples = samples,
        .operations = operations,
        .operations_count = COUNT(operations),
        .views = views,
        .views_count = COUNT(views),
    };
    return service_main(&shipping, argc, argv);
}
