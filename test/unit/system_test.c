/* adapters/system: the clock moves, randomness differs, a trace line is one line. */
#include "adapters/system.h"

#include <CUnit/Basic.h>
#include <regex.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void clock_follows_the_wall(void)
{
    struct clock clock = clock_system();
    uint64_t before_ms = clock.now_ms(clock.self);
    uint64_t wall_ms = (uint64_t)time(NULL) * 1000;
    CU_ASSERT_TRUE(before_ms + 5000 > wall_ms);
    CU_ASSERT_TRUE(before_ms < wall_ms + 5000);
    usleep(20 * 1000);
    uint64_t after_ms = clock.now_ms(clock.self);
    CU_ASSERT_TRUE(after_ms >= before_ms + 20);
    CU_ASSERT_TRUE(after_ms < before_ms + 5000);
}

static void clock_never_goes_back(void)
{
    struct clock one = clock_system();
    uint64_t last_ms = 0;
    for (int i = 0; i < 10000; i++) {
        struct clock two = clock_system();
        uint64_t now_ms = (i % 2 ? one : two).now_ms(i % 2 ? one.self : two.self);
        if (now_ms < last_ms)
            CU_FAIL("the clock went back");
        last_ms = now_ms;
    }
    CU_ASSERT_TRUE(last_ms > 0);
}

static void entropy_differs(void)
{
    struct entropy entropy = entropy_system();
    uint64_t ones = 0, zeros = 0, last = entropy.next(entropy.self);
    for (int i = 0; i < 1000; i++) {
        uint64_t next = entropy.next(entropy.self);
        if (next == last)
            CU_FAIL("the same number twice");
        ones |= next;
        zeros |= ~next;
        last = next;
    }
    CU_ASSERT_EQUAL(ones, UINT64_MAX); /* every bit is sometimes one, and sometimes zero */
    CU_ASSERT_EQUAL(zeros, UINT64_MAX);
}

/* What `level` and `text` put on standard error. */
static void captured(enum trace_level least, enum trace_level level, const char *text, char *into, size_t size)
{
    int ends[2], saved = dup(STDERR_FILENO);
    CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
    struct trace trace = trace_stderr(least);
    trace_put(&trace, level, "%s", text);
    dup2(saved, STDERR_FILENO);
    close(saved);
    ssize_t length = read(ends[0], into, size - 1);
    close(ends[0]);
    into[length > 0 ? length : 0] = '\0';
}

static void trace_is_one_line(void)
{
    char line[4096];
    regex_t shape;
    CU_ASSERT_EQUAL_FATAL(regcomp(&shape,
                                  "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z warn  "
                                  "begin\\?2026-01-01T00:00:00\\.000Z error forged\n$",
                                  REG_EXTENDED | REG_NOSUB),
                          0);
    captured(TRACE_INFO, TRACE_WARN, "begin\n2026-01-01T00:00:00.000Z error forged", line, sizeof line);
    CU_ASSERT_EQUAL(regexec(&shape, line, 0, NULL, 0), 0);
    regfree(&shape);
}

static void trace_keeps_to_its_level(void)
{
    char line[4096];
    captured(TRACE_WARN, TRACE_INFO, "quiet", line, sizeof line);
    CU_ASSERT_STRING_EQUAL(line, "");
}

static void trace_cuts_what_is_long(void)
{
    char text[3000], line[4096];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    captured(TRACE_DEBUG, TRACE_ERROR, text, line, sizeof line);
    CU_ASSERT_TRUE(strlen(line) > 1000);
    CU_ASSERT_TRUE(strlen(line) < 1200);
    CU_ASSERT_EQUAL(line[strlen(line) - 1], '\n');
}

static void trace_survives_a_closed_stderr(void)
{
    int saved = dup(STDERR_FILENO);
    close(STDERR_FILENO);
    struct trace trace = trace_stderr(TRACE_DEBUG);
    trace_put(&trace, TRACE_ERROR, "nobody listens");
    CU_ASSERT_EQUAL(dup2(saved, STDERR_FILENO), STDERR_FILENO);
    close(saved);
}

void system_test_suite(void);
void system_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("adapters/system", NULL, NULL);
    CU_add_test(suite, "tells the wall's time and moves on", clock_follows_the_wall);
    CU_add_test(suite, "never goes back, whoever asks", clock_never_goes_back);
    CU_add_test(suite, "gives different numbers, every bit of them", entropy_differs);
    CU_add_test(suite, "writes one line that cannot be forged", trace_is_one_line);
    CU_add_test(suite, "writes nothing below its level", trace_keeps_to_its_level);
    CU_add_test(suite, "cuts a long line", trace_cuts_what_is_long);
    CU_add_test(suite, "survives a closed standard error", trace_survives_a_closed_stderr);
}
