/* base/siphash: the vectors of the paper's reference implementation. */
#include "base/siphash.h"

#include <CUnit/Basic.h>

static void vectors(void)
{
    static const struct {
        size_t length;
        uint64_t hash;
    } known[] = {{0, 0x726fdb47dd0e0e31u}, {1, 0x74f839c593dc67fdu},  {2, 0x0d6c8009d9a94f5au},
                 {3, 0x85676696d7fb7e2du}, {7, 0xab0200f58b01d137u},  {8, 0x93f5f5799a932462u},
                 {15, 0xa129ca6149be45e5u}, {63, 0x958a324ceb064572u}};
    unsigned char key[SIPHASH_KEY], bytes[64];
    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)i;
    for (unsigned i = 0; i < sizeof key; i++)
        key[i] = (unsigned char)i;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        CU_ASSERT_EQUAL(siphash(key, bytes, known[i].length), known[i].hash);
}

static void keyed(void)
{
    unsigned char a[SIPHASH_KEY] = {0}, b[SIPHASH_KEY] = {0};
    b[0] = 1;
    CU_ASSERT_NOT_EQUAL(siphash(a, "order", 5), siphash(b, "order", 5));
    CU_ASSERT_NOT_EQUAL(siphash(a, "order", 5), siphash(a, "orde", 4));
    CU_ASSERT_NOT_EQUAL(siphash(a, "\0", 1), siphash(a, "", 0));
}

void siphash_test_suite(void);
void siphash_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("base/siphash", NULL, NULL);
    CU_add_test(suite, "agrees with the published vectors", vectors);
    CU_add_test(suite, "depends on key, content and length", keyed);
}
