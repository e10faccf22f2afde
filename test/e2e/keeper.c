/* Two threads: one starts and owns the coordinator, one the banks. Blows fall when the load has come so far. */
#include "e2e/keeper.h"

#include "e2e/dice.h"
#include "harness/http.h"
#include "harness/process.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

enum blow { BLOW_KILL, BLOW_STOP, BLOW_TERM, BLOW_TERM_TWICE };

enum {
    WATCH_MS = 2,
    READY_MS = 60 * 1000, /* valgrind takes seconds */
    STOP_MS = 2500,
    TERM_MS = 30 * 1000,
    BANK_DOWN_MS = 400,
};

static void *belayd_run(void *context);
static void *banks_run(void *context);
static void rest(struct keeper *keeper);
static bool await_progress(struct keeper *keeper, unsigned index, unsigned of, bool watch);
static void watch_belayd(struct keeper *keeper);
static enum blow choose_blow(const struct keeper *keeper, unsigned index);
static void strike(struct keeper *keeper, enum blow blow);
static void strike_kill(struct keeper *keeper);
static void strike_term(struct keeper *keeper, bool twice);
static void blame(struct keeper *keeper, const char *who, int status);

void keeper_start(struct keeper *keeper, struct town *town, const struct clients *clients)
{
    *keeper = (struct keeper){.town = town,
                              .clients = clients,
                              .dice = dice_number(town->plan->seed, 1),
                              .bank_dice = dice_number(town->plan->seed, 2)};
    pthread_mutex_init(&keeper->lock, NULL);
    pthread_create(&keeper->thread, NULL, belayd_run, keeper);
    pthread_create(&keeper->bank_thread, NULL, banks_run, keeper);
}

void keeper_stop(struct keeper *keeper)
{
    atomic_store(&keeper->peace, true);
    while (atomic_load(&keeper->resting) < 2)
        process_sleep_ms(1);
}

void keeper_done(struct keeper *keeper)
{
    atomic_store(&keeper->over, true);
    pthread_join(keeper->thread, NULL);
    pthread_join(keeper->bank_thread, NULL);
    pthread_mutex_destroy(&keeper->lock);
}

void keeper_describe(int status, char *words, size_t size)
{
    if (WIFSIGNALED(status))
        snprintf(words, size, "signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
    else
        snprintf(words, size, "exit status %d", WEXITSTATUS(status));
}

static void *belayd_run(void *context)
{
    struct keeper *keeper = context;
    const struct plan *plan = keeper->town->plan;
    town_start_belayd(keeper->town);
    unsigned blows = plan->kills + plan->stops + plan->terms + plan->terms_twice;
    for (unsigned i = 0; i < blows && await_progress(keeper, i, blows, true); i++) {
        strike(keeper, choose_blow(keeper, i));
        http_await(keeper->town->port, "/health/ready", READY_MS);
    }
    while (!atomic_load(&keeper->peace)) {
        watch_belayd(keeper);
        process_sleep_ms(WATCH_MS);
    }
    watch_belayd(keeper);
    rest(keeper);
    return NULL;
}

static void *banks_run(void *context)
{
    struct keeper *keeper = context;
    unsigned kills = keeper->town->plan->service_kills;
    for (unsigned i = 0; i < kills && await_progress(keeper, i, kills, false); i++) {
        enum bank bank = (enum bank)(i % BANKS);
        int status = town_end_bank(keeper->town, bank, SIGKILL);
        if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
            blame(keeper, town_bank_names[bank], status);
        process_sleep_ms(dice_next(&keeper->bank_dice, BANK_DOWN_MS));
        town_start_bank(keeper->town, bank);
        keeper->toll.service_kills++;
    }
    rest(keeper);
    return NULL;
}

static void rest(struct keeper *keeper)
{
    atomic_fetch_add(&keeper->resting, 1);
    while (!atomic_load(&keeper->over))
        process_sleep_ms(2);
}

/* Waits for a moment in the `index`-th of so many equal parts of the load. False when there is peace. */
static bool await_progress(struct keeper *keeper, unsigned index, unsigned of, bool watch)
{
    uint64_t *dice = watch ? &keeper->dice : &keeper->bank_dice;
    uint64_t total = keeper->town->plan->transfers;
    uint64_t moment = (total * index + dice_next(dice, total)) / of * 9 / 10;
    while (atomic_load(&keeper->clients->answered) < moment || !atomic_load(&keeper->clients->started)) {
        if (atomic_load(&keeper->peace))
            return false;
        if (watch)
            watch_belayd(keeper);
        process_sleep_ms(1);
    }
    process_sleep_ms(dice_next(dice, 20));
    return true;
}

/* When it has died, and it was the injection: that is what we waited for. It comes back without it. */
static void watch_belayd(struct keeper *keeper)
{
    struct town *town = keeper->town;
    int status;
    if (!process_ended(town->belayd, 0, &status))
        return;
    town->belayd = 0;
    int wanted = town->plan->inject_status;
    bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL && wanted < 0;
    bool exited = WIFEXITED(status) && WEXITSTATUS(status) == wanted;
    if (town->plan->inject && town->lives == 1 && (killed || exited))
        keeper->toll.injected++;
    else
        blame(keeper, "belayd", status);
    town_start_belayd(town);
}

/* The blows of all kinds, evenly mixed. */
static enum blow choose_blow(const struct keeper *keeper, unsigned index)
{
    const struct plan *plan = keeper->town->plan;
    const unsigned counts[] = {plan->kills, plan->stops, plan->terms, plan->terms_twice};
    unsigned total = 0, place, kind = 0;
    for (unsigned i = 0; i < 4; i++)
        total += counts[i];
    place = index * 7 % total; /* every place once, unless 7 divides the total */
    if (total % 7 == 0)
        place = index;
    while (place >= counts[kind])
        place -= counts[kind++];
    return (enum blow)kind;
}

static void strike(struct keeper *keeper, enum blow blow)
{
    switch (blow) {
    case BLOW_KILL:
        strike_kill(keeper);
        break;
    case BLOW_STOP:
        kill(keeper->town->belayd, SIGSTOP);
        process_sleep_ms(STOP_MS);
        kill(keeper->town->belayd, SIGCONT);
        keeper->toll.stops++;
        break;
    case BLOW_TERM:
    case BLOW_TERM_TWICE:
        strike_term(keeper, blow == BLOW_TERM_TWICE);
        break;
    }
}

/* One in four is killed again while it recovers. */
static void strike_kill(struct keeper *keeper)
{
    for (bool again = false;; again = true) {
        int status = town_end_belayd(keeper->town, SIGKILL);
        if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
            blame(keeper, "belayd", status);
        keeper->toll.kills += !again;
        keeper->toll.kills_in_recovery += again;
        process_sleep_ms(dice_next(&keeper->dice, 3) ? 0 : dice_next(&keeper->dice, 150));
        town_start_belayd(keeper->town);
        if (again || dice_next(&keeper->dice, 4))
            return;
        process_sleep_ms(dice_next(&keeper->dice, 120));
    }
}

/* Once: it finishes what runs and exits with 0. Twice: it may also die of the signal, and at once. */
static void strike_term(struct keeper *keeper, bool twice)
{
    struct town *town = keeper->town;
    int status;
    kill(town->belayd, SIGTERM);
    if (twice) {
        process_sleep_ms(1 + dice_next(&keeper->dice, 10));
        kill(town->belayd, SIGTERM);
    }
    if (!process_ended(town->belayd, TERM_MS, &status))
        status = process_end(town->belayd, SIGKILL);
    town->belayd = 0;
    bool clean = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (!clean && !(twice && WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM))
        blame(keeper, "belayd after SIGTERM", status);
    keeper->toll.terms += !twice;
    keeper->toll.terms_twice += twice;
    town_start_belayd(town);
}

static void blame(struct keeper *keeper, const char *who, int status)
{
    char words[64];
    keeper_describe(status, words, sizeof words);
    pthread_mutex_lock(&keeper->lock);
    if (!keeper->toll.unasked++)
        snprintf(keeper->toll.unasked_first, sizeof keeper->toll.unasked_first, "%s ended: %s", who, words);
    pthread_mutex_unlock(&keeper->lock);
}
