/* What one episode of the workload shall do and suffer. */
#ifndef BELAY_E2E_PLAN_H
#define BELAY_E2E_PLAN_H

#include <stdbool.h>
#include <stdint.h>

enum { PLAN_CLIENTS = 8 };

struct plan {
    const char *build; /* directory of the programs, "build/asan" */
    uint64_t seed;     /* decides the transfers and the moments; the scheduler decides the rest */
    unsigned transfers;
    unsigned items;         /* of one step */
    unsigned kills;         /* SIGKILL of the coordinator */
    unsigned service_kills; /* SIGKILL of one of the two banks */
    unsigned stops;         /* SIGSTOP of the coordinator for some seconds */
    unsigned terms;         /* SIGTERM of the coordinator under load */
    unsigned terms_twice;   /* SIGTERM and another one at once */
    unsigned fail_rate;     /* percent: calls that the banks fail, and messages that the network mistreats */
    bool valgrind;          /* the coordinator runs under valgrind */
    const char *inject;     /* strace's -e inject=... for the coordinator's first life; NULL without */
    int inject_status;      /* the exit status it must end with when the injection hits; -1: killed */
};

#endif
