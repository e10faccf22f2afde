/* sagas/CODES.md says what the table of rules says. When it does not, what it should say is left in
 * build/CODES.md. */
#include "base/mem.h"
#include "definition/rules.h"
#include "unit/schema_support.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

#define PAGE  "sagas/CODES.md"
#define FRESH "build/CODES.md"

/* How the codes of a group begin, and its heading. */
static const struct {
    const char *begin;
    const char *heading;
} groups[] = {
    {"E1", "The file"},    {"E2", "Keys and values"},
    {"E3", "Names"},       {"E4", "Order, pivot and undo"},
    {"E5", "Expressions"}, {"E6", "The schema of the input, and inputs"},
    {"W1", "Warnings"},    {"W6", "Warnings about the schema of the input"},
};

static const char head[] =
    "# What the validator says\n\n"
    "Every finding has a code that never changes its meaning. `E` is an error: the saga is not taken. `W` is a\n"
    "warning: it is taken, and somebody should look. This page is made from `coordinator/definition/rules.h`; a "
    "test\n"
    "compares the two.\n";

static char *print_page(void)
{
    struct buf buf;
    buf_init(&buf, (size_t)1 << 20);
    buf_puts(&buf, head);
    for (size_t group = 0; group < sizeof groups / sizeof groups[0]; group++) {
        buf_printf(&buf, "\n## %s\n", groups[group].heading);
        for (int i = 0; i < RULES_COUNT; i++) {
            const struct rule_text *rule = rule_get((enum rule)i);
            if (strncmp(rule->code, groups[group].begin, 2) == 0)
                buf_printf(&buf, "\n### %s\n\n%s\n\n* wrong: `%s`\n* right: `%s`\n", rule->code, rule->meaning,
                           rule->wrong, rule->right);
        }
    }
    return buf_take(&buf, NULL);
}

static void the_page_is_up_to_date(void)
{
    char *fresh = print_page();
    char *page = support_file(PAGE, NULL);
    bool same = page && strcmp(page, fresh) == 0;
    CU_ASSERT_TRUE(same);
    if (!same) {
        FILE *file = fopen(FRESH, "w");
        CU_ASSERT_PTR_NOT_NULL_FATAL(file);
        fputs(fresh, file);
        fclose(file);
        printf("\n" PAGE " is not what the rules say: cp " FRESH " " PAGE "\n");
    }
    mem_free(page);
    mem_free(fresh);
}

static void every_rule_is_on_it(void)
{
    char *page = print_page();
    for (int i = 0; i < RULES_COUNT; i++) {
        const struct rule_text *rule = rule_get((enum rule)i);
        char heading[16];
        snprintf(heading, sizeof heading, "\n### %s\n", rule->code);
        CU_ASSERT_PTR_NOT_NULL(strstr(page, heading));
        CU_ASSERT_PTR_NULL(strchr(rule->wrong, '`'));
        CU_ASSERT_PTR_NULL(strchr(rule->right, '`'));
    }
    mem_free(page);
}

void rules_page_test_suite(void);
void rules_page_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("definition/rules, their page", NULL, NULL);
    CU_add_test(suite, "every rule is on the page", every_rule_is_on_it);
    CU_add_test(suite, "the page is up to date", the_page_is_up_to_date);
}
