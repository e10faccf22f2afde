/* Helpers of the tests of schemas. */
#include "unit/schema_support.h"

#include "base/mem.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

static char *print(const struct findings *findings)
{
    struct buf buf;
    buf_init(&buf, (size_t)4 << 20);
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->list[i];
        buf_printf(&buf, "%s %s %s", finding->pointer, finding->code, finding->message);
        if (finding->hint)
            buf_printf(&buf, " (%s)", finding->hint);
        buf_putc(&buf, '\n');
    }
    char *text = mem_string(buf_text(&buf));
    buf_done(&buf);
    return text;
}

struct schema *support_schema(json_t *json, char **findings)
{
    struct findings found;
    struct parse parse = {.findings = &found};
    findings_init(&found);
    buf_init(&parse.path, (size_t)4 << 20);
    struct schema *schema = schema_compile(&parse, json);
    CU_ASSERT_EQUAL(schema == NULL, found.errors_count > 0);
    CU_ASSERT_EQUAL(parse.path.length, 0);
    if (findings)
        *findings = print(&found);
    buf_done(&parse.path);
    findings_done(&found);
    return schema;
}

json_t *support_json(const char *text)
{
    json_error_t error;
    char *copy = mem_string(text);
    for (char *at = copy; *at; at++)
        if (*at == '\'')
            *at = '"';
    json_t *json = json_loads(copy, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &error);
    if (!json)
        printf("\n%s: %s", text, error.text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(json);
    mem_free(copy);
    return json;
}

struct schema *support_schema_text(const char *text, char **findings)
{
    json_t *json = support_json(text);
    struct schema *schema = support_schema(json, findings);
    json_decref(json);
    return schema;
}

char *support_violations(const struct schema *schema, json_t *value)
{
    struct findings found;
    findings_init(&found);
    bool fits = schema_check(schema, value, "", &found);
    CU_ASSERT_EQUAL(fits, found.count == 0);
    char *text = print(&found);
    findings_done(&found);
    return text;
}

bool support_fits(const struct schema *schema, json_t *value)
{
    char *violations = support_violations(schema, value);
    bool fits = *violations == '\0';
    mem_free(violations);
    return fits;
}

char *support_file(const char *path, size_t *length)
{
    char block[4096];
    struct buf buf;
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    buf_init(&buf, (size_t)1 << 22);
    for (size_t count; (count = fread(block, 1, sizeof block, file)) > 0;)
        buf_put(&buf, block, count);
    fclose(file);
    return buf_take(&buf, length);
}
