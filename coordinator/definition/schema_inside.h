/* What the files of the schema share. Not for anybody else. */
#ifndef BELAY_DEFINITION_SCHEMA_INSIDE_H
#define BELAY_DEFINITION_SCHEMA_INSIDE_H

#include "definition/keys.h"
#include "definition/pattern.h"
#include "definition/schema.h"
#include "definition/suggest.h"

#include <stdint.h>

struct schema_run;
struct schema_node;
struct schema_rule;

/* What the value of a keyword looks like. */
enum schema_form {
    FORM_ANY,    /* also: an annotation, which says nothing about values */
    FORM_TYPES,  /* a type or several; `count` is their mask */
    FORM_VALUES, /* a list */
    FORM_COUNT,  /* 0, 1, 2 ...; in `count` */
    FORM_NUMBER,
    FORM_DIVISOR,   /* a number above 0 */
    FORM_FLAG,      /* true or false */
    FORM_NAMES,     /* a list of texts */
    FORM_NAMES_MAP, /* a list of texts for each member */
    FORM_PATTERN,   /* in `patterns[0]` */
    FORM_FORMAT,
    FORM_REFERENCE,   /* its target in `nodes[0]` */
    FORM_SCHEMA,      /* in `nodes[0]` */
    FORM_SCHEMAS,     /* a list of them */
    FORM_SCHEMA_MAP,  /* one for each member */
    FORM_PATTERN_MAP, /* the same; the names are patterns */
};

struct schema_keyword {
    const char *name;
    enum schema_form form;
    unsigned about; /* TYPE_... of the values that it says something about */
    bool in_place;  /* its schemas look at the same value, not at a part of it */
    void (*check)(struct schema_run *run, const struct schema_node *node, const struct schema_rule *rule,
                  json_t *value);
};

/* A keyword in a schema. */
struct schema_rule {
    const struct schema_keyword *keyword;
    json_t *json; /* its value, borrowed */
    int64_t count;
    struct schema_node **nodes; /* in the order of `json` */
    size_t nodes_count;
    struct pattern **patterns;
    size_t patterns_count;
};

enum schema_mark { MARK_NEW, MARK_OPEN, MARK_DONE };

/* One schema: an object, or a bool. */
struct schema_node {
    json_t *json; /* borrowed */
    struct schema_rule *rules;
    size_t rules_count;
    enum schema_mark mark; /* of the search for loops */
};

struct schema {
    json_t *root; /* owned; everything borrows from it */
    struct schema_node **nodes;
    size_t nodes_count;
};

/* A "$ref", and where it stands. */
struct schema_reference {
    struct schema_rule *rule;
    char *pointer;
};

/* The compiling. */
struct schema_reading {
    struct parse *parse;
    struct schema *schema;
    json_t *index;        /* address of a schema's JSON -> its node's number */
    size_t patterns_size; /* instructions of all patterns */
    struct schema_reference *references;
    size_t references_count;
    bool full;
};

/* One checking. */
struct schema_run {
    struct parse parse; /* where in the value it is, and the findings */
    size_t work;        /* steps that are left */
    size_t violations;
    unsigned depth;
    unsigned quiet; /* above 0: something is only tried */
};

/* schema_read.c: a schema at the present path. Never NULL; what is wrong with it was said. */
struct schema_node *schema_read(struct schema_reading *reading, json_t *json);

/* schema_form.c: reads a keyword's value, which stands at the present path, into the rule. */
void schema_form_read(struct schema_reading *reading, struct schema_rule *rule);

/* schema_references.c: remembers a reference, which stands at the present path; finds all targets; then complains
 * about schemas that lead back to themselves. */
void schema_reference_add(struct schema_reading *reading, struct schema_rule *rule);
void schema_references_resolve(struct schema_reading *reading);
void schema_references_check(struct schema_reading *reading);
void schema_references_done(struct schema_reading *reading);

/* schema_run.c: checks a value, the rest of the way down. */
void schema_apply(struct schema_run *run, const struct schema_node *node, json_t *value);
/* The same without a word; true when it fits. */
bool schema_fits(struct schema_run *run, const struct schema_node *node, json_t *value);
void schema_spend(struct schema_run *run, size_t steps);
/* Whether the pattern matches; its steps are smaller than the others. */
bool schema_matches(struct schema_run *run, const struct pattern *pattern, const char *text, size_t length);
/* Nothing more is to be found out. */
bool schema_over(const struct schema_run *run);
/* Goes to a member or an element. Cheap while something is only tried. */
size_t schema_enter(struct schema_run *run, const char *key);
size_t schema_enter_index(struct schema_run *run, size_t index);
void schema_violate(struct schema_run *run, const char *hint, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* schema_words.c: a value, or what stands for it, in a message. */
enum { SCHEMA_FOUND = 96 };
const char *schema_found(const json_t *value, char text[SCHEMA_FOUND]);
/* TYPE_... that a type's name stands for, 0 when there is none; names of a mask as "a text or null". */
unsigned schema_type_mask(const char *name);
const char *schema_type_words(unsigned mask, char text[SCHEMA_FOUND]);

/* schema_format.c */
enum schema_format { FORMAT_UNKNOWN, FORMAT_UNCHECKED, FORMAT_CHECKED };
enum schema_format schema_format_known(const char *name, struct suggest *suggest);
bool schema_format_fits(const char *name, const char *text, size_t length, const char **example);

/* The value of a sibling keyword, and its rule, or NULL. */
const json_t *schema_sibling(const struct schema_node *node, const char *name);
const struct schema_rule *schema_rule_of(const struct schema_node *node, const char *name);

/* True when the value is of the type that the schema asks for, if it asks for one. */
bool schema_type_fits(const struct schema_node *node, const json_t *value);

#endif
