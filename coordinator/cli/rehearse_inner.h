/* What the files of a rehearsal share. */
#ifndef BELAY_CLI_REHEARSE_INNER_H
#define BELAY_CLI_REHEARSE_INNER_H

#include "cli/rehearse.h"
#include "definition/definition.h"
#include "engine/engine.h"
#include "engine/payload_names.h"

/* An answer that is on its way. */
struct due {
    uint64_t at_ms;
    struct response *response;
};

/* A transaction: the one that is rehearsed, a child of it, a child of that ... */
struct member {
    uint64_t txn;
    struct member *parent; /* NULL: it is the one */
    uint16_t parent_branch;
    char *path;  /* what stands before the names of its steps: "", "flight/", "tour/flight/" */
    char *id;
    char *shown; /* what stands for its id in the record */
    const struct definition *definition;
    struct names names; /* of the branches, as far as its history was looked at */
    uint32_t seen;
    bool paused;
    enum cause pause_cause;
    struct lived *facts; /* all of them, at the end */
    size_t facts_count;
    size_t facts_told;
};

struct stage {
    const struct rehearse *rehearse;
    struct engine *engine;
    struct store *store;
    const struct definition **definitions; /* the engine's, of all sagas */
    size_t definitions_count;
    const struct definition *definition; /* of the saga that is rehearsed */
    uint64_t now_ms;
    uint64_t drawn;
    uint64_t txn; /* 0 = not started */
    struct due *dues;
    size_t dues_count;
    size_t dues_capacity;
    json_t *record;
    json_t *calls;
    json_t *participants; /* names; the place of one stands in its URL */
    unsigned wave;
    bool wave_open;
    json_t *acts;    /* the script's, then the callbacks that answers announced */
    json_t *awaited; /* names of what was waited for, as far as the histories were looked at */
    struct member **members; /* a parent before its children */
    size_t members_count;
    struct command waiting; /* for the end or a pause: the start, or a later wait */
    struct command act;
    bool over; /* what was waited for has come */
};

/* rehearse_calls.c: the caller's side. Takes requests, asks the script, keeps the answers until they are due. */
void rehearse_call(void *stage, struct request **requests, size_t count);
/* When the next answer comes, UINT64_MAX for none; and handing over those that are due. */
uint64_t rehearse_calls_next(const struct stage *stage);
void rehearse_calls_deliver(struct stage *stage);
void rehearse_calls_done(struct stage *stage);

/* rehearse_events.c: an event as it goes to a participant becomes one of the record; and those not sent yet. */
void rehearse_event(struct stage *stage, const char *to, const char *bytes, size_t length);
int rehearse_events(struct stage *stage, struct error *error);

/* rehearse_family.c: the member of that number, which may be new. Its id is asked for only then. */
struct member *rehearse_member(struct stage *stage, uint64_t txn, const char *id);
/* The member that a name leads to, "flight/" of "flight/seat", started last; `*rest` is the name there. NULL. */
struct member *rehearse_family_find(const struct stage *stage, const char *name, const char **rest);
/* Takes note of what is new in the histories: what is awaited, children, pauses. */
int rehearse_family_look(struct stage *stage, struct error *error);
/* A member that is paused, the innermost; NULL. */
const struct member *rehearse_family_paused(const struct stage *stage);
void rehearse_put_branch(const struct member *member, uint16_t branch, struct buf *buf);
/* Puts in the record what stands for the ids of children. */
void rehearse_family_rename(struct stage *stage);
void rehearse_family_done(struct stage *stage);

/* rehearse_facts.c: the stored histories as facts of the record. */
int rehearse_facts(struct stage *stage, struct error *error);

/* rehearse_acts.c: the next deed and when it is due, UINT64_MAX for never; and doing it. */
int rehearse_acts_next(struct stage *stage, size_t *act, uint64_t *at_ms, struct error *error);
int rehearse_act(struct stage *stage, size_t act, struct error *error);

/* rehearse.c: turns until only the time can bring something new; and the reply to who waits for the end. */
int rehearse_settle(struct stage *stage, struct error *error);
void rehearse_ended(struct command *command);

/* Longer than any timeout may be; who waits for so long waits for ever. */
#define REHEARSE_PATIENCE_MS (UINT64_C(20) * 365 * 86400 * 1000)

/* rehearse_words.c: what a phase is ("do", "undo" ...), an enum transport, the place in
 * rehearse_acts; -1 for no such word. */
const char *rehearse_words_verb(const char *phase);
int rehearse_words_transport(const char *word);
int rehearse_words_act(const char *word);

/* What people and participants do by themselves. */
struct rehearse_act {
    const char *word;
    enum command_type type;
    enum event_type verb;
    enum answer answer; /* of a COMMAND_TELL */
    bool approval;
};
extern const struct rehearse_act rehearse_acts[];

/* Where a participant is: this and its place. */
#define REHEARSE_URL "http://rehearsal/"

#endif
