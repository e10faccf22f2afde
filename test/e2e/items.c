/* Mode items: one transaction with very many items, over real HTTP, with a service and a coordinator that write
 * each of them to disk. One completes; another fails at the last but one, and every item before it is undone by
 * itself. Says what an item costs. */
#include "e2e/modes.h"
#include "e2e/stage.h"
#include "harness/http.h"
#include "harness/process.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

enum {
    END_MS = 20 * 60 * 1000,
    STOCK = 1000000,
    ITEM_BYTES_MOST = 8 * 1024, /* of the coordinator's memory: its input, its branch, its name and its facts */
};

static const char saga[] =
    "{\"name\":\"items\",\"version\":1,\"timeout\":\"1h\",\"defaults\":{\"timeout\":\"10s\"},\"steps\":[{\"id\":"
    "\"reserve\","
    "\"participant\":\"inventory\",\"operation\":\"reserve\",\"body\":{\"sku\":\"${ line.sku }\",\"quantity\":1},"
    "\"forEach\":{\"in\":\"input.lines\",\"as\":\"line\",\"key\":\"line.id\",\"maxConcurrency\":32}}]}";

static void play(struct stage *stage, const char *id, unsigned items, bool fails);
static void write_input(const char *path, unsigned items, bool fails);
static bool await_end(const struct stage *stage, const char *id, const char *status);
static void say_cost(struct stage *stage, const char *id, unsigned items, uint64_t begun_ms, uint64_t idle_kib);
static void check_items(struct stage *stage, const char *id, unsigned items, bool fails);
static void check_stock(struct stage *stage, const char *id, unsigned free, unsigned reserved);
static void fill_stock(struct stage *stage);

int mode_items(const struct plan *plan)
{
    static struct stage stage;
    struct verdict verdict = {0};
    char path[STAGE_PATH];
    if (stage_open(&stage, plan->build, &verdict)) {
        snprintf(path, sizeof path, "%s/items.saga.json", stage.directory);
        FILE *file = fopen(path, "w");
        if (file) {
            fputs(saga, file);
            fclose(file);
        }
        STAGE_EXPECT(&stage, 0, "registered", "apply", path);
        fill_stock(&stage);
        play(&stage, "items-done", plan->items, false);
        check_stock(&stage, "items-done", STOCK - plan->items, plan->items);
        play(&stage, "items-undone", plan->items, true);
        check_stock(&stage, "items-undone", STOCK - plan->items, plan->items);
    }
    stage_close(&stage);
    return verdict_print(&verdict);
}

static void play(struct stage *stage, const char *id, unsigned items, bool fails)
{
    char path[STAGE_PATH];
    snprintf(path, sizeof path, "%s/%s.json", stage->directory, id);
    write_input(path, items, fails);
    uint64_t idle_kib = process_rss_kib(stage->belayd), begun_ms = process_now_ms();
    STAGE_EXPECT(stage, 0, "started", "start", "items", "--input", path, "--id", id);
    bool ended = await_end(stage, id, fails ? "compensated" : "completed");
    verdict_note(stage->verdict, CHECK_C17, ended, "%s does not end as it should", id);
    say_cost(stage, id, items, begun_ms, idle_kib);
    check_items(stage, id, items, fails);
}

/* Of the last but one there is nothing in stock. */
static void write_input(const char *path, unsigned items, bool fails)
{
    FILE *file = fopen(path, "w");
    if (!file)
        return;
    fputs("{\"lines\":[", file);
    for (unsigned i = 0; i < items; i++)
        fprintf(file, "%s{\"id\":\"n%u\",\"sku\":\"%s\"}", i ? "," : "", i,
                fails && i == items - 2 ? "nothing" : "bolt");
    fputs("]}", file);
    fclose(file);
}

static bool await_end(const struct stage *stage, const char *id, const char *status)
{
    char target[64], words[64];
    snprintf(target, sizeof target, "/v1/transactions/%s", id);
    snprintf(words, sizeof words, "\"status\":\"%s\"", status);
    for (uint64_t until = process_now_ms() + END_MS; process_now_ms() < until; process_sleep_ms(100)) {
        struct http_answer answer = http_send(stage->port, "GET", target, NULL, NULL);
        bool ended = answer.body && strstr(answer.body, words);
        http_done(&answer);
        if (ended)
            return true;
    }
    return false;
}

static void say_cost(struct stage *stage, const char *id, unsigned items, uint64_t begun_ms, uint64_t idle_kib)
{
    uint64_t took_ms = process_now_ms() - begun_ms, peak_kib = process_peak_kib(stage->belayd);
    uint64_t bytes = peak_kib > idle_kib ? (peak_kib - idle_kib) * 1024 / items : 0;
    printf("%s: %u items in %.1f s, %.2f ms each; belayd held %llu MiB, %llu MiB at most: %llu bytes for each\n",
           id, items, (double)took_ms / 1000, (double)took_ms / items, (unsigned long long)idle_kib / 1024,
           (unsigned long long)peak_kib / 1024, (unsigned long long)bytes);
    verdict_note(stage->verdict, CHECK_C15, items < 5000 || bytes <= ITEM_BYTES_MOST,
                 "%s: belayd took %llu bytes for each item", id, (unsigned long long)bytes);
}

/* Each is done; or one was refused, each before it undone, and the one behind it undone or never begun. */
static void check_items(struct stage *stage, const char *id, unsigned items, bool fails)
{
    char target[96], words[64];
    static const char *const states[] = {"done", "undone", "refused"};
    unsigned counts[3] = {0};
    for (size_t i = 0; i < 3; i++) {
        snprintf(target, sizeof target, "/v1/transactions/%s", id);
        snprintf(words, sizeof words, "\"%s\":%%u", states[i]);
        struct http_answer answer = http_send(stage->port, "GET", target, NULL, NULL);
        const char *found = answer.body ? strstr(answer.body, "\"states\":{") : NULL;
        snprintf(target, sizeof target, "\"%s\":", states[i]);
        found = found ? strstr(found, target) : NULL;
        if (found)
            sscanf(found, words, &counts[i]);
        http_done(&answer);
    }
    bool right = fails ? !counts[0] && counts[1] >= items - 2 && counts[2] == 1 : counts[0] == items && !counts[1];
    verdict_note(stage->verdict, CHECK_C3, right, "%s: of %u items %u are done, %u undone, %u refused", id, items,
                 counts[0], counts[1], counts[2]);
}

static void check_stock(struct stage *stage, const char *id, unsigned free, unsigned reserved)
{
    char words[96];
    snprintf(words, sizeof words, "\"free\":%u,\"reserved\":%u}", free, reserved);
    verdict_note(stage->verdict, CHECK_C7, stage_sees(stage, "inventory", "/stock/bolt", words, 1, 0),
                 "the stock after %s", id);
}

static void fill_stock(struct stage *stage)
{
    char path[STAGE_PATH], sql[96];
    sqlite3 *db = NULL;
    snprintf(path, sizeof path, "%s/inventory.db", stage->directory);
    snprintf(sql, sizeof sql, "INSERT INTO stock (sku, free) VALUES ('bolt', %d)", STOCK);
    bool filled = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
                  sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
    verdict_note(stage->verdict, CHECK_C18, filled, "there are no bolts: %s", sqlite3_errmsg(db));
    sqlite3_close(db);
}
