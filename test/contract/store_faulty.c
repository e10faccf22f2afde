/* The faulty disk: every method but three is passed on. */
#include "contract/store_faulty.h"

#include <assert.h>
#include <sqlite3.h>
#include <string.h>

struct faulty_file {
    sqlite3_file base;
    sqlite3_file *real; /* stands behind this struct */
};

static sqlite3_vfs *real_vfs;
static sqlite3_vfs faulty_vfs;
static sqlite3_io_methods faulty_methods;
static struct {
    enum store_fault fault;
    unsigned left;
    bool sticky, fired;
    int code;
    unsigned syncs;
} plan;

void store_faulty_set(enum store_fault fault, unsigned nth, bool sticky, int code)
{
    plan.fault = fault;
    plan.left = nth;
    plan.sticky = sticky;
    plan.fired = false;
    plan.code = code;
}

bool store_faulty_fired(void)
{
    return plan.fired;
}

unsigned store_faulty_syncs(void)
{
    return plan.syncs;
}

static int strike(enum store_fault fault)
{
    if (fault != plan.fault)
        return SQLITE_OK;
    if (plan.fired && plan.sticky)
        return plan.code;
    if (plan.left == 0 || --plan.left > 0)
        return SQLITE_OK;
    plan.fired = true;
    return plan.code;
}

#define REAL(file) (((struct faulty_file *)(file))->real)
#define PASS(name, ...) return REAL(file)->pMethods->name(REAL(file), __VA_ARGS__)

static int faulty_close(sqlite3_file *file)
{
    return REAL(file)->pMethods->xClose(REAL(file));
}

static int faulty_read(sqlite3_file *file, void *bytes, int length, sqlite3_int64 at)
{
    PASS(xRead, bytes, length, at);
}

static int faulty_write(sqlite3_file *file, const void *bytes, int length, sqlite3_int64 at)
{
    int code = strike(STORE_FAULT_WRITE);
    if (code) /* half of it got there */
        REAL(file)->pMethods->xWrite(REAL(file), bytes, length / 2, at);
    return code ? code : REAL(file)->pMethods->xWrite(REAL(file), bytes, length, at);
}

static int faulty_truncate(sqlite3_file *file, sqlite3_int64 length)
{
    int code = strike(STORE_FAULT_TRUNCATE);
    return code ? code : REAL(file)->pMethods->xTruncate(REAL(file), length);
}

static int faulty_sync(sqlite3_file *file, int flags)
{
    int code = strike(STORE_FAULT_SYNC);
    plan.syncs += !code;
    return code ? code : REAL(file)->pMethods->xSync(REAL(file), flags);
}

static int faulty_size(sqlite3_file *file, sqlite3_int64 *length)
{
    PASS(xFileSize, length);
}

static int faulty_lock(sqlite3_file *file, int level)
{
    PASS(xLock, level);
}

static int faulty_unlock(sqlite3_file *file, int level)
{
    PASS(xUnlock, level);
}

static int faulty_reserved(sqlite3_file *file, int *result)
{
    PASS(xCheckReservedLock, result);
}

static int faulty_control(sqlite3_file *file, int op, void *argument)
{
    PASS(xFileControl, op, argument);
}

static int faulty_sector(sqlite3_file *file)
{
    return REAL(file)->pMethods->xSectorSize(REAL(file));
}

static int faulty_device(sqlite3_file *file)
{
    return REAL(file)->pMethods->xDeviceCharacteristics(REAL(file));
}

static int faulty_shm_map(sqlite3_file *file, int page, int length, int extend, void volatile **memory)
{
    PASS(xShmMap, page, length, extend, memory);
}

static int faulty_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    PASS(xShmLock, offset, count, flags);
}

static void faulty_shm_barrier(sqlite3_file *file)
{
    REAL(file)->pMethods->xShmBarrier(REAL(file));
}

static int faulty_shm_unmap(sqlite3_file *file, int delete_flag)
{
    PASS(xShmUnmap, delete_flag);
}

static int faulty_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
    struct faulty_file *faulty = (struct faulty_file *)file;
    (void)vfs;
    faulty->real = (sqlite3_file *)(faulty + 1);
    int code = real_vfs->xOpen(real_vfs, name, faulty->real, flags, out_flags);
    faulty->base.pMethods = code == SQLITE_OK ? &faulty_methods : NULL;
    return code;
}

void store_faulty_install(void)
{
    assert(!real_vfs);
    real_vfs = sqlite3_vfs_find(NULL);
    faulty_methods = (sqlite3_io_methods){.iVersion = 2,
                                          .xClose = faulty_close,
                                          .xRead = faulty_read,
                                          .xWrite = faulty_write,
                                          .xTruncate = faulty_truncate,
                                          .xSync = faulty_sync,
                                          .xFileSize = faulty_size,
                                          .xLock = faulty_lock,
                                          .xUnlock = faulty_unlock,
                                          .xCheckReservedLock = faulty_reserved,
                                          .xFileControl = faulty_control,
                                          .xSectorSize = faulty_sector,
                                          .xDeviceCharacteristics = faulty_device,
                                          .xShmMap = faulty_shm_map,
                                          .xShmLock = faulty_shm_lock,
                                          .xShmBarrier = faulty_shm_barrier,
                                          .xShmUnmap = faulty_shm_unmap};
    faulty_vfs = *real_vfs;
    faulty_vfs.zName = "belay-faulty";
    faulty_vfs.pNext = NULL;
    faulty_vfs.szOsFile = (int)sizeof(struct faulty_file) + real_vfs->szOsFile;
    faulty_vfs.xOpen = faulty_open;
    sqlite3_vfs_register(&faulty_vfs, 1);
    memset(&plan, 0, sizeof plan);
}

void store_faulty_remove(void)
{
    sqlite3_vfs_unregister(&faulty_vfs);
    sqlite3_vfs_register(real_vfs, 1);
    real_vfs = NULL;
}
