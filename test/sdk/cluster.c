/* The server runs as an unprivileged user when the tests run as root, because it refuses to be root. fsync is off:
 * what the tests kill is services; a server that is killed with its machine still running has lost nothing. */
#include "cluster.h"

#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define BINARIES "/usr/lib/postgresql/15/bin"

static char directory[64], dsn[128];
static pid_t server;

static void die(const char *what)
{
    fprintf(stderr, "test-sdk: %s: is postgresql-15 installed (scripts/setup)?\n", what);
    cluster_stop();
    exit(1);
}

/* Who the server runs as: NULL for whoever we are. */
static const struct passwd *user(void)
{
    if (geteuid() != 0)
        return NULL;
    const struct passwd *found = getpwnam("postgres");
    return found ? found : getpwnam("nobody");
}

static pid_t run(const char *const *argv)
{
    pid_t child = fork();
    if (child)
        return child;
    const struct passwd *as = user();
    if (as && (setgroups(0, NULL) || setgid(as->pw_gid) || setuid(as->pw_uid)))
        _exit(126);
    prctl(PR_SET_PDEATHSIG, SIGQUIT);
    if (chdir(directory) || !freopen("log", "a", stdout) || !freopen("log", "a", stderr))
        _exit(125);
    execv(argv[0], (char *const *)argv);
    _exit(127);
}

static void launch(void)
{
    static const char *const argv[] = {BINARIES "/postgres",
                                       "-D",
                                       "data",
                                       "-k",
                                       directory,
                                       "-c",
                                       "listen_addresses=",
                                       "-c",
                                       "fsync=off",
                                       "-c",
                                       "max_prepared_transactions=2000",
                                       "-c",
                                       "shared_buffers=64MB",
                                       NULL};
    server = run(argv);
    for (int i = 0; i < 3000; i++) {
        if (PQping(dsn) == PQPING_OK)
            return;
        usleep(10000);
    }
    die("the server does not start");
}

void cluster_start(void)
{
    static const char *const initdb[] = {
        BINARIES "/initdb",  "-D", "data", "-U", "belay", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync",
        "--no-instructions", NULL};
    if (server)
        return;
    snprintf(directory, sizeof directory, "/tmp/belay-pg-XXXXXX");
    if (!mkdtemp(directory))
        die("no temporary directory");
    const struct passwd *as = user();
    if (as && chown(directory, as->pw_uid, as->pw_gid))
        die("the directory cannot be given away");
    snprintf(dsn, sizeof dsn, "host=%s user=belay dbname=postgres", directory);
    int status = -1;
    waitpid(run(initdb), &status, 0);
    if (status != 0)
        die("initdb failed");
    launch();
}

void cluster_stop(void)
{
    if (server) {
        kill(server, SIGQUIT);
        waitpid(server, NULL, 0);
        server = 0;
    }
    if (!directory[0])
        return;
    pid_t child = fork();
    if (child == 0) {
        execl("/bin/rm", "rm", "-rf", directory, (char *)NULL);
        _exit(127);
    }
    waitpid(child, NULL, 0);
    directory[0] = '\0';
}

void cluster_crash(void)
{
    kill(server, SIGQUIT); /* every backend ends at once, nothing is written back */
    waitpid(server, NULL, 0);
    launch();
}

const char *cluster_dsn(void)
{
    return dsn;
}

static void silent(void *context, const char *text)
{
    (void)context;
    (void)text;
}

PGconn *cluster_connect(void)
{
    PGconn *conn = PQconnectdb(dsn);
    if (PQstatus(conn) != CONNECTION_OK)
        die(PQerrorMessage(conn));
    PQsetNoticeProcessor(conn, silent, NULL);
    return conn;
}

void cluster_run(PGconn *conn, const char *sql)
{
    PGresult *result = PQexec(conn, sql);
    if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK)
        die(PQerrorMessage(conn));
    PQclear(result);
}

int64_t cluster_count(PGconn *conn, const char *sql)
{
    PGresult *result = PQexec(conn, sql);
    if (PQresultStatus(result) != PGRES_TUPLES_OK || PQntuples(result) != 1)
        die(PQerrorMessage(conn));
    int64_t count = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
    PQclear(result);
    return count;
}
