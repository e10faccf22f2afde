/* Reading a saga file into a draft. Each parse_*.c reads one part; all share this: where they are (a JSON
 * Pointer that is pushed and popped), how they complain, and small values that stand everywhere. */
#ifndef BELAY_DEFINITION_PARSE_H
#define BELAY_DEFINITION_PARSE_H

#include "base/buf.h"
#include "definition/draft.h"
#include "definition/findings.h"
#include "definition/rules.h"

#include <jansson.h>

struct parse {
    struct draft *draft;
    struct findings *findings;
    struct buf path; /* of the value that is being read */
};

/* parse_saga.c: the whole file. `draft->root` is the object to read. */
void parse_saga(struct parse *parse);

/* parse_lock.c: what a saga must hold before it starts. */
void parse_lock(struct parse *parse, const json_t *root);

/* parse_schedule.c: when it starts by itself. Behind the input's schema, which its input must satisfy. */
void parse_schedule(struct parse *parse, const json_t *root);

/* parse_events.c: what a saga announces. */
void parse_events(struct parse *parse, const json_t *root);

/* parse_steps.c: an array of steps, or cases, that stand in `group` (NODE_NONE: the saga itself), whose kind says
 * how they belong together. */
void parse_steps(struct parse *parse, const json_t *steps, int group, enum node_kind kind);

/* parse_id.c: the id of a step, which groups need only to be named in `needs`. */
void parse_id(struct parse *parse, const json_t *step, struct node *node);
/* A variable that `object` names in its member `key`; false, and nothing, when there is none or it is wrong. */
bool parse_variable(struct parse *parse, const json_t *object, const char *key, char **name);

/* parse_kind.c: what the step called `name` does; its keys are checked against that. */
enum node_kind parse_kind(struct parse *parse, const json_t *step, const char *name);

/* parse_call.c: what a step that calls a participant says beside what every step says; parse_outcome.c: the part
 * of it that tells how the call came out. */
void parse_call(struct parse *parse, const json_t *step, struct node *node);
/* parse_held.c: the three requests of a step that is held until the decision. False when it is no such step. */
bool parse_held(struct parse *parse, const json_t *step, struct node *node);
void parse_outcome(struct parse *parse, const json_t *step, struct node *node);

/* parse_child.c: the saga that a step starts. */
void parse_child(struct parse *parse, const json_t *step, struct node *node);

/* parse_each.c: `forEach` of a step that calls a participant. */
void parse_each(struct parse *parse, const json_t *step, struct node *node);

/* parse_wait.c: what a delay, signal or approval says; and the `timeout` that every object must have (it is called
 * `key`) that waits for somebody. */
void parse_wait(struct parse *parse, const json_t *step, struct node *node);
void parse_end_of_wait(struct parse *parse, const json_t *object, const char *key, uint64_t *ms);

/* parse_request.c: an action, compensation or check; path, headers and body of an operation. */
void parse_request(struct parse *parse, const json_t *object, struct request_spec *request);
void parse_operation(struct parse *parse, const json_t *step, struct node *node);

/* parse_expression.c: complaints go to the member `key` of the present object. NULL when it is broken. */
struct template *parse_template(struct parse *parse, const char *key, const json_t *value);
struct template *parse_text_template(struct parse *parse, const char *key, const char *text, size_t skip);
struct expr *parse_condition(struct parse *parse, const char *key, const char *text, size_t length);

/* parse_policy.c: `retry` of the present object. */
void parse_retry(struct parse *parse, const json_t *object, bool of_action, struct policy *policy);

/* parse_value.c: the small values. Each reads the member `key` of `object`, which stands at parse->path;
 * false, and the result untouched, when it is not there or wrong (then it has complained). */
bool parse_duration(struct parse *parse, const json_t *object, const char *key, uint64_t *ms);
bool parse_word(struct parse *parse, const json_t *object, const char *key, const char *const *words, size_t count,
                size_t *choice);
/* An integer from `min` to `max`. */
bool parse_count(struct parse *parse, const json_t *object, const char *key, int64_t min, int64_t max,
                 uint32_t *count);
/* A name of letters, digits, "-", "_" and "."; a copy. */
bool parse_name(struct parse *parse, const json_t *object, const char *key, char **name);
/* The same for an element of `array`, which `what` calls ("a role"). */
bool parse_name_element(struct parse *parse, const json_t *array, size_t index, const char *what, char **name);
bool parse_flag(const json_t *object, const char *key);

/* parse.c: enter a member or an element, leave with what the entering returned. */
size_t parse_enter(struct parse *parse, const char *key);
size_t parse_enter_index(struct parse *parse, size_t index);
void parse_leave(struct parse *parse, size_t mark);

/* Complains about the value at parse->path. Returns the finding or NULL (findings_add). */
struct finding *parse_complain(struct parse *parse, enum rule rule, const char *hint, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The same about its member `key`. */
struct finding *parse_complain_at(struct parse *parse, const char *key, enum rule rule, const char *hint,
                                  const char *format, ...) __attribute__((format(printf, 5, 6)));

#endif
