/* The inbox: the only place where other threads meet the engine's. Bounded for wishes, in number and in time: what
 * would only wait behind a disk that hangs is sent away while its client is still there to come again. What a call
 * was answered always gets in, because it was let out. */
#ifndef BELAY_ENGINE_INBOX_H
#define BELAY_ENGINE_INBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct command;
struct response;

/* One of the two. */
struct item {
    struct command *command;
    struct response *response;
    uint64_t put_ms; /* when */
};

struct inbox;

struct inbox *inbox_new(size_t commands_max);
/* Responses still in it are freed; commands are forgotten without a reply, and stay their submitters'. */
void inbox_free(struct inbox *inbox);

/* Any thread. False when it is full or closed, or who is next has waited for more than LIMIT_INBOX_MS. */
bool inbox_put(struct inbox *inbox, struct command *command, uint64_t now_ms);
void inbox_put_responses(struct inbox *inbox, struct response **responses, size_t count, uint64_t now_ms);

/* The engine's thread: sleeps until `enough` items are there or it is closed, at most `wait_us`. The return is how
 * many are there. */
size_t inbox_await(struct inbox *inbox, size_t enough, uint64_t wait_us);

/* The engine's thread: takes up to `max` items in the order they came, waiting up to `wait_ms` for the first. */
size_t inbox_take(struct inbox *inbox, struct item *items, size_t max, uint64_t wait_ms);

/* Refuses commands from now on and wakes the taker. */
void inbox_close(struct inbox *inbox);
bool inbox_closed(struct inbox *inbox);
size_t inbox_count(struct inbox *inbox);

#endif
