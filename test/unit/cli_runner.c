/* Running of commands. */
#include "cli_runner.h"

#include "cli/cli.h"

#include <CUnit/Basic.h>
#include <string.h>

enum { WORDS = 16 };

void run_words(struct run *run, const char *url, const char *const *words)
{
    char *argv[WORDS + 4];
    int argc = 0;
    size_t out_length, err_length;
    FILE *out = open_memstream(&run->out, &out_length), *err = open_memstream(&run->err, &err_length);
    argv[argc++] = (char *)(uintptr_t) "belay";
    if (url) {
        argv[argc++] = (char *)(uintptr_t) "--url";
        argv[argc++] = (char *)(uintptr_t)url;
    }
    while (*words)
        argv[argc++] = (char *)(uintptr_t)*words++;
    run->status = cli_run(argc, argv, out, err);
    fclose(out);
    fclose(err);
    CU_ASSERT_PTR_NULL(strchr(run->out, '\033')); /* whatever the coordinator said */
    CU_ASSERT_PTR_NULL(strchr(run->err, '\033'));
}

void run_done(struct run *run)
{
    free(run->out);
    free(run->err);
}

void run_expect(const char *text, const char *expected)
{
    if (!strstr(text, expected))
        printf("\n--- expected\n%s\n--- found\n%s\n", expected, text);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, expected));
}
