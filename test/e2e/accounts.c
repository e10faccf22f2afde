/* Opening the accounts of the workload: rich payers, a poor one, payees, and one who closed the account. */
#include "e2e/town.h"
#include "e2e/transfer.h"

#include <sqlite3.h>
#include <stdio.h>

static const char payers[] = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
                             " INSERT INTO account SELECT 'd' || i, 'owner of d' || i, %d FROM n;"
                             " INSERT INTO account VALUES ('poor', 'somebody poor', 0)";

static const char payees[] = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
                             " INSERT INTO account SELECT 'c' || i, 'owner of c' || i, %d, 0 FROM n;"
                             " INSERT INTO account VALUES ('shut', 'somebody gone', 0, 1)";

bool town_open_accounts(struct town *town)
{
    const char *const statements[BANKS] = {[BANK_DEBTOR] = payers, [BANK_CREDITOR] = payees};
    bool ok = true;
    for (int bank = 0; ok && bank < BANKS; bank++) {
        char path[TOWN_PATH], file[32];
        sqlite3 *db = NULL;
        snprintf(file, sizeof file, "%s.db", town_bank_names[bank]);
        town_path(town, file, path);
        char *sql = sqlite3_mprintf(statements[bank], TRANSFER_ACCOUNTS - 1, TRANSFER_OPENING);
        ok = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
             sqlite3_busy_timeout(db, 5000) == SQLITE_OK && sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
        if (!ok)
            printf("%s: %s\n", path, sqlite3_errmsg(db));
        sqlite3_free(sql);
        sqlite3_close(db);
    }
    return ok;
}
