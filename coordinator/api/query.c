/* Parsing of queries into a short table, and the typed reading of it. */
#include "api/query.h"

#include "api/percent.h"
#include "base/time.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int query_add(const char *raw, size_t length, const char *known, struct query *query, struct error *error);
static bool query_knows(const char *known, const char *name);

int query_parse(const char *raw, const char *known, struct query *query, struct error *error)
{
    assert(raw && known);
    query->count = 0;
    for (const char *at = raw; *at;) {
        size_t length = strcspn(at, "&");
        if (length && query_add(at, length, known, query, error))
            return (int)error->code;
        at += length + (at[length] == '&');
    }
    return 0;
}

const char *query_find(const struct query *query, const char *name)
{
    for (size_t i = 0; i < query->count; i++)
        if (strcmp(query->list[i].name, name) == 0 && query->list[i].value[0])
            return query->list[i].value;
    return NULL;
}

int query_number(const struct query *query, const char *name, uint64_t min, uint64_t max, uint64_t *value,
                 struct error *error)
{
    const char *text = query_find(query, name);
    if (!text)
        return 0;
    char *end;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end || errno || number < min || number > max)
        return error_set(error, ERROR_USAGE,
                         "parameter \"%s\" must be a whole number from %llu to %llu, not \"%s\"", name,
                         (unsigned long long)min, (unsigned long long)max, text);
    *value = number;
    return 0;
}

int query_bool(const struct query *query, const char *name, bool *value, struct error *error)
{
    const char *text = query_find(query, name);
    if (!text)
        return 0;
    bool yes = strcmp(text, "true") == 0;
    if (!yes && strcmp(text, "false") != 0)
        return error_set(error, ERROR_USAGE, "parameter \"%s\" must be true or false, not \"%s\"", name, text);
    *value = yes;
    return 0;
}

int query_time(const struct query *query, const char *name, uint64_t *ms, struct error *error)
{
    const char *text = query_find(query, name);
    if (text && !time_parse(text, ms))
        return error_set(error, ERROR_USAGE,
                         "parameter \"%s\" must be an RFC 3339 time like 2026-01-02T03:04:05Z, not \"%s\"", name,
                         text);
    return 0;
}

/* One `name=value`. */
static int query_add(const char *raw, size_t length, const char *known, struct query *query, struct error *error)
{
    const char *sign = memchr(raw, '=', length);
    size_t name_length = sign ? (size_t)(sign - raw) : length;
    size_t value_length = sign ? length - name_length - 1 : 0;
    if (query->count == QUERY_MAX)
        return error_set(error, ERROR_USAGE, "more than %d parameters", QUERY_MAX);
    char *name = query->list[query->count].name;
    if (percent_decode(raw, name_length, true, name, sizeof query->list->name, error))
        return error_wrap(error, "the name of parameter %zu", query->count + 1);
    if (!query_knows(known, name))
        return *known ? error_set(error, ERROR_USAGE, "unknown parameter \"%s\"; known here: %s", name, known)
                      : error_set(error, ERROR_USAGE, "unknown parameter \"%s\"; none is known here", name);
    for (size_t i = 0; i < query->count; i++)
        if (strcmp(query->list[i].name, name) == 0)
            return error_set(error, ERROR_USAGE, "parameter \"%s\" is given twice", name);
    char *value = query->list[query->count].value;
    if (percent_decode(sign ? sign + 1 : raw, value_length, true, value, sizeof query->list->value, error))
        return error_wrap(error, "parameter \"%s\"", name);
    query->count++;
    return 0;
}

static bool query_knows(const char *known, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = known; *at && length;) {
        size_t word = strcspn(at, " ");
        if (word == length && memcmp(at, name, length) == 0)
            return true;
        at += word + (at[word] == ' ');
    }
    return false;
}
