/* What a case expects, held against what happened. */
#include "base/mem.h"
#include "cli/cases.h"
#include "cli/compare.h"
#include "definition/duration.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct judge {
    const json_t *expect;
    const json_t *record;
    const char *pointer; /* of the case */
    json_t *failures;
};

static void judge_words(struct judge *judge);
static bool in_findings(const json_t *record, const char *text);
static void judge_list(struct judge *judge, const char *key, const char *member, const json_t *happened);
static void judge_lock(struct judge *judge);
static void judge_value(struct judge *judge, const char *place, const json_t *expected, const json_t *happened);
static void judge_calls(struct judge *judge);
static void judge_bodies(struct judge *judge);
static void judge_request(struct judge *judge, const char *name, const json_t *expected);
static void judge_attempts(struct judge *judge);
static void judge_skipped(struct judge *judge);
static void judge_time(struct judge *judge);
static void judge_acts(struct judge *judge, const json_t *acts);
static json_t *names_called(const json_t *record, const json_t *expected);
static size_t take_group(const json_t *group, json_t *called, size_t at);
static const json_t *find_call(const json_t *record, const char *name);
static json_t *fail(struct judge *judge, const char *place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static json_t *diff_lines(const json_t *expected, const json_t *happened);
static void put_short(struct buf *buf, const json_t *value);

json_t *cases_expect(const json_t *one, const char *pointer, const json_t *record)
{
    struct judge judge = {json_object_get(one, "expect"), record, pointer, json_array()};
    judge_words(&judge);
    judge_calls(&judge);
    judge_list(&judge, "history", "line", json_object_get(record, "facts"));
    judge_list(&judge, "events", "event", json_object_get(record, "events"));
    judge_lock(&judge);
    if (json_object_get(judge.expect, "output"))
        judge_value(&judge, "/expect/output", json_object_get(judge.expect, "output"),
                    json_object_get(record, "output"));
    judge_bodies(&judge);
    judge_attempts(&judge);
    judge_skipped(&judge);
    judge_time(&judge);
    judge_acts(&judge, json_object_get(one, "meanwhile"));
    return judge.failures;
}

int cases_expect_check(const json_t *expect, struct error *error)
{
    static const char *const keys[] = {"status",   "cause",    "step",    "error",  "calls",   "output", "bodies",
                                       "requests", "attempts", "skipped", "within", "history", "lock",   "events"};
    static const char *const lists[] = {"calls", "skipped", "history", "events"}, *const maps[] = {"bodies",
                                                                                                   "requests",
                                                                                                   "attempts"};
    const json_t *within = json_object_get(expect, "within");
    uint64_t ms;
    int code = expect ? CASES_KEYS(expect, keys, error) : 0;
    if (!code && !json_object_size(expect))
        code =
            error_set(error, ERROR_INVALID, "a case that expects nothing tests nothing: say at least \"status\"");
    for (size_t i = 0; !code && i < sizeof lists / sizeof *lists; i++)
        if (json_object_get(expect, lists[i]) && !json_is_array(json_object_get(expect, lists[i])))
            code = error_set(error, ERROR_INVALID, "\"%s\" is a list", lists[i]);
    for (size_t i = 0; !code && i < sizeof maps / sizeof *maps; i++)
        if (json_object_get(expect, maps[i]) && !json_is_object(json_object_get(expect, maps[i])))
            code = error_set(error, ERROR_INVALID, "\"%s\" is an object: from the name of a call", maps[i]);
    if (!code && within &&
        (!json_is_string(within) || !duration_parse(json_string_value(within), json_string_length(within), &ms)))
        code = error_set(error, ERROR_INVALID, "\"within\" is a time span such as 30s");
    return code;
}

static void judge_words(struct judge *judge)
{
    static const struct {
        const char *key, *member;
    } words[] = {{"status", "status"}, {"cause", "cause"}, {"step", "step"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        char place[64];
        const json_t *expected = json_object_get(judge->expect, words[i].key);
        snprintf(place, sizeof place, "/expect/%s", words[i].key);
        if (expected)
            judge_value(judge, place, expected, json_object_get(judge->record, words[i].member));
    }
    const char *expected = json_string_value(json_object_get(judge->expect, "error"));
    const char *refused = json_string_value(json_object_get(judge->record, "refused"));
    if (expected && !refused)
        fail(judge, "/expect/error", "expected that it does not start: %s; it did", expected);
    else if (expected && !strstr(refused, expected) && !in_findings(judge->record, expected))
        fail(judge, "/expect/error", "expected \"%s\" in \"%s\"", expected, refused);
    else if (refused && !expected)
        fail(judge, "", "it does not start: %s", refused);
}

static bool in_findings(const json_t *record, const char *text)
{
    const json_t *findings = json_object_get(record, "findings");
    bool found = false;
    for (size_t i = 0; i < json_array_size(findings); i++)
        found |= strstr(json_string_value(json_array_get(findings, i)), text) != NULL;
    return found;
}

/* Lines that must be the same, one for one. */
static void judge_list(struct judge *judge, const char *key, const char *member, const json_t *happened)
{
    const json_t *expected = json_object_get(judge->expect, key);
    if (!expected)
        return;
    json_t *lines = json_array();
    for (size_t i = 0; i < json_array_size(happened); i++)
        json_array_append(lines, json_object_get(json_array_get(happened, i), member));
    if (!json_equal(expected, lines)) {
        char place[64];
        snprintf(place, sizeof place, "/expect/%s", key);
        json_object_set_new(fail(judge, place, "something else happened"), "diff", diff_lines(expected, lines));
    }
    json_decref(lines);
}

/* A lock of null is none. */
static void judge_lock(struct judge *judge)
{
    const json_t *expected = json_object_get(judge->expect, "lock"), *key = json_object_get(judge->record, "lock");
    if (expected && !(json_is_null(expected) && !key))
        judge_value(judge, "/expect/lock", expected, key);
}

static void judge_value(struct judge *judge, const char *place, const json_t *expected, const json_t *happened)
{
    if (!happened) {
        fail(judge, place, "expected a value, there is none");
        return;
    }
    json_t *changes = compare_values(expected, happened);
    for (size_t i = 0; i < json_array_size(changes); i++) {
        const json_t *change = json_array_get(changes, i);
        struct buf at, message;
        const json_t *from = json_object_get(change, "from"), *to = json_object_get(change, "to");
        buf_init(&at, OUTPUT_BYTES);
        buf_init(&message, OUTPUT_BYTES);
        buf_printf(&at, "%s%s", place, output_member(change, "pointer"));
        if (!from && !to) {
            buf_puts(&message, "stands elsewhere in the list");
        } else {
            buf_puts(&message, from ? "expected " : "expected nothing");
            put_short(&message, from);
            buf_puts(&message, to ? ", found " : ", found nothing");
            put_short(&message, to);
        }
        fail(judge, buf_text(&at), "%s", buf_text(&message));
        buf_done(&at);
        buf_done(&message);
    }
    json_decref(changes);
}

static void judge_calls(struct judge *judge)
{
    const json_t *expected = json_object_get(judge->expect, "calls");
    if (!expected)
        return;
    json_t *flat = json_array(), *called = names_called(judge->record, expected);
    for (size_t i = 0; i < json_array_size(expected); i++) {
        json_t *item = json_array_get(expected, i);
        if (json_is_array(item))
            json_array_extend(flat, item);
        else
            json_array_append(flat, item);
    }
    if (!json_equal(flat, called))
        json_object_set_new(fail(judge, "/expect/calls", "other calls were made, or in another order"), "diff",
                            diff_lines(flat, called));
    json_decref(flat);
    json_decref(called);
}

static void judge_bodies(struct judge *judge)
{
    const char *name;
    json_t *expected;
    json_object_foreach(json_object_get(judge->expect, "bodies"), name, expected)
    {
        const json_t *call = find_call(judge->record, name), *body = json_object_get(call, "body");
        char place[160];
        snprintf(place, sizeof place, "/expect/bodies/%s", name);
        if (!call)
            fail(judge, place, "%s was never called", name);
        else if (!json_is_null(expected) || body)
            judge_value(judge, place, expected, body);
    }
    json_object_foreach(json_object_get(judge->expect, "requests"), name, expected)
        judge_request(judge, name, expected);
}

/* Only what the case mentions; of the headers too. A body of null is none. */
static void judge_request(struct judge *judge, const char *name, const json_t *expected)
{
    static const char *const members[] = {"method", "path", "body", "participant"};
    const json_t *call = find_call(judge->record, name);
    char place[160];
    const char *header;
    json_t *value;
    snprintf(place, sizeof place, "/expect/requests/%s", name);
    if (!call) {
        fail(judge, place, "%s was never called", name);
        return;
    }
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        const json_t *wanted = json_object_get(expected, members[i]), *found = json_object_get(call, members[i]);
        bool none = json_is_null(wanted) && !found;
        snprintf(place, sizeof place, "/expect/requests/%s/%s", name, members[i]);
        if (wanted && !none)
            judge_value(judge, place, wanted, found);
    }
    json_object_foreach(json_object_get(expected, "headers"), header, value)
    {
        snprintf(place, sizeof place, "/expect/requests/%s/headers/%s", name, header);
        judge_value(judge, place, value, json_object_get(json_object_get(call, "headers"), header));
    }
}

static void judge_attempts(struct judge *judge)
{
    const json_t *calls = json_object_get(judge->record, "calls");
    const char *name;
    json_t *expected;
    json_object_foreach(json_object_get(judge->expect, "attempts"), name, expected)
    {
        json_int_t attempts = 0;
        char place[160];
        for (size_t i = 0; i < json_array_size(calls); i++)
            if (strcmp(output_member(json_array_get(calls, i), "name"), name) == 0)
                attempts = json_integer_value(json_object_get(json_array_get(calls, i), "attempt"));
        snprintf(place, sizeof place, "/expect/attempts/%s", name);
        if (attempts != json_integer_value(expected))
            fail(judge, place, "expected %lld, it was tried %lld times", (long long)json_integer_value(expected),
                 (long long)attempts);
    }
}

static void judge_skipped(struct judge *judge)
{
    const json_t *names = json_object_get(judge->expect, "skipped"),
                 *facts = json_object_get(judge->record, "facts");
    for (size_t i = 0; i < json_array_size(names); i++) {
        const char *name = json_string_value(json_array_get(names, i));
        bool skipped = false;
        for (size_t k = 0; k < json_array_size(facts); k++) {
            const json_t *fact = json_array_get(facts, k);
            skipped |=
                strcmp(output_member(fact, "name"), name) == 0 && json_is_false(json_object_get(fact, "runs"));
        }
        if (!skipped)
            fail(judge, "/expect/skipped", "%s was not skipped", name);
    }
}

static void judge_time(struct judge *judge)
{
    const json_t *within = json_object_get(judge->expect, "within");
    uint64_t most_ms, took_ms = (uint64_t)json_integer_value(json_object_get(judge->record, "took_ms"));
    char took[64];
    if (!within || !duration_parse(json_string_value(within), json_string_length(within), &most_ms))
        return;
    duration_print(took_ms, took, sizeof took);
    if (took_ms > most_ms)
        fail(judge, "/expect/within", "expected at most %s, it took %s", json_string_value(within), took);
}

/* What is done meanwhile is done, unless the case says why it is refused. */
static void judge_acts(struct judge *judge, const json_t *acts)
{
    const json_t *done = json_object_get(judge->record, "acts");
    for (size_t i = 0; i < json_array_size(acts); i++) {
        const json_t *told = json_array_get(done, i);
        const char *expected = json_string_value(json_object_get(json_array_get(acts, i), "refused"));
        const char *refused = json_string_value(json_object_get(told, "refused"));
        char place[64];
        snprintf(place, sizeof place, "/meanwhile/%zu", i);
        if (!json_is_object(told))
            fail(judge, place, "the moment for it never came");
        else if (refused && (!expected || !strstr(refused, expected)))
            fail(judge, place, "it was refused: %s", refused);
        else if (expected && !refused)
            fail(judge, place, "expected that it is refused: %s; it was done", expected);
    }
}

/* First tries, in order. Where the case lets some come in any order, they stand as the case has them. */
static json_t *names_called(const json_t *record, const json_t *expected)
{
    const json_t *calls = json_object_get(record, "calls");
    json_t *called = json_array();
    size_t at = 0;
    for (size_t i = 0; i < json_array_size(calls); i++)
        if (json_integer_value(json_object_get(json_array_get(calls, i), "attempt")) == 1)
            json_array_append(called, json_object_get(json_array_get(calls, i), "name"));
    for (size_t i = 0; i < json_array_size(expected); i++) {
        const json_t *item = json_array_get(expected, i);
        at += json_is_array(item) ? take_group(item, called, at) : 1;
    }
    return called;
}

/* Sorts the next calls as the group has them, if they are the same ones. */
static size_t take_group(const json_t *group, json_t *called, size_t at)
{
    size_t count = json_array_size(group);
    for (size_t i = 0; i < count && at + i < json_array_size(called); i++)
        for (size_t k = at + i; k < at + count && k < json_array_size(called); k++)
            if (json_equal(json_array_get(called, k), json_array_get(group, i))) {
                json_t *here = json_incref(json_array_get(called, at + i));
                json_array_set(called, at + i, json_array_get(called, k));
                json_array_set_new(called, k, here);
                break;
            }
    return count;
}

static const json_t *find_call(const json_t *record, const char *name)
{
    const json_t *calls = json_object_get(record, "calls");
    for (size_t i = 0; i < json_array_size(calls); i++)
        if (strcmp(output_member(json_array_get(calls, i), "name"), name) == 0)
            return json_array_get(calls, i);
    return NULL;
}

static json_t *fail(struct judge *judge, const char *place, const char *format, ...)
{
    struct buf pointer;
    char message[1024];
    json_t *failure = json_object();
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    buf_init(&pointer, OUTPUT_BYTES);
    buf_printf(&pointer, "%s%s", judge->pointer, place);
    json_object_set_new(failure, "pointer", json_string(buf_text(&pointer)));
    json_t *text = json_string(message);
    json_object_set_new(failure, "message", text ? text : json_string("(cut within a character)"));
    json_array_append_new(judge->failures, failure);
    buf_done(&pointer);
    return failure;
}

/* "  same", "- expected and missing", "+ happened and not expected". */
static json_t *diff_lines(const json_t *expected, const json_t *happened)
{
    json_t *lines = json_array();
    size_t count = json_array_size(expected), told = 0;
    size_t *pair = mem_array(count, sizeof *pair);
    compare_align(expected, happened, pair);
    for (size_t i = 0; i < count; i++) {
        for (; pair[i] != SIZE_MAX && told < pair[i]; told++)
            json_array_append_new(lines, json_sprintf("+ %s", json_string_value(json_array_get(happened, told))));
        told += pair[i] != SIZE_MAX;
        json_array_append_new(lines, json_sprintf("%s %s", pair[i] == SIZE_MAX ? "-" : " ",
                                                  json_string_value(json_array_get(expected, i))));
    }
    for (; told < json_array_size(happened); told++)
        json_array_append_new(lines, json_sprintf("+ %s", json_string_value(json_array_get(happened, told))));
    mem_free(pair);
    return lines;
}

static void put_short(struct buf *buf, const json_t *value)
{
    if (value)
        output_put_json_line(buf, value);
}
