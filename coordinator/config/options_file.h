/* The configuration file: a JSON object whose members are options by their names. */
#ifndef BELAY_CONFIG_OPTIONS_FILE_H
#define BELAY_CONFIG_OPTIONS_FILE_H

#include "config/options.h"

/* Sets what no flag and no environment has set. ERROR_USAGE: "belay.json:3:5: ..." */
int options_file_read(struct options *options, const char *path, struct error *error);

#endif
