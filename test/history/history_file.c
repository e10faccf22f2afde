/* Playing a history. The file is
 *
 *   # prose
 *   { a saga }
 *
 *   > EVENT @MS       milliseconds since the beginning; 0 when left out
 *     fact ...        indented: what the core puts out
 *
 * and EVENT is one of
 *   begin | timer | recover | cancel | pause | resume | terminate | release
 *   begin nested | cancel by-parent | pause by-parent     of a child
 *   answer STEP PHASE ATTEMPT yes|no|unknown|pending CODE [after MS] [settled] [read_only]
 *   told STEP yes|no|broken       a condition, when it was asked for
 *   told STEP items-broken | spread STEP COUNT     its items, when they were asked for
 *   tell STEP yes|no|unknown      a callback, a person's word, or a child's end
 *   heartbeat STEP | signal STEP
 *   retry [STEP] | skip STEP | resolve STEP done|failed
 *
 * An item is STEP[PLACE], from 0 on. */
#include "history/history_file.h"

#include "base/limits.h"
#include "base/limits.h"
#include "base/mem.h"
#include "core/core.h"
#include "definition/definition.h"
#include "engine/payload.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS = 10, FACTS_MAX = 1000 };

static const uint64_t begin_ms = 1000000; /* times are printed relative to this */

struct play {
    struct definition *definition;
    struct txn *txn;
    struct out out;
    struct fact *history;
    size_t history_count;
    struct buf *text;
};

static bool play_open(struct play *play, const char *saga, size_t length);
static void play_done(struct play *play);
static bool play_event(struct play *play, char *line);
static bool parse_event(const struct play *play, char **word, size_t count, struct event *event);
static bool parse_simple(const char *name, enum event_type *type);
static enum verb parse_phase(const struct play *play, uint16_t branch, const char *name);
static const char *phase_of(const struct play *play, uint16_t branch, enum verb verb);
static bool find_step(const struct play *play, const char *id, uint16_t *branch);
static struct txn *make_room(struct txn *txn, const struct fact *fact);
static void print_fact(struct play *play, const struct fact *fact);
static void print_branch(struct play *play, const struct fact *fact);
static bool check_fold(const struct play *play);

bool history_file_play(const char *text, struct buf *out)
{
    const char *saga = strstr(text, "\n{");
    const char *end = saga ? strstr(saga, "\n\n") : NULL;
    struct play play = {.text = out};
    if (!end || !play_open(&play, saga + 1, (size_t)(end - saga - 1)))
        return false;
    buf_put(out, text, (size_t)(end + 2 - text));
    bool ok = true;
    for (const char *line = end + 2; ok && *line;) {
        size_t length = strcspn(line, "\n");
        if (line[0] == '#' || length == 0)
            buf_printf(out, "%.*s\n", (int)length, line);
        if (line[0] == '>') {
            char *copy = mem_copy(line, length);
            buf_printf(out, "%s\n", copy);
            ok = play_event(&play, copy + 1);
            mem_free(copy);
        }
        line += length + (line[length] == '\n');
    }
    play_done(&play);
    return ok;
}

bool history_file_read(const char *path, struct buf *buf)
{
    FILE *file = fopen(path, "r");
    char block[4096];
    size_t length;
    while (file && (length = fread(block, 1, sizeof block, file)) > 0)
        buf_put(buf, block, length);
    return file && fclose(file) == 0 && !buf->full;
}

bool history_file_write(const char *path, struct buf *buf)
{
    FILE *file = fopen(path, "w");
    size_t written = file ? fwrite(buf->data, 1, buf->length, file) : 0;
    return file && fclose(file) == 0 && written == buf->length;
}

static bool play_open(struct play *play, const char *saga, size_t length)
{
    struct findings findings;
    findings_init(&findings);
    play->definition = definition_parse(saga, length, &findings);
    if (!play->definition)
        findings_print(&findings, "saga", play->text);
    findings_done(&findings);
    if (!play->definition)
        return false;
    const struct plan *plan = &play->definition->plan;
    play->txn = mem_new(txn_size(plan->steps_count));
    core_init(plan, play->txn);
    play->out.facts = mem_array(core_needs(plan), sizeof(struct fact));
    play->out.calls = mem_array(core_needs(plan), sizeof(struct call));
    play->out.asks = mem_array(core_needs(plan), sizeof(struct ask));
    play->history = mem_array(FACTS_MAX, sizeof(struct fact));
    return true;
}

static void play_done(struct play *play)
{
    mem_free(play->history);
    mem_free(play->out.facts);
    mem_free(play->out.calls);
    mem_free(play->out.asks);
    mem_free(play->txn);
    definition_free(play->definition);
}

static bool play_event(struct play *play, char *line)
{
    char *word[WORDS];
    size_t count = 0;
    struct event event = {.now_ms = begin_ms, .branch = BRANCH_NONE, .seed = 7};
    char *rest = NULL;
    for (char *next = line; count < WORDS && (rest = next + strspn(next, " ")) && *rest; count++) {
        next = rest + strcspn(rest, " ");
        word[count] = rest;
        if (*next)
            *next++ = '\0';
    }
    if (count > 1 && word[count - 1][0] == '@')
        event.now_ms += strtoull(word[--count] + 1, NULL, 10);
    event.nested = count > 1 && strcmp(word[count - 1], "nested") == 0;
    event.by_parent = count > 1 && strcmp(word[count - 1], "by-parent") == 0;
    count -= event.nested || event.by_parent;
    if (!count || !parse_event(play, word, count, &event)) {
        buf_clear(play->text);
        buf_printf(play->text, "no such event: %s", count ? word[0] : "");
        return false;
    }
    if (event.type == EVENT_SPREAD)
        play->txn = make_room(play->txn, &(struct fact){.type = FACT_SPREAD, .value = event.count});
    enum refusal refusal = core_step(&play->definition->plan, play->txn, &event, &play->out);
    if (refusal != REFUSAL_NONE)
        buf_printf(play->text, "  refused: %s\n", refusal_text(refusal));
    for (size_t i = 0; i < play->out.facts_count; i++) {
        assert(play->history_count < FACTS_MAX);
        play->history[play->history_count++] = play->out.facts[i];
        print_fact(play, &play->out.facts[i]);
    }
    for (size_t i = 0; i < play->out.asks_count; i++)
        buf_printf(play->text, "  ask %s%s\n", play->definition->steps[play->out.asks[i].branch].id,
                   play->out.asks[i].question == ASK_ITEMS ? " items" : "");
    if (play->out.wake_ms)
        buf_printf(play->text, "  wake @%llu\n", (unsigned long long)(play->out.wake_ms - begin_ms));
    return check_fold(play);
}

static bool parse_event(const struct play *play, char **word, size_t count, struct event *event)
{
    if (!parse_simple(word[0], &event->type))
        return false;
    if (count > 1 && !find_step(play, word[1], &event->branch))
        return false;
    switch (event->type) {
    case EVENT_ANSWER:
        if (count < 6)
            return false;
        event->verb = parse_phase(play, event->branch, word[2]);
        event->attempt = (uint32_t)strtoul(word[3], NULL, 10);
        for (int answer = ANSWER_YES; answer <= ANSWER_PENDING; answer++)
            if (strcmp(word[4], answer_word((enum answer)answer)) == 0)
                event->answer = (enum answer)answer;
        event->code = (uint16_t)strtoul(word[5], NULL, 10);
        for (size_t i = 6; i < count; i++) {
            event->settled |= strcmp(word[i], "settled") == 0;
            event->read_only |= strcmp(word[i], "read_only") == 0;
            if (strcmp(word[i], "after") == 0 && i + 1 < count)
                event->retry_after_ms = strtoull(word[i + 1], NULL, 10);
        }
        return event->answer != ANSWER_NONE && event->verb != VERB_NONE;
    case EVENT_TOLD:
    case EVENT_TELL:
    case EVENT_RESOLVE:
        if (count < 3)
            return false;
        event->answer = strcmp(word[2], "yes") == 0 || strcmp(word[2], "done") == 0    ? ANSWER_YES
                        : strcmp(word[2], "no") == 0 || strcmp(word[2], "failed") == 0 ? ANSWER_NO
                                                                                       : ANSWER_UNKNOWN;
        event->settled = event->type == EVENT_TELL;
        if (event->type == EVENT_TOLD && event->answer == ANSWER_UNKNOWN)
            event->code = strcmp(word[2], "items-broken") == 0 ? CALL_BAD_ITEMS : CALL_UNEVALUABLE;
        return true;
    case EVENT_SPREAD:
        event->count = (uint16_t)(count > 2 ? strtoul(word[2], NULL, 10) : 0);
        return count > 2;
    default:
        return true;
    }
}

static bool parse_simple(const char *name, enum event_type *type)
{
    for (int i = EVENT_BEGIN; i <= EVENT_TERMINATE; i++)
        if (strcmp(name, event_word((enum event_type)i)) == 0) {
            *type = (enum event_type)i;
            return true;
        }
    return false;
}

static enum verb parse_phase(const struct play *play, uint16_t branch, const char *name)
{
    for (int verb = VERB_DO; verb <= VERB_CONFIRM; verb++) {
        const char *phase = phase_of(play, branch, (enum verb)verb);
        if (phase && strcmp(name, phase) == 0)
            return (enum verb)verb;
    }
    return VERB_NONE;
}

static const char *phase_of(const struct play *play, uint16_t branch, enum verb verb)
{
    return phase_word(play->definition->steps[play->txn->branches[branch].step].phases, verb);
}

static bool find_step(const struct play *play, const char *id, uint16_t *branch)
{
    char step[LIMIT_NAME_BYTES + 1];
    size_t length = strcspn(id, "[");
    snprintf(step, sizeof step, "%.*s", (int)length, id);
    int index = definition_find_step(play->definition, step);
    *branch = (uint16_t)index;
    if (index < 0 || !id[length])
        return index >= 0;
    const struct branch *parent = &play->txn->branches[index];
    unsigned long place = strtoul(id + length + 1, NULL, 10);
    *branch = (uint16_t)(parent->items + place);
    return place < parent->items_count;
}

static struct txn *make_room(struct txn *txn, const struct fact *fact)
{
    uint16_t before = txn->branches_capacity, room = core_room(txn, fact);
    if (room <= before)
        return txn;
    txn = mem_grow(txn, txn_size(room));
    memset((char *)txn + txn_size(before), 0, txn_size(room) - txn_size(before));
    txn->branches_capacity = room;
    return txn;
}

static void print_fact(struct play *play, const struct fact *fact)
{
    struct buf *text = play->text;
    buf_printf(text, "  %s", fact_word(fact->type));
    print_branch(play, fact);
    switch (fact->type) {
    case FACT_ANSWERED:
        buf_printf(text, " %s %u", answer_word(fact->answer), fact->code);
        if (fact->answer == ANSWER_YES && fact->value)
            buf_puts(text, " read_only");
        break;
    case FACT_GUARDED:
        buf_puts(text, fact->value ? " runs" : " skipped");
        break;
    case FACT_DECIDED:
        buf_printf(text, " %s: %s", fact->value == DECISION_COMMIT ? "commit" : "abort",
                   cause_word((enum cause)fact->code));
        break;
    case FACT_PAUSED:
        buf_printf(text, ": %s", cause_word((enum cause)fact->code));
        break;
    case FACT_RESOLVED:
        buf_printf(text, " %s", answer_word(fact->answer));
        break;
    case FACT_SPREAD:
        buf_printf(text, " %llu", (unsigned long long)fact->value);
        break;
    case FACT_ENDED:
        buf_printf(text, " %s", status_word((enum status)fact->value));
        break;
    default:
        break;
    }
    if (fact->due_ms)
        buf_printf(text, " until @%llu", (unsigned long long)(fact->due_ms - begin_ms));
    if (fact->answer == ANSWER_PENDING && fact->value != fact->due_ms)
        buf_printf(text, " at last @%llu", (unsigned long long)(fact->value - begin_ms));
    buf_putc(text, '\n');
}

static void print_branch(struct play *play, const struct fact *fact)
{
    if (fact->branch == BRANCH_NONE)
        return;
    uint16_t step = play->txn->branches[fact->branch].step;
    buf_printf(play->text, " %s", play->definition->steps[step].id);
    if (fact->branch != step)
        buf_printf(play->text, "[%u]", (unsigned)(fact->branch - play->txn->branches[step].items));
    if (fact->verb != VERB_NONE)
        buf_printf(play->text, " %s", phase_of(play, fact->branch, fact->verb));
    if (fact->attempt)
        buf_printf(play->text, " %u", fact->attempt);
}

/* Invariant 9. */
static bool check_fold(const struct play *play)
{
    const struct plan *plan = &play->definition->plan;
    struct txn *folded = mem_new(txn_size(plan->steps_count));
    core_init(plan, folded);
    bool same = true;
    for (size_t i = 0; same && i < play->history_count; i++) {
        folded = make_room(folded, &play->history[i]);
        same = core_apply(plan, folded, &play->history[i]);
    }
    same = same && core_equal(folded, play->txn);
    mem_free(folded);
    if (!same)
        buf_puts(play->text, "the fold of the facts is not the record");
    return same;
}
