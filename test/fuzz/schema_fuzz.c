/* Fuzzes schemas: a line with a schema, then a value. Whatever both are, a check ends, and tells everything or
 * that it takes too long; and the logic of schemas holds. */
#include "base/buf.h"
#include "base/limits.h"
#include "definition/schema.h"
#include "definition/syntax.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct schema *compile(json_t *json)
{
    struct findings findings;
    struct parse parse = {.findings = &findings};
    findings_init(&findings);
    buf_init(&parse.path, (size_t)2 * LIMIT_DEFINITION_BYTES);
    buf_puts(&parse.path, "/input/schema");
    struct schema *schema = schema_compile(&parse, json);
    assert((schema == NULL) == (findings.errors_count > 0));
    assert(strcmp(buf_text(&parse.path), "/input/schema") == 0);
    for (size_t i = 0; i < findings.count; i++)
        assert(strncmp(findings.list[i].pointer, "/input/schema", 13) == 0);
    buf_done(&parse.path);
    findings_done(&findings);
    return schema;
}

enum verdict { FITS, VIOLATES, TIRES };

static enum verdict check(const struct schema *schema, json_t *value)
{
    struct findings findings;
    findings_init(&findings);
    bool fits = schema_check(schema, value, "/input", &findings);
    bool tires = false;
    assert(fits == (findings.count == 0) && findings.count <= LIMIT_SCHEMA_VIOLATIONS + 1);
    for (size_t i = 0; i < findings.count; i++) {
        assert(strncmp(findings.list[i].pointer, "/input", 6) == 0);
        tires = tires || strcmp(findings.list[i].code, "E607") == 0;
    }
    findings_done(&findings);
    return tires ? TIRES : fits ? FITS : VIOLATES;
}

/* The schema in another one, whose verdict follows. */
static void check_within(json_t *outer, json_t *value, enum verdict expected)
{
    struct schema *schema = compile(outer);
    if (schema) {
        enum verdict found = check(schema, value);
        assert(found == expected || found == TIRES);
    }
    schema_free(schema);
    json_decref(outer);
}

static json_t *read_json(const char *text, size_t size)
{
    struct findings findings;
    findings_init(&findings);
    json_t *json = syntax_read(text, size, &findings);
    findings_done(&findings);
    return json;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    const char *end = size ? memchr(text, '\n', size) : NULL;
    size_t length = end ? (size_t)(end - text) : 0;
    json_t *json = length ? read_json(text, length) : NULL;
    json_t *value = json ? read_json(end + 1, size - length - 1) : NULL;
    struct schema *schema = value ? compile(json) : NULL;
    enum verdict verdict = schema ? check(schema, value) : TIRES;
    if (schema && verdict != TIRES && !memchr(text, '$', length) && !memchr(text, '\\', length)) {
        check_within(json_pack("{s:O}", "not", json), value, verdict == FITS ? VIOLATES : FITS);
        check_within(json_pack("{s:[O,O]}", "allOf", json, json), value, verdict);
        check_within(json_pack("{s:[b,O]}", "anyOf", 0, json), value, verdict);
        check_within(json_pack("{s:{s:O},s:[{s:s}]}", "$defs", "a", json, "oneOf", "$ref", "#/$defs/a"), value,
                     verdict);
        check_within(json_pack("{s:O,s:b,s:b}", "if", json, "then", 1, "else", 0), value, verdict);
    }
    schema_free(schema);
    json_decref(value);
    json_decref(json);
    return 0;
}
