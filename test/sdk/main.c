/* The SDK against real databases and running services. Usage: test-sdk [--long]: --long delivers 100,000 calls to each
 * back end under kill -9, where otherwise some thousands do. */
#include "cluster.h"
#include "subject.h"
#include "suites.h"

#include <CUnit/Basic.h>
#include <stdlib.h>
#include <string.h>

bool suites_long;

int main(int argc, char **argv)
{
    suites_long = argc > 1 && !strcmp(argv[1], "--long");
    if (CU_initialize_registry() != CUE_SUCCESS)
        return EXIT_FAILURE;
#define X(name) name##_test_suite();
    SUITES(X)
#undef X
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failed = CU_get_number_of_failures() + CU_get_number_of_suites_failed();
    CU_cleanup_registry();
    subject_remove();
    cluster_stop();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
