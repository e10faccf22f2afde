/* cli: the engine keeps what `belay plan` promises, for every step of every example. What is compared with is an
 * engine in a harness that has nothing in common with the plan's. */
#include "base/mem.h"
#include "cli/files.h"
#include "cli_runner.h"
#include "unit/engine_fake.h"

#include <CUnit/Basic.h>
#include <glob.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* Everything that any expression reads of an output, as one output. */
static json_t *outputs_of(const char *text)
{
    static const char mark[] = ".output.";
    json_t *output = json_object();
    for (const char *at = text; (at = strstr(at, mark));) {
        at += sizeof mark - 1;
        size_t length = strspn(at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
        char *name = mem_copy(at, length);
        json_object_set_new(output, name, json_string("1"));
        mem_free(name);
    }
    return output;
}

static const char *header(const struct fake *fake, const char *name)
{
    const char *value = fake_header(fake->calls[0], name);
    CU_ASSERT_PTR_NOT_NULL_FATAL(value);
    return value;
}

/* Who is asked says yes, unless it is the one that fails; every signal comes. Any may be too early or too late. */
static void push_on(struct fake *fake, const json_t *list, uint64_t txn, const char *fail, bool unknown)
{
    const json_t *step;
    size_t i;
    json_array_foreach(list, i, step)
    {
        const char *id = json_string_value(json_object_get(step, "id"));
        const json_t *approval = json_object_get(step, "approval"), *wait = json_object_get(step, "waitFor");
        bool fails = id && strcmp(id, fail) == 0;
        struct told told = {.command = {.type = COMMAND_TELL,
                                        .txn = txn,
                                        .verb = EVENT_TELL,
                                        .step = id,
                                        .approval = true,
                                        .answer = fails ? ANSWER_NO : ANSWER_YES}};
        told.command.role = json_string_value(json_array_get(json_object_get(approval, "roles"), 0));
        if (wait) {
            told.command.type = COMMAND_SIGNAL;
            told.command.name = json_string_value(json_object_get(wait, "signal"));
        }
        if ((approval && !(fails && unknown)) || (wait && !fails)) {
            fake_submit(fake, &told);
            fake_turn(fake);
        }
        push_on(fake, json_object_get(step, "steps"), txn, fail, unknown);
        push_on(fake, json_object_get(step, "parallel"), txn, fail, unknown);
        push_on(fake, json_object_get(step, "switch"), txn, fail, unknown);
    }
}

/* The names of what an engine undoes, in order, when one step fails; made by nothing that `belay plan` uses. */
static json_t *run_engine(const char *text, const char *input, const char *fail, bool unknown)
{
    struct fake fake;
    json_t *root = json_loads(text, 0, NULL), *undone = json_array(), *participant;
    json_t *output = outputs_of(text);
    char *body = json_dumps(output, JSON_COMPACT);
    const char *name = json_string_value(json_object_get(root, "name")), *who;
    fake_open(&fake);
    fake_define(&fake, text);
    json_t *registry = json_load_file("sagas/participants.json", 0, NULL);
    json_object_foreach(json_object_get(registry, "participants"), who, participant)
    {
        bool there = strcmp(who, "inventory") == 0 || strcmp(who, "payments") == 0; /* fake_define's */
        if (!there)
            fake_participant(&fake, who, "{\"url\":\"http://127.0.0.1:3\"}");
    }
    struct told told = fake_start(&fake, name, input, "t");
    for (unsigned n = 0; n < 3000; n++) {
        if (!fake.calls_count) {
            push_on(&fake, json_object_get(root, "steps"), told.command.result_txn, fail, unknown);
            uint64_t next = engine_next_ms(fake.engine);
            if (!fake.calls_count && next == UINT64_MAX)
                break;
            fake.now_ms = fake.calls_count || next < fake.now_ms ? fake.now_ms : next;
            fake_turn(&fake);
            continue;
        }
        if (!fake_header(fake.calls[0], "Belay-Step")) { /* an announcement is no call of the saga */
            fake_answer(&fake, 204, NULL);
            continue;
        }
        const char *step = header(&fake, "Belay-Step"), *phase = header(&fake, "Belay-Phase");
        bool undo = strcmp(phase, "compensation") == 0, check = strcmp(phase, "check") == 0;
        bool fails = strcmp(step, fail) == 0 && !undo && (!check || unknown);
        if (undo && strcmp(header(&fake, "Belay-Attempt"), "1") == 0)
            json_array_append_new(undone, json_string(step));
        fake_answer(&fake, !fails ? 200 : unknown ? 0 : 409, fails ? NULL : body);
    }
    fake_close(&fake);
    json_decref(registry);
    json_decref(output);
    json_decref(root);
    free(body);
    return undone;
}

/* The undos of one move go out together and have no order among them; moves do. */
static bool same_order(const json_t *plan, json_t *real)
{
    size_t at = 0, i, k, n;
    const json_t *move, *call;
    json_array_foreach(json_object_get(plan, "moves"), i, move)
    {
        const char *verb = json_string_value(json_object_get(move, "verb"));
        if (!verb || strcmp(verb, "undo") != 0)
            continue;
        json_array_foreach(json_object_get(move, "calls"), k, call)
        {
            bool found = false;
            for (n = at; !found && n < at + json_array_size(json_object_get(move, "calls")); n++)
                found = json_equal(json_array_get(real, n), json_object_get(call, "step"));
            if (!found)
                return false;
        }
        at += json_array_size(json_object_get(move, "calls"));
    }
    return at == json_array_size(real);
}

static void compare(const char *file, const char *text, const char *input, const char *step, bool unknown)
{
    char fail[160];
    snprintf(fail, sizeof fail, "%s%s", step, unknown ? ":unknown" : "");
    struct run run;
    RUN(&run, NULL, "plan", file, "--input", input, "--fail", fail, "-o", "json");
    json_t *plan = json_loads(run.out, 0, NULL), *real = run_engine(text, input, step, unknown);
    CU_ASSERT_PTR_NOT_NULL_FATAL(plan);
    bool reached = json_is_true(json_object_get(json_object_get(plan, "fails"), "reached"));
    bool same = !reached || same_order(plan, real);
    if (!same) {
        char *a = json_dumps(json_object_get(plan, "undo"), 0), *b = json_dumps(real, 0);
        printf("\n%s --fail %s: planned %s, was %s\n", file, fail, a, b);
        free(a);
        free(b);
    }
    CU_ASSERT_TRUE(same);
    CU_ASSERT_EQUAL(run.status, reached ? 0 : 1);
    json_decref(plan);
    json_decref(real);
    run_done(&run);
}

static size_t compare_steps(const char *file, const char *text, const char *input, const json_t *list)
{
    size_t i, compared = 0;
    const json_t *step;
    json_array_foreach(list, i, step)
    {
        const json_t *inner = json_object_get(step, "parallel");
        inner = inner ? inner : json_object_get(step, "steps");
        inner = inner ? inner : json_object_get(step, "switch");
        const char *id = json_string_value(json_object_get(step, "id"));
        compared += compare_steps(file, text, input, inner);
        if (inner || !id || json_object_get(step, "delay"))
            continue;
        compare(file, text, input, id, false);
        compare(file, text, input, id, true);
        compared++;
    }
    return compared;
}

/* Every step of every example, refused and unknown: the plan promises what the engine does. */
static void promises_are_kept(void)
{
    glob_t files;
    size_t compared = 0;
    CU_ASSERT_EQUAL_FATAL(glob("sagas/*/*.saga.json", 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        const char *file = files.gl_pathv[i];
        char tests[512];
        snprintf(tests, sizeof tests, "%.*s.test.json", (int)(strlen(file) - strlen(".saga.json")), file);
        json_t *cases = json_load_file(tests, 0, NULL);
        char *input = json_dumps(json_object_get(cases, "input"), JSON_COMPACT);
        char *text = files_read(file, &(size_t){0}, NULL);
        CU_ASSERT_PTR_NOT_NULL_FATAL(text);
        CU_ASSERT_PTR_NOT_NULL_FATAL(input);
        json_t *root = json_loads(text, 0, NULL);
        compared += compare_steps(file, text, input, json_object_get(root, "steps"));
        json_decref(root);
        json_decref(cases);
        free(input);
        mem_free(text);
    }
    CU_ASSERT_TRUE(compared >= 20); /* of four sagas */
    globfree(&files);
}

void cli_promise_test_suite(void);
void cli_promise_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("cli_promise", NULL, NULL);
    CU_add_test(suite, "the engine undoes what the plan says", promises_are_kept);
}
