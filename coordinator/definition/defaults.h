/* What a saga gets when it says nothing, each value with its reason. */
#ifndef BELAY_DEFINITION_DEFAULTS_H
#define BELAY_DEFINITION_DEFAULTS_H

#include "core/plan.h"

enum {
    /* One attempt: a healthy service answers in far less; a person waiting in front of a page gives up
     * about then. */
    DEFAULT_TIMEOUT_MS = 10 * 1000,

    /* Five tries ride out a restart or a lost packet. What takes longer is undone: the undo is certain,
     * while resources that are held in hope keep others waiting. */
    DEFAULT_ATTEMPTS = 5,
    /* A wait that starts at half a second and doubles gives a struggling service room soon. */
    DEFAULT_INITIAL_MS = 500,
    DEFAULT_BACKOFF_PERMILLE = 2000,
    DEFAULT_INTERVAL_MAX_MS = 30 * 1000,

    /* An undo, and what follows the pivot, has to happen: for ever. Once a minute finds a healed service
     * soon and costs a broken one nothing. */
    DEFAULT_INSISTENT_INTERVAL_MAX_MS = 60 * 1000,

    /* What may be written. A person who writes more has mistyped it, or wants "forever". */
    RETRY_ATTEMPTS_MAX = 1000000,
    RETRY_BACKOFF_MAX = 100,
    RETRY_CODES_MAX = 64,
    HEADERS_MAX = 64,
    TITLE_BYTES = 256, /* of an approval: one line on a screen, with what its expressions are */
    ROLES_MAX = 16,    /* of an approval: who has more asks for a role that they all have */

    /* Of a list's items: enough to be quick, too few to overrun a service that serves others too. */
    DEFAULT_CONCURRENCY = 10,

    /* In the middle: what is urgent and what can wait both find their place. */
    DEFAULT_PRIORITY = 5,
    PRIORITY_MAX = 9,
};

/* Of an action before the pivot, and of the pivot itself. Full jitter spreads those that failed together. */
#define DEFAULT_RETRY                                                                                             \
    ((struct retry){.attempts_max = DEFAULT_ATTEMPTS,                                                             \
                    .initial_ms = DEFAULT_INITIAL_MS,                                                             \
                    .backoff_permille = DEFAULT_BACKOFF_PERMILLE,                                                 \
                    .interval_max_ms = DEFAULT_INTERVAL_MAX_MS,                                                   \
                    .jitter = JITTER_FULL})

/* Of an undo, and of an action after the pivot. */
#define DEFAULT_INSISTENT_RETRY                                                                                   \
    ((struct retry){.attempts_max = 0,                                                                            \
                    .initial_ms = DEFAULT_INITIAL_MS,                                                             \
                    .backoff_permille = DEFAULT_BACKOFF_PERMILLE,                                                 \
                    .interval_max_ms = DEFAULT_INSISTENT_INTERVAL_MAX_MS,                                         \
                    .jitter = JITTER_FULL})

#endif
