/* definition/schema against the json-schema-test-suite of Debian (its newest draft there is 7): every group of
 * every file, but for what schema_left_out.txt lists. What is left out and passes all the same fails the test, and
 * so does a line that leaves out nothing. */
#include "base/buf.h"
#include "base/mem.h"
#include "unit/schema_support.h"

#include <CUnit/Basic.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef SCHEMA_SUITE
#define SCHEMA_SUITE    "/usr/share/json-schema-test-suite/tests/draft7"
#define SCHEMA_LEFT_OUT "test/unit/schema_left_out.txt"
#endif

enum { LINES_MAX = 200, LINE_BYTES = 400, FILES_MAX = 200 };

/* A line of the list: FILE | GROUP | TEST | why. A "*" stands for all: of a group, because its schema is refused;
 * of a file, because its keyword or format is not checked. */
struct left_out {
    char text[LINE_BYTES];
    const char *file;
    const char *group;
    const char *test;
    unsigned failed; /* cases that it covers and that fail indeed */
};

static struct left_out lines[LINES_MAX];
static size_t lines_count;
static unsigned groups_count, tests_count, left_out_count;

static void read_lines(void)
{
    FILE *file = fopen(SCHEMA_LEFT_OUT, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    lines_count = 0;
    for (struct left_out *line = lines; fgets(line->text, sizeof line->text, file); line = &lines[lines_count]) {
        if (line->text[0] == '#' || line->text[0] == '\n')
            continue;
        char *parts[4] = {line->text};
        for (int i = 1; i < 4; i++) {
            char *bar = strstr(parts[i - 1], " | ");
            CU_ASSERT_PTR_NOT_NULL_FATAL(bar);
            *bar = '\0';
            parts[i] = bar + 3;
        }
        line->file = parts[0];
        line->group = parts[1];
        line->test = parts[2];
        line->failed = 0;
        CU_ASSERT_TRUE(strlen(parts[3]) > 10); /* the reason */
        CU_ASSERT_TRUE_FATAL(++lines_count < LINES_MAX);
    }
    fclose(file);
}

static struct left_out *find(const char *file, const char *group, const char *test)
{
    for (size_t i = 0; i < lines_count; i++)
        if (strcmp(lines[i].file, file) == 0 && strcmp(lines[i].group, group) == 0 &&
            strcmp(lines[i].test, test) == 0)
            return &lines[i];
    return NULL;
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static void complain(const char *file, const char *group, const char *test, const char *what)
{
    CU_FAIL("a case of the suite");
    printf("\n%s | %s | %s | %s", file, group, test, what);
}

static void run_test(const char *file, const char *group, const struct schema *schema, const json_t *test)
{
    const char *name = text_of(test, "description");
    struct left_out *line = find(file, group, name);
    struct left_out *whole = find(file, "*", "*");
    bool expected = json_is_true(json_object_get(test, "valid"));
    bool passed = schema && support_fits(schema, json_object_get(test, "data")) == expected;
    tests_count++;
    if (line || whole)
        left_out_count++;
    if (line && passed)
        complain(file, group, name, "is left out and passes");
    if (line)
        line->failed += !passed;
    else if (whole)
        whole->failed += !passed;
    else if (!passed)
        complain(file, group, name, expected ? "is refused" : "is accepted");
}

static void run_group(const char *file, const json_t *group)
{
    const char *name = text_of(group, "description");
    struct left_out *line = find(file, name, "*");
    struct left_out *whole = find(file, "*", "*");
    char *findings = NULL;
    struct schema *schema = support_schema(json_object_get(group, "schema"), &findings);
    size_t index;
    json_t *test;
    groups_count++;
    if (line && schema)
        complain(file, name, "*", "is left out, but its schema is taken");
    if (line) {
        line->failed += schema == NULL;
        tests_count += (unsigned)json_array_size(json_object_get(group, "tests"));
        left_out_count += (unsigned)json_array_size(json_object_get(group, "tests"));
    } else if (!schema && !whole) {
        complain(file, name, "*", findings);
    } else {
        json_array_foreach(json_object_get(group, "tests"), index, test) run_test(file, name, schema, test);
    }
    mem_free(findings);
    schema_free(schema);
}

static void run_file(const char *path, const char *name)
{
    json_error_t error;
    json_t *groups = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    struct left_out *whole = find(name, "*", "*");
    size_t index;
    json_t *group;
    if (!groups && whole)
        whole->failed++;
    else if (!groups)
        complain(name, "*", "*", error.text);
    json_array_foreach(groups, index, group) run_group(name, group);
    json_decref(groups);
}

/* All files of a folder and those below it, `name` being the way to it from the top. */
static void run_folder(const char *name)
{
    char path[512], inner[256];
    snprintf(path, sizeof path, "%s/%s", SCHEMA_SUITE, name);
    DIR *folder = opendir(path);
    CU_ASSERT_PTR_NOT_NULL(folder);
    if (!folder) {
        printf("\n%s is not there: run scripts/setup", path);
        return;
    }
    for (struct dirent *entry; (entry = readdir(folder));) {
        const char *dot = strrchr(entry->d_name, '.');
        snprintf(inner, sizeof inner, "%s%s%s", name, *name ? "/" : "", entry->d_name);
        snprintf(path, sizeof path, "%s/%s", SCHEMA_SUITE, inner);
        if (dot && strcmp(dot, ".json") == 0)
            run_file(path, inner);
        else if (!dot)
            run_folder(inner);
    }
    closedir(folder);
}

static void the_whole_suite(void)
{
    read_lines();
    groups_count = tests_count = left_out_count = 0;
    run_folder("");
    for (size_t i = 0; i < lines_count; i++)
        if (!lines[i].failed)
            complain(lines[i].file, lines[i].group, lines[i].test, "leaves out nothing that fails");
    CU_ASSERT_TRUE(groups_count > 140 && tests_count > 500);
    CU_ASSERT_TRUE(left_out_count * 2 < tests_count);
}

void schema_suite_test_suite(void);
void schema_suite_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("definition/schema, the standard's suite", NULL, NULL);
    CU_add_test(suite, "every group passes, or is left out for a reason", the_whole_suite);
}
