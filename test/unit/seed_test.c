/* config/seed: participants and definitions that the operator's files bring in. */
#include "config/seed.h"
#include "api_support.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];
static char lines[2048]; /* what the trace got */

static void take_line(void *self, enum trace_level level, const char *text)
{
    (void)self, (void)level;
    size_t length = strlen(lines);
    snprintf(lines + length, sizeof lines - length, "%s\n", text);
}

static const struct trace trace = {NULL, TRACE_DEBUG, take_line};

static int make_folder(void)
{
    snprintf(folder, sizeof folder, "/tmp/belay-seed-%d", (int)getpid());
    return mkdir(folder, 0700);
}

static int remove_folder(void)
{
    return rmdir(folder);
}

static const char *path_of(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static const char *write_file(const char *name, const char *text)
{
    FILE *file = fopen(path_of(name), "w");
    fputs(text, file);
    fclose(file);
    return path_of(name);
}

#define SAGA(version, step)                                                                                       \
    "{\"name\":\"pay\",\"version\":" version ",\"timeout\":\"1h\",\n\"steps\":[{\"id\":\"" step                   \
    "\",\"participant\":\"shop\",\"operation\":\"pay\"}]}"

static void participants_are_put(void)
{
    struct api_world *world = api_world_new();
    struct error error = {0};
    const char *file =
        write_file("p", "{\"participants\":{\"a\":{\"url\":\"http://a\"},\"b\":{\"url\":\"http://b\"}}}");
    CU_ASSERT_EQUAL(seed_participants(world->engine, file, &error), 0);
    CU_ASSERT_STRING_EQUAL(api_text(api_ask(world, "GET /v1/participants/b", NULL), "url"), "http://b");
    file = write_file("p", "{\"participants\":{\"a\":{\"url\":\"http://c\"}}}");
    CU_ASSERT_EQUAL(seed_participants(world->engine, file, &error), 0);
    CU_ASSERT_STRING_EQUAL(api_text(api_ask(world, "GET /v1/participants/a", NULL), "url"), "http://c");
    CU_ASSERT_STRING_EQUAL(api_text(api_ask(world, "GET /v1/participants/b", NULL), "url"), "http://b");
    CU_ASSERT_EQUAL(seed_participants(world->engine, write_file("p", "{\"participants\":{}}"), &error), 0);
    unlink(path_of("p"));
    api_world_free(world);
}

static void wrong_registries_put_nothing(void)
{
    static const struct {
        const char *text;
        const char *why;
    } cases[] = {
        {"", "not JSON"},
        {"{}", "has no \"participants\""},
        {"{\"participants\":[]}", "an object"},
        {"{\"participant\":{}}", "has no \"participants\", and 1 more"},
        {"{\"participants\":{\"ok\":{\"url\":\"http://a\"},\n\"-x\":{\"url\":\"http://a\"}}}",
         "p:2:1: \"-x\" is no name"},
        {"{\"participants\":{\"ok\":{\"url\":\"http://a\"},\"x\":7}}", "is an object"},
        {"{\"participants\":{\"ok\":{\"url\":\"http://a\"},\"x\":{\"url\":\"file:///x\"}}}", "must begin with"},
        {"{\"participants\":{\"ok\":{\"url\":\"http://a\"},\"x\":{\"ulr\":\"http://a\"}}}", "and 1 more"},
    };
    struct api_world *world = api_world_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error = {0};
        CU_ASSERT_EQUAL(seed_participants(world->engine, write_file("p", cases[i].text), &error), ERROR_USAGE);
        CU_ASSERT_PTR_NOT_NULL(strstr(error.text, cases[i].why));
    }
    CU_ASSERT_EQUAL(api_ask(world, "GET /v1/participants/ok", NULL)->status, 404);
    struct error error;
    CU_ASSERT_EQUAL(seed_participants(world->engine, "/nowhere", &error), ERROR_USAGE);
    unlink(path_of("p"));
    api_world_free(world);
}

static void definitions_of_a_folder(void)
{
    struct api_world *world = api_world_new();
    struct error error = {0};
    write_file("2.saga.json", SAGA("2", "b"));
    write_file("1.json", SAGA("1", "a"));
    write_file("notes.txt", "not a saga");
    write_file(".hidden.json", "not a saga");
    for (int i = 0; i < 2; i++) /* the second time everything is there already */
        CU_ASSERT_EQUAL(seed_definitions(world->engine, folder, &trace, &error), 0);
    struct api_answer *answer = api_ask(world, "GET /v1/definitions", NULL);
    CU_ASSERT_EQUAL(json_array_size(api_member(answer, "definitions")), 2);
    CU_ASSERT_EQUAL(api_number(answer, "definitions.0.version"), 2);
    write_file("1.json", SAGA("1", "changed"));
    CU_ASSERT_EQUAL(seed_definitions(world->engine, path_of("1.json"), &trace, &error), ERROR_USAGE);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "1.json: "));
    unlink(path_of("1.json"));
    unlink(path_of("2.saga.json"));
    unlink(path_of("notes.txt"));
    unlink(path_of(".hidden.json"));
    api_world_free(world);
}

/* Whatever the files are called. Nothing of a folder is taken when one of its files is wrong. */
static void children_come_first(void)
{
#define CHILD(name) "{\"id\":\"" name "\",\"saga\":{\"name\":\"" name "\"}}"
#define HEAD(name)  "{\"name\":\"" name "\",\"version\":1,\"timeout\":\"1h\",\"steps\":["
    struct api_world *world = api_world_new();
    struct error error = {0};
    write_file("a.json", HEAD("trip") CHILD("flight") "," CHILD("hotel") "]}");
    write_file("b.json", HEAD("hotel") CHILD("pay") "]}");
    write_file("c.json", HEAD("flight") CHILD("pay") "]}");
    write_file("d.json", SAGA("1", "charge"));
    write_file("e.json", "{}");
    CU_ASSERT_EQUAL(seed_definitions(world->engine, folder, &trace, &error), ERROR_USAGE);
    CU_ASSERT_EQUAL(api_ask(world, "GET /v1/definitions/pay", NULL)->status, 404);
    unlink(path_of("e.json"));
    CU_ASSERT_EQUAL(seed_definitions(world->engine, folder, &trace, &error), 0);
    CU_ASSERT_EQUAL(json_array_size(api_member(api_ask(world, "GET /v1/definitions", NULL), "definitions")), 4);
    write_file("b.json", HEAD("circle") CHILD("around") "]}");
    write_file("c.json", HEAD("around") CHILD("circle") "]}");
    CU_ASSERT_EQUAL(seed_definitions(world->engine, folder, &trace, &error), ERROR_USAGE);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "b.json: ") || strstr(error.text, "c.json: "));
    for (const char *name = "abcd"; *name; name++)
        unlink(path_of((char[]){*name, '.', 'j', 's', 'o', 'n', '\0'}));
    api_world_free(world);
#undef CHILD
#undef HEAD
}

static void broken_definitions_are_traced(void)
{
    struct api_world *world = api_world_new();
    struct error error = {0};
    lines[0] = '\0';
    const char *file = write_file("x.json", "{\"name\":\"pay\",\n \"version\":0,\n \"stps\":[]}");
    CU_ASSERT_EQUAL(seed_definitions(world->engine, file, &trace, &error), ERROR_USAGE);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "x.json has "));
    CU_ASSERT_PTR_NOT_NULL(strstr(lines, "x.json:2:"));
    CU_ASSERT_PTR_NOT_NULL(strstr(lines, "did you mean \"steps\"?"));
    CU_ASSERT_EQUAL(seed_definitions(world->engine, "/nowhere", &trace, &error), ERROR_USAGE);
    CU_ASSERT_STRING_EQUAL(api_ask(world, "GET /v1/definitions", NULL)->body, "{\"definitions\":[]}");
    unlink(path_of("x.json"));
    api_world_free(world);
}

void seed_test_suite(void);
void seed_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("config/seed", make_folder, remove_folder);
    CU_add_test(suite, "participants are put, and replaced", participants_are_put);
    CU_add_test(suite, "a wrong registry puts nothing", wrong_registries_put_nothing);
    CU_add_test(suite, "the definitions of a folder, again and again", definitions_of_a_folder);
    CU_add_test(suite, "children come before their parents", children_come_first);
    CU_add_test(suite, "broken definitions are traced", broken_definitions_are_traced);
}
