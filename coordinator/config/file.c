/* Reading of small files. */
#include "config/file.h"

#include "base/limits.h"
#include "base/mem.h"
#include "definition/syntax.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

int file_read(struct file *file, const char *path, struct error *error)
{
    *file = (struct file){.path = path};
    FILE *stream = fopen(path, "re");
    if (!stream)
        return error_set(error, ERROR_USAGE, "open %s: %s", path, strerror(errno));
    file->text = mem_new(LIMIT_DEFINITION_BYTES + 2); /* one byte more tells "full" from "too large" */
    file->length = fread(file->text, 1, LIMIT_DEFINITION_BYTES + 1, stream);
    int code = 0;
    if (ferror(stream)) /* a directory opens, but cannot be read */
        code = error_set(error, ERROR_USAGE, "read %s: %s", path, strerror(errno));
    else if (file->length > LIMIT_DEFINITION_BYTES)
        code = error_set(error, ERROR_USAGE, "%s is larger than %d bytes", path, LIMIT_DEFINITION_BYTES);
    fclose(stream);
    findings_init(&file->findings);
    if (code)
        file_done(file);
    return code;
}

int file_object(struct file *file, struct error *error)
{
    assert(!file->object);
    file->object = syntax_read(file->text, file->length, &file->findings);
    if (file->object && !json_is_object(file->object))
        return error_set(error, ERROR_USAGE, "%s:1:1: expected a JSON object", file->path);
    return file->object ? 0 : file_good(file, error);
}

int file_good(struct file *file, struct error *error)
{
    if (!file->findings.errors_count)
        return 0;
    findings_place(&file->findings, file->text, file->length);
    const struct finding *first = file->findings.list;
    while (first->code[0] == 'W') /* an error comes, for errors_count is not 0 */
        first++;
    char more[32] = "";
    if (file->findings.errors_count > 1)
        snprintf(more, sizeof more, ", and %zu more", file->findings.errors_count - 1);
    return error_set(error, ERROR_USAGE, "%s:%u:%u: %s%s%s%s%s", file->path, first->line, first->column,
                     first->message, first->hint ? " (" : "", first->hint ? first->hint : "",
                     first->hint ? ")" : "", more);
}

void file_done(struct file *file)
{
    json_decref(file->object);
    findings_done(&file->findings);
    mem_free(file->text);
    *file = (struct file){0};
}
