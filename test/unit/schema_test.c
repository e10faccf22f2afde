/* definition/schema: what is wrong with a schema, what an input violates and how that is said, limits. The meaning
 * of the keywords is tested by schema_suite_test. */
#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"
#include "unit/schema_support.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

static void check_schema(const char *text, bool taken, const char *expected)
{
    char *findings = NULL;
    struct schema *schema = support_schema_text(text, &findings);
    CU_ASSERT_EQUAL(schema != NULL, taken);
    CU_ASSERT_STRING_EQUAL(findings, expected);
    if (strcmp(findings, expected) != 0)
        printf("\n%s gives\n%s", text, findings);
    mem_free(findings);
    schema_free(schema);
}

static void wrong_values(void)
{
    check_schema("7", false, " E601 a schema is an object, true or false, found a whole number\n");
    check_schema(
        "{'type': 'int'}", false,
        "/type E601 a type is one of seven names, found \"int\" (string, integer, number, boolean, object, "
        "array or null)\n");
    check_schema("{'type': ['string', 'Integer']}", false,
                 "/type/1 E601 a type is one of seven names, found \"Integer\" (did you mean \"integer\"?)\n");
    check_schema("{'type': []}", false, "/type E601 \"type\" is a type or a list of types, found an array\n");
    check_schema("{'enum': [], 'const': null}", false,
                 "/enum E601 \"enum\" is a list of values, found an array\n");
    check_schema("{'minLength': -1, 'maxItems': 1.5, 'minItems': '2', 'maxLength': 3.0, 'minProperties': 1e300}",
                 false,
                 "/minLength E601 \"minLength\" is a whole number from 0 on, found -1\n"
                 "/maxItems E601 \"maxItems\" is a whole number from 0 on, found 1.5\n"
                 "/minItems E601 \"minItems\" is a whole number from 0 on, found \"2\"\n"
                 "/minProperties E601 \"minProperties\" is a whole number from 0 on, found 1e+300\n");
    check_schema("{'minimum': '1', 'exclusiveMaximum': true, 'multipleOf': 0}", false,
                 "/minimum E601 \"minimum\" is a number, found \"1\"\n"
                 "/exclusiveMaximum E601 \"exclusiveMaximum\" is a number, found true\n"
                 "/multipleOf E601 \"multipleOf\" is a number above 0, found 0\n");
    check_schema("{'required': 'a', 'dependentRequired': {'a': [1], 'b': 'c'}, 'uniqueItems': 1}", false,
                 "/required E601 expected a list of names, found a text\n"
                 "/dependentRequired/a/0 E601 a member's name is a text, found a whole number\n"
                 "/dependentRequired/b E601 expected a list of names, found a text\n"
                 "/uniqueItems E601 \"uniqueItems\" is true or false, found 1\n");
    check_schema(
        "{'properties': {'a/b~': 1, 'c': {'items': 2}}, 'allOf': [], 'anyOf': {}, 'not': null, '$defs': 1}", false,
        "/properties/a~1b~0 E601 a schema is an object, true or false, found a whole number\n"
        "/properties/c/items E601 a schema is an object, true or false, found a whole number\n"
        "/allOf E601 \"allOf\" is a list of schemas, found an array\n"
        "/anyOf E601 \"anyOf\" is a list of schemas, found an object\n"
        "/not E601 a schema is an object, true or false, found null\n"
        "/$defs E601 \"$defs\" is an object, found 1\n");
}

static void refused_keywords(void)
{
    check_schema(
        "{'unevaluatedProperties': false, 'items': [{}], 'dependencies': {}}", false,
        "/unevaluatedProperties E602 Belay does not support \"unevaluatedProperties\" "
        "(\"additionalProperties\" is for what \"properties\" does not list)\n"
        "/items E602 \"items\" is one schema for all items, found an array (since 2020-12 the list is called "
        "\"prefixItems\")\n"
        "/dependencies E602 Belay does not support \"dependencies\" (since 2019-09: \"dependentRequired\" or "
        "\"dependentSchemas\")\n");
    check_schema("{'$id': 'https://example.com/order', 'items': {'$id': 'x'}}", false,
                 "/items/$id E602 Belay does not support \"$id\" but for the whole schema\n");
}

static void words_without_effect(void)
{
    check_schema(
        "{'minlength': 1, 'format': 'datetime', 'x-note': 1, 'title': 't', 'whatever': [], 'propertys': {}}", true,
        "/minlength W601 \"minlength\" is no keyword of JSON Schema and has no effect (did you mean "
        "\"minLength\"?)\n"
        "/format W601 the format \"datetime\" has no effect (did you mean \"date-time\"?)\n"
        "/propertys W601 \"propertys\" is no keyword of JSON Schema and has no effect (did you mean "
        "\"properties\"?)\n");
    check_schema(
        "{'items': {'format': 'hostname'}, 'contains': {'format': 'my-own-thing'}}", true,
        "/items/format W601 the format \"hostname\" is not checked (date-time, date, time, uuid and email "
        "are)\n");
    check_schema("true", true, "");
    check_schema("{}", true, "");
}

static void references(void)
{
    static const char hint[] = " (\"#/$defs/NAME\" leads to the member NAME of the \"$defs\" of the schema)\n";
    char expected[600];
    snprintf(expected, sizeof expected,
             "/properties/a/$ref E603 \"$ref\": \"#/$defs/adress\" leads to nothing%s"
             "/properties/b/$ref E603 \"$ref\": \"other.json#/a\" does not lead to a place in this schema%s"
             "/properties/c/$ref E603 \"$ref\": \"#name\" does not lead to a place in this schema%s",
             hint, hint, hint);
    check_schema("{'$defs': {'address': {}}, 'properties': {'a': {'$ref': '#/$defs/adress'}, "
                 "'b': {'$ref': 'other.json#/a'}, 'c': {'$ref': '#name'}}}",
                 false, expected);
    check_schema("{'$ref': '#/a%2'}", false,
                 "/$ref E603 \"$ref\": \"#/a%2\" has a broken escape (%25 is a \"%\", ~0 a \"~\", ~1 a \"/\")\n");
    check_schema("{'$ref': '#/~2'}", false,
                 "/$ref E603 \"$ref\": \"#/~2\" has a broken escape (%25 is a \"%\", ~0 a \"~\", ~1 a \"/\")\n");
    check_schema(
        "{'items': {'$ref': '#/x/y'}, 'x': {'y': {'type': 'text'}}}", false,
        "/x/y/type E601 a type is one of seven names, found \"text\" (string, integer, number, boolean, object, "
        "array or null)\n");
    check_schema("{'$defs': {'a': {'items': {'$ref': '#/$defs/a'}}}, '$ref': '#/$defs/a'}", true, "");
}

static void loops(void)
{
    static const char *const texts[] = {"{'$ref': '#'}",
                                        "{'allOf': [{'$ref': '#'}]}",
                                        "{'anyOf': [{}, {'not': {'$ref': '#'}}]}",
                                        "{'$defs': {'a': {'$ref': '#/$defs/b'}, 'b': {'$ref': '#/$defs/a'}}}",
                                        "{'if': {'$ref': '#'}}",
                                        "{'dependentSchemas': {'a': {'$ref': '#'}}}"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char *findings = NULL;
        struct schema *schema = support_schema_text(texts[i], &findings);
        CU_ASSERT_PTR_NULL(schema);
        CU_ASSERT_PTR_NOT_NULL(strstr(findings, "leads back to itself, through no member and no item"));
        CU_ASSERT_PTR_NULL(strchr(strchr(findings, '\n') + 1, '\n')); /* one is enough */
        mem_free(findings);
        schema_free(schema);
    }
}

static void patterns(void)
{
    check_schema(
        "{'pattern': '^(a', 'patternProperties': {'[': true}}", false,
        "/pattern E604 the pattern cannot be used: a \"(\" without its \")\" (a bracket itself is \\()\n"
        "/patternProperties/[ E604 the pattern cannot be used: \"[\" without its \"]\" (a bracket itself is "
        "\\[)\n");
}

static void check_value(const char *schema_text, const char *value_text, const char *expected)
{
    char *findings = NULL;
    struct schema *schema = support_schema_text(schema_text, &findings);
    json_t *value = support_json(value_text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(schema);
    char *found = support_violations(schema, value);
    CU_ASSERT_STRING_EQUAL(found, expected);
    if (strcmp(found, expected) != 0)
        printf("\n%s on %s gives\n%s", schema_text, value_text, found);
    mem_free(found);
    mem_free(findings);
    json_decref(value);
    schema_free(schema);
}

static void violations_of_texts_and_numbers(void)
{
    check_value("{'type': ['string', 'null']}", "7", " E606 expected a text or null, found 7\n");
    check_value("{'type': 'integer'}", "1.5", " E606 expected a whole number, found 1.5\n");
    check_value("{'type': 'integer'}", "2.0", "");
    check_value("{'enum': ['red', 'green', 1, null]}", "'gren'",
                " E606 expected one of \"red\", \"green\", 1, null, found \"gren\" (did you mean \"green\"?)\n");
    check_value("{'const': 'EUR'}", "'USD'", " E606 expected \"EUR\", found \"USD\"\n");
    check_value("{'const': {'a': 1}}", "{'a': 2}",
                " E606 expected exactly what stands in \"const\": an object, found an object\n");
    check_value("{'minimum': 1, 'multipleOf': 0.01}", "-0.005",
                " E606 expected at least 1, found -0.005\n E606 expected a multiple of 0.01, found -0.005\n");
    check_value("{'exclusiveMinimum': 0, 'maximum': 9007199254740992}", "9007199254740993",
                " E606 expected at most 9007199254740992, found 9007199254740993\n");
    check_value("{'exclusiveMinimum': 0}", "0", " E606 expected more than 0, found 0\n");
    check_value("{'exclusiveMaximum': 10}", "1e1", " E606 expected less than 10, found 10\n");
    check_value("{'minLength': 2}", "'\xc3\xa9'", " E606 expected at least 2 characters, found 1\n");
    check_value("{'maxLength': 1}", "'\xc3\xa9\xc3\xa9'", " E606 expected at most 1 character, found 2\n");
    check_value("{'pattern': '^[A-Z]{3}$'}", "'eur'",
                " E606 expected a text that matches ^[A-Z]{3}$, found \"eur\"\n");
    check_value(
        "{'format': 'uuid'}", "'1234'",
        " E606 expected a text of the format \"uuid\", such as 123e4567-e89b-12d3-a456-426614174000, found "
        "\"1234\"\n");
    check_value("{'type': 'null'}", "'123456789012345678901234567890123456789012345678\xe2\x82\xac'",
                " E606 expected null, found \"123456789012345678901234567890123456789012345678...\"\n");
}

static void violations_of_arrays_and_objects(void)
{
    check_value(
        "{'items': {'type': 'string'}, 'minItems': 3, 'uniqueItems': true}", "[1, 1.0]",
        "/0 E606 expected a text, found 1\n/1 E606 expected a text, found 1\n"
        " E606 expected at least 3 items, found 2\n/1 E606 expected every item once, found items 0 and 1 equal\n");
    check_value("{'prefixItems': [true, {'const': 1}], 'items': false, 'maxItems': 2}", "[0, 2, 3]",
                "/1 E606 expected 1, found 2\n/2 E606 expected nothing here, found 3\n"
                " E606 expected at most 2 items, found 3\n");
    check_value("{'contains': {'const': 1}}", "[2]",
                " E606 expected at least 1 item as \"contains\" describes, found 0\n");
    check_value("{'contains': {'const': 1}, 'minContains': 0, 'maxContains': 1}", "[1, 1]",
                " E606 expected at most 1 item as \"contains\" describes, found 2\n");
    check_value("{'required': ['a', 'b/c'], 'minProperties': 2}", "{}",
                " E606 expected the member \"a\", found none\n E606 expected the member \"b/c\", found none\n"
                " E606 expected at least 2 members, found 0\n");
    check_value(
        "{'properties': {'cents': {'type': 'integer'}, 'a/b': {'type': 'null'}}, 'additionalProperties': false}",
        "{'cents': '9', 'a/b': 1, 'cent': 3, 'zebra': 4}",
        "/cents E606 expected a whole number, found \"9\"\n/a~1b E606 expected null, found 1\n"
        "/cent E606 expected no member but those of the schema, found \"cent\" (did you mean \"cents\"?)\n"
        "/zebra E606 expected no member but those of the schema, found \"zebra\"\n");
    check_value("{'patternProperties': {'^x-': {'type': 'string'}}, 'additionalProperties': {'type': 'null'}}",
                "{'x-a': 1, 'y': 2, 'x-b': 'c'}",
                "/x-a E606 expected a text, found 1\n/y E606 expected null, found 2\n");
    check_value("{'propertyNames': {'maxLength': 2}, 'maxProperties': 1}", "{'abc': 1, 'd': 2}",
                "/abc E606 expected at most 2 characters, found 3\n E606 expected at most 1 member, found 2\n");
    check_value("{'dependentRequired': {'card': ['cvc']}, 'dependentSchemas': {'iban': {'required': ['bic']}}}",
                "{'card': 1, 'iban': 2}",
                " E606 expected the member \"cvc\" beside \"card\", found none\n"
                " E606 expected the member \"bic\", found none\n");
}

static void violations_of_combinations(void)
{
    check_value("{'anyOf': [{'type': 'string'}, {'type': 'object', 'required': ['id']}]}", "{}",
                " E606 expected the member \"id\", found none\n");
    check_value("{'oneOf': [{'minimum': 3}, {'maximum': 1}]}", "2",
                " E606 expected one of the 2 alternatives of \"oneOf\", found 2\n");
    check_value("{'oneOf': [{'minimum': 3}, {'maximum': 5}]}", "4",
                " E606 expected to fit one alternative of \"oneOf\" only, found that 2 of 2 fit\n");
    check_value("{'not': {'type': 'null'}}", "null",
                " E606 expected anything but what \"not\" describes, found null\n");
    check_value(
        "{'if': {'required': ['express']}, 'then': {'required': ['phone']}, 'else': {'required': ['mail']}}",
        "{'express': true}", " E606 expected the member \"phone\", found none\n");
    check_value("{'allOf': [{'minimum': 5}, {'multipleOf': 2}]}", "3",
                " E606 expected at least 5, found 3\n E606 expected a multiple of 2, found 3\n");
    check_value(
        "{'$defs': {'tree': {'properties': {'left': {'$ref': '#/$defs/tree'}, 'value': {'type': 'integer'}}}}, "
        "'$ref': '#/$defs/tree'}",
        "{'left': {'left': {'value': 'x'}, 'value': 1}}",
        "/left/left/value E606 expected a whole number, found \"x\"\n");
}

static void decimals(void)
{
    check_value("{'multipleOf': 0.01}", "19.99", "");
    check_value("{'multipleOf': 0.01}", "1e300", "");
    check_value("{'multipleOf': 1e-300}", "7", "");
    check_value("{'multipleOf': 7}", "7e20", "");
    check_value("{'multipleOf': 3}", "1e20", " E606 expected a multiple of 3, found 1e+20\n");
    check_value("{'multipleOf': 1e20}", "7", " E606 expected a multiple of 1e+20, found 7\n");
    check_value("{'multipleOf': 0.3}", "-0.9", "");
    check_value("{'multipleOf': 9223372036854775807}", "-9223372036854775807", "");
    check_value("{'multipleOf': 2}", "-9223372036854775808", "");
    check_value("{'multipleOf': 0.0001}", "0.00751", " E606 expected a multiple of 0.0001, found 0.00751\n");
    check_value("{'multipleOf': 5}", "0.0", "");
}

/* `before`, `count` times `unit`, `after`; single quotes for double ones. */
static json_t *repeated(const char *before, const char *unit, size_t count, const char *after)
{
    struct buf buf;
    buf_init(&buf, (size_t)8 << 20);
    buf_puts(&buf, before);
    for (size_t i = 0; i < count; i++)
        buf_printf(&buf, "%s%s", i ? "," : "", unit);
    buf_puts(&buf, after);
    json_t *json = support_json(buf_text(&buf));
    buf_done(&buf);
    return json;
}

static void limits_of_schemas(void)
{
    char *findings = NULL;
    json_t *json = repeated("{'anyOf':[", "{}", LIMIT_SCHEMA_NODES - 1, "]}");
    struct schema *schema = support_schema(json, NULL);
    CU_ASSERT_PTR_NOT_NULL(schema);
    schema_free(schema);
    json_decref(json);
    json = repeated("{'anyOf':[", "{'$ref':'#/x'}", 3 * LIMIT_SCHEMA_NODES, "],'x':{'anyOf':[{}]}}");
    CU_ASSERT_PTR_NULL(support_schema(json, &findings));
    CU_ASSERT_STRING_EQUAL(findings, "/anyOf/9999 E605 a schema has at most 10000 schemas in it\n");
    mem_free(findings);
    json_decref(json);
    json = repeated("{'anyOf':[", "{'pattern':'^a{1000}$'}", 100, "]}");
    CU_ASSERT_PTR_NULL(support_schema(json, &findings));
    CU_ASSERT_PTR_NOT_NULL(strstr(findings, "E605 the patterns of a schema are too large together"));
    mem_free(findings);
    json_decref(json);
}

/* A way of references that is as long as a schema can hold. */
static void long_ways(void)
{
    struct buf buf;
    char *findings = NULL;
    buf_init(&buf, (size_t)4 << 20);
    buf_puts(&buf, "{'$ref':'#/$defs/a0','$defs':{");
    for (int i = 0; i < 5000; i++)
        buf_printf(&buf, "'a%d':{'$ref':'#/$defs/a%d'},", i, i + 1);
    buf_puts(&buf, "'a5000':{}}}");
    struct schema *schema = support_schema_text(buf_text(&buf), &findings);
    CU_ASSERT_PTR_NULL(schema);
    CU_ASSERT_PTR_NOT_NULL(strstr(findings, "is the end of too long a way of references"));
    mem_free(findings);
    buf_done(&buf);
}

static void check_tiring(const char *schema_text, json_t *value)
{
    char *findings = NULL;
    struct schema *schema = support_schema_text(schema_text, &findings);
    CU_ASSERT_PTR_NOT_NULL_FATAL(schema);
    char *found = support_violations(schema, value);
    if (!strstr(found, " E607 "))
        printf("\n%s gives %.200s", schema_text, found);
    CU_ASSERT_PTR_NOT_NULL(strstr(found, " E607 expected to be done with \"input.schema\" within 2000000 steps"));
    mem_free(found);
    mem_free(findings);
    json_decref(value);
    schema_free(schema);
}

static void limits_of_checks(void)
{
    json_t *deep = json_array();
    for (int i = 0; i < 60; i++) {
        json_t *outer = json_array();
        json_array_append_new(outer, deep);
        deep = outer;
    }
    /* two ways at each level: 2^60 */
    check_tiring("{'anyOf': [{'items': {'$ref': '#'}, 'minItems': 2}, {'items': {'$ref': '#'}, 'minItems': 2}]}",
                 json_incref(deep));
    /* 60 levels with ten schemas each that look at the same value */
    check_tiring(
        "{'$defs': {'d': {'allOf': [{'allOf': [{'allOf': [{'allOf': [{'allOf': [{'allOf': [{'items': {'$ref': "
        "'#/$defs/d'}}]}]}]}]}]}]}}, '$ref': '#/$defs/d'}",
        deep);
    /* 880,000 characters, thirty places of the pattern for each */
    check_tiring("{'items': {'pattern': '^(a|b|c|d|e|f|g|h|i|j)*!$'}}",
                 repeated("[", "'aaaaaaaaaa!'", 80000, "]"));
}

static void many_violations(void)
{
    json_t *value = repeated("[", "1", 100000, "]");
    struct schema *schema = support_schema_text("{'items': {'type': 'string'}}", NULL);
    char *found = support_violations(schema, value);
    size_t lines = 0;
    for (const char *at = found; *at; at++)
        lines += *at == '\n';
    CU_ASSERT_EQUAL(lines, LIMIT_SCHEMA_VIOLATIONS);
    mem_free(found);
    schema_free(schema);
    json_decref(value);
}

/* The square of their number would be over the limit. */
static void many_unique_items(void)
{
    struct buf buf;
    buf_init(&buf, (size_t)1 << 20);
    for (int i = 0; i < 10000; i++)
        buf_printf(&buf, "%s{'sku':'s%d','n':[%d,1.5]}", i ? "," : "[", i, i);
    json_t *value = support_json((buf_putc(&buf, ']'), buf_text(&buf)));
    struct schema *schema = support_schema_text("{'uniqueItems': true}", NULL);
    CU_ASSERT_TRUE(support_fits(schema, value));
    json_array_append_new(value, support_json("{'n':[77.0,1.5],'sku':'s77'}"));
    char *found = support_violations(schema, value);
    CU_ASSERT_STRING_EQUAL(found, "/10000 E606 expected every item once, found items 77 and 10000 equal\n");
    mem_free(found);
    schema_free(schema);
    json_decref(value);
    buf_done(&buf);
}

void schema_test_suite(void);
void schema_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("definition/schema", NULL, NULL);
    CU_add_test(suite, "values that no keyword has", wrong_values);
    CU_add_test(suite, "keywords that are refused", refused_keywords);
    CU_add_test(suite, "words without effect are warned of", words_without_effect);
    CU_add_test(suite, "references lead somewhere", references);
    CU_add_test(suite, "schemas that lead back to themselves", loops);
    CU_add_test(suite, "patterns that cannot be used", patterns);
    CU_add_test(suite, "violations: texts and numbers", violations_of_texts_and_numbers);
    CU_add_test(suite, "violations: arrays and objects", violations_of_arrays_and_objects);
    CU_add_test(suite, "violations: combinations", violations_of_combinations);
    CU_add_test(suite, "multiples are counted in decimals", decimals);
    CU_add_test(suite, "limits of a schema", limits_of_schemas);
    CU_add_test(suite, "a long way of references", long_ways);
    CU_add_test(suite, "limits of a check", limits_of_checks);
    CU_add_test(suite, "the first hundred violations", many_violations);
    CU_add_test(suite, "ten thousand items are told apart", many_unique_items);
}
