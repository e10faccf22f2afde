/* Renders templates: constant bytes are copied, expressions are evaluated straight into the buffer. */
#include "definition/template.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "definition/expr_internal.h"
#include "definition/template_internal.h"
#include "definition/template_path.h"

#include <assert.h>
#include <string.h>

static int print_piece(const struct template *template, const struct piece *piece, const struct scope *scope,
                       bool percent, struct buf *buf, struct error *error);

void template_free(struct template *template)
{
    if (!template)
        return;
    for (size_t i = 0; i < template->count; i++) {
        expr_free(template->pieces[i].expr);
        mem_free(template->pieces[i].pointer);
        mem_free(template->pieces[i].bytes);
    }
    mem_free(template->pieces);
    mem_free(template);
}

bool template_broken(const struct template *template)
{
    return template->broken;
}

bool template_constant(const struct template *template)
{
    return template->count == 0 || (template->count == 1 && template->pieces[0].type == PIECE_CONSTANT);
}

/* Carries one visit through expr_visit. */
struct visit {
    template_visitor *visit;
    void *context;
    const struct piece *piece;
};

static void visit_reference(void *context, const char *const *path, size_t path_length, size_t offset,
                            bool guarded)
{
    const struct visit *visit = context;
    visit->visit(visit->context, visit->piece->pointer, path, path_length, visit->piece->offset + offset, guarded);
}

void template_visit(const struct template *template, template_visitor *visit, void *context)
{
    for (size_t i = 0; i < template->count; i++) {
        struct visit each = {visit, context, &template->pieces[i]};
        if (each.piece->expr)
            expr_visit(each.piece->expr, visit_reference, &each);
    }
}

static int too_large(const struct buf *buf, struct error *error)
{
    return buf->full ? error_set(error, ERROR_TOO_LARGE, "the result is larger than %zu bytes", buf->max) : 0;
}

int template_print(const struct template *template, const struct scope *scope, struct buf *buf,
                   struct error *error)
{
    assert(template->json && !template->broken);
    for (size_t i = 0; i < template->count && !buf->full; i++) {
        int code = print_piece(template, &template->pieces[i], scope, false, buf, error);
        if (code)
            return code;
    }
    return too_large(buf, error);
}

int template_print_text(const struct template *template, const struct scope *scope, bool percent, struct buf *buf,
                        struct error *error)
{
    assert(!template->json && !template->broken);
    struct template_path path;
    template_path_init(&path, buf);
    int code = 0;
    for (size_t i = 0; i < template->count && !code && !buf->full; i++) {
        const struct piece *piece = &template->pieces[i];
        size_t before = buf->length;
        code = print_piece(template, piece, scope, percent, buf, error);
        if (!code && percent && !buf->full)
            code = template_path_piece(&path, buf, before, piece->offset, error);
    }
    if (!code)
        code = too_large(buf, error);
    return code || !percent ? code : template_path_finish(&path, buf, error);
}

/* "/text: message": where in the template it went wrong; a text template has no "where". */
static int wrap(const struct piece *piece, struct error *error)
{
    if (!error)
        return ERROR_INVALID;
    return *piece->pointer ? error_wrap(error, "%s", piece->pointer) : (int)error->code;
}

/* A string's content, as it stands within a JSON string. */
static void put_json_content(struct buf *buf, const char *text, size_t length)
{
    struct buf quoted;
    buf_init(&quoted, buf->max + 2);
    buf_put_json(&quoted, text, length);
    if (quoted.full)
        buf->full = true;
    else
        buf_put(buf, quoted.data + 1, quoted.length - 2);
    buf_done(&quoted);
}

/* An expression within text. In a header or a path no control character may pass: it could end the line. */
static int print_text(const struct template *template, const struct piece *piece, const struct scope *scope,
                      bool percent, struct buf *buf, struct error *error)
{
    struct buf text;
    buf_init(&text, buf->max);
    int code = expr_print_text(piece->expr, scope, &text, error);
    if (code)
        code = wrap(piece, error);
    else if (text.full)
        buf->full = true;
    else if (template->json)
        put_json_content(buf, buf_text(&text), text.length);
    else if (percent)
        buf_put_percent(buf, buf_text(&text), text.length);
    else if (!utf8_printable(buf_text(&text), text.length))
        code = error_set(error, ERROR_INVALID, "at %zu: the value holds a control character", piece->offset);
    else
        buf_put(buf, text.data, text.length);
    buf_done(&text);
    return code;
}

static int print_piece(const struct template *template, const struct piece *piece, const struct scope *scope,
                       bool percent, struct buf *buf, struct error *error)
{
    int code;
    switch (piece->type) {
    case PIECE_CONSTANT:
        buf_put(buf, piece->bytes, piece->length);
        return 0;
    case PIECE_VALUE:
        code = expr_print_json(piece->expr, scope, buf, error);
        return code ? wrap(piece, error) : 0;
    case PIECE_TEXT:
        return print_text(template, piece, scope, percent, buf, error);
    }
    assert(0 && "every type of piece is above");
    return ERROR_INVALID;
}
