/* One thread listens per bank, one passes on per connection, one per delivery that comes later. */
#include "e2e/witness.h"

#include "e2e/dice.h"
#include "e2e/sighting.h"
#include "e2e/wire.h"
#include "harness/process.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { STACK_BYTES = 256 * 1024, LATER_MS = 400 };

/* What the network does to a call. */
enum mischief {
    MISCHIEF_NONE,
    MISCHIEF_CALL_LOST,
    MISCHIEF_ANSWER_LOST,
    MISCHIEF_TWICE,
    MISCHIEF_LATER,
    MISCHIEFS
};

struct gate {
    struct witness *witness;
    int fd;
    unsigned bank_port;
};

struct witness {
    struct gate gates[BANKS];
    unsigned ports[BANKS];
    pthread_t threads[BANKS];
    uint64_t seed;
    atomic_uint fail_rate;
    atomic_uint mistreated;
    atomic_uint busy; /* deliveries under way */
    atomic_uint connections;
    pthread_mutex_t lock; /* guards the sightings */
    struct sighting *sightings;
    size_t count, capacity;
};

/* A connection from the coordinator, and ours to the bank; or a delivery that comes later. */
struct passage {
    struct witness *witness;
    unsigned bank_port;
    int fd;   /* -1 in a later delivery */
    int bank; /* -1 when there is none */
    uint64_t after_ms;
    struct wire call, answer;
};

static void *listen_run(void *context);
static void *passage_run(void *context);
static void *later_run(void *context);
static bool pass(struct passage *passage);
static bool deliver(struct passage *passage);
static void deliver_later(const struct passage *passage, uint64_t after_ms);
static size_t note(struct witness *witness, const struct wire *call);
static void note_answer(struct witness *witness, size_t index, int status);
static enum mischief choose(struct witness *witness, size_t index);
static void spawn(void *(*run)(void *), void *context);

struct witness *witness_start(const struct town *town)
{
    struct witness *witness = calloc(1, sizeof *witness);
    witness->seed = town->plan->seed;
    witness->fail_rate = town->plan->fail_rate;
    pthread_mutex_init(&witness->lock, NULL);
    for (int bank = 0; bank < BANKS; bank++) {
        struct gate *gate = &witness->gates[bank];
        *gate = (struct gate){witness, wire_listen(&witness->ports[bank]), town->bank_ports[bank]};
        if (gate->fd < 0)
            return NULL; /* the program ends */
        pthread_create(&witness->threads[bank], NULL, listen_run, gate);
    }
    return witness;
}

const unsigned *witness_ports(const struct witness *witness)
{
    return witness->ports;
}

void witness_calm(struct witness *witness)
{
    atomic_store(&witness->fail_rate, 0);
}

bool witness_settled(struct witness *witness, unsigned ms)
{
    for (uint64_t until = process_now_ms() + ms; atomic_load(&witness->busy); process_sleep_ms(5))
        if (process_now_ms() > until)
            return false;
    return true;
}

const struct sighting *witness_sightings(const struct witness *witness, size_t *count)
{
    *count = witness->count;
    return witness->sightings;
}

unsigned witness_mistreated(const struct witness *witness)
{
    return atomic_load(&witness->mistreated);
}

void witness_stop(struct witness *witness)
{
    for (int bank = 0; bank < BANKS; bank++) {
        shutdown(witness->gates[bank].fd, SHUT_RDWR);
        pthread_join(witness->threads[bank], NULL);
        close(witness->gates[bank].fd);
    }
    while (atomic_load(&witness->connections))
        process_sleep_ms(1);
    pthread_mutex_destroy(&witness->lock);
    free(witness->sightings);
    free(witness);
}

static void *listen_run(void *context)
{
    const struct gate *gate = context;
    for (int fd; (fd = accept4(gate->fd, NULL, NULL, SOCK_CLOEXEC)) >= 0;) {
        struct passage *passage = calloc(1, sizeof *passage);
        passage->witness = gate->witness;
        passage->bank_port = gate->bank_port;
        passage->fd = fd;
        passage->bank = -1;
        atomic_fetch_add(&gate->witness->connections, 1);
        spawn(passage_run, passage);
    }
    return NULL;
}

static void *passage_run(void *context)
{
    struct passage *passage = context;
    struct witness *witness = passage->witness;
    bool open = true;
    while (open && wire_receive(passage->fd, &passage->call)) {
        atomic_fetch_add(&witness->busy, 1);
        open = pass(passage);
        atomic_fetch_sub(&witness->busy, 1);
    }
    close(passage->fd);
    if (passage->bank >= 0)
        close(passage->bank);
    free(passage);
    atomic_fetch_sub(&witness->connections, 1);
    return NULL;
}

/* One call. False when the connection shall end. */
static bool pass(struct passage *passage)
{
    struct witness *witness = passage->witness;
    size_t index = note(witness, &passage->call);
    enum mischief mischief = choose(witness, index);
    if (mischief == MISCHIEF_CALL_LOST)
        return false;
    if (mischief == MISCHIEF_TWICE)
        deliver_later(passage, 0);
    if (mischief == MISCHIEF_LATER)
        deliver_later(passage, 1 + dice_number(witness->seed, index) % LATER_MS);
    if (!deliver(passage) || mischief == MISCHIEF_ANSWER_LOST)
        return false;
    note_answer(witness, index, wire_status(&passage->answer));
    return wire_send(passage->fd, &passage->answer);
}

/* To the bank and back. A kept connection may have died with the bank: once more on a new one. */
static bool deliver(struct passage *passage)
{
    for (int tries = 0; tries < 2; tries++) {
        if (passage->bank < 0)
            passage->bank = wire_connect(passage->bank_port);
        if (passage->bank >= 0 && wire_send(passage->bank, &passage->call) &&
            wire_receive(passage->bank, &passage->answer))
            return true;
        if (passage->bank >= 0)
            close(passage->bank);
        passage->bank = -1;
    }
    return false;
}

static void deliver_later(const struct passage *passage, uint64_t after_ms)
{
    struct passage *copy = calloc(1, sizeof *copy);
    *copy = *passage;
    copy->fd = copy->bank = -1;
    copy->after_ms = after_ms;
    atomic_fetch_add(&copy->witness->busy, 1);
    spawn(later_run, copy);
}

static void *later_run(void *context)
{
    struct passage *passage = context;
    process_sleep_ms(passage->after_ms);
    deliver(passage);
    if (passage->bank >= 0)
        close(passage->bank);
    atomic_fetch_sub(&passage->witness->busy, 1);
    free(passage);
    return NULL;
}

static size_t note(struct witness *witness, const struct wire *call)
{
    struct sighting sighting;
    sighting_read(&sighting, call->bytes, call->length);
    pthread_mutex_lock(&witness->lock);
    if (witness->count == witness->capacity) {
        witness->capacity = witness->capacity ? witness->capacity * 2 : 1024;
        witness->sightings = realloc(witness->sightings, witness->capacity * sizeof *witness->sightings);
        assert(witness->sightings);
    }
    size_t index = witness->count++;
    witness->sightings[index] = sighting;
    pthread_mutex_unlock(&witness->lock);
    return index;
}

static void note_answer(struct witness *witness, size_t index, int status)
{
    pthread_mutex_lock(&witness->lock);
    witness->sightings[index].status = status;
    witness->sightings[index].answered = witness->count;
    pthread_mutex_unlock(&witness->lock);
}

static enum mischief choose(struct witness *witness, size_t index)
{
    uint64_t state = dice_number(witness->seed, index);
    if (dice_next(&state, 100) >= atomic_load(&witness->fail_rate))
        return MISCHIEF_NONE;
    atomic_fetch_add(&witness->mistreated, 1);
    return (enum mischief)(1 + dice_next(&state, MISCHIEFS - 1));
}

static void spawn(void *(*run)(void *), void *context)
{
    pthread_t thread;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    int failed = pthread_create(&thread, &attributes, run, context);
    assert(!failed);
    (void)failed;
    pthread_attr_destroy(&attributes);
}
