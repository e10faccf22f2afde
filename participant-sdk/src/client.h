/* Building a request to the coordinator: its parts are put one after the other into one piece of memory. */
#ifndef BELAY_SRC_CLIENT_H
#define BELAY_SRC_CLIENT_H

#include "belay/client.h"
#include "bytes.h"

#include <stdbool.h>

/* A request while it is built. After the first error the rest does nothing. */
struct client_draft {
    struct belay_bytes bytes; /* room for the headers, then texts, each with its NUL */
    struct belay_error *error;
    int code;
    const char *method;
    bool has_body;
    bool is_value; /* the body is a value as it was given, not an object that is open */
    size_t body;   /* offset into `bytes` */
    size_t headers_count;
    size_t headers[BELAY_OUTGOING_HEADERS_MAX][2]; /* offsets of names and values */
};

/* Begins a request that is going to be put into `out`. Its target follows, first of all. */
void belay_draft_begin(struct client_draft *draft, const char *method, const struct belay_outgoing *out,
                       struct belay_error *error);

/* Notes that an argument is wrong. */
void belay_draft_refuse(struct client_draft *draft, const char *format, ...) BELAY_PRINTF(2, 3);

/* Parts of the target: text as it is; a number; an id as one percent-encoded segment, after a check that it is 1
 * to `max` bytes of printable UTF-8; `what` names it in messages. */
void belay_draft_path(struct client_draft *draft, const char *text);
void belay_draft_number(struct client_draft *draft, unsigned number);
void belay_draft_segment(struct client_draft *draft, const char *what, const char *id, size_t max);
/* The whole of it: an absolute http or https URL, and what follows its path, before its query. */
void belay_draft_url(struct client_draft *draft, const char *url, const char *behind);
/* Ends the target. */
void belay_draft_target_end(struct client_draft *draft);

/* A header, behind the target and before the body; its value is checked as an id is. NULL: none. */
void belay_draft_header(struct client_draft *draft, const char *name, const char *value, size_t max);

/* Refuses to wait longer than a request may; with the header that asks for it. */
void belay_draft_check_wait(struct client_draft *draft, unsigned wait_s);
void belay_draft_wait(struct client_draft *draft, unsigned wait_s);

/* The body, last of all: one object. Members: a text of at most `max` bytes, an id, a URL and JSON (all
 * checked), a number, something that is JSON already. NULL texts and JSON are left out. */
void belay_draft_body(struct client_draft *draft);
void belay_draft_body_text(struct client_draft *draft, const char *name, const char *text, size_t max);
void belay_draft_body_id(struct client_draft *draft, const char *name, const char *id, size_t max);
void belay_draft_body_url(struct client_draft *draft, const char *name, const char *url);
void belay_draft_body_number(struct client_draft *draft, const char *name, unsigned number);
void belay_draft_body_json(struct client_draft *draft, const char *name, const char *json, size_t length);
void belay_draft_body_open(struct client_draft *draft, const char *name, const char *opening);
void belay_draft_body_raw(struct client_draft *draft, const char *text);

/* Instead of all of these: a body that is any JSON, or empty when `json` is NULL; `what` names it in messages. */
void belay_draft_body_value(struct client_draft *draft, const char *what, const char *json, size_t length);

/* Ends it and fills `out`, or gives everything up. Returns what the function that builds the request returns. */
int belay_draft_end(struct client_draft *draft, int repeatable, unsigned wait_s, struct belay_outgoing *out);

#endif
