/* Polling of histories. */
#include "cli/follow.h"

#include "base/mem.h"
#include "base/time.h"
#include "cli/facts.h"
#include "cli/story.h"
#include "cli/times.h"
#include "cli/timeline.h"
#include "cli/waits.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

enum {
    FOLLOW_FIRST_MS = 30, /* a short transaction is over before one looks twice */
    FOLLOW_SLOW_MS = 400, /* from here on the coordinator is asked to tell when it ends */
    FOLLOW_WAIT_S = 1,
    FOLLOW_PAGE = 500,
};

struct follow {
    struct cli *cli;
    const char *id;
    char *path;    /* "/v1/transactions/ID" */
    uint64_t from; /* sequence number of the next fact to print */
    uint64_t begun_ms;
    bool quiet;
    bool halted; /* the last page held a fact after which it may stand still */
};

/* status on the wire, exit status when that is where it stands */
#define OUTCOMES(X)                                                                                               \
    X("completed", EXIT_DONE)                                                                                     \
    X("compensated", EXIT_COMPENSATED)                                                                            \
    X("paused", EXIT_PAUSED)                                                                                      \
    X("terminated", EXIT_TERMINATED)

int follow_exit(const json_t *txn)
{
    const char *status = output_member(txn, "status");
#define X(word, exit_code)                                                                                        \
    if (strcmp(status, word) == 0)                                                                                \
        return exit_code;
    OUTCOMES(X)
#undef X
    return EXIT_RUNNING;
}

/* What the person who looks on can type to let it go on. */
static void follow_command(struct follow *follow, const json_t *fact)
{
    struct buf command;
    buf_init(&command, OUTPUT_BYTES);
    if (waits_put_command(&command, fact, follow->id, output_member(fact, "step"), false))
        buf_printf(&follow->cli->buf, "; %s", buf_text(&command));
    buf_done(&command);
}

static void follow_fact(struct follow *follow, const json_t *fact)
{
    const char *type = output_member(fact, "fact");
    struct cli *cli = follow->cli;
    if (!follow->begun_ms)
        time_parse(output_member(fact, "at"), &follow->begun_ms);
    follow->halted = strcmp(type, "ended") == 0 || strcmp(type, "terminated") == 0 || strcmp(type, "paused") == 0;
    if (follow->quiet)
        return;
    facts_put_line(&cli->output, &cli->buf, fact, follow->begun_ms);
    if (strcmp(type, "awaited") == 0)
        follow_command(follow, fact);
    buf_putc(&cli->buf, '\n');
    cli_flush(cli);
}

/* Prints what is new. The number of facts that were, or -1. */
static int follow_page(struct follow *follow)
{
    char query[64];
    snprintf(query, sizeof query, "/history?from=%" PRIu64 "&limit=%d", follow->from, FOLLOW_PAGE);
    size_t length = strlen(follow->path) + sizeof query;
    char *path = mem_new(length);
    snprintf(path, length, "%s%s", follow->path, query);
    json_t *page = cli_get(follow->cli, path), *fact;
    mem_free(path);
    if (!page)
        return -1;
    int fresh = 0;
    size_t index;
    json_array_foreach(json_object_get(page, "facts"), index, fact)
    {
        json_int_t seq = json_integer_value(json_object_get(fact, "seq"));
        if (seq < 0 || (uint64_t)seq < follow->from)
            continue; /* told already */
        follow_fact(follow, fact);
        follow->from = (uint64_t)seq + 1;
        fresh++;
    }
    json_decref(page);
    return fresh;
}

/* How it stands now, or, with `wait_s`, at its end if that comes first. */
static json_t *follow_look(struct follow *follow, int wait_s)
{
    size_t length = strlen(follow->path) + 32;
    char *path = mem_new(length);
    snprintf(path, length, wait_s ? "%s?wait=%d" : "%s", follow->path, wait_s);
    json_t *txn = cli_get(follow->cli, path);
    mem_free(path);
    return txn;
}

/* Facts first, then the state: what the state says is then already told, or will be with the last page. */
static json_t *follow_loop(struct follow *follow, uint64_t deadline_ms)
{
    uint64_t pause_ms = FOLLOW_FIRST_MS;
    for (;;) {
        int fresh = follow_page(follow);
        if (fresh < 0)
            return NULL;
        uint64_t now_ms = times_monotonic_ms();
        bool late = now_ms >= deadline_ms, slow = pause_ms >= FOLLOW_SLOW_MS;
        if (follow->halted || late || slow || follow->quiet) {
            json_t *txn = follow_look(
                follow, follow->halted || late || deadline_ms - now_ms < FOLLOW_WAIT_S * 1000 ? 0 : FOLLOW_WAIT_S);
            if (txn && follow_exit(txn) != EXIT_RUNNING)
                follow_page(follow); /* what came between the two looks */
            if (!txn || late || follow_exit(txn) != EXIT_RUNNING)
                return txn;
            json_decref(txn);
            follow->halted = false;
        }
        pause_ms = fresh ? FOLLOW_FIRST_MS : pause_ms * 3 / 2;
        uint64_t left_ms = late ? 0 : deadline_ms - now_ms;
        times_sleep_ms(slow ? 1 : pause_ms < left_ms ? pause_ms : left_ms);
    }
}

json_t *follow_to_end(struct cli *cli, const char *id, uint64_t timeout_ms, bool quiet)
{
    uint64_t now_ms = times_monotonic_ms();
    uint64_t deadline_ms = timeout_ms < UINT64_MAX - now_ms ? now_ms + timeout_ms : UINT64_MAX;
    struct follow follow = {.cli = cli, .id = id, .path = cli_path("/v1/transactions/", id, ""), .quiet = quiet};
    cli->patient = true;
    json_t *txn = follow_loop(&follow, deadline_ms);
    cli->patient = false;
    mem_free(follow.path);
    return txn;
}

void follow_print(struct cli *cli, const json_t *txn)
{
    cli->output.now_ms = times_now_ms();
    if (output_json_wanted(&cli->output)) {
        output_put_json(&cli->output, &cli->buf, txn);
    } else {
        timeline_put(&cli->output, &cli->buf, txn);
        if (follow_exit(txn) != EXIT_DONE && follow_exit(txn) != EXIT_COMPENSATED) {
            buf_putc(&cli->buf, '\n');
            story_put_next(&cli->output, &cli->buf, txn);
        }
    }
    cli_flush(cli);
}
