/* C4, C5, C6, C9: what the network saw. Sightings are brought together by transfer, step and phase. */
#include "e2e/evidence.h"

#include <stdlib.h>
#include <string.h>

enum { ATTEMPTS_MAX = 200 };

/* What one transfer's calls came to, in places of the order of arrival; SIZE_MAX: never. */
struct course {
    size_t undo_first;    /* the first undo of any step arrived */
    size_t action_last;   /* the last action arrived */
    size_t settled;       /* the pivot was answered yes */
    size_t credit_undone; /* the undo of the credit was answered yes */
    size_t credit_undo;   /* it arrived first */
    size_t debit_undo;    /* the undo of the debit arrived first */
};

static int by_call(const void *a, const void *b);
static int compare(const struct sighting *a, const struct sighting *b);
static void check_group(const struct sighting *const *group, size_t count, struct verdict *verdict);
static void check_course(const struct sighting *const *group, size_t count, const struct sighting *first,
                         struct verdict *verdict);
static void follow(struct course *course, const struct sighting *sighting, size_t place);

void check_sightings(const struct evidence *evidence, struct verdict *verdict)
{
    size_t count = evidence->sightings_count;
    const struct sighting **sorted = calloc(count + 1, sizeof *sorted);
    for (size_t i = 0; i < count; i++)
        sorted[i] = &evidence->sightings[i];
    qsort(sorted, count, sizeof *sorted, by_call);
    for (size_t from = 0, to; from < count; from = to) {
        for (to = from + 1; to < count && compare(sorted[from], sorted[to]) == 0; to++)
            continue;
        check_group(sorted + from, to - from, verdict);
    }
    for (size_t from = 0, to; from < count; from = to) {
        for (to = from + 1; to < count && strcmp(sorted[from]->transfer, sorted[to]->transfer) == 0; to++)
            continue;
        check_course(sorted + from, to - from, evidence->sightings, verdict);
    }
    free(sorted);
}

/* In the order of arrival within one transfer, step and phase. */
static int by_call(const void *a, const void *b)
{
    const struct sighting *left = *(const struct sighting *const *)a, *right = *(const struct sighting *const *)b;
    int order = compare(left, right);
    return order ? order : left < right ? -1 : left > right;
}

static int compare(const struct sighting *a, const struct sighting *b)
{
    int order = strcmp(a->transfer, b->transfer);
    order = order ? order : strcmp(a->step, b->step);
    return order ? order : strcmp(a->phase, b->phase);
}

/* All calls of one transfer, step and phase. The same attempt may arrive twice: a client of HTTP sends again by
 * itself when a kept connection turns out to be dead. */
static void check_group(const struct sighting *const *group, size_t count, struct verdict *verdict)
{
    const struct sighting *first = group[0];
    verdict_note(verdict, CHECK_C9, count <= ATTEMPTS_MAX, "%s %s %s was called %zu times", first->transfer,
                 first->step, first->phase, count);
    for (size_t i = 0; i < count; i++) {
        const struct sighting *seen = group[i];
        const struct sighting *before = i ? group[i - 1] : NULL;
        bool again = before && seen->attempt == before->attempt && !before->status;
        bool grows = again || seen->attempt > (before ? before->attempt : 0);
        verdict_note(verdict, CHECK_C6, seen->key_right && seen->transfer[0] && seen->body == first->body,
                     "%s %s %s: attempt %u has another key or another body", seen->transfer, seen->step,
                     seen->phase, seen->attempt);
        verdict_note(verdict, CHECK_C6, grows, "%s %s %s: attempt %u came after attempt %u", seen->transfer,
                     seen->step, seen->phase, seen->attempt, before ? before->attempt : 0);
    }
}

/* All calls of one transfer. */
static void check_course(const struct sighting *const *group, size_t count, const struct sighting *first,
                         struct verdict *verdict)
{
    struct course course = {SIZE_MAX, 0, SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX};
    const char *id = group[0]->transfer;
    for (size_t i = 0; i < count; i++)
        follow(&course, group[i], (size_t)(group[i] - first));
    bool undone = course.undo_first != SIZE_MAX;
    verdict_note(verdict, CHECK_C4, !undone || course.settled == SIZE_MAX, "%s was settled and then undone", id);
    verdict_note(verdict, CHECK_C4, !undone || course.action_last < course.undo_first,
                 "%s: an action was called after an undo", id);
    if (course.credit_undo != SIZE_MAX && course.debit_undo != SIZE_MAX)
        verdict_note(verdict, CHECK_C5, course.credit_undone <= course.debit_undo,
                     "%s: the debit's undo was called before the credit's was answered", id);
}

static void follow(struct course *course, const struct sighting *sighting, size_t place)
{
    bool undo = strcmp(sighting->phase, "compensation") == 0;
    bool yes = sighting->status / 100 == 2;
    if (!undo && place > course->action_last)
        course->action_last = place;
    if (undo && place < course->undo_first)
        course->undo_first = place;
    if (strcmp(sighting->step, "settle") == 0 && yes)
        course->settled = place;
    if (undo && strcmp(sighting->step, "credit") == 0) {
        course->credit_undo = place < course->credit_undo ? place : course->credit_undo;
        if (yes && sighting->answered < course->credit_undone)
            course->credit_undone = sighting->answered;
    }
    if (undo && strcmp(sighting->step, "debit") == 0 && place < course->debit_undo)
        course->debit_undo = place;
}
