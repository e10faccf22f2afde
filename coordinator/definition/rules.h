/* Every rule that a saga file is held to, once: the documentation, the tests and the findings come from this
 * table. Codes are stable: a code that was published keeps its meaning for good; new rules are added at the
 * end of their group.
 *
 * E1xx the file, E2xx keys and values, E3xx names, E4xx order, pivot and undo, E5xx expressions, E6xx the
 * schema of the input and what is held to it; W1xx and W6xx warnings.
 * Name, code, severity, what the rule says, an example that breaks it, the same put right. */
#ifndef BELAY_DEFINITION_RULES_H
#define BELAY_DEFINITION_RULES_H

#include <stddef.h>

enum severity { SEVERITY_ERROR, SEVERITY_WARNING };

/* clang-format off */
#define RULES_FILE(X)                                                                                         \
    X(RULE_JSON, "E101", SEVERITY_ERROR, "a saga file is JSON (RFC 8259)",                                    \
      "{ \"name\": \"pay\", }", "{ \"name\": \"pay\" }")                                                      \
    X(RULE_DUPLICATE_KEY, "E102", SEVERITY_ERROR, "a key stands once in its object",                          \
      "{ \"timeout\": \"1h\", \"timeout\": \"2h\" }", "{ \"timeout\": \"2h\" }")                              \
    X(RULE_FILE_SIZE, "E103", SEVERITY_ERROR, "a saga file has at most 1 MiB",                                \
      "a file with its test data in it", "the data in \"input\"")                                             \
    X(RULE_FILE_DEPTH, "E104", SEVERITY_ERROR, "JSON is nested at most 64 levels deep",                       \
      "[[[[ ... ]]]]", "[ ... ]")                                                                             \
    X(RULE_FILE_OBJECT, "E105", SEVERITY_ERROR, "a saga file is one object",                                  \
      "[ { \"name\": \"pay\" } ]", "{ \"name\": \"pay\" }")                                                   \
    X(RULE_FORMAT_VERSION, "E106", SEVERITY_ERROR,                                                            \
      "\"$schema\" names a format that this version can read",                                                \
      "\"$schema\": \"./saga-9.schema.json\"", "\"$schema\": \"./saga-1.schema.json\"")

#define RULES_VALUE(X)                                                                                        \
    X(RULE_UNKNOWN_KEY, "E201", SEVERITY_ERROR,                                                               \
      "only keys of the format are used; your own begin with \"x-\"",                                         \
      "\"timout\": \"1h\"", "\"timeout\": \"1h\"")                                                            \
    X(RULE_MISSING_KEY, "E202", SEVERITY_ERROR, "a required key is there",                                    \
      "{ \"name\": \"pay\" }", "{ \"name\": \"pay\", \"version\": 1, \"steps\": [ ... ] }")                   \
    X(RULE_TYPE, "E203", SEVERITY_ERROR, "a value has the type that its key asks for",                        \
      "\"version\": \"1\"", "\"version\": 1")                                                                 \
    X(RULE_RANGE, "E204", SEVERITY_ERROR, "a number, duration or text lies within its range",                 \
      "\"maxAttempts\": 0", "\"maxAttempts\": 1")                                                             \
    X(RULE_WORD, "E205", SEVERITY_ERROR, "a value that is one of a few words is one of them",                 \
      "\"jitter\": \"half\"", "\"jitter\": \"full\"")                                                         \
    X(RULE_DURATION, "E206", SEVERITY_ERROR,                                                                  \
      "a duration is written 500ms, 30s, 5m, 2h, 7d, 1h30m or PT1H30M",                                       \
      "\"timeout\": \"30 seconds\"", "\"timeout\": \"30s\"")                                                  \
    X(RULE_NO_KIND, "E208", SEVERITY_ERROR, "a step says what it does",                                       \
      "{ \"id\": \"pay\" }",                                                                                  \
      "{ \"id\": \"pay\", \"participant\": \"payments\", \"operation\": \"pay\" }")                           \
    X(RULE_MANY_KINDS, "E209", SEVERITY_ERROR, "a step does one thing",                                       \
      "{ \"id\": \"pay\", \"operation\": \"pay\", \"action\": { ... } }",                                     \
      "{ \"id\": \"pay\", \"operation\": \"pay\" }")                                                          \
    X(RULE_MISPLACED, "E210", SEVERITY_ERROR,                                                                 \
      "a key belongs to the kind of step, or place, that it stands in",                                       \
      "{ \"parallel\": [ ... ], \"retry\": \"none\" }", "\"retry\" in the steps of the group")                \
    X(RULE_REQUEST, "E211", SEVERITY_ERROR, "a request is \"METHOD /path\", without a host",                  \
      "\"request\": \"POST http://payments/charges\"", "\"request\": \"POST /charges\"")                      \
    X(RULE_HEADER, "E212", SEVERITY_ERROR, "a header can be sent, and is not one that Belay sets itself",     \
      "\"headers\": { \"Idempotency-Key\": \"1\" }", "\"headers\": { \"X-Order\": \"1\" }")                   \
    X(RULE_FEW_STEPS, "E213", SEVERITY_ERROR,                                                                 \
      "\"steps\" and \"switch\" have at least one member, \"parallel\" at least two",                         \
      "\"parallel\": [ { ... } ]", "\"parallel\": [ { ... }, { ... } ]")                                      \
    X(RULE_LIMIT, "E214", SEVERITY_ERROR,                                                                     \
      "a saga has at most 1,000 steps and groups, and 65,535 dependencies",                                   \
      "\"steps\": [ ... 2,000 of them ... ]", "two sagas")                                                    \
    X(RULE_AFTER_DEFAULT, "E215", SEVERITY_ERROR, "the case without \"when\" is the last one of its switch",  \
      "\"switch\": [ { \"steps\": [ ... ] }, { \"when\": \"input.vip\", \"steps\": [ ... ] } ]",              \
      "\"switch\": [ { \"when\": \"input.vip\", \"steps\": [ ... ] }, { \"steps\": [ ... ] } ]")              \
    X(RULE_OPEN_WAIT, "E216", SEVERITY_ERROR, "who waits for somebody else says for how long",                \
      "\"waitFor\": { \"signal\": \"paid\" }",                                                                \
      "\"waitFor\": { \"signal\": \"paid\", \"timeout\": \"2d\" }")                                           \
    X(RULE_HEARTBEAT, "E217", SEVERITY_ERROR, "a heartbeat is shorter than the timeout it stands beside",     \
      "\"async\": { \"timeout\": \"1h\", \"heartbeat\": \"1h\" }",                                            \
      "\"async\": { \"timeout\": \"1h\", \"heartbeat\": \"10m\" }")                                           \
    X(RULE_SCHEDULE, "E219", SEVERITY_ERROR, "a schedule says when something is due",                         \
      "\"schedule\": \"@daily\"", "\"schedule\": \"0 3 * * *\"")

#define RULES_NAME(X)                                                                                         \
    X(RULE_IDENTIFIER, "E301", SEVERITY_ERROR,                                                                \
      "names can be used where they travel: ids in expressions, names in URLs",                               \
      "\"id\": \"charge-card\"", "\"id\": \"charge_card\"")                                                   \
    X(RULE_DUPLICATE_ID, "E302", SEVERITY_ERROR, "an id stands for one step",                                 \
      "{ \"id\": \"pay\" }, { \"id\": \"pay\" }", "{ \"id\": \"pay\" }, { \"id\": \"pay_tax\" }")             \
    X(RULE_RESERVED_ID, "E303", SEVERITY_ERROR, "an id is no word that expressions reserve",                  \
      "\"id\": \"in\"", "\"id\": \"goods_in\"")                                                               \
    X(RULE_NEEDS_UNKNOWN, "E304", SEVERITY_ERROR, "\"needs\" names steps or groups of this saga",             \
      "\"needs\": [\"resrve\"]", "\"needs\": [\"reserve\"]")                                                  \
    X(RULE_CYCLE, "E305", SEVERITY_ERROR, "no step waits for itself, directly or through others",             \
      "{ \"id\": \"a\", \"needs\": [\"b\"] }, { \"id\": \"b\", \"needs\": [\"a\"] }",                         \
      "{ \"id\": \"a\" }, { \"id\": \"b\", \"needs\": [\"a\"] }")                                             \
    X(RULE_NEEDS_TWICE, "E306", SEVERITY_ERROR, "\"needs\" names a step once",                                \
      "\"needs\": [\"a\", \"a\"]", "\"needs\": [\"a\"]")                                                      \
    X(RULE_OWN_CHILD, "E307", SEVERITY_ERROR, "a saga is not its own child",                                  \
      "{ \"name\": \"trip\", \"steps\": [ { \"id\": \"leg\", \"saga\": { \"name\": \"trip\" } } ] }",            \
      "{ \"name\": \"trip\", \"steps\": [ { \"id\": \"leg\", \"saga\": { \"name\": \"flight\" } } ] }")           \
    X(RULE_UNFIT_CHILD, "E308", SEVERITY_ERROR,                                                               \
      "a child decides nothing by itself, and does not start what it was started by",                         \
      "\"saga\": { \"name\": \"flight\" }, and in flight a step with \"pivot\": true",                      \
      "\"saga\": { \"name\": \"flight\" }, and in flight no pivot and no vote")

#define RULES_ORDER(X)                                                                                        \
    X(RULE_BEFORE_PIVOT, "E401", SEVERITY_ERROR,                                                              \
      "what runs before the pivot can be undone, or needs no undo",                                           \
      "{ \"id\": \"reserve\", \"action\": { ... } }, { \"id\": \"pay\", \"pivot\": true, ... }",              \
      "{ \"id\": \"reserve\", \"action\": { ... }, \"compensation\": { ... } }, { \"id\": \"pay\", "          \
      "\"pivot\": true, ... }")                                                                               \
    X(RULE_NO_PIVOT, "E402", SEVERITY_ERROR,                                                                  \
      "without a pivot every step can be undone, or needs no undo",                                           \
      "{ \"id\": \"pay\", \"action\": { ... } }",                                                             \
      "{ \"id\": \"pay\", \"action\": { ... }, \"pivot\": true }")                                            \
    X(RULE_SECOND_PIVOT, "E403", SEVERITY_ERROR, "a saga has one pivot, or one in each case of a switch",     \
      "{ \"id\": \"pay\", \"pivot\": true }, { \"id\": \"ship\", \"pivot\": true }",                          \
      "{ \"id\": \"pay\", \"pivot\": true }, { \"id\": \"ship\" }")                                           \
    X(RULE_PIVOT_PARALLEL, "E404", SEVERITY_ERROR,                                                             \
      "a pivot does not stand inside \"parallel\", and is not done per item",                                \
      "\"parallel\": [ { \"id\": \"pay\", \"pivot\": true }, { \"id\": \"ship\" } ]",                         \
      "{ \"id\": \"ship\" }, { \"id\": \"pay\", \"pivot\": true }")                                           \
    X(RULE_BESIDE_PIVOT, "E405", SEVERITY_ERROR, "every step is before the pivot or after it",                \
      "{ \"id\": \"pay\", \"pivot\": true }, { \"id\": \"mail\", \"needs\": [] }",                            \
      "{ \"id\": \"pay\", \"pivot\": true }, { \"id\": \"mail\", \"needs\": [\"pay\"] }")                     \
    X(RULE_UNDO_AFTER_PIVOT, "E406", SEVERITY_ERROR, "what runs after the pivot is never undone",             \
      "{ \"id\": \"pay\", \"pivot\": true }, { \"id\": \"mail\", \"compensation\": { ... } }",                \
      "{ \"id\": \"pay\", \"pivot\": true }, { \"id\": \"mail\" }")                                           \
    X(RULE_FINITE_AFTER_PIVOT, "E407", SEVERITY_ERROR,                                                        \
      "what runs after the pivot does not give up, or says what then",                                        \
      "\"retry\": { \"maxAttempts\": 3 }",                                                                    \
      "\"retry\": { \"maxAttempts\": 3 }, \"onFailure\": \"continue\"")                                       \
    X(RULE_READ_ONLY_UNDO, "E408", SEVERITY_ERROR, "what only reads has nothing to undo",                     \
      "\"readOnly\": true, \"compensation\": { ... }", "\"readOnly\": true")                                  \
    X(RULE_PIVOT_KEY, "E409", SEVERITY_ERROR, "a pivot is never undone and never passed over",                \
      "\"pivot\": true, \"onFailure\": \"continue\"", "\"pivot\": true")                                      \
    X(RULE_PIVOT_SKIPPED, "E410", SEVERITY_ERROR,                                                             \
      "a pivot that may be skipped takes everything after it along",                                          \
      "{ \"id\": \"pay\", \"pivot\": true, \"when\": \"input.paid\" }, { \"id\": \"mail\" }",                 \
      "{ \"when\": \"input.paid\", \"steps\": [ { \"id\": \"pay\", \"pivot\": true }, { \"id\": "             \
      "\"mail\" } ] }")                                                                                       \
    X(RULE_LONG_TIMEOUT, "E411", SEVERITY_ERROR, "one attempt is not allowed longer than the whole saga",     \
      "\"timeout\": \"1m\" of the saga, \"timeout\": \"2m\" of a step",                                       \
      "\"timeout\": \"10s\" of the step")                                                                     \
    X(RULE_LONG_WAIT, "E412", SEVERITY_ERROR,                                                                 \
      "a delay, signal, approval or callback is not awaited longer than the whole saga",                      \
      "\"timeout\": \"1h\" of the saga, \"delay\": \"2h\"",                                                   \
      "\"timeout\": \"1d\" of the saga, \"delay\": \"2h\"")                                                   \
    X(RULE_WAIT_AFTER_PIVOT, "E413", SEVERITY_ERROR, "after the pivot nothing is awaited that can be a no",   \
      "{ \"id\": \"pay\", \"pivot\": true }, { \"id\": \"review\", \"approval\": { ... } }",                  \
      "{ \"id\": \"review\", \"approval\": { ... } }, { \"id\": \"pay\", \"pivot\": true }")                  \
    X(RULE_EACH_KEY, "E414", SEVERITY_ERROR, "items that are undone have keys that tell them apart",          \
      "\"forEach\": { \"in\": \"input.items\" }, \"compensation\": { ... }",                                \
      "\"forEach\": { \"in\": \"input.items\", \"key\": \"item.sku\" }, \"compensation\": { ... }")

#define RULES_HELD(X)                                                                                         \
    X(RULE_HELD_AFTER, "E451", SEVERITY_ERROR, "what is held until the decision runs before it",              \
      "{ \"id\": \"pay\", \"pivot\": true }, { \"id\": \"seat\", \"try\": { ... }, ... }",        \
      "{ \"id\": \"seat\", \"try\": { ... }, ... }, { \"id\": \"pay\", \"pivot\": true }")        \
    X(RULE_VOTE_AND_PIVOT, "E452", SEVERITY_ERROR, "a saga is decided by a pivot or by a vote, not by both",  \
      "{ \"id\": \"ledger\", \"prepare\": { ... }, ... }, { \"id\": \"pay\", \"pivot\": true }",  \
      "{ \"id\": \"pay\", \"action\": { ... }, \"compensation\": { ... } }, "                         \
      "{ \"id\": \"ledger\", \"prepare\": { ... }, ... }")                                              \
    X(RULE_BESIDE_VOTE, "E453", SEVERITY_ERROR, "every step is before the end of the vote or after it",       \
      "{ \"id\": \"ledger\", \"prepare\": { ... }, ... }, { \"id\": \"mail\", \"needs\": [] }",   \
      "{ \"id\": \"ledger\", \"prepare\": { ... }, ... }, "                                             \
      "{ \"id\": \"mail\", \"needs\": [\"ledger\"] }")

#define RULES_EXPRESSION(X)                                                                                   \
    X(RULE_EXPRESSION, "E501", SEVERITY_ERROR,                                                                \
      "an expression can be read: its syntax, functions and macros",                                          \
      "\"when\": \"input.cents >\"", "\"when\": \"input.cents > 0\"")                                         \
    X(RULE_UNKNOWN_VARIABLE, "E502", SEVERITY_ERROR, "an expression uses variables that exist",               \
      "\"${ inptu.id }\"", "\"${ input.id }\"")                                                               \
    X(RULE_UNKNOWN_STEP, "E503", SEVERITY_ERROR,                                                              \
      "an expression names steps of this saga, by constant names",                                            \
      "\"${ steps.chrage.key }\"", "\"${ steps.charge.key }\"")                                               \
    X(RULE_NOT_FINISHED, "E504", SEVERITY_ERROR, "a value is used after its step has finished",               \
      "steps.ship.output in a step before \"ship\"", "the same in a step after \"ship\"")                     \
    X(RULE_NOT_HERE, "E505", SEVERITY_ERROR, "a variable is used where it has a value",                       \
      "error.code in an action", "error.code in a compensation")                                              \
    X(RULE_UNKNOWN_FIELD, "E506", SEVERITY_ERROR, "steps, saga and error have fixed fields",                  \
      "\"${ steps.charge.result }\"", "\"${ steps.charge.output }\"")                                         \
    X(RULE_INPUT_FIELD, "E507", SEVERITY_ERROR,                                                               \
      "a field of the input is one that \"input.schema\" lists",                                              \
      "\"${ input.ordrId }\"", "\"${ input.orderId }\"")

#define RULES_SCHEMA(X)                                                                                       \
    X(RULE_SCHEMA, "E601", SEVERITY_ERROR, "\"input.schema\" is a JSON Schema",                               \
      "{ \"type\": \"int\" }", "{ \"type\": \"integer\" }")                                                   \
    X(RULE_SCHEMA_REFUSED, "E602", SEVERITY_ERROR,                                                            \
      "\"input.schema\" asks for nothing that Belay does not check",                                          \
      "\"unevaluatedProperties\": false", "\"additionalProperties\": false")                                  \
    X(RULE_SCHEMA_REF, "E603", SEVERITY_ERROR,                                                                \
      "a \"$ref\" leads to a place in the same schema, and not back to itself",                               \
      "\"$ref\": \"address.json\"", "\"$ref\": \"#/$defs/address\"")                                          \
    X(RULE_PATTERN, "E604", SEVERITY_ERROR,                                                                   \
      "a \"pattern\" is a regular expression that can be matched in one walk over the text",                  \
      "\"pattern\": \"^(?=.*[0-9])[a-z0-9]+$\"",                                                              \
      "\"allOf\": [ { \"pattern\": \"[0-9]\" }, { \"pattern\": \"^[a-z0-9]+$\" } ]")                          \
    X(RULE_SCHEMA_LIMIT, "E605", SEVERITY_ERROR,                                                              \
      "a schema has at most 10,000 schemas in it, and its patterns fit into 50,000 instructions",             \
      "\"pattern\": \"^[a-z]{1000}$\" a hundred times",                                                       \
      "{ \"pattern\": \"^[a-z]+$\", \"maxLength\": 1000 }")                                                   \
    X(RULE_INPUT, "E606", SEVERITY_ERROR, "the input of a start satisfies \"input.schema\"",                  \
      "{ \"cents\": \"1999\" } for a schema that says { \"type\": \"integer\" }", "{ \"cents\": 1999 }")      \
    X(RULE_INPUT_WORK, "E607", SEVERITY_ERROR,                                                                \
      "an input can be checked in two million steps, and 400 schemas within each other",                      \
      "a million items, each held to ten patterns", "a thousand items, or one pattern")

#define RULES_WARNING(X)                                                                                      \
    X(RULE_NO_TIMEOUT, "W101", SEVERITY_WARNING, "a saga says how long it may take",                          \
      "{ \"name\": \"pay\", \"version\": 1 }",                                                                \
      "{ \"name\": \"pay\", \"version\": 1, \"timeout\": \"1h\" }")                                           \
    X(RULE_OWN_OUTPUT, "W102", SEVERITY_WARNING,                                                              \
      "an undo does not count on its own action's output: it may be unknown",                                 \
      "\"${ steps.pay.output.id }\" in the compensation of \"pay\"", "\"${ steps.pay.key }\"")                \
    X(RULE_MAYBE_NO_OUTPUT, "W103", SEVERITY_WARNING,                                                         \
      "the output of a step that may be skipped or fail is asked for with has()",                             \
      "\"${ steps.gift.output.id }\"", "\"${ has(steps.gift.output) ? steps.gift.output.id : '' }\"")         \
    X(RULE_LONG_RETRIES, "W104", SEVERITY_WARNING, "a step's tries fit into the timeout of the saga",         \
      "\"timeout\": \"1m\", \"retry\": { \"totalTimeout\": \"1h\" }",                                         \
      "\"retry\": { \"totalTimeout\": \"30s\" }")                                                             \
    X(RULE_TAG_TEMPLATE, "W105", SEVERITY_WARNING, "the tags of a saga are constant",                         \
      "\"tags\": [\"${ input.region }\"]", "\"tags\": [\"orders\"], and the region as a tag of the start")  \
    X(RULE_ABSENT_CHILD, "W106", SEVERITY_WARNING, "a child is registered before its parents",                \
      "belay validate trip.saga.json, which starts flight",                                                   \
      "belay validate trip.saga.json flight.saga.json")

#define RULES_SCHEMA_WARNING(X)                                                                               \
    X(RULE_SCHEMA_WORD, "W601", SEVERITY_WARNING, "what stands in \"input.schema\" has an effect",            \
      "\"minlength\": 1", "\"minLength\": 1")
/* clang-format on */

#define RULES(X)                                                                                              \
    RULES_FILE(X) RULES_VALUE(X) RULES_NAME(X) RULES_ORDER(X) RULES_HELD(X) RULES_EXPRESSION(X)               \
    RULES_SCHEMA(X) RULES_WARNING(X) RULES_SCHEMA_WARNING(X)

enum rule {
#define X(name, code, severity, meaning, wrong, right) name,
    RULES(X)
#undef X
        RULES_COUNT
};

/* One row of the table, for documentation and messages. */
struct rule_text {
    const char *code;
    enum severity severity;
    const char *meaning;
    const char *wrong;
    const char *right;
};

/* The row of a rule; `rule` < RULES_COUNT. */
const struct rule_text *rule_get(enum rule rule);

/* "E401" and the like. */
const char *rule_code(enum rule rule);

#endif
