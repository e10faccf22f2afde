/* Percent-encoding (RFC 3986, section 2.1) of what stands in a request's target. */
#ifndef BELAY_API_PERCENT_H
#define BELAY_API_PERCENT_H

#include "base/buf.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* Decodes `length` bytes into `text`, which has `size` bytes, with a NUL behind. With `plus`, "+" is a space, as
 * forms send it. ERROR_SYNTAX: a broken escape, an escaped NUL, not printable UTF-8, or too long for `text`. */
int percent_decode(const char *raw, size_t length, bool plus, char *text, size_t size, struct error *error);

#endif
