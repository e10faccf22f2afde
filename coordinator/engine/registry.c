/* The registry in memory; the store holds the participants' JSON. */
#include "engine/registry.h"

#include "base/mem.h"
#include "engine/payload.h"

#include <assert.h>
#include <string.h>

enum { QUEUE_FIRST = 16 };

struct opening {
    struct registry *registry;
    struct error *error;
    int failed;
};

static bool open_one(void *context, const struct store_participant *stored);
static struct participant *find(const struct registry *registry, const char *name);
static void contact_done(struct contact *contact);

int registry_open(struct registry *registry, struct store *store, struct error *error)
{
    *registry = (struct registry){0};
    struct opening opening = {registry, error, 0};
    int code = store->each_participant(store->self, open_one, &opening, error);
    return code ? code : opening.failed;
}

void registry_done(struct registry *registry)
{
    for (uint32_t i = 0; i < registry->count; i++) {
        struct participant *participant = registry->slots[i];
        contact_done(&participant->contact);
        for (unsigned k = 0; k < PRIORITIES; k++)
            mem_free(participant->queues[k].ring);
        outbox_done(&participant->outbox);
        mem_free(participant->name);
        mem_free(participant);
    }
    mem_free(registry->slots);
    table_done(&registry->names);
}

struct participant *registry_get(struct registry *registry, const char *name)
{
    struct participant *participant = find(registry, name);
    if (participant)
        return participant;
    participant = mem_new(sizeof *participant);
    participant->name = mem_string(name);
    participant->slot = registry->count;
    participant->outbox.more = true; /* nobody has looked yet */
    registry->slots = mem_grow(registry->slots, (registry->count + 1) * sizeof(struct participant *));
    registry->slots[registry->count++] = participant;
    table_put(&registry->names, &participant->link, table_hash(&registry->names, name));
    return participant;
}

int registry_put(struct registry *registry, const char *name, const char *text, size_t length, bool *created,
                 struct error *error)
{
    struct contact contact = {0};
    struct participant *old = find(registry, name);
    bool registered = old && old->registered;
    if (!text && !registered)
        return error_set(error, ERROR_NOT_FOUND, "no participant \"%s\" is registered", name);
    int code = text ? payload_contact(text, length, &contact, error) : 0;
    if (code)
        return error_wrap(error, "participant \"%s\"", name);
    struct participant *participant = registry_get(registry, name);
    contact_done(&participant->contact);
    participant->contact = contact;
    participant->registered = text != NULL;
    *created = !registered;
    return 0;
}

void registry_push(struct participant *participant, unsigned priority, struct pending pending)
{
    assert(priority < PRIORITIES);
    struct queue *queue = &participant->queues[priority];
    if (queue->count == queue->capacity) {
        size_t capacity = queue->capacity ? queue->capacity * 2 : QUEUE_FIRST;
        struct pending *ring = mem_array(capacity, sizeof *ring);
        for (size_t i = 0; i < queue->count; i++)
            ring[i] = queue->ring[(queue->first + i) % queue->capacity];
        mem_free(queue->ring);
        queue->ring = ring;
        queue->first = 0;
        queue->capacity = capacity;
    }
    queue->ring[(queue->first + queue->count++) % queue->capacity] = pending;
}

bool registry_waits(const struct participant *participant)
{
    for (unsigned priority = 0; priority < PRIORITIES; priority++)
        if (participant->queues[priority].count)
            return true;
    return false;
}

bool registry_take(struct participant *participant, struct pending *pending)
{
    for (unsigned priority = PRIORITIES; priority-- > 0;) {
        struct queue *queue = &participant->queues[priority];
        if (!queue->count)
            continue;
        *pending = queue->ring[queue->first];
        queue->first = (queue->first + 1) % queue->capacity;
        queue->count--;
        return true;
    }
    return false;
}

static bool open_one(void *context, const struct store_participant *stored)
{
    struct opening *opening = context;
    bool created;
    opening->failed =
        registry_put(opening->registry, stored->name, stored->text, stored->length, &created, opening->error);
    return !opening->failed;
}

static struct participant *find(const struct registry *registry, const char *name)
{
    struct link *link = table_first(&registry->names, table_hash(&registry->names, name));
    for (; link; link = table_next(link)) {
        struct participant *participant = table_owner(link, struct participant, link);
        if (strcmp(participant->name, name) == 0)
            return participant;
    }
    return NULL;
}

static void contact_done(struct contact *contact)
{
    mem_free(contact->headers);
    mem_free(contact->url);
    *contact = (struct contact){0};
}
