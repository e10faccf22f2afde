/* engine/fact_code: what is written is read back, and nothing else is. */
#include "engine/fact_code.h"

#include "core/retry.h"

#include <CUnit/Basic.h>
#include <string.h>

static void there_and_back(void)
{
    const struct fact facts[] = {
        {.type = FACT_BEGUN, .branch = BRANCH_NONE, .at_ms = 1700000000000u, .value = UINT64_MAX},
        {.type = FACT_CALLED, .branch = 0, .verb = VERB_DO, .attempt = 1, .at_ms = 5},
        {.type = FACT_ANSWERED,
         .branch = 999,
         .verb = VERB_UNDO,
         .answer = ANSWER_PENDING,
         .code = 65535,
         .attempt = UINT32_MAX,
         .at_ms = UINT64_MAX,
         .due_ms = UINT64_MAX},
    };
    struct buf buf;
    buf_init(&buf, 1000);
    for (size_t i = 0; i < 3; i++)
        fact_encode(&buf, &facts[i], "payload", i * 3);
    size_t at = 0;
    for (size_t i = 0; i < 3; i++) {
        struct fact fact;
        memset(&fact, 0, sizeof fact);
        const char *payload;
        size_t length;
        CU_ASSERT_TRUE_FATAL(fact_decode(buf.data, buf.length, &at, &fact, &payload, &length));
        CU_ASSERT_EQUAL(memcmp(&fact, &facts[i], sizeof fact), 0);
        CU_ASSERT_EQUAL(length, i * 3);
        CU_ASSERT_EQUAL(memcmp(payload, "payload", length), 0);
    }
    CU_ASSERT_EQUAL(at, buf.length);
    buf_done(&buf);
}

static void cut_short(void)
{
    struct buf buf;
    buf_init(&buf, 1000);
    fact_encode(&buf, &(struct fact){.type = FACT_BEGUN, .branch = BRANCH_NONE, .at_ms = 1700000000000u}, "12345",
                5);
    for (size_t length = 0; length < buf.length; length++) {
        struct fact fact;
        const char *payload;
        size_t payload_length, at = 0;
        CU_ASSERT_FALSE(fact_decode(buf.data, length, &at, &fact, &payload, &payload_length));
    }
    buf_done(&buf);
}

/* Any bytes are read or refused; what is read keeps the promises of the types. */
static void garbage(void)
{
    unsigned read = 0;
    for (uint32_t seed = 0; seed < 200000; seed++) {
        unsigned char bytes[24];
        for (size_t i = 0; i < sizeof bytes; i += 8) {
            uint64_t noise = retry_noise(seed, 1, (uint32_t)i);
            memcpy(bytes + i, &noise, 8);
        }
        bytes[0] = (unsigned char)(bytes[0] % 18);
        struct fact fact;
        const char *payload;
        size_t length, at = 0;
        if (!fact_decode(bytes, sizeof bytes, &at, &fact, &payload, &length))
            continue;
        read++;
        CU_ASSERT_TRUE(at <= sizeof bytes && length <= sizeof bytes && fact_word(fact.type) != NULL);
    }
    CU_ASSERT_TRUE(read > 0);
}

void fact_code_test_suite(void);
void fact_code_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("engine/fact_code", NULL, NULL);
    CU_add_test(suite, "facts and payloads are read back as they were", there_and_back);
    CU_add_test(suite, "a fact that is cut short is none", cut_short);
    CU_add_test(suite, "garbage is refused or harmless", garbage);
}
