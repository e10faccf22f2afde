/* The context that a call hands on: which transaction, which trace (W3C Trace Context, level 1). */
#include "belay/client.h"
#include "bytes.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { STATE_MAX = 8192, SPAN_AT = 36, FLAGS_AT = 53, PARENT_LENGTH = BELAY_TRACEPARENT_BYTES - 1 };

/* `count` lower-case hexadecimal digits, and one of them is not 0 unless `zero` is allowed. */
static bool is_hex(const char *text, size_t count, bool zero)
{
    return strspn(text, "0123456789abcdef") >= count && (zero || strspn(text, "0") < count);
}

/* A later version may append fields; version ff is none. */
static bool is_traceparent(const char *text)
{
    size_t length = text ? strnlen(text, STATE_MAX) : 0;
    if (length < PARENT_LENGTH || !is_hex(text, 2, true) || !strncmp(text, "ff", 2))
        return false;
    if (text[2] != '-' || text[35] != '-' || text[52] != '-')
        return false;
    if (!is_hex(text + 3, 32, false) || !is_hex(text + SPAN_AT, 16, false) || !is_hex(text + FLAGS_AT, 2, true))
        return false;
    return length == PARENT_LENGTH || (strncmp(text, "00", 2) != 0 && text[PARENT_LENGTH] == '-');
}

/* The value of a header that is there once, printable and not longer than `max`; or NULL. */
static const char *find(const struct belay_header *headers, size_t count, const char *name, size_t max)
{
    const char *value = NULL;
    for (size_t i = 0; i < count; i++)
        if (!strcasecmp(headers[i].name, name)) {
            if (value)
                return NULL;
            value = headers[i].value;
        }
    return value && value[0] && strnlen(value, max + 1) <= max && belay_bytes_printable(value) ? value : NULL;
}

void belay_context_read(const struct belay_header *headers, size_t count, struct belay_context *context)
{
    *context = (struct belay_context){.size = sizeof *context};
    context->transaction = find(headers, count, BELAY_HEADER_TRANSACTION, BELAY_TRANSACTION_MAX);
    context->baggage = find(headers, count, "baggage", STATE_MAX);
    const char *traceparent = find(headers, count, "traceparent", STATE_MAX);
    if (!is_traceparent(traceparent))
        return;
    context->traceparent = traceparent;
    context->tracestate = find(headers, count, "tracestate", STATE_MAX);
}

size_t belay_context_headers(const struct belay_context *context,
                             struct belay_header headers[BELAY_CONTEXT_HEADERS])
{
    const struct belay_header all[BELAY_CONTEXT_HEADERS] = {
        {BELAY_HEADER_TRANSACTION, context->transaction},
        {"traceparent", context->traceparent},
        {"tracestate", context->tracestate},
        {"baggage", context->baggage},
    };
    size_t count = 0;
    for (size_t i = 0; i < BELAY_CONTEXT_HEADERS; i++)
        if (all[i].value)
            headers[count++] = all[i];
    return count;
}

int belay_outgoing_carry(struct belay_outgoing *out, const struct belay_context *context,
                         struct belay_error *error)
{
    struct belay_header headers[BELAY_CONTEXT_HEADERS];
    size_t count = belay_context_headers(context, headers);
    for (size_t i = 0; i < count; i++) {
        int code = belay_outgoing_header(out, headers[i].name, headers[i].value, error);
        if (code)
            return code;
    }
    return BELAY_OK;
}

int belay_trace_child(const char *traceparent, const unsigned char span[8], char out[BELAY_TRACEPARENT_BYTES])
{
    static const unsigned char none[8];
    out[0] = '\0';
    if (!is_traceparent(traceparent) || !memcmp(span, none, sizeof none))
        return 0;
    memcpy(out, traceparent, PARENT_LENGTH);
    memcpy(out, "00", 2); /* what a later version appended is not handed on, so neither is its number */
    for (size_t i = 0; i < 8; i++)
        snprintf(out + SPAN_AT + 2 * i, 3, "%02x", span[i]);
    out[SPAN_AT + 16] = '-';
    out[PARENT_LENGTH] = '\0';
    return 1;
}
