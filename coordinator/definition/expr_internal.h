/* What templates need of expressions beyond expr.h: results as bytes, without building JSON data first. */
#ifndef BELAY_DEFINITION_EXPR_INTERNAL_H
#define BELAY_DEFINITION_EXPR_INTERNAL_H

#include "base/buf.h"
#include "definition/expr.h"

/* Evaluates and appends the result as compact JSON. `buf` may hold a part of it when this fails. A full
 * buffer is the caller's to notice. */
int expr_print_json(const struct expr *expr, const struct scope *scope, struct buf *buf, struct error *error);

/* Evaluates and appends a string as it is, or the string form of a number, bool, timestamp or duration. Any
 * other result is an error. */
int expr_print_text(const struct expr *expr, const struct scope *scope, struct buf *buf, struct error *error);

#endif
