/* Errors of the SDK: a code of one table, and one line for a person in the caller's own object. Never a
 * global, never printed. Every function may be called from any thread. Compiles alone as C99 and as C++. */
#ifndef BELAY_ERROR_H
#define BELAY_ERROR_H

/* suffix, stable word */
#define BELAY_ERRORS(X)                                                                                       \
    X(ARGUMENT, "argument") /* the caller broke the contract of a function */                                 \
    X(MEMORY, "memory")     /* an allocation failed */                                                        \
    X(BUSY, "busy")         /* another transaction holds the database; call again */                          \
    X(BACKEND, "backend")   /* the database failed; nothing was changed */                                    \
    X(HOOK, "hook")         /* the service's own hook failed; nothing was changed */                          \
    X(SYSTEM, "system")     /* an address, socket, thread or signal: the operating system said no */          \
    X(REFUSED, "refused")         /* the coordinator said no, for good */                                     \
    X(UNAVAILABLE, "unavailable") /* no answer of the coordinator, or one that says: again, later */         \
    X(SIGNATURE, "signature")     /* a call is not signed, or not by a secret known here */

/* The codes: BELAY_OK, and one per line of the table above. */
enum belay_error_code {
    BELAY_OK = 0,
#define X(name, word) BELAY_ERROR_##name,
    BELAY_ERRORS(X)
#undef X
    BELAY_ERRORS_END
};

enum { BELAY_ERROR_TEXT = 256 }; /* longer is cut, not refused */

/* Why something failed, in an object of the caller. */
struct belay_error {
    int code; /* enum belay_error_code */
    char text[BELAY_ERROR_TEXT];
};

#if defined(__GNUC__)
/* Lets the compiler check the arguments behind a printf format. */
#define BELAY_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define BELAY_PRINTF(text, first)
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Fills `error` (may be NULL) and returns `code`, so that a back end can `return belay_error_set(...)`. */
int belay_error_set(struct belay_error *error, int code, const char *format, ...) BELAY_PRINTF(3, 4);

/* The stable word of a code ("busy"), "ok" for BELAY_OK. Static. */
const char *belay_error_word(int code);

#ifdef __cplusplus
}
#endif

#endif
