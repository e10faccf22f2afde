/* What the cases share: a run against one service, deliveries, and what is wrong. */
#ifndef BELAY_CONFORMANCE_RUN_H
#define BELAY_CONFORMANCE_RUN_H

#include "belay/conformance.h"
#include "belay/protocol.h"
#include "belay/sign.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    THREADS_MAX = 64,
    DETAIL_MAX = 400,
    ANSWER_MAX = 64 * 1024, /* of an answer, what is looked at */
    PATIENCE_MS = 30000,    /* that a call is repeated without an answer; a service may need a while to start */
};

/* The phases of a kind. */
struct kind {
    const char *word;
    const char *act;
    const char *confirm; /* NULL: a saga's */
    const char *undo;
};

struct answer {
    int status; /* 0: none came */
    size_t length;
    char body[ANSWER_MAX];
};

struct run {
    struct belay_conformance_options options;
    const struct kind *kind;
    struct belay_secret secrets[BELAY_SECRETS_MAX];
    char prefix[40]; /* of this run's transactions */
    atomic_uint transactions;
    atomic_ulong deliveries;
    atomic_bool lost; /* a call was answered by nobody for PATIENCE_MS: no more waiting */
    bool counts;      /* there is a count_url, */
    long long effect; /* and one do changes the number by that much; 0 until the case `basic` found out */
    long long base;   /* the number when the case began */
    bool told;        /* the case at work was found wrong: */
    char detail[DETAIL_MAX];
    struct answer first, again; /* of the case at work, to compare; too large for its stack */
};

/* One branch, and what a case still has to compare with. */
struct branch {
    char transaction[64];
    const char *step;
    const char *item; /* "" without */
};

/* How a delivery differs from a good one. */
struct twist {
    const char *drop;    /* a header that is left out */
    const char *replace; /* a header whose value is another: */
    const char *value;
    const char *body;                  /* another body */
    long time_off_s;                   /* of the timestamp */
    const char *sign_id;               /* another id is signed and sent */
    const char *sign_body;             /* another body is signed */
    const char *signature;             /* this signature is sent, "%s" standing for the right one */
    const struct belay_secret *secret; /* signs, instead of all */
    bool unsigned_call;
    bool once; /* no repeating when there is no answer */
};

/* A connection of one thread. NULL without memory. */
struct wire;
void wire_prepare(void); /* once, before there are threads */
struct wire *wire_new(void);
void wire_free(struct wire *wire);
/* One HTTP request; headers are whole lines. `status` 0 when there was no answer. */
void wire_send(struct wire *wire, const char *url, const char *const *headers, size_t headers_count,
               const char *body, struct answer *answer);

/* A new branch of a transaction of its own. */
void run_branch(struct run *run, struct branch *branch);

/* Delivers one call, again and again while the answer is unknown (none, 408, 425, 429, 5xx), as a coordinator
 * does. `twist` may be NULL. The answer's status is returned. */
int run_deliver(struct run *run, struct wire *wire, const struct branch *branch, const char *phase,
                const struct twist *twist, struct answer *answer);

/* The number of count_url; false when it cannot be had (and the case is wrong). */
bool run_count(struct run *run, struct wire *wire, long long *number);

/* Wrong when not exactly `effects` were added since the case began. True when it is right, or nobody can tell. */
bool run_expect_effects(struct run *run, struct wire *wire, long long effects, const char *when);

/* Says what is wrong with the case at work; the first is kept. Returns false. */
bool run_wrong(struct run *run, const char *format, ...) BELAY_PRINTF(2, 3);

/* Wrong when the status is no yes (2xx), or no refusal (4xx, not one that asks to come again). */
bool run_expect_yes(struct run *run, const struct answer *answer, const char *what);
bool run_expect_no(struct run *run, const struct answer *answer, const char *what);
bool run_expect_same(struct run *run, const struct answer *one, const struct answer *other, const char *what);

/* Takes back what a case left, so that the next begins with as much (a saga's; nothing else can be). */
void run_clean(struct run *run, struct wire *wire, const struct branch *branch);

/* The cases: true when the service is right. */
#define X(name, word, text, needs) bool case_##word(struct run *run, struct wire *wire);
BELAY_CASES(X)
#undef X

#endif
