/* Participants that are down, hang, answer nonsense, or do it and say that they failed. */
#include "sim/visit.h"

#include "sim/count.h"
#include "sim/work.h"
#include "sim/world.h"

#include <stdio.h>

static struct visit trouble(struct world *world, const struct sent *sent);
static struct visit perform(struct world *world, const struct sent *sent);
static struct visit look(struct world *world, struct bank_row *row, const struct sent *sent);
static void garble(struct world *world, struct visit *visit);

struct visit visit_pay(struct world *world, const struct sent *sent)
{
    struct dice *dice = &world->dice[DICE_BANK];
    const struct weather *weather = &world->weather;
    const struct bank *bank = &world->banks.banks[sent->leaf->participant];
    bool second = sent->verb == VERB_UNDO || sent->verb == VERB_CONFIRM;
    struct visit visit = {0};
    struct seen failed = {world->now_ms, sent, DEED_FAILED};
    if (world->now_ms < bank->down_until_ms) {
        count(COUNT_DOWN);
        evidence_seen(&world->evidence, failed);
        visit.transport = TRANSPORT_UNSENT;
        return visit;
    }
    bool hangs = dice_hit(dice, weather->hang);
    if (hangs)
        count(COUNT_HANG);
    visit.silent = hangs;
    if (hangs && dice_hit(dice, 500))
        return visit;
    if (dice_hit(dice, second ? weather->undo_trouble : weather->trouble)) {
        evidence_seen(&world->evidence, failed);
        return trouble(world, sent);
    }
    visit = perform(world, sent);
    visit.silent = hangs;
    if (dice_hit(dice, weather->did_but_failed)) {
        count(COUNT_DID_BUT_FAILED);
        visit = (struct visit){.status = 500, .silent = hangs};
    }
    if (dice_hit(dice, weather->broken))
        garble(world, &visit);
    return visit;
}

/* Nothing was done, and it says so, or says nothing of use. */
static struct visit trouble(struct world *world, const struct sent *sent)
{
    static const int statuses[] = {500, 502, 503, 503, 429, 408, 425, 401, 403, 404, 405, 301, 500, 409};
    struct dice *dice = &world->dice[DICE_BANK];
    bool second = sent->verb == VERB_UNDO || sent->verb == VERB_CONFIRM;
    size_t most = sizeof statuses / sizeof statuses[0] - (second ? 0 : 1); /* a no to an action is final */
    struct visit visit = {.status = statuses[dice_below(dice, most)]};
    if (sent->verb == VERB_CHECK && visit.status == 404) /* that would be an answer */
        visit.status = 405;
    if ((visit.status == 503 || visit.status == 429) && dice_hit(dice, 400)) {
        visit.retry_after_ms = dice_hit(dice, 50) ? 24 * 3600 * 1000 : dice_between(dice, 1, 20) * 1000;
        count(COUNT_RETRY_AFTER);
    }
    if (dice_hit(dice, 500)) {
        visit.type = "application/problem+json";
        snprintf(visit.body, sizeof visit.body, "{\"code\":\"%s\",\"detail\":\"not now\"}",
                 dice_hit(dice, 300) ? "hopeless" : "busy");
    }
    return visit;
}

/* Through the barrier. A stored answer is repeated word by word. */
static struct visit perform(struct world *world, const struct sent *sent)
{
    struct dice *dice = &world->dice[DICE_BANK];
    struct bank_row *row = banks_row(&world->banks, &world->keep, sent->txn, sent->leaf);
    bool willing = !dice_hit(dice, world->weather.no);
    struct seen seen = {world->now_ms, sent, DEED_FAILED};
    struct visit visit = {.status = 200, .type = "application/json"};
    if (sent->verb == VERB_CHECK)
        return look(world, row, sent);
    if (sent->verb == VERB_DO && sent->leaf->async_ms && row->did == ROW_OPEN && dice_hit(dice, 700)) {
        seen.deed = DEED_ACCEPTED;
        evidence_seen(&world->evidence, seen);
        return work_accept(world, sent, row);
    }
    if (sent->verb == VERB_UNDO || sent->verb == VERB_CONFIRM) {
        bool undo = sent->verb == VERB_UNDO;
        seen.deed = undo ? banks_undo(&world->banks, row) : banks_confirm(&world->banks, row);
        bool refused = seen.deed == (undo ? DEED_FENCED : DEED_EMPTY);
        visit.status = refused ? 409 : dice_hit(dice, 500) ? 204 : 200;
    } else {
        if (sent->leaf->phases == PHASES_VOTE && row->did == ROW_OPEN && dice_hit(dice, 200)) {
            count(COUNT_READ_ONLY);
            row->reads = true;
        }
        seen.deed = banks_do(&world->banks, row, sent->attempt, willing);
        bool no = row->did == ROW_NO || seen.deed == DEED_FENCED;
        if (seen.deed == DEED_REFUSED)
            snprintf(row->code, sizeof row->code, "%s", dice_hit(dice, 500) ? "declined" : "empty");
        visit.status = no ? 409 : 201;
        visit.type = no ? "application/problem+json" : "application/json";
        if (no)
            snprintf(visit.body, sizeof visit.body, "{\"code\":\"%s\"}",
                     seen.deed == DEED_FENCED ? "late" : row->code);
        else
            banks_print_yes(row, visit.body, sizeof visit.body);
    }
    evidence_seen(&world->evidence, seen);
    world_note(world, "bank-%u: %s deed %d", sent->leaf->participant, sent->key, (int)seen.deed);
    return visit;
}

/* A check. What the pivot's finds nothing of will never be done; the others have an undo for that. */
static struct visit look(struct world *world, struct bank_row *row, const struct sent *sent)
{
    struct visit visit = {.status = 200, .type = "application/json"};
    evidence_seen(&world->evidence, (struct seen){world->now_ms, sent, DEED_READ});
    if (row->did == ROW_OPEN && row->working) {
        visit.status = 503;
    } else if (row->did == ROW_YES) {
        count(COUNT_CHECK_YES);
        snprintf(visit.body, sizeof visit.body, "{\"ref\":\"%s\",\"ok\":true}", sent->leaf->id);
    } else {
        count(COUNT_CHECK_NO);
        visit.status = dice_hit(&world->dice[DICE_BANK], 700) ? 404 : 409;
        if (row->did == ROW_OPEN && sent->leaf->pivot)
            row->did = ROW_FENCE;
    }
    return visit;
}

static void garble(struct world *world, struct visit *visit)
{
    static const enum transport transports[] = {TRANSPORT_BROKEN, TRANSPORT_TOO_LARGE, TRANSPORT_GARBLED};
    struct dice *dice = &world->dice[DICE_BANK];
    size_t choice = dice_below(dice, 4);
    if (choice < 3) {
        visit->transport = transports[choice];
        return;
    }
    count(COUNT_GARBAGE);
    visit->status = 200;
    visit->type = "text/html";
    snprintf(visit->body, sizeof visit->body, "<html>it works</html>");
}
