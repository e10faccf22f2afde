/* The corpus: every file of sagas/right is accepted, every file of sagas/wrong is refused, and what is found
 * in x.json is, line by line, what stands in x.expected (no such file: nothing). */
#include "base/buf.h"
#include "base/mem.h"
#include "definition/definition.h"
#include "definition/rules.h"

#include <CUnit/Basic.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#define CORPUS "test/unit/sagas/" /* tests run from the top of the tree */

static bool codes_seen[RULES_COUNT];

/* False when there is no such file. */
static bool read_file(const char *path, struct buf *buf)
{
    char block[4096];
    FILE *file = fopen(path, "rb");
    buf_init(buf, (size_t)1 << 22);
    if (!file)
        return false;
    for (size_t length; (length = fread(block, 1, sizeof block, file)) > 0;)
        buf_put(buf, block, length);
    fclose(file);
    return true;
}

static void remember_codes(const struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        for (int rule = 0; rule < RULES_COUNT; rule++)
            if (strcmp(findings->list[i].code, rule_code((enum rule)rule)) == 0)
                codes_seen[rule] = true;
}

static void check_file(const char *folder, const char *name, bool right)
{
    char path[512];
    struct buf text, expected, printed;
    struct findings findings;
    snprintf(path, sizeof path, CORPUS "%s/%s", folder, name);
    CU_ASSERT_TRUE_FATAL(read_file(path, &text));
    snprintf(path + strlen(path) - strlen("json"), 9, "expected");
    bool listed = read_file(path, &expected);
    CU_ASSERT_TRUE(listed || right);

    findings_init(&findings);
    buf_init(&printed, (size_t)1 << 22);
    struct definition *definition = definition_parse(text.data, text.length, &findings);
    findings_print(&findings, name, &printed);
    CU_ASSERT_EQUAL(definition != NULL, right);
    CU_ASSERT_STRING_EQUAL(buf_text(&printed), buf_text(&expected));
    if (strcmp(buf_text(&printed), buf_text(&expected)) != 0)
        printf("\n%s: found\n%s", path, buf_text(&printed));
    remember_codes(&findings);
    definition_free(definition);
    findings_done(&findings);
    buf_done(&text);
    buf_done(&expected);
    buf_done(&printed);
}

static int check_folder(const char *folder, bool right)
{
    char path[256];
    int count = 0;
    snprintf(path, sizeof path, CORPUS "%s", folder);
    DIR *directory = opendir(path);
    CU_ASSERT_PTR_NOT_NULL_FATAL(directory);
    for (struct dirent *entry; (entry = readdir(directory));) {
        const char *dot = strrchr(entry->d_name, '.');
        if (!dot || strcmp(dot, ".json") != 0)
            continue;
        check_file(folder, entry->d_name, right);
        count++;
    }
    closedir(directory);
    return count;
}

static void right_sagas(void)
{
    CU_ASSERT_TRUE(check_folder("right", true) >= 5);
}

static void wrong_sagas(void)
{
    CU_ASSERT_TRUE(check_folder("wrong", false) >= 40);
}

/* One file with thirty different mistakes: all are told at once, each where it stands. */
static void thirty_mistakes(void)
{
    static const struct {
        const char *code;
        const char *pointer;
        unsigned line;
    } mistakes[] = {
        {"E106", "/$schema", 2},
        {"E204", "/version", 4},
        {"E201", "/timeot", 5},
        {"E601", "/input/schema/properties/orderId/type", 12},
        {"E604", "/input/schema/properties/email/pattern", 13},
        {"E206", "/defaults/timeout", 18},
        {"E301", "/steps/0/id", 20},
        {"E507", "/steps/0/action/request", 20},
        {"E401", "/steps/1", 21},
        {"E211", "/steps/1/action/request", 21},
        {"E302", "/steps/2/id", 22},
        {"E303", "/steps/3/id", 23},
        {"E209", "/steps/4", 24},
        {"E208", "/steps/5", 25},
        {"E213", "/steps/6/parallel", 26},
        {"E408", "/steps/7/compensation", 28},
        {"E504", "/steps/8/action/body", 30},
        {"E304", "/steps/9/needs/0", 31},
        {"E305", "/steps/10", 32},
        {"E216", "/steps/12/approval", 34},
        {"E411", "/steps/13/timeout", 35},
        {"E502", "/steps/13/body/at", 36},
        {"E503", "/steps/13/body/of", 36},
        {"E501", "/steps/13/body/sum", 36},
        {"E217", "/steps/14/async/heartbeat", 37},
        {"E215", "/steps/15/switch/1", 40},
        {"E409", "/steps/16/onFailure", 42},
        {"E407", "/steps/17/retry", 43},
        {"E406", "/steps/17/compensation", 44},
        {"E403", "/steps/18/pivot", 45},
    };
    enum { MISTAKES = sizeof mistakes / sizeof mistakes[0] };
    struct buf text;
    struct findings findings;
    CU_ASSERT_EQUAL((int)MISTAKES, 30);
    CU_ASSERT_TRUE_FATAL(read_file(CORPUS "wrong/thirty_mistakes.json", &text));
    findings_init(&findings);
    CU_ASSERT_PTR_NULL(definition_parse(text.data, text.length, &findings));
    CU_ASSERT_EQUAL_FATAL(findings.count, MISTAKES);
    for (size_t i = 0; i < MISTAKES; i++) {
        CU_ASSERT_STRING_EQUAL(findings.list[i].code, mistakes[i].code);
        CU_ASSERT_STRING_EQUAL(findings.list[i].pointer, mistakes[i].pointer);
        CU_ASSERT_EQUAL(findings.list[i].line, mistakes[i].line);
        CU_ASSERT_TRUE(findings.list[i].column > 0);
    }
    findings_done(&findings);
    buf_done(&text);
}

/* A rule that no file breaks is not tested. Files too large for the corpus are made in definition_test. */
static void every_rule_is_broken(void)
{
    for (int rule = 0; rule < RULES_COUNT; rule++) {
        bool large = rule == RULE_FILE_SIZE || rule == RULE_LIMIT || rule == RULE_SCHEMA_LIMIT;
        large = large || rule == RULE_UNFIT_CHILD || rule == RULE_ABSENT_CHILD; /* of several: cli_registry_test */
        large = large || rule == RULE_INPUT || rule == RULE_INPUT_WORK;         /* of inputs: schema_test */
        CU_ASSERT_TRUE(codes_seen[rule] || large);
        if (!codes_seen[rule] && !large)
            printf("\n%s is broken by no file", rule_code((enum rule)rule));
    }
}

void definition_corpus_test_suite(void);
void definition_corpus_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("definition/corpus", NULL, NULL);
    CU_add_test(suite, "right sagas", right_sagas);
    CU_add_test(suite, "wrong sagas, finding by finding", wrong_sagas);
    CU_add_test(suite, "thirty mistakes in one file", thirty_mistakes);
    CU_add_test(suite, "every rule is broken by some file", every_rule_is_broken);
}
