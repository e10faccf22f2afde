/* The carrier: takes an order for a parcel at once, sends it later, and then calls back with the tracking number.
 */
#include "common/service.h"

static const char schema[] =
    "CREATE TABLE parcel (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, order_id TEXT NOT NULL,"
    " address TEXT NOT NULL, skus TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'waiting', due REAL,"
    " callback TEXT)";

static const char samples[] = "";

/* No boat goes to Atlantis: such a parcel waits until it is called off. Any other is sent after a fifth of a
 * second. */
static const char accept_parcel[] = "INSERT INTO parcel (key, callback, order_id, address, skus, due) SELECT "
                                    ":key, :callback, :body ->> 'orderId', :body ->> 'address',"
                                    " :body -> 'skus', CASE WHEN :body ->> 'address' LIKE '%Atlantis%' THEN NULL"
                                    " ELSE julianday('now') + 0.2 / 86400 END";

#define TRACKING "printf('BX%07d', id)"

static const struct reports reports = {
    .work = "UPDATE parcel SET state = 'sent' WHERE state = 'waiting' AND due <= julianday('now')",
    .next = "SELECT key, callback, json_object('trackingNumber', " TRACKING ") FROM parcel"
            " WHERE state = 'sent' AND callback IS NOT NULL ORDER BY id LIMIT 1",
    .told = "UPDATE parcel SET callback = NULL WHERE key = ?1",
};

static int ship(struct belay_call *call)
{
    sqlite3_int64 complete;
    if (belay_sqlite_read(
            call, "SELECT :body ->> 'orderId' <> '' AND :body ->> 'address' <> '' AND :callback <> ''", &complete))
        return BELAY_FAILED;
    if (!complete)
        return belay_refuse(call, "bad_parcel", "a parcel needs an order, an address, and somebody to call back");
    if (belay_sqlite_run(call, accept_parcel, NULL))
        return BELAY_FAILED;
    return BELAY_PENDING;
}

/* A parcel that waits stays here; one that is on its way is sent back. */
static int call_off(struct belay_call *call)
{
    return belay_sqlite_run(call,
                            "UPDATE parcel SET state = iif(state = 'sent', 'returned', 'cancelled'),"
                            " callback = NULL WHERE key = :action_key",
                            NULL);
}

static const struct belay_operation operations[] = {
    OPERATION("ship", ship, call_off),
};

#define PARCEL                                                                                                    \
    "json_object('id', id, 'orderId', order_id, 'address', address, 'skus', json(skus), 'state', state,"          \
    " 'trackingNumber', iif(state = 'sent', " TRACKING ", NULL))"

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
        .reports = &reports,
    };
    return service_main(&shipping, argc, argv);
}
