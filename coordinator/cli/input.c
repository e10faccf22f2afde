/* JSON that a person wrote: on the command line, or in a file. */
#include "cli/input.h"

#include "base/mem.h"
#include "cli/files.h"

#include <string.h>

static json_t *parse(const char *name, const char *text, size_t length, struct error *error);

json_t *input_read(const char *given, char **text, size_t *length, struct error *error)
{
    return input_read_as("--input", given, text, length, error);
}

json_t *input_read_as(const char *option, const char *given, char **text, size_t *length, struct error *error)
{
    json_t *scalar = json_loads(given, JSON_DECODE_ANY, NULL);
    bool begins = *given && strchr("{[\"", given[0]);
    bool literal = (begins || scalar) && !files_exist(given);
    json_decref(scalar);
    const char *name = literal ? option : strcmp(given, "-") == 0 ? "<stdin>" : given;
    *length = strlen(given);
    *text = literal ? mem_string(given) : files_read(given, length, error);
    if (!*text) {
        error_wrap(error, "%s takes a file, - or JSON", option);
        return NULL;
    }
    json_t *value = parse(name, *text, *length, error);
    if (!value)
        mem_free(*text);
    return value;
}

json_t *input_read_file(const char *path, struct error *error)
{
    size_t length;
    char *text = files_read(path, &length, error);
    if (!text)
        return NULL;
    json_t *value = parse(path, text, length, error);
    mem_free(text);
    return value;
}

static json_t *parse(const char *name, const char *text, size_t length, struct error *error)
{
    json_error_t where;
    json_t *value = json_loadb(text, length, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &where);
    if (!value)
        error_set(error, ERROR_SYNTAX, "%s:%d:%d: the input is no JSON: %s", name, where.line, where.column,
                  where.text);
    return value;
}
