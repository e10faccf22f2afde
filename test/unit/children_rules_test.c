/* engine/children: who may be whose child, asked when a saga is registered. */
#include "base/buf.h"
#include "unit/engine_fake.h"

#include <CUnit/Basic.h>
#include <string.h>

#define OPERATION(id, who) "{\"id\":\"" id "\",\"participant\":\"" who "\",\"operation\":\"" id "\"}"

static const char flight[] = "{\"name\":\"flight\",\"version\":1,\"steps\":[" OPERATION("seat", "inventory") "]}";

#define CHILD(name, version, child)                                                                           \
    "{\"name\":\"" name "\",\"version\":" version                                                             \
    ",\"steps\":[{\"id\":\"s\",\"saga\":{\"name\":\"" child "\"}}]}"

static struct told define(struct fake *fake, const char *text)
{
    struct findings findings;
    findings_init(&findings);
    struct told told = {
        .command = {.type = COMMAND_DEFINE, .definition = definition_parse(text, strlen(text), &findings)}};
    CU_ASSERT_PTR_NOT_NULL_FATAL(told.command.definition);
    findings_done(&findings);
    fake_submit(fake, &told);
    fake_turn(fake);
    if (!told.command.created)
        definition_free(told.command.definition);
    return told;
}

static void unfit(struct fake *fake, const char *text, const char *message)
{
    struct told told = define(fake, text);
    CU_ASSERT_EQUAL(told.command.error.code, ERROR_INVALID);
    CU_ASSERT_STRING_EQUAL(told.command.error.text, message);
}

static void what_cannot_be_a_child_is_refused(void)
{
    struct fake fake;
    fake_open(&fake);
    unfit(&fake, CHILD("trip", "1", "flight"),
          "step \"s\": no saga \"flight\" is registered: register its file first");
    fake_define(&fake,
                "{\"name\":\"flight\",\"version\":1,\"steps\":[{\"id\":\"pay\",\"participant\":\"payments\","
                "\"operation\":\"pay\",\"pivot\":true}]}");
    unfit(&fake, CHILD("trip", "1", "flight"),
          "step \"s\": saga \"flight\" version 1 cannot be a child: its pivot \"pay\" decides without "
          "the parent");
    fake_close(&fake);
    fake_open(&fake);
    fake_define(&fake, flight);
    fake_define(&fake, CHILD("a", "1", "flight"));
    fake_define(&fake, CHILD("b", "1", "a"));
    unfit(&fake, CHILD("a", "2", "b"),
          "step \"s\": step \"s\": it would start itself again: a -> b -> a (at most 8 levels, and none twice)");
    unfit(&fake,
          "{\"name\":\"flight\",\"version\":2,\"steps\":[{\"id\":\"pay\",\"participant\":\"payments\","
          "\"operation\":\"pay\",\"pivot\":true}]}",
          "step \"s\" of saga \"a\" starts its newest version: saga \"flight\" version 2 cannot be a child: its "
          "pivot "
          "\"pay\" decides without the parent");
    fake_close(&fake);
}

static void nesting_has_a_depth(void)
{
    struct fake fake;
    char text[256], child = 'a';
    fake_open(&fake);
    fake_define(&fake, "{\"name\":\"a\",\"version\":1,\"steps\":[" OPERATION("seat", "inventory") "]}");
    for (; child < 'a' + LIMIT_NESTING; child++) {
        snprintf(text, sizeof text, CHILD("%c", "1", "%c"), child + 1, child);
        fake_define(&fake, text);
    }
    snprintf(text, sizeof text, CHILD("%c", "1", "%c"), child + 1, child);
    struct told told = define(&fake, text);
    CU_ASSERT_EQUAL(told.command.error.code, ERROR_INVALID);
    CU_ASSERT_PTR_NOT_NULL(strstr(told.command.error.text, "it is too deep: j -> i"));
    fake_start(&fake, "i", "{}", "t"); /* eight levels below it, at once and all back */
    fake_answer(&fake, 200, NULL);
    fake_turn(&fake);
    for (char name[2] = "a"; name[0] <= child; name[0]++)
        CU_ASSERT_EQUAL(fake_newest(&fake, name).status, STATUS_COMPLETED);
    fake_close(&fake);
}

/* Each of four levels starts the one below ten times. */
static void a_family_has_a_size(void)
{
    struct fake fake;
    struct buf text;
    fake_open(&fake);
    fake_define(&fake, "{\"name\":\"a\",\"version\":1,\"steps\":[" OPERATION("seat", "inventory") "]}");
    buf_init(&text, 4096);
    for (char name = 'b'; name <= 'e'; name++) {
        buf_clear(&text);
        buf_printf(&text, "{\"name\":\"%c\",\"version\":1,\"steps\":[", name);
        for (int i = 0; i < 10; i++)
            buf_printf(&text, "%s{\"id\":\"s%d\",\"saga\":{\"name\":\"%c\"}}", i ? "," : "", i, name - 1);
        buf_puts(&text, "]}");
        if (name < 'e')
            fake_define(&fake, buf_text(&text));
    }
    unfit(&fake, buf_text(&text),
          "step \"s9\": one start of \"e\" might become more than 10000 transactions, which is the limit");
    buf_done(&text);
    fake_close(&fake);
}

void children_rules_test_suite(void);
void children_rules_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("children, who may be one", NULL, NULL);
    CU_add_test(suite, "what cannot be a child is refused", what_cannot_be_a_child_is_refused);
    CU_add_test(suite, "nesting has a depth", nesting_has_a_depth);
    CU_add_test(suite, "a family has a size", a_family_has_a_size);
}
