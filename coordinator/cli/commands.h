/* The two tables of the command line: every command and every option, once. Parsing, help and completion
 * are made from them, so none of the three can know something that the others do not. */
#ifndef BELAY_CLI_COMMANDS_H
#define BELAY_CLI_COMMANDS_H

#include "base/error.h"

#include <stdint.h>

struct cli;

/* How the process ends. 3 to 6 tell how a transaction that was waited for stands. */
#define EXITS(X)                                                                                              \
    X(EXIT_DONE, 0, "done; a transaction that was waited for completed")                                      \
    X(EXIT_FAILED, 1, "not done: the coordinator refused or did not answer, a file is wrong, a check failed") \
    X(EXIT_MISUSED, 2, "the command line was not understood")                                                 \
    X(EXIT_COMPENSATED, 3, "the transaction was undone")                                                      \
    X(EXIT_PAUSED, 4, "the transaction is paused and waits for a person")                                     \
    X(EXIT_TERMINATED, 5, "the transaction was ended by an operator, as it stood")                            \
    X(EXIT_RUNNING, 6, "the transaction was still running when the time was up")

enum exit_status {
#define X(name, number, text) name = number,
    EXITS(X)
#undef X
};

enum { ARGUMENTS_MANY = 255 };

/* group, id, word, function, arguments (fewest, most, as help writes them, what completion offers: words,
 * "@files" or "@commands"), what it does. Commands of one group stand together. */
#define COMMANDS(X)                                                                                           \
    X("Try it", DEV, "dev", cmd_dev, 0, 0, "", "",                                                            \
      "start a coordinator with the example services in a temporary directory")                               \
    X("Sagas", VALIDATE, "validate", cmd_validate, 1, ARGUMENTS_MANY, "FILE...", "@files",                    \
      "find everything that is wrong with saga files, without a coordinator")                                 \
    X("Sagas", PLAN, "plan", cmd_plan, 1, ARGUMENTS_MANY, "FILE [CHILD...]", "@files",                        \
      "show what a saga does with an input, request by request, and what a failure would undo")               \
    X("Sagas", GRAPH, "graph", cmd_graph, 1, 1, "FILE", "@files",                                             \
      "draw a saga: steps, who waits for whom, conditions, the pivot, the way back")                          \
    X("Sagas", TEST, "test", cmd_test, 1, 2, "FILE [CASES]", "@files",                                        \
      "run a saga in memory against the answers in CASES (default: NAME.test.json beside it)")                \
    X("Sagas", DIFF, "diff", cmd_diff, 2, 3, "NAME V1 V2 | FILE1 FILE2", "@files",                            \
      "tell what changed between two versions of a saga")                                                     \
    X("Sagas", APPLY, "apply", cmd_apply, 1, ARGUMENTS_MANY, "FILE|DIR...", "@files",                         \
      "register saga files (*.saga.json below a directory) and participants.json")                            \
    X("Sagas", DEFINITIONS, "definitions", cmd_definitions, 0, 3, "[list | show NAME [VERSION]]",             \
      "list show", "list the registered sagas, or print one")                                                 \
    X("Transactions", START, "start", cmd_start, 1, 1, "SAGA", "", "start a transaction")                     \
    X("Transactions", LIST, "list", cmd_list, 0, 0, "", "",                                                   \
      "list transactions, newest first; --status paused is what needs attention")                             \
    X("Transactions", SHOW, "show", cmd_show, 1, 1, "ID", "",                                                 \
      "tell the story of a transaction: steps, answers, undo, why, what to do next")                          \
    X("Transactions", HISTORY, "history", cmd_history, 1, 1, "ID", "", "print every fact of a transaction")   \
    X("Transactions", WATCH, "watch", cmd_watch, 0, 1, "[ID]", "",                                            \
      "follow a transaction to its end; without ID the newest ones until Ctrl-C")                             \
    X("Operators", CANCEL, "cancel", cmd_operate, 1, 1, "ID", "", "undo what was done")                       \
    X("Operators", PAUSE, "pause", cmd_operate, 1, 1, "ID", "", "call nothing new until resumed")             \
    X("Operators", RESUME, "resume", cmd_operate, 1, 1, "ID", "",                                             \
      "go on after a pause; what was stuck is tried again")                                                   \
    X("Operators", RETRY, "retry", cmd_operate, 1, 1, "ID", "",                                               \
      "try a stuck or waiting step again now, with a new budget of tries; all without --step")                \
    X("Operators", SKIP, "skip", cmd_operate, 1, 1, "ID", "", "leave a stuck or waiting step out")            \
    X("Operators", RESOLVE, "resolve", cmd_operate, 1, 1, "ID", "",                                           \
      "say what is true of a stuck or waiting step: --outcome done or failed")                                \
    X("Operators", TERMINATE, "terminate", cmd_operate, 1, 1, "ID", "",                                       \
      "end a transaction as it stands; nothing is undone")                                                    \
    X("Operators", APPROVE, "approve", cmd_tell, 2, 2, "ID STEP", "", "say yes where a step asks a person")   \
    X("Operators", REJECT, "reject", cmd_tell, 2, 2, "ID STEP", "", "say no there")                           \
    X("Operators", SIGNAL, "signal", cmd_tell, 2, 2, "ID NAME", "",                                           \
      "send a signal that a step waits for, or is going to wait for")                                         \
    X("Coordinator", PARTICIPANTS, "participants", cmd_participants, 0, 3,                                    \
      "[list | put NAME URL | delete NAME]", "list put delete", "list, register or remove participants")      \
    X("Coordinator", DOCTOR, "doctor", cmd_doctor, 0, 0, "", "",                                              \
      "check the coordinator, its disk, this machine and the participants")                                   \
    X("This program", COMPLETION, "completion", cmd_completion, 1, 1, "SHELL", "bash zsh fish",               \
      "print a completion script: source <(belay completion bash)")                                           \
    X("This program", HELP, "help", cmd_help, 0, 1, "[COMMAND]", "@commands", "explain a command")

enum command_id {
#define X(group, id, ...) COMMAND_##id,
    COMMANDS(X)
#undef X
    COMMANDS_COUNT
};

#define OF(id) (UINT64_C(1) << COMMAND_##id)
#define OF_EVERY ((UINT64_C(1) << COMMANDS_COUNT) - 1)
#define OF_VERBS (OF(CANCEL) | OF(PAUSE) | OF(RESUME) | OF(RETRY) | OF(SKIP) | OF(RESOLVE) | OF(TERMINATE))
#define OF_PERSONS (OF(APPROVE) | OF(REJECT))
#define OF_LISTINGS                                                                                           \
    (OF(LIST) | OF(SHOW) | OF(HISTORY) | OF(WATCH) | OF(START) | OF(VALIDATE) | OF(APPLY) | OF(DEFINITIONS) | \
     OF(PARTICIPANTS) | OF(DOCTOR) | OF(PLAN) | OF(TEST) | OF(DIFF) | OF(SIGNAL) | OF_PERSONS | OF_VERBS)
#define OF_CLIENTS (OF_LISTINGS & ~(OF(VALIDATE) | OF(PLAN) | OF(TEST)))

/* id, name, letter or 0, value as help writes it ("" = a flag), what completion offers for the value, the
 * commands that take it, what it means */
#define OPTIONS(X)                                                                                            \
    X(INPUT, "input", 0, "FILE|-|JSON", "@files", OF(START) | OF(PLAN),                                       \
      "the input: a file, - for standard input, or JSON")                                                     \
    X(FAIL, "fail", 0, "STEP[:unknown]", "", OF(PLAN),                                                        \
      "that step is refused; with :unknown nobody ever learns what became of it")                             \
    X(ID, "id", 0, "ID", "", OF(START), "your own id of the transaction; makes starting it repeatable")       \
    X(KEY, "key", 0, "KEY", "", OF(START), "Idempotency-Key: the same key and content start only once")       \
    X(VERSION_OF, "version", 0, "N", "", OF(START), "of the saga; default: the newest")                       \
    X(TAG, "tag", 0, "TAG", "", OF(START) | OF(LIST), "a tag; for start, give it again for more than one")    \
    X(WAIT, "wait", 0, "", "", OF(START), "show what happens until it ends; the exit code is the outcome")    \
    X(TIMEOUT, "timeout", 0, "DURATION", "", OF(START) | OF(WATCH) | OF(DOCTOR),                              \
      "how long to wait: 30s, 5m; a bare number is seconds. Default: for ever (doctor: 3s per answer)")       \
    X(STATUS, "status", 0, "STATUS,...",                                                                      \
      "running confirming completed compensating compensated paused terminated", OF(LIST),                    \
      "only these: running, confirming, completed, compensating, compensated, paused, terminated")            \
    X(SAGA, "saga", 0, "NAME", "", OF(LIST), "only this saga")                                                \
    X(STEP, "step", 0, "STEP", "", OF(LIST) | OF(RETRY) | OF(SKIP) | OF(RESOLVE),                             \
      "the step, of an item STEP[KEY]; for list: those that wait for their next try, or are stuck, there")    \
    X(PARTICIPANT, "participant", 0, "NAME", "", OF(LIST), "only those that wait for it, or are stuck there") \
    X(SINCE, "since", 0, "TIME", "", OF(LIST),                                                                \
      "begun at or after: 2026-01-02T03:04:05Z, or 2h for two hours ago")                                     \
    X(UNTIL, "until", 0, "TIME", "", OF(LIST), "begun before; like --since")                                  \
    X(LIMIT, "limit", 0, "N", "", OF(LIST), "at most so many; default 50")                                    \
    X(ALL, "all", 0, "", "", OF(LIST), "all of them, page by page")                                           \
    X(REASON, "reason", 0, "TEXT", "", OF_VERBS, "why; it is recorded. skip, resolve and terminate need it")  \
    X(ACTOR, "actor", 0, "NAME", "", OF_VERBS | OF_PERSONS,                                                   \
      "who; it is recorded (BELAY_ACTOR; default: the user's name)")                                          \
    X(ROLE, "role", 0, "ROLE", "", OF_PERSONS, "in which role, where the step asks for one")                  \
    X(COMMENT, "comment", 0, "TEXT", "", OF_PERSONS, "your reason; it is recorded")                           \
    X(PAYLOAD, "payload", 0, "JSON|FILE|-", "@files", OF(SIGNAL),                                             \
      "what the signal brings: the output of the step; default: nothing")                                     \
    X(OUTCOME, "outcome", 0, "done|failed", "done failed", OF(RESOLVE), "what is true of the step")           \
    X(BODY, "body", 0, "JSON|FILE|-", "@files", OF(RETRY),                                                    \
      "with --step and --reason: what the step is called with from now on")                                   \
    X(RESULT, "output", 0, "JSON", "", OF(RESOLVE), "the step's output, with --outcome done")                 \
    X(HEADER, "header", 0, "NAME:VALUE", "", OF(PARTICIPANTS), "with put: sent with every call; repeatable")  \
    X(IN_FLIGHT, "max-in-flight", 0, "N", "", OF(PARTICIPANTS), "with put: calls to it at the same time")     \
    X(PORT, "port", 0, "N", "", OF(DEV), "first port to try; default 7070")                                   \
    X(KEEP, "keep", 0, "", "", OF(DEV), "leave the temporary directory behind")                               \
    X(DATA, "data", 0, "DIR", "@files", OF(DOCTOR), "the coordinator's data directory (BELAY_DATA)")          \
    X(URL, "url", 0, "URL", "", OF_CLIENTS,                                                                   \
      "where the coordinator is (BELAY_URL; default http://127.0.0.1:7070)")                                  \
    X(FORMAT, "format", 'o', "FORMAT", "table wide json jsonl", OF_LISTINGS,                                  \
      "table (default), wide, json, or jsonl: one JSON value a line")                                         \
    X(LANGUAGE, "language", 'o', "LANGUAGE", "mermaid dot", OF(GRAPH), "mermaid (default) or dot (Graphviz)")   \
    X(NO_COLOR, "no-color", 0, "", "", OF_EVERY, "no colours (also NO_COLOR, and without a terminal)")          \
    X(USAGE, "help", 'h', "", "", OF_EVERY, "explain the command")

enum option_id {
#define X(id, ...) OPTION_##id,
    OPTIONS(X)
#undef X
    OPTIONS_COUNT
};

struct command_spec {
    const char *group;
    const char *word;
    int (*run)(struct cli *cli); /* an exit_status */
    unsigned char fewest, most;
    const char *arguments;
    const char *offers;
    const char *summary;
};

struct option_spec {
    const char *name;
    char letter;
    const char *value; /* "" for a flag */
    const char *offers;
    uint64_t commands; /* bits of enum command_id */
    const char *summary;
};

extern const struct command_spec commands[COMMANDS_COUNT];
extern const struct option_spec command_options[OPTIONS_COUNT];

/* Each is in the file of its name, cmd_dev in dev.c and so on. */
#define X(group, id, word, function, ...) int function(struct cli *cli);
COMMANDS(X)
#undef X

/* The command of that word, or COMMANDS_COUNT. */
enum command_id commands_find(const char *word);

/* ERROR_USAGE: there is no such command, and which one was probably meant. */
int commands_unknown(const char *word, struct error *error);

#endif
