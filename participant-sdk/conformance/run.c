/* Deliveries, and what is expected of their answers. */
#include "run.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { LINES = 16, LINE = 1024, PAUSE_MS = 20 };

/* The lines of a request's head. */
struct head {
    char text[LINES][LINE];
    const char *lines[LINES];
    size_t count;
    const struct twist *twist;
};

void run_branch(struct run *run, struct branch *branch)
{
    unsigned number = atomic_fetch_add(&run->transactions, 1);
    *branch = (struct branch){.step = "conformance", .item = ""};
    snprintf(branch->transaction, sizeof branch->transaction, "%s-%u", run->prefix, number);
}

static void add(struct head *head, const char *name, const char *value)
{
    const struct twist *twist = head->twist;
    if (twist->drop && !strcasecmp(twist->drop, name))
        return;
    if (twist->replace && !strcasecmp(twist->replace, name))
        value = twist->value;
    assert(head->count < LINES);
    snprintf(head->text[head->count], LINE, "%s: %s", name, value);
    head->lines[head->count] = head->text[head->count];
    head->count++;
}

/* The signatures of a message, joined by blanks; "" when there are no secrets. */
static void sign(const struct run *run, const struct twist *twist, const char *id, int64_t timestamp_s,
                 const char *body, char *text, size_t size)
{
    size_t count = twist->secret ? 1 : run->options.secrets_count, length = 0;
    text[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        char one[BELAY_SIGN_TEXT] = "";
        belay_sign(twist->secret ? twist->secret : &run->secrets[i], belay_hmac_libcrypto, id, timestamp_s, body,
                   strlen(body), one, NULL);
        int written = snprintf(text + length, size - length, "%s%s", i ? " " : "", one);
        assert(written > 0 && (size_t)written < size - length);
        length += (size_t)written;
    }
}

static void add_signature(const struct run *run, struct head *head, const char *key, const char *body)
{
    const struct twist *twist = head->twist;
    char timestamp[32], right[BELAY_SECRETS_MAX * BELAY_SIGN_TEXT], sent[sizeof right + 256];
    const char *id = twist->sign_id ? twist->sign_id : key;
    int64_t now_s = (int64_t)time(NULL) + twist->time_off_s;
    if (!run->options.secrets_count || twist->unsigned_call)
        return;
    sign(run, twist, id, now_s, twist->sign_body ? twist->sign_body : body, right, sizeof right);
    const char *place = twist->signature ? strstr(twist->signature, "%s") : NULL;
    if (place)
        snprintf(sent, sizeof sent, "%.*s%s%s", (int)(place - twist->signature), twist->signature, right,
                 place + 2);
    else
        snprintf(sent, sizeof sent, "%s", twist->signature ? twist->signature : right);
    snprintf(timestamp, sizeof timestamp, "%" PRId64, now_s);
    add(head, BELAY_SIGN_ID, id);
    add(head, BELAY_SIGN_TIMESTAMP, timestamp);
    add(head, BELAY_SIGN_SIGNATURE, sent);
}

static void make_head(const struct run *run, struct head *head, const struct branch *branch, const char *phase,
                      unsigned attempt, const char *body)
{
    char key[BELAY_KEY_MAX + 1], action_key[BELAY_KEY_MAX + 1], number[16];
    const char *slash = branch->item[0] ? "/" : "";
    snprintf(key, sizeof key, "%s/%s%s%s/%s", branch->transaction, branch->step, slash, branch->item, phase);
    snprintf(action_key, sizeof action_key, "%s/%s%s%s/%s", branch->transaction, branch->step, slash, branch->item,
             run->kind->act);
    snprintf(number, sizeof number, "%u", attempt);
    head->count = 0;
    add(head, "Content-Type", "application/json");
    add(head, BELAY_HEADER_KEY, key);
    add(head, BELAY_HEADER_TRANSACTION, branch->transaction);
    add(head, BELAY_HEADER_STEP, branch->step);
    if (branch->item[0])
        add(head, BELAY_HEADER_ITEM, branch->item);
    add(head, BELAY_HEADER_PHASE, phase);
    add(head, BELAY_HEADER_ATTEMPT, number);
    if (strcmp(phase, run->kind->act))
        add(head, BELAY_HEADER_ACTION_KEY, action_key);
    add_signature(run, head, key, body);
}

static bool is_unknown(int status)
{
    return status == 0 || status == 408 || status == 425 || status == 429 || status >= 500;
}

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

int run_deliver(struct run *run, struct wire *wire, const struct branch *branch, const char *phase,
                const struct twist *given, struct answer *answer)
{
    static const struct twist none = {0};
    struct head head = {.twist = given ? given : &none};
    const char *body = head.twist->body ? head.twist->body : run->options.body;
    uint64_t begun_ms = now_ms();
    for (unsigned attempt = 1;; attempt++) {
        make_head(run, &head, branch, phase, attempt, body);
        wire_send(wire, run->options.url, head.lines, head.count, body, answer);
        atomic_fetch_add(&run->deliveries, 1);
        if (!is_unknown(answer->status) || head.twist->once || atomic_load(&run->lost))
            return answer->status;
        if (now_ms() - begun_ms > PATIENCE_MS) /* what waits no longer waits for the others either */
            atomic_store(&run->lost, true);
        const struct timespec pause = {.tv_nsec = PAUSE_MS * 1000000L};
        nanosleep(&pause, NULL);
    }
}

/* The first number of a text: "{\"free\":10}". */
static bool first_number(const char *text, long long *number)
{
    const char *at = strpbrk(text, "0123456789");
    if (!at)
        return false;
    if (at > text && at[-1] == '-')
        at--;
    *number = strtoll(at, NULL, 10);
    return true;
}

bool run_count(struct run *run, struct wire *wire, long long *number)
{
    struct answer *answer = calloc(1, sizeof *answer);
    bool ok = false;
    *number = 0;
    if (!run->counts || !answer) {
        free(answer);
        return !run->counts || run_wrong(run, "no memory for an answer");
    }
    for (uint64_t begun_ms = now_ms(); !ok && !atomic_load(&run->lost) && now_ms() - begun_ms < PATIENCE_MS;) {
        wire_send(wire, run->options.count_url, NULL, 0, NULL, answer);
        ok = answer->status == 200 && first_number(answer->body, number);
        const struct timespec pause = {.tv_nsec = PAUSE_MS * 1000000L};
        if (!ok)
            nanosleep(&pause, NULL);
    }
    if (!ok)
        run_wrong(run, "%s gives no number: status %d, %.100s", run->options.count_url, answer->status,
                  answer->body);
    free(answer);
    return ok;
}

bool run_expect_effects(struct run *run, struct wire *wire, long long effects, const char *when)
{
    long long found;
    if (!run->counts || !run->effect)
        return true;
    if (!run_count(run, wire, &found))
        return false;
    long long expected = run->base + effects * run->effect;
    return found == expected ? true
                             : run_wrong(run, "%s: expected %lld effect(s), that is %lld, found %lld", when,
                                         effects, expected, found);
}

bool run_wrong(struct run *run, const char *format, ...)
{
    if (run->told)
        return false;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(run->detail, sizeof run->detail, format, arguments);
    va_end(arguments);
    run->told = true;
    return false;
}

bool run_expect_yes(struct run *run, const struct answer *answer, const char *what)
{
    return answer->status >= 200 && answer->status < 300
               ? true
               : run_wrong(run, "%s: expected 2xx, found %d %.240s", what, answer->status, answer->body);
}

bool run_expect_no(struct run *run, const struct answer *answer, const char *what)
{
    return answer->status >= 400 && !is_unknown(answer->status)
               ? true
               : run_wrong(run, "%s: expected a refusal (4xx), found %d %.240s", what, answer->status,
                           answer->body);
}

bool run_expect_same(struct run *run, const struct answer *one, const struct answer *other, const char *what)
{
    if (one->status == other->status && one->length == other->length &&
        !memcmp(one->body, other->body, one->length))
        return true;
    return run_wrong(run, "%s: expected the stored answer %d \"%.80s\", found %d \"%.80s\"", what, one->status,
                     one->body, other->status, other->body);
}

void run_clean(struct run *run, struct wire *wire, const struct branch *branch)
{
    struct answer *answer = calloc(1, sizeof *answer);
    if (answer && !run->kind->confirm)
        run_deliver(run, wire, branch, run->kind->undo, NULL, answer);
    free(answer);
}
