/* definition/findings: collecting, cutting, placing, printing. */
#include "definition/findings.h"

#include "base/limits.h"
#include "definition/rules.h"

#include <CUnit/Basic.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

static void printed(void)
{
    static const char text[] = "{\n  \"steps\": [\n    { \"id\": \"a\" }\n  ] }";
    struct findings findings;
    struct buf buf;
    buf_init(&buf, 10000);
    findings_init(&findings);
    findings_add(&findings, "W101", "", "add one", "no timeout");
    findings_add(&findings, "E401", "/steps/0", NULL, "\"%s\" cannot be undone", "a");
    findings_add(&findings, "E301", "/steps/0/id", "use \"b\"", "bad id");
    findings_place(&findings, text, strlen(text));
    findings_print(&findings, "x.json", &buf);
    CU_ASSERT_STRING_EQUAL(buf_text(&buf), "x.json:1:1: W101 no timeout (add one)\n"
                                           "x.json:3:5: E401 \"a\" cannot be undone\n"
                                           "x.json:3:7: E301 bad id (use \"b\")\n");
    CU_ASSERT_EQUAL(findings.errors_count, 2);
    CU_ASSERT_FALSE(findings.cut);
    buf_done(&buf);
    findings_done(&findings);
    CU_ASSERT_EQUAL(findings.count, 0);
}

static void printed_as_json(void)
{
    struct findings findings;
    struct buf buf;
    buf_init(&buf, 10000);
    findings_init(&findings);
    findings_print_json(&findings, &buf);
    CU_ASSERT_STRING_EQUAL(buf_text(&buf), "[]");
    buf_clear(&buf);
    findings_add(&findings, "E201", "/a\"b", "say \"c\"", "\"a\\b\" is wrong");
    findings_add(&findings, "E202", "", NULL, "missing");
    findings_place(&findings, "{}", 2);
    findings_print_json(&findings, &buf);
    json_t *json = json_loads(buf_text(&buf), 0, NULL);
    CU_ASSERT_EQUAL_FATAL(json_array_size(json), 2);
    const json_t *first = json_array_get(json, 0);
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(first, "pointer")), "/a\"b");
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(first, "message")), "\"a\\b\" is wrong");
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(first, "hint")), "say \"c\"");
    CU_ASSERT_EQUAL(json_integer_value(json_object_get(first, "line")), 1);
    CU_ASSERT_PTR_NULL(json_object_get(json_array_get(json, 1), "hint"));
    json_decref(json);
    buf_done(&buf);
    findings_done(&findings);
}

static void cut_but_counted(void)
{
    struct findings findings;
    findings_init(&findings);
    for (int i = 0; i < LIMIT_FINDINGS; i++)
        CU_ASSERT_PTR_NOT_NULL(findings_add(&findings, "W101", "", NULL, "warning %d", i));
    CU_ASSERT_FALSE(findings.cut);
    CU_ASSERT_PTR_NULL(findings_add(&findings, "E101", "", NULL, "the error behind them"));
    CU_ASSERT_TRUE(findings.cut);
    CU_ASSERT_EQUAL(findings.count, LIMIT_FINDINGS);
    CU_ASSERT_EQUAL(findings.errors_count, 1);
    struct buf buf;
    buf_init(&buf, 1 << 20);
    findings_place(&findings, "{}", 2);
    findings_print(&findings, "x", &buf);
    CU_ASSERT_PTR_NOT_NULL(strstr(buf_text(&buf), "x: more findings were left out"));
    buf_done(&buf);
    findings_done(&findings);
}

static void hostile_texts(void)
{
    struct findings findings;
    findings_init(&findings);
    struct finding *finding =
        findings_add(&findings, "E101", "", "hint\x1b[2J", "a\x1b[31m\nb\x7f\xff\xc2\x9bgr\xc3\xb6\xc3\x9f");
    CU_ASSERT_STRING_EQUAL(finding->message, "a?[31m?b???gr\xc3\xb6\xc3\x9f");
    CU_ASSERT_STRING_EQUAL(finding->hint, "hint?[2J");

    static char pointer[3 * FINDING_POINTER_BYTES];
    memset(pointer, 'x', sizeof pointer - 1);
    pointer[0] = '/';
    finding = findings_add(&findings, "E101", pointer, NULL, "one endless key");
    CU_ASSERT_STRING_EQUAL(finding->pointer, "");
    pointer[7] = '/';
    finding = findings_add(&findings, "E101", pointer, NULL, "an endless key below a short one");
    CU_ASSERT_STRING_EQUAL(finding->pointer, "/xxxxxx");
    pointer[FINDING_POINTER_BYTES] = '/';
    finding = findings_add(&findings, "E101", pointer, NULL, "just fits");
    CU_ASSERT_EQUAL(strlen(finding->pointer), FINDING_POINTER_BYTES);

    static char message[10 * FINDING_TEXT_BYTES];
    memset(message, 'm', sizeof message - 1);
    finding = findings_add(&findings, "E101", "", NULL, "%s", message);
    CU_ASSERT_EQUAL(strlen(finding->message), FINDING_TEXT_BYTES - 1);
    findings_done(&findings);
}

static void keeps_known_positions(void)
{
    struct findings findings;
    findings_init(&findings);
    struct finding *finding = findings_add(&findings, "E102", "/a", NULL, "twice");
    finding->line = 7;
    finding->column = 9;
    findings_add(&findings, "E202", "/a", NULL, "once");
    findings_place(&findings, "{ \"a\": 1 }", 10);
    CU_ASSERT_EQUAL(findings.list[0].line, 1);
    CU_ASSERT_EQUAL(findings.list[0].column, 3);
    CU_ASSERT_EQUAL(findings.list[1].line, 7);
    CU_ASSERT_EQUAL(findings.list[1].column, 9);
    findings_done(&findings);
}

static void rules_are_a_table(void)
{
    for (int i = 0; i < RULES_COUNT; i++) {
        const struct rule_text *rule = rule_get((enum rule)i);
        CU_ASSERT_EQUAL(strlen(rule->code), 4);
        CU_ASSERT_EQUAL(rule->code[0] == 'W', rule->severity == SEVERITY_WARNING);
        CU_ASSERT_TRUE(strlen(rule->meaning) > 10 && strlen(rule->wrong) > 1 && strlen(rule->right) > 1);
        CU_ASSERT_STRING_NOT_EQUAL(rule->wrong, rule->right);
        for (int k = 0; k < i; k++)
            CU_ASSERT_TRUE(strcmp(rule_code((enum rule)k), rule->code) < 0);
    }
}

void findings_test_suite(void);
void findings_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("definition/findings", NULL, NULL);
    CU_add_test(suite, "prints one line each, sorted by position", printed);
    CU_add_test(suite, "prints JSON", printed_as_json);
    CU_add_test(suite, "keeps the first thousand and counts the errors behind them", cut_but_counted);
    CU_add_test(suite, "lets no control character and no endless text through", hostile_texts);
    CU_add_test(suite, "keeps a position that is known", keeps_known_positions);
    CU_add_test(suite, "codes are unique, sorted and explained", rules_are_a_table);
}
