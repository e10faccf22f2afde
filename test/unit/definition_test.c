/* definition/definition: what comes out of a file, everything that is wrong in one pass, limits, hostile
 * input. */
#include "definition/definition.h"

#include "base/limits.h"
#include "base/mem.h"
#include "unit/definition_support.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

static const char order_text[] =
    "{\n"
    "  \"version\": 3, \"name\": \"place-order\", \"description\": \"Orders.\",\n"
    "  \"timeout\": \"1h\", \"output\": { \"b\": \"${ steps.pay.output }\", \"a\": 1 },\n"
    "  \"steps\": [\n"
    "    { \"id\": \"reserve\", \"participant\": \"inventory\", \"operation\": \"reserve\" },\n"
    "    { \"id\": \"hold\", \"participant\": \"inventory\", \"operation\": \"hold\", \"body\": [1], \"headers\": "
    "{\"X-A\": \"b\"} },\n"
    "    { \"id\": \"big\", \"when\": \"input.cents > 5\", \"steps\": [\n"
    "      { \"id\": \"pay\", \"participant\": \"payments\", \"when\": \"input.cents > 9\",\n"
    "        \"action\": { \"request\": \"PUT /pay/${ input.id }?x=1\", \"body\": { \"z\": 1, \"a\": \"${ "
    "input.cents }\" } },\n"
    "        \"compensation\": { \"request\": \"DELETE /pay/${ steps.pay.key }\" } } ] }\n"
    "  ]\n"
    "}\n";

static void what_comes_out(void)
{
    char *printed = NULL;
    struct definition *definition = support_parse(order_text, strlen(order_text), &printed);
    CU_ASSERT_PTR_NOT_NULL_FATAL(definition);
    CU_ASSERT_STRING_EQUAL(printed, "saga:3:41: W103 \"pay\" may be skipped and then has no output "
                                    "(ask with has(steps.pay.output))\n");
    CU_ASSERT_STRING_EQUAL(definition->name, "place-order");
    CU_ASSERT_EQUAL(definition->version, 3);
    CU_ASSERT_STRING_EQUAL(definition->description, "Orders.");
    CU_ASSERT_PTR_NOT_NULL(definition->output);
    CU_ASSERT_EQUAL(definition->text_length, strlen(definition->text));
    CU_ASSERT_NSTRING_EQUAL(definition->text, "{\"version\":3,\"name\":\"place-order\",\"desc", 38);
    CU_ASSERT_PTR_NULL(strchr(definition->text, '\n'));

    CU_ASSERT_EQUAL(definition_find_step(definition, "pay"), 3);
    CU_ASSERT_EQUAL(definition_find_step(definition, "big"), 2);
    CU_ASSERT_EQUAL(definition_find_step(definition, "nobody"), -1);
    mem_free(printed);
    definition_free(definition);
    definition_free(NULL);
}

static void requests(void)
{
    struct definition *definition = support_parse(order_text, strlen(order_text), NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(definition);
    const struct step_spec *reserve = &definition->steps[0];
    CU_ASSERT_TRUE(reserve->operation && reserve->action.body_input && reserve->undo.body_input);
    CU_ASSERT_STRING_EQUAL(reserve->undo.method, "POST");
    CU_ASSERT_PTR_NULL(reserve->undo.body);
    CU_ASSERT_TRUE(template_constant(reserve->action.path) && template_constant(reserve->undo.path));
    CU_ASSERT_PTR_NULL(reserve->when);

    const struct step_spec *hold = &definition->steps[1];
    CU_ASSERT_FALSE(hold->action.body_input || hold->undo.body_input);
    CU_ASSERT_PTR_NOT_NULL(hold->undo.body);
    CU_ASSERT_EQUAL(hold->undo.headers_count, 1);
    CU_ASSERT_STRING_EQUAL(hold->undo.headers[0].name, "X-A");

    CU_ASSERT_PTR_NULL(definition->steps[2].participant);
    CU_ASSERT_PTR_NULL(definition->steps[2].action.method);
    CU_ASSERT_PTR_NOT_NULL(definition->steps[2].when);

    const struct step_spec *pay = &definition->steps[3];
    struct scope scope = {0};
    struct error error;
    struct buf buf;
    buf_init(&buf, 1000);
    CU_ASSERT_STRING_EQUAL(pay->participant, "payments");
    CU_ASSERT_STRING_EQUAL(pay->action.method, "PUT");
    CU_ASSERT_STRING_EQUAL(pay->undo.method, "DELETE");
    CU_ASSERT_PTR_NULL(pay->undo.body);
    CU_ASSERT_FALSE(pay->undo.body_input || pay->operation);
    CU_ASSERT_EQUAL(template_print_text(reserve->action.path, &scope, true, &buf, &error), 0);
    CU_ASSERT_STRING_EQUAL(buf_text(&buf), "/belay/reserve");
    buf_done(&buf);
    definition_free(definition);
}

/* The canonical text is its own canonical text, and means the same. */
static void canonical_text(void)
{
    struct definition *first = support_parse(order_text, strlen(order_text), NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(first);
    struct definition *second = support_parse(first->text, first->text_length, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(second);
    CU_ASSERT_STRING_EQUAL(first->text, second->text);
    char *one = support_plan(first);
    char *two = support_plan(second);
    CU_ASSERT_STRING_EQUAL(one, two);
    mem_free(one);
    mem_free(two);
    definition_free(first);
    definition_free(second);
}

/* What broke no rule when it was accepted runs on, whatever the rules say today; what nobody can run does not. */
static void what_was_accepted(void)
{
    static const char stricter_now[] = "{\"name\":\"old\",\"version\":1,\"steps\":[{\"id\":\"a\","
                                       "\"participant\":\"p\",\"action\":{\"request\":\"POST /a\"}}]}";
    static const char broken[] = "{\"name\":\"old\",\"version\":1,\"steps\":[{\"id\":\"a\"}]}";
    struct findings findings;
    findings_init(&findings);
    CU_ASSERT_PTR_NULL(definition_parse(stricter_now, strlen(stricter_now), &findings));
    CU_ASSERT_STRING_EQUAL(findings.list[0].code, "W101");
    CU_ASSERT_STRING_EQUAL(findings.list[1].code, "E402");
    findings_done(&findings);
    findings_init(&findings);
    struct definition *definition = definition_load(stricter_now, strlen(stricter_now), &findings);
    CU_ASSERT_PTR_NOT_NULL_FATAL(definition);
    CU_ASSERT_FALSE(definition->plan.steps[0].undoable);
    CU_ASSERT_TRUE(plan_valid(&definition->plan));
    definition_free(definition);
    CU_ASSERT_PTR_NULL(definition_load(broken, strlen(broken), &findings));
    CU_ASSERT_TRUE(findings.errors_count > 0);
    findings_done(&findings);
}

static void put_steps(struct buf *buf, int count, int width)
{
    buf_puts(buf, "{\"name\":\"s\",\"version\":1,\"timeout\":\"1h\",\"steps\":[");
    for (int i = 0; i < count; i++) {
        bool first = width > 1 && i % width == 0;
        bool last = width > 1 && i % width == width - 1;
        buf_printf(buf, "%s%s{\"id\":\"s%d\",\"participant\":\"p\",\"operation\":\"o\"}%s", i ? "," : "",
                   first ? "{\"parallel\":[" : "", i, last ? "]}" : "");
    }
    buf_puts(buf, "]}");
}

static void check_steps(int count, int width, const char *expected, unsigned needs)
{
    struct buf buf;
    char *printed = NULL;
    buf_init(&buf, LIMIT_DEFINITION_BYTES);
    put_steps(&buf, count, width);
    struct definition *definition = support_parse(buf.data, buf.length, &printed);
    CU_ASSERT_STRING_EQUAL(printed, expected);
    if (strcmp(printed, expected) != 0)
        printf("\n%s", printed);
    CU_ASSERT_EQUAL(definition ? definition->plan.needs_count : 0, needs);
    mem_free(printed);
    definition_free(definition);
    buf_done(&buf);
}

static void limits(void)
{
    check_steps(1000, 1, "", 999);
    check_steps(1001, 1, "saga:1:40: E214 a saga has at most 1000 steps and groups (make it several sagas)\n", 0);
    check_steps(400, 200, "", 40000);
    check_steps(514, 257,
                "saga:1:40: E214 the steps have 66049 dependencies, at most 65535 are possible "
                "(put one step between two wide \"parallel\" groups)\n",
                0);

    char *printed = NULL;
    char *large = mem_new(LIMIT_DEFINITION_BYTES + 1);
    memset(large, ' ', LIMIT_DEFINITION_BYTES + 1);
    memcpy(large, order_text, strlen(order_text));
    definition_free(support_parse(large, LIMIT_DEFINITION_BYTES, &printed));
    CU_ASSERT_PTR_NULL(strstr(printed, " E"));
    mem_free(printed);
    CU_ASSERT_PTR_NULL(support_parse(large, LIMIT_DEFINITION_BYTES + 1, &printed));
    CU_ASSERT_PTR_NOT_NULL(strstr(printed, "saga:1:1: E103 "));
    mem_free(printed);
    mem_free(large);
}

/* Groups go as deep as JSON may. */
static void deep_groups(void)
{
    for (int depth = 29; depth <= 31; depth++) {
        struct buf buf;
        buf_init(&buf, LIMIT_DEFINITION_BYTES);
        buf_puts(&buf, "{\"name\":\"s\",\"version\":1,\"timeout\":\"1h\",\"steps\":[");
        for (int i = 0; i < depth; i++)
            buf_puts(&buf, "{\"when\":\"true\",\"steps\":[");
        buf_puts(&buf, "{\"id\":\"a\",\"participant\":\"p\",\"operation\":\"o\"}");
        for (int i = 0; i < depth; i++)
            buf_puts(&buf, "]}");
        buf_puts(&buf, "]}");
        struct definition *definition = support_parse(buf.data, buf.length, NULL);
        CU_ASSERT_EQUAL(definition != NULL, depth <= 30);
        CU_ASSERT_TRUE(!definition || definition->plan.steps_count == depth + 1);
        definition_free(definition);
        buf_done(&buf);
    }
}

/* Every beginning of a right file is wrong, in some way that is said. */
static void cut_files(void)
{
    size_t whole = strlen(order_text) - 2; /* without its last "}" */
    for (size_t length = 0; length <= whole; length++) {
        char *printed = NULL;
        CU_ASSERT_PTR_NULL(support_parse(order_text, length, &printed));
        CU_ASSERT_PTR_NOT_NULL(strstr(printed, ": E101 "));
        mem_free(printed);
    }
}

/* Every byte replaced: accepted or refused, but never silently refused. */
static void spoiled_files(void)
{
    static const char spoilers[] = {'\0', '"', '{', '}',        '[',  ',', ':', '\\',
                                    '$',  '0', '-', (char)0xff, '\n', '~', '/'};
    char copy[sizeof order_text];
    for (size_t i = 0; i < sizeof order_text - 1; i++)
        for (size_t k = 0; k < sizeof spoilers; k++) {
            char *printed = NULL;
            memcpy(copy, order_text, sizeof copy);
            copy[i] = spoilers[k];
            struct definition *definition = support_parse(copy, sizeof copy - 1, &printed);
            CU_ASSERT_TRUE(definition != NULL || strstr(printed, ": E") != NULL);
            mem_free(printed);
            definition_free(definition);
        }
}

/* Shapes that would cost quadratic time, or memory, if they were read carelessly. */
static void hostile_files(void)
{
    static const char *const pieces[] = {"[",   "{\"a\":", "\"",  "\\",       "{\"steps\":[",      "${",
                                         "1e9", "\xff",    "{},", "\"a\":1,", "{\"x\":1,\"x\":2},"};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        struct buf buf;
        buf_init(&buf, LIMIT_DEFINITION_BYTES);
        buf_puts(&buf, i % 2 ? "{" : "{\"steps\":[");
        while (!buf.full)
            buf_puts(&buf, pieces[i]);
        CU_ASSERT_PTR_NULL(support_parse(buf.data, buf.length, NULL));
        buf_done(&buf);
    }
    static const char *const odd[] = {"",
                                      " ",
                                      "null",
                                      "\"",
                                      "{}",
                                      "[]",
                                      "{\"steps\":[{}]}",
                                      "{\"steps\":[[]]}",
                                      "{\"steps\":[{\"steps\":[{\"steps\":{}}]}]}",
                                      "{\"name\":\"a\\u0000b\"}",
                                      "{\"a\\u0000b\":1}",
                                      "{\"version\":99999999999999999999}",
                                      "{\"version\":1e999}",
                                      "{\"name\":\"\\ud800\"}",
                                      "\xef\xbb\xbf{}"};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++)
        CU_ASSERT_PTR_NULL(support_parse(odd[i], strlen(odd[i]), NULL));
}

void definition_test_suite(void);
void definition_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("definition/definition", NULL, NULL);
    CU_add_test(suite, "what comes out of a right file", what_comes_out);
    CU_add_test(suite, "the requests of its steps", requests);
    CU_add_test(suite, "the canonical text is stable", canonical_text);
    CU_add_test(suite, "what was accepted before", what_was_accepted);
    CU_add_test(suite, "limits: just under and just over", limits);
    CU_add_test(suite, "groups are as deep as JSON may be", deep_groups);
    CU_add_test(suite, "every beginning of a file is refused", cut_files);
    CU_add_test(suite, "every byte spoiled", spoiled_files);
    CU_add_test(suite, "hostile files", hostile_files);
}
