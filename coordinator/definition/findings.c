/* The list of findings: collecting, placing, printing. What is a finding is the business of others. */
#include "definition/findings.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "definition/locate.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static char *printable_copy(const char *text);
static char *pointer_copy(const char *pointer);
static int compare_positions(const void *a, const void *b);

void findings_init(struct findings *findings)
{
    *findings = (struct findings){0};
}

void findings_done(struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        mem_free(findings->list[i].pointer);
        mem_free(findings->list[i].message);
        mem_free(findings->list[i].hint);
    }
    mem_free(findings->list);
    findings_init(findings);
}

struct finding *findings_add(struct findings *findings, const char *code, const char *pointer, const char *hint,
                             const char *format, ...)
{
    assert(code[0] == 'E' || code[0] == 'W');
    assert(pointer[0] == '\0' || pointer[0] == '/');
    if (code[0] == 'E')
        findings->errors_count++;
    if (findings->count == LIMIT_FINDINGS) {
        findings->cut = true;
        return NULL;
    }
    char message[FINDING_TEXT_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);

    if ((findings->count & (findings->count - 1)) == 0) /* full at every power of two */
        findings->list =
            mem_grow(findings->list, (findings->count ? findings->count * 2 : 1) * sizeof *findings->list);
    struct finding *finding = &findings->list[findings->count++];
    *finding = (struct finding){.code = code, .inside = FINDING_WHOLE};
    finding->pointer = pointer_copy(pointer);
    finding->message = printable_copy(message);
    finding->hint = hint ? printable_copy(hint) : NULL;
    return finding;
}

void findings_place(struct findings *findings, const char *text, size_t length)
{
    struct place *places = mem_array(findings->count, sizeof *places);
    size_t count = 0;
    for (size_t i = 0; i < findings->count; i++)
        if (findings->list[i].line == 0)
            places[count++] = (struct place){
                .pointer = findings->list[i].pointer, .inside = findings->list[i].inside, .owner = i};
    locate(text, length, places, count);
    for (size_t i = 0; i < count; i++) {
        findings->list[places[i].owner].line = places[i].line;
        findings->list[places[i].owner].column = places[i].column;
    }
    mem_free(places);
    if (findings->count > 1)
        qsort(findings->list, findings->count, sizeof *findings->list, compare_positions);
}

void findings_print(const struct findings *findings, const char *file, struct buf *buf)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->list[i];
        buf_printf(buf, "%s:%u:%u: %s %s", file, finding->line, finding->column, finding->code, finding->message);
        if (finding->hint)
            buf_printf(buf, " (%s)", finding->hint);
        buf_putc(buf, '\n');
    }
    if (findings->cut)
        buf_printf(buf, "%s: more findings were left out; mend these first\n", file);
}

void findings_print_json(const struct findings *findings, struct buf *buf)
{
    buf_putc(buf, '[');
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->list[i];
        buf_printf(buf, "%s{\"code\":\"%s\",\"pointer\":", i ? "," : "", finding->code);
        buf_put_json(buf, finding->pointer, strlen(finding->pointer));
        buf_printf(buf, ",\"line\":%u,\"column\":%u,\"message\":", finding->line, finding->column);
        buf_put_json(buf, finding->message, strlen(finding->message));
        if (finding->hint) {
            buf_puts(buf, ",\"hint\":");
            buf_put_json(buf, finding->hint, strlen(finding->hint));
        }
        buf_putc(buf, '}');
    }
    buf_putc(buf, ']');
}

/* A terminal obeys control characters, and a message quotes the file: none gets through. */
static char *printable_copy(const char *text)
{
    size_t length = strlen(text);
    char *copy = mem_new(length + 1);
    size_t used = 0;
    for (size_t i = 0; i < length;) {
        size_t width = utf8_width(text + i, length - i);
        if (width && utf8_printable(text + i, width)) {
            memcpy(copy + used, text + i, width);
            used += width;
        } else {
            copy[used++] = '?';
        }
        i += width ? width : 1;
    }
    return copy;
}

/* A pointer that is too long becomes the pointer of an ancestor that is not. */
static char *pointer_copy(const char *pointer)
{
    size_t length = strlen(pointer);
    if (length > FINDING_POINTER_BYTES) {
        length = FINDING_POINTER_BYTES;
        while (pointer[length] != '/')
            length--;
    }
    return mem_copy(pointer, length);
}

static int compare_positions(const void *a, const void *b)
{
    const struct finding *left = a;
    const struct finding *right = b;
    if (left->line != right->line)
        return left->line < right->line ? -1 : 1;
    if (left->column != right->column)
        return left->column < right->column ? -1 : 1;
    int order = strcmp(left->code, right->code);
    return order ? order : strcmp(left->message, right->message);
}
