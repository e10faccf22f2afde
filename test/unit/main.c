/* Runs every CUnit suite of this program: suites.inc lists them from the names of the files. */
#include <CUnit/Basic.h>
#include <stdlib.h>

#define SUITE(name) void name##_suite(void);
#include "suites.inc"
#undef SUITE

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return EXIT_FAILURE;
#define SUITE(name) name##_suite();
#include "suites.inc"
#undef SUITE
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failed = CU_get_number_of_failures() + CU_get_number_of_suites_failed();
    CU_cleanup_registry();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
