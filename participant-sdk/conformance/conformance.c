/* A run: its options, and one case after the other. */
#include "run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { THREADS = 16, ROUNDS = 5 };

enum needs { NEEDS_NOTHING, NEEDS_REFUSED_BODY, NEEDS_CONFIRM, NEEDS_SECRETS, NEEDS_RESTART };

static const struct {
    const char *word;
    enum needs needs;
    bool (*check)(struct run *run, struct wire *wire);
} cases[BELAY_CASES_COUNT] = {
#define X(name, word, text, needs) {#word, needs, case_##word},
    BELAY_CASES(X)
#undef X
};

static const struct kind kinds[] = {
    {"saga", "action", NULL, "compensation"},
    {"tcc", "try", "confirm", "cancel"},
    {"2pc", "prepare", "commit", "rollback"},
};

/* Why a case cannot be run, NULL when it can. */
static const char *find_obstacle(const struct run *run, enum needs needs)
{
    switch (needs) {
    case NEEDS_REFUSED_BODY:
        return run->options.refused_body ? NULL : "needs a body that the service refuses";
    case NEEDS_CONFIRM:
        return run->kind->confirm ? NULL : "a saga has no confirm";
    case NEEDS_SECRETS:
        return run->options.secrets_count ? NULL : "needs a secret";
    case NEEDS_RESTART:
        return run->options.restart ? NULL : "needs a command that restarts the service";
    default:
        return NULL;
    }
}

static int read_options(struct run *run, const struct belay_conformance_options *given, struct belay_error *error)
{
    if (given->size < sizeof *given || !given->url)
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "conformance: no url, or size is not set");
    run->options = *given;
    struct belay_conformance_options *options = &run->options;
    options->body = given->body ? given->body : "{}";
    options->threads = given->threads ? given->threads : THREADS;
    options->rounds = given->rounds ? given->rounds : ROUNDS;
    run->counts = given->count_url != NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(given->kind ? given->kind : "saga", kinds[i].word))
            run->kind = &kinds[i];
    if (!run->kind)
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "\"%.40s\" is not saga, tcc or 2pc", given->kind);
    if (options->threads < 2 || options->threads > THREADS_MAX || given->secrets_count > BELAY_SECRETS_MAX)
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "threads: 2 to %d; secrets: at most %d", THREADS_MAX,
                               BELAY_SECRETS_MAX);
    bool known = !given->only;
    for (size_t i = 0; i < BELAY_CASES_COUNT; i++)
        known = known || !strcmp(given->only, cases[i].word);
    if (!known)
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "there is no case \"%.40s\"", given->only);
    int code = BELAY_OK;
    for (size_t i = 0; i < given->secrets_count && !code; i++)
        code = belay_secret_parse(given->secrets[i], &run->secrets[i], error);
    return code;
}

/* Transactions that no other run has called. */
static void name_run(struct run *run)
{
    unsigned long long number = 0;
    if (getrandom(&number, sizeof number, 0) != sizeof number)
        number = (unsigned long long)(uintptr_t)run;
    snprintf(run->prefix, sizeof run->prefix, "conf-%016llx", number);
}

static void report(struct run *run, struct belay_conformance_result *result, const char *word,
                   enum belay_verdict verdict, const char *detail)
{
    result->passed += verdict == BELAY_PASSED;
    result->wrong += verdict == BELAY_WRONG;
    result->skipped += verdict == BELAY_SKIPPED;
    if (run->options.report)
        run->options.report(run->options.context, word, verdict, detail);
}

static void check(struct run *run, struct wire *wire, size_t i, struct belay_conformance_result *result)
{
    const char *obstacle = find_obstacle(run, cases[i].needs);
    if (obstacle) {
        report(run, result, cases[i].word, BELAY_SKIPPED, obstacle);
        return;
    }
    run->told = false;
    snprintf(run->detail, sizeof run->detail, "%s", "");
    bool right = run_count(run, wire, &run->base) && cases[i].check(run, wire) && !run->told;
    if (!right && !run->told)
        run_wrong(run, "no reason was told");
    report(run, result, cases[i].word, right ? BELAY_PASSED : BELAY_WRONG, run->detail);
}

/* One effect's size is known before any case but `basic` counts effects. */
static void measure(struct run *run, struct wire *wire)
{
    if (run->options.only && strcmp(run->options.only, "basic") && run->counts && run_count(run, wire, &run->base))
        case_basic(run, wire);
}

static int check_all(struct run *run, struct belay_conformance_result *result, struct belay_error *error)
{
    struct wire *wire = wire_new();
    struct answer *answer = calloc(1, sizeof *answer);
    int code = BELAY_OK;
    if (!wire || !answer)
        code = belay_error_set(error, BELAY_ERROR_MEMORY, "no memory for a connection");
    if (!code)
        wire_send(wire, run->options.url, NULL, 0, "{}", answer);
    if (!code && !answer->status)
        code = belay_error_set(error, BELAY_ERROR_UNAVAILABLE, "nobody answers at %.200s", run->options.url);
    if (!code)
        measure(run, wire);
    for (size_t i = 0; i < BELAY_CASES_COUNT && !code; i++)
        if (!run->options.only || !strcmp(run->options.only, cases[i].word))
            check(run, wire, i, result);
    free(answer);
    wire_free(wire);
    return code;
}

int belay_conformance_run(const struct belay_conformance_options *options, struct belay_conformance_result *result,
                          struct belay_error *error)
{
    if (result->size < sizeof *result)
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "conformance result: size is not set");
    *result = (struct belay_conformance_result){.size = result->size};
    struct run *run = calloc(1, sizeof *run);
    if (!run)
        return belay_error_set(error, BELAY_ERROR_MEMORY, "no memory for a run");
    wire_prepare();
    name_run(run);
    int code = read_options(run, options, error);
    if (!code)
        code = check_all(run, result, error);
    result->deliveries = atomic_load(&run->deliveries);
    free(run);
    return code;
}
