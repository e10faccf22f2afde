/* Copying templates into a store. */
#include "bench/filler.h"
#include "bench/templates.h"
#include "adapters/store_sqlite.h"
#include "engine/id.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { GROUP = 4096 }; /* transactions to a commit */

struct filler {
    size_t count;
    struct template templates[FILLER_TEMPLATES];
};

/* One group on its way into the store. */
struct group {
    struct store_row inserts[GROUP];
    struct store_row updates[GROUP];
    struct store_facts first[GROUP];
    struct store_facts rest[GROUP * TEMPLATE_PIECES];
    size_t count, rest_count;
    struct buf bytes[GROUP][TEMPLATE_PIECES]; /* used again and again */
};

static uint64_t now_ms(void);
static bool fill(const struct filler *filler, struct filling *filling, struct store *store, struct error *error);
static void add(struct group *group, const struct template *template, uint64_t txn, uint64_t begun_ms,
                uint64_t expires_ms);
static int commit(struct group *group, struct store *store, struct error *error);
static void sample(struct filling *filling, uint64_t i, uint64_t txn, uint64_t secret);

struct filler *filler_new(const char *directory)
{
    struct error error = {0};
    struct filler *filler = calloc(1, sizeof *filler);
    struct store *store = store_sqlite_open(directory, &error);
    if (store)
        filler->count = templates_load(filler->templates, FILLER_TEMPLATES, store, &error);
    if (store)
        store->close(store->self);
    if (filler->count)
        return filler;
    fprintf(stderr, "expected ended transactions in %s: %s\n", directory, error.text);
    filler_free(filler);
    return NULL;
}

void filler_free(struct filler *filler)
{
    for (size_t i = 0; filler && i < filler->count; i++)
        template_done(&filler->templates[i]);
    free(filler);
}

bool filler_fill(const struct filler *filler, struct filling *filling)
{
    struct error error = {0};
    struct store *store = store_sqlite_open(filling->directory, &error);
    bool ok = store && fill(filler, filling, store, &error);
    if (store)
        store->close(store->self);
    if (!ok)
        fprintf(stderr, "fill %s: %s\n", filling->directory, error.text);
    return ok;
}

static bool fill(const struct filler *filler, struct filling *filling, struct store *store, struct error *error)
{
    uint64_t last, span_ms = now_ms() - filling->begun_ms, secret = store->secret(store->self);
    int code = store->last(store->self, &last, error);
    struct group *group = calloc(1, sizeof *group);
    for (size_t i = 0; i < GROUP * TEMPLATE_PIECES; i++)
        buf_init(&group->bytes[0][0] + i, TEMPLATE_BYTES);
    filling->samples_count = filling->count < FILLER_SAMPLES ? filling->count : FILLER_SAMPLES;
    for (uint64_t i = 0; !code && i < filling->count; i++) {
        uint64_t begun_ms = filling->begun_ms + i * span_ms / filling->count;
        last = id_next(last, begun_ms);
        add(group, &filler->templates[i % filler->count], last, begun_ms, filling->expires_ms);
        sample(filling, i, last, secret);
        if (group->count == GROUP || i + 1 == filling->count)
            code = commit(group, store, error);
    }
    for (size_t i = 0; i < GROUP * TEMPLATE_PIECES; i++)
        buf_done(&group->bytes[0][0] + i);
    free(group);
    return code == 0;
}

static void add(struct group *group, const struct template *template, uint64_t txn, uint64_t begun_ms,
                uint64_t expires_ms)
{
    int64_t shift_ms = (int64_t)(begun_ms - template->row.begun_ms);
    struct store_row *update = &group->updates[group->count];
    *update = template->row;
    update->txn = txn;
    update->begun_ms = begun_ms;
    update->updated_ms += (uint64_t)shift_ms;
    update->ended_ms += (uint64_t)shift_ms;
    update->expires_ms = expires_ms;
    struct store_row *insert = &group->inserts[group->count];
    *insert = *update;
    insert->open = true;
    insert->status = STATUS_RUNNING;
    insert->updated_ms = begun_ms;
    insert->ended_ms = insert->expires_ms = 0;
    insert->step = insert->participant = insert->reason = NULL;
    for (size_t i = 0; i < template->pieces_count; i++) {
        struct store_facts *facts = i ? &group->rest[group->rest_count++] : &group->first[group->count];
        *facts = template_move(&template->pieces[i], txn, shift_ms, &group->bytes[group->count][i]);
    }
    group->count++;
}

/* As belayd has it: begun and called in one commit, the rest and the end in a later one. */
static int commit(struct group *group, struct store *store, struct error *error)
{
    struct store_batch begun = {.inserts = group->inserts,
                                .inserts_count = group->count,
                                .facts = group->first,
                                .facts_count = group->count};
    struct store_batch ended = {.updates = group->updates,
                                .updates_count = group->count,
                                .facts = group->rest,
                                .facts_count = group->rest_count};
    int code = store->commit(store->self, &begun, error);
    if (!code)
        code = store->commit(store->self, &ended, error);
    group->count = group->rest_count = 0;
    return code;
}

static void sample(struct filling *filling, uint64_t i, uint64_t txn, uint64_t secret)
{
    uint64_t at = i * filling->samples_count / filling->count;
    id_print(txn, secret, filling->samples[at]);
    if (i == filling->count / 2)
        filling->middle = txn;
}

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
}
