/* The tables of keys: what stands where in a saga file, and what it is for. */
#include "definition/keys.h"

/* clang-format off */
static const struct key saga_keys[] = {
    {"$schema", TYPE_STRING, 0, "editor completion; names the format version"},
    {"name", TYPE_STRING, KEY_REQUIRED, "the saga's name"},
    {"version", TYPE_INTEGER, KEY_REQUIRED, "1, 2, 3 ...; a registered version never changes"},
    {"description", TYPE_STRING, 0, "prose"},
    {"tags", TYPE_ARRAY, 0, "words to search by, of every transaction"},
    {"input", TYPE_OBJECT, 0, "what a start must bring"},
    {"output", TYPE_ANY, 0, "template of the result"},
    {"timeout", TYPE_STRING, 0, "of the whole saga"},
    {"onTimeout", TYPE_STRING, 0, "compensate (default) or pause"},
    {"lock", TYPE_OBJECT, 0, "semantic lock that is held until the end"},
    {"defaults", TYPE_OBJECT, 0, "timeout and retry of the steps that say nothing"},
    {"compensation", TYPE_OBJECT, 0, "how undoing is done"},
    {"steps", TYPE_ARRAY, KEY_REQUIRED, "what is done, in this order"},
    {"events", TYPE_OBJECT, 0, "what is announced, and to whom"},
    {"schedule", TYPE_STRING | TYPE_OBJECT, 0, "when it starts by itself: five fields of cron, or \"every 15m\""},
    {"priority", TYPE_INTEGER, 0, "0 to 9, the most urgent; 5 by default"},
    {"retention", TYPE_STRING, 0, "how long the finished transaction is kept; for ever by default"},
};

static const struct key input_keys[] = {
    {"schema", TYPE_OBJECT, 0, "JSON Schema of the input"},
};

static const struct key defaults_keys[] = {
    {"timeout", TYPE_STRING, 0, "of one attempt"},
    {"retry", TYPE_STRING | TYPE_OBJECT, 0, "of actions"},
};

static const struct key compensation_keys[] = {
    {"order", TYPE_STRING, 0, "reverse (default), sequential or parallel"},
    {"retry", TYPE_STRING | TYPE_OBJECT, 0, "of undos; for ever by default"},
    {"onExhausted", TYPE_STRING, 0, "pause (default) or continue"},
};

static const struct key step_keys[] = {
    {"id", TYPE_STRING, 0, "identifier; a group may go without"},
    {"description", TYPE_STRING, 0, "prose"},
    {"participant", TYPE_STRING, ON_CALL, "the service that is called"},
    {"when", TYPE_STRING, 0, "expression; false: skipped"},
    {"needs", TYPE_ARRAY, 0, "the steps that must be over first, instead of the previous one"},
    {"action", TYPE_OBJECT, KEY_KIND, "the request that does it"},
    {"compensation", TYPE_OBJECT, ON_PLAIN, "the request that undoes it"},
    {"operation", TYPE_STRING, KEY_KIND, "the hook pair of a service that embeds the SDK"},
    {"headers", TYPE_OBJECT, ON_OPERATION, "headers of an operation's requests"},
    {"body", TYPE_ANY, ON_OPERATION, "an operation's body; the input by default, with forEach the item"},
    {"steps", TYPE_ARRAY, KEY_KIND, "a group of steps, one after the other"},
    {"parallel", TYPE_ARRAY, KEY_KIND, "a group of steps that run together"},
    {"retry", TYPE_STRING | TYPE_OBJECT, ON_CALL, "of the action: a policy, none or forever"},
    {"timeout", TYPE_STRING, ON_CALL, "of one attempt"},
    {"pivot", TYPE_BOOL, ON_PLAIN, "go or no-go: after its yes the saga only goes forward"},
    {"readOnly", TYPE_BOOL, ON_PLAIN, "there is nothing to undo"},
    {"onFailure", TYPE_STRING, ON_PLAIN, "continue: go on when it fails"},
    {"switch", TYPE_ARRAY, KEY_KIND, "cases: the steps of the first one whose condition holds"},
    {"approval", TYPE_OBJECT, KEY_KIND, "a person says yes or no"},
    {"waitFor", TYPE_OBJECT, KEY_KIND, "a signal from outside"},
    {"delay", TYPE_STRING, KEY_KIND, "a timer"},
    {"async", TYPE_OBJECT, ON_CALL, "the participant answers 202 and calls back"},
    {"check", TYPE_OBJECT | TYPE_BOOL, ON_PLAIN, "the request that tells the true outcome of an unknown action"},
    {"outcomes", TYPE_OBJECT, ON_CALL, "expressions that read the outcome from the response"},
    {"saga", TYPE_OBJECT, KEY_KIND, "a transaction of its own, which is decided with this one"},
    {"try", TYPE_OBJECT, KEY_KIND, "TCC: reserve"},
    {"confirm", TYPE_OBJECT, ON_TCC, "TCC: use what was reserved"},
    {"cancel", TYPE_OBJECT, ON_TCC, "TCC: give back what was reserved"},
    {"prepare", TYPE_OBJECT, KEY_KIND, "two-phase commit: vote"},
    {"commit", TYPE_OBJECT, ON_VOTE, "two-phase commit: make it so"},
    {"rollback", TYPE_OBJECT, ON_VOTE, "two-phase commit: take it back"},
    {"forEach", TYPE_OBJECT, ON_PLAIN, "one branch per item"},
};

static const struct key each_keys[] = {
    {"in", TYPE_STRING, KEY_REQUIRED, "expression: the list"},
    {"as", TYPE_STRING, 0, "what expressions call an item; item by default"},
    {"key", TYPE_STRING, 0, "expression: what tells the items apart; needed where they are undone"},
    {"maxConcurrency", TYPE_INTEGER, 0, "how many items are at work at once; 10 by default"},
};

static const struct key case_keys[] = {
    {"when", TYPE_STRING, 0, "expression; the default, which is the last case, has none"},
    {"steps", TYPE_ARRAY, KEY_REQUIRED, "what is done, one after the other"},
};

static const struct key action_keys[] = {
    {"request", TYPE_STRING, KEY_REQUIRED, "\"METHOD /path\""},
    {"headers", TYPE_OBJECT, 0, "header fields; the values are templates"},
    {"body", TYPE_ANY, 0, "template of the JSON body"},
};

static const struct key undo_keys[] = {
    {"request", TYPE_STRING, KEY_REQUIRED, "\"METHOD /path\""},
    {"headers", TYPE_OBJECT, 0, "header fields; the values are templates"},
    {"body", TYPE_ANY, 0, "template of the JSON body"},
    {"timeout", TYPE_STRING, 0, "of one attempt"},
    {"retry", TYPE_STRING | TYPE_OBJECT, 0, "instead of the saga's compensation.retry"},
};

static const struct key second_keys[] = {
    {"request", TYPE_STRING, KEY_REQUIRED, "\"METHOD /path\""},
    {"headers", TYPE_OBJECT, 0, "header fields; the values are templates"},
    {"body", TYPE_ANY, 0, "template of the JSON body"},
    {"timeout", TYPE_STRING, 0, "of one attempt"},
    {"retry", TYPE_STRING | TYPE_OBJECT, 0, "when it is called again; for ever by default"},
};

static const struct key operation_undo_keys[] = {
    {"timeout", TYPE_STRING, 0, "of one attempt"},
    {"retry", TYPE_STRING | TYPE_OBJECT, 0, "instead of the saga's compensation.retry"},
};

static const struct key check_keys[] = {
    {"request", TYPE_STRING, KEY_REQUIRED, "\"METHOD /path\""},
    {"headers", TYPE_OBJECT, 0, "header fields; the values are templates"},
    {"body", TYPE_ANY, 0, "template of the JSON body"},
};

static const struct key outcomes_keys[] = {
    {"success", TYPE_STRING, 0, "expression over response; true: it is done"},
    {"failure", TYPE_STRING, 0, "expression over response; true: it was refused and nothing was done"},
};

/* Without a timeout of its own a wait has its own rule, which says more than "missing". */
static const struct key async_keys[] = {
    {"timeout", TYPE_STRING, 0, "until the participant has called back; required"},
    {"heartbeat", TYPE_STRING, 0, "the longest silence in between"},
};

static const struct key signal_keys[] = {
    {"signal", TYPE_STRING, KEY_REQUIRED, "its name"},
    {"timeout", TYPE_STRING, 0, "how long to wait; required"},
    {"onTimeout", TYPE_STRING, 0, "fail (default) or continue"},
};

static const struct key child_keys[] = {
    {"name", TYPE_STRING, KEY_REQUIRED, "of a registered saga without a pivot or vote"},
    {"version", TYPE_INTEGER, 0, "of it; the newest at the start by default"},
    {"input", TYPE_ANY, 0, "template of its input; the input of this saga by default"},
};

static const struct key approval_keys[] = {
    {"title", TYPE_STRING, KEY_REQUIRED, "what is asked; a template"},
    {"roles", TYPE_ARRAY, 0, "who may answer; anybody by default"},
    {"timeout", TYPE_STRING, 0, "how long to wait; required"},
    {"onTimeout", TYPE_STRING, 0, "reject (default) or approve"},
};

static const struct key lock_keys[] = {
    {"key", TYPE_STRING, KEY_REQUIRED, "expression over input and saga: what is locked"},
    {"onConflict", TYPE_STRING, 0, "wait (default) or reject"},
    {"timeout", TYPE_STRING, 0, "how long to wait; required, unless it rejects"},
};

static const struct key events_keys[] = {
    {"on", TYPE_ARRAY, KEY_REQUIRED, "started, paused, resumed, compensating, completed, compensated, terminated"},
    {"to", TYPE_STRING, KEY_REQUIRED, "the participant that is told, at POST /events"},
};

static const struct key schedule_keys[] = {
    {"cron", TYPE_STRING, 0, "minute hour day month weekday"},
    {"every", TYPE_STRING, 0, "a duration, instead of cron"},
    {"timeZone", TYPE_STRING, 0, "of cron: Europe/Berlin; UTC by default"},
    {"overlap", TYPE_STRING, 0, "while the last run has not ended: allow (default), skip or queue"},
    {"missed", TYPE_STRING, 0, "what was due while the coordinator was away: once (default), skip or all"},
    {"input", TYPE_ANY, 0, "of every run; {} by default"},
};

static const struct key retry_keys[] = {
    {"maxAttempts", TYPE_INTEGER, 0, "tries in all"},
    {"initialInterval", TYPE_STRING, 0, "wait before the second try"},
    {"backoff", TYPE_NUMBER, 0, "factor by which the wait grows"},
    {"maxInterval", TYPE_STRING, 0, "the longest wait"},
    {"totalTimeout", TYPE_STRING, 0, "give up this long after the first try"},
    {"jitter", TYPE_STRING, 0, "full (default) or none"},
    {"nonRetryable", TYPE_ARRAY, ON_DO, "codes of failures that another try cannot mend"},
};
/* clang-format on */

#define TABLE(owner, rows)                                                                                        \
    {                                                                                                             \
        owner, rows, sizeof rows / sizeof rows[0]                                                                 \
    }
const struct key_table keys_saga = TABLE("a saga", saga_keys);
const struct key_table keys_input = TABLE("\"input\"", input_keys);
const struct key_table keys_defaults = TABLE("\"defaults\"", defaults_keys);
const struct key_table keys_compensation = TABLE("the \"compensation\" of a saga", compensation_keys);
const struct key_table keys_step = TABLE("a step", step_keys);
const struct key_table keys_each = TABLE("\"forEach\"", each_keys);
const struct key_table keys_case = TABLE("a case", case_keys);
const struct key_table keys_action = TABLE("an action", action_keys);
const struct key_table keys_undo = TABLE("the \"compensation\" of a step", undo_keys);
const struct key_table keys_second = TABLE("a confirm, cancel, commit or rollback", second_keys);
const struct key_table keys_operation_undo = TABLE("the \"compensation\" of an operation", operation_undo_keys);
const struct key_table keys_action_check = TABLE("a check", check_keys);
const struct key_table keys_outcomes = TABLE("\"outcomes\"", outcomes_keys);
const struct key_table keys_async = TABLE("\"async\"", async_keys);
const struct key_table keys_signal = TABLE("\"waitFor\"", signal_keys);
const struct key_table keys_approval = TABLE("an approval", approval_keys);
const struct key_table keys_child = TABLE("\"saga\"", child_keys);
const struct key_table keys_lock = TABLE("\"lock\"", lock_keys);
const struct key_table keys_events = TABLE("\"events\"", events_keys);
const struct key_table keys_schedule = TABLE("\"schedule\"", schedule_keys);
const struct key_table keys_retry = TABLE("a retry policy", retry_keys);
#undef TABLE
