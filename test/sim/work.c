/* Jobs, their signs of life, and callbacks: early, twice, late, or with a token that is none. */
#include "sim/work.h"

#include "sim/clients.h"
#include "sim/count.h"
#include "sim/world.h"

#include <stdio.h>
#include <string.h>

enum { AGAIN_MS = 5000 };

struct job {
    const struct sent *sent;
    struct bank_row *row;
    bool willing;
    const struct telling *told; /* the last callback */
    char output[64];
};

static void finish(struct world *world, void *what);
static void beat(struct world *world, void *what);
static void call_back(struct world *world, void *what);
static void call_back_again(struct world *world, void *what);

struct visit work_accept(struct world *world, const struct sent *sent, struct bank_row *row)
{
    struct dice *dice = &world->dice[DICE_BANK];
    const struct leaf *leaf = sent->leaf;
    struct visit visit = {.status = 202};
    if (row->working)
        return visit;
    if (dice_hit(dice, world->weather.never)) {
        count(COUNT_NEVER);
        return visit;
    }
    struct job *job = keep_new(&world->keep, sizeof *job);
    job->sent = sent;
    job->row = row;
    job->willing = !dice_hit(dice, world->weather.no);
    row->working = true;
    uint64_t takes_ms = dice_tail(dice, 1, leaf->async_ms * 2);
    if (world->peace)
        takes_ms = dice_between(dice, 1, leaf->async_ms / 2);
    else if (dice_hit(dice, 200))
        takes_ms = dice_below(dice, 10);
    world_later(world, takes_ms, finish, job);
    if (leaf->heartbeat_ms && (world->peace || dice_hit(dice, 800)))
        world_later(world, leaf->heartbeat_ms / 3, beat, job);
    return visit;
}

static void finish(struct world *world, void *what)
{
    struct job *job = what;
    struct seen seen = {world->now_ms, job->sent, DEED_FAILED};
    job->row->working = false;
    seen.deed = banks_do(&world->banks, job->row, job->sent->attempt, job->willing);
    if (seen.deed == DEED_REFUSED)
        snprintf(job->row->code, sizeof job->row->code, "declined");
    evidence_seen(&world->evidence, seen);
    world_note(world, "bank-%u: %s worked on, deed %d", job->sent->leaf->participant, job->sent->key,
               (int)seen.deed);
    if (!job->sent->answered)
        count(COUNT_TELL_EARLY);
    call_back(world, job);
    if (dice_hit(&world->dice[DICE_BANK], world->weather.twice))
        world_later(world, dice_tail(&world->dice[DICE_BANK], 1, 60000), call_back, job);
}

static struct command prepare(const struct job *job, enum event_type verb, const char *token)
{
    return (struct command){.type = COMMAND_TELL,
                            .txn = job->sent->number,
                            .verb = verb,
                            .step = job->sent->leaf->id,
                            .token = token};
}

static void beat(struct world *world, void *what)
{
    struct job *job = what;
    if (!job->row->working)
        return;
    struct command command = prepare(job, EVENT_BEAT, job->sent->callback);
    count_seen(SEEN_EVENT, EVENT_BEAT);
    world_note(world, "bank: heartbeat %s", job->sent->key);
    clients_submit(world, &command, NULL);
    world_later(world, 1 + job->sent->leaf->heartbeat_ms * dice_between(&world->dice[DICE_BANK], 200, 800) / 1000,
                beat, job);
}

static void call_back(struct world *world, void *what)
{
    struct job *job = what;
    struct dice *dice = &world->dice[DICE_BANK];
    bool lost = dice_hit(dice, world->weather.loss);
    bool lies = !world->peace && dice_hit(dice, 50);
    bool yes = job->row->did == ROW_YES;
    const char *token = lies ? "0123456789abcdef0123456789abcdef" : job->sent->callback;
    struct command command = prepare(job, EVENT_TELL, token);
    command.answer = yes ? ANSWER_YES : ANSWER_NO;
    command.code = yes ? NULL : job->row->code;
    banks_print_yes(job->row, job->output, sizeof job->output);
    command.output = yes ? job->output : NULL;
    command.output_length = yes ? strlen(job->output) : 0;
    count_seen(SEEN_EVENT, EVENT_TELL);
    world_note(world, "bank: callback %s %s%s%s", job->sent->key, yes ? "yes" : "no", lies ? ", a lie" : "",
               lost ? ", lost" : "");
    struct telling *telling = lost ? NULL : clients_submit(world, &command, NULL);
    if (telling)
        telling->lie = lies;
    job->told = telling;
    world_later(world, AGAIN_MS, call_back_again, job);
}

/* Until it was heard, or is told that it is too late. */
static void call_back_again(struct world *world, void *what)
{
    const struct job *job = what;
    const struct telling *told = job->told;
    bool heard = told && told->told && (told->code == ERROR_NONE || told->code == ERROR_GONE);
    if (!heard)
        call_back(world, what);
}
