/* Growing lists. */
#include "sim/evidence.h"

#include <string.h>

struct telling *evidence_telling(struct evidence *evidence)
{
    evidence->tellings =
        keep_grow(evidence->keep, evidence->tellings, evidence->tellings_count, sizeof(struct telling *));
    struct telling *telling = keep_new(evidence->keep, sizeof *telling);
    evidence->tellings[evidence->tellings_count++] = telling;
    return telling;
}

struct sent *evidence_sent(struct evidence *evidence)
{
    evidence->sents = keep_grow(evidence->keep, evidence->sents, evidence->sents_count, sizeof(struct sent *));
    struct sent *sent = keep_new(evidence->keep, sizeof *sent);
    evidence->sents[evidence->sents_count++] = sent;
    return sent;
}

struct post *evidence_post(struct evidence *evidence)
{
    evidence->posts = keep_grow(evidence->keep, evidence->posts, evidence->posts_count, sizeof(struct post *));
    struct post *post = keep_new(evidence->keep, sizeof *post);
    evidence->posts[evidence->posts_count++] = post;
    return post;
}

void evidence_seen(struct evidence *evidence, struct seen seen)
{
    evidence->seens = keep_grow(evidence->keep, evidence->seens, evidence->seens_count, sizeof seen);
    evidence->seens[evidence->seens_count++] = seen;
}

void evidence_look(struct evidence *evidence, struct look look)
{
    evidence->looks = keep_grow(evidence->keep, evidence->looks, evidence->looks_count, sizeof look);
    evidence->looks[evidence->looks_count++] = look;
}

void evidence_outage(struct evidence *evidence, struct outage outage)
{
    evidence->outages = keep_grow(evidence->keep, evidence->outages, evidence->outages_count, sizeof outage);
    evidence->outages[evidence->outages_count++] = outage;
}

bool sent_edited(const struct sent *sent)
{
    size_t length = strlen(SENT_EDITED);
    return sent->body_length > length && memcmp(sent->body, SENT_EDITED, length) == 0;
}
