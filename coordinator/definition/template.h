/* Templates: JSON whose strings may hold `${ expression }`. A string that is exactly one `${ }` keeps the
 * value's JSON type; inside other text it is interpolated; `$${` is a literal `${`. */
#ifndef BELAY_DEFINITION_TEMPLATE_H
#define BELAY_DEFINITION_TEMPLATE_H

#include "base/buf.h"
#include "base/error.h"
#include "definition/expr.h"

#include <jansson.h>

struct template;

/* Told for every broken expression: JSON Pointer (RFC 6901) below the template's root, the offset into
 * that string, the reason. */
typedef void template_complaint(void *context, const char *pointer, const struct expr_error *error);

/* Compiles a JSON value. Constant parts are serialised here, once. When `complain` was called, the template is
 * broken: it holds the expressions that are right, to be visited, and must not be printed. */
struct template *template_new(const json_t *value, template_complaint *complain, void *context);
/* The same for one string that becomes text, not JSON (a path, a header value). */
struct template *template_new_text(const char *text, template_complaint *complain, void *context);
void template_free(struct template *template);

bool template_broken(const struct template *template);

/* True when it holds no expression. */
bool template_constant(const struct template *template);

/* Visits the references of every expression (expr_visit); `pointer` tells in which string. */
typedef void template_visitor(void *context, const char *pointer, const char *const *path, size_t path_length,
                              size_t offset, bool guarded);
void template_visit(const struct template *template, template_visitor *visit, void *context);

/* Renders as compact JSON into `buf`, which it appends to. 0, or the error of the expression with the pointer in
 * front of it, or ERROR_TOO_LARGE when `buf` became full. */
int template_print(const struct template *template, const struct scope *scope, struct buf *buf,
                   struct error *error);

/* Renders a text template. Interpolated values must be strings, numbers, booleans, timestamps or durations.
 * With `percent`, every byte of them outside RFC 3986 "unreserved" is percent-encoded; the template's own text
 * is taken as it is; and a path whose values leave a segment empty, or make one "." or "..", is an error.
 * Without it, a value that holds a control character is an error, since it could end a header. */
int template_print_text(const struct template *template, const struct scope *scope, bool percent, struct buf *buf,
                        struct error *error);

#endif
