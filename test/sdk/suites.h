/* The suites of this program. */
#ifndef BELAY_SDK_SUITES_H
#define BELAY_SDK_SUITES_H

#include <stdbool.h>

#define SUITES(X)                                                                                                 \
    X(stories)                                                                                                    \
    X(memory)                                                                                                     \
    X(postgres)                                                                                                   \
    X(hooks)                                                                                                      \
    X(prepared)                                                                                                   \
    X(outbox)                                                                                                     \
    X(outbox_faults)                                                                                              \
    X(conformance)                                                                                                \
    X(signed)                                                                                                     \
    X(campaign)

#define X(name) void name##_test_suite(void);
SUITES(X)
#undef X

extern bool suites_long; /* the campaigns of `make full` */

/* The folder of this program, where the examples and belay-conformance are too. */
const char *suites_build(void);

#endif
