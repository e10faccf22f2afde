/* Reading the store through the port, like any other reader. */
#include "sim/story.h"

#include "base/time.h"
#include "core/core.h"
#include "engine/history.h"
#include "engine/id.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reading {
    struct world *world;
    struct keep *keep;
    struct story *stories;
    size_t count;
};

struct reading_facts {
    struct keep *keep;
    struct story *story;
    uint16_t *firsts;
    uint16_t next; /* the branch of the next item */
};

static bool read_row(void *context, const struct store_row *row);
static bool read_fact(void *context, const struct history_entry *entry);
static void read_begun(struct story *story, const char *payload);
static void read_origin(struct story *story);
static void fold(struct keep *keep, struct story *story);

size_t story_read_all(struct world *world, struct keep *keep, struct story **stories)
{
    struct reading reading = {world, keep, NULL, 0};
    struct store *store = world->disk.inner;
    store->each_row(store->self, &(struct store_query){.limit = UINT32_MAX}, read_row, &reading, NULL);
    *stories = reading.stories;
    return reading.count;
}

bool story_read(struct world *world, struct keep *keep, uint64_t number, struct story *story)
{
    struct reading reading = {world, keep, NULL, 0};
    struct store *store = world->disk.inner;
    store->row(store->self, number, read_row, &reading, NULL);
    if (reading.count)
        *story = reading.stories[0];
    return reading.count > 0;
}

uint16_t story_branch(const struct story *story, const struct leaf *leaf)
{
    uint16_t step = story_step(story, leaf);
    if (leaf->item == NO_ITEM)
        return step;
    return story->firsts[step] == BRANCH_NONE ? STORY_NOWHERE : (uint16_t)(story->firsts[step] + leaf->item);
}

uint16_t story_step(const struct story *story, const struct leaf *leaf)
{
    return (uint16_t)definition_find_step(story->definition, leaf->step);
}

const char *story_name(const struct story *story, uint16_t branch)
{
    const struct leaf *leaf = story_leaf(story, branch);
    return leaf ? leaf->id : story->definition->steps[branch].id;
}

const struct leaf *story_leaf(const struct story *story, uint16_t branch)
{
    if (branch == BRANCH_NONE)
        return NULL;
    if (branch < story->definition->plan.steps_count)
        return saga_find(story->saga, story->definition->steps[branch].id);
    for (size_t i = 0; i < story->saga->count; i++)
        if (story->saga->leaves[i].item != NO_ITEM && story_branch(story, &story->saga->leaves[i]) == branch)
            return &story->saga->leaves[i];
    return NULL;
}

const struct fact *story_last(const struct story *story, enum fact_type type, uint16_t branch, enum verb verb)
{
    for (uint32_t i = story->count; i-- > 0;)
        if (story->facts[i].type == type && story->facts[i].branch == branch && story->facts[i].verb == verb)
            return &story->facts[i];
    return NULL;
}

uint64_t story_child(const struct story *story, uint32_t fact)
{
    static const char mark[] = "{\"child\":{\"txn\":";
    bool pending = story->facts[fact].type == FACT_ANSWERED && story->facts[fact].answer == ANSWER_PENDING;
    bool told = pending && strncmp(story->payloads[fact], mark, strlen(mark)) == 0;
    return told ? strtoull(story->payloads[fact] + strlen(mark), NULL, 10) : 0;
}

static const char *text(struct keep *keep, const char *borrowed)
{
    return borrowed ? keep_text(keep, borrowed) : NULL;
}

static bool read_row(void *context, const struct store_row *row)
{
    struct reading *reading = context;
    struct world *world = reading->world;
    struct keep *keep = reading->keep;
    char made[LIMIT_ID_TEXT];
    reading->stories = keep_grow(keep, reading->stories, reading->count, sizeof *reading->stories);
    struct story *story = &reading->stories[reading->count++];
    *story = (struct story){.number = row->txn, .row = *row};
    id_print(row->txn, world->disk.inner->secret(world->disk.inner->self), made);
    story->id = text(keep, row->id ? row->id : made);
    story->row.id = text(keep, row->id);
    story->row.key = text(keep, row->key);
    story->row.saga = text(keep, row->saga);
    story->row.step = text(keep, row->step);
    story->row.participant = text(keep, row->participant);
    story->row.reason = text(keep, row->reason);
    story->row.tags = text(keep, row->tags);
    for (size_t i = 0; i < world->evidence.sagas_count; i++)
        if (strcmp(world->evidence.sagas[i]->name, row->saga) == 0) {
            story->saga = world->evidence.sagas[i];
            story->definition = world->definitions[i];
        }
    uint16_t steps = story->definition->plan.steps_count, *firsts = keep_new(keep, steps * sizeof *firsts);
    memset(firsts, 0xff, steps * sizeof *firsts);
    story->firsts = firsts;
    struct error error = {0};
    struct reading_facts facts = {keep, story, firsts, steps};
    if (history_read(world->disk.inner, row->txn, 0, read_fact, &facts, &error))
        story->fault = text(keep, error.text);
    else
        fold(keep, story);
    read_origin(story);
    return true;
}

/* A run of a schedule has the id SAGA@TIME, which no client here has. */
static void read_origin(struct story *story)
{
    const char *at = strchr(story->id, '@');
    char time[TIME_TEXT];
    story->origin = story->parent ? ORIGIN_PARENT : at ? ORIGIN_SCHEDULE : ORIGIN_CLIENT;
    if (story->origin != ORIGIN_SCHEDULE)
        return;
    snprintf(time, sizeof time, "%.24s", at + 1);
    if (!time_parse(time, &story->due_ms))
        story->fault = "its id names no time";
}

static bool read_fact(void *context, const struct history_entry *entry)
{
    struct reading_facts *reading = context;
    struct story *story = reading->story;
    struct keep *keep = reading->keep;
    story->facts = keep_grow(keep, story->facts, story->count, sizeof *story->facts);
    story->payloads = keep_grow(keep, story->payloads, story->count, sizeof *story->payloads);
    story->facts[story->count] = entry->fact;
    story->payloads[story->count] = keep_bytes(keep, entry->payload, entry->payload_length);
    if (entry->fact.type == FACT_SPREAD)
        reading->firsts[entry->fact.branch] = reading->next;
    if (entry->fact.type == FACT_SPREAD)
        reading->next = (uint16_t)(reading->next + entry->fact.value);
    if (entry->seq == 0)
        read_begun(story, story->payloads[0]);
    story->count++;
    return true;
}

/* The input is {"n":7,"f0":true,...}: compact, and written by the simulator. */
static void read_begun(struct story *story, const char *payload)
{
    static const char mark[] = "\"parent\":{\"txn\":";
    const char *parent = strstr(payload, mark);
    const char *branch = parent ? strstr(parent, "\"branch\":") : NULL;
    if (branch) {
        story->parent = strtoull(parent + strlen(mark), NULL, 10);
        story->parent_branch = (uint16_t)strtoul(branch + strlen("\"branch\":"), NULL, 10);
    }
    const char *input = strstr(payload, "\"input\":");
    const char *nonce = input ? strstr(input, "\"n\":") : NULL;
    if (!nonce)
        return;
    story->input = input + strlen("\"input\":");
    story->nonce = (unsigned)strtoul(nonce + strlen("\"n\":"), NULL, 10);
    for (unsigned i = 0; i < SAGA_FLAGS; i++) {
        char flag[16];
        snprintf(flag, sizeof flag, "\"f%u\":true", i);
        if (strstr(input, flag))
            story->flags |= (uint8_t)(1u << i);
    }
}

static void fold(struct keep *keep, struct story *story)
{
    const struct plan *plan = &story->definition->plan;
    struct txn *txn = keep_new(keep, txn_size(plan->steps_count));
    core_init(plan, txn);
    for (uint32_t i = 0; i < story->count; i++) {
        txn = story_room(keep, txn, &story->facts[i]);
        if (!core_apply(plan, txn, &story->facts[i])) {
            story->fault = "a fact does not follow from those before it";
            return;
        }
    }
    story->txn = txn;
}

struct txn *story_room(struct keep *keep, struct txn *txn, const struct fact *fact)
{
    uint16_t room = core_room(txn, fact);
    if (room <= txn->branches_capacity)
        return txn;
    struct txn *grown = keep_new(keep, txn_size(room));
    memcpy(grown, txn, txn_size(txn->branches_capacity));
    grown->branches_capacity = room;
    return grown;
}
