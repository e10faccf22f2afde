/* Rendering of titles, with the engine's own scope of expressions. */
#include "api/titles.h"

#include "base/limits.h"
#include "base/mem.h"
#include "engine/history.h"

#include <assert.h>

static bool titles_asked(const struct fold *fold, uint16_t step);
static bool titles_entry(void *context, const struct history_entry *entry);

void titles_read(struct titles *titles, struct store *store, const struct fold *fold, const struct found *found)
{
    struct begun begun;
    struct error error;
    uint16_t step = 0;
    *titles = (struct titles){.fold = fold};
    while (step < fold->txn->steps_count && !titles_asked(fold, step))
        step++;
    if (step == fold->txn->steps_count || !fold->begun ||
        payload_begun_parse(fold->begun, fold->begun_length, &begun, &error))
        return;
    payload_init(&titles->payload, fold->definition, fold->txn, found->id);
    payload_set_input(&titles->payload, begun.input, begun.input_length);
    payload_begun_done(&begun);
    titles->payload.number = found->txn;
    titles->ready = true;
    if (history_read(store, found->txn, 0, titles_entry, titles, &error) || !titles->ready) {
        titles->ready = false;
        payload_done(&titles->payload);
    }
}

void titles_done(struct titles *titles)
{
    if (titles->ready)
        payload_done(&titles->payload);
    titles->ready = false;
}

char *titles_text(struct titles *titles, uint16_t step)
{
    struct buf buf;
    struct error error;
    if (!titles->ready || !titles_asked(titles->fold, step))
        return NULL;
    buf_init(&buf, LIMIT_DETAIL_BYTES);
    char *text = NULL;
    if (payload_title(&titles->payload, step, &buf, &error) == 0)
        text = mem_copy(buf_text(&buf), buf.length);
    buf_done(&buf);
    return text;
}

static bool titles_asked(const struct fold *fold, uint16_t step)
{
    assert(step < fold->txn->steps_count);
    return fold->definition->steps[step].title && fold->actions[step].attempts > 0;
}

static bool titles_entry(void *context, const struct history_entry *entry)
{
    struct titles *titles = context;
    if (entry->fact.type != FACT_BEGUN && entry->fact.type != FACT_ENDED)
        titles->kept_bytes += entry->payload_length;
    titles->ready = titles->kept_bytes <= LIMIT_OUTPUTS_BYTES;
    if (titles->ready)
        payload_learn(&titles->payload, &entry->fact, entry->payload, entry->payload_length);
    return titles->ready;
}
