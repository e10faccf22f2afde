/* Telling of facts. */
#include "cli/facts.h"

#include "base/time.h"
#include "cli/items.h"
#include "cli/text.h"
#include "cli/times.h"
#include "cli/waits.h"

#include <string.h>

enum { FACT_OFFSET = 8, FACT_STEP = 14 };

/* answer on the wire, how it is said */
#define ANSWERS_TOLD(X)                                                                                           \
    X("yes", "yes", PAINT_GOOD)                                                                                   \
    X("no", "NO", PAINT_BAD)                                                                                      \
    X("unknown", "no clear answer", PAINT_UNDO)                                                                   \
    X("pending", "will tell later", PAINT_BUSY)

static void facts_put_word(const struct output *output, struct buf *buf, const char *answer)
{
    static const struct {
        const char *answer, *told;
        enum paint paint;
    } table[] = {
#define X(answer, told, paint) {answer, told, paint},
        ANSWERS_TOLD(X)
#undef X
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (strcmp(table[i].answer, answer) == 0) {
            output_paint(output, buf, table[i].paint, table[i].told);
            return;
        }
    }
    text_put(buf, answer);
}

void facts_put_answer(const struct output *output, struct buf *buf, const json_t *told, const char *manner)
{
    const char *answer = output_member(told, "answer"), *transport = output_member(told, "transport");
    const char *code = output_member(told, "code"), *detail = output_member(told, "detail");
    long long status = json_integer_value(json_object_get(told, "httpStatus"));
    if (!*answer)
        return;
    facts_put_word(output, buf, answer);
    if (status > 0) {
        buf_printf(buf, " (%lld)", status);
    } else if (*transport && strcmp(transport, "ok") != 0) {
        buf_puts(buf, " (");
        text_put(buf, transport);
        buf_putc(buf, ')');
    }
    buf_puts(buf, manner);
    buf_puts(buf, *code || *detail ? ", " : "");
    text_put(buf, code);
    buf_puts(buf, *code && *detail ? ": " : "");
    text_put(buf, detail);
}

/* Puts ", " between what was put since `from` and what follows. */
static void facts_separate(struct buf *buf, size_t from)
{
    if (buf->length > from)
        buf_puts(buf, ", ");
}

static void facts_put_member(struct buf *buf, size_t from, const char *label, const char *value)
{
    if (!*value)
        return;
    facts_separate(buf, from);
    buf_puts(buf, label);
    text_put(buf, value);
}

/* What the fact says of waiting, if it is one of those. */
static void facts_put_wait(struct buf *buf, size_t from, const json_t *fact)
{
    const char *type = output_member(fact, "fact"), *until = output_member(fact, "waitsUntil");
    const char *at = output_member(fact, "at");
    if (strcmp(type, "awaited") == 0) {
        facts_separate(buf, from);
        waits_put(buf, fact, at);
    } else if (strcmp(type, "signalled") == 0) {
        facts_put_member(buf, from, "before it was waited for: ", output_member(fact, "signal"));
    } else if (*until) {
        facts_separate(buf, from);
        buf_puts(buf, "has time");
        waits_put_until(buf, until, at);
    }
}

const char *facts_actor(const json_t *told, const char *kind)
{
    const char *actor = output_member(told, "actor");
    if (*actor || strcmp(kind, "approval") != 0)
        return actor;
    return output_member(json_object_get(told, "output"), "by");
}

void facts_put_what(const struct output *output, struct buf *buf, const json_t *fact)
{
    size_t from = buf->length;
    const json_t *runs = json_object_get(fact, "runs"), *items = json_object_get(fact, "items");
    const char *next = output_member(fact, "nextAttemptAt"), *status = output_member(fact, "status");
    const json_t *parent = json_object_get(fact, "parent");
    if (json_object_get(fact, "child"))
        waits_put(buf, fact, output_member(fact, "at"));
    else
        facts_put_answer(output, buf, fact, "");
    facts_put_member(buf, from, "part of ", output_member(parent, "id"));
    facts_put_member(buf, from, "at its step ", output_member(parent, "step"));
    if (runs)
        buf_puts(buf, json_is_false(runs) || (json_is_integer(runs) && json_integer_value(runs) == 0)
                          ? "its condition is false: skipped"
                          : "its condition is true");
    if (json_is_integer(items))
        buf_printf(buf, "%lld item%s", (long long)json_integer_value(items),
                   json_integer_value(items) == 1 ? "" : "s");
    facts_put_member(buf, from, "", output_member(fact, "decision"));
    facts_put_member(buf, from, "", output_member(fact, "cause"));
    if (*status) {
        facts_separate(buf, from);
        output_paint(output, buf, output_paint_of(status), status);
    }
    facts_put_wait(buf, from, fact);
    facts_put_member(buf, from, "by ", facts_actor(fact, output_member(fact, "kind")));
    facts_put_member(buf, from, "reason: ", output_member(fact, "reason"));
    if (strlen(next) > 11) /* the day is the same more often than not */
        facts_put_member(buf, from, "next try at ", next + 11);
}

void facts_put_offset(struct buf *buf, const char *at, uint64_t begun_ms, size_t width)
{
    uint64_t ms;
    char span[TIMES_TEXT] = "";
    if (begun_ms && time_parse(at, &ms))
        times_print_span(ms > begun_ms ? ms - begun_ms : 0, span);
    size_t length = *span ? strlen(span) + 1 : 0;
    text_put_spaces(buf, length < width ? width - length : 0);
    if (*span)
        buf_printf(buf, "+%s", span);
}

void facts_put_line(const struct output *output, struct buf *buf, const json_t *fact, uint64_t begun_ms)
{
    json_t *name = items_name(fact);
    const char *step = json_is_string(name) ? json_string_value(name) : "", *phase = output_member(fact, "phase");
    long long attempt = json_integer_value(json_object_get(fact, "attempt"));
    facts_put_offset(buf, output_member(fact, "at"), begun_ms, FACT_OFFSET);
    buf_puts(buf, "  ");
    if (*step) {
        size_t from = buf->length;
        text_put(buf, step);
        size_t put = buf->length - from;
        text_put_spaces(buf, put < FACT_STEP ? FACT_STEP - put : 1);
        const char *kind = output_member(fact, "kind");
        bool phased = *phase && (!*kind || strcmp(kind, "saga") == 0); /* what else calls nobody has no phases */
        text_put(buf, phased ? phase : "");
        buf_puts(buf, phased ? " " : "");
    }
    json_decref(name);
    text_put(buf, output_member(fact, "fact"));
    if (attempt > 1)
        buf_printf(buf, ", try %lld", attempt);
    size_t from = buf->length;
    buf_puts(buf, ": ");
    facts_put_what(output, buf, fact);
    if (buf->length == from + 2)
        buf->length = from;
}

const json_t *facts_phase(const json_t *step, enum verb verb)
{
    for (int phases = PHASES_SAGA; phases <= PHASES_CHILD; phases++) {
        const char *word = phase_word((enum phases)phases, verb);
        const json_t *found = word ? json_object_get(step, word) : NULL;
        if (json_is_object(found))
            return found;
    }
    return NULL;
}
