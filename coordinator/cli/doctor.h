/* `belay doctor`: one finding a line, each ok, warn or fail, and what to do about it. The checks of the
 * coordinator are in doctor.c, those of this machine in doctor_machine.c. */
#ifndef BELAY_CLI_DOCTOR_H
#define BELAY_CLI_DOCTOR_H

#include "cli/cli.h"

enum verdict { VERDICT_OK, VERDICT_WARN, VERDICT_FAIL };

struct doctor {
    struct cli *cli;
    json_t *rows; /* {"check","verdict","found","advice"?} */
    bool failed;
    uint64_t timeout_ms; /* for an answer */
};

/* Adds a finding; `advice` may be NULL. */
void doctor_add(struct doctor *doctor, const char *check, enum verdict verdict, const char *advice,
                const char *format, ...) __attribute__((format(printf, 5, 6)));

void doctor_disk(struct doctor *doctor, const char *directory); /* writable, fsync, space */
void doctor_sqlite(struct doctor *doctor, const char *version); /* as sqlite3_libversion says it */
void doctor_clock(struct doctor *doctor, uint64_t now_ms, uint64_t coordinator_ms); /* 0 = unknown */
void doctor_descriptors(struct doctor *doctor);

#endif
