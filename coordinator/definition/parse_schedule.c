/* "schedule": when a saga starts by itself. */
#include "base/limits.h"
#include "base/mem.h"
#include "definition/duration.h"
#include "definition/keys.h"
#include "definition/parse.h"
#include "definition/schedule.h"
#include "definition/schema.h"
#include "definition/value.h"

#include <ctype.h>
#include <string.h>

static void parse_when(struct parse *parse, const char *text, struct schedule *schedule);
static void parse_every(struct parse *parse, const char *text, struct schedule *schedule);
static void parse_cron(struct parse *parse, const char *text, struct schedule *schedule);
static void parse_object(struct parse *parse, const json_t *object, struct schedule *schedule);
static void parse_zone(struct parse *parse, const json_t *object, struct schedule *schedule);
static void parse_input(struct parse *parse, const json_t *object, struct schedule *schedule);

void parse_schedule(struct parse *parse, const json_t *root)
{
    const json_t *value = json_object_get(root, "schedule");
    if (!json_is_string(value) && !json_is_object(value))
        return;
    struct schedule *schedule = parse->draft->schedule = mem_new(sizeof *schedule);
    size_t mark = parse_enter(parse, "schedule");
    if (json_is_string(value))
        parse_when(parse, json_string_value(value), schedule);
    else
        parse_object(parse, value, schedule);
    parse_input(parse, json_is_object(value) ? value : NULL, schedule);
    parse_leave(parse, mark);
}

/* "every 15m", or the five fields. */
static void parse_when(struct parse *parse, const char *text, struct schedule *schedule)
{
    static const char every[] = "every ";
    if (strncmp(text, every, sizeof every - 1) == 0)
        parse_every(parse, text + sizeof every - 1, schedule);
    else
        parse_cron(parse, text, schedule);
}

static void parse_every(struct parse *parse, const char *text, struct schedule *schedule)
{
    uint64_t ms;
    if (!duration_parse(text, strlen(text), &ms))
        parse_complain(parse, RULE_DURATION, "write 30s, 15m, 2h or 1d",
                       "how often it starts is a duration, found \"%.40s\"", text);
    else if (ms < LIMIT_SCHEDULE_LEAST_MS)
        parse_complain(parse, RULE_RANGE, NULL, "it starts once a second at the most, found \"%.40s\"", text);
    else
        schedule->every_ms = ms;
}

static void parse_cron(struct parse *parse, const char *text, struct schedule *schedule)
{
    char why[CRON_WHY];
    if (!cron_parse(text, &schedule->cron, why))
        parse_complain(parse, RULE_SCHEDULE, "\"30 3 * * mon-fri\", or \"every 15m\"",
                       "\"%.60s\" is no schedule: %s", text, why);
}

static void parse_object(struct parse *parse, const json_t *object, struct schedule *schedule)
{
    static const char *const overlaps[] = {
        [OVERLAP_ALLOW] = "allow", [OVERLAP_SKIP] = "skip", [OVERLAP_QUEUE] = "queue"};
    static const char *const misses[] = {[MISSED_ONCE] = "once", [MISSED_SKIP] = "skip", [MISSED_ALL] = "all"};
    size_t overlap = OVERLAP_ALLOW, missed = MISSED_ONCE;
    keys_check(parse, object, &keys_schedule, ON_ANY);
    const json_t *cron = keys_get(object, "cron", TYPE_STRING), *every = keys_get(object, "every", TYPE_STRING);
    if (!json_object_get(object, "cron") == !json_object_get(object, "every"))
        parse_complain(parse, RULE_SCHEDULE, NULL, "a schedule has either \"cron\" or \"every\"");
    size_t mark = parse_enter(parse, cron ? "cron" : "every");
    if (cron)
        parse_cron(parse, json_string_value(cron), schedule);
    else if (every)
        parse_every(parse, json_string_value(every), schedule);
    parse_leave(parse, mark);
    parse_word(parse, object, "overlap", overlaps, 3, &overlap);
    parse_word(parse, object, "missed", misses, 3, &missed);
    schedule->overlap = (enum overlap)overlap;
    schedule->missed = (enum missed)missed;
    parse_zone(parse, object, schedule);
}

/* Whether there is such a zone only the coordinator's machine knows. */
static void parse_zone(struct parse *parse, const json_t *object, struct schedule *schedule)
{
    const json_t *zone = keys_get(object, "timeZone", TYPE_STRING);
    const char *text = zone ? json_string_value(zone) : "";
    bool name =
        *text && strlen(text) <= LIMIT_NAME_BYTES && isalpha((unsigned char)text[0]) && !strstr(text, "..");
    for (const char *at = text; *at; at++)
        name &= isalnum((unsigned char)*at) || strchr("/_+-", *at) != NULL;
    if (zone && !name)
        parse_complain_at(parse, "timeZone", RULE_SCHEDULE, NULL,
                          "a time zone has a name like \"Europe/Berlin\", found \"%.40s\"", text);
    else if (zone && schedule->every_ms)
        parse_complain_at(parse, "timeZone", RULE_MISPLACED, "take it away",
                          "\"every\" counts real time, which is the same everywhere");
    else if (zone)
        schedule->zone = mem_string(text);
}

/* A run that its own schema refuses would be refused every time. */
static void parse_input(struct parse *parse, const json_t *object, struct schedule *schedule)
{
    json_t *input = json_object_get(object, "input"), *none = input ? NULL : json_object();
    size_t mark = input ? parse_enter(parse, "input") : parse->path.length;
    if (input)
        schedule->input = value_json_text(input, LIMIT_BODY_BYTES, &schedule->input_length);
    if (input && !schedule->input)
        parse_complain(parse, RULE_RANGE, NULL, "an input has at most %d bytes", LIMIT_BODY_BYTES);
    if (parse->draft->compiled)
        schema_check(parse->draft->compiled, input ? input : none, buf_text(&parse->path), parse->findings);
    parse_leave(parse, mark);
    json_decref(none);
}
