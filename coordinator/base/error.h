/* Errors: one table of codes, and a message that is wrapped on its way up. A function that can fail
 * returns 0 or a code of the table, takes a `struct error *` last, and fills it on failure only. */
#ifndef BELAY_BASE_ERROR_H
#define BELAY_BASE_ERROR_H

/* name, the stable word that users see, HTTP status when it reaches a client */
#define ERRORS(X)                                                                                             \
    X(ERROR_INVALID, "invalid", 422)             /* understood, but breaks a rule; findings may follow */     \
    X(ERROR_SYNTAX, "syntax", 400)               /* could not even be read */                                 \
    X(ERROR_FORBIDDEN, "forbidden", 403)         /* not with this token, or not in this role */               \
    X(ERROR_NOT_FOUND, "not_found", 404)         /* no such thing */                                          \
    X(ERROR_METHOD, "method_not_allowed", 405)   /* the thing exists, the verb does not */                    \
    X(ERROR_TIMEOUT, "timeout", 408)             /* the client took too long */                               \
    X(ERROR_CONFLICT, "conflict", 409)           /* contradicts what is stored, or the present state */       \
    X(ERROR_LOCK_HELD, "lock_held", 409)         /* somebody else holds the lock, and this does not wait */   \
    X(ERROR_DEADLOCK, "deadlock", 409)           /* the holder waits for the one who asks */                  \
    X(ERROR_GONE, "gone", 410)                   /* was there once */                                         \
    X(ERROR_TOO_LARGE, "too_large", 413)         /* over a limit of limits.h */                               \
    X(ERROR_MEDIA_TYPE, "media_type", 415)       /* not application/json */                                   \
    X(ERROR_MISDIRECTED, "misdirected", 421)     /* meant for another host than this one */                   \
    X(ERROR_BUSY, "busy", 503)                   /* full or draining: try again later */                      \
    X(ERROR_STORE, "store", 500)                 /* the store failed; nothing was acknowledged */             \
    X(ERROR_VERSION, "version", 500)             /* made by a newer Belay than this one */                    \
    X(ERROR_LOCKED, "locked", 500)               /* another coordinator owns the data directory */            \
    X(ERROR_CORRUPT, "corrupt", 500)             /* what was read is not what was written */                  \
    X(ERROR_IO, "io", 500)                       /* a file, socket or process said no */                      \
    X(ERROR_USAGE, "usage", 400)                 /* wrong option or argument */

enum error_code {
    ERROR_NONE = 0,
#define X(code, word, status) code,
    ERRORS(X)
#undef X
};

enum { ERROR_TEXT_MAX = 512 }; /* one line for a person; longer is cut, not refused */

struct error {
    enum error_code code;
    char text[ERROR_TEXT_MAX];
};

/* Fills `error` (may be NULL) with code and message. Returns the code, so that a caller can
 * `return error_set(...)`. */
int error_set(struct error *error, enum error_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts "prefix: " before the message; the code stays. Returns the code. */
int error_wrap(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The stable word of a code ("not_found"), "ok" for ERROR_NONE. */
const char *error_word(int code);

/* The HTTP status of a code, 200 for ERROR_NONE. */
int error_status(int code);

#endif
