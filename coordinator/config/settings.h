/* The options of belayd: one table from which parsing, the environment, the configuration file and --help come.
 * A flag wins over the environment, that over the file, and that over the default. */
#ifndef BELAY_CONFIG_SETTINGS_H
#define BELAY_CONFIG_SETTINGS_H

#include "base/buf.h"
#include "base/error.h"
#include "base/limits.h"
#include "ports/world.h"

#include <stdint.h>

enum setting_type {
    SETTING_TEXT,
    SETTING_URL,     /* http or https, at most `most` bytes */
    SETTING_COUNT,   /* 1 .. most */
    SETTING_SECONDS, /* 0 .. most */
    SETTING_LEVEL,   /* debug, info, warn, error: enum trace_level */
};

/* id, name, environment, type, default text, default number, most, name of the value, help */
#define SETTINGS(X)                                                                                           \
    X(SETTING_DATA, "data", "BELAY_DATA", SETTING_TEXT, NULL, 0, 0, "DIR",                                    \
      "directory that everything is kept in; made if it is missing; required")                                \
    X(SETTING_LISTEN, "listen", "BELAY_LISTEN", SETTING_TEXT, "127.0.0.1:7070", 0, 0, "ADDR",                 \
      "address to serve on; port 0 picks a free one")                                                         \
    X(SETTING_PUBLIC_URL, "public-url", "BELAY_PUBLIC_URL", SETTING_URL, NULL, 0, 1024, "URL",                 \
      "how participants reach it, for callbacks; default: http:// and the address it serves on")              \
    X(SETTING_CONFIG, "config", "BELAY_CONFIG", SETTING_TEXT, NULL, 0, 0, "FILE",                             \
      "JSON object with these options by their names")                                                        \
    X(SETTING_PARTICIPANTS, "participants", "BELAY_PARTICIPANTS", SETTING_TEXT, NULL, 0, 0, "FILE",           \
      "registry to put in at the start: {\"participants\":{\"NAME\":{\"url\":...}}}")                         \
    X(SETTING_DEFINITIONS, "definitions", "BELAY_DEFINITIONS", SETTING_TEXT, NULL, 0, 0, "PATH",              \
      "saga file, or directory of *.json saga files, to register at the start")                               \
    X(SETTING_LOG_LEVEL, "log-level", "BELAY_LOG_LEVEL", SETTING_LEVEL, "info", TRACE_INFO, 0, "LEVEL",       \
      "debug, info, warn or error")                                                                           \
    X(SETTING_DRAIN, "drain", "BELAY_DRAIN", SETTING_SECONDS, NULL, 10, 3600, "SECONDS",                      \
      "how long sending the last answers may take after SIGTERM")                                             \
    X(SETTING_RETENTION, "retention", "BELAY_RETENTION", SETTING_SECONDS, NULL, 0, 315360000, "SECONDS",      \
      "remove what has ended so long ago, unless its saga says otherwise; 0 keeps it for ever")               \
    X(SETTING_OPEN_MAX, "open-max", "BELAY_OPEN_MAX", SETTING_COUNT, NULL, LIMIT_OPEN, 10000000, "N",         \
      "open transactions in memory, about 2 KiB each; who only waits is on disk")                             \
    X(SETTING_INBOX_MAX, "inbox-max", "BELAY_INBOX_MAX", SETTING_COUNT, NULL, LIMIT_INBOX, 10000000, "N",     \
      "requests and responses that wait for their turn; full is answered 503")                                \
    X(SETTING_BATCH_MAX, "batch-max", "BELAY_BATCH_MAX", SETTING_COUNT, NULL, LIMIT_BATCH, 100000, "N",       \
      "events that become durable in one commit")                                                             \
    X(SETTING_CALLS_MAX, "calls-max", "BELAY_CALLS_MAX", SETTING_COUNT, NULL, LIMIT_CALLS, 100000, "N",       \
      "calls to participants at once")                                                                        \
    X(SETTING_CALLS_PARTICIPANT_MAX, "calls-participant-max", "BELAY_CALLS_PARTICIPANT_MAX", SETTING_COUNT,   \
      NULL, LIMIT_CALLS_PARTICIPANT, 100000, "N", "calls to one participant at once")                         \
    X(SETTING_CALLS_PER_SECOND, "calls-per-second", "BELAY_CALLS_PER_SECOND", SETTING_COUNT, NULL, 0,         \
      LIMIT_CALLS_PER_SECOND, "N", "calls to one participant in a second; not given, as fast as they come")

enum setting {
#define X(id, name, environment, type, text, number, most, value, help) id,
    SETTINGS(X)
#undef X
        SETTINGS_COUNT
};

/* What belayd's exit says; --help prints them. */
#define EXITS(X)                                                                                              \
    X(EXIT_CLEAN, 0, "ended as asked (SIGTERM, SIGINT)")                                                      \
    X(EXIT_FAILED, 1, "failed while it ran: the store, the address, the system; nothing acknowledged is lost") \
    X(EXIT_USAGE, 2, "a wrong option, or a file it names that is wrong")                                      \
    X(EXIT_LOCKED, 3, "another coordinator owns the data directory")                                          \
    X(EXIT_DATA, 4, "the data directory is damaged, or made by a newer version")

enum exit_status {
#define X(name, status, meaning) name = status,
    EXITS(X)
#undef X
};

/* Where a value came from; a later one wins. */
enum setting_source { SOURCE_DEFAULT, SOURCE_FILE, SOURCE_ENVIRONMENT, SOURCE_FLAG };

struct settings {
    struct setting_value {
        char *text; /* owned; NULL = not given and without a default */
        uint64_t number;
        enum setting_source source;
    } values[SETTINGS_COUNT];
    enum { SETTINGS_RUN, SETTINGS_HELP, SETTINGS_VERSION } wish;
};

/* Reads the command line, then the environment (`environment` is getenv, or a test's), then the file that
 * --config names. ERROR_USAGE says what was not understood and what was probably meant. Free with settings_done in
 * any case. */
int settings_parse(struct settings *settings, int argc, char **argv, char *(*environment)(const char *name),
                  struct error *error);
void settings_done(struct settings *settings);

const char *settings_text(const struct settings *settings, enum setting setting); /* NULL = not given */
uint64_t settings_number(const struct settings *settings, enum setting setting);

/* Sets one option from text, unless a source of a higher rank has set it. For the readers of sources. */
int settings_set(struct settings *settings, enum setting setting, const char *text, enum setting_source source,
                struct error *error);

/* The name of an option, as it stands behind "--" and in the file. */
const char *settings_name(enum setting setting);

void settings_help(struct buf *buf);

#endif
