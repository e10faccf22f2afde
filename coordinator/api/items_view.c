/* GET /v1/transactions/{id}/steps/{step}/items: the items of a step, page by page, all or those in one state. */
#include "api/answer.h"
#include "api/find.h"
#include "api/fold.h"
#include "api/routes.h"
#include "api/step_view.h"
#include "api/write.h"

#include <string.h>

enum { ITEMS_DEFAULT = 100 };

/* What is asked for. */
struct items_page {
    uint64_t from;
    uint64_t limit;
    const char *state; /* NULL: any */
};

static int items_read(struct api *api, const struct target *target, struct items_page *page, struct buf *buf,
                      struct error *error);
static int items_check_state(const char *state, struct error *error);
static void items_print(const struct fold *fold, uint16_t step, const struct items_page *page, struct buf *buf);

void items_get(struct api *api, struct exchange *exchange, const struct target *target)
{
    struct items_page page = {.limit = ITEMS_DEFAULT, .state = query_find(&target->query, "state")};
    struct error error;
    if (query_number(&target->query, "from", 0, LIMIT_ITEMS, &page.from, &error) ||
        query_number(&target->query, "limit", 1, LIMIT_PAGE, &page.limit, &error) ||
        items_check_state(page.state, &error) || items_read(api, target, &page, &exchange->response, &error)) {
        answer_error(exchange, &error);
        return;
    }
    answer_json(exchange, 200);
}

static int items_check_state(const char *state, struct error *error)
{
    bool known = !state;
    for (int i = BRANCH_IDLE; !known && i <= BRANCH_SPREAD; i++)
        known = strcmp(state, branch_state_word((enum branch_state)i)) == 0;
    return known ? 0 : error_set(error, ERROR_USAGE, "\"state\" is the state of an item, found \"%.64s\"", state);
}

static int items_read(struct api *api, const struct target *target, struct items_page *page, struct buf *buf,
                      struct error *error)
{
    struct found found;
    struct fold fold;
    const char *name = target->path.segments[PATH_PART];
    if (find_transaction(api->store, target->path.segments[PATH_ID], &found, error))
        return (int)error->code;
    struct definition *definition = find_definition(api->store, &found, error);
    if (!definition)
        return (int)error->code;
    int step = definition_find_step(definition, name);
    int code = 0;
    if (step < 0)
        code = error_set(error, ERROR_NOT_FOUND, "saga \"%s\" has no step \"%s\"", found.saga, name);
    else if (!definition->plan.steps[step].each)
        code = error_set(error, ERROR_NOT_FOUND, "step \"%s\" has no items: it has no \"forEach\"", name);
    if (!code)
        code = fold_read(&fold, api->store, found.txn, definition, error);
    if (!code) {
        items_print(&fold, (uint16_t)step, page, buf);
        fold_done(&fold);
    }
    definition_free(definition);
    return code;
}

static void items_print(const struct fold *fold, uint16_t step, const struct items_page *page, struct buf *buf)
{
    const struct branch *parent = &fold->txn->branches[step];
    uint64_t next = 0, shown = 0;
    write_open(buf, '{');
    write_text(buf, "step", fold->definition->steps[step].id);
    write_number(buf, "count", parent->items_count);
    write_key(buf, "items");
    write_open(buf, '[');
    for (uint64_t i = page->from; i < parent->items_count && !next; i++) {
        uint16_t item = (uint16_t)(parent->items + i);
        const char *state = branch_state_word((enum branch_state)fold->txn->branches[item].state);
        if (page->state && strcmp(page->state, state) != 0)
            continue;
        if (shown++ < page->limit && buf->length < LIMIT_OUTPUTS_BYTES)
            step_view_item(fold, item, buf);
        else
            next = i;
    }
    buf_putc(buf, ']');
    if (next)
        write_number(buf, "next", next);
    buf_putc(buf, '}');
}
