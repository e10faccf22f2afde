/* A table with one place for each hash: who comes later takes it, which costs another parsing and nothing else. */
#include "adapters/caller_curl_target.h"

#include "base/mem.h"
#include "base/siphash.h"

#include <assert.h>
#include <string.h>

struct target {
    CURLU *parts;
    size_t users; /* calls on their way, and the table */
    char url[];
};

static struct target *target_new(const char *url, size_t length);

struct target *caller_curl_target_aim(struct targets *targets, CURL *easy, const char *url)
{
    static const unsigned char no_key[SIPHASH_KEY]; /* who makes URLs collide gains nothing */
    size_t length = strlen(url);
    struct target **slot = &targets->slots[siphash(no_key, url, length) % CALLER_TARGETS];
    struct target *target = *slot;
    if (!target || strcmp(target->url, url) != 0) {
        target = target_new(url, length);
        if (target) {
            caller_curl_target_put(*slot);
            *slot = target;
        }
    }
    if (target)
        target->users++;
    /* The library goes by the parts; by the text when it has no parts, and when it reports. */
    curl_easy_setopt(easy, CURLOPT_CURLU, target ? target->parts : NULL);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    return target;
}

void caller_curl_target_put(struct target *target)
{
    if (!target)
        return;
    assert(target->users > 0);
    if (--target->users)
        return;
    curl_url_cleanup(target->parts);
    mem_free(target);
}

void caller_curl_targets_done(struct targets *targets)
{
    for (size_t i = 0; i < CALLER_TARGETS; i++) {
        assert(!targets->slots[i] || targets->slots[i]->users == 1);
        caller_curl_target_put(targets->slots[i]);
    }
    *targets = (struct targets){0};
}

/* NULL when the library cannot parse it. */
static struct target *target_new(const char *url, size_t length)
{
    CURLU *parts = curl_url();
    if (!parts || curl_url_set(parts, CURLUPART_URL, url, CURLU_PATH_AS_IS)) { /* "/a/../b" was meant */
        curl_url_cleanup(parts);
        return NULL;
    }
    struct target *target = mem_new(sizeof *target + length + 1);
    target->parts = parts;
    target->users = 1;
    memcpy(target->url, url, length + 1);
    return target;
}
