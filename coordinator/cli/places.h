/* Where things lie: the coordinator and the examples beside the running program, in a build tree or where they
 * were installed; and ports that are free. */
#ifndef BELAY_CLI_PLACES_H
#define BELAY_CLI_PLACES_H

#include "base/error.h"
#include "cli/files.h"

#include <stdbool.h>

struct places {
    char *belayd;
    char *programs; /* directory with SAGA/SERVICE; NULL when there are no examples */
    char *sagas;    /* directory with SAGA/NAME.saga.json and participants.json; NULL likewise */
};

/* Finds all of it from the running program: DIR/belayd; DIR/sagas, or DIR/../lib/belay/sagas; for the files
 * also the source tree, DIR/../../sagas. ERROR_NOT_FOUND when there is no belayd. */
int places_find(struct places *places, struct error *error);

/* The same with the program's directory given. */
int places_find_from(struct places *places, const char *directory, struct error *error);
void places_done(struct places *places);

/* Adds the programs SAGA/SERVICE below `directory`: executable files without a dot in their name. */
int places_programs(struct files *files, const char *directory, struct error *error);

/* The first port of 127.0.0.1 from `first` on that nobody listens on, or 0. */
unsigned places_port(unsigned first);

#endif
