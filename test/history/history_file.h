/* Golden history files: reading, playing against the core, writing. */
#ifndef BELAY_HISTORY_HISTORY_FILE_H
#define BELAY_HISTORY_HISTORY_FILE_H

#include "base/buf.h"

#include <stdbool.h>

bool history_file_read(const char *path, struct buf *buf);
bool history_file_write(const char *path, struct buf *buf);

/* Plays the events of `text` and writes the whole file anew: comments and events as they stand, under each event
 * what the core put out. After every event the record is folded again from all facts and compared. False, and a
 * message in `out`, when the text is no history. */
bool history_file_play(const char *text, struct buf *out);

#endif
