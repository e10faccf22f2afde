/* Setting the stage. */
#include "e2e/stage.h"

#include "harness/http.h"
#include "harness/process.h"

#include <glob.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { READY_MS = 20 * 1000 };

static bool find_services(struct stage *stage);
static bool find_service(struct stage *stage, const char *name, json_t *registry);
static struct stage_service *service_of(struct stage *stage, const char *name);
static bool apply(struct stage *stage);
static void end(struct stage *stage, const char *name, pid_t *pid);

bool stage_open(struct stage *stage, const char *build, struct verdict *verdict)
{
    char url[64];
    *stage = (struct stage){.shell = {.build = build}, .verdict = verdict, .port = process_steady_port()};
    if (!process_directory("examples", stage->directory))
        return false;
    stage->shell.directory = stage->directory;
    snprintf(url, sizeof url, "http://127.0.0.1:%u", stage->port);
    setenv("BELAY_URL", url, true);
    setenv("NO_COLOR", "1", true);
    if (!find_services(stage))
        return false;
    for (unsigned i = 0; i < stage->services_count; i++)
        stage_start_service(stage, stage->services[i].name);
    stage_start_belayd(stage);
    return apply(stage);
}

void stage_close(struct stage *stage)
{
    if (stage->belayd)
        end(stage, "belayd", &stage->belayd);
    for (unsigned i = 0; i < stage->services_count; i++)
        if (stage->services[i].pid)
            end(stage, stage->services[i].name, &stage->services[i].pid);
    if (verdict_good(stage->verdict))
        process_remove(stage->directory);
    else
        printf("everything is left in %s\n", stage->directory);
}

void stage_start_belayd(struct stage *stage)
{
    char program[STAGE_PATH], listen[32], data[STAGE_PATH], log[STAGE_PATH];
    snprintf(program, sizeof program, "%s/belayd", stage->shell.build);
    snprintf(listen, sizeof listen, "127.0.0.1:%u", stage->port);
    snprintf(data, sizeof data, "%s/data", stage->directory);
    snprintf(log, sizeof log, "%s/belayd.log", stage->directory);
    const char *const argv[] = {program, "--data", data, "--listen", listen, NULL};
    stage->belayd = process_start(argv, log);
    verdict_note(stage->verdict, CHECK_ENDS, http_await(stage->port, "/health/ready", READY_MS) == 200,
                 "belayd does not come up");
}

void stage_start_service(struct stage *stage, const char *name)
{
    struct stage_service *service = service_of(stage, name);
    char listen[32], db[STAGE_PATH], log[STAGE_PATH];
    snprintf(listen, sizeof listen, "127.0.0.1:%u", service->port);
    snprintf(db, sizeof db, "%s/%s.db", stage->directory, name);
    snprintf(log, sizeof log, "%s/%s.log", stage->directory, name);
    const char *const argv[] = {service->program, "--listen", listen, "--db", db, NULL};
    service->pid = process_start(argv, log);
    for (uint64_t until = process_now_ms() + READY_MS; process_now_ms() < until; process_sleep_ms(5))
        if (http_status(service->port, "GET", "/health", NULL))
            return;
    verdict_note(stage->verdict, CHECK_ENDS, false, "%s does not come up", name);
}

void stage_kill_belayd(struct stage *stage)
{
    process_end(stage->belayd, SIGKILL);
    stage->belayd = 0;
}

void stage_kill_service(struct stage *stage, const char *name)
{
    struct stage_service *service = service_of(stage, name);
    process_end(service->pid, SIGKILL);
    service->pid = 0;
}

bool stage_expect(struct stage *stage, int got, int wanted, const char *words, const char *command)
{
    bool told = !words || strstr(stage->shell.out, words);
    return verdict_note(stage->verdict, CHECK_CLI, got == wanted && told,
                        "belay %s: exit status %d, wanted %d%s%s; it printed: %.200s", command, got, wanted,
                        words ? " and the words " : "", words ? words : "", stage->shell.out);
}

bool stage_sees(struct stage *stage, const char *service, const char *path, const char *words, unsigned times,
                unsigned ms)
{
    uint64_t until = process_now_ms() + ms;
    unsigned port = service_of(stage, service)->port, found;
    do {
        struct http_answer answer = http_send(port, "GET", path, NULL, NULL);
        found = 0;
        for (const char *at = answer.body; at && (at = strstr(at, words)); at++)
            found++;
        http_done(&answer);
        if (found != times)
            process_sleep_ms(20);
    } while (found != times && process_now_ms() < until);
    return verdict_note(stage->verdict, CHECK_C7, found == times, "%s%s has %s %u times, not %u", service, path,
                        words, found, times);
}

/* The same names as in sagas/participants.json, at other ports; the file that says so is for `belay apply`. */
static bool find_services(struct stage *stage)
{
    char path[STAGE_PATH];
    const char *name;
    json_t *value;
    json_t *file = json_load_file("sagas/participants.json", 0, NULL);
    json_t *registry = json_object();
    bool ok = file != NULL;
    json_object_foreach(json_object_get(file, "participants"), name, value) ok =
        ok && find_service(stage, name, registry);
    json_t *own = json_pack("{s:o}", "participants", registry);
    snprintf(path, sizeof path, "%s/participants.json", stage->directory);
    ok = json_dump_file(own, path, 0) == 0 && ok;
    json_decref(own);
    json_decref(file);
    return ok;
}

static bool find_service(struct stage *stage, const char *name, json_t *registry)
{
    char pattern[STAGE_PATH], url[64];
    glob_t found;
    struct stage_service *service = &stage->services[stage->services_count++];
    snprintf(pattern, sizeof pattern, "%s/sagas/*/%s", stage->shell.build, name);
    bool ok = stage->services_count <= STAGE_SERVICES && glob(pattern, 0, NULL, &found) == 0;
    if (!verdict_note(stage->verdict, CHECK_ENDS, ok, "%s: there is no such program", pattern))
        return false;
    *service = (struct stage_service){.port = process_steady_port()};
    snprintf(service->name, sizeof service->name, "%s", name);
    snprintf(service->program, sizeof service->program, "%s", found.gl_pathv[0]);
    globfree(&found);
    snprintf(url, sizeof url, "http://127.0.0.1:%u", service->port);
    json_object_set_new(registry, name, json_pack("{s:s}", "url", url));
    return true;
}

static struct stage_service *service_of(struct stage *stage, const char *name)
{
    for (unsigned i = 0; i < stage->services_count; i++)
        if (strcmp(stage->services[i].name, name) == 0)
            return &stage->services[i];
    abort(); /* a name that is not in participants.json */
}

/* Folder by folder, so that children are there before their parents. Twice: the second time nothing changes. */
static bool apply(struct stage *stage)
{
    char path[STAGE_PATH], folder[STAGE_PATH] = "";
    glob_t sagas;
    bool ok = glob("sagas/*/*.saga.json", 0, NULL, &sagas) == 0;
    snprintf(path, sizeof path, "%s/participants.json", stage->directory);
    ok = ok && STAGE_EXPECT(stage, 0, NULL, "apply", path);
    for (size_t i = 0; ok && i < sagas.gl_pathc; i++) {
        const char *file = sagas.gl_pathv[i];
        snprintf(path, sizeof path, "%.*s", (int)(strrchr(file, '/') - file), file);
        if (strcmp(path, folder) == 0)
            continue;
        snprintf(folder, sizeof folder, "%s", path);
        ok = STAGE_EXPECT(stage, 0, "registered", "apply", folder) &&
             STAGE_EXPECT(stage, 0, "registered already", "apply", folder);
    }
    globfree(&sagas);
    return ok;
}

static void end(struct stage *stage, const char *name, pid_t *pid)
{
    int status = process_end(*pid, SIGTERM);
    verdict_note(stage->verdict, CHECK_ENDS, status == 0, "%s, told to end: wait status %d", name, status);
    *pid = 0;
}
