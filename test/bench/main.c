/* The yardstick: sagas per second over real HTTP participants, every acknowledged one on disk.
 *
 *   test-bench BELAYD [SECONDS]
 *
 * Runs belayd on a directory of its own below build/run, two participants and the load on the same machine, and
 * prints a line per workload and number of clients. Every figure of one run comes from the same minute of the same
 * machine: compare figures within a run, or two revisions run in turn. */
#include "bench/bench.h"
#include "harness/http.h"
#include "harness/process.h"

#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct workload {
    const char *name;
    const char *saga;
    const char *body;
    const char *headers;
    int status;
};

struct setting {
    unsigned port;
    pid_t belayd;
    pid_t participants[2];
    char directory[256];
    char log[300];
};

static const char two[] = "{\"name\":\"two\",\"version\":1,\"timeout\":\"1h\",\"steps\":["
                          "{\"id\":\"first\",\"participant\":\"alpha\",\"operation\":\"first\"},"
                          "{\"id\":\"second\",\"participant\":\"beta\",\"operation\":\"second\"}]}";
static const char undone[] = "{\"name\":\"undone\",\"version\":1,\"timeout\":\"1h\",\"steps\":["
                             "{\"id\":\"first\",\"participant\":\"alpha\",\"operation\":\"first\"},"
                             "{\"id\":\"second\",\"participant\":\"beta\",\"operation\":\"refuse\"}]}";

#define INPUT "\"input\":{\"orderId\":\"o-1\",\"customer\":\"c-17\",\"cents\":4200}"

static const struct workload workloads[] = {
    {"two steps, waited for", two, "{\"saga\":\"two\"," INPUT "}", "Prefer: wait=30\r\n", 201},
    {"two steps, undone at the second", undone, "{\"saga\":\"undone\"," INPUT "}", "Prefer: wait=30\r\n", 201},
    {"start only", two, "{\"saga\":\"two\"," INPUT "}", "", 201},
};

static bool set_up(struct setting *setting, const char *belayd);
static void tear_down(struct setting *setting);
static bool measure(const struct setting *setting, const struct workload *workload, unsigned clients,
                    unsigned seconds);
static void print_syncs(const struct setting *setting, const struct workload *workload, unsigned clients,
                        unsigned seconds);
static uint64_t health(const struct setting *setting, const char *member);
static uint64_t drained(const struct setting *setting);

int main(int argc, char **argv)
{
    struct setting setting = {0};
    const unsigned clients[] = {1, 16, 64};
    unsigned seconds = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 3;
    if (argc < 2 || seconds < 1) {
        fprintf(stderr, "usage: test-bench BELAYD [SECONDS]\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    bool ok = set_up(&setting, argv[1]);
    if (ok)
        printf("%-32s %7s %9s %8s %8s %8s %9s %8s %9s %7s\n", "workload", "clients", "sagas/s", "p50 ms", "p99 ms",
               "p99.9 ms", "cpu us", "facts", "commits", "KiB");
    for (size_t w = 0; ok && w < sizeof workloads / sizeof workloads[0]; w++)
        for (size_t c = 0; ok && c < sizeof clients / sizeof clients[0]; c++)
            ok = measure(&setting, &workloads[w], clients[c], seconds);
    if (ok)
        printf("cpu, facts, commits and KiB written are belayd's per saga; peak RSS %llu MiB\n",
               (unsigned long long)process_peak_kib(setting.belayd) / 1024);
    for (size_t c = 0; ok && c < sizeof clients / sizeof clients[0]; c++)
        print_syncs(&setting, &workloads[0], clients[c], seconds);
    tear_down(&setting);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}

static bool set_up(struct setting *setting, const char *belayd)
{
    char listen[32], body[128], target[64];
    const char *names[] = {"alpha", "beta"};
    if (!process_directory("bench", setting->directory))
        return false;
    setting->port = process_free_port();
    snprintf(listen, sizeof listen, "127.0.0.1:%u", setting->port);
    snprintf(setting->log, sizeof setting->log, "%s/belayd.log", setting->directory);
    const char *const command[] = {belayd, "--data", setting->directory, "--listen", listen, NULL};
    setting->belayd = process_start(command, setting->log);
    if (http_await(setting->port, "/health/ready", 10000) != 200) {
        fprintf(stderr, "belayd does not answer: see %s\n", setting->log);
        return false;
    }
    bool ok = true;
    for (int i = 0; i < 2; i++) {
        unsigned port = process_free_port();
        setting->participants[i] = responder_start(port);
        snprintf(target, sizeof target, "/v1/participants/%s", names[i]);
        snprintf(body, sizeof body, "{\"url\":\"http://127.0.0.1:%u\"}", port);
        ok = ok && setting->participants[i] > 0 && http_status(setting->port, "PUT", target, body) == 201;
    }
    return ok && http_status(setting->port, "POST", "/v1/definitions", two) == 201 &&
           http_status(setting->port, "POST", "/v1/definitions", undone) == 201;
}

static void tear_down(struct setting *setting)
{
    if (setting->belayd > 0)
        process_end(setting->belayd, SIGTERM);
    for (int i = 0; i < 2; i++)
        if (setting->participants[i] > 0)
            process_end(setting->participants[i], SIGKILL);
    if (setting->directory[0])
        process_remove(setting->directory);
}

/* The rate counts what ended in the coordinator, not only what was answered. */
static bool measure(const struct setting *setting, const struct workload *workload, unsigned clients,
                    unsigned seconds)
{
    struct load load = {.port = setting->port,
                        .clients = clients,
                        .target = "/v1/transactions",
                        .headers = workload->headers,
                        .body = workload->body,
                        .duration_ms = seconds * 1000,
                        .status = workload->status};
    struct load_result result;
    uint64_t ended = health(setting, "ended");
    uint64_t commits = health(setting, "commits"), facts = health(setting, "facts");
    uint64_t cpu = process_cpu_us(setting->belayd), written = process_written(setting->belayd);
    bool ok = load_run(&load, &result);
    uint64_t done = drained(setting) - ended;
    if (!ok || done != result.answers) {
        fprintf(stderr, "%s, %u clients: %llu answers, %llu ended, %llu failures\n", workload->name, clients,
                (unsigned long long)result.answers, (unsigned long long)done, (unsigned long long)result.failures);
        return false;
    }
    double sagas = (double)result.answers;
    printf("%-32s %7u %9.0f %8.2f %8.2f %8.2f %9.0f %8.1f %9.3f %7.1f\n", workload->name, clients,
           sagas * 1e6 / (double)result.elapsed_us, result.p50_us / 1000.0, result.p99_us / 1000.0,
           result.p999_us / 1000.0, (double)(process_cpu_us(setting->belayd) - cpu) / sagas,
           (double)(health(setting, "facts") - facts) / sagas,
           (double)(health(setting, "commits") - commits) / sagas,
           (double)(process_written(setting->belayd) - written) / 1024 / sagas);
    fflush(stdout);
    return true;
}

static void print_syncs(const struct setting *setting, const struct workload *workload, unsigned clients,
                        unsigned seconds)
{
    struct load load = {.port = setting->port,
                        .clients = clients,
                        .target = "/v1/transactions",
                        .headers = workload->headers,
                        .body = workload->body,
                        .duration_ms = seconds * 1000,
                        .status = workload->status};
    double syncs;
    if (syncs_count(setting->belayd, setting->directory, &load, &syncs))
        printf("fsyncs per saga, %s, %u clients: %.3f (traced, in a run of its own)\n", workload->name, clients,
               syncs);
    else
        printf("fsyncs per saga, %u clients: strace cannot trace here\n", clients);
}

static uint64_t health(const struct setting *setting, const char *member)
{
    struct http_answer answer = http_send(setting->port, "GET", "/health/ready", NULL, NULL);
    json_t *root = json_loads(answer.body, 0, NULL);
    uint64_t value = (uint64_t)json_integer_value(json_object_get(root, member));
    json_decref(root);
    http_done(&answer);
    return value;
}

/* How many have ended, once no transaction is open any more. */
static uint64_t drained(const struct setting *setting)
{
    for (int i = 0; i < 3000 && health(setting, "open"); i++)
        process_sleep_ms(10);
    return health(setting, "ended");
}
