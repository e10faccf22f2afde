/* belayd, its directory and its participants. */
#include "bench/setting.h"
#include "bench/sweep.h"
#include "bench/syncs.h"
#include "adapters/store_sqlite.h"
#include "harness/http.h"
#include "harness/process.h"

#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { READY_MS = 120 * 1000 }; /* a million waiting transactions, or valgrind */

static const char *const names[PARTICIPANTS] = {"alpha", "beta", "gamma"};

static bool add(void *context, const struct store_row *row);

bool setting_open(struct setting *setting, const struct options *options, const char *arguments)
{
    return setting_prepare(setting, options, arguments) && setting_run(setting);
}

bool setting_prepare(struct setting *setting, const struct options *options, const char *arguments)
{
    *setting = (struct setting){.options = options, .arguments = arguments, .port = process_steady_port()};
    return sweep_directory(setting->directory);
}

bool setting_run(struct setting *setting)
{
    bool ok = setting_start(setting);
    for (int i = 0; i < PARTICIPANTS && ok; i++) {
        char target[64], body[128];
        ok = responder_open(&setting->participants[i]);
        snprintf(target, sizeof target, "/v1/participants/%s", names[i]);
        snprintf(body, sizeof body, "{\"url\":\"http://127.0.0.1:%u\"}", setting->participants[i].port);
        ok = ok && http_status(setting->port, "PUT", target, body) == 201;
    }
    return ok;
}

void setting_close(struct setting *setting)
{
    setting_stop(setting, SIGKILL);
    for (int i = 0; i < PARTICIPANTS; i++)
        responder_close(&setting->participants[i]);
    if (setting->directory[0])
        process_remove(setting->directory);
}

bool setting_start(struct setting *setting)
{
    char log[300], line[2048];
    snprintf(log, sizeof log, "%s/belayd.log", setting->directory);
    snprintf(line, sizeof line, "exec %s %s --data %s --listen 127.0.0.1:%u %s",
             setting->options->under ? setting->options->under : "", setting->options->belayd, setting->directory,
             setting->port, setting->arguments);
    const char *const command[] = {"/bin/sh", "-c", line, NULL};
    uint64_t begun_us = process_now_us();
    if (!syncs_begin(setting->directory))
        return false;
    setting->belayd = process_start(command, log);
    syncs_end();
    bool ok = http_await(setting->port, "/health/ready", READY_MS) == 200;
    setting->ready_us = process_now_us() - begun_us;
    if (!ok)
        fprintf(stderr, "belayd is not ready after %d s:\n", READY_MS / 1000);
    if (!ok)
        sweep_show(log);
    return ok;
}

void setting_stop(struct setting *setting, int signal)
{
    if (setting->belayd > 0)
        process_end(setting->belayd, signal);
    setting->belayd = 0;
}

bool setting_define(const struct setting *setting, const char *saga)
{
    int status = http_status(setting->port, "POST", "/v1/definitions", saga);
    if (status != 201)
        fprintf(stderr, "expected 201 for this saga, got %d: %s\n", status, saga);
    return status == 201;
}

uint64_t setting_count(const struct setting *setting, const char *member)
{
    struct http_answer answer = http_send(setting->port, "GET", "/health/ready", NULL, NULL);
    json_t *root = json_loads(answer.body, 0, NULL);
    uint64_t value = (uint64_t)json_integer_value(json_object_get(root, member));
    json_decref(root);
    http_done(&answer);
    return value;
}

bool setting_drain(const struct setting *setting, uint64_t ms)
{
    for (uint64_t until = process_now_ms() + ms; process_now_ms() < until; process_sleep_ms(10))
        if (setting_count(setting, "open") == 0)
            return true;
    return false;
}

bool setting_stored(const struct setting *setting, unsigned status, uint64_t *count)
{
    struct error error = {0};
    struct store *store = store_sqlite_open(setting->directory, &error);
    *count = 0;
    if (store)
        store->each_row(store->self, &(struct store_query){.statuses = 1u << status, .limit = UINT32_MAX}, add,
                        count, &error);
    if (error.code)
        fprintf(stderr, "count what is stored: %s\n", error.text);
    if (store)
        store->close(store->self);
    return !error.code;
}

static bool add(void *context, const struct store_row *row)
{
    (void)row;
    ++*(uint64_t *)context;
    return true;
}
