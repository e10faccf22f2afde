/* The headers of a call: present, single, printable, not too long, and agreeing with one another. */
#include "call.h"

#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* What we need of BELAY_HEADERS: name, longest value, required. */
#define FIELDS(X)                                                                                                 \
    X(KEY, BELAY_HEADER_KEY, BELAY_KEY_MAX, 1)                                                                    \
    X(TRANSACTION, BELAY_HEADER_TRANSACTION, BELAY_TRANSACTION_MAX, 1)                                            \
    X(STEP, BELAY_HEADER_STEP, BELAY_STEP_MAX, 1)                                                                 \
    X(ITEM, BELAY_HEADER_ITEM, BELAY_ITEM_MAX, 0)                                                                 \
    X(PHASE, BELAY_HEADER_PHASE, BELAY_PHASE_MAX, 1)                                                              \
    X(ATTEMPT, BELAY_HEADER_ATTEMPT, 10, 0)                                                                       \
    X(ACTION_KEY, BELAY_HEADER_ACTION_KEY, BELAY_KEY_MAX, 0)                                                      \
    X(CALLBACK, BELAY_HEADER_CALLBACK, BELAY_CALLBACK_MAX, 0)

enum field {
#define X(name, header, max, required) FIELD_##name,
    FIELDS(X)
#undef X
        FIELDS_COUNT
};

static const struct {
    const char *name;
    size_t max;
    bool required;
} fields[FIELDS_COUNT] = {
#define X(name, header, max, required) {header, max, required},
    FIELDS(X)
#undef X
};

/* A message about one header. Returns false, for `return complain(...)`. */
static bool complain(char *detail, size_t size, enum field field, const char *what)
{
    snprintf(detail, size, "%s %s", fields[field].name, what);
    return false;
}

static bool collect(const struct belay_request *request, const char *values[FIELDS_COUNT], char *detail,
                    size_t size)
{
    for (size_t i = 0; i < request->headers_count; i++)
        for (enum field field = 0; field < FIELDS_COUNT; field++)
            if (!strcasecmp(request->headers[i].name, fields[field].name)) {
                if (values[field])
                    return complain(detail, size, field, "is there twice");
                values[field] = request->headers[i].value;
            }
    return true;
}

static bool check_missing(const char *values[FIELDS_COUNT], char *detail, size_t size)
{
    size_t length = 0;
    for (enum field field = 0; field < FIELDS_COUNT; field++) {
        if (values[field] || !fields[field].required)
            continue;
        int written =
            snprintf(detail + length, size - length, "%s%s", length ? ", " : "missing: ", fields[field].name);
        length += (size_t)written;
        assert(length < size); /* all names together fit */
    }
    return length == 0;
}

static bool check_values(const char *values[FIELDS_COUNT], char *detail, size_t size)
{
    for (enum field field = 0; field < FIELDS_COUNT; field++) {
        if (!values[field])
            continue;
        if (!values[field][0])
            return complain(detail, size, field, "is empty");
        if (strnlen(values[field], fields[field].max + 1) > fields[field].max)
            return complain(detail, size, field, "is too long");
        if (!belay_bytes_printable(values[field]))
            return complain(detail, size, field, "is not printable UTF-8");
    }
    return true;
}

static bool read_phase(const char *word, enum belay_phase *phase)
{
    for (enum belay_phase i = 0; i < BELAY_PHASES_COUNT; i++)
        if (!strcmp(word, belay_phase_word(i))) {
            *phase = i;
            return true;
        }
    return false;
}

static bool read_attempt(const char *text, unsigned *attempt)
{
    unsigned long long value = 0;
    for (const char *c = text; *c; c++) { /* at most ten digits: no overflow */
        if (*c < '0' || *c > '9')
            return false;
        value = value * 10 + (unsigned)(*c - '0');
    }
    if (value < 1 || value > UINT_MAX)
        return false;
    *attempt = (unsigned)value;
    return true;
}

static void print_key(const struct belay_branch *branch, enum belay_phase phase, char key[BELAY_KEY_MAX + 1])
{
    int length = snprintf(key, BELAY_KEY_MAX + 1, "%s/%s%s%s/%s", branch->transaction, branch->step,
                          branch->item[0] ? "/" : "", branch->item, belay_phase_word(phase));
    assert(length > 0 && length <= BELAY_KEY_MAX);
}

bool belay_call_read(struct belay_call *call, char *detail, size_t size)
{
    assert(size >= 256);
    const char *values[FIELDS_COUNT] = {NULL};
    if (!collect(call->request, values, detail, size) || !check_missing(values, detail, size) ||
        !check_values(values, detail, size))
        return false;
    if (!read_phase(values[FIELD_PHASE], &call->phase))
        return complain(detail, size, FIELD_PHASE, "is no phase of the protocol");
    call->attempt = 1;
    if (values[FIELD_ATTEMPT] && !read_attempt(values[FIELD_ATTEMPT], &call->attempt))
        return complain(detail, size, FIELD_ATTEMPT, "is no number from 1 on");
    call->callback = values[FIELD_CALLBACK];
    call->branch.transaction = values[FIELD_TRANSACTION];
    call->branch.step = values[FIELD_STEP];
    call->branch.item = values[FIELD_ITEM] ? values[FIELD_ITEM] : "";
    print_key(&call->branch, call->phase, call->key);
    print_key(&call->branch, belay_phase_of(call->phase), call->action_key);
    if (strcmp(values[FIELD_KEY], call->key))
        return complain(detail, size, FIELD_KEY,
                        "is not <transaction>/<step>[/<item>]/<phase> of the other headers");
    if (values[FIELD_ACTION_KEY] && strcmp(values[FIELD_ACTION_KEY], call->action_key))
        return complain(detail, size, FIELD_ACTION_KEY, "is not the key of the action of the other headers");
    return true;
}
