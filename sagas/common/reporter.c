/* Does what is due, and tells the coordinator until it has heard: a report that got lost is sent again, and one
 * that comes too late (410) is as good as told. */
#include "common/reporter.h"
#include "belay/curl.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PAUSE_MS = 50, URL_MAX = 256 };

struct reporter {
    const char *name;
    const struct reports *reports;
    sqlite3 *db;
    pthread_t thread;
    atomic_bool stopping;
};

static bool start_thread(struct reporter *reporter);
static void *live(void *context);
static bool report_next(struct reporter *reporter);
static bool send_report(struct reporter *reporter, const char *callback, const char *output);
static bool mark_told(struct reporter *reporter, const char *key);

struct reporter *reporter_start(const char *name, const struct reports *reports, sqlite3 *db)
{
    struct reporter *reporter = calloc(1, sizeof *reporter);
    if (reporter) {
        reporter->name = name;
        reporter->reports = reports;
        reporter->db = db;
    }
    if (reporter && start_thread(reporter))
        return reporter;
    fprintf(stderr, "%s: cannot start the thread that reports\n", name);
    free(reporter);
    sqlite3_close(db);
    return NULL;
}

void reporter_stop(struct reporter *reporter)
{
    if (!reporter)
        return;
    atomic_store(&reporter->stopping, true);
    pthread_join(reporter->thread, NULL);
    sqlite3_close(reporter->db);
    free(reporter);
}

/* Signals are for the server's thread: the new one blocks them all, from its first moment on. */
static bool start_thread(struct reporter *reporter)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    int failed = pthread_create(&reporter->thread, NULL, live, reporter);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return !failed;
}

static void *live(void *context)
{
    struct reporter *reporter = context;
    const struct timespec pause = {.tv_nsec = PAUSE_MS * 1000000L};
    while (!atomic_load(&reporter->stopping)) {
        char *why = NULL;
        if (sqlite3_exec(reporter->db, reporter->reports->work, NULL, NULL, &why))
            fprintf(stderr, "%s: %s\n", reporter->name, why ? why : "out of memory");
        sqlite3_free(why);
        while (!atomic_load(&reporter->stopping) && report_next(reporter))
            ;
        nanosleep(&pause, NULL);
    }
    return NULL;
}

/* True when there was a report and it was heard. */
static bool report_next(struct reporter *reporter)
{
    sqlite3_stmt *stmt = NULL;
    char *key = NULL, *callback = NULL, *output = NULL;
    if (sqlite3_prepare_v2(reporter->db, reporter->reports->next, -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW) {
        key = sqlite3_mprintf("%s", sqlite3_column_text(stmt, 0));
        callback = sqlite3_mprintf("%s", sqlite3_column_text(stmt, 1));
        output = sqlite3_mprintf("%s", sqlite3_column_text(stmt, 2));
    }
    sqlite3_finalize(stmt); /* reads nothing any more while the report is on its way */
    bool heard = key && callback && output && send_report(reporter, callback, output) && mark_told(reporter, key);
    sqlite3_free(key);
    sqlite3_free(callback);
    sqlite3_free(output);
    return heard;
}

static int is_stopping(void *context)
{
    const struct reporter *reporter = context;
    return atomic_load(&reporter->stopping);
}

/* The coordinator is where the callback leads. */
static bool send_report(struct reporter *reporter, const char *callback, const char *output)
{
    char url[URL_MAX];
    const char *host = strstr(callback, "://");
    size_t length = host ? (size_t)(host - callback) + 3 + strcspn(host + 3, "/") : 0;
    snprintf(url, sizeof url, "%.*s", (int)length, callback);
    const struct belay_curl_options options = {
        .size = sizeof options, .url = url, .context = reporter, .stopped = is_stopping};
    struct belay_error error = {0};
    struct belay_curl *curl = NULL;
    struct belay_outgoing request = {.size = sizeof request};
    struct belay_response response = {.size = sizeof response};
    struct belay_result result = {.size = sizeof result};
    int code = belay_curl_new(&options, &curl, &error);
    if (!code)
        code = belay_client_complete(callback, output, strlen(output), &request, &error);
    if (!code)
        code = belay_client_send(belay_curl_transport(curl), &request, &response, &result, &error);
    if (code)
        fprintf(stderr, "%s: report: %s\n", reporter->name, error.text);
    belay_response_done(&response);
    belay_outgoing_done(&request);
    belay_curl_free(curl);
    return code == BELAY_OK || code == BELAY_ERROR_REFUSED;
}

static bool mark_told(struct reporter *reporter, const char *key)
{
    sqlite3_stmt *stmt = NULL;
    bool done = sqlite3_prepare_v2(reporter->db, reporter->reports->told, -1, &stmt, NULL) == SQLITE_OK &&
                sqlite3_bind_text(stmt, 1, key, -1, SQLITE_STATIC) == SQLITE_OK &&
                sqlite3_step(stmt) == SQLITE_DONE;
    if (!done)
        fprintf(stderr, "%s: %s\n", reporter->name, sqlite3_errmsg(reporter->db));
    sqlite3_finalize(stmt);
    return done;
}
