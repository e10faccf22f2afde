/* The payee's bank: puts the money on an account and tells whose it is; takes it off again when the transfer is
 * undone. An account can be overdrawn by that: its owner may have spent the money meanwhile. */
#include "common/service.h"

static const char schema[] =
    "CREATE TABLE account (id TEXT PRIMARY KEY, owner TEXT NOT NULL, cents INTEGER NOT NULL,"
    " closed INTEGER NOT NULL DEFAULT 0);"
    "CREATE TABLE entry (id INTEGER PRIMARY KEY, transfer TEXT NOT NULL, account TEXT NOT NULL REFERENCES account,"
    " cents INTEGER NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('credit', 'reversal')));"
    "CREATE INDEX entry_transfer ON entry (transfer)";

static const char samples[] = "INSERT INTO account (id, owner, cents, closed) VALUES"
                              " ('grace', 'Grace Hopper', 0, 0), ('linus', 'Linus Pauling', 0, 1)";

static const char wanted[] =
    "SELECT CASE json_type(:body, '$.cents') WHEN 'integer' THEN :body ->> 'cents' ELSE 0 END";

/* 1 open, 0 closed, -1 there is none */
static const char standing[] = "SELECT coalesce(max(NOT closed), -1) FROM account WHERE id = :body ->> 'to'";

static int credit(struct belay_call *call)
{
    sqlite3_int64 cents, open;
    if (belay_sqlite_read(call, wanted, &cents) || belay_sqlite_read(call, standing, &open))
        return BELAY_FAILED;
    if (cents < 1)
        return belay_refuse(call, "bad_amount", "\"cents\" must be a number from 1 on");
    if (open < 0)
        return belay_refuse(call, "unknown_account", "there is no account \"to\"");
    if (!open)
        return belay_refuse(call, "account_closed", "the account takes no money any more");
    if (belay_sqlite_run(call,
                         "UPDATE account SET cents = cents + (:body ->> 'cents') WHERE id = :body ->> 'to';"
                         "INSERT INTO entry (transfer, account, cents, kind)"
                         " VALUES (:transaction, :body ->> 'to', :body ->> 'cents', 'credit')",
                         NULL))
        return BELAY_FAILED;
    return belay_sqlite_answer(call, "SELECT json_object('owner', owner) FROM account WHERE id = :body ->> 'to'");
}

static int reverse(struct belay_call *call)
{
    return belay_sqlite_run(call,
                            "UPDATE account SET cents = account.cents - entry.cents FROM entry"
                            " WHERE transfer = :transaction AND kind = 'credit' AND account.id = entry.account;"
                            "INSERT INTO entry (transfer, account, cents, kind)"
                            " SELECT transfer, account, -cents, 'reversal' FROM entry"
                            " WHERE transfer = :transaction AND kind = 'credit'",
                            NULL);
}

static const struct belay_operation operations[] = {
    OPERATION("credit", credit, reverse),
};

#define ACCOUNT                                                                                                   \
    "json_object('id', id, 'owner', owner, 'cents', cents, 'closed', json(iif(closed, 'true', 'false')))"
#define ENTRY "json_object('transfer', transfer, 'account', account, 'cents', cents, 'kind', kind)"

static const struct view views[] = {
    {"/accounts",
     "SELECT json_group_array(json(line)) FROM (SELECT " ACCOUNT " line FROM account ORDER BY id LIMIT 1000)"},
    {"/accounts/{}", "SELECT " ACCOUNT " FROM account WHERE id = ?1"},
    {"/entries", "SELECT json_group_array(json(line)) FROM (SELECT " ENTRY " line FROM entry"
                 " ORDER BY id DESC LIMIT 1000)"},
};

int main(int argc, char **argv)
{
    const struct service creditor = {
        .name = "creditor",
        .port = 7132,
        .schema = schema,
        .samples = samples,
        .operations = operations,
        .operations_count = COUNT(operations),
        .views = views,
        .views_count = COUNT(views),
    };
    return service_main(&creditor, argc, argv);
}
