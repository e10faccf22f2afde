/* The cases about signatures. None of these calls may do anything, and none may be answered as a known caller's.
 */
#include "run.h"

#include <stdio.h>
#include <string.h>

/* Delivers once, to a branch of its own. */
static bool expect_shut(struct run *run, struct wire *wire, struct twist twist, const char *what)
{
    struct branch branch;
    twist.once = true;
    run_branch(run, &branch);
    run_deliver(run, wire, &branch, run->kind->act, &twist, &run->first);
    if (run->first.status != 401 && run->first.status != 403)
        return run_wrong(run, "%s: expected 401 or 403, found %d %.240s", what, run->first.status,
                         run->first.body);
    return run_expect_effects(run, wire, 0, what);
}

bool case_unsigned(struct run *run, struct wire *wire)
{
    return expect_shut(run, wire, (struct twist){.unsigned_call = true}, "a call without a signature") &&
           expect_shut(run, wire, (struct twist){.drop = BELAY_SIGN_SIGNATURE},
                       "a call without webhook-signature") &&
           expect_shut(run, wire, (struct twist){.drop = BELAY_SIGN_TIMESTAMP},
                       "a call without webhook-timestamp") &&
           expect_shut(run, wire, (struct twist){.drop = BELAY_SIGN_ID}, "a call without webhook-id");
}

bool case_forged(struct run *run, struct wire *wire)
{
    static const struct belay_secret stranger = {.length = 24, .bytes = "a secret of someone else"};
    return expect_shut(run, wire, (struct twist){.secret = &stranger}, "a signature of another secret") &&
           expect_shut(run, wire, (struct twist){.sign_body = "{\"another\":true}"},
                       "a signature of another body") &&
           expect_shut(run, wire, (struct twist){.sign_id = "another/step/action"},
                       "a signature of another call (webhook-id is not the Idempotency-Key)") &&
           expect_shut(run, wire, (struct twist){.replace = BELAY_SIGN_ID, .value = "another"},
                       "a webhook-id that was changed") &&
           expect_shut(run, wire, (struct twist){.signature = "v1,"}, "an empty signature") &&
           expect_shut(run, wire, (struct twist){.signature = "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="},
                       "a signature of zeroes") &&
           expect_shut(run, wire, (struct twist){.signature = "nonsense"}, "a signature that is none");
}

bool case_replayed(struct run *run, struct wire *wire)
{
    return expect_shut(run, wire, (struct twist){.time_off_s = -BELAY_SIGN_WINDOW_S - 60},
                       "a call of six minutes ago") &&
           expect_shut(run, wire, (struct twist){.time_off_s = BELAY_SIGN_WINDOW_S + 60},
                       "a call of six minutes ahead") &&
           expect_shut(run, wire, (struct twist){.replace = BELAY_SIGN_TIMESTAMP, .value = "1"},
                       "a timestamp that was changed") &&
           expect_shut(run, wire, (struct twist){.replace = BELAY_SIGN_TIMESTAMP, .value = "now"},
                       "a timestamp that is none");
}

bool case_rotated(struct run *run, struct wire *wire)
{
    for (size_t i = 0; i < run->options.secrets_count; i++) {
        static const char *const signatures[] = {"%s", "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= %s",
                                                 "%s v2,x v1a,AAAA"};
        struct branch branch;
        run_branch(run, &branch);
        for (size_t j = 0; j < sizeof signatures / sizeof *signatures; j++) {
            const struct twist twist = {.secret = &run->secrets[i], .signature = signatures[j]};
            char what[80];
            snprintf(what, sizeof what, "a call signed with secret %zu, header \"%.20s\"", i + 1, signatures[j]);
            run_deliver(run, wire, &branch, run->kind->act, &twist, &run->first);
            if (!run_expect_yes(run, &run->first, what))
                return false;
        }
        run_deliver(run, wire, &branch, run->kind->undo, NULL, &run->first);
        if (!run_expect_yes(run, &run->first, run->kind->undo))
            return false;
    }
    return run_expect_effects(run, wire, 0, "after all were undone");
}
