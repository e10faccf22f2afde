/* The tree of a random saga: groups within groups, at most one pivot at the top, edges of its own (`needs`). The
 * text is written while the tree grows, and what runs before what is worked out on the way. */
#include "sim/saga.h"

#include "base/buf.h"
#include "base/mem.h"
#include "definition/defaults.h"
#include "sim/saga_text.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { SAGA_BYTES = 64 * 1024, DEPTH = 3 };

/* What a node has to know of its surroundings. */
struct place {
    unsigned depth;
    uint32_t before; /* leaves over before it may start */
    uint8_t flags;   /* of the groups around it */
    uint8_t absent;  /* of the cases before the one it is in */
    bool after_pivot;
};

enum role { ROLE_PLAIN, ROLE_PIVOT, ROLE_VOTE };

static uint32_t grow_list(struct growing *growing, struct place place, size_t members, bool together);
static uint32_t grow_node(struct growing *growing, struct place place);
static uint32_t grow_switch(struct growing *growing, struct place place);
static uint32_t grow_vote(struct growing *growing, struct place place);
static uint32_t grow_leaf(struct growing *growing, struct place place, enum role role);
static void name_item(struct leaf *leaf, int place);
static uint32_t needs(struct growing *growing);
static void draw_policies(struct growing *growing);
static void draw_lock(struct growing *growing);
static void draw_routine(struct growing *growing);
static void write_without(struct growing *growing, struct keep *keep);
static void grow_top(struct growing *growing);

struct saga *saga_new(struct keep *keep, struct dice *dice, char letter, struct saga *const *before,
                      size_t before_count)
{
    struct saga *saga = keep_new(keep, sizeof *saga);
    struct growing growing = {
        .saga = saga, .dice = dice, .letter = letter, .left = dice_between(dice, 1, SAGA_LEAVES)};
    growing.before = before;
    growing.before_count = before_count;
    saga->nestable = dice_hit(dice, 400);
    buf_init(&growing.text, SAGA_BYTES);
    snprintf(saga->name, sizeof saga->name, "saga-%c", letter);
    draw_policies(&growing);
    saga_text_head(&growing);
    grow_top(&growing);
    buf_puts(&growing.text, "}");
    assert(!growing.text.full);
    saga->text = keep_bytes(keep, growing.text.data, growing.text.length);
    saga->length = growing.text.length;
    if (saga->routine.every_ms)
        write_without(&growing, keep);
    buf_done(&growing.text);
    return saga;
}

void saga_input(unsigned nonce, uint8_t flags, char text[160])
{
    int length = snprintf(text, 160, "{\"n\":%u", nonce);
    for (unsigned i = 0; i < SAGA_FLAGS; i++)
        length +=
            snprintf(text + length, 160 - (size_t)length, ",\"f%u\":%s", i, flags >> i & 1 ? "true" : "false");
    snprintf(text + length, 160 - (size_t)length, "}");
}

bool saga_runs(const struct leaf *leaf, uint8_t flags)
{
    return (leaf->flags & flags) == leaf->flags && !(leaf->absent & flags) && !leaf->broken_when;
}

bool saga_siblings(const struct leaf *a, const struct leaf *b)
{
    return a->item != NO_ITEM && b->item != NO_ITEM && strcmp(a->step, b->step) == 0;
}

const struct retry *saga_retry(const struct leaf *leaf, enum verb verb)
{
    return verb == VERB_UNDO ? &leaf->retry_undo : verb == VERB_CONFIRM ? &leaf->retry_confirm : &leaf->retry_do;
}

const struct leaf *saga_find(const struct saga *saga, const char *id)
{
    for (size_t i = 0; i < saga->count; i++)
        if (strcmp(saga->leaves[i].id, id) == 0)
            return &saga->leaves[i];
    return NULL;
}

static void draw_policies(struct growing *growing)
{
    struct dice *dice = growing->dice;
    struct saga *saga = growing->saga;
    saga->order = (enum undo_order)dice_below(dice, 3);
    saga->on_exhausted = dice_hit(dice, 300) ? EXHAUSTED_CONTINUE : EXHAUSTED_PAUSE;
    saga->on_timeout = dice_hit(dice, 300) ? TIMEOUT_PAUSE : TIMEOUT_COMPENSATE;
    saga->timeout_ms = dice_hit(dice, 400) ? dice_tail(dice, 10000, 300000) : 0;
    draw_lock(growing);
    draw_routine(growing);
    growing->needs = dice_hit(dice, 400);
    if (dice_hit(dice, 600))
        growing->undo_said = saga_text_draw_retry(dice, dice_hit(dice, 500));
    growing->undo = saga_text_overlay(DEFAULT_INSISTENT_RETRY, &growing->undo_said);
}

/* Some lock the one door of their world, some a door of their own. */
static void draw_lock(struct growing *growing)
{
    struct saga *saga = growing->saga;
    if (!dice_hit(growing->dice, 350))
        return;
    saga->lock = dice_hit(growing->dice, 500) ? "door" : saga->name;
    saga->lock_rejects = dice_hit(growing->dice, 300);
    if (!saga->lock_rejects)
        saga->lock_wait_ms = dice_tail(growing->dice, 1000, saga->timeout_ms ? saga->timeout_ms : 300000);
}

/* All that was missed is made up for only where that is not very much. */
static void draw_routine(struct growing *growing)
{
    static const uint64_t minutes[] = {1, 2, 5};
    struct dice *dice = growing->dice;
    struct routine *routine = &growing->saga->routine;
    if (!dice_hit(dice, 120))
        return;
    routine->cron = dice_hit(dice, 500);
    routine->every_ms = routine->cron ? minutes[dice_below(dice, 3)] * 60000 : dice_between(dice, 15, 200) * 1000;
    routine->overlap = (enum overlap)dice_below(dice, 3);
    routine->missed = (enum missed)dice_below(dice, routine->every_ms < 60000 ? 2 : 3);
    routine->nonce = 1000u + (unsigned char)growing->letter;
    routine->flags = (uint8_t)(dice_below(dice, 1 << SAGA_FLAGS) | dice_below(dice, 1 << SAGA_FLAGS));
}

/* The text without its schedule, in which it differs from version 1. */
static void write_without(struct growing *growing, struct keep *keep)
{
    static const char version[] = "\"version\":1";
    struct saga *saga = growing->saga;
    size_t end = growing->schedule_at + growing->schedule_length;
    saga->routine.without_length = saga->length - growing->schedule_length;
    char *text = keep_bytes(keep, saga->text, saga->length);
    memmove(text + growing->schedule_at, text + end, saga->length - end + 1);
    char *found = strstr(text, version);
    assert(found && found < text + growing->schedule_at);
    found[sizeof version - 2] = '2';
    saga->routine.without = text;
}

/* The top is a sequence; somewhere in it may stand the pivot, or a vote in its stead, and what follows it only
 * goes forward. */
static void grow_top(struct growing *growing)
{
    size_t members = 1 + dice_below(growing->dice, growing->left);
    size_t pivot =
        !growing->saga->nestable && dice_hit(growing->dice, 500) ? dice_below(growing->dice, members) : SIZE_MAX;
    bool vote = pivot != SIZE_MAX && dice_hit(growing->dice, 350);
    struct place place = {0};
    if (pivot != SIZE_MAX)
        growing->needs = false; /* every step has to be before the pivot or after it */
    buf_puts(&growing->text, ",\"steps\":[");
    for (size_t i = 0; i < members && growing->left; i++) {
        if (i)
            buf_putc(&growing->text, ',');
        place.before = i != pivot ? grow_node(growing, place)
                       : vote     ? grow_vote(growing, place)
                                  : grow_leaf(growing, place, ROLE_PIVOT);
        place.after_pivot |= i == pivot;
    }
    buf_putc(&growing->text, ']');
}

/* Returns the leaves that are over when the node is, itself included. */
static uint32_t grow_node(struct growing *growing, struct place place)
{
    struct dice *dice = growing->dice;
    bool group = place.depth < DEPTH && growing->left >= 2 && dice_hit(dice, 350);
    if (!group)
        return grow_leaf(growing, place, ROLE_PLAIN);
    if (dice_hit(dice, 250))
        return grow_switch(growing, place);
    bool together = dice_hit(dice, 600);
    size_t members = dice_between(dice, 2, growing->left < 4 ? growing->left : 4);
    place.depth++;
    buf_putc(&growing->text, '{');
    if (dice_hit(dice, 300)) {
        unsigned flag = (unsigned)dice_below(dice, SAGA_FLAGS);
        place.flags |= (uint8_t)(1u << flag);
        buf_printf(&growing->text, "\"when\":\"input.f%u\",", flag);
    }
    buf_puts(&growing->text, together ? "\"parallel\":[" : "\"steps\":[");
    uint32_t over = grow_list(growing, place, members, together);
    buf_puts(&growing->text, "]}");
    return over;
}

static uint32_t grow_list(struct growing *growing, struct place place, size_t members, bool together)
{
    uint32_t over = place.before;
    for (size_t i = 0; i < members && (growing->left || i < 2); i++) {
        /* The second of a pair must find a leaf left. */
        size_t reserve = i == 0 && members > 1 && growing->left > 1 ? 1 : 0;
        growing->left -= reserve;
        if (i)
            buf_putc(&growing->text, ',');
        uint32_t node = grow_node(growing, place);
        growing->left += reserve;
        over |= node;
        if (!together)
            place.before = node;
    }
    return over;
}

/* Cases, each with a flag of its own in front, and perhaps one for when none of them is true. */
static uint32_t grow_switch(struct growing *growing, struct place place)
{
    struct dice *dice = growing->dice;
    struct buf *text = &growing->text;
    size_t cases = dice_between(dice, 1, 3);
    uint32_t over = place.before;
    place.depth++;
    buf_puts(text, "{\"switch\":[");
    for (size_t i = 0; i < cases && growing->left; i++) {
        struct place within = place;
        bool open = i + 1 == cases && dice_hit(dice, 500);
        unsigned flag = (unsigned)dice_below(dice, SAGA_FLAGS);
        buf_puts(text, i ? ",{" : "{");
        if (!open)
            buf_printf(text, "\"when\":\"input.f%u\",", flag);
        if (!open)
            within.flags |= (uint8_t)(1u << flag);
        buf_puts(text, "\"steps\":[");
        size_t most = growing->left < 2 ? growing->left : 2;
        over |= grow_list(growing, within, dice_between(dice, 1, most), false);
        buf_puts(text, "]}");
        place.absent |= (uint8_t)(open ? 0 : 1u << flag);
    }
    buf_puts(text, "]}");
    return over;
}

/* One that votes, or several together; perhaps all of them are left out. */
static uint32_t grow_vote(struct growing *growing, struct place place)
{
    struct dice *dice = growing->dice;
    uint32_t over = place.before;
    if (growing->left < 2 || dice_hit(dice, 300))
        return grow_leaf(growing, place, ROLE_VOTE);
    size_t members = dice_between(dice, 2, growing->left < 3 ? growing->left : 3);
    place.depth++;
    buf_putc(&growing->text, '{');
    if (dice_hit(dice, 200)) {
        unsigned flag = (unsigned)dice_below(dice, SAGA_FLAGS);
        place.flags |= (uint8_t)(1u << flag);
        buf_printf(&growing->text, "\"when\":\"input.f%u\",", flag);
    }
    buf_puts(&growing->text, "\"parallel\":[");
    for (size_t i = 0; i < members; i++) {
        buf_puts(&growing->text, i ? "," : "");
        over |= grow_leaf(growing, place, ROLE_VOTE);
    }
    buf_puts(&growing->text, "]}");
    return over;
}

static uint32_t grow_leaf(struct growing *growing, struct place place, enum role role)
{
    struct saga *saga = growing->saga;
    struct dice *dice = growing->dice;
    assert(growing->left > 0 && saga->count < SAGA_LEAVES);
    growing->left--;
    size_t index = saga->count;
    struct leaf *leaf = &saga->leaves[index];
    *leaf = (struct leaf){.item = NO_ITEM}; /* an empty list may have left something here */
    int length = snprintf(leaf->step, sizeof leaf->step, "%c%u", growing->letter, growing->named++);
    memcpy(leaf->id, leaf->step, (size_t)length + 1);
    leaf->pivot = role == ROLE_PIVOT;
    leaf->phases = role == ROLE_VOTE ? PHASES_VOTE : PHASES_SAGA;
    leaf->after_pivot = place.after_pivot;
    leaf->before = place.before;
    leaf->flags = place.flags;
    leaf->absent = place.absent;
    buf_putc(&growing->text, '{');
    /* Only at the top, where no group around it has to be waited for as well. */
    if (growing->needs && place.depth == 0 && index && dice_hit(dice, 300))
        leaf->before = needs(growing);
    size_t items = saga_text_leaf(growing, leaf, growing->left + 1);
    buf_putc(&growing->text, '}');
    uint32_t over = leaf->before;
    for (size_t i = 0; i < items; i++, saga->count++) {
        struct leaf *item = &saga->leaves[saga->count];
        *item = saga->leaves[index];
        if (leaf->concurrency)
            name_item(item, (int)i);
        over |= 1u << saga->count;
    }
    growing->left -= items > 1 ? items - 1 : 0;
    return over;
}

static void name_item(struct leaf *leaf, int place)
{
    leaf->item = place;
    char id[sizeof leaf->id];
    saga_text_key(place, leaf->key);
    int length = snprintf(id, sizeof id, "%s[%s]", leaf->step, leaf->key);
    assert(length > 0 && (size_t)length < sizeof id);
    memcpy(leaf->id, id, sizeof id);
}

/* With `needs`, a leaf waits for some of those written before it instead of the one just before. */
static uint32_t needs(struct growing *growing)
{
    uint32_t chosen = 0;
    for (size_t i = 0; i < growing->saga->count; i++)
        if (growing->saga->leaves[i].item < 1 && dice_hit(growing->dice, 300))
            chosen |= 1u << i;
    buf_puts(&growing->text, "\"needs\":[");
    uint32_t over = 0;
    const char *comma = "";
    for (size_t i = 0; i < growing->saga->count; i++)
        if (chosen >> i & 1) {
            buf_printf(&growing->text, "%s\"%s\"", comma, growing->saga->leaves[i].step);
            over |= growing->saga->leaves[i].before | 1u << i;
            for (size_t k = i + 1; k < growing->saga->count; k++)
                if (saga_siblings(&growing->saga->leaves[i], &growing->saga->leaves[k]))
                    over |= 1u << k;
            comma = ",";
        }
    buf_puts(&growing->text, "],");
    return over;
}
