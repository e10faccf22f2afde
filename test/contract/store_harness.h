/* What the tests of the store share: one suite for every implementation, and small batches. */
#ifndef BELAY_CONTRACT_STORE_HARNESS_H
#define BELAY_CONTRACT_STORE_HARNESS_H

#include "ports/store.h"

/* An implementation under test. */
struct store_kind {
    const char *name;
    struct store *(*make)(void);                    /* a new, empty store */
    struct store *(*again)(struct store *store);    /* the same one after its user has gone and come back */
    void (*drop)(struct store *store);              /* closes it and removes what it left */
};
extern const struct store_kind store_kinds[];
enum { STORE_KINDS = 2 };

/* The one that the running suite tests; set by the suite's initialisation. */
extern const struct store_kind *store_kind;
int store_use_memory(void);
int store_use_sqlite(void);

/* A private temporary directory; the caller removes it with store_scratch_remove, which frees the path. */
char *store_scratch_new(void);
void store_scratch_remove(char *path);

/* An open row with nothing special about it. */
struct store_row store_plain_row(uint64_t txn);
void store_end(struct store_row *row); /* open no longer */
struct store_facts store_text_facts(uint64_t txn, uint32_t seq, uint32_t count, const char *text);

/* Everything that wakes some day, by (wake_ms, txn). */
int store_each_waking(struct store *store, store_row_visitor *visit, void *context, struct error *error);

/* Commits of one thing. They return what commit returns. */
int store_insert(struct store *store, const struct store_row *row);
int store_update(struct store *store, const struct store_row *row);
int store_put_facts(struct store *store, uint64_t txn, uint32_t seq, uint32_t count, const char *text);
int store_define(struct store *store, const char *name, uint32_t version, const char *text);
int store_register(struct store *store, const char *name, const char *text); /* NULL removes it */

/* How many rows a call would visit, and all of their numbers as text: "3 2 1 ". */
struct store_seen {
    unsigned count;
    unsigned stop_after; /* 0 = never */
    char text[256];
    size_t length;
};
bool store_see_row(void *context, const struct store_row *row);
bool store_see_facts(void *context, const struct store_facts *facts); /* "seq+count=bytes " */
bool store_see_definition(void *context, const struct store_definition *definition); /* "name/version=text " */

/* What is visited, in that form; participants as "name=text ". */
bool store_definitions_are(struct store *store, const char *name, uint32_t version, const char *expected);
bool store_participants_are(struct store *store, const char *expected);
/* The first `limit` messages for a participant, as "txn.seq=bytes ". */
bool store_messages_are(struct store *store, const char *participant, uint32_t limit, const char *expected);

bool store_same_text(const char *a, const char *b); /* both may be NULL */
bool store_same_row(const struct store_row *a, const struct store_row *b);

#endif
