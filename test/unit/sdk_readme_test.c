/* The promises of participant-sdk/README.md: the headers compile alone as C99 and C++, and the program in it is
 * complete: it is cut out, compiled, run and called. Needs a compiler and the source tree as working directory. */
#include "sdk_support.h"

#include <CUnit/Basic.h>
#include <assert.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ARGUMENTS = 64, PROGRAM_LINES = 45 };

static char folder[64];

static int setup(void)
{
    snprintf(folder, sizeof folder, "/tmp/belay-readme-XXXXXX");
    return mkdtemp(folder) == NULL;
}

static int teardown(void)
{
    static const char *const names[] = {"inventory.c", "inventory", "inventory.db", "inventory.db-wal",
                                        "inventory.db-shm"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[96];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    return rmdir(folder);
}

static pid_t start(const char *const *argv, const char *in_folder)
{
    pid_t child = fork();
    assert(child >= 0);
    if (child == 0) {
        if (in_folder && chdir(in_folder))
            _exit(126);
        execvp(argv[0], (char *const *)argv);
        _exit(127);
    }
    return child;
}

static int finish(pid_t child)
{
    int status = -1;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void headers_stand_alone(void)
{
    static const char *const languages[][3] = {{"cc", "-std=c99", "c"}, {"c++", "-std=c++11", "c++"}};
    glob_t headers;
    CU_ASSERT_EQUAL(glob("participant-sdk/include/belay/*.h", 0, NULL, &headers), 0);
    CU_ASSERT(headers.gl_pathc >= 7);
    for (size_t i = 0; i < headers.gl_pathc; i++)
        for (size_t j = 0; j < 2; j++) {
            const char *const argv[] = {languages[j][0],
                                        languages[j][1],
                                        "-pedantic",
                                        "-Wall",
                                        "-Wextra",
                                        "-Werror",
                                        "-Iparticipant-sdk/include",
                                        "-fsyntax-only",
                                        "-x",
                                        languages[j][2],
                                        headers.gl_pathv[i],
                                        NULL};
            CU_ASSERT_EQUAL(finish(start(argv, NULL)), 0);
        }
    globfree(&headers);
}

/* Copies the first C block of the README to a file; returns its length in lines. */
static int cut_program(const char *to)
{
    FILE *readme = fopen("participant-sdk/README.md", "r");
    FILE *program = fopen(to, "w");
    assert(readme && program);
    char line[512];
    int lines = -1;
    while (fgets(line, sizeof line, readme)) {
        if (lines >= 0 && !strncmp(line, "```", 3))
            break;
        if (lines >= 0) {
            fputs(line, program);
            lines++;
        }
        if (!strcmp(line, "```c\n"))
            lines = 0;
    }
    fclose(readme);
    fclose(program);
    return lines;
}

static bool compile(const char *source, const char *program)
{
    const char *argv[ARGUMENTS] = {"cc",      "-D_GNU_SOURCE",
                                   "-Wall",   "-Wextra",

                                   "-Werror", "-Iparticipant-sdk/include",
                                   "-o",      program,
                                   source};
    size_t count = 9;
    glob_t sources;
    int failed = glob("participant-sdk/s*/*.c", 0, NULL, &sources);
    assert(!failed && count + sources.gl_pathc + 5 < ARGUMENTS);
    for (size_t i = 0; i < sources.gl_pathc; i++)
        argv[count++] = sources.gl_pathv[i];
    argv[count++] = "-lsqlite3";
    argv[count++] = "-lmicrohttpd";
    argv[count++] = "-lpthread";
    bool ok = finish(start(argv, NULL)) == 0;
    globfree(&sources);
    return ok;
}

static int reserve(unsigned port, const char *transaction, const char *phase, int quantity)
{
    char text[1024], body[64], got[2048];
    int length = snprintf(body, sizeof body, "{\"sku\":\"book\",\"quantity\":%d}", quantity);
    snprintf(
        text, sizeof text,
        "POST /belay/reserve HTTP/1.1\r\nHost: x\r\nIdempotency-Key: %s/reserve/%s\r\nBelay-Transaction: %s\r\n"
        "Belay-Step: reserve\r\nBelay-Phase: %s\r\nContent-Length: %d\r\n\r\n%s",
        transaction, phase, transaction, phase, length, body);
    return sdk_http(port, text, got, sizeof got);
}

static sqlite3_int64 stock(void)
{
    char path[96];
    snprintf(path, sizeof path, "%s/inventory.db", folder);
    sqlite3 *db = NULL;
    sqlite3_open(path, &db);
    sqlite3_int64 count = sdk_count(db, "SELECT free FROM stock");
    sqlite3_close(db);
    return count;
}

/* Waits until the program listens, for at most ten seconds. */
static bool wait_for(unsigned port)
{
    char got[256];
    for (int i = 0; i < 1000; i++) {
        if (sdk_http(port, "GET /health HTTP/1.1\r\nHost: x\r\n\r\n", got, sizeof got) == 200)
            return true;
        usleep(10000);
    }
    return false;
}

static void the_program_takes_part(void)
{
    char source[96], program[96], address[32];
    snprintf(source, sizeof source, "%s/inventory.c", folder);
    snprintf(program, sizeof program, "%s/inventory", folder);
    int lines = cut_program(source);
    CU_ASSERT(lines > 20 && lines < PROGRAM_LINES);
    if (!compile(source, program)) {
        CU_FAIL("the program in participant-sdk/README.md does not compile");
        return;
    }
    unsigned port = sdk_free_port();
    snprintf(address, sizeof address, "127.0.0.1:%u", port);
    const char *const argv[] = {program, address, NULL};
    pid_t child = start(argv, folder);
    CU_ASSERT_TRUE(wait_for(port));
    CU_ASSERT_EQUAL(reserve(port, "one", "action", 700), 204);
    CU_ASSERT_EQUAL(reserve(port, "one", "action", 700), 204);
    CU_ASSERT_EQUAL(stock(), 300);
    CU_ASSERT_EQUAL(reserve(port, "two", "action", 700), 409);
    CU_ASSERT_EQUAL(reserve(port, "two", "compensation", 700), 204);
    CU_ASSERT_EQUAL(stock(), 300);
    CU_ASSERT_EQUAL(reserve(port, "one", "compensation", 700), 204);
    CU_ASSERT_EQUAL(reserve(port, "one", "compensation", 700), 204);
    CU_ASSERT_EQUAL(stock(), 1000);
    kill(child, SIGTERM);
    CU_ASSERT_EQUAL(finish(child), 0);
}

/* The value behind the first `name` that begins a line of the worked exchange. */
static void cut_value(const char *name, char *value, size_t size)
{
    FILE *readme = fopen("participant-sdk/README.md", "r");
    assert(readme);
    char line[512];
    size_t length = strlen(name);
    value[0] = '\0';
    while (!value[0] && fgets(line, sizeof line, readme))
        if (!strncmp(line, "    ", 4) && !strncmp(line + 4, name, length))
            snprintf(value, size, "%.*s", (int)strcspn(line + 4 + length, "\n"), line + 4 + length);
    fclose(readme);
}

static void the_exchange_is_signed(void)
{
    char id[128], timestamp[32], signature[128], body[128];
    cut_value("webhook-id: ", id, sizeof id);
    cut_value("webhook-timestamp: ", timestamp, sizeof timestamp);
    cut_value("webhook-signature: ", signature, sizeof signature);
    cut_value("{\"sku\":", body, sizeof body);
    char whole[160];
    int length = snprintf(whole, sizeof whole, "{\"sku\":%s", body);
    struct belay_secret secret;
    char text[BELAY_SIGN_TEXT];
    CU_ASSERT_EQUAL(belay_secret_parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", &secret, NULL), BELAY_OK);
    int64_t at = strtoll(timestamp, NULL, 10);
    size_t whole_length = (size_t)length;
    CU_ASSERT_EQUAL(belay_sign(&secret, belay_hmac_libcrypto, id, at, whole, whole_length, text, NULL), BELAY_OK);
    CU_ASSERT_STRING_EQUAL(text, signature);
}

void sdk_readme_test_suite(void);
void sdk_readme_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("sdk/readme", setup, teardown);
    CU_add_test(suite, "every header compiles alone as C99 and C++", headers_stand_alone);
    CU_add_test(suite, "the program in the README compiles and takes part", the_program_takes_part);
    CU_add_test(suite, "the worked exchange is signed as it says", the_exchange_is_signed);
}
