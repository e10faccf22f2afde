/* cli/options, cli/commands, help and completion: one pair of tables, read three ways. */
#include "cli/cli.h"
#include "cli/options.h"

#include <CUnit/Basic.h>
#include <string.h>

enum { WORDS = 16 };

/* Parses "belay" and the words; returns the code. */
static int parse(struct options *options, struct error *error, const char *const *words)
{
    static char *argv[WORDS + 1];
    int argc = 1;
    argv[0] = (char *)(uintptr_t) "belay";
    for (; *words; words++)
        argv[argc++] = (char *)(uintptr_t)*words;
    *error = (struct error){0};
    return options_parse(options, argc, argv, error);
}

#define PARSE(options, error, ...) parse(options, error, (const char *const[]){__VA_ARGS__, NULL})

static void everywhere(void)
{
    struct options options;
    struct error error;
    CU_ASSERT_EQUAL(PARSE(&options, &error, "--url", "http://a", "list", "--saga=x", "-ojson", "--all"), 0);
    CU_ASSERT_EQUAL(options.command, COMMAND_LIST);
    CU_ASSERT_STRING_EQUAL(options_value(&options, OPTION_URL), "http://a");
    CU_ASSERT_STRING_EQUAL(options_value(&options, OPTION_SAGA), "x");
    CU_ASSERT_STRING_EQUAL(options_value(&options, OPTION_FORMAT), "json");
    CU_ASSERT_TRUE(options_has(&options, OPTION_ALL));
    CU_ASSERT_FALSE(options_has(&options, OPTION_TAG));
    CU_ASSERT_EQUAL(options.arguments_count, 0);
    options_done(&options);
}

static void values(void)
{
    struct options options;
    struct error error;
    CU_ASSERT_EQUAL(
        PARSE(&options, &error, "start", "--tag", "a", "order", "--tag=", "--input", "-", "-o", "jsonl"), 0);
    CU_ASSERT_EQUAL(options.given_count, 4);
    CU_ASSERT_STRING_EQUAL(options.arguments[0], "order");
    CU_ASSERT_STRING_EQUAL(options_value(&options, OPTION_TAG), "");
    CU_ASSERT_STRING_EQUAL(options.given[0].value, "a");
    CU_ASSERT_STRING_EQUAL(options_value(&options, OPTION_INPUT), "-");
    options_done(&options);
    CU_ASSERT_EQUAL(PARSE(&options, &error, "start", "--input", "--wait", "order"), 0); /* a value is a value */
    CU_ASSERT_STRING_EQUAL(options_value(&options, OPTION_INPUT), "--wait");
    options_done(&options);
}

static void literal(void)
{
    struct options options;
    struct error error;
    CU_ASSERT_EQUAL(PARSE(&options, &error, "show", "--", "--help"), 0);
    CU_ASSERT_EQUAL(options.command, COMMAND_SHOW);
    CU_ASSERT_STRING_EQUAL(options.arguments[0], "--help");
    options_done(&options);
}

static void refused(const char *expected, const char *const *words)
{
    struct options options;
    struct error error;
    CU_ASSERT_EQUAL(parse(&options, &error, words), ERROR_USAGE);
    if (!strstr(error.text, expected))
        printf("\n  expected: %s\n  found:    %s\n", expected, error.text);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, expected));
    options_done(&options);
}

#define REFUSED(expected, ...) refused(expected, (const char *const[]){__VA_ARGS__, NULL})

static void slips(void)
{
    REFUSED("no command \"strat\"; did you mean \"start\"?", "strat", "order");
    REFUSED("no command \"xyzzyx\"", "xyzzyx");
    REFUSED("belay list has no option --stauts; did you mean --status?", "list", "--stauts", "paused");
    REFUSED("belay list has no option --wait", "list", "--wait");
    REFUSED("belay list has no option --wait", "--wait", "list");
    REFUSED("--all takes no value", "list", "--all=yes");
    REFUSED("--limit needs a value", "list", "--limit");
    REFUSED("-o needs a value", "list", "-o");
    REFUSED("no option -x", "list", "-x");
    REFUSED("no option -hx", "list", "-hx");
    REFUSED("something is missing: belay show ID", "show");
    REFUSED("\"two\" is one argument too many", "show", "one", "two");
    REFUSED("has no option --help-me; did you mean", "list", "--help-me");
    REFUSED("has no option --", "list", "--=x");
}

static void long_words(void)
{
    char word[5000];
    memset(word, 'a', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    memcpy(word, "--", 2);
    REFUSED("has no option --aaaa", "list", word);
    REFUSED("there is no command", word + 2);
}

static void helps(void)
{
    struct options options;
    struct error error;
    CU_ASSERT_EQUAL(PARSE(&options, &error, "show", "--help"), 0); /* even without its argument */
    CU_ASSERT_EQUAL(options.command, COMMAND_HELP);
    CU_ASSERT_EQUAL(options.arguments_count, 1);
    CU_ASSERT_STRING_EQUAL(options.arguments[0], "show");
    options_done(&options);
    CU_ASSERT_EQUAL(PARSE(&options, &error, "-h"), 0);
    CU_ASSERT_EQUAL(options.command, COMMAND_HELP);
    CU_ASSERT_EQUAL(options.arguments_count, 0);
    options_done(&options);
    CU_ASSERT_EQUAL(PARSE(&options, &error, "--version"), 0);
    CU_ASSERT_TRUE(options.version);
    options_done(&options);
}

static void numbers(void)
{
    static const char *const wrong[] = {"", "x", "1x", " 1", "+1", "0", "11", "-1", "99999999999999999999", "1.0"};
    struct error error;
    long number = 7;
    unsigned long ms = 7;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CU_ASSERT_EQUAL(options_number("--n", wrong[i], 1, 10, &number, &error), ERROR_USAGE);
    CU_ASSERT_EQUAL(number, 7);
    CU_ASSERT_EQUAL(options_number("--n", "10", 1, 10, &number, &error), 0);
    CU_ASSERT_EQUAL(number, 10);
    CU_ASSERT_EQUAL(options_duration("--t", "90", &ms, &error), 0);
    CU_ASSERT_EQUAL(ms, 90000);
    CU_ASSERT_EQUAL(options_duration("--t", "1m30s", &ms, &error), 0);
    CU_ASSERT_EQUAL(ms, 90000);
    CU_ASSERT_EQUAL(options_duration("--t", "soon", &ms, &error), ERROR_USAGE);
    CU_ASSERT_EQUAL(options_duration("--t", "-5", &ms, &error), ERROR_USAGE);
}

/* Every option of every command parses, with a value exactly when the table says so. */
static void whole_table(void)
{
    for (int command = 0; command < COMMANDS_COUNT; command++) {
        for (int id = 0; id < OPTIONS_COUNT; id++) {
            struct options options;
            struct error error;
            char name[64];
            snprintf(name, sizeof name, "--%s", command_options[id].name);
            const char *words[8] = {commands[command].word};
            size_t count = 1;
            while (count <= commands[command].fewest)
                words[count++] = "a";
            words[count++] = name;
            words[count] = *command_options[id].value ? "v" : NULL;
            bool takes = command_options[id].commands >> command & 1;
            int code = parse(&options, &error, words);
            CU_ASSERT_EQUAL(code, takes ? 0 : ERROR_USAGE);
            options_done(&options);
        }
    }
}

static char *run(const char *const *words, int *status)
{
    static char *argv[WORDS + 1];
    int argc = 1;
    char *text = NULL, *trouble = NULL;
    size_t length, trouble_length;
    FILE *out = open_memstream(&text, &length), *err = open_memstream(&trouble, &trouble_length);
    argv[0] = (char *)(uintptr_t) "belay";
    for (; *words; words++)
        argv[argc++] = (char *)(uintptr_t)*words;
    *status = cli_run(argc, argv, out, err);
    fclose(out);
    fclose(err);
    free(trouble);
    return text;
}

static void help_is_whole(void)
{
    int status;
    char *text = run((const char *const[]){"help", NULL}, &status);
    CU_ASSERT_EQUAL(status, EXIT_DONE);
    for (int i = 0; i < COMMANDS_COUNT; i++)
        CU_ASSERT_PTR_NOT_NULL(strstr(text, commands[i].summary));
    free(text);
    for (int i = 0; i < COMMANDS_COUNT; i++) {
        text = run((const char *const[]){"help", commands[i].word, NULL}, &status);
        CU_ASSERT_EQUAL(status, EXIT_DONE);
        for (int id = 0; id < OPTIONS_COUNT; id++)
            CU_ASSERT_EQUAL(command_options[id].commands >> i & 1,
                            strstr(text, command_options[id].summary) != NULL);
        free(text);
    }
    text = run((const char *const[]){"help", "nothing", NULL}, &status);
    CU_ASSERT_EQUAL(status, EXIT_MISUSED);
    free(text);
}

static void completions_are_whole(void)
{
    static const char *const shells[] = {"bash", "zsh", "fish"};
    for (size_t s = 0; s < 3; s++) {
        int status;
        char *text = run((const char *const[]){"completion", shells[s], NULL}, &status);
        CU_ASSERT_EQUAL(status, EXIT_DONE);
        for (int i = 0; i < COMMANDS_COUNT; i++)
            CU_ASSERT_PTR_NOT_NULL(strstr(text, commands[i].word));
        for (int id = 0; id < OPTIONS_COUNT; id++)
            CU_ASSERT_PTR_NOT_NULL(strstr(text, command_options[id].name));
        free(text);
    }
    int status;
    free(run((const char *const[]){"completion", "tcsh", NULL}, &status));
    CU_ASSERT_EQUAL(status, EXIT_MISUSED);
}

void cli_options_test_suite(void);
void cli_options_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("cli/options", NULL, NULL);
    CU_add_test(suite, "options stand before and behind the command", everywhere);
    CU_add_test(suite, "values: repeated, empty, inlined, looking like options", values);
    CU_add_test(suite, "behind -- nothing is an option", literal);
    CU_add_test(suite, "slips are named, with what was meant", slips);
    CU_add_test(suite, "endless words are words", long_words);
    CU_add_test(suite, "help and version", helps);
    CU_add_test(suite, "numbers and time spans", numbers);
    CU_add_test(suite, "every command takes its options and no others", whole_table);
    CU_add_test(suite, "help tells all that the tables hold, and no more", help_is_whole);
    CU_add_test(suite, "completion knows all that the tables hold", completions_are_whole);
}
