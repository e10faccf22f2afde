/* The payer's bank: takes the money off an account, gives it back, and settles it, the pivot of the saga.
 * Every movement is a line of its own that is never changed, so that the books can be audited. */
#include "common/service.h"

static const char schema[] =
    "CREATE TABLE account (id TEXT PRIMARY KEY, owner TEXT NOT NULL, cents INTEGER NOT NULL CHECK (cents >= 0));"
    "CREATE TABLE entry (id INTEGER PRIMARY KEY, transfer TEXT NOT NULL, account TEXT NOT NULL REFERENCES account,"
    " cents INTEGER NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('debit', 'refund', 'settled')));"
    "CREATE INDEX entry_transfer ON entry (transfer)";

static const char samples[] =
    "INSERT INTO account VALUES ('ada', 'Ada Lovelace', 100000), ('bob', 'Bob Martin', 500)";

static const char wanted[] =
    "SELECT CASE json_type(:body, '$.cents') WHEN 'integer' THEN :body ->> 'cents' ELSE 0 END";

static const char balance[] = "SELECT coalesce(max(cents), -1) FROM account WHERE id = :body ->> 'from'";

static int debit(struct belay_call *call)
{
    sqlite3_int64 cents, available;
    if (belay_sqlite_read(call, wanted, &cents) || belay_sqlite_read(call, balance, &available))
        return BELAY_FAILED;
    if (cents < 1)
        return belay_refuse(call, "bad_amount", "\"cents\" must be a number from 1 on");
    if (available < 0)
        return belay_refuse(call, "unknown_account", "there is no account \"from\"");
    if (available < cents)
        return belay_refuse(call, "insufficient_funds", "%lld cents are wanted, %lld are there", (long long)cents,
                            (long long)available);
    return belay_sqlite_run(call,
                            "UPDATE account SET cents = cents - (:body ->> 'cents') WHERE id = :body ->> 'from';"
                            "INSERT INTO entry (transfer, account, cents, kind)"
                            " VALUES (:transaction, :body ->> 'from', -(:body ->> 'cents'), 'debit')",
                            NULL);
}

static int refund(struct belay_call *call)
{
    return belay_sqlite_run(call,
                            "UPDATE account SET cents = account.cents - entry.cents FROM entry"
                            " WHERE transfer = :transaction AND kind = 'debit' AND account.id = entry.account;"
                            "INSERT INTO entry (transfer, account, cents, kind)"
                            " SELECT transfer, account, -cents, 'refund' FROM entry"
                            " WHERE transfer = :transaction AND kind = 'debit'",
                            NULL);
}

/* Now the payee's bank has said whose account that is. A customer who meant somebody else gets the money back;
 * once it is settled there is no way back. */
static int settle(struct belay_call *call)
{
    sqlite3_int64 meant, debited;
    if (belay_sqlite_read(call, "SELECT :body ->> 'payee' IS :body ->> 'owner'", &meant))
        return BELAY_FAILED;
    if (!meant)
        return belay_refuse(call, "wrong_payee", "the account belongs to somebody else");
    if (belay_sqlite_run(call,
                         "INSERT INTO entry (transfer, account, cents, kind)"
                         " SELECT transfer, account, 0, 'settled' FROM entry"
                         " WHERE transfer = :transaction AND kind = 'debit'",
                         &debited))
        return BELAY_FAILED;
    return debited ? BELAY_YES : belay_refuse(call, "not_debited", "nothing was taken for this transfer");
}

static const struct belay_operation operations[] = {
    OPERATION("debit", debit, refund),
    OPERATION("settle", settle, NULL),
};

#define ENTRY "json_object('transfer', transfer, 'account', account, 'cents', cents, 'kind', kind)"

static const struct view views[] = {
    {"/accounts", "SELECT json_group_array(json_object('id', id, 'owner', owner, 'cents', cents))"
                  " FROM (SELECT * FROM account ORDER BY id LIMIT 1000)"},
    {"/accounts/{}", "SELECT json_object('id', id, 'owner', owner, 'cents', cents) FROM account WHERE id = ?1"},
    {"/entries", "SELECT json_group_array(json(line)) FROM (SELECT " ENTRY " line FROM entry"
                 " ORDER BY id DESC LIMIT 1000)"},
};

int main(int argc, char **argv)
{
    const struct service debtor = {
        .name = "debtor",
        .port = 7131,
        .schema = schema,
        .samples = samples,
        .operations = operations,
        .operations_count = COUNT(operations),
        .views = views,
        .views_count = COUNT(views),
    };
    return service_main(&debtor, argc, argv);
}
