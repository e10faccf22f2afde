/* Text for a terminal: what a server or a file says is shown, never obeyed. Control characters, escapes that
 * move the cursor, direction overrides and broken UTF-8 come out as visible text. */
#ifndef BELAY_CLI_TEXT_H
#define BELAY_CLI_TEXT_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* True for characters that must not reach a terminal as they are. */
bool text_unsafe(uint32_t code);

/* Puts `text` made safe. */
void text_put(struct buf *buf, const char *text);

/* Puts it so that a POSIX shell reads it as one word. */
void text_put_word(struct buf *buf, const char *text);

/* How many columns a text that is already safe takes. */
size_t text_width(const char *text);

/* Puts a safe text into exactly `width` columns: filled with spaces, or cut with "~" at its end. */
void text_put_cell(struct buf *buf, const char *text, size_t width);

/* Puts `count` spaces. */
void text_put_spaces(struct buf *buf, size_t count);

#endif
