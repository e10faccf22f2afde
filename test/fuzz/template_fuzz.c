/* Fuzzes templates. `make fuzz` builds it with libFuzzer and all of the coordinator.
 *
 * JSON is compiled as a JSON template, any bytes as a text template. What a JSON template prints is JSON; a
 * rendered path has no bytes that a request line cannot hold and no segments that lead elsewhere, a header
 * value has no line ends; every expression that is visited lies within its string. */
#include "base/buf.h"
#include "definition/template.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static json_t *input;

static json_t *variable(void *context, const char *name)
{
    (void)context;
    return strcmp(name, "input") != 0 ? NULL : input;
}

static json_t *step(void *context, const char *id)
{
    (void)context;
    (void)id;
    return NULL;
}

static const struct scope SCOPE = {.variable = variable, .step = step};

static void complain(void *context, const char *pointer, const struct expr_error *error)
{
    ++*(size_t *)context;
    assert(*error->text && (!*pointer || *pointer == '/'));
}

static void visit(void *context, const char *pointer, const char *const *path, size_t path_length, size_t offset,
                  bool guarded)
{
    (void)guarded;
    assert(offset < *(size_t *)context && path_length > 0 && path[0] && pointer);
}

static void fuzz_json(const uint8_t *data, size_t size)
{
    json_error_t json_error;
    size_t complaints = 0;
    json_t *value = json_loadb((const char *)data, size, JSON_DECODE_ANY, &json_error);
    if (!value)
        return;
    struct template *template = template_new(value, complain, &complaints);
    assert(template_broken(template) == (complaints > 0));
    json_decref(value);
    template_visit(template, visit, &size);
    if (template_broken(template)) {
        template_free(template);
        return;
    }
    struct buf buf;
    struct error error = {0};
    buf_init(&buf, 1 << 20);
    if (template_print(template, &SCOPE, &buf, &error) == 0) {
        json_t *printed = json_loadb(buf.data, buf.length, JSON_DECODE_ANY, &json_error);
        assert(printed);
        json_decref(printed);
    } else {
        assert(*error.text);
    }
    buf_done(&buf);
    template_free(template);
}

/* A constant text is the author's own; only what values add is judged. */
static void fuzz_text(const char *text)
{
    size_t complaints = 0;
    struct template *template = template_new_text(text, complain, &complaints);
    assert(template_broken(template) == (complaints > 0));
    if (template_broken(template)) {
        template_free(template);
        return;
    }
    struct buf path, header;
    buf_init(&path, 1 << 20);
    buf_init(&header, 1 << 20);
    if (template_print_text(template, &SCOPE, true, &path, NULL) == 0) {
        const char *bytes = buf_text(&path);
        const char *query = memchr(bytes, '?', path.length);
        size_t length = query ? (size_t)(query - bytes) : path.length;
        assert(memmem(bytes, length, "/../", 4) == NULL && memmem(bytes, length, "/./", 3) == NULL);
    }
    if (template_print_text(template, &SCOPE, false, &header, NULL) == 0 && strlen(text) == strcspn(text, "\r\n"))
        assert(!memchr(buf_text(&header), '\n', header.length) && !memchr(buf_text(&header), '\r', header.length));
    buf_done(&path);
    buf_done(&header);
    template_free(template);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_error_t json_error;
    if (!input)
        input =
            json_loads("{\"s\": \"../a b\\r\\nX: 1\", \"e\": \"\", \"d\": \"..\", \"n\": 7, \"l\": [1.5, null]}",
                       0, &json_error);
    char *text = malloc(size + 1);
    assert(text && input);
    memcpy(text, data, size);
    text[size] = '\0';
    fuzz_json(data, size);
    fuzz_text(text);
    free(text);
    return 0;
}
