/* cli: what is registered, what files hold, and how all of it is: apply, validate, participants, definitions,
 * doctor. */
#include "cli/cli.h"
#include "cli_runner.h"

#include <CUnit/Basic.h>
#include <string.h>
#include <unistd.h>

static const char saga_path[] = "/tmp/belay-cli-test.saga.json";
static const char parent_path[] = "/tmp/belay-cli-a-test.saga.json"; /* stands before the other one */

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs(text, file);
    fclose(file);
}

static void write_saga(const char *text)
{
    write_file(saga_path, text);
}

static void applies(void)
{
    static const struct scene scenes[] = {
        {"POST /v1/definitions", 201, NULL,
         "{\"name\":\"s\",\"version\":1,\"findings\":[{\"code\":\"W101\",\"line\":2,\"column\":3,\"message\":"
         "\"slow\"}]}"},
        {"POST /v1/definitions", 200, NULL, "{\"name\":\"s\",\"version\":1,\"findings\":[]}"},
        {"POST /v1/definitions", 422, "application/problem+json",
         "{\"title\":\"Unprocessable\",\"status\":422,\"code\":\"invalid\",\"detail\":\"2 "
         "findings\",\"hint\":\"mend them\","
         "\"errors\":[{\"code\":\"E201\",\"pointer\":\"/steps/0/"
         "idd\",\"line\":4,\"column\":7,\"message\":\"unknown key "
         "\\\"idd\\\"\",\"hint\":\"did you mean "
         "\\\"id\\\"?\"},{\"code\":\"E1\",\"pointer\":\"/x\",\"message\":\"m\\u009b\"}]}"},
    };
    struct cli_server *server = PLAY(scenes);
    struct run run;
    write_saga("{\"name\": \"s\"}");
    RUN(&run, cli_server_url(server), "apply", saga_path);
    CU_ASSERT_EQUAL(run.status, EXIT_DONE);
    run_expect(run.out,
               "/tmp/belay-cli-test.saga.json: s v1 registered\n/tmp/belay-cli-test.saga.json:2:3: W101 slow\n");
    run_done(&run);
    run_expect(cli_server_request(server, 0), "\r\n\r\n{\"name\": \"s\"}"); /* as it was written */
    RUN(&run, cli_server_url(server), "apply", saga_path);
    run_expect(run.out, "s v1 is registered already");
    run_done(&run);
    RUN(&run, cli_server_url(server), "apply", saga_path, "/nowhere/x.saga.json");
    CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
    run_expect(
        run.err,
        "2 findings (invalid)\n       mend them\n/tmp/belay-cli-test.saga.json:4:7: E201 unknown key \"idd\" "
        "(did you mean \"id\"?)\n/x: E1 m\\u009b\n");
    run_expect(run.err, "cannot read /nowhere/x.saga.json: No such file");
    run_done(&run);
    CU_ASSERT_EQUAL(cli_server_stop(server), 0);
    unlink(saga_path);
}

#define STARTS(name, steps) "{\"name\":\"" name "\",\"version\":1,\"timeout\":\"1h\",\"steps\":[" steps "]}"
#define PARENT              STARTS("trip", "{\"id\":\"f\",\"saga\":{\"name\":\"flight\"}}")
#define CHILD               STARTS("flight", "{\"id\":\"seat\",\"participant\":\"air\",\"operation\":\"seat\"}")

/* In whatever order they are named. */
static void applies_children_first(void)
{
    static const struct scene scenes[] = {
        {"POST /v1/definitions", 201, NULL, "{\"name\":\"flight\",\"version\":1,\"findings\":[]}"},
        {"POST /v1/definitions", 201, NULL, "{\"name\":\"trip\",\"version\":1,\"findings\":[]}"},
    };
    struct cli_server *server = PLAY(scenes);
    struct run run;
    write_saga(CHILD);
    write_file(parent_path, PARENT);
    RUN(&run, cli_server_url(server), "apply", parent_path, saga_path);
    CU_ASSERT_EQUAL(run.status, EXIT_DONE);
    run_expect(run.out, "flight v1 registered\n/tmp/belay-cli-a-test.saga.json: trip v1 registered\n");
    run_done(&run);
    run_expect(cli_server_request(server, 0), "\r\n\r\n" CHILD);
    run_expect(cli_server_request(server, 1), "\r\n\r\n" PARENT);
    CU_ASSERT_EQUAL(cli_server_stop(server), 0);
    unlink(saga_path);
    unlink(parent_path);
}

static void validates_offline(void)
{
    struct run run;
    write_saga("{ \"name\": \"s\",\n  \"nmae\": 1 }");
    RUN(&run, NULL, "validate", saga_path);
    CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
    run_expect(run.out, "/tmp/belay-cli-test.saga.json:2:");
    run_done(&run);
    RUN(&run, NULL, "validate", saga_path, "-o", "json");
    CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
    json_t *rows = json_loads(run.out, 0, NULL);
    CU_ASSERT_TRUE(json_is_false(json_object_get(json_array_get(rows, 0), "valid")));
    CU_ASSERT_TRUE(json_array_size(json_object_get(json_array_get(rows, 0), "findings")) > 0);
    json_decref(rows);
    run_done(&run);
    write_saga("{\"name\":\"s\",\"version\":1,\"timeout\":\"1h\",\"steps\":[{\"id\":\"a\",\"participant\":\"p\","
               "\"operation\":\"o\"}]}");
    RUN(&run, NULL, "validate", saga_path);
    CU_ASSERT_EQUAL(run.status, EXIT_DONE);
    run_expect(run.out, ": ok, s v1\n");
    run_done(&run);
    unlink(saga_path);
    RUN(&run, NULL, "validate", saga_path);
    CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
    run_expect(run.err, "cannot read");
    run_done(&run);
}

static void validate_two(struct run *run, const char *parent, const char *child)
{
    write_file(parent_path, parent);
    write_saga(child);
    RUN(run, NULL, "validate", parent_path, saga_path);
}

/* Children are held against the other files, as far as they are there. */
static void validates_families(void)
{
    struct run run;
    write_file(parent_path, PARENT);
    RUN(&run, NULL, "validate", parent_path);
    CU_ASSERT_EQUAL(run.status, EXIT_DONE);
    run_expect(run.out, "-a-test.saga.json:1:70: W106 \"flight\" is not among these files: it must be registered "
                        "first (name its file too)\n/tmp/belay-cli-a-test.saga.json: ok, trip v1\n");
    run_done(&run);
    validate_two(&run, PARENT, CHILD);
    CU_ASSERT_EQUAL(run.status, EXIT_DONE);
    CU_ASSERT_PTR_NULL(strstr(run.out, "W106"));
    run_done(&run);
    validate_two(&run,
                 STARTS("trip", "{\"parallel\":[{\"id\":\"a\",\"saga\":{\"name\":\"flight\",\"version\":2}},"
                                "{\"id\":\"b\",\"saga\":{\"name\":\"flight\"}}]}"),
                 CHILD);
    CU_ASSERT_EQUAL(run.status, EXIT_DONE);
    run_expect(run.out, "W106 version 2 of \"flight\" is not among these files");
    run_done(&run);
    validate_two(&run, PARENT,
                 STARTS("flight", "{\"id\":\"pay\",\"participant\":\"p\",\"operation\":\"o\",\"pivot\":true}"));
    CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
    run_expect(run.out,
               "-a-test.saga.json:1:70: E308 saga \"flight\" version 1 cannot be a child: its pivot \"pay\" "
               "decides without the parent\n/tmp/belay-cli-test.saga.json: ok, flight v1\n");
    run_done(&run);
    validate_two(&run, PARENT, STARTS("flight", "{\"id\":\"f\",\"saga\":{\"name\":\"trip\"}}"));
    CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
    run_expect(run.out, "E308 step \"f\": it would start itself again: trip -> flight -> trip (");
    run_expect(run.out, "E308 step \"f\": it would start itself again: flight -> trip -> flight (");
    run_done(&run);
    RUN(&run, NULL, "validate", parent_path, saga_path, "-o", "json");
    json_t *rows = json_loads(run.out, 0, NULL);
    const json_t *one = json_array_get(json_object_get(json_array_get(rows, 1), "findings"), 0);
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(one, "pointer")), "/steps/0/saga/name");
    CU_ASSERT_TRUE(json_is_false(json_object_get(json_array_get(rows, 1), "valid")));
    json_decref(rows);
    run_done(&run);
    unlink(saga_path);
    unlink(parent_path);
}

static void keeps_the_registry(void)
{
    static const struct scene scenes[] = {
        {"PUT /v1/participants/pay%2Fments", 201, NULL, "{}"},
        {"DELETE /v1/participants/pay", 204, NULL, ""},
        {"GET /v1/participants", 200, NULL,
         "{\"participants\":[{\"name\":\"pay\",\"url\":\"http://x\",\"maxInFlight\":64}]}"},
        {"GET /v1/participants", 200, NULL, "{\"participants\":[]}"},
        {"GET /v1/definitions", 200, NULL, "{\"definitions\":[{\"name\":\"s\",\"version\":1}]}"},
        {"GET /v1/definitions/s/1", 200, NULL, "{\"name\":\"s\",\"definition\":{\"name\":\"s\",\"steps\":[]}}"},
    };
    struct cli_server *server = PLAY(scenes);
    struct run run;
    RUN(&run, cli_server_url(server), "participants", "put", "pay/ments", "http://x", "--header", "A: b:c",
        "--max-in-flight", "8");
    CU_ASSERT_STRING_EQUAL(run.out, "pay/ments registered\n");
    run_done(&run);
    run_expect(cli_server_request(server, 0),
               "{\"url\":\"http://x\",\"maxInFlight\":8,\"headers\":{\"A\":\"b:c\"}}");
    RUN(&run, cli_server_url(server), "participants", "delete", "pay");
    CU_ASSERT_STRING_EQUAL(run.out, "pay removed\n");
    run_done(&run);
    RUN(&run, cli_server_url(server), "participants");
    CU_ASSERT_STRING_EQUAL(run.out, "NAME  URL       IN FLIGHT\npay   http://x  64\n");
    run_done(&run);
    RUN(&run, cli_server_url(server), "participants", "list");
    run_expect(run.err, "no participants; `belay participants put");
    run_done(&run);
    RUN(&run, cli_server_url(server), "definitions");
    CU_ASSERT_STRING_EQUAL(run.out, "NAME  V\ns     1\n");
    run_done(&run);
    RUN(&run, cli_server_url(server), "definitions", "show", "s", "1");
    CU_ASSERT_STRING_EQUAL(run.out, "{\n  \"name\": \"s\",\n  \"steps\": []\n}\n");
    run_done(&run);
    CU_ASSERT_EQUAL(cli_server_stop(server), 0);
}

static void doctors(void)
{
    static const struct scene scenes[] = {
        {"GET /health/live", 200, NULL, "{\"status\":\"live\"}"},
        {"GET /health/ready", 200, NULL, "{\"status\":\"ready\",\"open\":12}"},
        {"GET /v1/participants", 200, NULL,
         "{\"participants\":[{\"name\":\"gone\",\"url\":\"http://"
         "127.0.0.1:1\"},{\"name\":\"file\",\"url\":\"file:///etc/passwd\"}]}"},
    };
    struct cli_server *server = PLAY(scenes);
    struct run run;
    RUN(&run, cli_server_url(server), "doctor", "--data", "/tmp");
    CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
    run_expect(run.out, "ok    coordinator: belayd answers at http://127.0.0.1:");
    run_expect(run.out, "ok    ready: 12 open transactions\n");
    run_expect(run.out, "ok    data directory: /tmp can be written\n");
    run_expect(run.out, " fsync: ");
    run_expect(run.out, "ok    SQLite: 3.");
    run_expect(run.out, "warn  clock: this machine and the coordinator are ");
    run_expect(run.out, "fail  participant gone: http://127.0.0.1:1, seen from here: connection refused\n");
    run_expect(run.out, "fail  participant file: file:///etc/passwd, seen from here: ");
    run_done(&run);
    CU_ASSERT_EQUAL(cli_server_stop(server), 0);
    RUN(&run, "http://127.0.0.1:1", "doctor", "--data", "/nowhere", "-o", "json");
    CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
    json_t *rows = json_loads(run.out, 0, NULL);
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(json_array_get(rows, 1), "verdict")), "fail");
    json_decref(rows);
    run_done(&run);
}

void cli_registry_test_suite(void);
void cli_registry_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("cli/registry", NULL, NULL);
    CU_add_test(suite, "apply registers, and places findings in the file", applies);
    CU_add_test(suite, "apply registers children before their parents", applies_children_first);
    CU_add_test(suite, "validate needs no coordinator", validates_offline);
    CU_add_test(suite, "validate holds families together", validates_families);
    CU_add_test(suite, "participants and definitions", keeps_the_registry);
    CU_add_test(suite, "doctor finds what is wrong", doctors);
}
