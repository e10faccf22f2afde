/* Starting and ending the processes. */
#include "e2e/town.h"

#include "harness/http.h"
#include "harness/process.h"

#include <assert.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARGUMENTS = 32, REGISTER_MS = 60 * 1000, ATTEMPTS = 3 };

const char *const town_bank_names[BANKS] = {"debtor", "creditor"};

static int wrap_belayd(const struct town *town, const char **argv);
static char *impatient_saga(void);
static bool insist(const struct town *town, const char *method, const char *target, const char *body);

bool town_open(struct town *town, const struct plan *plan, const char *name)
{
    *town = (struct town){.plan = plan, .port = process_steady_port()};
    for (int bank = 0; bank < BANKS; bank++)
        town->bank_ports[bank] = process_steady_port();
    return town->port && process_directory(name, town->directory);
}

void town_close(struct town *town, bool keep)
{
    if (town->belayd)
        town_end_belayd(town, SIGKILL);
    for (int bank = 0; bank < BANKS; bank++)
        if (town->banks[bank])
            town_end_bank(town, (enum bank)bank, SIGKILL);
    if (keep)
        printf("everything is left in %s\n", town->directory);
    else
        process_remove(town->directory);
}

void town_start_belayd(struct town *town)
{
    const char *argv[ARGUMENTS];
    char program[TOWN_PATH], data[TOWN_PATH], listen[32], log[TOWN_PATH];
    int count = wrap_belayd(town, argv);
    snprintf(program, sizeof program, "%s/belayd", town->plan->build);
    snprintf(listen, sizeof listen, "127.0.0.1:%u", town->port);
    town_path(town, "data", data);
    town_path(town, "belayd.log", log);
    const char *const own[] = {program, "--data", data, "--listen", listen, NULL};
    assert(!town->belayd && (size_t)count + sizeof own / sizeof *own <= ARGUMENTS);
    memcpy(argv + count, own, sizeof own);
    town->belayd = process_start(argv, log);
    town->lives++;
}

int town_end_belayd(struct town *town, int signal)
{
    int status = process_end(town->belayd, signal);
    town->belayd = 0;
    return status;
}

void town_start_bank(struct town *town, enum bank bank)
{
    const char *name = town_bank_names[bank];
    char program[TOWN_PATH], listen[32], db[TOWN_PATH], log[TOWN_PATH], file[32], rate[16];
    snprintf(program, sizeof program, "%s/sagas/bank/%s", town->plan->build, name);
    snprintf(listen, sizeof listen, "127.0.0.1:%u", town->bank_ports[bank]);
    snprintf(rate, sizeof rate, "%u", town->plan->fail_rate);
    snprintf(file, sizeof file, "%s.db", name);
    town_path(town, file, db);
    snprintf(file, sizeof file, "%s.log", name);
    town_path(town, file, log);
    const char *const argv[] = {program, "--listen", listen, "--db", db, "--fail-rate", rate, NULL};
    assert(!town->banks[bank]);
    town->banks[bank] = process_start(argv, log);
}

int town_end_bank(struct town *town, enum bank bank, int signal)
{
    int status = process_end(town->banks[bank], signal);
    town->banks[bank] = 0;
    return status;
}

bool town_register(struct town *town, const unsigned *ports)
{
    char target[64], body[128];
    char *saga = impatient_saga();
    bool ok = saga != NULL;
    for (int bank = 0; ok && bank < BANKS; bank++) {
        snprintf(target, sizeof target, "/v1/participants/%s", town_bank_names[bank]);
        snprintf(body, sizeof body, "{\"url\":\"http://127.0.0.1:%u\"}", ports[bank]);
        ok = insist(town, "PUT", target, body);
    }
    ok = ok && insist(town, "POST", "/v1/definitions", saga);
    free(saga);
    return ok;
}

void town_path(const struct town *town, const char *name, char *path)
{
    snprintf(path, TOWN_PATH, "%s/%s", town->directory, name);
}

/* What stands in front of belayd. strace -D keeps the process our own child; the leak check of the address
 * sanitizer is a tracer too, and there can be only one.
 * Not with --seccomp-bpf: it is faster and injects no signals. */
static int wrap_belayd(const struct town *town, const char **argv)
{
    static char log[TOWN_PATH + 16];
    const char *const valgrind[] = {"/usr/bin/valgrind", "-q", "--leak-check=full", "--error-exitcode=99"};
    const char *const strace[] = {"/usr/bin/env",
                                  "ASAN_OPTIONS=detect_leaks=0",
                                  "strace",
                                  "-D",
                                  "-qq",
                                  "-f",
                                  "-e",
                                  "trace=fdatasync,pwrite64",
                                  "-e",
                                  "signal=none",
                                  "-o",
                                  log,
                                  "-e"};
    if (town->plan->valgrind) {
        memcpy(argv, valgrind, sizeof valgrind);
        return sizeof valgrind / sizeof *valgrind;
    }
    if (!town->plan->inject || town->lives)
        return 0;
    int count = sizeof strace / sizeof *strace;
    town_path(town, "strace.log", log);
    memcpy(argv, strace, sizeof strace);
    argv[count] = town->plan->inject;
    return count + 1;
}

/* The saga of the example, less patient: so that steps whose outcome nobody knows are given up, and undone. */
static char *impatient_saga(void)
{
    json_t *saga = json_load_file("sagas/bank/bank.saga.json", 0, NULL);
    json_t *retry = json_object_get(json_object_get(saga, "defaults"), "retry");
    json_object_set_new(retry, "maxAttempts", json_integer(ATTEMPTS));
    char *text = retry ? json_dumps(saga, JSON_COMPACT) : NULL;
    json_decref(saga);
    return text;
}

static bool insist(const struct town *town, const char *method, const char *target, const char *body)
{
    uint64_t until = process_now_ms() + REGISTER_MS;
    for (int status = 0; process_now_ms() < until; process_sleep_ms(10)) {
        status = http_status(town->port, method, target, body);
        if (status == 200 || status == 201)
            return true;
        if (status && status != 503) {
            printf("%s %s was answered %d\n", method, target, status);
            return false;
        }
    }
    return false;
}
