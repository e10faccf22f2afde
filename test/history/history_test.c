/* Golden histories: every .txt file of test/history is a story: a saga, then events, and under each the facts and
 * calls that the core must put out for it. Read one to learn the machine; paste a production trace to keep it from
 * happening again. BELAY_HISTORY_WRITE=1 writes what the core says now into the files, to be read in the diff. */
#include "history/history_file.h"

#include "base/buf.h"
#include "base/mem.h"

#include <CUnit/Basic.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

enum { HISTORY_MAX = 1 << 20 };

static void play_one(const char *path)
{
    struct buf expected, actual;
    buf_init(&expected, HISTORY_MAX);
    buf_init(&actual, HISTORY_MAX);
    CU_ASSERT_TRUE_FATAL(history_file_read(path, &expected));
    bool played = history_file_play(buf_text(&expected), &actual);
    if (!played)
        fprintf(stderr, "\n%s: %s\n", path, buf_text(&actual));
    CU_ASSERT_TRUE_FATAL(played);
    if (getenv("BELAY_HISTORY_WRITE"))
        CU_ASSERT_TRUE(history_file_write(path, &actual));
    bool same = strcmp(buf_text(&expected), buf_text(&actual)) == 0;
    if (!same)
        fprintf(stderr, "\n%s: the core now says\n%s\n", path, buf_text(&actual));
    CU_ASSERT_TRUE(same);
    buf_done(&expected);
    buf_done(&actual);
}

static void every_history(void)
{
    glob_t files;
    CU_ASSERT_EQUAL_FATAL(glob("test/history/*.txt", 0, NULL, &files), 0);
    CU_ASSERT_TRUE(files.gl_pathc >= 12);
    for (size_t i = 0; i < files.gl_pathc; i++)
        play_one(files.gl_pathv[i]);
    globfree(&files);
}

void history_test_suite(void);
void history_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("histories", NULL, NULL);
    CU_add_test(suite, "every golden history reads as the core plays it", every_history);
}
