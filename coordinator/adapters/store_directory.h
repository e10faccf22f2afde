/* The data directory: made private, locked against a second coordinator, and with a witness that tells when
 * the database in it is not the one that was last run here. */
#ifndef BELAY_ADAPTERS_STORE_DIRECTORY_H
#define BELAY_ADAPTERS_STORE_DIRECTORY_H

#include "base/error.h"

#include <stdint.h>

struct store_directory {
    int fd;
    int lock; /* descriptor of DIR/lock; the lock is held as long as it is open */
};

/* Makes the directory (mode 0700) if it is missing, and takes its lock. ERROR_LOCKED names the directory and the
 * process that holds it; ERROR_IO. */
int store_directory_open(struct store_directory *directory, const char *path, struct error *error);
void store_directory_close(struct store_directory *directory);

/* Makes an empty file of mode 0600 unless there is one, durably. */
int store_directory_touch(const struct store_directory *directory, const char *name, struct error *error);

/* The witness, DIR/opened: how often the database was opened here, outside of the database. A database that
 * knows of fewer openings was rolled back, replaced or lost. Load gives 0 when there is no witness. */
int store_directory_load_opened(const struct store_directory *directory, uint64_t *opened, struct error *error);
int store_directory_save_opened(const struct store_directory *directory, uint64_t opened, struct error *error);

#endif
