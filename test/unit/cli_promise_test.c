/* cli: the engine keeps what `belay plan` promises, for every step of every example. What is compared with is an
 * engine in a harness that has nothing in common with the plan's. */
#include "base/mem.h"
#include "cli/files.h"
#include "cli_runner.h"
#include "engine/history.h"
#include "unit/engine_fake.h"

#include <CUnit/Basic.h>
#include <glob.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

enum { FAMILY = 8 };

/* An example and its children, which come behind it. */
struct family {
    const char *files[FAMILY + 1]; /* NULL ends them */
    char *texts[FAMILY];
    json_t *roots[FAMILY];
    char *input;
};

/* Everything that any expression reads of an output, into one output. */
static void add_outputs(json_t *output, const char *text)
{
    static const char mark[] = ".output.";
    for (const char *at = text; (at = strstr(at, mark));) {
        at += sizeof mark - 1;
        size_t length = strspn(at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
        char *name = mem_copy(at, length);
        json_object_set_new(output, name, json_string("1"));
        mem_free(name);
    }
}

static const json_t *child_of(const struct family *family, const json_t *step)
{
    const json_t *name = json_object_get(json_object_get(step, "saga"), "name");
    for (size_t i = 1; name && family->files[i]; i++)
        if (json_equal(json_object_get(family->roots[i], "name"), name))
            return family->roots[i];
    return NULL;
}

static bool read_parent(void *context, const struct history_entry *entry)
{
    json_t *begun = json_loadb(entry->payload, entry->payload_length, 0, NULL);
    *(json_t **)context = json_incref(json_object_get(begun, "parent"));
    json_decref(begun);
    return false;
}

/* "flight/" in front of the steps of a child, as its first fact has it. */
static void put_way(struct fake *fake, uint64_t txn, struct buf *way)
{
    json_t *parent = NULL;
    struct error error;
    CU_ASSERT_EQUAL_FATAL(history_read(fake->store, txn, 0, read_parent, &parent, &error), 0);
    if (parent) {
        put_way(fake, (uint64_t)json_integer_value(json_object_get(parent, "txn")), way);
        buf_printf(way, "%s/", json_string_value(json_object_get(parent, "step")));
    }
    json_decref(parent);
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

static void set_up(struct fake *fake, const struct family *family)
{
    size_t count = 0;
    json_t *participant, *registry = json_load_file("sagas/participants.json", 0, NULL);
    const char *who;
    while (family->files[count])
        count++;
    fake_open(fake);
    while (count-- > 0) /* children first */
        fake_define(fake, family->texts[count]);
    json_object_foreach(json_object_get(registry, "participants"), who, participant)
    {
        bool there = strcmp(who, "inventory") == 0 || strcmp(who, "payments") == 0; /* fake_define's */
        if (!there)
            fake_participant(fake, who, "{\"url\":\"http://127.0.0.1:3\"}");
    }
    json_decref(registry);
}

static bool is_undo(const char *phase)
{
    return strcmp(phase, "compensation") == 0 || strcmp(phase, "cancel") == 0 || strcmp(phase, "rollback") == 0;
}

/* Answers the call that is out; an announcement is no call of the saga. */
static void answer_one(struct fake *fake, const char *fail, bool unknown, const char *body, json_t *undone)
{
    if (!fake_header(fake->calls[0], "Belay-Step")) {
        fake_answer(fake, 204, NULL);
        return;
    }
    struct buf step;
    buf_init(&step, 4096);
    put_way(fake, fake->calls[0]->tag.txn, &step);
    buf_puts(&step, header(fake, "Belay-Step"));
    const char *phase = header(fake, "Belay-Phase");
    bool undo = is_undo(phase), check = strcmp(phase, "check") == 0;
    bool fails = strcmp(buf_text(&step), fail) == 0 && !undo && (!check || unknown);
    if (undo && strcmp(header(fake, "Belay-Attempt"), "1") == 0)
        json_array_append_new(undone, json_string(buf_text(&step)));
    buf_done(&step);
    fake_answer(fake, !fails ? 200 : unknown ? 0 : 409, fails ? NULL : body);
}

/* The names of what an engine undoes, in order, when one step fails; made by nothing that `belay plan` uses. */
static json_t *run_engine(const struct family *family, const char *fail, bool unknown)
{
    struct fake fake;
    json_t *undone = json_array(), *output = json_object();
    for (size_t i = 0; family->files[i]; i++)
        add_outputs(output, family->texts[i]);
    char *body = json_dumps(output, JSON_COMPACT);
    set_up(&fake, family);
    const char *name = json_string_value(json_object_get(family->roots[0], "name"));
    struct told told = fake_start(&fake, name, family->input, "t");
    for (unsigned n = 0; n < 3000; n++) {
        if (fake.calls_count) {
            answer_one(&fake, fail, unknown, body, undone);
            continue;
        }
        push_on(&fake, json_object_get(family->roots[0], "steps"), told.command.result_txn, fail, unknown);
        uint64_t next = engine_next_ms(fake.engine);
        if (!fake.calls_count && next == UINT64_MAX)
            break;
        fake.now_ms = fake.calls_count || next < fake.now_ms ? fake.now_ms : next;
        fake_turn(&fake);
    }
    fake_close(&fake);
    json_decref(output);
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

static void compare(const struct family *family, const char *step, bool unknown)
{
    char fail[160];
    const char *words[FAMILY + 8] = {"plan", "--input", family->input, "--fail", fail, "-o", "json"};
    snprintf(fail, sizeof fail, "%s%s", step, unknown ? ":unknown" : "");
    memcpy(&words[7], family->files, sizeof family->files);
    struct run run;
    run_words(&run, NULL, words);
    json_t *plan = json_loads(run.out, 0, NULL), *real = run_engine(family, step, unknown);
    CU_ASSERT_PTR_NOT_NULL_FATAL(plan);
    bool reached = json_is_true(json_object_get(json_object_get(plan, "fails"), "reached"));
    bool same = !reached || same_order(plan, real);
    if (!same) {
        char *a = json_dumps(json_object_get(plan, "undo"), 0), *b = json_dumps(real, 0);
        printf("\n%s --fail %s: planned %s, was %s\n", family->files[0], fail, a, b);
        free(a);
        free(b);
    }
    CU_ASSERT_TRUE(same);
    CU_ASSERT_EQUAL(run.status, reached ? 0 : 1);
    json_decref(plan);
    json_decref(real);
    run_done(&run);
}

static size_t compare_steps(const struct family *family, const char *way, const json_t *list)
{
    size_t i, compared = 0;
    const json_t *step;
    json_array_foreach(list, i, step)
    {
        const json_t *inner = json_object_get(step, "parallel"), *child = child_of(family, step);
        inner = inner ? inner : json_object_get(step, "steps");
        inner = inner ? inner : json_object_get(step, "switch");
        const char *id = json_string_value(json_object_get(step, "id"));
        char name[128];
        snprintf(name, sizeof name, "%s%s%s", way, id ? id : "", child ? "/" : "");
        compared += compare_steps(family, way, inner);
        if (child)
            compared += compare_steps(family, name, json_object_get(child, "steps"));
        if (inner || child || !id || json_object_get(step, "delay"))
            continue;
        compare(family, name, false);
        compare(family, name, true);
        compared++;
    }
    return compared;
}

/* The files that its cases name stand beside it. */
static void read_family(struct family *family, const char *file)
{
    char path[512];
    size_t count = 1, i;
    json_t *name;
    snprintf(path, sizeof path, "%.*s.test.json", (int)(strlen(file) - strlen(".saga.json")), file);
    json_t *cases = json_load_file(path, 0, NULL);
    *family = (struct family){.files = {mem_string(file)}};
    family->input = json_dumps(json_object_get(cases, "input"), JSON_COMPACT);
    CU_ASSERT_PTR_NOT_NULL_FATAL(family->input);
    json_array_foreach(json_object_get(cases, "sagas"), i, name)
    {
        CU_ASSERT_TRUE_FATAL(count < FAMILY);
        snprintf(path, sizeof path, "%.*s/%s", (int)(strrchr(file, '/') - file), file, json_string_value(name));
        family->files[count++] = mem_string(path);
    }
    for (i = 0; i < count; i++) {
        family->texts[i] = files_read(family->files[i], &(size_t){0}, NULL);
        CU_ASSERT_PTR_NOT_NULL_FATAL(family->texts[i]);
        family->roots[i] = json_loads(family->texts[i], 0, NULL);
    }
    json_decref(cases);
}

/* Every step of every example, refused and unknown: the plan promises what the engine does. */
static void promises_are_kept(void)
{
    glob_t files;
    size_t compared = 0;
    CU_ASSERT_EQUAL_FATAL(glob("sagas/*/*.saga.json", 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        struct family family;
        read_family(&family, files.gl_pathv[i]);
        compared += compare_steps(&family, "", json_object_get(family.roots[0], "steps"));
        for (size_t k = 0; family.files[k]; k++) {
            mem_free((char *)(uintptr_t)family.files[k]);
            mem_free(family.texts[k]);
            json_decref(family.roots[k]);
        }
        free(family.input);
    }
    CU_ASSERT_TRUE(compared >= 28); /* of seven sagas */
    globfree(&files);
}

void cli_promise_test_suite(void);
void cli_promise_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("cli_promise", NULL, NULL);
    CU_add_test(suite, "the engine undoes what the plan says", promises_are_kept);
}
