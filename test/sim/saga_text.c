/* Names, policies, conditions and bodies of random sagas. */
#include "sim/saga_text.h"

#include "definition/defaults.h"

#include <stdio.h>
#include <string.h>

static void schedule(struct growing *growing);
static void announcements(struct growing *growing);
static void draw(struct growing *growing, struct leaf *leaf);
static bool draw_wait(struct growing *growing, struct leaf *leaf);
static bool draw_child(struct growing *growing, struct leaf *leaf);
static void child(struct growing *growing, const struct leaf *leaf);
static void wait(struct growing *growing, struct leaf *leaf);
static void late_answers(struct growing *growing, struct leaf *leaf);
static void condition(struct growing *growing, struct leaf *leaf);
static void patience(struct growing *growing, struct leaf *leaf);
static void policy(struct growing *growing, const struct said *said, bool non_retryable);
static size_t each(struct growing *growing, struct leaf *leaf, size_t most);
static void calls(struct growing *growing, struct leaf *leaf);
static void action(struct growing *growing, const struct leaf *leaf);
static void reads_items(struct buf *text, const struct leaf *leaf);
static void compensation(struct growing *growing, struct leaf *leaf);
static void confirm(struct growing *growing, struct leaf *leaf);

void saga_text_head(struct growing *growing)
{
    static const char *const orders[] = {"reverse", "sequential", "parallel"};
    const struct saga *saga = growing->saga;
    struct buf *text = &growing->text;
    buf_printf(text, "{\"name\":\"%s\",\"version\":1", saga->name);
    if (saga->timeout_ms)
        buf_printf(text, ",\"timeout\":\"%llums\"", (unsigned long long)saga->timeout_ms);
    if (saga->on_timeout == TIMEOUT_PAUSE)
        buf_puts(text, ",\"onTimeout\":\"pause\"");
    if (saga->lock)
        buf_printf(text, ",\"lock\":{\"key\":\"%s\"", saga->lock == saga->name ? "saga.name" : "'door'");
    if (saga->lock && saga->lock_rejects)
        buf_puts(text, ",\"onConflict\":\"reject\"}");
    else if (saga->lock)
        buf_printf(text, ",\"timeout\":\"%llums\"}", (unsigned long long)saga->lock_wait_ms);
    buf_printf(text, ",\"compensation\":{\"order\":\"%s\",\"onExhausted\":\"%s\"", orders[saga->order],
               saga->on_exhausted == EXHAUSTED_CONTINUE ? "continue" : "pause");
    policy(growing, &growing->undo_said, false);
    buf_puts(text, "},\"output\":{\"n\":\"${ input.n }\"}");
    announcements(growing);
    if (saga->routine.every_ms)
        schedule(growing);
}

static void schedule(struct growing *growing)
{
    static const char *const overlaps[] = {"allow", "skip", "queue"}, *const misses[] = {"once", "skip", "all"};
    const struct routine *routine = &growing->saga->routine;
    struct buf *text = &growing->text;
    char input[160];
    growing->schedule_at = text->length;
    buf_puts(text, ",\"schedule\":{");
    if (routine->cron)
        buf_printf(text, "\"cron\":\"*/%u * * * *\"", (unsigned)(routine->every_ms / 60000));
    else
        buf_printf(text, "\"every\":\"%us\"", (unsigned)(routine->every_ms / 1000));
    saga_input(routine->nonce, routine->flags, input);
    buf_printf(text, ",\"overlap\":\"%s\",\"missed\":\"%s\",\"input\":%s}", overlaps[routine->overlap],
               misses[routine->missed], input);
    growing->schedule_length = text->length - growing->schedule_at;
}

/* Half of the sagas tell a bank how they are. */
static void announcements(struct growing *growing)
{
    static const char *const words[] = {"started",   "paused",      "resumed",   "compensating",
                                        "completed", "compensated", "terminated"};
    const char *comma = "";
    if (dice_hit(growing->dice, 500))
        return;
    buf_puts(&growing->text, ",\"events\":{\"on\":[");
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (i == 4 || dice_hit(growing->dice, 600)) {
            buf_printf(&growing->text, "%s\"%s\"", comma, words[i]);
            comma = ",";
        }
    buf_printf(&growing->text, "],\"to\":\"bank-%u\"}", (unsigned)dice_below(growing->dice, PARTICIPANTS));
}

size_t saga_text_leaf(struct growing *growing, struct leaf *leaf, size_t most)
{
    if (draw_child(growing, leaf)) {
        buf_printf(&growing->text, "\"id\":\"%s\"", leaf->id);
        condition(growing, leaf);
        child(growing, leaf);
        return 1;
    }
    if (draw_wait(growing, leaf)) {
        buf_printf(&growing->text, "\"id\":\"%s\"", leaf->id);
        condition(growing, leaf);
        wait(growing, leaf);
        return 1;
    }
    draw(growing, leaf);
    buf_printf(&growing->text, "\"id\":\"%s\",\"participant\":\"bank-%u\"", leaf->id, leaf->participant);
    if (leaf->pivot)
        buf_puts(&growing->text, ",\"pivot\":true");
    if (leaf->read_only)
        buf_puts(&growing->text, ",\"readOnly\":true");
    if (leaf->carry_on)
        buf_puts(&growing->text, ",\"onFailure\":\"continue\"");
    condition(growing, leaf);
    patience(growing, leaf);
    size_t items = each(growing, leaf, most);
    calls(growing, leaf);
    late_answers(growing, leaf);
    return items;
}

void saga_text_key(int place, char key[8])
{
    snprintf(key, 8, "k%%2F%d", place);
}

/* The list is never one that would leave the saga without a leaf; a condition that cannot be evaluated is broken
 * enough. */
static size_t each(struct growing *growing, struct leaf *leaf, size_t most)
{
    struct dice *dice = growing->dice;
    struct buf *text = &growing->text;
    if (leaf->pivot || leaf->phases != PHASES_SAGA || !dice_hit(dice, 200))
        return 1;
    leaf->concurrency = (unsigned)dice_between(dice, 1, 3);
    size_t items = dice_between(dice, growing->saga->count && !leaf->broken_when ? 0 : 1, most < 4 ? most : 4);
    bool broken = items && !leaf->broken_when && !leaf->conditional && dice_hit(dice, 60);
    buf_puts(text, ",\"forEach\":{\"in\":\"");
    if (broken)
        buf_puts(text, "input.nothing");
    else
        buf_putc(text, '[');
    for (size_t i = 0; !broken && i < items; i++)
        buf_printf(text, "%s'k/%zu'", i ? "," : "", i);
    buf_printf(text, "%s\",\"as\":\"thing\",\"key\":\"thing\",\"maxConcurrency\":%u}", broken ? "" : "]",
               leaf->concurrency);
    leaf->broken_when |= broken;
    return items;
}

struct said saga_text_draw_retry(struct dice *dice, bool finite)
{
    struct said said = {.anything = true};
    struct retry *retry = &said.retry;
    if (!finite && dice_hit(dice, 500)) {
        said.forever = true;
        return said;
    }
    retry->initial_ms = dice_tail(dice, 20, 3000);
    retry->interval_max_ms = retry->initial_ms + dice_tail(dice, 0, 30000);
    retry->backoff_permille = (uint32_t)dice_between(dice, 2, 8) * 500;
    retry->jitter = dice_hit(dice, 500) ? JITTER_FULL : JITTER_NONE;
    if (finite && dice_hit(dice, 800))
        retry->attempts_max = (uint32_t)dice_between(dice, 1, 4);
    else if (finite)
        retry->total_ms = dice_between(dice, 1000, 60000);
    return said;
}

struct retry saga_text_overlay(struct retry below, const struct said *said)
{
    const struct retry *own = &said->retry;
    if (said->forever)
        below.attempts_max = 0;
    if (!said->anything || said->forever)
        return below;
    below.initial_ms = own->initial_ms;
    below.interval_max_ms = own->interval_max_ms;
    below.backoff_permille = own->backoff_permille;
    below.jitter = own->jitter;
    if (own->attempts_max || own->total_ms)
        below.attempts_max = own->attempts_max;
    if (own->total_ms)
        below.total_ms = own->total_ms;
    return below;
}

static void draw(struct growing *growing, struct leaf *leaf)
{
    struct dice *dice = growing->dice;
    bool plain = !leaf->pivot && !leaf->after_pivot;
    leaf->participant = (unsigned)dice_below(dice, PARTICIPANTS);
    leaf->cents = (unsigned)dice_between(dice, 1, SAGA_AMOUNT_MAX);
    leaf->read_only = !leaf->pivot && dice_hit(dice, 100);
    leaf->undoable = plain && !leaf->read_only;
    leaf->carry_on = !leaf->pivot && dice_hit(dice, 120);
    leaf->operation = dice_hit(dice, 300);
    if (plain && leaf->phases == PHASES_SAGA && dice_hit(dice, 200))
        leaf->phases = PHASES_TCC;
    if (leaf->phases == PHASES_SAGA)
        return;
    leaf->undoable = true;
    leaf->read_only = leaf->carry_on = leaf->operation = false;
}

/* How long anything may be waited for: the saga's own timeout is the reason for an end, too. */
static uint64_t wait_most(const struct growing *growing)
{
    uint64_t timeout_ms = growing->saga->timeout_ms;
    return timeout_ms && timeout_ms < 60000 ? timeout_ms : 60000;
}

/* Behind the pivot nobody can say no any more. */
static bool draw_wait(struct growing *growing, struct leaf *leaf)
{
    struct dice *dice = growing->dice;
    if (leaf->pivot || leaf->phases != PHASES_SAGA || !dice_hit(dice, 180))
        return false;
    leaf->kind = (enum leaf_kind)dice_between(dice, LEAF_DELAY, leaf->after_pivot ? LEAF_SIGNAL : LEAF_APPROVAL);
    leaf->wait_ms = dice_tail(dice, 200, wait_most(growing));
    leaf->silence_is_yes = leaf->after_pivot || leaf->kind == LEAF_DELAY || dice_hit(dice, 400);
    leaf->role = leaf->kind == LEAF_APPROVAL && dice_hit(dice, 500);
    return true;
}

static bool draw_child(struct growing *growing, struct leaf *leaf)
{
    struct dice *dice = growing->dice;
    const struct saga *nestable[PARTICIPANTS];
    size_t count = 0;
    for (size_t i = 0; i < growing->before_count; i++)
        if (growing->before[i]->nestable)
            nestable[count++] = growing->before[i];
    if (!count || leaf->pivot || leaf->phases != PHASES_SAGA || !dice_hit(dice, 300))
        return false;
    leaf->kind = LEAF_CHILD;
    leaf->child = nestable[dice_below(dice, count)];
    leaf->phases = PHASES_CHILD;
    leaf->undoable = true;
    leaf->flips = dice_hit(dice, 500) ? 0 : (uint8_t)dice_below(dice, 1 << SAGA_FLAGS);
    return true;
}

/* Its input is its parent's, or says the same in its own words, or almost. */
static void child(struct growing *growing, const struct leaf *leaf)
{
    struct buf *text = &growing->text;
    buf_printf(text, ",\"saga\":{\"name\":\"%s\"%s", leaf->child->name,
               dice_hit(growing->dice, 500) ? ",\"version\":1" : "");
    if (leaf->flips || dice_hit(growing->dice, 500)) {
        buf_puts(text, ",\"input\":{\"n\":\"${ input.n }\"");
        for (unsigned i = 0; i < SAGA_FLAGS; i++)
            buf_printf(text, ",\"f%u\":\"${ %sinput.f%u }\"", i, leaf->flips >> i & 1 ? "!" : "", i);
        buf_putc(text, '}');
    }
    buf_putc(text, '}');
}

static void wait(struct growing *growing, struct leaf *leaf)
{
    struct buf *text = &growing->text;
    unsigned long long wait_ms = leaf->wait_ms;
    if (leaf->kind == LEAF_DELAY)
        buf_printf(text, ",\"delay\":\"%llums\"", wait_ms);
    else if (leaf->kind == LEAF_SIGNAL)
        buf_printf(text, ",\"waitFor\":{\"signal\":\"%s\",\"timeout\":\"%llums\",\"onTimeout\":\"%s\"}", leaf->id,
                   wait_ms, leaf->silence_is_yes ? "continue" : "fail");
    else
        buf_printf(text,
                   ",\"approval\":{\"title\":\"Go on with ${ input.n }?\",%s\"timeout\":\"%llums\","
                   "\"onTimeout\":\"%s\"}",
                   leaf->role ? "\"roles\":[\"boss\",\"owner\"]," : "", wait_ms,
                   leaf->silence_is_yes ? "approve" : "reject");
}

/* An answer that comes later by a callback, and a check for what nobody knows. */
static void late_answers(struct growing *growing, struct leaf *leaf)
{
    struct dice *dice = growing->dice;
    struct buf *text = &growing->text;
    if (dice_hit(dice, 300)) {
        leaf->async_ms = dice_tail(dice, 400, wait_most(growing));
        if (dice_hit(dice, 400))
            leaf->heartbeat_ms = leaf->async_ms / dice_between(dice, 2, 8);
        buf_printf(text, ",\"async\":{\"timeout\":\"%llums\"", (unsigned long long)leaf->async_ms);
        if (leaf->heartbeat_ms)
            buf_printf(text, ",\"heartbeat\":\"%llums\"", (unsigned long long)leaf->heartbeat_ms);
        buf_puts(text, "}");
    }
    leaf->check = leaf->phases == PHASES_SAGA && dice_hit(dice, 300);
    if (leaf->check && leaf->operation)
        buf_puts(text, ",\"check\":true");
    else if (leaf->check)
        buf_printf(text, ",\"check\":{\"request\":\"GET /%s/${ steps.%s.key }\"}", leaf->id, leaf->id);
}

/* Conditions of the top only where nothing after a pivot would be left without it. */
static void condition(struct growing *growing, struct leaf *leaf)
{
    struct dice *dice = growing->dice;
    if (leaf->pivot || !dice_hit(dice, 150))
        return;
    leaf->conditional = true;
    if (dice_hit(dice, 200)) {
        leaf->broken_when = true;
        buf_puts(&growing->text, ",\"when\":\"input.nothing > 1\"");
        return;
    }
    unsigned flag = (unsigned)dice_below(dice, SAGA_FLAGS);
    leaf->flags |= (uint8_t)(1u << flag);
    buf_printf(&growing->text, ",\"when\":\"input.f%u\"", flag);
}

static void patience(struct growing *growing, struct leaf *leaf)
{
    struct dice *dice = growing->dice;
    bool finite = !leaf->after_pivot || leaf->carry_on;
    leaf->retry_do = leaf->after_pivot ? DEFAULT_INSISTENT_RETRY : DEFAULT_RETRY;
    leaf->retry_undo = growing->undo;
    leaf->do_ms = dice_between(dice, 200, 5000);
    leaf->undo_ms = leaf->do_ms;
    buf_printf(&growing->text, ",\"timeout\":\"%llums\"", (unsigned long long)leaf->do_ms);
    if (dice_hit(dice, 300))
        return;
    struct said said = saga_text_draw_retry(dice, finite && dice_hit(dice, 700));
    leaf->retry_do = saga_text_overlay(leaf->retry_do, &said);
    leaf->non_retryable = finite && !said.forever && dice_hit(dice, 300);
    policy(growing, &said, leaf->non_retryable);
}

static void policy(struct growing *growing, const struct said *said, bool non_retryable)
{
    struct buf *text = &growing->text;
    const struct retry *retry = &said->retry;
    if (!said->anything)
        return;
    buf_puts(text, ",\"retry\":");
    if (said->forever) {
        buf_puts(text, "\"forever\"");
        return;
    }
    buf_printf(text,
               "{\"initialInterval\":\"%llums\",\"maxInterval\":\"%llums\",\"backoff\":%u.%u,\"jitter\":\"%s\"",
               (unsigned long long)retry->initial_ms, (unsigned long long)retry->interval_max_ms,
               retry->backoff_permille / 1000, retry->backoff_permille % 1000 / 100,
               retry->jitter == JITTER_FULL ? "full" : "none");
    if (retry->attempts_max)
        buf_printf(text, ",\"maxAttempts\":%u", retry->attempts_max);
    if (retry->total_ms)
        buf_printf(text, ",\"totalTimeout\":\"%llums\"", (unsigned long long)retry->total_ms);
    if (non_retryable)
        buf_puts(text, ",\"nonRetryable\":[\"hopeless\"]");
    buf_putc(text, '}');
}

static void calls(struct growing *growing, struct leaf *leaf)
{
    if (leaf->operation) {
        buf_printf(&growing->text, ",\"operation\":\"%s\",\"body\":{\"cents\":%u,\"n\":\"${ input.n }\"}",
                   leaf->id, leaf->cents);
        return;
    }
    action(growing, leaf);
    if (leaf->undoable)
        compensation(growing, leaf);
    if (leaf->phases != PHASES_SAGA)
        confirm(growing, leaf);
}

/* The body holds what might change from one attempt to the next, if somebody were careless: the time, and
 * what other steps have left. */
static void action(struct growing *growing, const struct leaf *leaf)
{
    const struct saga *saga = growing->saga;
    struct buf *text = &growing->text;
    buf_printf(text, ",\"%s\":{\"request\":\"POST /%s/${ input.n }\",\"headers\":{\"X-Now\":\"${ now }\"}",
               phase_word(leaf->phases, VERB_DO), leaf->id);
    buf_printf(text, ",\"body\":{\"cents\":%u,\"now\":\"${ now }\",\"key\":\"${ steps.%s.key }\"", leaf->cents,
               leaf->id);
    for (size_t i = 0; i < saga->count; i++)
        if ((leaf->before >> i & 1) && saga->leaves[i].item != NO_ITEM)
            reads_items(text, &saga->leaves[i]);
        else if ((leaf->before >> i & 1) && saga->leaves[i].kind != LEAF_CALL)
            buf_printf(text, ",\"%s\":\"${ steps.%s.status }\"", saga->leaves[i].id, saga->leaves[i].id);
        else if (leaf->before >> i & 1)
            buf_printf(text, ",\"%s\":\"${ has(steps.%s.output) ? steps.%s.output.ref : steps.%s.status }\"",
                       saga->leaves[i].id, saga->leaves[i].id, saga->leaves[i].id, saga->leaves[i].id);
    buf_puts(text, "}}");
}

/* All of them at once, with the first. */
static void reads_items(struct buf *text, const struct leaf *leaf)
{
    if (leaf->item == 0)
        buf_printf(text, ",\"%s\":\"${ steps.%s.items.map(i, i.status + i.key) }\"", leaf->step, leaf->step);
}

static void compensation(struct growing *growing, struct leaf *leaf)
{
    struct dice *dice = growing->dice;
    const struct saga *saga = growing->saga;
    struct buf *text = &growing->text;
    leaf->broken_undo = dice_hit(dice, 60);
    leaf->undo_ms = dice_between(dice, 200, 5000);
    buf_printf(text, ",\"%s\":{\"timeout\":\"%llums\",\"request\":\"DELETE /%s\"",
               phase_word(leaf->phases, VERB_UNDO), (unsigned long long)leaf->undo_ms, leaf->id);
    buf_printf(text, ",\"body\":{\"cents\":%u,\"now\":\"${ now }\",\"why\":\"${ error.code }\"", leaf->cents);
    for (size_t i = 0; i <= saga->count; i++)
        if (dice_hit(dice, 300) && saga->leaves[i].item < 1)
            buf_printf(text, ",\"%s\":\"${ steps.%s.status }\"", saga->leaves[i].step, saga->leaves[i].step);
    if (leaf->broken_undo)
        buf_printf(text, ",\"ref\":\"${ steps.%s.output.ref }\"", leaf->id);
    buf_puts(text, "}");
    if (dice_hit(dice, 300)) {
        struct said said = saga_text_draw_retry(dice, dice_hit(dice, 500));
        leaf->retry_undo = saga_text_overlay(growing->undo, &said);
        policy(growing, &said, false);
    }
    buf_puts(text, "}");
}

/* It reads what its own do has left; a careless one reads what nobody ever leaves. */
static void confirm(struct growing *growing, struct leaf *leaf)
{
    struct dice *dice = growing->dice;
    struct buf *text = &growing->text;
    leaf->broken_confirm = dice_hit(dice, 40);
    leaf->confirm_ms = dice_between(dice, 200, 5000);
    leaf->retry_confirm = DEFAULT_INSISTENT_RETRY;
    buf_printf(text, ",\"%s\":{\"timeout\":\"%llums\",\"request\":\"PUT /%s\"",
               phase_word(leaf->phases, VERB_CONFIRM), (unsigned long long)leaf->confirm_ms, leaf->id);
    buf_puts(text, ",\"headers\":{\"X-Now\":\"${ now }\"}");
    buf_printf(text, ",\"body\":{\"now\":\"${ now }\",\"ref\":\"${ ");
    if (!leaf->broken_confirm)
        buf_printf(text, "!has(steps.%s.output) ? steps.%s.status : ", leaf->id, leaf->id);
    buf_printf(text, "steps.%s.output.%s }\"}", leaf->id, leaf->broken_confirm ? "nothing" : "ref");
    if (dice_hit(dice, 400)) {
        struct said said = saga_text_draw_retry(dice, dice_hit(dice, 600));
        leaf->retry_confirm = saga_text_overlay(leaf->retry_confirm, &said);
        policy(growing, &said, false);
    }
    buf_puts(text, "}");
}
