/* Drawing of transactions. */
#include "cli/timeline.h"

#include "base/mem.h"
#include "base/time.h"
#include "cli/facts.h"
#include "cli/items.h"
#include "cli/story.h"
#include "cli/text.h"
#include "cli/times.h"
#include "cli/waits.h"

#include <string.h>

enum { NAME_MOST = 24, OFFSET_WIDTH = 8, RESULT_BYTES = 4096 };

/* One line to come: a step in one of its phases. */
struct line {
    const json_t *step;
    const json_t *phase; /* NULL: never called */
    uint64_t started_ms; /* UINT64_MAX: never */
    size_t index;
    bool over; /* an action whose undo or confirm has begun */
    enum verb verb;
};

struct timeline {
    const struct output *output;
    struct buf *buf;
    const json_t *txn;
    uint64_t begun_ms;
    size_t step_width, participant_width;
};

static bool status_is(const json_t *txn, const char *status);
static void timeline_head(struct timeline *timeline);
static void timeline_lock(struct timeline *timeline);
static void timeline_forward(struct timeline *timeline);
static void timeline_second(struct timeline *timeline, enum verb verb, const char *heading);
static void timeline_result(struct timeline *timeline);

/* Who is called, which saga it is, or what else the step is. */
static const char *timeline_who(const json_t *step)
{
    const char *participant = output_member(step, "participant"), *saga = output_member(step, "saga");
    return *participant ? participant : *saga ? saga : output_member(step, "kind");
}

static const char *timeline_id(const json_t *step)
{
    return output_member(step, "id");
}

static size_t timeline_widest(const json_t *steps, const char *(*text_of)(const json_t *step))
{
    size_t index, widest = 0;
    json_t *step;
    struct buf safe;
    buf_init(&safe, OUTPUT_BYTES);
    json_array_foreach(steps, index, step)
    {
        buf_clear(&safe);
        text_put(&safe, text_of(step));
        size_t width = text_width(buf_text(&safe));
        widest = width > widest ? width : widest;
    }
    buf_done(&safe);
    return widest < NAME_MOST ? widest : NAME_MOST;
}

void timeline_put(const struct output *output, struct buf *buf, const json_t *folded)
{
    json_t *txn = items_unfold(folded);
    const json_t *steps = json_object_get(txn, "steps");
    struct timeline timeline = {.output = output, .buf = buf, .txn = txn};
    timeline.step_width = timeline_widest(steps, timeline_id);
    timeline.participant_width = timeline_widest(steps, timeline_who);
    time_parse(output_member(txn, "begunAt"), &timeline.begun_ms);
    timeline_head(&timeline);
    timeline_forward(&timeline);
    timeline_second(&timeline, VERB_CONFIRM,
                    status_is(txn, "completed") ? "then confirmed:" : "then the confirm:");
    timeline_second(&timeline, VERB_UNDO, status_is(txn, "compensated") ? "then undone:" : "then the undo:");
    buf_putc(buf, '\n');
    story_put_why(output, buf, txn);
    timeline_result(&timeline);
    json_decref(txn);
}

static bool status_is(const json_t *txn, const char *status)
{
    return strcmp(output_member(txn, "status"), status) == 0;
}

static void timeline_head(struct timeline *timeline)
{
    struct buf *buf = timeline->buf;
    const char *status = output_member(timeline->txn, "status");
    char span[TIMES_TEXT];
    uint64_t end_ms = timeline->output->now_ms;
    bool ended = time_parse(output_member(timeline->txn, "endedAt"), &end_ms);
    size_t index;
    json_t *tag;
    output_paint(timeline->output, buf, PAINT_BOLD, output_member(timeline->txn, "id"));
    buf_puts(buf, "  ");
    text_put(buf, output_member(timeline->txn, "saga"));
    buf_printf(buf, " v%lld  ", (long long)json_integer_value(json_object_get(timeline->txn, "version")));
    output_paint(timeline->output, buf, output_paint_of(status), status);
    times_print_span(end_ms > timeline->begun_ms ? end_ms - timeline->begun_ms : 0, span);
    if (timeline->begun_ms) {
        buf_printf(buf, "%s%s\nbegun ", ended ? " after " : "", ended ? span : "");
        text_put(buf, output_member(timeline->txn, "begunAt"));
        buf_printf(buf, "%s%s%s", ended ? "" : ", ", ended ? "" : span, ended ? "" : " ago");
    }
    json_array_foreach(json_object_get(timeline->txn, "tags"), index, tag)
    {
        buf_puts(buf, index ? ", " : ", tags ");
        text_put(buf, json_is_string(tag) ? json_string_value(tag) : "?");
    }
    const json_t *parent = json_object_get(timeline->txn, "parent");
    if (parent) {
        buf_puts(buf, "\npart of ");
        text_put(buf, output_member(parent, "id"));
        buf_puts(buf, ", at its step ");
        text_put(buf, output_member(parent, "step"));
    }
    timeline_lock(timeline);
    buf_puts(buf, "\n\n");
}

/* Of one that is over it says nothing any more. */
static void timeline_lock(struct timeline *timeline)
{
    struct buf *buf = timeline->buf;
    const json_t *lock = json_object_get(timeline->txn, "lock");
    const char *state = output_member(lock, "state"), *holder = output_member(lock, "holder");
    bool waits = strcmp(state, "waiting") == 0;
    if (!waits && strcmp(state, "held") != 0)
        return;
    buf_puts(buf, waits ? "\nwaits for the lock " : "\nholds the lock ");
    text_put(buf, output_member(lock, "key"));
    if (!waits)
        return;
    buf_puts(buf, " until ");
    text_put(buf, output_member(lock, "waitsUntil"));
    if (!*holder)
        return;
    buf_puts(buf, ", held by ");
    text_put(buf, holder);
    long long between = json_integer_value(json_object_get(lock, "before")) - 1;
    if (between > 0)
        buf_printf(buf, ", %lld more before it", between);
}

/* " in 33ms, 3 tries, by ann" */
static void timeline_manner(const struct line *line, struct buf *manner)
{
    uint64_t ended_ms;
    char span[TIMES_TEXT];
    long long attempts = json_integer_value(json_object_get(line->phase, "attempts"));
    const char *actor = facts_actor(line->phase, output_member(line->step, "kind"));
    if (line->started_ms != UINT64_MAX && time_parse(output_member(line->phase, "endedAt"), &ended_ms)) {
        times_print_span(ended_ms > line->started_ms ? ended_ms - line->started_ms : 0, span);
        buf_printf(manner, " in %s", span);
    }
    if (attempts > 1)
        buf_printf(manner, ", %lld tries", attempts);
    buf_puts(manner, *actor ? ", by " : "");
    text_put(manner, actor);
}

/* What it waits for, and what it asks. */
static void timeline_wait(struct timeline *timeline, const struct line *line)
{
    char now[TIME_TEXT];
    const char *title = output_member(line->step, "title"), *limit = output_member(line->step, "deadline");
    struct buf *buf = timeline->buf, command;
    time_print(timeline->output->now_ms, now);
    waits_put(buf, line->step, now);
    if (*limit) {
        buf_puts(buf, ", with heartbeats");
        waits_put_until(buf, limit, now);
    }
    buf_puts(buf, *title ? ": " : "");
    text_put(buf, title);
    buf_init(&command, OUTPUT_BYTES);
    if (waits_put_command(&command, line->step, output_member(timeline->txn, "id"), timeline_id(line->step),
                          false))
        buf_printf(buf, "; %s", buf_text(&command));
    buf_done(&command);
}

/* Of a phase that only waits, or has waited, for a child; false when there is more to tell. */
static bool timeline_child(struct timeline *timeline, const struct line *line)
{
    const char *child = output_member(line->step, "child"), *answer = output_member(line->phase, "answer");
    bool started = line->verb == VERB_DO && strcmp(answer, "pending") == 0;
    if (!*child || (*answer && !started))
        return false;
    output_paint(timeline->output, timeline->buf, line->over ? PAINT_FAINT : PAINT_BUSY,
                 line->over ? "waited" : "waits");
    buf_puts(timeline->buf, " for the transaction ");
    text_put(timeline->buf, child);
    return true;
}

/* How a phase went: the answer, how long it took, how many tries, why, when it is tried again. */
static void timeline_phase(struct timeline *timeline, const struct line *line)
{
    struct buf *buf = timeline->buf, manner;
    const char *next = output_member(line->step, "nextAttemptAt"), *state = output_member(line->step, "state");
    const json_t *check = line->verb != VERB_DO ? NULL : facts_phase(line->step, VERB_CHECK);
    if (timeline_child(timeline, line))
        return;
    if (!line->over && strcmp(state, "pending") == 0) {
        timeline_wait(timeline, line);
        return;
    }
    buf_init(&manner, OUTPUT_BYTES);
    timeline_manner(line, &manner);
    if (*output_member(line->phase, "answer")) {
        facts_put_answer(timeline->output, buf, line->phase, buf_text(&manner));
    } else {
        output_paint(timeline->output, buf, PAINT_BUSY, "being called");
        buf_puts(buf, buf_text(&manner));
    }
    buf_done(&manner);
    if (line->verb == VERB_DO && strcmp(output_member(line->phase, "answer"), "yes") == 0 &&
        *output_member(line->step, "child")) {
        buf_puts(buf, ", transaction ");
        text_put(buf, output_member(line->step, "child"));
    }
    if (*output_member(check, "answer")) {
        buf_puts(buf, "; checked: ");
        facts_put_answer(timeline->output, buf, check, "");
    }
    if (line->over)
        return; /* the state of the step is its undo's */
    if (strcmp(state, "stuck") == 0) {
        buf_puts(buf, ", ");
        output_paint(timeline->output, buf, PAINT_ALARM, "stuck");
    } else if (*next && strcmp(state, "waiting") == 0) {
        buf_puts(buf, ", again at ");
        text_put(buf, strlen(next) > 11 ? next + 11 : next);
    }
}

/* Of a case or a gate, whether what is behind it runs; false for other steps, and before that is known. */
static bool timeline_gate(struct timeline *timeline, const json_t *step, const char *state)
{
    long long number = json_integer_value(json_object_get(step, "case"));
    bool open = strcmp(state, "done") == 0, is_case = strcmp(output_member(step, "kind"), "case") == 0;
    if ((!open && strcmp(state, "skipped") != 0) || (!is_case && strcmp(output_member(step, "kind"), "gate") != 0))
        return false;
    char told[64];
    if (is_case)
        snprintf(told, sizeof told, "case %lld %s", number, open ? "is taken" : "is not taken");
    else
        snprintf(told, sizeof told, "%s", open ? "its condition is true" : "its condition is false: skipped");
    output_paint(timeline->output, timeline->buf, open ? PAINT_NONE : PAINT_FAINT, told);
    return true;
}

/* A step that was never called, in the words of its state. */
static void timeline_never(struct timeline *timeline, const json_t *step)
{
    const char *state = output_member(step, "state");
    if (timeline_gate(timeline, step, state) || items_put_count(timeline->buf, step))
        return;
    output_paint(timeline->output, timeline->buf, PAINT_FAINT,
                 strcmp(state, "skipped") == 0  ? "skipped"
                 : strcmp(state, "idle") == 0   ? "not reached"
                 : strcmp(state, "done") == 0   ? "nothing to call"
                 : strcmp(state, "undone") == 0 ? "nothing to undo"
                                                : state);
    if (!*output_member(step, "signalledAt"))
        return;
    buf_puts(timeline->buf, "; the signal ");
    text_put(timeline->buf, output_member(step, "signal"));
    buf_puts(timeline->buf, " is there already");
}

/* + done, x refused, ? unclear, > under way, - never called, < undone */
static char timeline_mark(const struct line *line)
{
    const char *answer = output_member(line->phase, "answer"), *state = output_member(line->step, "state");
    bool items = json_object_get(line->step, "items");
    bool open = (items || *output_member(line->step, "kind")) && strcmp(state, "done") == 0;
    return !line->phase                                 ? (open ? '+' : '-')
           : !*answer || strcmp(answer, "pending") == 0 ? '>'
           : strcmp(answer, "no") == 0                  ? 'x'
           : strcmp(answer, "yes") == 0                 ? (line->verb == VERB_UNDO ? '<' : '+')
           : !line->over && strcmp(state, "done") == 0  ? '+' /* a check cleared it up */
                                                        : '?';
}

static void timeline_cell(struct timeline *timeline, const char *text, size_t width)
{
    struct buf safe;
    if (!width)
        return;
    buf_init(&safe, OUTPUT_BYTES);
    text_put(&safe, text);
    text_put_cell(timeline->buf, buf_text(&safe), width);
    buf_puts(timeline->buf, "  ");
    buf_done(&safe);
}

static void timeline_line(struct timeline *timeline, const struct line *line)
{
    const json_t *result = json_object_get(line->phase, "output");
    facts_put_offset(timeline->buf, output_member(line->phase, "startedAt"), timeline->begun_ms, OFFSET_WIDTH);
    buf_printf(timeline->buf, "  %c ", timeline_mark(line));
    timeline_cell(timeline, output_member(line->step, "id"), timeline->step_width);
    timeline_cell(timeline, timeline_who(line->step), timeline->participant_width);
    if (line->phase)
        timeline_phase(timeline, line);
    else
        timeline_never(timeline, line->step);
    buf_putc(timeline->buf, '\n');
    if (timeline->output->format == FORMAT_WIDE && result) {
        text_put_spaces(timeline->buf, OFFSET_WIDTH + 4);
        output_put_json_line(timeline->buf, result);
        buf_putc(timeline->buf, '\n');
    }
}

/* The lines of one phase, in the order of the file. */
static struct line *timeline_lines(const json_t *txn, enum verb verb, size_t *count)
{
    const json_t *steps = json_object_get(txn, "steps");
    struct line *lines = mem_array(json_array_size(steps), sizeof *lines);
    size_t index;
    json_t *step;
    *count = 0;
    json_array_foreach(steps, index, step)
    {
        bool over = verb == VERB_DO && (facts_phase(step, VERB_UNDO) || facts_phase(step, VERB_CONFIRM));
        struct line line = {step, facts_phase(step, verb), UINT64_MAX, index, over, verb};
        time_parse(output_member(line.phase, "startedAt"), &line.started_ms);
        lines[(*count)++] = line;
    }
    return lines;
}

/* By start. What was never called stays at the end, in the order of the file. */
static int timeline_by_start(const void *a, const void *b)
{
    const struct line *left = a, *right = b;
    if (left->started_ms != right->started_ms)
        return left->started_ms < right->started_ms ? -1 : 1;
    return left->index < right->index ? -1 : left->index > right->index;
}

/* By start; within one millisecond an undo goes backwards. */
static int timeline_by_undo(const void *a, const void *b)
{
    const struct line *left = a, *right = b;
    if (left->started_ms != right->started_ms)
        return left->started_ms < right->started_ms ? -1 : 1;
    return left->index > right->index ? -1 : left->index < right->index;
}

/* Forward, the order of the file is the order of time, but for steps side by side. A step never called stands
 * where the file has it, so only called ones are sorted, in the places of called ones. */
static void timeline_forward(struct timeline *timeline)
{
    size_t count, called_count = 0;
    struct line *lines = timeline_lines(timeline->txn, VERB_DO, &count);
    struct line *called = mem_array(count, sizeof *called);
    for (size_t i = 0; i < count; i++)
        if (lines[i].phase)
            called[called_count++] = lines[i];
    qsort(called, called_count, sizeof *called, timeline_by_start);
    for (size_t i = 0, next = 0; i < count; i++)
        timeline_line(timeline, lines[i].phase ? &called[next++] : &lines[i]);
    mem_free(called);
    mem_free(lines);
}

/* What followed from the decision. */
static void timeline_second(struct timeline *timeline, enum verb verb, const char *heading)
{
    size_t count, shown = 0;
    struct line *lines = timeline_lines(timeline->txn, verb, &count);
    qsort(lines, count, sizeof *lines, verb == VERB_UNDO ? timeline_by_undo : timeline_by_start);
    for (size_t i = 0; i < count; i++) {
        if (!lines[i].phase)
            continue;
        if (!shown++)
            output_paint(timeline->output, timeline->buf, verb == VERB_UNDO ? PAINT_UNDO : PAINT_NONE, heading);
        buf_puts(timeline->buf, shown == 1 ? "\n" : "");
        timeline_line(timeline, &lines[i]);
    }
    mem_free(lines);
}

static void timeline_result(struct timeline *timeline)
{
    const json_t *result = json_object_get(timeline->txn, "output");
    struct buf line;
    if (!result || (json_is_object(result) && json_object_size(result) == 0))
        return;
    buf_init(&line, OUTPUT_BYTES);
    output_put_json_line(&line, result);
    buf_puts(timeline->buf, "output ");
    if (line.length <= RESULT_BYTES)
        buf_put(timeline->buf, line.data, line.length);
    else
        buf_printf(timeline->buf, "is %zu bytes: see it with -o json", line.length);
    buf_putc(timeline->buf, '\n');
    buf_done(&line);
}
