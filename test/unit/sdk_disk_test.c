/* The disk below a service's database fails: each write, sync and truncation in turn, once or for good. A clean
 * error, nothing half done, and the call that comes again is done once. */
#include "contract/store_faulty.h"
#include "sdk_support.h"

#include <CUnit/Basic.h>
#include <stdio.h>

static const struct {
    enum store_fault fault;
    int code;
} faults[] = {
    {STORE_FAULT_WRITE, SQLITE_FULL},
    {STORE_FAULT_WRITE, SQLITE_IOERR_WRITE},
    {STORE_FAULT_SYNC, SQLITE_IOERR_FSYNC},
    {STORE_FAULT_TRUNCATE, SQLITE_IOERR_TRUNCATE},
};

static sqlite3_int64 left(struct sdk_service *service)
{
    return sdk_count(service->db, "SELECT (SELECT count(*) FROM effect) * 100 + count(*) FROM belay_barrier");
}

/* Delivers until nothing fails any more. Returns how often something did. */
static int sweep(struct sdk_service *service, size_t i, bool sticky, const char *phase, int status,
                 sqlite3_int64 after)
{
    int failures = 0;
    sqlite3_int64 before = left(service);
    for (unsigned n = 1;; n++) {
        store_faulty_set(faults[i].fault, n, sticky, faults[i].code);
        int found = sdk_call(service->participant, "add", phase, NULL);
        bool fired = store_faulty_fired();
        store_faulty_set(faults[i].fault, 0, false, 0);
        CU_ASSERT(found == status || (fired && found == 500 && sdk_code() != BELAY_OK));
        CU_ASSERT(sqlite3_get_autocommit(service->db));
        sqlite3_int64 there = left(service);
        CU_ASSERT(there == after || (there == before && found != status));
        if (!fired)
            break;
        failures += found != status;
        before = there;
    }
    CU_ASSERT_EQUAL(left(service), after);
    return failures;
}

static void story(const char *journal, size_t i, bool sticky, int *failures)
{
    struct sdk_service service;
    char path[64], sql[128];
    sdk_path_make(path);
    sdk_service_open(&service, path);
    snprintf(sql, sizeof sql, "PRAGMA journal_mode = %s; PRAGMA synchronous = FULL", journal);
    CU_ASSERT_EQUAL(sqlite3_exec(service.db, sql, NULL, NULL, NULL), SQLITE_OK);
    *failures += sweep(&service, i, sticky, "action", 200, 101);
    *failures += sweep(&service, i, sticky, "action", 200, 101);
    *failures += sweep(&service, i, sticky, "compensation", 204, 2);
    sdk_service_close(&service);
    sdk_service_open(&service, path); /* and all that is on the disk */
    CU_ASSERT_EQUAL(left(&service), 2);
    CU_ASSERT_EQUAL(sdk_call(service.participant, "add", "action", NULL), 200); /* the stored answer */
    CU_ASSERT_EQUAL(left(&service), 2);
    sdk_service_close(&service);
    sdk_path_remove(path);
}

static void every_write(void)
{
    store_faulty_install();
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        for (int sticky = 0; sticky < 2; sticky++) {
            int failures = 0;
            story("WAL", i, sticky, &failures);
            story("DELETE", i, sticky, &failures);
            CU_ASSERT(failures > 3 || faults[i].fault == STORE_FAULT_TRUNCATE); /* nothing is truncated often */
        }
    store_faulty_remove();
}

void sdk_disk_test_suite(void);
void sdk_disk_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("sdk/disk", NULL, NULL);
    CU_add_test(suite, "each write, sync and truncation fails", every_write);
}
