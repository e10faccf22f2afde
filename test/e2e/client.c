/* The threads of the clients. Each keeps a few transfers open and follows the oldest before it begins another. */
#include "e2e/client.h"

#include "e2e/submit.h"
#include "harness/process.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

enum { WINDOW = 8 };

static void *client_run(void *context);

void clients_init(struct clients *clients, uint64_t seed, unsigned port, unsigned transfers, unsigned threads)
{
    *clients = (struct clients){.seed = seed, .port = port, .deeds_count = transfers, .threads_count = threads};
    clients->deeds = calloc(transfers, sizeof *clients->deeds);
    clients->threads = calloc(threads, sizeof *clients->threads);
    atomic_store(&clients->running, threads);
}

void clients_start(struct clients *clients)
{
    atomic_store(&clients->started, true);
    for (unsigned i = 0; i < clients->threads_count; i++)
        pthread_create(&clients->threads[i], NULL, client_run, clients);
}

void clients_join(struct clients *clients, uint64_t ms)
{
    uint64_t until = process_now_ms() + ms;
    while (atomic_load(&clients->running) && process_now_ms() < until)
        process_sleep_ms(5);
    atomic_store(&clients->hurry, true);
    for (unsigned i = 0; i < clients->threads_count; i++)
        pthread_join(clients->threads[i], NULL);
}

void clients_done(struct clients *clients)
{
    free(clients->threads);
    free(clients->deeds);
}

void clients_write(const struct clients *clients, const char *path)
{
    FILE *file = fopen(path, "w");
    for (unsigned i = 0; file && i < clients->deeds_count; i++) {
        const struct deed *deed = &clients->deeds[i];
        const struct transfer *transfer = &deed->transfer;
        json_t *line =
            json_pack("{s:s, s:s, s:i, s:s, s:s, s:s, s:I, s:i, s:i, s:i, s:i, s:i, s:s}", "id", deed->id, "key",
                      transfer->key, "status", deed->status, "from", transfer->from, "to", transfer->to, "payee",
                      transfer->payee, "cents", (json_int_t)transfer->cents, "silences", (int)deed->silences,
                      "repeats", (int)deed->repeats, "repeatsRight", (int)deed->repeats_right, "others",
                      (int)deed->others, "othersRight", (int)deed->others_right, "end", deed->end);
        json_dumpf(line, file, JSON_COMPACT);
        fputc('\n', file);
        json_decref(line);
    }
    if (file)
        fclose(file);
}

static void *client_run(void *context)
{
    struct clients *clients = context;
    struct deed *window[WINDOW] = {0};
    unsigned number, turn = 0;
    while ((number = atomic_fetch_add(&clients->next, 1)) < clients->deeds_count) {
        struct deed *deed = &clients->deeds[number];
        transfer_make(&deed->transfer, clients->seed, number);
        submit_deed(clients, deed);
        atomic_fetch_add(&clients->answered, 1);
        if (deed->status / 100 != 2)
            continue;
        struct deed **place = &window[turn++ % WINDOW];
        if (*place)
            submit_follow(clients, *place);
        *place = deed;
    }
    for (unsigned i = 0; i < WINDOW; i++)
        if (window[i])
            submit_follow(clients, window[i]);
    atomic_fetch_sub(&clients->running, 1);
    return NULL;
}
