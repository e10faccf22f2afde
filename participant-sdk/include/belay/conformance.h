/* Does a running service keep the protocol's promises? Delivers calls to it as a coordinator in trouble would:
 * again, late, out of order, at once, while it is killed, with signatures that are wrong, and tells by the name of
 * a case what it got wrong. The service may be written in any language; it is called over HTTP. The program
 * belay-conformance does the same from a command line. Link libbelay-conformance, libbelay-crypto, libbelay,
 * libcurl and libcrypto. Compiles alone as C99 and as C++.
 *
 * Effects are what count, and only the service knows them: it should answer a GET (count_url) with a number that
 * one effective do changes, always by as much, and its undo changes back: the stock that is left, the sum of an
 * account. Nobody else must change it meanwhile. Without count_url only answers are compared. The service must be
 * able to say yes some hundred times: have enough in stock.
 *
 * Not for a service in production: branches that are confirmed stay. */
#ifndef BELAY_CONFORMANCE_H
#define BELAY_CONFORMANCE_H

#include "belay/error.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Cases: word, what it finds out, what it needs beside the service. */
#define BELAY_CASES(X)                                                                                            \
    X(BASIC, basic, "a do is done and its undo takes it back (or its confirm keeps it)", NEEDS_NOTHING)           \
    X(REPEAT, repeat, "a call that comes again has its effect once and gets the same answer", NEEDS_NOTHING)      \
    X(EMPTY_UNDO, empty_undo, "an undo of nothing is answered yes and does nothing", NEEDS_NOTHING)               \
    X(LATE, late, "a do that comes after its undo is refused and does nothing", NEEDS_NOTHING)                    \
    X(REORDERED, reordered, "duplicates of a do that was undone do nothing", NEEDS_NOTHING)                       \
    X(SHUFFLED, shuffled, "many branches, their calls doubled and in random order", NEEDS_NOTHING)                \
    X(APART, apart, "steps, items and transactions are branches of their own", NEEDS_NOTHING)                     \
    X(MALFORMED, malformed, "what is no call of the protocol is refused with 4xx and does nothing",               \
      NEEDS_NOTHING)                                                                                              \
    X(REFUSED, refused, "the no of a do is repeated, and its undo does nothing", NEEDS_REFUSED_BODY)              \
    X(CONFIRM_NOTHING, confirm_nothing, "a confirm of nothing is refused", NEEDS_CONFIRM)                         \
    X(CONFIRM_UNDO, confirm_undo, "what is confirmed is not undone, what is undone is not confirmed",             \
      NEEDS_CONFIRM)                                                                                              \
    X(CONCURRENT, concurrent, "the same do at once, many times, is done once", NEEDS_NOTHING)                     \
    X(RACE, race, "a do and its undo at once leave nothing, whoever is first", NEEDS_NOTHING)                     \
    X(UNSIGNED, unsigned, "a call without a signature is refused with 401 or 403", NEEDS_SECRETS)                 \
    X(FORGED, forged, "a signature of another secret, body, id or none is refused", NEEDS_SECRETS)                \
    X(REPLAYED, replayed, "a timestamp more than five minutes away is refused", NEEDS_SECRETS)                    \
    X(ROTATED, rotated, "each secret alone is enough, and so is one good signature of several", NEEDS_SECRETS)    \
    X(RESTART, restart, "answers survive a kill of the service", NEEDS_RESTART)                                   \
    X(CRASH, crash, "calls in flight when the service is killed have their effect once", NEEDS_RESTART)

/* The cases, in the order of the table. */
enum belay_case {
#define X(name, word, text, needs) BELAY_CASE_##name,
    BELAY_CASES(X)
#undef X
        BELAY_CASES_COUNT
};

/* What came of a case. */
enum belay_verdict { BELAY_PASSED, BELAY_WRONG, BELAY_SKIPPED };

/* Which service, and how it is called. */
struct belay_conformance_options {
    size_t size;              /* sizeof(struct belay_conformance_options) */
    const char *url;          /* required: of the operation, "http://127.0.0.1:7101/belay/reserve" */
    const char *body;         /* JSON of every call; NULL: {} */
    const char *refused_body; /* a body that the service refuses; NULL: the case is skipped */
    const char *count_url; /* see above; the first number of the answer counts; NULL: only answers are compared */
    const char *kind;      /* "saga" (action, compensation), "tcc" or "2pc"; NULL: saga */
    const char *const *secrets; /* with which calls are signed; NULL when secrets_count is 0 */
    size_t secrets_count;
    const char *restart; /* a shell command: kills the service with SIGKILL, waits until it is gone, starts
                            it in the background; NULL: the cases are skipped */
    const char *only;    /* the word of one case; NULL: all */
    unsigned threads;    /* that call at once; 0: 16; at most 64 */
    unsigned rounds;     /* kills in the case `crash`; 0: 5 */

    /* Told after each case. `detail` says what was expected and what was found, or why it was skipped. May be
     * NULL. On the calling thread. */
    void (*report)(void *context, const char *word, enum belay_verdict verdict, const char *detail);
    void *context;
};

/* How many cases came out how. */
struct belay_conformance_result {
    size_t size; /* sizeof(struct belay_conformance_result) */
    unsigned passed;
    unsigned wrong;
    unsigned skipped;
    unsigned long deliveries;
};

/* Runs the cases. BELAY_OK when they ran, whatever they found: see `result`. BELAY_ERROR_ARGUMENT (options that
 * cannot be), BELAY_ERROR_UNAVAILABLE (nobody answers at `url`), BELAY_ERROR_MEMORY. Starts threads, which have
 * ended when it returns; uses libcurl, which must not be initialised by another thread at the same time. */
int belay_conformance_run(const struct belay_conformance_options *options, struct belay_conformance_result *result,
                          struct belay_error *error);

#ifdef __cplusplus
}
#endif

#endif
