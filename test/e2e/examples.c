/* Mode examples: what a user does with the example sagas, and what must come of it. */
#include "e2e/modes.h"
#include "e2e/stage.h"
#include "harness/process.h"

#include <glob.h>
#include <stdio.h>
#include <string.h>

enum { COMPLETED = 0, COMPENSATED = 3, EITHER = -1 };

/* saga, input, exit status of `belay`, the undo in its order ("a+b": in either order) */
#define EXAMPLES(X)                                                                                               \
    X("place-order", "order", COMPLETED, "")                                                                      \
    X("place-order", "declined", COMPENSATED, "reserve[piano]")                                                   \
    X("place-order", "large", COMPLETED, "")                                                                      \
    X("place-order", "atlantis", COMPENSATED, "ship reserve[book]+authorize")                                     \
    X("befriend", "friends", COMPLETED, "")                                                                       \
    X("befriend", "popular", COMPENSATED, "countFrom request")                                                    \
    X("befriend", "stranger", COMPENSATED, "")                                                                    \
    X("publish-article", "article", COMPLETED, "")                                                                \
    X("publish-article", "forbidden", COMPENSATED, "count+announce store")                                        \
    X("publish-article", "quota", COMPENSATED, "announce store")                                                  \
    X("bank", "transfer", COMPLETED, "")                                                                          \
    X("bank", "poor", COMPENSATED, "")                                                                            \
    X("bank", "closed", COMPENSATED, "debit")                                                                     \
    X("bank", "mistaken", COMPENSATED, "credit debit")                                                            \
    X("book-trip", "trip", COMPLETED, "")                                                                         \
    X("book-trip", "full", COMPENSATED, "flight")                                                                 \
    X("book-trip", "broke", COMPENSATED, "flight+hotel")                                                          \
    X("book-holiday", "holiday", COMPLETED, "")                                                                   \
    X("book-holiday", "christmas", COMPENSATED, "seat")                                                           \
    X("book-holiday", "poor", COMPENSATED, "seat+room")                                                           \
    X("move-holiday", "later", COMPLETED, "")                                                                     \
    X("move-holiday", "longer", COMPLETED, "")                                                                    \
    X("move-holiday", "sold-out", COMPENSATED, "room")

struct example {
    const char *saga, *input;
    int status;
    const char *undone;
};

/* Inputs that wait for a person: where, and what that one says. */
static const struct word {
    const char *path, *step;
    const char *said[4]; /* the verb, and what stands behind the id */
} words[] = {
    {"sagas/place-order/large.json", "review", {"approve", "review", "--role", "fraud"}},
    {"sagas/place-order/atlantis.json", "ship", {"cancel", "--reason", "no boat goes there"}},
};

static const struct example examples[] = {
#define X(saga, input, status, undone) {saga, input, status, undone},
    EXAMPLES(X)
#undef X
};

/* Whatever the inputs have left in stock and on the cards, it is enough for this one. */
static const char small_order[] = "{\"orderId\":\"7\",\"customerId\":\"grace\",\"address\":\"Arlington\","
                                  "\"totalCents\":100,\"items\":[{\"sku\":\"book\",\"quantity\":1}]}";

enum { EXAMPLES_COUNT = sizeof examples / sizeof *examples };

static void play_inputs(struct stage *stage);
static void look_at_children(struct stage *stage);
static void play(struct stage *stage, const char *path, const struct example *example);
static int start(struct stage *stage, const char *saga, const char *path, const char *id);
static void say(struct stage *stage, const struct word *word, const char *id);
static const struct example *example_of(const char *path);
static bool undone_as(const char *wanted, const char *got);
static void play_outage(struct stage *stage);
static void play_patience(struct stage *stage);

int mode_examples(const struct plan *plan)
{
    static struct stage stage;
    struct verdict verdict = {0};
    if (stage_open(&stage, plan->build, &verdict)) {
        play_inputs(&stage);
        look_at_children(&stage);
        play_outage(&stage);
        play_patience(&stage);
        stage_check_held(&stage);
        stage_check_errors(&stage);
    }
    stage_close(&stage);
    return verdict_print(&verdict);
}

/* Every input there is; those that the table does not know must at least end. */
static void play_inputs(struct stage *stage)
{
    glob_t inputs;
    unsigned known = 0;
    if (glob("sagas/*/*.json", 0, NULL, &inputs))
        return;
    for (size_t i = 0; i < inputs.gl_pathc; i++) {
        const char *path = inputs.gl_pathv[i];
        if (strstr(path, ".saga.json") || strstr(path, ".test.json"))
            continue;
        const struct example *example = example_of(path);
        known += example != NULL;
        play(stage, path, example);
    }
    verdict_note(stage->verdict, CHECK_C18, known == EXAMPLES_COUNT, "%u of %d inputs are there", known,
                 EXAMPLES_COUNT);
    globfree(&inputs);
}

/* They ended as the trips did: together, one way or the other. */
static void look_at_children(struct stage *stage)
{
    STAGE_EXPECT(stage, 0, ", transaction ", "show", "example of sagas/book-trip/trip.json");
    STAGE_EXPECT(stage, 0, "book-flight", "list", "--saga", "book-flight", "--status", "completed");
    STAGE_EXPECT(stage, 0, "book-hotel", "list", "--saga", "book-hotel", "--status", "completed");
    STAGE_EXPECT(stage, 0, "book-flight", "list", "--saga", "book-flight", "--status", "compensated");
    int status = shell_run(&stage->shell, "belay", "list", "--status", "running,paused,compensating", NULL);
    stage_expect(stage, status == 0 && !strstr(stage->shell.out, "book-"), true, NULL, "list of what is left");
}

static void play(struct stage *stage, const char *path, const struct example *example)
{
    char saga[64], undone[256], id[STAGE_PATH];
    snprintf(saga, sizeof saga, "%.*s", (int)strcspn(path + 6, "/"), path + 6); /* sagas/SAGA/INPUT.json */
    snprintf(id, sizeof id, "example of %s", path);
    int status = start(stage, saga, path, id);
    int wanted = example ? example->status : status == COMPENSATED ? COMPENSATED : COMPLETED;
    if (!stage_expect(stage, status, wanted, wanted == COMPLETED ? "completed" : "compensated", path))
        return;
    if (!STAGE_EXPECT(stage, 0, wanted == COMPLETED ? "  completed" : "  compensated", "show", id) || !example)
        return;
    shell_undone(&stage->shell, undone, sizeof undone);
    verdict_note(stage->verdict, CHECK_C5, undone_as(example->undone, undone),
                 "%s was undone as \"%s\", wanted \"%s\"", path, undone, example->undone);
    STAGE_EXPECT(stage, 0, "ended", "history", id);
    STAGE_EXPECT(stage, 0, "example of", "list", "--saga", saga);
}

/* Until its end; the exit status tells which. */
static int start(struct stage *stage, const char *saga, const char *path, const char *id)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i].path, path) == 0) {
            STAGE_EXPECT(stage, 0, "started", "start", saga, "--input", path, "--id", id);
            say(stage, &words[i], id);
            return shell_run(&stage->shell, "belay", "watch", id, NULL);
        }
    return shell_run(&stage->shell, "belay", "start", saga, "--input", path, "--id", id, "--wait", NULL);
}

static void say(struct stage *stage, const struct word *word, const char *id)
{
    bool stands = false;
    for (int tries = 0; tries < 100 && !stands; tries++) {
        process_sleep_ms(50);
        shell_run(&stage->shell, "belay", "list", "--step", word->step, "-o", "jsonl", NULL);
        stands = strstr(stage->shell.out, id) != NULL;
    }
    stage_expect(stage, stands, true, NULL, word->step);
    const char *const *said = word->said;
    int status = shell_run(&stage->shell, "belay", said[0], id, said[1], said[2], said[3], NULL);
    stage_expect(stage, status, 0, NULL, said[0]);
}

static const struct example *example_of(const char *path)
{
    char wanted[STAGE_PATH];
    for (int i = 0; i < EXAMPLES_COUNT; i++) {
        snprintf(wanted, sizeof wanted, "sagas/%s/%s.json", examples[i].saga, examples[i].input);
        if (strcmp(wanted, path) == 0)
            return &examples[i];
    }
    return NULL;
}

/* Group by group; a group of two in either order. */
static bool undone_as(const char *wanted, const char *got)
{
    while (*wanted) {
        size_t length = strcspn(wanted, " ");
        const char *plus = memchr(wanted, '+', length);
        size_t first = plus ? (size_t)(plus - wanted) : length, second = plus ? length - first - 1 : 0;
        char straight[128], crossed[128];
        snprintf(straight, sizeof straight, "%.*s%s%.*s", (int)first, wanted, plus ? " " : "", (int)second,
                 plus ? plus + 1 : "");
        snprintf(crossed, sizeof crossed, "%.*s%s%.*s", (int)second, plus ? plus + 1 : "", plus ? " " : "",
                 (int)first, wanted);
        size_t taken = strlen(straight);
        if (strncmp(got, straight, taken) != 0 && strncmp(got, crossed, taken) != 0)
            return false;
        got += taken + strspn(got + taken, " ");
        wanted += length + strspn(wanted + length, " ");
    }
    return !*got;
}

/* The mail service is down after the pivot; the coordinator dies meanwhile; both come back. */
static void play_outage(struct stage *stage)
{
    stage_kill_service(stage, "mail");
    STAGE_EXPECT(stage, 0, NULL, "start", "place-order", "--input", small_order, "--id", "outage");
    process_sleep_ms(300);
    stage_kill_belayd(stage);
    STAGE_EXPECT(stage, 1, NULL, "show", "outage");
    stage_start_belayd(stage);
    STAGE_EXPECT(stage, 0, "outage", "list", "--status", "running,confirming");
    STAGE_EXPECT(stage, 6, NULL, "watch", "outage", "--timeout", "1s");
    stage_start_service(stage, "mail");
    STAGE_EXPECT(stage, 0, "completed", "watch", "outage", "--timeout", "40s");
}

/* The same with somebody who waits through all of it. */
static void play_patience(struct stage *stage)
{
    const char *const arguments[] = {"start", "place-order", "--input", small_order,
                                     "--id",  "patience",    "--wait",  NULL};
    stage_kill_service(stage, "mail");
    pid_t pid = shell_start(&stage->shell, "belay", arguments);
    process_sleep_ms(400);
    stage_kill_belayd(stage);
    process_sleep_ms(200);
    stage_start_belayd(stage);
    stage_start_service(stage, "mail");
    stage_expect(stage, shell_join(&stage->shell, pid), COMPLETED, "completed", "start --wait through an outage");
    STAGE_EXPECT(stage, 0, "  completed", "show", "patience");
}
