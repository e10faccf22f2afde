/* The pace of calls: at most so many in any second, and about as many. */
#include "engine/rate.h"
#include "unit/engine_fake.h"

#include <CUnit/Basic.h>

/* Takes whatever it may at every `step_ms` for ten seconds, after a pause; returns how many, and the most in any
 * second. */
static uint32_t run(uint32_t per_second, uint64_t step_ms, uint32_t *busiest)
{
    static uint32_t taken[10000];
    struct rate rate = {0};
    uint64_t begin_ms = 1700000000000;
    uint32_t all = 0, second = 0;
    rate_spend(&rate, per_second, begin_ms - 60000);
    *busiest = 0;
    for (uint64_t ms = 0; ms < 10000; ms++) {
        taken[ms] = 0;
        for (; ms % step_ms == 0 && rate_open(&rate, begin_ms + ms); taken[ms]++)
            rate_spend(&rate, per_second, begin_ms + ms);
        all += taken[ms];
        second += taken[ms] - (ms >= 1000 ? taken[ms - 1000] : 0);
        *busiest = second > *busiest ? second : *busiest;
    }
    return all;
}

static void no_second_sees_more(void)
{
    static const uint32_t paces[] = {1, 2, 7, 50, 333, 1000, 5000, 100000};
    for (size_t i = 0; i < sizeof paces / sizeof *paces; i++)
        for (uint64_t step_ms = 1; step_ms <= 8; step_ms *= 2) {
            uint32_t busiest, all = run(paces[i], step_ms, &busiest);
            CU_ASSERT_TRUE(busiest <= paces[i]);
            CU_ASSERT_TRUE(all >= paces[i] * 10 * 97 / 100);
        }
}

static void says_when(void)
{
    struct rate rate = {0};
    CU_ASSERT_TRUE(rate_open(&rate, 0) && rate_open_ms(&rate) == 0);
    rate_spend(&rate, 10, 5000);
    CU_ASSERT_EQUAL(rate_open_ms(&rate), 5091);
    CU_ASSERT_FALSE(rate_open(&rate, 5090));
    CU_ASSERT_TRUE(rate_open(&rate, 5091));
}

static void a_clock_set_back_stops_nobody(void)
{
    struct rate rate = {0};
    rate_spend(&rate, 1, 1700000000000);
    rate_follow(&rate, 1700000000000);
    CU_ASSERT_FALSE(rate_open(&rate, 1700000000000));
    rate_follow(&rate, 1600000000000);
    CU_ASSERT_TRUE(rate_open(&rate, 1600000000000));
}

static const char pay[] = "{\"name\":\"pay\",\"version\":1,\"timeout\":\"1h\",\"steps\":["
                          "{\"id\":\"charge\",\"participant\":\"payments\",\"operation\":\"charge\"}]}";
static const char take[] = "{\"name\":\"take\",\"version\":1,\"timeout\":\"1h\",\"steps\":["
                           "{\"id\":\"reserve\",\"participant\":\"inventory\",\"operation\":\"take\"}]}";

/* Forty transactions wait for a participant that takes five calls a second: it sees no more, others see no delay,
 * and the engine itself says when it goes on. */
static void a_backlog_is_drained_at_its_pace(void)
{
    struct fake fake;
    fake_open(&fake);
    fake_define(&fake, pay);
    fake_define(&fake, take);
    fake_participant(&fake, "payments", "{\"url\":\"http://127.0.0.1:2\",\"maxPerSecond\":5}");
    uint64_t begun_ms = fake.now_ms, answered = 0;
    for (int i = 0; i < 40; i++)
        fake_start(&fake, "pay", NULL, NULL);
    CU_ASSERT_EQUAL(fake.calls_count, 1);
    fake_start(&fake, "take", NULL, NULL);
    CU_ASSERT_EQUAL(fake.calls_count, 2);
    for (; fake.calls_count; answered++) {
        fake_answer(&fake, 200, NULL);
        uint64_t next_ms = engine_next_ms(fake.engine);
        if (!fake.calls_count && next_ms != UINT64_MAX) {
            CU_ASSERT_TRUE_FATAL(next_ms > fake.now_ms);
            fake.now_ms = next_ms;
            fake_turn(&fake);
        }
    }
    CU_ASSERT_EQUAL(answered, 41);
    CU_ASSERT_TRUE(fake.now_ms - begun_ms >= 7000 && fake.now_ms - begun_ms <= 8500);
    fake_close(&fake);
}

/* Whatever it was promised, one that hangs leaves a quarter of all calls to the others. */
static void one_never_takes_all(void)
{
    struct fake fake;
    fake_open(&fake);
    fake.options.calls_max = 8;
    fake_restart(&fake);
    fake_define(&fake, pay);
    fake_define(&fake, take);
    fake_participant(&fake, "payments", "{\"url\":\"http://127.0.0.1:2\",\"maxInFlight\":1000}");
    for (int i = 0; i < 20; i++)
        fake_start(&fake, "pay", NULL, NULL);
    CU_ASSERT_EQUAL(fake.calls_count, 6);
    fake_start(&fake, "take", NULL, NULL);
    fake_start(&fake, "take", NULL, NULL);
    CU_ASSERT_EQUAL(fake.calls_count, 8);
    fake_close(&fake);
}

void rate_test_suite(void);
void rate_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("engine/rate", NULL, NULL);
    CU_add_test(suite, "no second sees more", no_second_sees_more);
    CU_add_test(suite, "it says when", says_when);
    CU_add_test(suite, "a clock that is set back stops nobody", a_clock_set_back_stops_nobody);
    CU_add_test(suite, "a backlog is drained at its pace", a_backlog_is_drained_at_its_pace);
    CU_add_test(suite, "one participant never takes all calls", one_never_takes_all);
}
