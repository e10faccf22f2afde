/* Letters get lost, arrive although their answer does not, and are refused. */
#include "sim/letters.h"

#include "base/mem.h"
#include "sim/count.h"

#include <string.h>

/* A letter that will be answered. */
struct carried {
    struct post *post;
    struct call_tag tag;
    enum transport transport;
    int status;
};

static void come_back(struct world *world, void *what);

void letters_send(struct world *world, const struct request *request, const char *key, unsigned attempt)
{
    struct dice *dice = &world->dice[DICE_NETWORK];
    struct carried *carried = keep_new(&world->keep, sizeof *carried);
    struct post *post = carried->post = evidence_post(&world->evidence);
    *post = (struct post){.at_ms = world->now_ms,
                          .life = world->life,
                          .number = request->tag.txn,
                          .seq = request->tag.attempt,
                          .attempt = attempt,
                          .key = keep_text(&world->keep, key),
                          .body = keep_bytes(&world->keep, request->body, request->body_length)};
    carried->tag = request->tag;
    uint64_t after_ms = dice_between(dice, 1, 40);
    bool lost = dice_hit(dice, world->weather.loss), broken = dice_hit(dice, world->weather.answer_loss);
    bool refused = !world->peace && dice_hit(dice, 30);
    post->taken = !lost;
    carried->transport = lost ? TRANSPORT_TIMEOUT : broken ? TRANSPORT_BROKEN : TRANSPORT_OK;
    carried->status = carried->transport != TRANSPORT_OK ? 0 : refused ? 422 : 204;
    if (dice_hit(dice, world->weather.loss)) {
        post->taken = false;
        carried->transport = TRANSPORT_OK;
        carried->status = 503;
    }
    count(lost ? COUNT_LETTER_LOST : refused ? COUNT_LETTER_REFUSED : COUNT_LETTER);
    world_note(world, "letter %s attempt %u: %s", key, attempt, post->body);
    world_later(world, lost ? request->timeout_ms : after_ms, come_back, carried);
}

/* Answers to a process that has ended are nobody's. */
static void come_back(struct world *world, void *what)
{
    struct carried *carried = what;
    if (carried->post->life != world->life || !world->engine)
        return;
    struct response *response = mem_new(sizeof *response);
    response->tag = carried->tag;
    response->transport = carried->transport;
    response->status = carried->status;
    carried->post->answered = true;
    world_note(world, "answer to letter %s: %u %d", carried->post->key, (unsigned)carried->transport,
               carried->status);
    engine_answered(world->engine, &response, 1);
}
