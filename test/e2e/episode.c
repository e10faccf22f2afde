/* The acts of an episode in their order. */
#include "e2e/episode.h"

#include "e2e/evidence.h"
#include "harness/http.h"
#include "harness/process.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { PEACE_MS = 60 * 1000, SETTLE_MS = 30 * 1000, READY_MS = 60 * 1000, PACE_MS = 30 };

struct episode {
    const struct plan *plan;
    struct town town;
    struct witness *witness;
    struct keeper keeper;
    struct clients clients;
    struct evidence evidence;
};

static bool open_town(struct episode *episode);
static void play_load(struct episode *episode, struct story *story);
static void await_peace(struct episode *episode);
static void collect(struct episode *episode, struct verdict *verdict);
static void end_processes(struct episode *episode, struct verdict *verdict);
static void tell(const struct episode *episode, struct story *story);
static void read_logs(const struct town *town, struct story *story);

void episode_play(const struct plan *plan, struct verdict *verdict, struct story *story)
{
    static struct verdict own;
    struct episode episode = {.plan = plan};
    struct evidence *evidence = &episode.evidence;
    own = (struct verdict){0};
    *story = (struct story){0};
    if (!verdict_note(verdict, CHECK_ENDS, open_town(&episode), "the episode could not be set up"))
        return;
    play_load(&episode, story);
    uint64_t peace = process_now_ms();
    await_peace(&episode);
    story->peace_ms = (unsigned)(process_now_ms() - peace);
    keeper_stop(&episode.keeper);
    collect(&episode, &own);
    check_clients(evidence, &own);
    check_effects(evidence, &own);
    check_sightings(evidence, &own);
    check_processes(evidence, &own);
    tell(&episode, story);
    story->good = verdict_good(&own);
    verdict_add(verdict, &own);
    char path[TOWN_PATH];
    town_path(&episode.town, "clients.jsonl", path);
    if (!story->good)
        clients_write(&episode.clients, path);
    record_done(&evidence->record);
    for (int bank = 0; bank < BANKS; bank++)
        book_done(&evidence->books[bank]);
    clients_done(&episode.clients);
    keeper_done(&episode.keeper);
    witness_stop(episode.witness);
    town_close(&episode.town, !story->good);
}

/* The banks are made and their accounts opened before anything can go wrong. */
static bool open_town(struct episode *episode)
{
    struct town *town = &episode->town;
    if (!town_open(town, episode->plan, "e2e"))
        return false;
    for (int bank = 0; bank < BANKS; bank++) {
        town_start_bank(town, (enum bank)bank);
        if (http_await(town->bank_ports[bank], "/health", READY_MS) != 200)
            return false;
    }
    if (!town_open_accounts(town))
        return false;
    for (int bank = 0; bank < BANKS; bank++) {
        town_end_bank(town, (enum bank)bank, SIGTERM);
        if (!book_read(&episode->evidence.books[bank], town, (enum bank)bank))
            return false;
        episode->evidence.opening += episode->evidence.books[bank].total;
        book_done(&episode->evidence.books[bank]);
    }
    for (int bank = 0; bank < BANKS; bank++) {
        town_start_bank(town, (enum bank)bank);
        http_await(town->bank_ports[bank], "/health", READY_MS);
    }
    episode->witness = witness_start(town);
    return episode->witness != NULL;
}

/* Ends when every submission is answered and what the clients follow has ended, or it has taken too long. */
static void play_load(struct episode *episode, struct story *story)
{
    const struct plan *plan = episode->plan;
    uint64_t start = process_now_ms();
    clients_init(&episode->clients, plan->seed, episode->town.port, plan->transfers, PLAN_CLIENTS);
    keeper_start(&episode->keeper, &episode->town, &episode->clients);
    town_register(&episode->town, witness_ports(episode->witness));
    clients_start(&episode->clients);
    clients_join(&episode->clients, 60 * 1000 + plan->transfers * (uint64_t)PACE_MS);
    story->load_ms = (unsigned)(process_now_ms() - start);
}

/* From here on nothing is mistreated any more; C17 gives it a minute. The keeper still starts what has died. */
static void await_peace(struct episode *episode)
{
    uint64_t until = process_now_ms() + PEACE_MS;
    int open;
    witness_calm(episode->witness);
    atomic_store(&episode->keeper.peace, true);
    while ((open = record_open(episode->town.port)) != 0 && process_now_ms() < until)
        process_sleep_ms(20);
    episode->evidence.open = open < 0 ? 1 : (unsigned)open;
    episode->evidence.settled = witness_settled(episode->witness, SETTLE_MS);
}

static void collect(struct episode *episode, struct verdict *verdict)
{
    struct evidence *evidence = &episode->evidence;
    struct town *town = &episode->town;
    struct stat log;
    char path[TOWN_PATH];
    evidence->town = town;
    evidence->clients = &episode->clients;
    evidence->toll = &episode->keeper.toll;
    evidence->read = record_read(&evidence->record, town->port);
    evidence->peak_kib = (unsigned long)process_peak_kib(town->belayd);
    evidence->descriptors = process_descriptors(town->belayd);
    evidence->threads = process_threads(town->belayd);
    town_path(town, "data/belay.db-wal", path);
    evidence->log_bytes = stat(path, &log) == 0 ? (unsigned long)log.st_size : 0;
    end_processes(episode, verdict);
    for (int bank = 0; bank < BANKS; bank++)
        evidence->read = book_read(&evidence->books[bank], town, (enum bank)bank) && evidence->read;
    evidence->sightings = witness_sightings(episode->witness, &evidence->sightings_count);
    evidence->mistreated = witness_mistreated(episode->witness);
}

/* All of them end cleanly: a sanitizer or valgrind that has found something ends them otherwise. */
static void end_processes(struct episode *episode, struct verdict *verdict)
{
    char words[64];
    struct town *town = &episode->town;
    int status = town_end_belayd(town, SIGTERM);
    keeper_describe(status, words, sizeof words);
    verdict_note(verdict, CHECK_ENDS, status == 0, "belayd, told to end at last: %s", words);
    for (int bank = 0; bank < BANKS; bank++) {
        status = town_end_bank(town, (enum bank)bank, SIGTERM);
        keeper_describe(status, words, sizeof words);
        verdict_note(verdict, CHECK_ENDS, status == 0, "%s, told to end at last: %s", town_bank_names[bank],
                     words);
    }
}

static void tell(const struct episode *episode, struct story *story)
{
    const struct evidence *evidence = &episode->evidence;
    story->toll = episode->keeper.toll;
    story->mistreated = evidence->mistreated;
    story->calls = evidence->sightings_count;
    for (unsigned i = 0; i < episode->clients.deeds_count; i++) {
        story->silences += episode->clients.deeds[i].silences;
        story->repeats += episode->clients.deeds[i].repeats;
        const struct entry *entry = record_find(&evidence->record, episode->clients.deeds[i].id);
        story->given_up += episode->clients.deeds[i].transfer.fate == FATE_PAID && entry &&
                           strcmp(entry->status, "compensated") == 0;
    }
    for (size_t i = 0; i < evidence->record.count; i++) {
        story->completed += strcmp(evidence->record.entries[i].status, "completed") == 0;
        story->compensated += strcmp(evidence->record.entries[i].status, "compensated") == 0;
        story->facts += evidence->record.entries[i].facts;
    }
    read_logs(&episode->town, story);
}

/* Errors in the coordinator's log ("2026-01-02T03:04:05.678Z error belayd: ..."), and what strace has noted. */
static void read_logs(const struct town *town, struct story *story)
{
    char path[TOWN_PATH], line[1200];
    town_path(town, "belayd.log", path);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file)) {
        const char *word = strchr(line, ' ');
        if (!word || strncmp(word, " error ", 7) != 0)
            continue;
        story->log_errors++;
        snprintf(story->log_line, sizeof story->log_line, "%.*s", (int)strcspn(word + 7, "\n"), word + 7);
    }
    if (file)
        fclose(file);
    town_path(town, "strace.log", path);
    file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        story->injections += strstr(line, "INJECTED") != NULL;
    if (file)
        fclose(file);
}
