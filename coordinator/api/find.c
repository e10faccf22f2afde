/* The look-up of transactions. A UUID of this store is read back into its number; any other text is a client's. */
#include "api/find.h"

#include "base/mem.h"
#include "engine/id.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

struct find {
    uint64_t secret;
    struct found *found;
    bool done;
};

static bool find_visit(void *context, const struct store_row *row);
static bool find_text(void *context, const struct store_definition *stored);

int find_transaction(struct store *store, const char *id, struct found *found, struct error *error)
{
    struct find find = {.secret = store->secret(store->self), .found = found};
    uint64_t txn;
    int code = 0;
    if (id_parse(id, find.secret, &txn))
        code = store->row(store->self, txn, find_visit, &find, error);
    if (!code && !find.done)
        code = store->find(store->self, id, NULL, find_visit, &find, error);
    if (code)
        return error_wrap(error, "find transaction");
    if (!find.done)
        return error_set(error, ERROR_NOT_FOUND, "there is no transaction \"%s\"", id);
    return 0;
}

struct definition *find_definition(struct store *store, const struct found *found, struct error *error)
{
    char *text = NULL;
    if (store->each_definition(store->self, found->saga, found->version, find_text, &text, error)) {
        error_wrap(error, "read definition");
        return NULL;
    }
    struct findings findings;
    findings_init(&findings);
    struct definition *definition = text ? definition_load(text, strlen(text), &findings) : NULL;
    findings_done(&findings);
    mem_free(text);
    if (!definition)
        error_set(error, ERROR_CORRUPT, "definition %s version %u cannot be read back", found->saga,
                  found->version);
    return definition;
}

void find_id(uint64_t secret, const struct store_row *row, char id[LIMIT_ID_TEXT])
{
    if (row->id)
        snprintf(id, LIMIT_ID_TEXT, "%s", row->id);
    else
        id_print(row->txn, secret, id);
}

static bool find_visit(void *context, const struct store_row *row)
{
    struct find *find = context;
    struct found *found = find->found;
    assert(row->saga && strlen(row->saga) < sizeof found->saga);
    assert(!row->tags || strlen(row->tags) < sizeof found->tags);
    find_id(find->secret, row, found->id);
    found->txn = row->txn;
    found->open = row->open;
    found->version = row->version;
    snprintf(found->saga, sizeof found->saga, "%s", row->saga);
    snprintf(found->tags, sizeof found->tags, "%s", row->tags ? row->tags : "");
    find->done = true;
    return false;
}

/* A copy, so that nothing is compiled while the store is held. */
static bool find_text(void *context, const struct store_definition *stored)
{
    char **text = context;
    *text = mem_copy(stored->text, stored->length);
    return false;
}
