/* definition/suggest: near words and identifiers. */
#include "definition/suggest.h"

#include <CUnit/Basic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char *nearest(const char *wrong)
{
    static const char *const words[] = {"timeout", "onTimeout", "retry", "steps", "id", "pivot", "compensation"};
    struct suggest suggest;
    suggest_init(&suggest, wrong);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        suggest_offer(&suggest, words[i]);
    return suggest.best ? suggest.best : "";
}

static void near_words(void)
{
    CU_ASSERT_STRING_EQUAL(nearest("timout"), "timeout");
    CU_ASSERT_STRING_EQUAL(nearest("tiemout"), "timeout");
    CU_ASSERT_STRING_EQUAL(nearest("TIMEOUT"), "timeout");
    CU_ASSERT_STRING_EQUAL(nearest("on_timeout"), "onTimeout");
    CU_ASSERT_STRING_EQUAL(nearest("retries"), "retry");
    CU_ASSERT_STRING_EQUAL(nearest("compensate"), "compensation");
    CU_ASSERT_STRING_EQUAL(nearest("ID"), "id");
    CU_ASSERT_STRING_EQUAL(nearest("x"), "");
    CU_ASSERT_STRING_EQUAL(nearest(""), "");
    CU_ASSERT_STRING_EQUAL(nearest("zebra"), "");
    char endless[5000];
    memset(endless, 't', sizeof endless - 1);
    endless[sizeof endless - 1] = '\0';
    CU_ASSERT_STRING_EQUAL(nearest(endless), "");
}

static void hints(void)
{
    char hint[64];
    struct suggest suggest;
    suggest_init(&suggest, "stpes");
    CU_ASSERT_PTR_NULL(suggest_hint(&suggest, hint, sizeof hint, NULL));
    suggest_offer(&suggest, "steps");
    CU_ASSERT_STRING_EQUAL(suggest_hint(&suggest, hint, sizeof hint, NULL), "did you mean \"steps\"?");
}

static void identifiers(void)
{
    static const char *const names[][2] = {{"charge-card", "charge_card"},
                                           {"a--b c", "a_b_c"},
                                           {"2nd", "s2nd"},
                                           {"", "_"},
                                           {"\xc3\xa9", "_"},
                                           {"_ok", "_ok"}};
    char identifier[65];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        suggest_identifier(names[i][0], identifier, sizeof identifier);
        CU_ASSERT_STRING_EQUAL(identifier, names[i][1]);
    }
    char small[4];
    suggest_identifier("abcdef", small, sizeof small);
    CU_ASSERT_STRING_EQUAL(small, "abc");
}

void suggest_test_suite(void);
void suggest_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("definition/suggest", NULL, NULL);
    CU_add_test(suite, "the nearest word, if one is near", near_words);
    CU_add_test(suite, "hints", hints);
    CU_add_test(suite, "identifiers made of names", identifiers);
}
