/* Which SQLite this is, for whoever may not include its header. */
#include "adapters/store_sqlite.h"

#include <sqlite3.h>

const char *store_sqlite_version(void)
{
    return sqlite3_libversion();
}
