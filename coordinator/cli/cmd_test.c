/* `belay test`: the cases of a saga, each played in memory. */
#include "base/mem.h"
#include "base/time.h"
#include "cli/apply.h"
#include "cli/cases.h"
#include "cli/cli.h"
#include "cli/files.h"
#include "cli/input.h"
#include "cli/rehearse.h"
#include "cli/text.h"
#include "cli/times.h"

#include <string.h>

enum { TEST_SAGAS = 64 }; /* that one file of cases may bring along */

struct test {
    struct cli *cli;
    const char *path; /* of the cases */
    json_t *file;
    struct saga sagas[TEST_SAGAS + 1];
    size_t sagas_count;
    size_t failed;
    json_t *rows;
};

static char *test_path(const struct cli *cli);
static bool test_open(struct test *test);
static bool test_add_sagas(struct test *test);
static void test_run(struct test *test, size_t index);
static int test_rehearse(const struct test *test, const json_t *one, json_t **record, struct error *error);
static void test_tell(const struct test *test, const json_t *row);
static void test_tell_failure(const struct test *test, const json_t *failure);

int cmd_test(struct cli *cli)
{
    char *path = test_path(cli);
    struct test test = {.cli = cli, .path = path, .rows = json_array()};
    bool open = test_open(&test);
    uint64_t begun_ms = times_monotonic_ms();
    size_t count = json_array_size(json_object_get(test.file, "cases"));
    for (size_t i = 0; open && i < count; i++)
        test_run(&test, i);
    if (open && cli->output.format == FORMAT_JSON)
        output_put_json(&cli->output, &cli->buf, test.rows);
    if (open && !output_json_wanted(&cli->output)) {
        char took[TIMES_TEXT];
        times_print_span(times_monotonic_ms() - begun_ms, took);
        buf_printf(&cli->buf, "%zu case%s, ", count, count == 1 ? "" : "s");
        buf_printf(&cli->buf, test.failed ? "%zu failed" : "all as expected", test.failed);
        buf_printf(&cli->buf, ", in %s\n", took);
    }
    for (size_t i = 0; i < test.sagas_count; i++)
        saga_done(&test.sagas[i]);
    json_decref(test.file);
    json_decref(test.rows);
    mem_free(path);
    return open && !test.failed ? EXIT_DONE : EXIT_FAILED;
}

/* The second argument, or NAME.test.json beside NAME.saga.json. */
static char *test_path(const struct cli *cli)
{
    const char *file = cli->options.arguments[0];
    size_t length = strlen(file);
    if (cli->options.arguments_count == 2)
        return mem_string(cli->options.arguments[1]);
    if (files_suffix(file, APPLY_SAGA))
        length -= sizeof APPLY_SAGA - 1;
    struct buf path;
    buf_init(&path, OUTPUT_BYTES);
    buf_put(&path, file, length);
    buf_puts(&path, CASES_SUFFIX);
    return buf_take(&path, NULL);
}

static bool test_open(struct test *test)
{
    struct error error;
    if (!saga_read(test->cli, test->cli->options.arguments[0], &test->sagas[0]))
        return false;
    test->sagas_count = 1;
    test->file = input_read_file(test->path, &error);
    if (!test->file) {
        cli_complain(test->cli, error.text, "sagas/TESTING.md explains what stands in it");
        return false;
    }
    if (!test_add_sagas(test) || !saga_complete(test->cli, test->sagas, test->sagas_count,
                                                "\"sagas\" in the file of cases names it: \"sagas\": "
                                                "[\"flight.saga.json\"]"))
        return false;
    if (cases_check(test->file, test->sagas, test->sagas_count, &error)) {
        error_wrap(&error, "%s", test->path);
        cli_complain(test->cli, error.text, "sagas/TESTING.md explains the format");
        return false;
    }
    return true;
}

/* "sagas": files of child sagas, from the folder of the cases. */
static bool test_add_sagas(struct test *test)
{
    const json_t *list = json_object_get(test->file, "sagas");
    const char *slash = strrchr(test->path, '/');
    char *folder = slash ? mem_copy(test->path, (size_t)(slash - test->path)) : mem_string(".");
    bool done = true;
    for (size_t i = 0; done && i < json_array_size(list) && i < TEST_SAGAS; i++) {
        const char *name = json_string_value(json_array_get(list, i));
        char *path = files_join(folder, name ? name : "");
        done = saga_read(test->cli, path, &test->sagas[test->sagas_count]);
        test->sagas_count += done;
        mem_free(path);
    }
    mem_free(folder);
    return done;
}

static void test_run(struct test *test, size_t index)
{
    static const char *const told[] = {"status", "cause", "step", "output", "stopped", "took_ms", "warnings"};
    const json_t *one = json_array_get(json_object_get(test->file, "cases"), index);
    json_t *record = NULL, *row = json_object(), *failures = NULL, *lines = json_array();
    char pointer[64];
    struct error error;
    snprintf(pointer, sizeof pointer, "/cases/%zu", index);
    if (test_rehearse(test, one, &record, &error) == 0) {
        failures = cases_expect(one, pointer, record);
    } else {
        failures = json_array();
        json_array_append_new(failures, json_pack("{s:s, s:s}", "pointer", pointer, "message", error.text));
    }
    const json_t *facts = json_object_get(record, "facts");
    for (size_t i = 0; i < json_array_size(facts); i++)
        json_array_append(lines, json_object_get(json_array_get(facts, i), "line"));
    json_object_set(row, "case", json_object_get(one, "name"));
    json_object_set_new(row, "passed", json_boolean(json_array_size(failures) == 0));
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        if (json_object_get(record, told[i]))
            json_object_set(row, told[i], json_object_get(record, told[i]));
    json_object_set_new(row, "failures", failures);
    json_object_set_new(row, "history", lines);
    test->failed += json_array_size(failures) > 0;
    if (test->cli->output.format == FORMAT_JSONL)
        output_put_json(&test->cli->output, &test->cli->buf, row);
    else if (!output_json_wanted(&test->cli->output))
        test_tell(test, row);
    json_array_append_new(test->rows, row);
    json_decref(record);
}

static int test_rehearse(const struct test *test, const json_t *one, json_t **record, struct error *error)
{
    const char *sagas[TEST_SAGAS + 1];
    const char *id = json_string_value(json_object_get(one, "id"));
    const char *now = json_string_value(json_object_get(one, "now"));
    uint64_t begin_ms = CASES_NOW_MS;
    struct cases_script script = {test->file, one};
    json_t *input = cases_input(test->file, one), *acts = cases_acts(one);
    for (size_t i = 0; i < test->sagas_count; i++)
        sagas[i] = test->sagas[i].definition->text;
    if (now)
        time_parse(now, &begin_ms);
    struct rehearse rehearse = {.sagas = sagas,
                                .sagas_count = test->sagas_count,
                                .input = input,
                                .id = id ? id : "test",
                                .begin_ms = begin_ms,
                                .acts = acts,
                                .answer = cases_script_answer,
                                .context = &script};
    int code = rehearse_run(&rehearse, record, error);
    json_decref(input);
    json_decref(acts);
    return code;
}

/* A case that went wrong tells its whole story. */
static void test_tell(const struct test *test, const json_t *row)
{
    const struct output *output = &test->cli->output;
    struct buf *buf = &test->cli->buf;
    bool passed = json_is_true(json_object_get(row, "passed"));
    const json_t *failures = json_object_get(row, "failures"), *lines = json_object_get(row, "history");
    const json_t *warnings = json_object_get(row, "warnings");
    output_paint(output, buf, passed ? PAINT_GOOD : PAINT_ALARM, passed ? "ok  " : "FAIL");
    buf_puts(buf, "  ");
    text_put(buf, output_member(row, "case"));
    buf_putc(buf, '\n');
    for (size_t i = 0; i < json_array_size(failures); i++)
        test_tell_failure(test, json_array_get(failures, i));
    if (!passed)
        buf_puts(buf, "      what happened:\n");
    for (size_t i = 0; !passed && i < json_array_size(lines); i++) {
        buf_puts(buf, "        ");
        text_put(buf, json_string_value(json_array_get(lines, i)));
        buf_putc(buf, '\n');
    }
    for (size_t i = 0; !passed && i < json_array_size(warnings); i++) {
        buf_puts(buf, "      the engine warns: ");
        text_put(buf, json_string_value(json_array_get(warnings, i)));
        buf_putc(buf, '\n');
    }
    cli_flush(test->cli);
}

static void test_tell_failure(const struct test *test, const json_t *failure)
{
    struct buf *buf = &test->cli->buf;
    const json_t *diff = json_object_get(failure, "diff");
    buf_puts(buf, "      ");
    text_put(buf, output_member(failure, "pointer"));
    buf_puts(buf, ": ");
    text_put(buf, output_member(failure, "message"));
    buf_puts(buf, diff ? " (- expected, + happened)\n" : "\n");
    for (size_t i = 0; i < json_array_size(diff); i++) {
        const char *line = json_string_value(json_array_get(diff, i));
        buf_puts(buf, "        ");
        output_paint(&test->cli->output, buf,
                     *line == '-'   ? PAINT_BAD
                     : *line == '+' ? PAINT_GOOD
                                    : PAINT_NONE,
                     line);
        buf_putc(buf, '\n');
    }
}
