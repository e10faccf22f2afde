/* Requests on their way, copy by copy, and the one answer that each of them gets. */
#include "sim/network.h"

#include "base/mem.h"
#include "sim/count.h"
#include "sim/letters.h"
#include "sim/visit.h"
#include "sim/world.h"

#include <belay/protocol.h>

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A request that is out. */
struct flight {
    struct sent *sent;
    struct call_tag tag;
};

/* An answer on its way back. */
struct parcel {
    struct flight *flight;
    struct visit visit;
};

static void network_call(void *self, struct request **requests, size_t count_requests);
static void send(struct world *world, const struct request *request);
static void record(struct world *world, const struct request *request, struct sent *sent);
static void route(struct world *world, struct flight *flight);
static void arrive(struct world *world, void *what);
static void come_back(struct world *world, void *what);
static void time_out(struct world *world, void *what);
static void answer(struct world *world, struct flight *flight, const struct visit *visit);

struct caller network_caller(struct world *world)
{
    return (struct caller){world, network_call};
}

static void network_call(void *self, struct request **requests, size_t requests_count)
{
    struct world *world = self;
    for (size_t i = 0; i < requests_count; i++) {
        send(world, requests[i]);
        request_free(requests[i]);
    }
}

static const char *header(struct world *world, const struct request *request, const char *name)
{
    size_t length;
    const char *value = request_header(request, name, &length);
    return value ? keep_bytes(&world->keep, value, length) : NULL;
}

static void send(struct world *world, const struct request *request)
{
    if (!header(world, request, BELAY_HEADER_STEP)) {
        letters_send(world, request, header(world, request, BELAY_HEADER_KEY),
                     (unsigned)strtoul(header(world, request, BELAY_HEADER_ATTEMPT), NULL, 10));
        return;
    }
    struct flight *flight = keep_new(&world->keep, sizeof *flight);
    flight->sent = evidence_sent(&world->evidence);
    flight->tag = request->tag;
    record(world, request, flight->sent);
    const struct sent *sent = flight->sent;
    world_note(world, "call %s attempt %u: %s %s", sent->key, sent->attempt, sent->path, sent->body);
    route(world, flight);
}

static void find_leaf(const struct world *world, const char *step, const char *item, struct sent *sent)
{
    char id[sizeof sent->leaf->id];
    snprintf(id, sizeof id, item ? "%s[%s]" : "%s", step, item);
    for (size_t i = 0; i < world->evidence.sagas_count && !sent->leaf; i++) {
        sent->saga = world->evidence.sagas[i];
        sent->leaf = saga_find(sent->saga, id);
    }
    assert(sent->leaf);
}

static enum verb phase_of(const char *phase)
{
    for (int phases = PHASES_SAGA; phases <= PHASES_VOTE; phases++)
        for (int verb = VERB_DO; verb <= VERB_CONFIRM; verb++) {
            const char *word = phase_word((enum phases)phases, (enum verb)verb);
            if (word && strcmp(phase, word) == 0)
                return (enum verb)verb;
        }
    assert(!"a word of the protocol");
    return VERB_NONE;
}

/* What a participant can read of it, and nothing else but the tag's number. */
static void record(struct world *world, const struct request *request, struct sent *sent)
{
    struct keep *keep = &world->keep;
    const char *callback = header(world, request, BELAY_HEADER_CALLBACK);
    if (callback)
        callback = strstr(callback, "?token=");
    sent->at_ms = world->now_ms;
    sent->clock_ms = world_clock(world);
    sent->life = world->life;
    sent->number = request->tag.txn;
    sent->txn = header(world, request, BELAY_HEADER_TRANSACTION);
    sent->verb = phase_of(header(world, request, BELAY_HEADER_PHASE));
    sent->callback = callback ? callback + strlen("?token=") : NULL;
    sent->attempt = (unsigned)strtoul(header(world, request, BELAY_HEADER_ATTEMPT), NULL, 10);
    sent->key = header(world, request, BELAY_HEADER_KEY);
    sent->action_key = header(world, request, BELAY_HEADER_ACTION_KEY);
    sent->now = header(world, request, "X-Now");
    sent->path = keep_text(keep, request->url);
    sent->body = keep_bytes(keep, request->body, request->body_length);
    sent->body_length = request->body_length;
    sent->timeout_ms = request->timeout_ms;
    find_leaf(world, header(world, request, BELAY_HEADER_STEP), header(world, request, BELAY_HEADER_ITEM), sent);
    char *text = keep_new(keep, strlen(sent->key) + 16);
    if (world->mutant == MUTANT_NEW_KEY && sent->attempt > 1) {
        snprintf(text, strlen(sent->key) + 16, "%s/%u", sent->key, sent->attempt);
        sent->key = text;
    }
    if (world->mutant == MUTANT_NEW_BODY && sent->attempt > 1 && sent->body_length)
        sent->body = keep_bytes(keep, request->body, --sent->body_length);
}

static void route(struct world *world, struct flight *flight)
{
    struct dice *dice = &world->dice[DICE_NETWORK];
    const struct weather *weather = &world->weather;
    unsigned copies = 1;
    if (dice_hit(dice, weather->loss)) {
        count(COUNT_CALL_LOST);
        copies = 0;
    } else if (dice_hit(dice, weather->twice)) {
        count(COUNT_CALL_TWICE);
        copies += (unsigned)dice_between(dice, 1, 3);
    }
    for (unsigned i = 0; i < copies; i++) {
        bool slow = dice_hit(dice, weather->slow);
        world_later(world, slow ? dice_tail(dice, 100, 900000) : dice_between(dice, 1, 20), arrive, flight);
    }
    world_later(world, flight->sent->timeout_ms, time_out, flight);
    if (dice_hit(dice, weather->broken / 4)) {
        struct visit broken = {.transport = dice_hit(dice, 500) ? TRANSPORT_REFUSED : TRANSPORT_BROKEN};
        answer(world, flight, &broken);
    }
}

static void arrive(struct world *world, void *what)
{
    struct flight *flight = what;
    const struct sent *sent = flight->sent;
    struct dice *dice = &world->dice[DICE_NETWORK];
    struct parcel *parcel = keep_new(&world->keep, sizeof *parcel);
    if (world->now_ms >= sent->at_ms + sent->timeout_ms)
        count(COUNT_CALL_LATE);
    parcel->flight = flight;
    parcel->visit = visit_pay(world, sent);
    if (parcel->visit.silent)
        return;
    if (dice_hit(dice, world->weather.answer_loss)) {
        count(COUNT_ANSWER_LOST);
        if (dice_hit(dice, 500))
            return;
        parcel->visit.transport = TRANSPORT_BROKEN;
    }
    bool slow = dice_hit(dice, world->weather.slow);
    world_later(world, slow ? dice_tail(dice, 100, 60000) : dice_between(dice, 1, 20), come_back, parcel);
}

static void come_back(struct world *world, void *what)
{
    struct parcel *parcel = what;
    answer(world, parcel->flight, &parcel->visit);
}

static void time_out(struct world *world, void *what)
{
    answer(world, what, &(struct visit){.transport = TRANSPORT_TIMEOUT});
}

/* The first answer is the one; those to a process that has ended are nobody's. */
static void answer(struct world *world, struct flight *flight, const struct visit *visit)
{
    struct sent *sent = flight->sent;
    if (sent->answered || sent->life != world->life || !world->engine)
        return;
    sent->answered = true;
    sent->answered_ms = world->now_ms;
    sent->transport = visit->transport;
    sent->status = visit->transport == TRANSPORT_OK ? visit->status : 0;
    struct response *response = mem_new(sizeof *response);
    response->tag = flight->tag;
    response->transport = visit->transport;
    if (visit->transport == TRANSPORT_OK) {
        response->status = visit->status;
        response->retry_after_ms = sent->retry_after_ms = visit->retry_after_ms;
        snprintf(response->content_type, sizeof response->content_type, "%s", visit->type ? visit->type : "");
        response->body_length = strlen(visit->body);
        response->body = response->body_length ? mem_string(visit->body) : NULL;
    } else {
        snprintf(response->detail, sizeof response->detail, "simulated");
    }
    world_note(world, "answer %s attempt %u: %u %d %s", sent->key, sent->attempt, (unsigned)sent->transport,
               sent->status, visit->body);
    engine_answered(world->engine, &response, 1);
}
