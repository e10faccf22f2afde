/* Wishes and their submissions. */
#include "sim/clients.h"

#include "sim/count.h"

#include <stdio.h>
#include <string.h>

enum { WISHES = 5, PATIENCE_MS = 30000 };

static struct wish *new_wish(struct world *world);
static void contradict(struct world *world, const struct wish *wish);
static void ask(struct world *world, void *what);
static void ask_again(struct world *world, void *what);
static void wait(struct world *world, void *what);
static void reply(struct command *command);

void clients_plan(struct world *world)
{
    struct dice *dice = &world->dice[DICE_CLIENT];
    uint64_t span = world->weather.faults_ms;
    size_t wishes = dice_between(dice, 1, WISHES);
    for (size_t i = 0; i < wishes; i++) {
        struct wish *wish = new_wish(world);
        uint64_t at = dice_tail(dice, 0, span * 3 / 4);
        bool repeatable = wish->id || wish->key;
        world_later(world, at, ask, wish);
        for (unsigned k = 0; repeatable && k < 3 && dice_hit(dice, 400); k++)
            world_later(world, at + dice_tail(dice, 0, span), ask, wish);
        if (repeatable && dice_hit(dice, 300))
            contradict(world, wish);
    }
    for (unsigned i = 0; i < 3; i++)
        world_later(world, dice_below(dice, span), wait, NULL);
}

struct telling *clients_submit(struct world *world, const struct command *command, const struct wish *wish)
{
    if (!world->engine)
        return NULL;
    struct telling *telling = evidence_telling(&world->evidence);
    telling->command = *command;
    telling->command.reply = reply;
    telling->command.context = telling;
    telling->world = world;
    telling->wish = wish;
    telling->asked_ms = world->now_ms;
    telling->life = world->life;
    telling->told_ms = UINT64_MAX;
    telling->shown = !engine_submit(world->engine, &telling->command);
    if (telling->shown)
        count(COUNT_START_BUSY);
    return telling;
}

static struct wish *new_wish(struct world *world)
{
    struct dice *dice = &world->dice[DICE_CLIENT];
    struct keep *keep = &world->keep;
    world->wishes = keep_grow(keep, world->wishes, world->wishes_count, sizeof(struct wish *));
    struct wish *wish = keep_new(keep, sizeof *wish);
    char text[160];
    wish->nonce = (unsigned)++world->wishes_count;
    world->wishes[wish->nonce - 1] = wish;
    wish->saga = world->evidence.sagas[dice_below(dice, world->evidence.sagas_count)];
    wish->version = (uint32_t)dice_below(dice, 2);
    wish->flags = (uint8_t)(dice_below(dice, 1 << SAGA_FLAGS) | dice_below(dice, 1 << SAGA_FLAGS));
    saga_input(wish->nonce, wish->flags, text);
    wish->input = keep_text(keep, text);
    snprintf(text, sizeof text, "client-%u", wish->nonce);
    if (dice_hit(dice, 600))
        wish->id = keep_text(keep, text);
    if (dice_hit(dice, 500))
        wish->key = keep_text(keep, text);
    if (dice_hit(dice, 300))
        wish->tags = "\nred\nblue\n";
    if (dice_hit(dice, 400))
        wish->wait_ms = dice_tail(dice, 100, 60000);
    return wish;
}

/* Another wish under a name that is taken. */
static void contradict(struct world *world, const struct wish *wish)
{
    struct dice *dice = &world->dice[DICE_CLIENT];
    struct wish *other = new_wish(world);
    bool by_id = wish->id && (!wish->key || dice_hit(dice, 500));
    other->id = by_id ? wish->id : NULL;
    other->key = by_id ? NULL : wish->key;
    world_later(world, dice_tail(dice, 0, world->weather.faults_ms), ask, other);
}

static void ask(struct world *world, void *what)
{
    struct wish *wish = what;
    struct command command = {.type = COMMAND_START,
                              .saga = wish->saga->name,
                              .version = wish->version,
                              .input = wish->input,
                              .input_length = strlen(wish->input),
                              .id = wish->id,
                              .key = wish->key,
                              .tags = wish->tags,
                              .wait_ms = wish->wait_ms};
    world_note(world, "client: start %u of %s", wish->nonce, wish->saga->name);
    struct telling *telling = clients_submit(world, &command, wish);
    bool repeatable = wish->id || wish->key;
    if (repeatable)
        world_later(world, wish->wait_ms + PATIENCE_MS, ask_again, wish);
    else if (!telling || telling->shown)
        world_later(world, PATIENCE_MS, ask, wish); /* it certainly was not taken */
}

/* A client that was told nothing says the same again until it is. */
static void ask_again(struct world *world, void *what)
{
    const struct wish *wish = what;
    for (size_t i = 0; i < world->evidence.tellings_count; i++) {
        const struct telling *telling = world->evidence.tellings[i];
        if (telling->wish == wish && telling->told && telling->code != ERROR_BUSY)
            return;
    }
    ask(world, what);
}

static void wait(struct world *world, void *what)
{
    struct dice *dice = &world->dice[DICE_CLIENT];
    struct evidence *evidence = &world->evidence;
    (void)what;
    for (size_t i = 0; i < evidence->tellings_count; i++) {
        const struct telling *told = evidence->tellings[i];
        if (!told->wish || !told->told || told->code)
            continue;
        uint64_t wait_ms = dice_hit(dice, 300) ? 0 : dice_tail(dice, 1, 60000);
        clients_submit(world, &(struct command){.type = COMMAND_WAIT, .txn = told->number, .wait_ms = wait_ms},
                       NULL);
    }
}

static void tally(const struct telling *telling)
{
    bool start = telling->command.type == COMMAND_START;
    bool over = status_final(telling->status) || telling->status == STATUS_PAUSED;
    if (start && telling->code == ERROR_NONE)
        count(telling->created ? COUNT_START_TOLD : COUNT_START_REPEATED);
    if (start && telling->code == ERROR_CONFLICT)
        count(COUNT_START_CONFLICT);
    if (start && telling->code == ERROR_LOCK_HELD)
        count(COUNT_LOCK_HELD);
    if (start && telling->code == ERROR_BUSY)
        count(COUNT_START_BUSY);
    if (telling->command.wait_ms && telling->code == ERROR_NONE)
        count(over ? COUNT_WAIT_END : COUNT_WAIT_EARLY);
    bool refused = !start && (telling->code == ERROR_CONFLICT || telling->code == ERROR_GONE);
    for (unsigned i = REFUSAL_FINAL; refused && i <= REFUSAL_NO_STEP; i++)
        if (strstr(telling->command.error.text, refusal_text((enum refusal)i)))
            count_seen(SEEN_REFUSAL, i);
    if (telling->command.type == COMMAND_OPERATE && telling->code == ERROR_NONE)
        count_seen(SEEN_REFUSAL, REFUSAL_NONE);
}

static void reply(struct command *command)
{
    struct telling *telling = command->context;
    struct world *world = telling->world;
    struct keep *keep = &world->keep;
    telling->told = true;
    telling->told_ms = world->now_ms;
    telling->code = command->error.code;
    telling->created = command->created;
    telling->number = command->result_txn;
    telling->id = keep_text(keep, command->result_id);
    telling->status = command->result_status;
    telling->cause = command->result_cause;
    telling->step = keep_text(keep, command->result_step);
    if (command->result_output)
        telling->output = keep_bytes(keep, command->result_output, command->result_output_length);
    world_note(world, "told: command %d code %d txn %llu status %d %s", (int)command->type, telling->code,
               (unsigned long long)telling->number, (int)telling->status, command->error.text);
    tally(telling);
}
