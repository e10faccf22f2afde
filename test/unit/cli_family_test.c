/* cli: `belay test` and `belay plan` of a saga with children. */
#include "cli/commands.h"
#include "cli_runner.h"

#include <CUnit/Basic.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

static int make_folder(void)
{
    snprintf(folder, sizeof folder, "/tmp/belay-family-%d", (int)getpid());
    return mkdir(folder, 0700);
}

static const char *path_of(const char *name)
{
    static char paths[16][128];
    static unsigned turn;
    char *path = paths[turn++ % 16];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static int remove_folder(void)
{
    static const char *const names[] = {"trip.saga.json", "trip.test.json", "flight.saga.json", "hotel.saga.json"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(path_of(names[i]));
    return rmdir(folder);
}

static void put(const char *name, const char *text)
{
    FILE *file = fopen(path_of(name), "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs(text, file);
    fclose(file);
}

static const char trip[] =
    "{\"name\":\"trip\",\"version\":1,\"timeout\":\"1h\",\"steps\":["
    "{\"id\":\"quote\",\"participant\":\"agency\",\"operation\":\"quote\",\"readOnly\":true},"
    "{\"parallel\":[{\"id\":\"flight\",\"saga\":{\"name\":\"flight\",\"input\":{\"from\":\"${ input.from }\","
    "\"price\":\"${ steps.quote.output.price }\"}}},{\"id\":\"hotel\",\"saga\":{\"name\":\"hotel\"}}]},"
    "{\"id\":\"pay\",\"participant\":\"bank\",\"operation\":\"pay\",\"pivot\":true,"
    "\"body\":\"${ steps.flight.output }\"}]}";

static const char flight[] =
    "{\"name\":\"flight\",\"version\":2,\"timeout\":\"10m\","
    "\"input\":{\"schema\":{\"type\":\"object\",\"properties\":{\"from\":{\"type\":\"string\"},\"price\":"
    "{\"type\":\"integer\"}}}},"
    "\"output\":{\"id\":\"${ saga.id }\"},\"steps\":["
    "{\"id\":\"seat\",\"participant\":\"airline\",\"try\":{\"request\":\"POST /seats/${ input.from }\","
    "\"body\":{\"of\":\"${ saga.id }\"}},\"confirm\":{\"request\":\"POST /seats/confirm\"},"
    "\"cancel\":{\"request\":\"POST /seats/cancel\",\"retry\":{\"maxAttempts\":2,\"initialInterval\":\"1s\"}}},"
    "{\"id\":\"ok\",\"approval\":{\"title\":\"fly?\",\"timeout\":\"5m\"}},"
    "{\"steps\":[{\"id\":\"bags\",\"participant\":\"airline\",\"operation\":\"bags\"}],"
    "\"id\":\"heavy\",\"when\":\"input.price > 100\"}]}";

static const char hotel[] = "{\"name\":\"hotel\",\"version\":1,\"timeout\":\"10m\",\"steps\":["
                            "{\"id\":\"room\",\"participant\":\"hotel\",\"operation\":\"room\"},"
                            "{\"id\":\"paid\",\"waitFor\":{\"signal\":\"deposit\",\"timeout\":\"1m\"}}]}";

static void put_sagas(void)
{
    put("trip.saga.json", trip);
    put("flight.saga.json", flight);
    put("hotel.saga.json", hotel);
}

#define OTHERS "{\"verb\":\"approve\",\"step\":\"flight/ok\"},{\"verb\":\"signal\",\"signal\":\"hotel/deposit\"}"

/* One case; the order in which its file names the children does not matter. */
static void play(struct run *run, const char *one)
{
    char text[8000];
    snprintf(text, sizeof text,
             "{\"sagas\":[\"hotel.saga.json\",\"flight.saga.json\"],\"input\":{\"from\":\"HAM\"},"
             "\"answers\":{\"quote\":{\"body\":{\"price\":101}}},\"cases\":[{\"name\":\"case\",%s}]}",
             one);
    put_sagas();
    put("trip.test.json", text);
    RUN(run, NULL, "test", path_of("trip.saga.json"));
}

static void hold(const char *one)
{
    struct run run;
    play(&run, one);
    if (run.status != EXIT_DONE)
        printf("\n%s\n%s%s", one, run.out, run.err);
    CU_ASSERT_EQUAL(run.status, EXIT_DONE);
    run_done(&run);
}

static void cases_reach_children(void)
{
    hold("\"meanwhile\":[" OTHERS "],\"expect\":{\"status\":\"completed\",\"calls\":[\"quote\","
         "[\"flight/seat\",\"hotel/room\"],\"flight/bags\",\"pay\",\"flight/seat.confirm\"],"
         "\"bodies\":{\"flight/seat\":{\"of\":\"test.flight\"},\"pay\":{\"id\":\"test.flight\"},"
         "\"hotel/room\":{\"from\":\"HAM\"}},\"requests\":{\"flight/seat.confirm\":{\"headers\":"
         "{\"Belay-Action-Key\":\"test.flight/seat/try\"}}}}");
    hold("\"answers\":{\"quote\":{\"body\":{\"price\":9}},\"pay\":[\"timeout\",200]},\"meanwhile\":[" OTHERS "],"
         "\"expect\":{\"status\":\"completed\",\"skipped\":[\"flight/heavy\",\"flight/bags\"],"
         "\"attempts\":{\"flight/bags\":0,\"pay\":2}}");
    hold("\"meanwhile\":[{\"verb\":\"reject\",\"step\":\"flight/ok\"}],\"expect\":{\"status\":\"compensated\","
         "\"cause\":\"step_refused\",\"step\":\"flight\",\"calls\":[\"quote\",[\"flight/seat\",\"hotel/room\"],"
         "\"flight/seat.cancel\",\"hotel/room.compensation\"]}");
    hold("\"meanwhile\":[{\"verb\":\"approve\",\"step\":\"flight/ok\"},{\"at\":\"0s\",\"verb\":\"cancel\","
         "\"step\":\"hotel/\",\"refused\":\"there is no hotel/ yet\"},{\"at\":\"5s\",\"verb\":\"cancel\",\"step\":"
         "\"hotel/\"}],\"expect\":{\"status\":\"compensated\",\"step\":\"hotel\",\"within\":\"6s\"}");
    hold("\"meanwhile\":[" OTHERS
         ",{\"at\":\"2ms\",\"verb\":\"pause\",\"step\":\"flight/\"},{\"at\":\"9s\",\"verb\":"
         "\"resume\",\"step\":\"flight/\"}],\"expect\":{\"status\":\"completed\"}");
}

/* Causes stand before effects, whichever transaction they are in. */
static void histories_are_one(void)
{
    hold("\"answers\":{\"flight/seat\":409},\"meanwhile\":[{\"verb\":\"signal\",\"signal\":\"hotel/deposit\"}],"
         "\"expect\":{\"history\":[\"begun\",\"called quote\",\"answered quote yes 200\",\"called flight\","
         "\"called hotel\",\"answered flight pending\",\"answered hotel pending\",\"begun flight/\","
         "\"called flight/seat\",\"begun hotel/\",\"called hotel/room\",\"signalled hotel/paid\","
         "\"answered flight/seat no 409\",\"decided flight/ abort step_refused at flight/seat\","
         "\"ended flight/ compensated\",\"answered flight no child_compensated\","
         "\"decided abort step_refused at flight\",\"called hotel.compensation\","
         "\"answered hotel/room yes 200\",\"awaited hotel/paid\",\"answered hotel/paid yes\",\"ready hotel/\","
         "\"cancelled hotel/\",\"decided hotel/ abort parent\",\"called hotel/room.compensation\","
         "\"answered hotel/room.compensation yes 200\",\"ended hotel/ compensated\","
         "\"answered hotel.compensation yes\",\"ended compensated\"]}");
}

/* A child whose undo is stuck: its parent waits, until a person lets both go on. */
static void stuck_children(void)
{
#define STUCK "\"answers\":{\"pay\":409,\"flight/seat.cancel\":[503,503,200]},\"meanwhile\":[" OTHERS
    struct run run;
    hold(STUCK ",{\"verb\":\"retry\"}],\"expect\":{\"status\":\"compensated\",\"step\":\"pay\"}");
    hold(STUCK ",{\"verb\":\"skip\",\"step\":\"flight/seat\",\"reason\":\"by telephone\"}],"
               "\"expect\":{\"status\":\"compensated\",\"attempts\":{\"flight/seat.cancel\":2}}");
    play(&run, STUCK "],\"expect\":{\"status\":\"running\",\"history\":[]}");
    run_expect(run.out, "paused flight/ compensation_exhausted at flight/seat");
    run_done(&run);
    RUN(&run, NULL, "test", path_of("trip.saga.json"), "-o", "json");
    json_t *rows = json_loads(run.out, 0, NULL);
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(json_array_get(rows, 0), "stopped")),
                           "flight/ is paused (compensation_exhausted), and waits for a person");
    json_decref(rows);
    run_done(&run);
#undef STUCK
}

static void misnamed(void)
{
    static const struct {
        const char *one, *says;
    } cases[] = {
        {"\"answers\":{\"quote/seat\":200},\"expect\":{\"status\":\"completed\"}", "starts no saga"},
        {"\"answers\":{\"flight/seta\":200},\"expect\":{\"status\":\"completed\"}", "did you mean \"seat\"?"},
        {"\"expect\":{\"calls\":[\"quote\",\"flight\"]}", "its calls are \"flight/STEP\""},
        {"\"expect\":{\"attempts\":{\"flight/\":1}}", "there is no step \"\""},
        {"\"meanwhile\":[{\"verb\":\"approve\",\"step\":\"flight/\"}],\"expect\":{\"status\":\"x\"}",
         "there is no step \"\""},
        {"\"meanwhile\":[{\"verb\":\"cancel\",\"step\":\"pay/\"}],\"expect\":{\"status\":\"x\"}",
         "\"pay/\" leads to no saga"},
        {"\"meanwhile\":[{\"verb\":\"signal\",\"signal\":\"pay/x\"}],\"expect\":{\"status\":\"x\"}",
         "\"pay/x\" leads to no saga"},
    };
    struct run run;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        play(&run, cases[i].one);
        CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
        run_expect(run.err, cases[i].says);
        run_done(&run);
    }
    put("trip.test.json", "{\"sagas\":[\"hotel.saga.json\"],\"cases\":[{\"name\":\"x\",\"expect\":{}}]}");
    RUN(&run, NULL, "test", path_of("trip.saga.json"));
    run_expect(run.err, "the step \"flight\" of trip starts the saga \"flight\", and no file of it is given\n");
    run_expect(run.err, "\"sagas\" in the file of cases names it");
    run_done(&run);
}

static void plans_with_children(void)
{
    struct run run;
    const char *files[3] = {path_of("trip.saga.json"), path_of("hotel.saga.json"), path_of("flight.saga.json")};
    put_sagas();
    /* What the flight gets from an answer is not known, what comes from the input is. */
    RUN(&run, NULL, "plan", files[0], files[1], files[2], "--input", "{\"from\":\"HAM\"}");
    CU_ASSERT_EQUAL(run.status, EXIT_DONE);
    run_expect(run.out, "assumed, at flight/heavy: input.price > 100 is true\n");
    run_expect(run.out, "\n    flight starts flight v2\n\n    hotel starts hotel v1\n");
    run_expect(run.out, "  flight/seat  POST /seats/HAM  to airline\n");
    run_expect(run.out, "{\"of\":\"<saga.id>.flight\"}");
    run_expect(run.out, "\n    flight/ok waits for a yes or no: ");
    run_expect(run.out, "\n    flight/heavy runs: input.price > 100 is true\n");
    run_expect(run.out, "  flight/bags  POST /belay/bags  to airline\n");
    run_expect(run.out, "{\"from\":\"HAM\",\"price\":\"<steps.quote.output.price>\"}");
    run_expect(run.out, "decided: what is held is confirmed\n");
    run_expect(run.out, "    others can see: hotel/room, flight/bags, pay, flight/seat\n");
    run_done(&run);
    RUN(&run, NULL, "plan", files[0], files[1], files[2], "--fail", "flight/ok");
    CU_ASSERT_EQUAL(run.status, EXIT_DONE);
    run_expect(run.out, "trip v1, flight/ok is refused\n");
    run_expect(run.out, "POST /seats/<input.from>  to airline");
    run_expect(run.out, "compensated, step_refused at flight\n");
    run_done(&run);
    RUN(&run, NULL, "plan", files[0], files[1], files[2], "--fail", "flight");
    CU_ASSERT_EQUAL(run.status, EXIT_MISUSED);
    run_expect(run.err, "flight is a saga of its own: say which step of it fails, flight/STEP");
    run_done(&run);
    RUN(&run, NULL, "plan", files[0], files[1], files[2], "--fail", "pay/seat");
    CU_ASSERT_EQUAL(run.status, EXIT_MISUSED);
    run_expect(run.err, "\"pay/seat\": the step before the / starts no saga");
    run_done(&run);
    RUN(&run, NULL, "plan", files[0], files[2]);
    CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
    run_expect(run.err, "the step \"hotel\" of trip starts the saga \"hotel\", and no file of it is given\n");
    run_expect(run.err, "belay plan FILE CHILD...");
    run_done(&run);
}

/* An input that the child's schema refuses is found out, as is what cannot be a family. */
static void plans_that_cannot_be(void)
{
    static const char parent[] =
        "{\"name\":\"trip\",\"version\":1,\"timeout\":\"1h\",\"steps\":[{\"id\":\"flight\","
        "\"saga\":{\"name\":\"flight\",\"version\":2,\"input\":{\"from\":\"HAM\",\"price\":"
        "\"dear\"}}}]}";
    struct run run;
    put_sagas();
    put("trip.saga.json", parent);
    RUN(&run, NULL, "plan", path_of("trip.saga.json"), path_of("flight.saga.json"));
    CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
    run_expect(run.out, "problem: answered flight no child_not_started: ");
    run_done(&run);
    put("flight.saga.json",
        "{\"name\":\"flight\",\"version\":3,\"timeout\":\"1h\",\"steps\":[{\"id\":\"back\",\"saga\":"
        "{\"name\":\"trip\"}}]}");
    RUN(&run, NULL, "plan", path_of("trip.saga.json"), path_of("flight.saga.json"));
    run_expect(run.err, "starts the saga \"flight\" version 2, and no file of it is given\n");
    run_done(&run);
    put("hotel.saga.json",
        "{\"name\":\"flight\",\"version\":2,\"timeout\":\"1h\",\"steps\":[{\"id\":\"back\",\"saga\":"
        "{\"name\":\"trip\"}}]}");
    RUN(&run, NULL, "plan", path_of("trip.saga.json"), path_of("hotel.saga.json"));
    CU_ASSERT_EQUAL(run.status, EXIT_FAILED);
    run_expect(run.err,
               "trip: step \"flight\": step \"back\": it would start itself again: trip -> flight -> trip");
    run_done(&run);
}

void cli_family_test_suite(void);
void cli_family_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("cli/families", make_folder, remove_folder);
    CU_add_test(suite, "cases reach children by name", cases_reach_children);
    CU_add_test(suite, "the histories of a family are one", histories_are_one);
    CU_add_test(suite, "a child that is stuck", stuck_children);
    CU_add_test(suite, "names that lead nowhere", misnamed);
    CU_add_test(suite, "plans with children", plans_with_children);
    CU_add_test(suite, "plans that cannot be", plans_that_cannot_be);
}
