/* cli/children, cli/places, cli/files: processes that never outlive us, and where things lie. */
#include "base/mem.h"
#include "cli/children.h"
#include "cli/dev.h"
#include "cli/files.h"
#include "cli/places.h"
#include "cli/times.h"

#include <CUnit/Basic.h>
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[64];

static int make_directory(void)
{
    snprintf(directory, sizeof directory, "/tmp/belay-children-XXXXXX");
    return mkdtemp(directory) ? 0 : 1;
}

static int remove_directory(void)
{
    dev_remove(directory);
    return files_exist(directory);
}

static char *inside(const char *name)
{
    return files_join(directory, name);
}

static void touch(const char *name, const char *text, unsigned mode)
{
    char *path = inside(name);
    FILE *file = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs(text, file);
    fclose(file);
    chmod(path, mode);
    mem_free(path);
}

static int start_shell(struct children *children, const char *name, const char *script)
{
    char shell[] = "/bin/sh", option[] = "-c", file[64];
    struct error error;
    snprintf(file, sizeof file, "%s.log", name);
    char *copy = mem_string(script), *log = inside(file);
    char *const argv[] = {shell, option, copy, NULL};
    int code = children_start(children, name, argv, log, &error);
    mem_free(copy);
    mem_free(log);
    return code;
}

/* Waits until a child ends; NULL when none does within ten seconds. */
static struct child *wait_for_one(struct children *children)
{
    uint64_t until_ms = times_monotonic_ms() + 10000;
    struct child *ended = NULL;
    while (!ended && times_monotonic_ms() < until_ms)
        CU_ASSERT_EQUAL(children_wait(children, 100, &ended), 0);
    return ended;
}

static void tells_who_ended_and_why(void)
{
    struct children children = {0};
    char how[128];
    CU_ASSERT_EQUAL(start_shell(&children, "fails", "echo cannot open the database >&2; exit 3"), 0);
    struct child *ended = wait_for_one(&children);
    CU_ASSERT_PTR_NOT_NULL_FATAL(ended);
    CU_ASSERT_STRING_EQUAL(ended->name, "fails");
    children_describe(ended, how, sizeof how);
    CU_ASSERT_STRING_EQUAL(how, "exit status 3");
    char *tail = children_tail(ended);
    CU_ASSERT_STRING_EQUAL(tail, "cannot open the database\n");
    mem_free(tail);
    CU_ASSERT_EQUAL(start_shell(&children, "killed", "kill -SEGV $$"), 0);
    ended = wait_for_one(&children);
    CU_ASSERT_PTR_NOT_NULL_FATAL(ended);
    children_describe(ended, how, sizeof how);
    CU_ASSERT_PTR_NOT_NULL(strstr(how, "signal 11 ("));
    children_stop(&children);
    CU_ASSERT_EQUAL(children.count, 0);
}

static void says_what_cannot_run(void)
{
    struct children children = {0};
    struct error error;
    char path[] = "/nowhere/program", how[128], *log = inside("none.log");
    char *const argv[] = {path, NULL};
    CU_ASSERT_EQUAL(children_start(&children, "none", argv, log, &error), 0);
    struct child *ended = wait_for_one(&children);
    CU_ASSERT_PTR_NOT_NULL_FATAL(ended);
    children_describe(ended, how, sizeof how);
    CU_ASSERT_STRING_EQUAL(how, "exit status 127");
    char *tail = children_tail(ended);
    CU_ASSERT_STRING_EQUAL(tail, "cannot run /nowhere/program: No such file or directory\n");
    mem_free(tail);
    mem_free(log);
    children_stop(&children);
}

static void only_the_end_of_a_log(void)
{
    struct children children = {0};
    CU_ASSERT_EQUAL(
        start_shell(&children, "talks", "i=0; while [ $i -lt 2000 ]; do echo line $i; i=$((i+1)); done"), 0);
    struct child *ended = wait_for_one(&children);
    CU_ASSERT_PTR_NOT_NULL_FATAL(ended);
    char *tail = children_tail(ended);
    CU_ASSERT_EQUAL(strlen(tail), CHILDREN_TAIL_BYTES);
    CU_ASSERT_PTR_NOT_NULL(strstr(tail, "line 1999\n"));
    CU_ASSERT_PTR_NULL(strstr(tail, "line 0\n"));
    mem_free(tail);
    children_stop(&children);
}

static void ends_all(void)
{
    struct children children = {0};
    CU_ASSERT_EQUAL(start_shell(&children, "polite", "exec sleep 100"), 0);
    CU_ASSERT_EQUAL(start_shell(&children, "tidy", "trap 'exit 0' TERM; while :; do sleep 0.01; done"), 0);
    pid_t pids[] = {children.list[0].pid, children.list[1].pid};
    uint64_t begun_ms = times_monotonic_ms();
    children_stop(&children);
    CU_ASSERT_TRUE(times_monotonic_ms() - begun_ms < CHILDREN_GRACE_MS);
    for (size_t i = 0; i < 2; i++) {
        CU_ASSERT_EQUAL(kill(pids[i], 0), -1);
        CU_ASSERT_EQUAL(errno, ESRCH);
    }
}

/* A signal to us is told, and does not end us: there is something to clean up first. */
static void takes_signals(void)
{
    struct children children = {0};
    struct child *ended;
    sigset_t old;
    sigprocmask(SIG_SETMASK, NULL, &old);
    children_prepare();
    raise(SIGTERM);
    CU_ASSERT_EQUAL(children_wait(&children, 5000, &ended), SIGTERM);
    CU_ASSERT_PTR_NULL(ended);
    CU_ASSERT_EQUAL(children_wait(&children, 1, &ended), 0);
    sigprocmask(SIG_SETMASK, &old, NULL);
}

static void finds_places(void)
{
    struct places places;
    struct error error;
    char *bin = inside("bin");
    mkdir(bin, 0700);
    CU_ASSERT_EQUAL(places_find_from(&places, bin, &error), ERROR_NOT_FOUND);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "there is no belayd beside this program"));
    touch("bin/belayd", "", 0700);
    CU_ASSERT_EQUAL(places_find_from(&places, bin, &error), 0);
    CU_ASSERT_PTR_NULL(places.programs);
    CU_ASSERT_PTR_NULL(places.sagas);
    places_done(&places);
    static const char *const folders[] = {"lib", "lib/belay", "lib/belay/sagas", "lib/belay/sagas/order"};
    for (size_t i = 0; i < 4; i++) {
        char *path = inside(folders[i]);
        mkdir(path, 0700);
        mem_free(path);
    }
    touch("lib/belay/sagas/participants.json", "{}", 0600);
    touch("lib/belay/sagas/order/payments", "", 0700);
    touch("lib/belay/sagas/order/payments.o", "", 0700);
    touch("lib/belay/sagas/order/README", "", 0600);
    CU_ASSERT_EQUAL(places_find_from(&places, bin, &error), 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(places.programs);
    char *expected = inside("lib/belay/sagas");
    CU_ASSERT_STRING_EQUAL(places.programs, expected);
    CU_ASSERT_STRING_EQUAL(places.sagas, expected);
    mem_free(expected);
    struct files programs = {0};
    CU_ASSERT_EQUAL(places_programs(&programs, places.programs, &error), 0);
    CU_ASSERT_EQUAL_FATAL(programs.count, 1);
    CU_ASSERT_TRUE(files_suffix(programs.paths[0], "/order/payments"));
    files_done(&programs);
    places_done(&places);
    mem_free(bin);
}

static void leaves_taken_ports(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CU_ASSERT_EQUAL_FATAL(bind(fd, (struct sockaddr *)&address, size) || listen(fd, 1), 0);
    getsockname(fd, (struct sockaddr *)&address, &size);
    unsigned taken = ntohs(address.sin_port), found = places_port(taken);
    CU_ASSERT_TRUE(found == 0 || found > taken);
    close(fd);
    CU_ASSERT_EQUAL(places_port(65536), 0);
}

static void finds_files(void)
{
    struct files files = {0};
    struct error error;
    size_t length;
    static const char *const names[] = {"f", "f/a", "f/b"};
    for (size_t i = 0; i < 3; i++) {
        char *path = inside(names[i]);
        mkdir(path, 0700);
        mem_free(path);
    }
    touch("f/b/2.saga.json", "two", 0600);
    touch("f/a/1.saga.json", "one", 0600);
    touch("f/a/.hidden.saga.json", "", 0600);
    touch("f/a/other.json", "", 0600);
    char *folder = inside("f"), *loop = inside("f/a/loop");
    CU_ASSERT_EQUAL(symlink("..", loop), 0); /* a circle of links ends at the depth */
    CU_ASSERT_EQUAL(files_find(&files, folder, ".saga.json", &error), 0);
    CU_ASSERT_TRUE(files.count >= 2 && files.count < 200);
    CU_ASSERT_TRUE(files_suffix(files.paths[0], "f/a/1.saga.json"));
    CU_ASSERT_TRUE(files_suffix(files.paths[files.count - 1], "f/b/2.saga.json"));
    char *text = files_read(files.paths[0], &length, &error);
    CU_ASSERT_STRING_EQUAL(text, "one");
    CU_ASSERT_EQUAL(length, 3);
    mem_free(text);
    files_done(&files);
    CU_ASSERT_PTR_NULL(files_read(folder, &length, &error));
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "is a directory"));
    CU_ASSERT_PTR_NULL(files_read("/dev/zero", &length, &error));
    CU_ASSERT_STRING_EQUAL(error.text, "/dev/zero is larger than 16 MiB");
    CU_ASSERT_EQUAL(files_find(&files, "/nowhere", "", &error), ERROR_IO);
    files_done(&files);
    mem_free(loop);
    mem_free(folder);
}

void cli_children_test_suite(void);
void cli_children_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("cli/children", make_directory, remove_directory);
    CU_add_test(suite, "tells which child ended, how, and its last words", tells_who_ended_and_why);
    CU_add_test(suite, "a program that cannot be run says so", says_what_cannot_run);
    CU_add_test(suite, "of a long log only the end", only_the_end_of_a_log);
    CU_add_test(suite, "ends every child and waits for it", ends_all);
    CU_add_test(suite, "signals are taken, not suffered", takes_signals);
    CU_add_test(suite, "finds the coordinator and the examples", finds_places);
    CU_add_test(suite, "leaves ports that are taken", leaves_taken_ports);
    CU_add_test(suite, "finds and reads files, bounded", finds_files);
}
