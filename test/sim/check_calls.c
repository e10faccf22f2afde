/* C6: what left the coordinator: keys, bodies, attempts; that nothing left without its fact, and that a body only
 * changes when an operator says so. */
#include "sim/check.h"
#include "sim/count.h"

#include <stdio.h>
#include <string.h>

static const struct sent *earlier(const struct trial *trial, size_t index)
{
    const struct sent *sent = trial->evidence->sents[index];
    for (size_t i = index; i-- > 0;) {
        const struct sent *other = trial->evidence->sents[i];
        if (other->number == sent->number && other->leaf == sent->leaf && other->verb == sent->verb)
            return other;
    }
    return NULL;
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static void check_repeat(struct world *world, const struct sent *sent, const struct sent *first)
{
    check_that(CHECK_C6, world, strcmp(sent->key, first->key) == 0, "%s is called again as %s", first->key,
               sent->key);
    check_that(CHECK_C6, world,
               strcmp(sent->path, first->path) == 0 && same_text(sent->now, first->now) &&
                   same_text(sent->callback, first->callback),
               "%s attempt %u has another path or header", sent->key, sent->attempt);
    check_that(CHECK_C6, world, sent->attempt > first->attempt, "%s attempt %u follows attempt %u", sent->key,
               sent->attempt, first->attempt);
}

static bool same_body(const struct sent *sent, const char *body, size_t length)
{
    return sent->body_length == length && memcmp(sent->body, body, length) == 0;
}

/* What an operator last said before fact `end` that the calls of this branch and verb shall hold; NULL. */
static const char *edited(const struct story *story, uint16_t branch, enum verb verb, uint32_t end, size_t *length)
{
    static const char member[] = "\"body\":";
    for (uint32_t i = end; i-- > 0;) {
        const struct fact *fact = &story->facts[i];
        bool mine = fact->type == FACT_RETRIED && fact->branch == branch && fact->verb == verb;
        const char *found = mine && story->payloads[i] ? strstr(story->payloads[i], member) : NULL;
        if (!found)
            continue;
        found += sizeof member - 1;
        *length = strlen(found) - 1; /* it is the last member */
        return found;
    }
    return NULL;
}

static void check_body(const struct trial *trial, const struct story *story, const struct sent *sent,
                       const struct sent *first, uint32_t called)
{
    size_t length = 0;
    const char *body = edited(story, story->facts[called].branch, sent->verb, called, &length);
    if (body) {
        bool again = first && sent_edited(first) && !same_body(first, body, length);
        count(again ? COUNT_EDITED_AGAIN : COUNT_EDITED);
        check_that(CHECK_C6, trial->world, same_body(sent, body, length), "%s attempt %u has the body %s, not %s",
                   sent->key, sent->attempt, sent->body, body);
    } else if (first) {
        check_that(CHECK_C6, trial->world, same_body(sent, first->body, first->body_length),
                   "%s attempt %u has another body: %s, then %s", sent->key, sent->attempt, first->body,
                   sent->body);
    }
}

static void check_key(struct world *world, const struct sent *sent)
{
    char key[256];
    bool later = sent->verb != VERB_DO; /* than the action it belongs to */
    const char *phase = phase_word(sent->leaf->phases, sent->verb);
    const struct leaf *leaf = sent->leaf;
    const char *slash = leaf->item == NO_ITEM ? "" : "/";
    snprintf(key, sizeof key, "%s/%s%s%s/%s", sent->txn, leaf->step, slash, leaf->key, phase);
    if (world->mutant != MUTANT_NEW_KEY)
        check_that(CHECK_C6, world, strcmp(sent->key, key) == 0, "%s is called as %s", key, sent->key);
    snprintf(key, sizeof key, "%s/%s%s%s/%s", sent->txn, leaf->step, slash, leaf->key,
             phase_word(leaf->phases, VERB_DO));
    check_that(CHECK_C6, world, later ? same_text(sent->action_key, key) : !sent->action_key,
               "%s names the action %s", sent->key, sent->action_key ? sent->action_key : "(none)");
    bool reports = sent->verb == VERB_DO && sent->leaf->async_ms;
    check_that(CHECK_C6, world, (sent->callback != NULL) == reports, "%s %s", sent->key,
               sent->callback ? "names a callback" : "names no callback");
}

static void check_fact(const struct trial *trial, const struct sent *sent, const struct sent *first)
{
    for (size_t i = 0; i < trial->stories_count; i++) {
        const struct story *story = &trial->stories[i];
        if (story->number != sent->number)
            continue;
        uint16_t branch = story_branch(story, sent->leaf);
        for (uint32_t k = 0; k < story->count; k++) {
            const struct fact *fact = &story->facts[k];
            if (fact->type == FACT_CALLED && fact->branch == branch && fact->verb == sent->verb &&
                fact->attempt == sent->attempt && fact->at_ms <= sent->clock_ms) {
                check_that(CHECK_C6, trial->world, true, "it has its fact");
                check_body(trial, story, sent, first, k);
                return;
            }
        }
    }
    check_blame(CHECK_C6, trial->world, "%s attempt %u left without its fact", sent->key, sent->attempt);
}

void check_calls(const struct trial *trial)
{
    for (size_t i = 0; i < trial->evidence->sents_count; i++) {
        const struct sent *sent = trial->evidence->sents[i];
        const struct sent *first = earlier(trial, i);
        if (first)
            check_repeat(trial->world, sent, first);
        check_key(trial->world, sent);
        check_fact(trial, sent, first);
    }
}
