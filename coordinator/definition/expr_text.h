/* String literals: what stands between the quotes, with its escapes resolved. */
#ifndef BELAY_DEFINITION_EXPR_TEXT_H
#define BELAY_DEFINITION_EXPR_TEXT_H

#include "definition/expr_lex.h"

/* Decodes the TOKEN_STRING `token` of `text` into `out`, which has room for the token's bytes (a decoded
 * string is never longer than its source). False and `*error` filled for a bad escape. U+0000 is refused:
 * JSON readers, our own included, do not take it. */
bool expr_text_decode(const char *text, const struct token *token, char *out, size_t *length,
                      struct expr_error *error);

#endif
