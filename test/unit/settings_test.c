/* config/settings: the command line, the environment and the file, and which of them wins. */
#include "config/settings.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *const (*environment)[2];

static char *fake_getenv(const char *name)
{
    for (size_t i = 0; environment && environment[i][0]; i++)
        if (strcmp(environment[i][0], name) == 0)
            return (char *)(void *)(size_t)environment[i][1];
    return NULL;
}

static char file_path[64];

static const char *write_file(const char *text)
{
    snprintf(file_path, sizeof file_path, "/tmp/belay-settings-%d.json", (int)getpid());
    FILE *file = fopen(file_path, "w");
    fputs(text, file);
    fclose(file);
    return file_path;
}

static int parse(struct settings *settings, struct error *error, const char *const *arguments)
{
    char *argv[16] = {(char[]){"belayd"}};
    int argc = 1;
    for (; arguments[argc - 1]; argc++)
        argv[argc] = (char *)(void *)(size_t)arguments[argc - 1];
    error->text[0] = '\0';
    return settings_parse(settings, argc, argv, fake_getenv, error);
}

#define PARSE(settings, error, ...) parse(settings, error, (const char *const[]){__VA_ARGS__, NULL})

static void defaults(void)
{
    struct settings settings;
    struct error error;
    environment = NULL;
    CU_ASSERT_EQUAL(PARSE(&settings, &error, "--data", "/d"), 0);
    CU_ASSERT_EQUAL(settings.wish, SETTINGS_RUN);
    CU_ASSERT_STRING_EQUAL(settings_text(&settings, SETTING_DATA), "/d");
    CU_ASSERT_STRING_EQUAL(settings_text(&settings, SETTING_LISTEN), "127.0.0.1:7070");
    CU_ASSERT_PTR_NULL(settings_text(&settings, SETTING_PARTICIPANTS));
    CU_ASSERT_EQUAL(settings_number(&settings, SETTING_LOG_LEVEL), TRACE_INFO);
    CU_ASSERT_EQUAL(settings_number(&settings, SETTING_DRAIN), 10);
    CU_ASSERT_EQUAL(settings_number(&settings, SETTING_INBOX_MAX), LIMIT_INBOX);
    CU_ASSERT_EQUAL(settings_number(&settings, SETTING_BATCH_MAX), LIMIT_BATCH);
    CU_ASSERT_EQUAL(settings_number(&settings, SETTING_OPEN_MAX), LIMIT_OPEN);
    CU_ASSERT_EQUAL(settings_number(&settings, SETTING_CALLS_MAX), LIMIT_CALLS);
    CU_ASSERT_EQUAL(settings_number(&settings, SETTING_CALLS_PARTICIPANT_MAX), LIMIT_CALLS_PARTICIPANT);
    CU_ASSERT_EQUAL(settings_number(&settings, SETTING_CALLS_PER_SECOND), 0);
    settings_done(&settings);
}

static void flag_over_environment_over_file(void)
{
    static const char *const some[][2] = {{"BELAY_LISTEN", "127.0.0.1:2"},
                                          {"BELAY_DRAIN", "2"},
                                          {"BELAY_LOG_LEVEL", ""}, /* empty is not given */
                                          {NULL, NULL}};
    struct settings settings;
    struct error error;
    environment = some;
    const char *file =
        write_file("{\"listen\":\"127.0.0.1:1\",\"drain\":1,\"data\":\"/file\",\"log-level\":\"warn\","
                   "\"calls-max\":7,\"open-max\":\"8\"}");
    CU_ASSERT_EQUAL(PARSE(&settings, &error, "--listen=127.0.0.1:3", "--config", file), 0);
    CU_ASSERT_STRING_EQUAL(settings_text(&settings, SETTING_LISTEN), "127.0.0.1:3");
    CU_ASSERT_EQUAL(settings_number(&settings, SETTING_DRAIN), 2);
    CU_ASSERT_STRING_EQUAL(settings_text(&settings, SETTING_DATA), "/file");
    CU_ASSERT_EQUAL(settings_number(&settings, SETTING_LOG_LEVEL), TRACE_WARN);
    CU_ASSERT_EQUAL(settings_number(&settings, SETTING_CALLS_MAX), 7);
    CU_ASSERT_EQUAL(settings_number(&settings, SETTING_OPEN_MAX), 8);
    settings_done(&settings);
    static const char *const named[][2] = {{"BELAY_CONFIG", file_path}, {"BELAY_DATA", "/env"}, {NULL, NULL}};
    environment = named;
    CU_ASSERT_EQUAL(PARSE(&settings, &error, "--drain", "0", "--drain", "5"), 0); /* the last one counts */
    CU_ASSERT_EQUAL(settings_number(&settings, SETTING_DRAIN), 5);
    CU_ASSERT_STRING_EQUAL(settings_text(&settings, SETTING_DATA), "/env");
    CU_ASSERT_EQUAL(settings_number(&settings, SETTING_CALLS_MAX), 7);
    settings_done(&settings);
    unlink(file_path);
}

/* From wherever it comes, it is one that paths can be put behind. */
static void public_url(void)
{
    static const char *const wrong[] = {"belay.example", "ftp://x",    "http://",    "http://x/?a",  "http://x/#a",
                                        "http://u:p@x",  "http://x:0", "http://x y", "http://x/../y"};
    static const char *const some[][2] = {{"BELAY_PUBLIC_URL", "https://belay.example/c/"}, {NULL, NULL}};
    static const char *const bad[][2] = {{"BELAY_PUBLIC_URL", "belay"}, {NULL, NULL}};
    struct settings settings;
    struct error error;
    char large[1200] = "http://x/";
    environment = NULL;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        CU_ASSERT_EQUAL(PARSE(&settings, &error, "--data", "/d", "--public-url", wrong[i]), ERROR_USAGE);
        CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "--public-url: the URL "));
        settings_done(&settings);
    }
    memset(large + 9, 'a', 1024 - 9);
    CU_ASSERT_EQUAL(PARSE(&settings, &error, "--data", "/d", "--public-url", large), 0);
    settings_done(&settings);
    large[1024] = 'a';
    CU_ASSERT_EQUAL(PARSE(&settings, &error, "--data", "/d", "--public-url", large), ERROR_USAGE);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "at most 1024"));
    settings_done(&settings);
    environment = bad;
    CU_ASSERT_EQUAL(PARSE(&settings, &error, "--data", "/d"), ERROR_USAGE);
    settings_done(&settings);
    environment = some;
    CU_ASSERT_EQUAL(PARSE(&settings, &error, "--data", "/d"), 0);
    CU_ASSERT_STRING_EQUAL(settings_text(&settings, SETTING_PUBLIC_URL), "https://belay.example/c/");
    settings_done(&settings);
    environment = NULL;
}

static void wrong_command_lines(void)
{
    static const struct {
        const char *arguments[4];
        const char *why;
    } cases[] = {
        {{NULL}, "--data DIR is required"},
        {{"--dta", "x", NULL}, "did you mean --data?"},
        {{"--call-max", "1", NULL}, "did you mean --calls-max?"},
        {{"--frobnicate", NULL}, "--help lists them"},
        {{"--", NULL}, "no option"},
        {{"-x", NULL}, "expected an option"},
        {{"run", NULL}, "expected an option"},
        {{"", NULL}, "expected an option"},
        {{"--data", NULL}, "--data DIR"},
        {{"--data=", NULL}, "--data DIR"},
        {{"--drain", "x", NULL}, "--drain: expected a whole number from 0 to 3600"},
        {{"--drain", "-1", NULL}, "whole number"},
        {{"--drain", "3601", NULL}, "whole number"},
        {{"--drain", "1s", NULL}, "whole number"},
        {{"--calls-max", "0", NULL}, "whole number from 1"},
        {{"--inbox-max", "99999999999999999999", NULL}, "whole number"},
        {{"--log-level", "loud", NULL}, "debug, info, warn or error"},
    };
    environment = NULL;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct settings settings;
        struct error error;
        CU_ASSERT_EQUAL(parse(&settings, &error, cases[i].arguments), ERROR_USAGE);
        CU_ASSERT_PTR_NOT_NULL(strstr(error.text, cases[i].why));
        settings_done(&settings);
    }
}

static void wrong_environments(void)
{
    static const char *const wrong[][2] = {{"BELAY_DRAIN", "soon"}, {NULL, NULL}};
    struct settings settings;
    struct error error;
    environment = wrong;
    CU_ASSERT_EQUAL(PARSE(&settings, &error, "--data", "/d"), ERROR_USAGE);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "BELAY_DRAIN in the environment"));
    settings_done(&settings);
    environment = NULL;
}

static void wrong_files(void)
{
    static const struct {
        const char *text;
        const char *why;
    } cases[] = {
        {"", ":1:1: "},
        {"{", "not JSON"},
        {"[]", "expected a JSON object"},
        {"{\"data\":\"/d\",\n \"lisen\":\"x\"}", ":2:2: \"lisen\" is no member"},
        {"{\"lisen\":\"x\"}", "did you mean \"listen\"?"},
        {"{\"data\":\"/d\",\"data\":\"/e\"}", "twice"},
        {"{\"data\":[]}", "a text"},
        {"{\"drain\":1.5}", "\"drain\""},
        {"{\"drain\":99999}", "\"drain\": expected a whole number"},
        {"{\"drain\":-1}", "\"drain\": expected a whole number"},
        {"{\"log-level\":\"loud\"}", "debug, info, warn or error"},
        {"{\"config\":\"other.json\"}", "no member"},
        {"{\"x\":1,\"y\":2,\"z\":3}", "and 2 more"},
    };
    environment = NULL;
    struct settings settings;
    struct error error;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *file = write_file(cases[i].text);
        CU_ASSERT_EQUAL(PARSE(&settings, &error, "--data", "/d", "--config", file), ERROR_USAGE);
        CU_ASSERT_PTR_NOT_NULL(strstr(error.text, cases[i].why));
        CU_ASSERT_PTR_NOT_NULL(strstr(error.text, file));
        settings_done(&settings);
    }
    unlink(file_path);
    CU_ASSERT_EQUAL(PARSE(&settings, &error, "--data", "/d", "--config", "/nowhere/x.json"), ERROR_USAGE);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "/nowhere/x.json: No such file"));
    settings_done(&settings);
    CU_ASSERT_EQUAL(PARSE(&settings, &error, "--data", "/d", "--config", "/tmp"), ERROR_USAGE);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "read /tmp"));
    settings_done(&settings);
}

static void help_and_version_need_nothing(void)
{
    struct settings settings;
    struct error error;
    environment = NULL;
    CU_ASSERT_EQUAL(PARSE(&settings, &error, "--help"), 0);
    CU_ASSERT_EQUAL(settings.wish, SETTINGS_HELP);
    settings_done(&settings);
    CU_ASSERT_EQUAL(PARSE(&settings, &error, "-h", "--version"), 0);
    CU_ASSERT_EQUAL(settings.wish, SETTINGS_HELP);
    settings_done(&settings);
    CU_ASSERT_EQUAL(PARSE(&settings, &error, "--version"), 0);
    CU_ASSERT_EQUAL(settings.wish, SETTINGS_VERSION);
    settings_done(&settings);
}

/* Nothing of the table is missing in the help. */
static void help_is_complete(void)
{
    struct buf buf;
    char flag[64];
    buf_init(&buf, 1 << 16);
    settings_help(&buf);
    const char *help = buf_text(&buf);
    for (int i = 0; i < SETTINGS_COUNT; i++) {
        snprintf(flag, sizeof flag, "  --%s ", settings_name((enum setting)i));
        CU_ASSERT_PTR_NOT_NULL(strstr(help, flag));
    }
#define X(id, name, variable, type, text, number, most, value, meaning)                                           \
    CU_ASSERT_PTR_NOT_NULL(strstr(help, "environment " variable));
    SETTINGS(X)
#undef X
#define X(name, status, meaning)                                                                                  \
    snprintf(flag, sizeof flag, "\n  %d  ", status);                                                              \
    CU_ASSERT_PTR_NOT_NULL(strstr(help, flag));
    EXITS(X)
#undef X
    buf_done(&buf);
}

void settings_test_suite(void);
void settings_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("config/settings", NULL, NULL);
    CU_add_test(suite, "the public URL", public_url);
    CU_add_test(suite, "defaults are those of limits.h", defaults);
    CU_add_test(suite, "flag over environment over file over default", flag_over_environment_over_file);
    CU_add_test(suite, "wrong command lines", wrong_command_lines);
    CU_add_test(suite, "wrong environments", wrong_environments);
    CU_add_test(suite, "wrong files name the place", wrong_files);
    CU_add_test(suite, "help and version need nothing else", help_and_version_need_nothing);
    CU_add_test(suite, "help is complete", help_is_complete);
}
