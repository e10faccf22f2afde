/* cli: steps with forEach, in plans, in tests of sagas and in the picture of a transaction. */
#include "base/time.h"
#include "cli/facts.h"
#include "cli/items.h"
#include "cli/timeline.h"
#include "cli_runner.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char saga_path[] = "/tmp/belay-items-test.saga.json",
                  cases_path[] = "/tmp/belay-items-test.test.json";

static const char saga[] =
    "{\"name\":\"order\",\"version\":1,\"timeout\":\"1h\",\"steps\":["
    "{\"id\":\"reserve\",\"participant\":\"stock\",\"async\":{\"timeout\":\"10m\"},"
    "\"forEach\":{\"in\":\"input.lines\",\"as\":\"line\",\"key\":\"line.sku\",\"maxConcurrency\":2},"
    "\"action\":{\"request\":\"PUT /stock/${ line.sku }\",\"body\":{\"n\":\"${ line.n }\",\"at\":\"${ index }\"}},"
    "\"compensation\":{\"request\":\"DELETE /stock/${ line.sku }\"}},"
    "{\"id\":\"charge\",\"participant\":\"bank\",\"pivot\":true,"
    "\"action\":{\"request\":\"POST /pay\",\"body\":\"${ steps.reserve.items.map(i, i.output) }\"}}]}";

static const char cases[] =
    "{\"input\":{\"lines\":[{\"sku\":\"a\",\"n\":1},{\"sku\":\"b\",\"n\":2},{\"sku\":\"c\",\"n\":3}]},\"cases\":["
    "{\"name\":\"all are "
    "done\",\"answers\":{\"reserve\":{\"body\":1},\"reserve[b]\":{\"status\":202,\"callback\":{"
    "\"after\":\"2m\",\"status\":\"done\",\"output\":7}}},\"expect\":{\"status\":\"completed\","
    "\"calls\":[\"reserve[a]\",\"reserve[b]\",\"reserve[c]\",\"charge\"],\"bodies\":{\"charge\":[1,7,1],"
    "\"reserve[c]\":{\"n\":3,\"at\":2}}}},"
    "{\"name\":\"one is refused\",\"answers\":{\"reserve[c]\":409},\"expect\":{\"status\":\"compensated\","
    "\"step\":\"reserve[c]\",\"history\":[\"begun\",\"spread reserve 3\",\"called reserve[a]\",\"called "
    "reserve[b]\","
    "\"answered reserve[a] yes 200\",\"called reserve[c]\",\"answered reserve[b] yes 200\","
    "\"answered reserve[c] no 409\",\"decided abort step_refused at reserve[c]\","
    "\"called reserve[b].compensation\",\"called reserve[a].compensation\","
    "\"answered reserve[b].compensation yes 200\",\"answered reserve[a].compensation yes 200\","
    "\"ended compensated\"]}},"
    "{\"name\":\"each has its own callback\",\"answers\":{\"reserve\":202},\"meanwhile\":["
    "{\"verb\":\"complete\",\"step\":\"reserve[a]\"},{\"verb\":\"complete\",\"step\":\"reserve[b]\"},"
    "{\"verb\":\"fail\",\"step\":\"reserve[c]\"}],\"expect\":{\"status\":\"compensated\","
    "\"step\":\"reserve[c]\"}},"
    "{\"name\":\"two lines of one article\",\"input\":{\"lines\":[{\"sku\":\"a\"},{\"sku\":\"a\"}]},"
    "\"expect\":{\"status\":\"compensated\",\"step\":\"reserve\",\"calls\":[]}}]}";

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs(text, file);
    fclose(file);
}

static void cases_about_items(void)
{
    struct run run;
    put(saga_path, saga);
    put(cases_path, cases);
    RUN(&run, NULL, "test", saga_path, cases_path);
    CU_ASSERT_EQUAL(run.status, EXIT_DONE);
    run_expect(run.out, "4 cases, all as expected");
    run_done(&run);
}

static void plans_of_items(void)
{
    struct run run;
    put(saga_path, saga);
    RUN(&run, NULL, "plan", saga_path, "--input",
        "{\"lines\":[{\"sku\":\"a\",\"n\":1},{\"sku\":\"b/c\",\"n\":2}]}", "--fail", "charge");
    CU_ASSERT_EQUAL(run.status, EXIT_DONE);
    run_expect(run.out, " 1  reserve[a]  PUT /stock/a  to stock\n");
    run_expect(run.out, "    reserve[b%2Fc]  PUT /stock/b%2Fc  to stock, at the same time\n");
    run_expect(run.out, "      Idempotency-Key: <saga.id>/reserve/b%2Fc/action\n");
    run_expect(run.out, "      {\"n\":2,\"at\":1}\n");
    run_expect(run.out, " 1  reserve[b%2Fc].compensation  DELETE /stock/b%2Fc  to stock\n");
    run_done(&run);
    RUN(&run, NULL, "plan", saga_path, "--fail",
        "reserve:unknown"); /* without an input: as if there were one item */
    CU_ASSERT_EQUAL(run.status, EXIT_DONE);
    run_expect(run.out, "assumed, at reserve: input.lines is one item\n");
    run_done(&run);
    RUN(&run, NULL, "graph", saga_path);
    run_expect(run.out, "for each of input.lines");
    run_done(&run);
}

static const char shown[] =
    "{\"id\":\"o\",\"saga\":\"order\",\"version\":1,\"status\":\"compensating\",\"begunAt\":\"2026-01-02T03:04:05."
    "000Z\","
    "\"cause\":\"step_refused\",\"causeStep\":\"reserve[c]\",\"steps\":[{\"id\":\"reserve\",\"participant\":"
    "\"stock\","
    "\"state\":\"spread\",\"items\":{\"count\":4,\"states\":{\"done\":1,\"refused\":1,\"calling\":1,\"idle\":1},"
    "\"list\":[{\"key\":\"a\",\"state\":\"done\",\"action\":{\"attempts\":1,\"startedAt\":\"2026-01-02T03:04:05."
    "010Z\","
    "\"endedAt\":\"2026-01-02T03:04:05.020Z\",\"answer\":\"yes\",\"httpStatus\":200}},"
    "{\"key\":\"c\",\"state\":\"refused\",\"action\":{\"attempts\":1,\"startedAt\":\"2026-01-02T03:04:05.030Z\","
    "\"endedAt\":\"2026-01-02T03:04:05.040Z\",\"answer\":\"no\",\"httpStatus\":409,\"code\":\"sold_out\"}}]}}]}";

static void the_picture(void)
{
    struct buf buf;
    struct output output = {0};
    json_t *txn = json_loads(shown, 0, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(txn);
    buf_init(&buf, OUTPUT_BYTES);
    time_parse("2026-01-02T03:05:05.000Z", &output.now_ms);
    timeline_put(&output, &buf, txn);
    run_expect(buf_text(&buf), "reserve     stock  1 of 4 items done, 1 refused, 1 calling, 1 not started\n");
    run_expect(buf_text(&buf), "+ reserve[a]  stock  ");
    run_expect(buf_text(&buf), "x reserve[c]  stock  ");
    run_expect(buf_text(&buf), "reserve[c] answered no");
    buf_clear(&buf);
    json_t *fact =
        json_pack("{s:s, s:s, s:s, s:s}", "fact", "called", "step", "reserve", "item", "c", "phase", "action");
    facts_put_line(&output, &buf, fact, 0);
    run_expect(buf_text(&buf), "reserve[c]");
    buf_clear(&buf);
    json_decref(fact);
    fact = json_pack("{s:s, s:s, s:i}", "fact", "spread", "step", "reserve", "items", 4);
    facts_put_line(&output, &buf, fact, 0);
    run_expect(buf_text(&buf), "spread: 4 items");
    json_decref(fact);
    buf_done(&buf);
    json_decref(txn);
}

void cli_items_test_suite(void);
void cli_items_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("cli_items", NULL, NULL);
    CU_add_test(suite, "cases about items", cases_about_items);
    CU_add_test(suite, "plans and graphs of items", plans_of_items);
    CU_add_test(suite, "the picture of items", the_picture);
}
