/* All example services and a coordinator, each on a port of its own, with a command line that finds them. */
#ifndef BELAY_E2E_STAGE_H
#define BELAY_E2E_STAGE_H

#include "e2e/shell.h"
#include "e2e/verdict.h"

#include <sys/types.h>

enum { STAGE_SERVICES = 32, STAGE_PATH = 320 };

struct stage_service {
    char name[64];
    char program[STAGE_PATH];
    unsigned port;
    pid_t pid; /* 0 when it is down */
};

struct stage {
    struct shell shell;
    struct verdict *verdict;
    char directory[256];
    struct stage_service services[STAGE_SERVICES];
    unsigned services_count;
    unsigned port; /* of the coordinator */
    pid_t belayd;
};

/* Starts everything in sagas/participants.json, the coordinator, and registers the participants and all sagas with
 * `belay apply`. False when it cannot. */
bool stage_open(struct stage *stage, const char *build, struct verdict *verdict);

/* Ends everything with SIGTERM, which must be clean. */
void stage_close(struct stage *stage);

void stage_start_belayd(struct stage *stage);
void stage_start_service(struct stage *stage, const char *name);
void stage_kill_belayd(struct stage *stage);
void stage_kill_service(struct stage *stage, const char *name);

/* Runs `belay` with the arguments and expects the exit status and the words (NULL: any) in what it prints. */
#define STAGE_EXPECT(stage, status, words, ...)                                                                   \
    stage_expect(stage, shell_run(&(stage)->shell, "belay", __VA_ARGS__, NULL), status, words, #__VA_ARGS__)
bool stage_expect(struct stage *stage, int got, int wanted, const char *words, const char *command);

/* Whether what the service shows at `path` has the words so often, now or within `ms`. */
bool stage_sees(struct stage *stage, const char *service, const char *path, const char *words, unsigned times,
                unsigned ms);

/* Holds and votes through the deaths of who takes part in them: examples_held.c. */
void stage_check_held(struct stage *stage);

/* What goes wrong, against the stage's coordinator: examples_errors.c. */
void stage_check_errors(struct stage *stage);

#endif
