/* sagas/saga-1.schema.json, which editors use, against the validator: it knows the same keys with the same
 * meanings; it takes every right saga; and in a wrong one it objects where the validator does, if a schema can say
 * it at all. */
#include "base/mem.h"
#include "definition/definition.h"
#include "definition/rules.h"
#include "unit/schema_support.h"

#include "definition/keys.h"

#include <CUnit/Basic.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#define EDITOR "sagas/saga-1.schema.json"
#define CORPUS "test/unit/sagas/"

/* The rules that a schema can say. */
static const enum rule sayable[] = {
    RULE_FORMAT_VERSION, RULE_UNKNOWN_KEY, RULE_MISSING_KEY, RULE_TYPE,      RULE_RANGE,      RULE_WORD,
    RULE_DURATION,       RULE_NO_KIND,     RULE_MANY_KINDS,  RULE_MISPLACED, RULE_REQUEST,    RULE_HEADER,
    RULE_FEW_STEPS,      RULE_IDENTIFIER,  RULE_RESERVED_ID, RULE_OPEN_WAIT, RULE_NEEDS_TWICE};

/* What it cannot say of these rules: file, pointer, why. */
static const struct {
    const char *file;
    const char *pointer;
    const char *why;
} unsaid[] = {
    {"ranges.json", "/defaults/retry/maxInterval", "compares two values"},
    {"requests.json", "/steps/19/action/request", "what follows an expression, which only a parser can pass over"},
    {"headers.json", "/steps/0/action/headers/x-twice", "compares two names"},
};

/* What only the schema says, for a reason. */
static const struct {
    const char *file;
    const char *pointer;
    const char *why;
} unheard[] = {
    {"checks.json", "/steps/4/check/body", "the validator does not look on behind a request line that is wrong"},
};

static const struct {
    const struct key_table *table;
    const char *place; /* a member of "$defs", NULL: the top */
} places[] = {
    {&keys_saga, NULL},
    {&keys_input, "input"},
    {&keys_defaults, "sagaDefaults"},
    {&keys_compensation, "sagaCompensation"},
    {&keys_step, "step"},
    {&keys_each, "forEach"},
    {&keys_case, "case"},
    {&keys_lock, "lock"},
    {&keys_action, "action"},
    {&keys_undo, "undo"},
    {&keys_second, "second"},
    {&keys_operation_undo, "operationUndo"},
    {&keys_action_check, "check"},
    {&keys_outcomes, "outcomes"},
    {&keys_async, "async"},
    {&keys_signal, "waitFor"},
    {&keys_approval, "approval"},
    {&keys_child, "child"},
    {&keys_events, "events"},
    {&keys_schedule, "schedule"},
    {&keys_retry, "policy"},
};

static json_t *root;
static struct schema *schema;

/* First of all tests: the others use what it has loaded. */
static void it_is_a_schema(void)
{
    char *findings = NULL;
    json_error_t error;
    root = json_load_file(EDITOR, JSON_REJECT_DUPLICATES, &error);
    schema = root ? support_schema(root, &findings) : NULL;
    if (!schema || *findings)
        printf("\n" EDITOR ": %s", findings ? findings : error.text);
    CU_ASSERT_FATAL(schema && !*findings); /* no warnings either */
    mem_free(findings);
}

static int unload(void)
{
    schema_free(schema);
    json_decref(root);
    return 0;
}

static void the_same_keys(void)
{
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        const struct key_table *table = places[i].table;
        const json_t *place =
            places[i].place ? json_object_get(json_object_get(root, "$defs"), places[i].place) : root;
        const json_t *properties = json_object_get(place, "properties");
        CU_ASSERT_EQUAL(json_object_size(properties), table->count);
        for (size_t k = 0; k < table->count; k++) {
            const json_t *property = json_object_get(properties, table->keys[k].name);
            const char *meaning = json_string_value(json_object_get(property, "description"));
            bool same = meaning && strcmp(meaning, table->keys[k].meaning) == 0;
            CU_ASSERT_TRUE(same);
            if (!same)
                printf("\n" EDITOR ": %s: \"%s\": { \"description\": \"%s\" ... } is missing", table->owner,
                       table->keys[k].name, table->keys[k].meaning);
        }
    }
}

static bool is_sayable(const char *code)
{
    for (size_t i = 0; i < sizeof sayable / sizeof sayable[0]; i++)
        if (strcmp(rule_code(sayable[i]), code) == 0)
            return true;
    return false;
}

/* Does one of the pointers lead to the other's place, or into it? */
static bool meet(const char *a, const char *b)
{
    size_t length = strlen(a) < strlen(b) ? strlen(a) : strlen(b);
    return strncmp(a, b, length) == 0 && (a[length] == '\0' || a[length] == '/') &&
           (b[length] == '\0' || b[length] == '/');
}

static bool met(const struct findings *findings, const char *pointer)
{
    for (size_t i = 0; i < findings->count; i++)
        if (meet(findings->list[i].pointer, pointer))
            return true;
    return false;
}

static void compare(const char *file, const struct findings *validator, const struct findings *editor)
{
    for (size_t i = 0; i < validator->count; i++) {
        const struct finding *finding = &validator->list[i];
        bool told = met(editor, finding->pointer), excused = false;
        for (size_t k = 0; k < sizeof unsaid / sizeof unsaid[0]; k++)
            excused =
                excused || (strcmp(unsaid[k].file, file) == 0 && strcmp(unsaid[k].pointer, finding->pointer) == 0);
        if (!is_sayable(finding->code) || told != excused)
            continue;
        CU_FAIL("the validator says what the schema does not");
        printf("\n%s %s %s %s", file, finding->pointer, finding->code, finding->message);
    }
    for (size_t i = 0; i < editor->count; i++) {
        const struct finding *finding = &editor->list[i];
        bool told = met(validator, finding->pointer), excused = false;
        for (size_t k = 0; k < sizeof unheard / sizeof unheard[0]; k++)
            excused = excused ||
                      (strcmp(unheard[k].file, file) == 0 && strcmp(unheard[k].pointer, finding->pointer) == 0);
        if (told != excused)
            continue;
        CU_FAIL("the schema says what the validator does not");
        printf("\n%s %s %s", file, finding->pointer, finding->message);
    }
}

static void check_file(const char *folder, const char *name)
{
    char path[512];
    size_t length;
    struct findings validator, editor;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    char *text = support_file(path, &length);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    json_t *saga = json_loadb(text, length, JSON_DECODE_ANY, NULL);
    findings_init(&validator);
    findings_init(&editor);
    definition_free(definition_parse(text, length, &validator));
    if (saga) {
        schema_check(schema, saga, "", &editor);
        compare(name, &validator, &editor);
    }
    findings_done(&validator);
    findings_done(&editor);
    json_decref(saga);
    mem_free(text);
}

static int check_folder(const char *folder, const char *ending)
{
    int count = 0;
    DIR *directory = opendir(folder);
    CU_ASSERT_PTR_NOT_NULL_FATAL(directory);
    for (struct dirent *entry; (entry = readdir(directory));) {
        size_t length = strlen(entry->d_name), end = strlen(ending);
        if (length <= end || strcmp(entry->d_name + length - end, ending) != 0)
            continue;
        check_file(folder, entry->d_name);
        count++;
    }
    closedir(directory);
    return count;
}

static void right_sagas(void)
{
    CU_ASSERT_TRUE(check_folder(CORPUS "right", ".json") >= 10);
}

static void wrong_sagas(void)
{
    CU_ASSERT_TRUE(check_folder(CORPUS "wrong", ".json") >= 40);
}

static void the_example_sagas(void)
{
    char path[512];
    int count = 0;
    DIR *directory = opendir("sagas");
    CU_ASSERT_PTR_NOT_NULL_FATAL(directory);
    for (struct dirent *entry; (entry = readdir(directory));) {
        snprintf(path, sizeof path, "sagas/%s", entry->d_name);
        if (!strchr(entry->d_name, '.'))
            count += check_folder(path, ".saga.json");
    }
    closedir(directory);
    CU_ASSERT_TRUE(count >= 4);
}

void schema_editor_test_suite(void);
void schema_editor_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("sagas/saga-1.schema.json", NULL, unload);
    CU_add_test(suite, "it is a schema", it_is_a_schema);
    CU_add_test(suite, "the same keys with the same meanings", the_same_keys);
    CU_add_test(suite, "right sagas", right_sagas);
    CU_add_test(suite, "wrong sagas, where a schema can tell", wrong_sagas);
    CU_add_test(suite, "the example sagas", the_example_sagas);
}
