/* Regular expressions of JSON Schema's "pattern": the part of ECMA-262 (with its "u" flag) that can be matched in
 * one walk over the text. There are literals, `.`, classes, \d \w \s and their opposites, \b \B, ^ $, groups, |
 * and * + ? {m,n} (also lazy: it makes no difference to whether something matches). Look-around, back references
 * and \p{...} are refused: the first two are what makes matching take for ever. */
#ifndef BELAY_DEFINITION_PATTERN_H
#define BELAY_DEFINITION_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

struct pattern;

/* Why a text is no pattern, and where. Both texts are static. */
struct pattern_fault {
    size_t offset; /* in bytes */
    const char *message;
    const char *hint; /* NULL */
};

/* NULL and `*fault` when the text is no pattern, or too large. `text` is UTF-8. */
struct pattern *pattern_compile(const char *text, size_t length, struct pattern_fault *fault);
void pattern_free(struct pattern *pattern);

/* How much memory and how many steps per character it may take: its instructions. */
size_t pattern_size(const struct pattern *pattern);

/* True when the pattern matches somewhere in the text. `*work` is lowered by the number of steps that took and
 * stops at 0; what is returned then means nothing. */
bool pattern_match(const struct pattern *pattern, const char *text, size_t length, size_t *work);

#endif
