/* Fuzzes the way of a saga file, from bytes to plan. Build with clang -fsanitize=fuzzer,address,undefined; the
 * corpus to begin with is test/unit/sagas. */
#include "definition/definition.h"

#include <assert.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is printed is one line for each finding, valid JSON, and placed within the file. */
static void check_findings(const struct findings *findings, size_t size)
{
    struct buf buf;
    buf_init(&buf, (size_t)16 << 20);
    findings_print_json(findings, &buf);
    json_t *json = json_loadb(buf_text(&buf), buf.length, JSON_REJECT_DUPLICATES, NULL);
    assert(json_array_size(json) == findings->count);
    json_decref(json);
    buf_clear(&buf);
    findings_print(findings, "f", &buf);
    size_t lines = 0;
    for (size_t i = 0; i < buf.length; i++)
        lines += buf.data[i] == '\n';
    assert(lines == findings->count + findings->cut);
    for (size_t i = 0; i < findings->count; i++) {
        assert(findings->list[i].line >= 1 && findings->list[i].line <= size + 1);
        assert(findings->list[i].column >= 1 && findings->list[i].column <= size + 1);
    }
    buf_done(&buf);
}

/* What was accepted is accepted again in its canonical form, and stays the same. */
static void check_definition(const struct definition *definition)
{
    struct findings findings;
    findings_init(&findings);
    assert(plan_valid(&definition->plan));
    struct definition *again = definition_parse(definition->text, definition->text_length, &findings);
    assert(again && strcmp(again->text, definition->text) == 0);
    assert(again->plan.steps_count == definition->plan.steps_count);
    assert(again->plan.needs_count == definition->plan.needs_count);
    for (unsigned i = 0; i < again->plan.needs_count; i++)
        assert(again->plan.needs[i] == definition->plan.needs[i]);
    definition_free(again);
    findings_done(&findings);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct findings findings;
    findings_init(&findings);
    struct definition *definition = definition_parse((const char *)data, size, &findings);
    assert((definition == NULL) == (findings.errors_count > 0));
    check_findings(&findings, size);
    if (definition)
        check_definition(definition);
    definition_free(definition);
    findings_done(&findings);
    return 0;
}
