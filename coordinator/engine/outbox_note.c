/* What a saga announces of a fact, as a CloudEvent (CloudEvents 1.0, JSON format, structured mode). */
#include "base/mem.h"
#include "base/time.h"
#include "definition/notices.h"
#include "engine/id.h"
#include "engine/inside.h"

#include <string.h>

static const char *word_of(const struct fact *fact, enum notice *notice);
static void print(const struct open *open, const struct fact *fact, const char *word, const char *id,
                  struct buf *buf);
static void member(struct buf *buf, const char *name, const char *text);

void outbox_note(struct engine *engine, const struct open *open, const struct fact *fact, uint32_t seq)
{
    enum notice notice;
    const char *word = word_of(fact, &notice);
    if (!word || !open->definition->notices_to || !(open->definition->notices >> notice & 1))
        return;
    struct batch *batch = &engine->batch;
    char id[OUTBOX_ID];
    struct buf buf;
    outbox_id(engine, open->number, seq, id);
    buf_init(&buf, 2 * LIMIT_BODY_BYTES);
    print(open, fact, word, id, &buf);
    if (batch->messages_count == batch->messages_capacity) {
        batch->messages_capacity = batch->messages_capacity ? batch->messages_capacity * 2 : 16;
        batch->messages = mem_grow(batch->messages, batch->messages_capacity * sizeof *batch->messages);
    }
    struct store_message *message = &batch->messages[batch->messages_count++];
    *message = (struct store_message){open->definition->notices_to, open->number, seq, NULL, 0};
    message->bytes = buf_take(&buf, &message->length);
}

/* Ids that the client chose do not matter here: the number has one of its own, which is stable and short. */
void outbox_id(const struct engine *engine, uint64_t txn, uint32_t seq, char id[OUTBOX_ID])
{
    char uuid[LIMIT_ID_TEXT];
    id_print(txn, engine->secret, uuid);
    snprintf(id, OUTBOX_ID, "%s/%u", uuid, seq);
}

/* NULL: nothing that anybody could want to hear of. */
static const char *word_of(const struct fact *fact, enum notice *notice)
{
    static const char *const words[] = {
#define X(name, word) [name] = word,
        NOTICES(X)
#undef X
    };
    switch (fact->type) {
    case FACT_BEGUN:
        *notice = NOTICE_STARTED;
        break;
    case FACT_PAUSED:
        *notice = NOTICE_PAUSED;
        break;
    case FACT_RESUMED:
        *notice = NOTICE_RESUMED;
        break;
    case FACT_DECIDED:
        if (fact->value != DECISION_ABORT)
            return NULL;
        *notice = NOTICE_COMPENSATING;
        break;
    case FACT_ENDED:
        *notice = fact->value == STATUS_COMPLETED     ? NOTICE_COMPLETED
                  : fact->value == STATUS_COMPENSATED ? NOTICE_COMPENSATED
                                                      : NOTICE_TERMINATED;
        break;
    default:
        return NULL;
    }
    return words[*notice];
}

static void print(const struct open *open, const struct fact *fact, const char *word, const char *id,
                  struct buf *buf)
{
    char time[TIME_TEXT];
    const struct txn *txn = open->txn;
    enum cause cause = fact->type == FACT_PAUSED ? (enum cause)fact->code : txn->cause;
    uint16_t branch = fact->type == FACT_PAUSED ? fact->branch : txn->cause_branch;
    bool why = cause != CAUSE_NONE && (fact->type == FACT_PAUSED || txn->decision == DECISION_ABORT);
    time_print(fact->at_ms, time);
    buf_printf(buf, "{\"specversion\":\"1.0\",\"id\":\"%s\",\"source\":\"/v1/definitions/%s\",", id,
               open->definition->name);
    buf_printf(buf, "\"type\":\"belay.transaction.%s\",\"time\":\"%s\"", word, time);
    member(buf, "subject", open->id);
    buf_puts(buf, ",\"datacontenttype\":\"application/json\",\"data\":{\"id\":");
    buf_put_json(buf, open->id, strlen(open->id));
    member(buf, "saga", open->definition->name);
    buf_printf(buf, ",\"version\":%u", open->definition->version);
    member(buf, "status", status_word(txn->status));
    if (why)
        member(buf, "cause", cause_word(cause));
    if (why && branch != BRANCH_NONE)
        member(buf, "step", payload_spec(&open->payload, branch)->id);
    if (fact->type == FACT_ENDED && open->result) {
        buf_puts(buf, ",\"output\":");
        buf_put(buf, open->result, open->result_length);
    }
    buf_puts(buf, "}}");
}

static void member(struct buf *buf, const char *name, const char *text)
{
    buf_printf(buf, ",\"%s\":", name);
    buf_put_json(buf, text, strlen(text));
}
