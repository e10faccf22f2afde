/* The cases of one caller: repeats, late and reordered calls, refusals, confirms. */
#include "run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REPEATS = 3, SHUFFLED_BRANCHES = 24, SHUFFLED_CALLS = 5 };

static bool act(struct run *run, struct wire *wire, const struct branch *branch, struct answer *answer)
{
    run_deliver(run, wire, branch, run->kind->act, NULL, answer);
    return run_expect_yes(run, answer, run->kind->act);
}

static bool undo(struct run *run, struct wire *wire, const struct branch *branch)
{
    run_deliver(run, wire, branch, run->kind->undo, NULL, &run->again);
    return run_expect_yes(run, &run->again, run->kind->undo);
}

/* Makes what was done count, where it has to be confirmed first. */
static bool settle(struct run *run, struct wire *wire, const struct branch *branch)
{
    if (!run->kind->confirm)
        return true;
    run_deliver(run, wire, branch, run->kind->confirm, NULL, &run->again);
    return run_expect_yes(run, &run->again, run->kind->confirm);
}

bool case_basic(struct run *run, struct wire *wire)
{
    struct branch branch, other;
    long long after = 0;
    run_branch(run, &branch);
    run_branch(run, &other);
    if (!act(run, wire, &branch, &run->first) || !settle(run, wire, &branch) || !run_count(run, wire, &after))
        return false;
    run->effect = after - run->base;
    if (run->counts && !run->effect)
        return run_wrong(run, "the %s was answered %d and the number at %s is %lld, as before", run->kind->act,
                         run->first.status, run->options.count_url, after);
    if (!run->kind->confirm)
        return undo(run, wire, &branch) && run_expect_effects(run, wire, 0, "after the undo");
    return act(run, wire, &other, &run->first) && undo(run, wire, &other) &&
           run_expect_effects(run, wire, 1, "after the undo of another one");
}

bool case_repeat(struct run *run, struct wire *wire)
{
    struct branch branch;
    const char *const phases[] = {run->kind->act, run->kind->confirm ? run->kind->confirm : run->kind->undo};
    run_branch(run, &branch);
    for (size_t i = 0; i < 2; i++) {
        run_deliver(run, wire, &branch, phases[i], NULL, &run->first);
        if (!run_expect_yes(run, &run->first, phases[i]))
            return false;
        for (int j = 0; j < REPEATS; j++) {
            run_deliver(run, wire, &branch, phases[i], NULL, &run->again);
            if (!run_expect_same(run, &run->first, &run->again, phases[i]))
                return false;
        }
        bool waits = i == 0 && run->kind->confirm;
        if (!waits && !run_expect_effects(run, wire, i == 0 || run->kind->confirm ? 1 : 0, "after the repeats"))
            return false;
    }
    return true;
}

bool case_empty_undo(struct run *run, struct wire *wire)
{
    struct branch branch;
    run_branch(run, &branch);
    return undo(run, wire, &branch) && run_expect_effects(run, wire, 0, "after the undo of nothing") &&
           undo(run, wire, &branch) && run_expect_effects(run, wire, 0, "after it was repeated");
}

bool case_late(struct run *run, struct wire *wire)
{
    struct branch branch;
    run_branch(run, &branch);
    if (!undo(run, wire, &branch))
        return false;
    for (int i = 0; i < REPEATS; i++) {
        run_deliver(run, wire, &branch, run->kind->act, NULL, &run->first);
        if (!run_expect_no(run, &run->first, "a do after its undo") ||
            !run_expect_effects(run, wire, 0, "after a late do"))
            return false;
    }
    return undo(run, wire, &branch) && run_expect_effects(run, wire, 0, "after the undo again");
}

bool case_reordered(struct run *run, struct wire *wire)
{
    struct branch branch;
    run_branch(run, &branch);
    if (!act(run, wire, &branch, &run->first) || !undo(run, wire, &branch))
        return false;
    for (int i = 0; i < REPEATS; i++) {
        run_deliver(run, wire, &branch, run->kind->act, NULL, &run->again); /* the stored answer, or `late` */
        if (run->again.status >= 300 && !run_expect_no(run, &run->again, "a do that was undone"))
            return false;
        if (!run_expect_effects(run, wire, 0, "after a late duplicate of what was undone"))
            return false;
    }
    return undo(run, wire, &branch) && run_expect_effects(run, wire, 0, "after the undo again");
}

/* A small generator of its own: the order differs from run to run by the transactions' names, not by the libc. */
static unsigned draw(unsigned *state, unsigned below)
{
    *state = *state * 1664525u + 1013904223u;
    return (*state >> 8) % below;
}

/* Of every branch: dos and, of every second one, undos, several of each, all mixed. */
bool case_shuffled(struct run *run, struct wire *wire)
{
    struct branch branches[SHUFFLED_BRANCHES];
    unsigned calls[SHUFFLED_BRANCHES * SHUFFLED_CALLS], state = (unsigned)strlen(run->prefix);
    enum { CALLS = SHUFFLED_BRANCHES * SHUFFLED_CALLS };
    for (const char *c = run->prefix; *c; c++)
        state = state * 31 + (unsigned char)*c;
    for (unsigned i = 0; i < SHUFFLED_BRANCHES; i++)
        run_branch(run, &branches[i]);
    for (unsigned i = 0; i < CALLS; i++)
        calls[i] = i;
    for (unsigned i = CALLS - 1; i > 0; i--) {
        unsigned j = draw(&state, i + 1), kept = calls[i];
        calls[i] = calls[j];
        calls[j] = kept;
    }
    for (unsigned i = 0; i < CALLS; i++) {
        unsigned branch = calls[i] % SHUFFLED_BRANCHES, number = calls[i] / SHUFFLED_BRANCHES;
        bool undoes = branch % 2 && number % 2;
        run_deliver(run, wire, &branches[branch], undoes ? run->kind->undo : run->kind->act, NULL, &run->first);
        if (undoes && !run_expect_yes(run, &run->first, "an undo among others"))
            return false;
        if (branch % 2 == 0 && !run_expect_yes(run, &run->first, "a do among others"))
            return false;
    }
    for (unsigned i = 0; i < SHUFFLED_BRANCHES; i += 2)
        if (!settle(run, wire, &branches[i]))
            return false;
    if (!run_expect_effects(run, wire, SHUFFLED_BRANCHES / 2, "after all calls in random order"))
        return false;
    for (unsigned i = 0; i < SHUFFLED_BRANCHES; i += 2)
        run_clean(run, wire, &branches[i]);
    return true;
}

bool case_apart(struct run *run, struct wire *wire)
{
    struct branch branches[4];
    run_branch(run, &branches[0]);
    for (size_t i = 1; i < 4; i++)
        branches[i] = branches[0];
    branches[1].step = "conformance2";
    branches[2].item = "red";
    branches[3].item = "blue";
    for (size_t i = 0; i < 4; i++)
        if (!act(run, wire, &branches[i], &run->first))
            return false;
    if (!undo(run, wire, &branches[1]) || !undo(run, wire, &branches[2]))
        return false;
    if (!settle(run, wire, &branches[0]) || !settle(run, wire, &branches[3]))
        return false;
    if (!run_expect_effects(run, wire, 2, "after two of four branches were undone"))
        return false;
    run_clean(run, wire, &branches[0]);
    run_clean(run, wire, &branches[3]);
    return true;
}

bool case_malformed(struct run *run, struct wire *wire)
{
    static const struct twist twists[] = {
        {.drop = BELAY_HEADER_KEY},
        {.drop = BELAY_HEADER_TRANSACTION},
        {.drop = BELAY_HEADER_STEP},
        {.drop = BELAY_HEADER_PHASE},
        {.replace = BELAY_HEADER_PHASE, .value = "nonsense"},
        {.replace = BELAY_HEADER_TRANSACTION, .value = "another"},
    };
    for (size_t i = 0; i < sizeof twists / sizeof *twists; i++) {
        struct branch branch;
        char what[128];
        struct twist twist = twists[i];
        twist.once = true;
        run_branch(run, &branch);
        run_deliver(run, wire, &branch, run->kind->act, &twist, &run->first);
        snprintf(what, sizeof what, "a call %s %s", twist.drop ? "without" : "with a wrong",
                 twist.drop ? twist.drop : twist.replace);
        if (!run_expect_no(run, &run->first, what) || !run_expect_effects(run, wire, 0, what))
            return false;
    }
    return true;
}

bool case_refused(struct run *run, struct wire *wire)
{
    struct branch branch;
    const struct twist twist = {.body = run->options.refused_body};
    run_branch(run, &branch);
    run_deliver(run, wire, &branch, run->kind->act, &twist, &run->first);
    if (!run_expect_no(run, &run->first, "the body that is refused"))
        return false;
    for (int i = 0; i < REPEATS; i++) {
        run_deliver(run, wire, &branch, run->kind->act, &twist, &run->again);
        if (!run_expect_same(run, &run->first, &run->again, "a refusal that is repeated"))
            return false;
    }
    run_deliver(run, wire, &branch, run->kind->undo, &twist, &run->again);
    return run_expect_yes(run, &run->again, "the undo of what was refused") &&
           run_expect_effects(run, wire, 0, "after a refusal and its undo");
}

bool case_confirm_nothing(struct run *run, struct wire *wire)
{
    struct branch branch;
    run_branch(run, &branch);
    run_deliver(run, wire, &branch, run->kind->confirm, NULL, &run->first);
    return run_expect_no(run, &run->first, "a confirm of nothing") &&
           run_expect_effects(run, wire, 0, "after a confirm of nothing");
}

bool case_confirm_undo(struct run *run, struct wire *wire)
{
    struct branch kept, undone;
    run_branch(run, &kept);
    run_branch(run, &undone);
    if (!act(run, wire, &kept, &run->first) || !settle(run, wire, &kept))
        return false;
    run_deliver(run, wire, &kept, run->kind->undo, NULL, &run->first);
    if (!run_expect_no(run, &run->first, "an undo of what is confirmed") ||
        !run_expect_effects(run, wire, 1, "after an undo of what is confirmed"))
        return false;
    if (!act(run, wire, &undone, &run->first) || !undo(run, wire, &undone))
        return false;
    run_deliver(run, wire, &undone, run->kind->confirm, NULL, &run->first);
    return run_expect_no(run, &run->first, "a confirm of what is undone") &&
           run_expect_effects(run, wire, 1, "after a confirm of what is undone");
}
