/* What goes wrong, and what the programs say then: one clear line, and an exit status that scripts can use. */
#include "e2e/stage.h"
#include "harness/process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FAILED = 1, MISUSED = 2, LOCKED = 3, DAMAGED = 4 };

static void check_requests(struct stage *stage);
static void check_coordinators(struct stage *stage);
static void check_belayd(struct stage *stage, const char *data, const char *listen, int status, const char *words);

void stage_check_errors(struct stage *stage)
{
    check_requests(stage);
    check_coordinators(stage);
}

static void check_requests(struct stage *stage)
{
    char nobody[64], bad[STAGE_PATH];
    snprintf(nobody, sizeof nobody, "http://127.0.0.1:%u", process_steady_port());
    snprintf(bad, sizeof bad, "%s/bad.json", stage->directory);
    FILE *file = fopen(bad, "w");
    fputs("{ \"from\": \"ada\",\n  \"cents\": }\n", file);
    fclose(file);
    STAGE_EXPECT(stage, FAILED, "brank", "start", "brank", "--input", "{}");
    STAGE_EXPECT(stage, FAILED, "bad.json:2", "start", "bank", "--input", bad);
    STAGE_EXPECT(stage, FAILED, "nothere.json", "start", "bank", "--input", "nothere.json");
    STAGE_EXPECT(stage, FAILED, nobody, "list", "--url", nobody);
    STAGE_EXPECT(stage, FAILED, "no such", "show", "no such");
    STAGE_EXPECT(stage, FAILED, "completed", "cancel", "patience", "--reason", "too late");
    STAGE_EXPECT(stage, FAILED, "patience", "start", "bank", "--input", "sagas/bank/poor.json", "--id",
                 "patience");
    STAGE_EXPECT(stage, 0, "twice", "start", "bank", "--input", "sagas/bank/poor.json", "--id", "twice");
    STAGE_EXPECT(stage, 0, "twice", "start", "bank", "--input", "sagas/bank/poor.json", "--id", "twice");
    STAGE_EXPECT(stage, FAILED, "twice", "start", "bank", "--input", "sagas/bank/closed.json", "--id", "twice");
    STAGE_EXPECT(stage, FAILED, "bad.json:2", "validate", bad);
    STAGE_EXPECT(stage, MISUSED, "frobnicate", "frobnicate");
    STAGE_EXPECT(stage, MISUSED, "start", "strat", "bank");
    STAGE_EXPECT(stage, MISUSED, "--input", "start", "bank", "--imput", "{}");
}

/* A second coordinator on the directory, on the port, and on a directory that is not one. */
static void check_coordinators(struct stage *stage)
{
    char data[STAGE_PATH], other[STAGE_PATH], broken[STAGE_PATH + 16], listen[32];
    snprintf(data, sizeof data, "%s/data", stage->directory);
    snprintf(other, sizeof other, "%s/other", stage->directory);
    snprintf(listen, sizeof listen, "127.0.0.1:%u", stage->port);
    check_belayd(stage, data, "127.0.0.1:0", LOCKED, "is in use by process");
    check_belayd(stage, other, listen, FAILED, "in use");
    check_belayd(stage, NULL, listen, MISUSED, "--data");
    snprintf(broken, sizeof broken, "%s/belay.db", other);
    FILE *file = fopen(broken, "r+");
    for (int i = 0; file && i < 4096; i++)
        fputs("broken ", file);
    if (file)
        fclose(file);
    check_belayd(stage, other, "127.0.0.1:0", DAMAGED, "belay.db");
    STAGE_EXPECT(stage, 0, "patience", "list", "--limit", "1000");
}

/* It must end at once, with one line. */
static void check_belayd(struct stage *stage, const char *data, const char *listen, int status, const char *words)
{
    int got = shell_run(&stage->shell, "belayd", "--listen", listen, data ? "--data" : NULL, data, NULL);
    stage_expect(stage, got, status, words, "d (the coordinator)");
}
