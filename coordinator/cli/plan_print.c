/* A plan for a person: move by move, and what others can see after each. */
#include "cli/plan.h"

#include "cli/text.h"

#include <string.h>

struct print {
    const struct output *output;
    struct buf *buf;
    bool headers;
    unsigned number; /* of the move */
    bool undoing;
    bool confirming;
    bool inside; /* in the line of what is skipped with a group */
};

static void put_title(const struct print *print, const json_t *plan);
static void put_schedule(const struct print *print, const json_t *schedule);
static void put_lock(const struct print *print, const json_t *lock);
static void put_event(const struct print *print, const json_t *move);
static void put_condition(struct print *print, const json_t *move);
static void end_inside(struct print *print);
static void put_child(const struct print *print, const json_t *move);
static void put_wait(const struct print *print, const json_t *move);
static void put_move(struct print *print, const json_t *move);
static void put_call(const struct print *print, const json_t *call, bool first);
static void put_outcome(const struct print *print, const json_t *call);
static void put_visible(const struct print *print, const json_t *move);
static void put_names(const struct print *print, const json_t *names);
static void put_end(const struct print *print, const json_t *plan);
static void put_line(const struct print *print, const char *indent, enum paint paint, const char *text);

void plan_print(const struct output *output, struct buf *buf, const json_t *plan, bool headers)
{
    struct print print = {.output = output, .buf = buf, .headers = headers};
    const json_t *moves = json_object_get(plan, "moves");
    put_title(&print, plan);
    for (size_t i = 0; i < json_array_size(moves); i++) {
        const json_t *move = json_array_get(moves, i);
        if (!json_object_get(move, "condition"))
            end_inside(&print);
        if (json_object_get(move, "publishes"))
            put_event(&print, move);
        else if (json_object_get(move, "condition"))
            put_condition(&print, move);
        else if (json_object_get(move, "starts"))
            put_child(&print, move);
        else if (json_object_get(move, "waits"))
            put_wait(&print, move);
        else
            put_move(&print, move);
    }
    end_inside(&print);
    put_end(&print, plan);
}

static void put_title(const struct print *print, const json_t *plan)
{
    const json_t *fails = json_object_get(plan, "fails"), *assumed = json_object_get(plan, "assumed");
    char version[32];
    bool unknown = strcmp(output_member(fails, "answer"), "unknown") == 0;
    snprintf(version, sizeof version, " v%lld, ", (long long)json_integer_value(json_object_get(plan, "version")));
    output_paint(print->output, print->buf, PAINT_BOLD, output_member(plan, "saga"));
    buf_puts(print->buf, version);
    if (fails) {
        text_put(print->buf, output_member(fails, "call"));
        buf_puts(print->buf, unknown ? " is never known to be done or not\n" : " is refused\n");
    } else {
        buf_puts(print->buf, "if every step is answered yes\n");
    }
    for (size_t i = 0; i < json_array_size(assumed); i++) {
        const json_t *row = json_array_get(assumed, i);
        buf_puts(print->buf, "assumed");
        if (json_object_get(row, "step")) {
            buf_puts(print->buf, ", at ");
            text_put(print->buf, output_member(row, "step"));
        }
        buf_puts(print->buf, ": ");
        text_put(print->buf, output_member(row, "expression"));
        buf_puts(print->buf, " is ");
        text_put(print->buf, output_member(row, "assumed"));
        buf_putc(print->buf, '\n');
    }
    put_schedule(print, json_object_get(plan, "schedule"));
    put_lock(print, json_object_get(plan, "lock"));
}

static void put_schedule(const struct print *print, const json_t *schedule)
{
    static const struct {
        const char *word, *words;
    } overlaps[] = {{"skip", "; left out while the run before it is open"},
                    {"queue", "; each waits for the end of the run before it"}},
      misses[] = {{"once", "made up for by one"}, {"skip", "left out"}, {"all", "made up for by as many"}};
    const json_t *next = json_object_get(schedule, "next");
    struct buf *buf = print->buf;
    if (!schedule)
        return;
    buf_puts(buf, "starts by itself: ");
    text_put(buf, output_member(schedule, "when"));
    if (json_object_get(schedule, "timeZone")) {
        buf_puts(buf, " in ");
        text_put(buf, output_member(schedule, "timeZone"));
    }
    for (size_t i = 0; i < json_array_size(next); i++) {
        buf_puts(buf, i ? ", " : "; next ");
        text_put(buf, json_string_value(json_array_get(next, i)));
    }
    for (size_t i = 0; i < sizeof overlaps / sizeof *overlaps; i++)
        if (strcmp(output_member(schedule, "overlap"), overlaps[i].word) == 0)
            buf_puts(buf, overlaps[i].words);
    for (size_t i = 0; i < sizeof misses / sizeof *misses; i++)
        if (strcmp(output_member(schedule, "missed"), misses[i].word) == 0)
            buf_printf(buf, "; runs that were missed are %s", misses[i].words);
    buf_putc(buf, '\n');
}

static void put_lock(const struct print *print, const json_t *lock)
{
    if (!lock)
        return;
    buf_puts(print->buf, "lock ");
    output_put_json_line(print->buf, json_object_get(lock, "key"));
    buf_puts(print->buf, ": taken before anything else, released with the end; ");
    if (json_object_get(lock, "timeout")) {
        buf_puts(print->buf, "while another has it, it waits, at most ");
        text_put(print->buf, output_member(lock, "timeout"));
    } else {
        buf_puts(print->buf, "while another has it, it is refused");
    }
    buf_putc(print->buf, '\n');
}

static void put_event(const struct print *print, const json_t *move)
{
    buf_puts(print->buf, "\n    publishes ");
    output_paint(print->output, print->buf, PAINT_BOLD, output_member(move, "publishes"));
    buf_puts(print->buf, " to ");
    text_put(print->buf, output_member(move, "to"));
    buf_putc(print->buf, '\n');
}

/* What is skipped with the group around it follows in one line. */
static void put_condition(struct print *print, const json_t *move)
{
    const char *when = output_member(move, "when"), *kind = output_member(move, "kind");
    const char *name = output_member(move, "condition");
    bool runs = json_is_true(json_object_get(move, "runs")), one_of = strcmp(kind, "case") == 0;
    struct buf *buf = print->buf;
    if (strcmp(kind, "inside") == 0) {
        if (saga_is_case(name))
            return;
        buf_puts(buf, print->inside ? ", " : "    and with it ");
        text_put(buf, name);
        print->inside = true;
        return;
    }
    end_inside(print);
    buf_puts(buf, "\n    ");
    if (one_of) {
        buf_puts(buf, "the case ");
        text_put(buf, *when ? when : "that is left");
        buf_puts(buf, runs ? " is taken\n" : " is not taken\n");
        return;
    }
    output_paint(print->output, buf, PAINT_BOLD, name);
    buf_puts(buf, runs ? " runs: " : " is skipped: ");
    text_put(buf, when);
    buf_puts(buf, runs ? " is true\n" : " is false\n");
}

static void end_inside(struct print *print)
{
    if (print->inside)
        buf_putc(print->buf, '\n');
    print->inside = false;
}

static void put_child(const struct print *print, const json_t *move)
{
    buf_puts(print->buf, "\n    ");
    output_paint(print->output, print->buf, PAINT_BOLD, output_member(move, "starts"));
    buf_puts(print->buf, " starts ");
    text_put(print->buf, output_member(move, "child"));
    buf_printf(print->buf, " v%lld\n", (long long)json_integer_value(json_object_get(move, "version")));
}

static void put_wait(const struct print *print, const json_t *move)
{
    static const struct {
        const char *kind, *words;
    } kinds[] = {
        {"approval", " waits for a yes or no: "}, {"waitFor", " waits for a signal: "}, {"delay", " waits: "}};
    buf_puts(print->buf, "\n    ");
    output_paint(print->output, print->buf, PAINT_BOLD, output_member(move, "waits"));
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const json_t *what = json_object_get(move, kinds[i].kind);
        if (!what)
            continue;
        buf_puts(print->buf, kinds[i].words);
        output_put_json_line(print->buf, what);
    }
    buf_putc(print->buf, '\n');
}

static void put_move(struct print *print, const json_t *move)
{
    bool undo = strcmp(output_member(move, "verb"), "undo") == 0;
    bool confirm = strcmp(output_member(move, "verb"), "confirm") == 0;
    const json_t *calls = json_object_get(move, "calls");
    if (undo && !print->undoing) {
        buf_putc(print->buf, '\n');
        put_line(print, "", PAINT_UNDO, "undo");
        print->number = 0;
    }
    if (confirm && !print->confirming) {
        buf_putc(print->buf, '\n');
        put_line(print, "", PAINT_NONE, "decided: what is held is confirmed");
    }
    print->undoing |= undo;
    print->confirming |= confirm;
    buf_printf(print->buf, "\n%2u  ", ++print->number);
    for (size_t i = 0; i < json_array_size(calls); i++)
        put_call(print, json_array_get(calls, i), i == 0);
    put_visible(print, move);
}

static void put_call(const struct print *print, const json_t *call, bool first)
{
    static const char *const told[] = {"Idempotency-Key", "Belay-Action-Key"};
    static const char *const own[] = {"Belay-", "Content-Type", "traceparent", "tracestate"};
    struct buf *buf = print->buf;
    const char *name;
    json_t *value;
    buf_puts(buf, first ? "" : "    ");
    output_paint(print->output, buf, PAINT_BOLD, output_member(call, "call"));
    buf_puts(buf, "  ");
    text_put(buf, output_member(call, "method"));
    buf_putc(buf, ' ');
    text_put(buf, output_member(call, "path"));
    buf_puts(buf, "  to ");
    text_put(buf, output_member(call, "participant"));
    buf_puts(buf, first ? "\n" : ", at the same time\n");
    json_object_foreach(json_object_get(call, "headers"), name, value)
    {
        bool shown = true;
        for (size_t i = 0; i < sizeof own / sizeof *own; i++)
            shown &= strncmp(name, own[i], strlen(own[i])) != 0;
        for (size_t i = 0; i < sizeof told / sizeof *told; i++)
            shown |= strcmp(name, told[i]) == 0;
        if (!shown && !print->headers)
            continue;
        buf_puts(buf, "      ");
        text_put(buf, name);
        buf_puts(buf, ": ");
        text_put(buf, json_string_value(value));
        buf_putc(buf, '\n');
    }
    if (json_object_get(call, "body")) {
        buf_puts(buf, "      ");
        output_put_json_line(buf, json_object_get(call, "body"));
        buf_putc(buf, '\n');
    }
    put_outcome(print, call);
}

static void put_outcome(const struct print *print, const json_t *call)
{
    const char *answer = output_member(call, "answer");
    long long attempts = (long long)json_integer_value(json_object_get(call, "attempts"));
    char text[96];
    if (strcmp(answer, "yes") != 0) {
        snprintf(text, sizeof text, "%s, tried %lld time%s",
                 strcmp(answer, "no") == 0 ? "answers no" : "never gives a clear answer", attempts,
                 attempts == 1 ? "" : "s");
        put_line(print, "      ", PAINT_BAD, text);
    }
    if (json_object_get(call, "pivot"))
        put_line(print, "      ", PAINT_BUSY, "the pivot: its yes is the decision, after which nothing is undone");
}

static void put_visible(const struct print *print, const json_t *move)
{
    const json_t *visible = json_object_get(move, "visible"), *perhaps = json_object_get(move, "perhaps");
    buf_puts(print->buf, "    others can see: ");
    put_names(print, visible);
    if (json_array_size(perhaps)) {
        buf_puts(print->buf, json_array_size(visible) ? ", and perhaps " : "perhaps ");
        put_names(print, perhaps);
    } else if (!json_array_size(visible)) {
        buf_puts(print->buf, "nothing");
    }
    buf_putc(print->buf, '\n');
}

static void put_names(const struct print *print, const json_t *names)
{
    for (size_t i = 0; i < json_array_size(names); i++) {
        buf_puts(print->buf, i ? ", " : "");
        text_put(print->buf, json_string_value(json_array_get(names, i)));
    }
}

static void put_end(const struct print *print, const json_t *plan)
{
    const char *status = output_member(plan, "status"), *cause = output_member(plan, "cause");
    const char *step = output_member(plan, "step");
    const json_t *problems = json_object_get(plan, "problems");
    struct buf *buf = print->buf;
    buf_putc(buf, '\n');
    output_paint(print->output, buf, output_paint_of(status), status);
    if (*cause) {
        buf_puts(buf, ", ");
        text_put(buf, cause);
        buf_puts(buf, *step ? " at " : "");
        text_put(buf, step);
    }
    buf_putc(buf, '\n');
    if (json_object_get(plan, "output")) {
        buf_puts(buf, "output: ");
        output_put_json_line(buf, json_object_get(plan, "output"));
        buf_putc(buf, '\n');
    }
    if (json_object_get(plan, "stopped"))
        put_line(print, "the plan stops here: ", PAINT_NONE, output_member(plan, "stopped"));
    if (json_object_get(plan, "refused"))
        put_line(print, "it does not start: ", PAINT_BAD, output_member(plan, "refused"));
    for (size_t i = 0; i < json_array_size(problems); i++)
        put_line(print, "problem: ", PAINT_BAD, json_string_value(json_array_get(problems, i)));
}

static void put_line(const struct print *print, const char *indent, enum paint paint, const char *text)
{
    buf_puts(print->buf, indent);
    output_paint(print->output, print->buf, paint, text);
    buf_putc(print->buf, '\n');
}
