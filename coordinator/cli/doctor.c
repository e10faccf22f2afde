/* The doctor's round: the coordinator, then the machine, then the participants. */
#include "cli/doctor.h"

#include "adapters/store_sqlite.h"
#include "base/version.h"
#include "cli/listing.h"
#include "cli/text.h"
#include "cli/times.h"

#include <stdarg.h>
#include <string.h>

enum { DOCTOR_TIMEOUT_MS = 3000 };

static const char *const verdicts[] = {[VERDICT_OK] = "ok", [VERDICT_WARN] = "warn", [VERDICT_FAIL] = "fail"};

static bool doctor_coordinator(struct doctor *doctor, uint64_t *date_ms);
static void doctor_participants(struct doctor *doctor);
static void doctor_tell(const struct doctor *doctor);

int cmd_doctor(struct cli *cli)
{
    struct error error;
    unsigned long timeout_ms = DOCTOR_TIMEOUT_MS;
    const char *timeout = options_value(&cli->options, OPTION_TIMEOUT);
    const char *data = options_value(&cli->options, OPTION_DATA), *url = options_value(&cli->options, OPTION_URL);
    url = url ? url : getenv("BELAY_URL");
    data = data ? data : getenv("BELAY_DATA");
    if (timeout && options_duration("--timeout", timeout, &timeout_ms, &error))
        return cli_misused(cli, &error);
    cli->client = client_new(url && *url ? url : CLIENT_URL, &error);
    if (!cli->client)
        return cli_misused(cli, &error);
    struct doctor doctor = {.cli = cli, .rows = json_array(), .timeout_ms = timeout_ms ? timeout_ms : 1};
    uint64_t date_ms = 0;
    bool up = doctor_coordinator(&doctor, &date_ms);
    if (data && *data)
        doctor_disk(&doctor, data);
    else
        doctor_add(&doctor, "data directory", VERDICT_WARN, "name it: belay doctor --data DIR", "not checked");
    doctor_sqlite(&doctor, store_sqlite_version());
    doctor_clock(&doctor, times_now_ms(), date_ms);
    doctor_descriptors(&doctor);
    if (up)
        doctor_participants(&doctor);
    doctor_tell(&doctor);
    json_decref(doctor.rows);
    return doctor.failed ? EXIT_FAILED : EXIT_DONE;
}

void doctor_add(struct doctor *doctor, const char *check, enum verdict verdict, const char *advice,
                const char *format, ...)
{
    char found[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(found, sizeof found, format, args);
    va_end(args);
    json_t *row = json_object(), *text = json_string(found);
    json_object_set_new(row, "check", json_string(check));
    json_object_set_new(row, "verdict", json_string(verdicts[verdict]));
    json_object_set_new(row, "found", text ? text : json_string("(not UTF-8)"));
    if (advice && verdict != VERDICT_OK)
        json_object_set_new(row, "advice", json_string(advice));
    json_array_append_new(doctor->rows, row);
    doctor->failed = doctor->failed || verdict == VERDICT_FAIL;
}

/* GET of a path; false with what came instead already added. */
static bool doctor_get(struct doctor *doctor, const char *path, struct reply *reply)
{
    struct error error;
    const char *url = client_url(doctor->cli->client);
    struct ask ask = {.method = "GET", .path = path, .timeout_ms = doctor->timeout_ms};
    if (client_ask(doctor->cli->client, &ask, reply, &error)) {
        doctor_add(doctor, "coordinator", VERDICT_FAIL,
                   "start belayd (or `belay dev`), or point --url or BELAY_URL to where it runs",
                   "nobody answers at %s: %s", url, error.text);
        return false;
    }
    return true;
}

static bool doctor_coordinator(struct doctor *doctor, uint64_t *date_ms)
{
    struct reply reply;
    const char *url = client_url(doctor->cli->client);
    if (!doctor_get(doctor, "/health/live", &reply))
        return false;
    const char *version = output_member(reply.json, "version");
    bool belay = strcmp(output_member(reply.json, "status"), "live") == 0,
         same = strcmp(version, BELAY_VERSION) == 0;
    *date_ms = reply.date_ms;
    if (!belay)
        doctor_add(doctor, "coordinator", VERDICT_FAIL, "another program has that port; check --url and BELAY_URL",
                   "what answers at %s is not a Belay coordinator (status %d)", url, reply.status);
    else if (*version && !same)
        doctor_add(doctor, "coordinator", VERDICT_WARN, "use the same version of both",
                   "belayd %s answers at %s, this is belay %s", version, url, BELAY_VERSION);
    else
        doctor_add(doctor, "coordinator", VERDICT_OK, NULL, "belayd %s%sanswers at %s", version,
                   *version ? " " : "", url);
    reply_done(&reply);
    if (!belay || !doctor_get(doctor, "/health/ready", &reply))
        return false;
    if (reply.status == 200)
        doctor_add(doctor, "ready", VERDICT_OK, NULL, "%lld open transactions",
                   (long long)json_integer_value(json_object_get(reply.json, "open")));
    else
        doctor_add(doctor, "ready", VERDICT_WARN, "wait for it to end, and start it again",
                   "not ready (status %d): %s", reply.status, output_member(reply.json, "detail"));
    reply_done(&reply);
    return true;
}

static void doctor_participant(struct doctor *doctor, const json_t *participant)
{
    struct error error;
    int status;
    const char *name = output_member(participant, "name"), *url = output_member(participant, "url");
    char check[128];
    snprintf(check, sizeof check, "participant %.100s", name);
    if (client_knock(url, doctor->timeout_ms, &status, &error))
        doctor_add(doctor, check, VERDICT_FAIL,
                   "start it, or correct its address: belay participants put NAME URL", "%s, seen from here: %s",
                   url, error.text);
    else
        doctor_add(doctor, check, VERDICT_OK, NULL, "%s answers (status %d)", url, status);
}

static void doctor_participants(struct doctor *doctor)
{
    struct reply reply;
    size_t index;
    json_t *participant;
    if (!doctor_get(doctor, "/v1/participants", &reply))
        return;
    const json_t *list = json_object_get(reply.json, "participants");
    json_array_foreach(list, index, participant) doctor_participant(doctor, participant);
    if (json_array_size(list) == 0)
        doctor_add(doctor, "participants", VERDICT_WARN, "belay participants put NAME URL", "none is registered");
    reply_done(&reply);
}

static void doctor_tell(const struct doctor *doctor)
{
    struct cli *cli = doctor->cli;
    static const struct column columns[] = {{.title = "CHECK", .member = "check"}};
    size_t index;
    json_t *row;
    if (output_json_wanted(&cli->output)) {
        listing_put(&cli->output, &cli->buf, columns, 1, doctor->rows);
        return;
    }
    json_array_foreach(doctor->rows, index, row)
    {
        const char *verdict = output_member(row, "verdict"), *advice = output_member(row, "advice");
        output_paint(&cli->output, &cli->buf, output_paint_of(verdict), verdict);
        text_put_spaces(&cli->buf, 6 - strlen(verdict));
        text_put(&cli->buf, output_member(row, "check"));
        buf_puts(&cli->buf, ": ");
        text_put(&cli->buf, output_member(row, "found"));
        buf_putc(&cli->buf, '\n');
        if (*advice)
            buf_printf(&cli->buf, "      %s\n", advice);
    }
}
