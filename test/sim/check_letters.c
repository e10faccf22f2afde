/* C1, C6, C12 for what a saga announces: every word that it promised was heard, in order, under one key, of a
 * fact. */
#include "sim/check.h"

#include "definition/notices.h"

#include <string.h>

/* The word of a fact, as the format says; NULL. */
static const char *word_of(const struct fact *fact, unsigned *bit)
{
    static const char *const words[] = {
#define X(name, word) [name] = word,
        NOTICES(X)
#undef X
    };
    bool abort = fact->type == FACT_DECIDED && fact->value == DECISION_ABORT;
    enum notice notice = fact->type == FACT_BEGUN            ? NOTICE_STARTED
                         : fact->type == FACT_PAUSED         ? NOTICE_PAUSED
                         : fact->type == FACT_RESUMED        ? NOTICE_RESUMED
                         : abort                             ? NOTICE_COMPENSATING
                         : fact->type != FACT_ENDED          ? NOTICES_COUNT
                         : fact->value == STATUS_COMPLETED   ? NOTICE_COMPLETED
                         : fact->value == STATUS_COMPENSATED ? NOTICE_COMPENSATED
                                                             : NOTICE_TERMINATED;
    if (notice == NOTICES_COUNT)
        return NULL;
    *bit = 1u << notice;
    return words[notice];
}

/* The first post that was taken; NULL. */
static const struct post *taken(const struct trial *trial, uint64_t number, uint32_t seq)
{
    for (size_t i = 0; i < trial->evidence->posts_count; i++) {
        const struct post *post = trial->evidence->posts[i];
        if (post->number == number && post->seq == seq && post->taken)
            return post;
    }
    return NULL;
}

static void check_story(const struct trial *trial, const struct story *story)
{
    const struct post *before = NULL;
    for (uint32_t seq = 0; story->definition->notices_to && seq < story->count; seq++) {
        unsigned bit;
        char type[64];
        const char *word = word_of(&story->facts[seq], &bit);
        if (!word || !(story->definition->notices & bit))
            continue;
        const struct post *post = taken(trial, story->number, seq);
        check_that(CHECK_C1, trial->world, post != NULL, "nobody ever heard that %s is %s (fact %u)", story->id,
                   word, seq);
        if (!post)
            return;
        snprintf(type, sizeof type, "\"type\":\"belay.transaction.%s\"", word);
        check_that(CHECK_C12, trial->world, strstr(post->body, type) != NULL, "fact %u of %s is announced as %s",
                   seq, story->id, post->body);
        check_that(CHECK_C1, trial->world, !before || before->at_ms <= post->at_ms,
                   "%s was announced as %s before what happened earlier", story->id, word);
        before = post;
    }
}

/* Of one letter every copy is the same, and it tells of a fact that is stored. */
static void check_post(const struct trial *trial, const struct post *post)
{
    const struct story *story = NULL;
    for (size_t i = 0; i < trial->stories_count; i++)
        if (trial->stories[i].number == post->number)
            story = &trial->stories[i];
    check_that(CHECK_C12, trial->world, story && post->seq < story->count, "%s tells of what is not stored",
               post->key);
    for (size_t i = 0; i < trial->evidence->posts_count && trial->evidence->posts[i] != post; i++) {
        const struct post *first = trial->evidence->posts[i];
        if (first->number != post->number || first->seq != post->seq)
            continue;
        check_that(CHECK_C6, trial->world,
                   strcmp(first->key, post->key) == 0 && strcmp(first->body, post->body) == 0,
                   "%s is told again as %s: %s, then %s", first->key, post->key, first->body, post->body);
        break;
    }
}

void check_letters(const struct trial *trial)
{
    for (size_t i = 0; i < trial->stories_count; i++)
        if (trial->stories[i].definition)
            check_story(trial, &trial->stories[i]);
    for (size_t i = 0; i < trial->evidence->posts_count; i++)
        check_post(trial, trial->evidence->posts[i]);
}
