/* The SDK against real databases and running services. Usage: test-sdk [--long] [SUITE]: --long delivers 100,000
 * calls to each back end under kill -9, where otherwise some thousands do; SUITE runs that one alone. --wrong WHAT
 * ADDRESS SECRET is a service (see wrong.h). */
#include "cluster.h"
#include "memory.h"
#include "subject.h"
#include "suites.h"
#include "wrong.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool suites_long;
static char build[512];

const char *suites_build(void)
{
    return build;
}

int main(int argc, char **argv)
{
    if (argc == 5 && !strcmp(argv[1], "--wrong"))
        return wrong_serve(argv[2], argv[3], argv[4]);
    const char *slash = strrchr(argv[0], '/');
    snprintf(build, sizeof build, "%.*s", slash ? (int)(slash - argv[0]) : 1, slash ? argv[0] : ".");
    suites_long = argc > 1 && !strcmp(argv[1], "--long");
    const char *only = argc > 1 + suites_long ? argv[1 + suites_long] : NULL;
    memory_prepare();
    if (CU_initialize_registry() != CUE_SUCCESS)
        return EXIT_FAILURE;
#define X(name)                                                                                                   \
    if (!only || !strcmp(only, #name))                                                                            \
        name##_test_suite();
    SUITES(X)
#undef X
    if (CU_get_registry()->uiNumberOfSuites == 0)
        return fprintf(stderr, "test-sdk: no suite is called \"%s\"\n", only), EXIT_FAILURE;
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failed = CU_get_number_of_failures() + CU_get_number_of_suites_failed();
    CU_cleanup_registry();
    subject_remove();
    cluster_stop();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
