/* The configuration file: a JSON object whose members are options by their names. */
#ifndef BELAY_CONFIG_SETTINGS_FILE_H
#define BELAY_CONFIG_SETTINGS_FILE_H

#include "config/settings.h"

/* Sets what no flag and no environment has set. ERROR_USAGE: "belay.json:3:5: ..." */
int settings_file_read(struct settings *settings, const char *path, struct error *error);

#endif
