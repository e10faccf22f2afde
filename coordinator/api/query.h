/* The query of a request: strict, so that a misspelt filter is an error and not a longer list. */
#ifndef BELAY_API_QUERY_H
#define BELAY_API_QUERY_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    QUERY_MAX = 16,         /* parameters; no route knows more */
    QUERY_VALUE_BYTES = 512 /* several statuses, or the longest name */
};

struct query {
    size_t count;
    struct {
        char name[32];
        char value[QUERY_VALUE_BYTES + 1];
    } list[QUERY_MAX];
};

/* `known` lists the names that the route takes, separated by spaces ("" = none). A parameter without a value is
 * as good as absent. ERROR_USAGE for an unknown or repeated one, ERROR_SYNTAX when it cannot be decoded. */
int query_parse(const char *raw, const char *known, struct query *query, struct error *error);

/* The value, or NULL. */
const char *query_find(const struct query *query, const char *name);

/* Typed readers: without the parameter `*value` stays as it is. ERROR_USAGE names what was expected. */
int query_number(const struct query *query, const char *name, uint64_t min, uint64_t max, uint64_t *value,
                 struct error *error);
int query_bool(const struct query *query, const char *name, bool *value, struct error *error);
int query_time(const struct query *query, const char *name, uint64_t *ms, struct error *error);

#endif
