/* Causes and remedies in words. */
#include "cli/story.h"

#include "base/time.h"
#include "cli/facts.h"
#include "cli/text.h"
#include "cli/waits.h"

#include <string.h>

enum remedy {
    REMEDY_NONE,
    REMEDY_RESUME, /* it only waits to be let go on */
    REMEDY_STUCK,  /* a step cannot go on: again, without it, or already done */
    REMEDY_PARENT, /* its parent stands still too, and goes on first */
    REMEDY_TRUTH,  /* nobody knows whether a step was done: find out, then say so */
};

/* cause on the wire; how it is said, before and behind the step's name; what helps when paused for it */
#define CAUSES_TOLD(X)                                                                                            \
    X("all_steps_done", "every step is done", "", REMEDY_NONE)                                                    \
    X("pivot_succeeded", "the point of no return was passed at ", "", REMEDY_NONE)                                \
    X("vote_passed", "everybody was prepared", "", REMEDY_NONE)                                                   \
    X("step_refused", "", " answered no", REMEDY_STUCK)                                                           \
    X("step_exhausted", "", " gave no clear answer until its tries were used up", REMEDY_STUCK)                   \
    X("cancelled", "it was cancelled", "", REMEDY_RESUME)                                                         \
    X("lock_timeout", "others held its lock for too long", "", REMEDY_RESUME)                                     \
    X("timeout", "its time was up", "", REMEDY_RESUME)                                                            \
    X("operator", "an operator asked for it", "", REMEDY_RESUME)                                                  \
    X("parent", "its parent asked for it", "", REMEDY_PARENT)                                                     \
    X("compensation_exhausted", "the undo of ", " failed until its tries were used up", REMEDY_STUCK)             \
    X("compensation_broken", "the request that undoes ", " cannot be built", REMEDY_STUCK)                        \
    X("confirm_exhausted", "the confirm of ", " failed until its tries were used up", REMEDY_STUCK)               \
    X("confirm_broken", "the request that confirms ", " cannot be built", REMEDY_STUCK)                           \
    X("history_full", "it has tried for so long that a person must look", "", REMEDY_RESUME)                      \
    X("pivot_unknown", "nobody knows whether ", ", the point of no return, was done", REMEDY_TRUTH)               \
    X("refused_after_pivot", "", " answered no, and after the point of no return nothing is undone",              \
      REMEDY_STUCK)                                                                                               \
    X("exhausted_after_pivot", "", " used up its tries, and after the point of no return nothing is undone",      \
      REMEDY_STUCK)

struct cause_told {
    const char *word, *before, *behind;
    enum remedy remedy;
};

static const struct cause_told causes[] = {
#define X(word, before, behind, remedy) {word, before, behind, remedy},
    CAUSES_TOLD(X)
#undef X
};

static const struct cause_told *story_cause(const json_t *txn)
{
    static const struct cause_told other = {"", "", "", REMEDY_STUCK};
    const char *word = output_member(txn, "cause");
    for (size_t i = 0; i < sizeof causes / sizeof *causes; i++)
        if (strcmp(causes[i].word, word) == 0)
            return &causes[i];
    return &other;
}

static const char *story_step(const json_t *txn)
{
    const char *step = output_member(txn, "causeStep");
    return *step ? step : output_member(txn, "step"); /* the short form calls it so */
}

/* "charge answered no (card_declined: the card was declined)" */
static void story_put_cause(struct buf *buf, const json_t *txn)
{
    const struct cause_told *cause = story_cause(txn);
    const char *step = story_step(txn), *code = output_member(txn, "code"), *detail = output_member(txn, "detail");
    bool about_step = *cause->behind || (*cause->before && cause->before[strlen(cause->before) - 1] == ' ');
    if (!*cause->word) {
        text_put(buf, output_member(txn, "cause"));
    } else {
        buf_puts(buf, cause->before);
        text_put(buf, !about_step ? "" : *step ? step : "a step");
        buf_puts(buf, cause->behind);
    }
    if (!*code && !*detail)
        return;
    buf_puts(buf, " (");
    text_put(buf, code);
    buf_puts(buf, *code && *detail ? ": " : "");
    text_put(buf, detail);
    buf_putc(buf, ')');
}

/* Names of the steps in one of two states, with commas; how many there were. */
static size_t story_put_steps(struct buf *buf, const json_t *txn, const char *state, const char *other)
{
    size_t index, count = 0;
    json_t *step;
    json_array_foreach(json_object_get(txn, "steps"), index, step)
    {
        const char *found = output_member(step, "state");
        if (strcmp(found, state) != 0 && strcmp(found, other) != 0)
            continue;
        buf_puts(buf, count++ ? ", " : "");
        text_put(buf, output_member(step, "id"));
    }
    return count;
}

static bool story_pending(const json_t *step)
{
    return strcmp(output_member(step, "state"), "pending") == 0;
}

/* A child does what its parent waits for. */
static bool story_awaits_child(const json_t *step)
{
    return *output_member(step, "child") &&
           (story_pending(step) || strcmp(output_member(step, "state"), "calling") == 0);
}

/* What is under way now: calls that are out, calls to come, and what is waited for. */
static void story_put_under_way(const struct output *output, struct buf *buf, const json_t *txn)
{
    size_t index;
    json_t *step;
    json_array_foreach(json_object_get(txn, "steps"), index, step)
    {
        const char *next = output_member(step, "nextAttemptAt");
        if (story_pending(step) || story_awaits_child(step)) {
            char now[TIME_TEXT];
            time_print(output->now_ms, now);
            buf_puts(buf, "; ");
            text_put(buf, output_member(step, "id"));
            buf_putc(buf, ' ');
            waits_put(buf, step, now);
            continue;
        }
        bool calling = strcmp(output_member(step, "state"), "calling") == 0;
        if (!calling && !*next)
            continue;
        buf_puts(buf, "; ");
        text_put(buf, output_member(step, "id"));
        buf_puts(buf, calling ? " is being called" : " is called again at ");
        text_put(buf, calling ? "" : strlen(next) > 11 ? next + 11 : next);
    }
}

/* How the undo went, or goes. */
static void story_put_undo(struct buf *buf, const json_t *txn, bool over)
{
    size_t index, undone = 0;
    json_t *step;
    json_array_foreach(json_object_get(txn, "steps"), index, step) undone += facts_phase(step, VERB_UNDO) != NULL;
    bool nothing = over && undone == 0 && json_object_get(txn, "steps"); /* the short form has no steps */
    buf_puts(buf, !*output_member(txn, "cause") ? ": " : nothing ? ", and " : ", so ");
    buf_puts(buf, nothing ? "there was nothing to undo"
                  : over  ? "everything done before was undone"
                          : "what was done is being undone");
}

static void story_put_terminated(struct buf *buf, const json_t *txn)
{
    struct buf names;
    buf_init(&names, OUTPUT_BYTES);
    size_t count = story_put_steps(&names, txn, "done", "unknown");
    buf_puts(buf, ": an operator ended it as it stood; nothing was undone");
    if (count)
        buf_printf(buf, " (done, or perhaps done: %s)", buf_text(&names));
    buf_done(&names);
}

void story_put_why(const struct output *output, struct buf *buf, const json_t *txn)
{
    const char *status = output_member(txn, "status");
    bool caused = *output_member(txn, "cause") != '\0';
    output_paint(output, buf, output_paint_of(status), status);
    if (strcmp(status, "completed") == 0) {
        buf_puts(buf, ": every step is done");
    } else if (json_is_true(json_object_get(txn, "ready"))) {
        buf_puts(buf, ": every step is done, and held until its parent decides");
    } else if (strcmp(status, "terminated") == 0) {
        story_put_terminated(buf, txn);
    } else if (caused) {
        buf_puts(buf, ": ");
        story_put_cause(buf, txn);
    }
    bool over = strcmp(status, "compensated") == 0;
    if (over || strcmp(status, "compensating") == 0)
        story_put_undo(buf, txn, over);
    else if (strcmp(status, "confirming") == 0)
        buf_puts(buf, "; from here it only goes forward");
    if (!over && strcmp(status, "paused") != 0)
        story_put_under_way(output, buf, txn);
    buf_putc(buf, '\n');
}

/* A command made elsewhere, safe already, and what it is for. */
static void story_put_made(struct buf *buf, const char *command, const char *what)
{
    size_t width = text_width(command);
    buf_printf(buf, "  %s", command);
    text_put_spaces(buf, width < 60 ? 60 - width : 2);
    buf_printf(buf, "%s\n", what);
}

/* "  belay retry ID --step S --reason ...   try it again" */
static void story_put_command(struct buf *buf, const json_t *txn, const char *verb, const char *step,
                              const char *options, const char *what)
{
    struct buf line, safe;
    buf_init(&line, OUTPUT_BYTES);
    buf_init(&safe, OUTPUT_BYTES);
    buf_printf(&line, "belay %s ", verb);
    text_put_word(&line, output_member(txn, "id"));
    if (*step) {
        buf_puts(&line, " --step ");
        text_put_word(&line, step);
    }
    buf_puts(&line, options);
    text_put(&safe, buf_text(&line));
    story_put_made(buf, buf_text(&safe), what);
    buf_done(&safe);
    buf_done(&line);
}

/* The same for another transaction. */
static void story_put_other(struct buf *buf, const char *verb, const char *id, const char *options,
                            const char *what)
{
    json_t *other = json_pack("{s:s}", "id", id);
    story_put_command(buf, other, verb, "", options, what);
    json_decref(other);
}

/* Children that are waited for, or that it is stuck at; and the parent that waits. */
static void story_put_kin(struct buf *buf, const json_t *txn)
{
    const char *parent = output_member(json_object_get(txn, "parent"), "id");
    size_t index;
    json_t *step;
    json_array_foreach(json_object_get(txn, "steps"), index, step)
    {
        struct buf what;
        bool stuck = *output_member(step, "child") && strcmp(output_member(step, "state"), "stuck") == 0;
        if (!stuck && !story_awaits_child(step))
            continue;
        buf_init(&what, OUTPUT_BYTES);
        buf_puts(&what, stuck ? "what became of " : "what ");
        text_put(&what, output_member(step, "id"));
        buf_puts(&what, stuck ? "" : " waits for");
        story_put_other(buf, "show", output_member(step, "child"), "", buf_text(&what));
        buf_done(&what);
    }
    if (*parent)
        story_put_other(buf, "show", parent, "", "what it is part of");
}

/* What persons can answer. */
static void story_put_answers(struct buf *buf, const json_t *txn)
{
    size_t index;
    json_t *step;
    json_array_foreach(json_object_get(txn, "steps"), index, step)
    {
        struct buf command;
        bool signal = strcmp(output_member(step, "kind"), "signal") == 0;
        if (!story_pending(step))
            continue;
        buf_init(&command, OUTPUT_BYTES);
        if (waits_put_command(&command, step, output_member(txn, "id"), output_member(step, "id"), false))
            story_put_made(buf, buf_text(&command), signal ? "what it waits for has come" : "say yes");
        buf_clear(&command);
        if (waits_put_command(&command, step, output_member(txn, "id"), output_member(step, "id"), true))
            story_put_made(buf, buf_text(&command), "say no");
        buf_done(&command);
    }
}

static void story_put_remedies(struct buf *buf, const json_t *txn)
{
    const char *step = story_step(txn);
    switch (story_cause(txn)->remedy) {
    case REMEDY_NONE:
    case REMEDY_RESUME:
        story_put_command(buf, txn, "resume", "", " --reason WHY", "let it go on");
        story_put_command(buf, txn, "cancel", "", " --reason WHY", "undo what was done");
        break;
    case REMEDY_STUCK:
        story_put_command(buf, txn, "retry", "", " --reason WHY", "mend the participant, then try again");
        if (!*step)
            break;
        story_put_command(buf, txn, "resolve", step, " --outcome done --reason WHY", "it is in truth done");
        story_put_command(buf, txn, "skip", step, " --reason WHY", "go on without it");
        break;
    case REMEDY_PARENT:
        story_put_other(buf, "resume", output_member(json_object_get(txn, "parent"), "id"), " --reason WHY",
                        "let both go on");
        break;
    case REMEDY_TRUTH:
        buf_puts(buf, "  Ask the participant what is true; never guess. Then one of\n");
        story_put_command(buf, txn, "resolve", step, " --outcome done --reason WHY", "it was done: go forward");
        story_put_command(buf, txn, "resolve", step, " --outcome failed --reason WHY",
                          "it was not: undo the rest");
        story_put_command(buf, txn, "retry", "", " --reason WHY", "ask it again; the key is the same");
        break;
    }
}

void story_put_next(const struct output *output, struct buf *buf, const json_t *txn)
{
    const char *status = output_member(txn, "status");
    bool paused = strcmp(status, "paused") == 0;
    bool over = strcmp(status, "completed") == 0 || strcmp(status, "compensated") == 0 ||
                strcmp(status, "terminated") == 0;
    output_paint(output, buf, PAINT_FAINT, paused ? "What helps:" : "Next:");
    buf_putc(buf, '\n');
    if (!over)
        story_put_answers(buf, txn);
    if (paused)
        story_put_remedies(buf, txn);
    else if (!over)
        story_put_command(buf, txn, "watch", "", "", "follow it to its end");
    story_put_kin(buf, txn);
    story_put_command(buf, txn, "history", "", "", "every fact, with times");
}
