/* The bank: holds money on a customer's card, gives it back, and takes it (the pivot of the saga). */
#include "common/service.h"

static const char schema[] =
    "CREATE TABLE card (customer TEXT PRIMARY KEY, credit_cents INTEGER NOT NULL CHECK (credit_cents >= 0));"
    "CREATE TABLE payment (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, customer TEXT NOT NULL REFERENCES "
    "card,"
    " cents INTEGER NOT NULL CHECK (cents > 0), state TEXT NOT NULL, reason TEXT, captured_by TEXT UNIQUE);";

static const char samples[] =
    "INSERT INTO card VALUES ('ada', 100000), ('grace', 250000), ('bob', 500), ('alan', 90000)";

static const char credit[] =
    "SELECT coalesce(max(credit_cents), -1) FROM card WHERE customer = :body ->> 'customer'";

/* Holds the money: it is no longer credit, and not yet taken. */
static int authorize(struct belay_call *call)
{
    sqlite3_int64 cents, available;
    if (belay_sqlite_read(
            call, "SELECT CASE json_type(:body, '$.cents') WHEN 'integer' THEN :body ->> 'cents' ELSE 0 END",
            &cents) ||
        belay_sqlite_read(call, credit, &available))
        return BELAY_FAILED;
    if (cents < 1)
        return belay_refuse(call, "bad_amount", "\"cents\" must be a number from 1 on");
    if (available < 0)
        return belay_refuse(call, "unknown_customer", "there is no card of that customer");
    if (available < cents)
        return belay_refuse(call, "card_declined", "%lld cents are wanted, %lld are there", (long long)cents,
                            (long long)available);
    if (belay_sqlite_run(call,
                         "UPDATE card SET credit_cents = credit_cents - (:body ->> 'cents')"
                         " WHERE customer = :body ->> 'customer';"
                         "INSERT INTO payment (key, customer, cents, state)"
                         " VALUES (:key, :body ->> 'customer', :body ->> 'cents', 'held')",
                         NULL))
        return BELAY_FAILED;
    return belay_sqlite_answer(call, "SELECT json_object('paymentId', id) FROM payment WHERE key = :key");
}

/* The undo finds its payment by the key of its action, not by an id from an answer that may have been lost. */
static int release(struct belay_call *call)
{
    return belay_sqlite_run(
        call,
        "UPDATE card SET credit_cents = credit_cents + cents FROM payment"
        " WHERE payment.key = :action_key AND state = 'held' AND card.customer = payment.customer;"
        "UPDATE payment SET state = 'released', reason = :body ->> 'reason'"
        " WHERE key = :action_key AND state = 'held'",
        NULL);
}

/* Takes the money for good. A no still undoes the order; after a yes there is no way back. */
static int capture(struct belay_call *call)
{
    sqlite3_int64 rows;
    if (belay_sqlite_run(call,
                         "UPDATE payment SET state = 'captured', captured_by = :key WHERE id = :body ->> "
                         "'paymentId' AND state = 'held'",
                         &rows))
        return BELAY_FAILED;
    return rows ? BELAY_YES : belay_refuse(call, "not_held", "there is no such payment, or it is not held");
}

/* Asked when nobody knows what became of a capture: yes, it was done by that very call; or no, it was not. */
static int find_capture(struct belay_call *call)
{
    sqlite3_int64 captured;
    if (belay_sqlite_read(call, "SELECT count(*) FROM payment WHERE captured_by = :action_key", &captured))
        return BELAY_FAILED;
    return captured ? BELAY_YES : belay_refuse(call, "not_captured", "that money was not taken");
}

static const struct belay_operation operations[] = {
    OPERATION("authorize", authorize, release),
    {.size = sizeof(struct belay_operation), .name = "capture", .on_action = capture, .on_check = find_capture},
};

#define PAYMENT "json_object('id', id, 'customer', customer, 'cents', cents, 'state', state, 'reason', reason)"

static const struct view views[] = {
    {"/cards", "SELECT json_group_array(json_object('customer', customer, 'creditCents', credit_cents))"
               " FROM (SELECT * FROM card ORDER BY customer LIMIT 1000)"},
    {"/cards/{}",
     "SELECT json_object('customer', customer, 'creditCents', credit_cents) FROM card WHERE customer = ?1"},
    {"/payments", "SELECT json_group_array(json(line)) FROM (SELECT " PAYMENT " line FROM payment"
                  " ORDER BY id DESC LIMIT 1000)"},
    {"/payments/{}", "SELECT " PAYMENT " FROM payment WHERE id = ?1"},
};

int main(int argc, char **argv)
{
    const struct service payments = {
        .name = "payments",
        .port = 7102,
        .schema = schema,
        .samples = samples,
        .operations = operations,
        .operations_count = COUNT(operations),
        .views = views,
        .views_count = COUNT(views),
    };
    return service_main(&payments, argc, argv);
}
