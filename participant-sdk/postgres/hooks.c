/* Small SQL for hooks: named parameters, and every error of PostgreSQL is the call's failure. */
#include "belay/postgres.h"

#include <ctype.h>
#include <errno.h>
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PARAMETERS(X)                                                                                             \
    X(BODY, "body")                                                                                               \
    X(TRANSACTION, "transaction")                                                                                 \
    X(STEP, "step")                                                                                               \
    X(ITEM, "item")                                                                                               \
    X(KEY, "key")                                                                                                 \
    X(ACTION_KEY, "action_key")                                                                                   \
    X(CALLBACK, "callback")

enum parameter {
#define X(name, word) NAME_##name,
    PARAMETERS(X)
#undef X
        PARAMETERS_COUNT
};

static const char *const words[PARAMETERS_COUNT] = {
#define X(name, word) word,
    PARAMETERS(X)
#undef X
};

enum { SQL_MAX = 16 * 1024 }; /* of one statement of a hook */

/* A statement with its parameters numbered as they appear: $1, $2 ... */
struct statement {
    char text[SQL_MAX];
    size_t length;
    enum parameter parameters[PARAMETERS_COUNT];
    int count;
    const char *unknown; /* the name of none of these */
};

PGconn *belay_postgres_conn(const struct belay_call *call)
{
    return belay_call_session(call);
}

static bool put(struct statement *statement, const char *text, size_t length)
{
    if (length >= SQL_MAX - statement->length)
        return false;
    memcpy(statement->text + statement->length, text, length);
    statement->length += length;
    statement->text[statement->length] = '\0';
    return true;
}

/* Length of what begins at `sql` and is not to be looked into: a quoted text or name, a comment, "::"; else 0. */
static size_t skip(const char *sql)
{
    const char *end = NULL;
    if (*sql == '\'' || *sql == '"')
        end = strchr(sql + 1, *sql);
    else if (!strncmp(sql, "--", 2))
        return strcspn(sql, "\n");
    else if (!strncmp(sql, "/*", 2) && (end = strstr(sql + 2, "*/")))
        end++;
    else if (!strncmp(sql, "::", 2))
        return 2;
    else
        return 0;
    return end ? (size_t)(end - sql) + 1 : strlen(sql);
}

static size_t word_length(const char *text)
{
    size_t length = 0;
    while (isalnum((unsigned char)text[length]) || text[length] == '_')
        length++;
    return length;
}

/* Puts "$n" for a name. False when there is no such parameter, or no room. */
static bool put_parameter(struct statement *statement, const char *name, size_t length)
{
    for (enum parameter parameter = 0; parameter < PARAMETERS_COUNT; parameter++) {
        if (strlen(words[parameter]) != length || strncmp(words[parameter], name, length))
            continue;
        int number = 0;
        while (number < statement->count && statement->parameters[number] != parameter)
            number++;
        if (number == statement->count)
            statement->parameters[statement->count++] = parameter;
        char text[8];
        int written = snprintf(text, sizeof text, "$%d", number + 1);
        return put(statement, text, (size_t)written);
    }
    statement->unknown = name;
    return false;
}

static bool translate(struct statement *statement, const char *sql)
{
    statement->length = 0;
    statement->count = 0;
    statement->unknown = NULL;
    while (*sql) {
        size_t length = skip(sql);
        bool name =
            !length && *sql == ':' && (length = word_length(sql + 1)) > 0 && !isdigit((unsigned char)sql[1]);
        if (name ? !put_parameter(statement, sql + 1, length) : !put(statement, sql, length ? length : 1))
            return false;
        sql += name ? length + 1 : length ? length : 1;
    }
    return true;
}

static const char *value_of(const struct belay_call *call, enum parameter parameter)
{
    switch (parameter) {
    case NAME_TRANSACTION:
        return belay_call_transaction(call);
    case NAME_STEP:
        return belay_call_step(call);
    case NAME_ITEM:
        return belay_call_item(call);
    case NAME_KEY:
        return belay_call_key(call);
    case NAME_ACTION_KEY:
        return belay_call_action_key(call);
    case NAME_CALLBACK:
        return belay_call_callback(call);
    default:
        return NULL;
    }
}

/* The body as libpq takes texts: ended by a NUL, without one inside. NULL is no body; *failed says that there is
 * one that cannot be sent. */
static char *body_of(struct belay_call *call, bool *failed)
{
    size_t length = 0;
    const char *body = belay_call_body(call, &length);
    *failed = length > 0;
    if (length == 0)
        return NULL;
    if (memchr(body, '\0', length)) {
        belay_fail(call, "the body holds a NUL, which no text of PostgreSQL can");
        return NULL;
    }
    char *copy = malloc(length + 1);
    if (!copy) {
        belay_fail(call, "no memory for the body");
        return NULL;
    }
    memcpy(copy, body, length);
    copy[length] = '\0';
    *failed = false;
    return copy;
}

static PGresult *send(struct belay_call *call, const struct statement *statement)
{
    bool failed = false;
    char *body = NULL;
    const char *values[PARAMETERS_COUNT] = {NULL};
    for (int i = 0; i < statement->count && !failed; i++) {
        bool is_body = statement->parameters[i] == NAME_BODY;
        if (is_body)
            body = body_of(call, &failed);
        values[i] = is_body ? body : value_of(call, statement->parameters[i]);
    }
    PGresult *result = NULL;
    if (!failed)
        result = PQexecParams(belay_postgres_conn(call), statement->text, statement->count, NULL, values, NULL,
                              NULL, 0);
    free(body);
    return result;
}

/* NULL when it failed, with the failure noted. */
static PGresult *run(struct belay_call *call, const char *sql)
{
    struct statement statement;
    if (!translate(&statement, sql)) {
        if (statement.unknown)
            belay_fail(call, "\":%.*s\" is no parameter that a call has, as :body is: %.120s",
                       (int)word_length(statement.unknown), statement.unknown, sql);
        else
            belay_fail(call, "a statement of more than %d bytes: %.120s", SQL_MAX - 1, sql);
        return NULL;
    }
    PGresult *result = send(call, &statement);
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
        return result;
    const char *text = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    if (!text)
        text = PQerrorMessage(belay_postgres_conn(call));
    belay_fail(call, "%.*s: %.100s", (int)strcspn(text, "\n"), text, sql);
    PQclear(result);
    return NULL;
}

int belay_postgres_run(struct belay_call *call, const char *sql, int64_t *changed)
{
    PGresult *result = run(call, sql);
    if (!result)
        return BELAY_FAILED;
    if (changed)
        *changed = strtoll(PQcmdTuples(result), NULL, 10);
    PQclear(result);
    return BELAY_YES;
}

int belay_postgres_read(struct belay_call *call, const char *sql, int64_t *value)
{
    PGresult *result = run(call, sql);
    if (!result)
        return BELAY_FAILED;
    int said = BELAY_YES;
    *value = 0;
    if (PQntuples(result) > 0 && PQnfields(result) > 0 && !PQgetisnull(result, 0, 0)) {
        char *end = NULL;
        const char *text = PQgetvalue(result, 0, 0);
        errno = 0;
        *value = strtoll(text, &end, 10);
        if (errno || end == text || *end)
            said = belay_fail(call, "\"%.40s\" is no integer: %.100s", text, sql);
    }
    PQclear(result);
    return said;
}

int belay_postgres_answer(struct belay_call *call, const char *sql)
{
    PGresult *result = run(call, sql);
    if (!result)
        return BELAY_FAILED;
    int said = BELAY_YES;
    if (PQntuples(result) > 0 && PQnfields(result) > 0 && !PQgetisnull(result, 0, 0))
        said = belay_answer(call, PQgetvalue(result, 0, 0), (size_t)PQgetlength(result, 0, 0));
    PQclear(result);
    return said;
}
