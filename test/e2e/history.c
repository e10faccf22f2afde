/* Gap-free, begun first, ended last, one decision, no undo after a commit, attempts that grow, times that do. */
#include "e2e/history.h"

#include "e2e/submit.h"
#include "harness/http.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

enum { CALLS = 6, FACTS_PAGE = 7 }; /* pages are small so that there is more than one */

struct history {
    unsigned next; /* sequence number */
    unsigned decisions;
    bool committed, aborted, ended;
    char last_at[32], end[DEED_STATUS];
    struct {
        char name[32];
        long long attempt;
    } calls[CALLS]; /* the last attempt of each step and phase */
};

static const char *check_page(struct history *history, const json_t *page);
static const char *check_fact(struct history *history, const json_t *fact);
static const char *check_call(struct history *history, const json_t *fact);
static const char *check_order(struct history *history, const json_t *fact);
static const char *text_of(const json_t *fact, const char *member);

const char *history_check(unsigned port, const char *id, const char *status, unsigned *facts)
{
    struct history history = {0};
    const char *wrong = NULL;
    unsigned asked = 0;
    do {
        char path[512], rest[48];
        asked = history.next;
        snprintf(rest, sizeof rest, "/history?from=%u&limit=%d", asked, FACTS_PAGE);
        submit_path(id, rest, path, sizeof path);
        struct http_answer answer = http_send(port, "GET", path, NULL, NULL);
        json_t *page = answer.status == 200 ? json_loads(answer.body, 0, NULL) : NULL;
        http_done(&answer);
        wrong = page ? check_page(&history, page) : "it cannot be read";
        bool more = json_object_get(page, "next") != NULL;
        json_decref(page);
        if (!more)
            break;
        if (!wrong && history.next == asked)
            wrong = "a page is empty, and there are more";
    } while (!wrong);
    *facts = history.next;
    if (wrong)
        return wrong;
    if (!history.ended)
        return "it has no end";
    if (history.decisions != 1)
        return "it has not one decision";
    if (strcmp(history.end, status) != 0)
        return "it ends otherwise than the list says";
    return strcmp(status, history.committed ? "completed" : "compensated") == 0 ? NULL
                                                                                : "the end is not the decision's";
}

static const char *check_page(struct history *history, const json_t *page)
{
    size_t index;
    const json_t *fact;
    const char *wrong = NULL;
    json_array_foreach(json_object_get(page, "facts"), index, fact)
    {
        wrong = check_fact(history, fact);
        if (wrong)
            break;
    }
    return wrong;
}

static const char *check_fact(struct history *history, const json_t *fact)
{
    const char *type = text_of(fact, "fact");
    const char *wrong = check_order(history, fact);
    if (wrong)
        return wrong;
    if (strcmp(type, "called") == 0)
        return check_call(history, fact);
    if (strcmp(type, "decided") == 0) {
        history->decisions++;
        history->committed = strcmp(text_of(fact, "decision"), "commit") == 0;
        history->aborted = !history->committed;
    }
    if (strcmp(type, "ended") == 0) {
        history->ended = true;
        snprintf(history->end, sizeof history->end, "%s", text_of(fact, "status"));
    }
    return NULL;
}

static const char *check_order(struct history *history, const json_t *fact)
{
    const char *at = text_of(fact, "at");
    if (history->ended)
        return "something happens after its end";
    if (json_integer_value(json_object_get(fact, "seq")) != (json_int_t)history->next)
        return "a fact is missing";
    if ((history->next == 0) != (strcmp(text_of(fact, "fact"), "begun") == 0))
        return "it does not begin with its beginning";
    if (strcmp(at, history->last_at) < 0)
        return "its time goes back";
    history->next++;
    snprintf(history->last_at, sizeof history->last_at, "%s", at);
    return NULL;
}

static const char *check_call(struct history *history, const json_t *fact)
{
    char name[32];
    const char *phase = text_of(fact, "phase");
    long long attempt = json_integer_value(json_object_get(fact, "attempt"));
    bool undo = strcmp(phase, "compensation") == 0;
    if (undo && !history->aborted)
        return "an undo is called that nobody decided";
    if (!undo && history->aborted)
        return "an action is called after the abort";
    snprintf(name, sizeof name, "%s/%s", text_of(fact, "step"), phase);
    for (int i = 0; i < CALLS; i++) {
        if (!history->calls[i].name[0])
            snprintf(history->calls[i].name, sizeof history->calls[i].name, "%s", name);
        if (strcmp(history->calls[i].name, name) != 0)
            continue;
        if (attempt != history->calls[i].attempt + 1)
            return "an attempt is left out, or comes twice";
        history->calls[i].attempt = attempt;
        return NULL;
    }
    return "there are more calls than steps";
}

static const char *text_of(const json_t *fact, const char *member)
{
    const char *text = json_string_value(json_object_get(fact, member));
    return text ? text : "";
}
