/* People who mostly mean well, and never say what is not true: before a branch is resolved, they go to the
 * participant and make it so. */
#include "sim/operators.h"

#include "engine/engine.h"
#include "sim/clients.h"
#include "sim/count.h"
#include "sim/story.h"
#include "sim/timetable.h"

#include <string.h>

enum { CARE_MS = 5000 };

/* Whoever gave a body may have another one in mind. */
struct correction {
    uint64_t number;
    uint16_t branch;
};

static void meddle(struct world *world, void *what);
static void pester(struct world *world, void *what);
static void tempt(struct world *world, void *what);
static uint16_t unheard_hold(struct world *world, const struct story *story);
static void meddle_with(struct world *world, struct dice *dice, const struct story *story);
static void operate(struct world *world, const struct story *story, enum event_type verb, uint16_t branch);
static void edit(struct world *world, const struct story *story, uint16_t branch);
static void edit_again(struct world *world, void *what);
static void resolve(struct world *world, const struct story *story, uint16_t branch);
static void resolve_child(struct world *world, const struct story *story, uint16_t branch);
static void help_child(struct world *world, const struct story *story);
static void help(struct world *world, const struct story *story);
static uint16_t held_branch(const struct txn *txn, struct dice *dice);
static void unregister(struct world *world, void *what);
static void register_all(struct world *world);
static bool put_participant(struct world *world, unsigned number, bool present);

void operators_plan(struct world *world)
{
    struct dice *dice = &world->dice[DICE_OPERATOR];
    for (unsigned i = 0; i < world->weather.operators; i++)
        world_later(world, dice_tail(dice, 0, world->weather.faults_ms), meddle, NULL);
    for (unsigned i = 0; i < 2 * world->weather.operators; i++)
        world_later(world, dice_tail(dice, 0, world->weather.faults_ms), pester, NULL);
    for (unsigned i = 0; i < 3 * world->weather.operators; i++)
        world_later(world, dice_tail(dice, 0, world->weather.faults_ms), tempt, NULL);
    for (unsigned i = 0; i < world->weather.unregisters; i++)
        world_later(world, dice_below(dice, world->weather.faults_ms), unregister, NULL);
}

void operators_care(struct world *world, void *unused)
{
    (void)unused;
    struct evidence *evidence = &world->evidence;
    struct story *stories;
    struct keep keep = {0};
    register_all(world);
    size_t stories_count = story_read_all(world, &keep, &stories);
    bool open = !timetable_stop(world) || world->dead;
    for (size_t i = 0; i < stories_count && !world->dead; i++) {
        open |= stories[i].row.open;
        if (stories[i].txn && stories[i].txn->status == STATUS_PAUSED)
            help(world, &stories[i]);
    }
    keep_done(&keep);
    evidence->ended_ms = open ? UINT64_MAX : world->now_ms;
    if (world->now_ms < evidence->peace_ms + WORLD_PEACE_MS && (open || agenda_next(&world->agenda) != UINT64_MAX))
        world_later(world, open ? CARE_MS : 12 * CARE_MS, operators_care, NULL);
}

static void meddle(struct world *world, void *what)
{
    struct dice *dice = &world->dice[DICE_OPERATOR];
    struct story *stories;
    struct keep keep = {0};
    (void)what;
    size_t stories_count = story_read_all(world, &keep, &stories);
    if (stories_count)
        meddle_with(world, dice, &stories[dice_below(dice, stories_count)]);
    keep_done(&keep);
}

/* Somebody looks for a child, the ready ones first, and does to it what its parent has to hear of. */
static void pester(struct world *world, void *what)
{
    static const enum event_type verbs[] = {EVENT_CANCEL, EVENT_CANCEL, EVENT_PAUSE, EVENT_TERMINATE};
    struct dice *dice = &world->dice[DICE_OPERATOR];
    const struct story *found = NULL;
    struct story *stories;
    struct keep keep = {0};
    (void)what;
    size_t stories_count = story_read_all(world, &keep, &stories);
    for (size_t i = 0; i < stories_count; i++) {
        const struct story *story = &stories[i];
        if (story->parent && story->row.open && story->txn && (!found || story->txn->ready))
            found = story;
    }
    if (found)
        operate(world, found, verbs[dice_below(dice, sizeof verbs / sizeof verbs[0])], BRANCH_NONE);
    keep_done(&keep);
}

/* Somebody leaves out a step that does not answer, though its work is held: nobody would ever end that hold. */
static void tempt(struct world *world, void *what)
{
    struct story *stories;
    struct keep keep = {0};
    (void)what;
    size_t stories_count = story_read_all(world, &keep, &stories);
    for (size_t i = 0; i < stories_count; i++) {
        uint16_t branch = unheard_hold(world, &stories[i]);
        if (branch != BRANCH_NONE)
            operate(world, &stories[i], EVENT_SKIP, branch);
    }
    keep_done(&keep);
}

/* One that waits to be called again, and whose participant has done it; BRANCH_NONE. */
static uint16_t unheard_hold(struct world *world, const struct story *story)
{
    for (size_t i = 0; story->txn && story->row.open && i < story->saga->count; i++) {
        const struct leaf *leaf = &story->saga->leaves[i];
        uint16_t branch = story_branch(story, leaf);
        if (leaf->phases == PHASES_SAGA || story->txn->branches[branch].state != BRANCH_WAITING)
            continue;
        if (story->txn->branches[branch].verb == VERB_DO &&
            banks_row(&world->banks, &world->keep, story->id, leaf)->did == ROW_YES)
            return branch;
    }
    return BRANCH_NONE;
}

static void meddle_with(struct world *world, struct dice *dice, const struct story *story)
{
    static const enum event_type verbs[] = {
        EVENT_CANCEL, EVENT_PAUSE,  EVENT_RESUME, EVENT_RETRY, EVENT_SKIP,    EVENT_RESOLVE,  EVENT_CANCEL,
        EVENT_PAUSE,  EVENT_RESUME, EVENT_RETRY,  EVENT_SKIP,  EVENT_RESOLVE, EVENT_TERMINATE};
    enum event_type verb = verbs[dice_below(dice, sizeof verbs / sizeof verbs[0])];
    uint16_t held = story->txn ? held_branch(story->txn, dice) : BRANCH_NONE;
    if (held != BRANCH_NONE && dice_hit(dice, 250)) {
        edit(world, story, held);
        return;
    }
    bool step = verb == EVENT_RETRY || verb == EVENT_SKIP || verb == EVENT_RESOLVE;
    uint16_t branch = BRANCH_NONE;
    if (step && story->txn && dice_hit(dice, 900))
        branch = dice_hit(dice, 700) ? held : (uint16_t)dice_below(dice, story->txn->branches_count);
    if (verb == EVENT_RESOLVE)
        resolve(world, story, branch);
    else if (verb == EVENT_RETRY && branch != BRANCH_NONE && dice_hit(dice, 300))
        edit(world, story, branch);
    else
        operate(world, story, verb, branch);
}

/* One that is stuck or waiting, BRANCH_NONE. */
static uint16_t held_branch(const struct txn *txn, struct dice *dice)
{
    uint16_t start = (uint16_t)dice_below(dice, txn->branches_count);
    for (uint16_t i = 0; i < txn->branches_count; i++) {
        uint16_t branch = (uint16_t)((start + i) % txn->branches_count);
        if (txn->branches[branch].state == BRANCH_STUCK || txn->branches[branch].state == BRANCH_WAITING)
            return branch;
    }
    return BRANCH_NONE;
}

static void submit(struct world *world, const struct story *story, enum event_type verb, uint16_t branch,
                   enum answer answer, const char *body)
{
    const char *step = branch == BRANCH_NONE ? NULL : keep_text(&world->keep, story_name(story, branch));
    struct command command = {.type = COMMAND_OPERATE,
                              .txn = story->number,
                              .verb = verb,
                              .step = step,
                              .answer = answer,
                              .body = body,
                              .body_length = body ? strlen(body) : 0,
                              .reason = "simulated",
                              .actor = "somebody"};
    count_seen(SEEN_EVENT, verb);
    world_note(world, "operator: %s %s %s", event_word(verb), story->id, step ? step : "");
    clients_submit(world, &command, NULL);
}

static void operate(struct world *world, const struct story *story, enum event_type verb, uint16_t branch)
{
    submit(world, story, verb, branch, ANSWER_NONE, NULL);
}

/* Another body that means the same: the last one that was sent, with a member more; one that has it already gets
 * another (the same member twice would be refused, and nothing edited). */
static void edit(struct world *world, const struct story *story, uint16_t branch)
{
    const struct evidence *evidence = &world->evidence;
    const struct leaf *leaf = story_leaf(story, branch);
    const struct sent *last = NULL;
    for (size_t i = evidence->sents_count; leaf && !last && i-- > 0;)
        if (evidence->sents[i]->number == story->number && evidence->sents[i]->leaf == leaf)
            last = evidence->sents[i];
    if (!last || last->body_length < 2 || last->body[0] != '{')
        return;
    const char *rest = sent_edited(last) ? strchr(last->body, ',') : last->body;
    char body[1024];
    int length = snprintf(body, sizeof body, SENT_EDITED "%zu,%s", evidence->tellings_count, rest + 1);
    if (length < (int)sizeof body)
        submit(world, story, EVENT_RETRY, branch, ANSWER_NONE, keep_text(&world->keep, body));
    struct correction *correction = keep_new(&world->keep, sizeof *correction);
    *correction = (struct correction){story->number, branch};
    if (dice_hit(&world->dice[DICE_OPERATOR], 800))
        world_later(world, dice_tail(&world->dice[DICE_OPERATOR], 100, 30000), edit_again, correction);
}

static void edit_again(struct world *world, void *what)
{
    const struct correction *correction = what;
    struct story story;
    struct keep keep = {0};
    if (story_read(world, &keep, correction->number, &story) && story.row.open)
        edit(world, &story, correction->branch);
    keep_done(&keep);
}

/* Is the next thing that the coordinator does what it is told now? */
static bool is_idle(const struct world *world)
{
    struct engine_counts counts;
    if (!world->engine)
        return false;
    engine_counts(world->engine, &counts);
    return !counts.inbox && engine_next_ms(world->engine) > world_clock(world) &&
           world->busy_until_ms <= world->now_ms;
}

/* Makes it true first: an undo or a confirm is done by hand; of a do that did not happen, the participant is
 * told that it must not happen any more. What nobody could know to be true by the time it is read is not said. */
static void resolve(struct world *world, const struct story *story, uint16_t branch)
{
    const struct leaf *leaf = story_leaf(story, branch);
    const struct branch *found = leaf && story->txn ? &story->txn->branches[branch] : NULL;
    if (!found) {
        submit(world, story, EVENT_RESOLVE, branch, ANSWER_YES, NULL);
        return;
    }
    if (leaf->kind == LEAF_CHILD) {
        resolve_child(world, story, branch);
        return;
    }
    bool held = found->state == BRANCH_STUCK || found->state == BRANCH_WAITING;
    bool undo = found->verb == VERB_UNDO, second = undo || found->verb == VERB_CONFIRM;
    struct bank_row *row = banks_row(&world->banks, &world->keep, story->id, leaf);
    if (second && (held || found->state == BRANCH_CALLING)) {
        bool refuse = dice_hit(&world->dice[DICE_OPERATOR], 400);
        if (!refuse && undo)
            banks_undo(&world->banks, row);
        else if (!refuse)
            banks_confirm(&world->banks, row);
        submit(world, story, EVENT_RESOLVE, branch, refuse ? ANSWER_NO : ANSWER_YES, NULL);
    } else if (held && !second && is_idle(world)) {
        if (row->did == ROW_OPEN)
            row->did = ROW_FENCE;
        count(COUNT_BY_HAND);
        submit(world, story, EVENT_RESOLVE, branch, row->did == ROW_YES ? ANSWER_YES : ANSWER_NO, NULL);
    }
}

/* A child that is stuck was terminated, or never was: nothing of it is going on, and it did nothing that counts.
 */
static void resolve_child(struct world *world, const struct story *story, uint16_t branch)
{
    const struct branch *found = &story->txn->branches[branch];
    bool second = found->verb == VERB_UNDO || found->verb == VERB_CONFIRM;
    submit(world, story, EVENT_RESOLVE, branch, second ? ANSWER_YES : ANSWER_NO, NULL);
}

/* Trying again may help, and may be in vain for ever. */
static void help_child(struct world *world, const struct story *story)
{
    struct dice *dice = &world->dice[DICE_OPERATOR];
    if (dice_hit(dice, 400))
        resolve_child(world, story, story->txn->pause_branch);
    else
        operate(world, story, dice_hit(dice, 600) ? EVENT_SKIP : EVENT_RETRY, story->txn->pause_branch);
}

/* What a sensible person does, by the reason that is shown. */
static void help(struct world *world, const struct story *story)
{
    const struct txn *txn = story->txn;
    const struct leaf *leaf = story_leaf(story, txn->pause_branch);
    if (leaf && leaf->kind == LEAF_CHILD) {
        help_child(world, story);
        return;
    }
    bool forward_refused = txn->pause_cause == CAUSE_FORWARD_REFUSED;
    if (forward_refused)
        operate(world, story, EVENT_SKIP, txn->pause_branch);
    else if (txn->pause_cause == CAUSE_UNDO_BROKEN || txn->pause_cause == CAUSE_CONFIRM_BROKEN)
        resolve(world, story, txn->pause_branch);
    else
        operate(world, story, EVENT_RESUME, BRANCH_NONE);
}

static void unregister(struct world *world, void *what)
{
    (void)what;
    unsigned number = (unsigned)dice_below(&world->dice[DICE_OPERATOR], PARTICIPANTS);
    if (!put_participant(world, number, false))
        return;
    count(COUNT_UNREGISTERED);
    world->unregistered |= 1u << number;
}

/* Until all of them were taken: the coordinator may be down, or its inbox full. */
static void register_all(struct world *world)
{
    for (unsigned i = 0; i < PARTICIPANTS; i++)
        if (world->unregistered >> i & 1 && put_participant(world, i, true))
            world->unregistered &= ~(1u << i);
}

static bool put_participant(struct world *world, unsigned number, bool present)
{
    static const char *const names[PARTICIPANTS] = {"bank-0", "bank-1", "bank-2"};
    static const char contact[] = "{\"url\":\"http://bank.test/\",\"headers\":{\"X-Desk\":\"7\"}}";
    struct command command = {.type = COMMAND_PARTICIPANT,
                              .name = names[number],
                              .text = present ? contact : NULL,
                              .text_length = present ? strlen(contact) : 0};
    const struct telling *telling = clients_submit(world, &command, NULL);
    return telling && !telling->shown;
}
