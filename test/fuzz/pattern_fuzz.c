/* Fuzzes patterns: a line with a pattern, then a text. Whatever the pattern, matching takes bounded steps; and
 * what must not make a difference makes none. */
#include "base/limits.h"
#include "definition/pattern.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* -1: refused. */
static int match(const char *pattern, size_t pattern_length, const char *text, size_t length)
{
    struct pattern_fault fault = {0};
    struct pattern *compiled = pattern_compile(pattern, pattern_length, &fault);
    if (!compiled) {
        assert(fault.message && fault.offset <= pattern_length);
        return -1;
    }
    assert(pattern_size(compiled) >= 1 && pattern_size(compiled) <= LIMIT_PATTERN_SIZE);
    size_t most = (length + 1) * pattern_size(compiled) + pattern_size(compiled), work = most;
    bool matches = pattern_match(compiled, text, length, &work);
    assert(work > 0 || matches || length == 0);
    size_t little = most / 3;
    pattern_match(compiled, text, length, &little);
    pattern_free(compiled);
    return matches;
}

/* The same pattern, said otherwise. */
static void match_again(const char *form, const char *pattern, size_t size, const char *text, size_t length,
                        int expected)
{
    char longer[LIMIT_PATTERN_BYTES + 64];
    int written = snprintf(longer, sizeof longer, form, (int)size, pattern, (int)size, pattern);
    assert(written > 0 && (size_t)written < sizeof longer);
    int found = match(longer, (size_t)written, text, length);
    assert(found == -1 || found == expected); /* -1: now it is over a limit */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *pattern = size ? (const char *)data : "";
    const char *end = size ? memchr(data, '\n', size) : NULL;
    size_t pattern_length = end ? (size_t)(end - pattern) : size;
    const char *text = end ? end + 1 : pattern + size;
    size_t length = size - pattern_length - (end != NULL);
    int found = match(pattern, pattern_length, text, length);
    if (found == -1 || memchr(pattern, '\0', pattern_length))
        return 0;
    match_again("(?:%.*s)", pattern, pattern_length, text, length, found);
    match_again("(?:%.*s){1,2}", pattern, pattern_length, text, length, found);
    match_again("(?:%.*s)+?", pattern, pattern_length, text, length, found);
    match_again("(?:[]|(%.*s))", pattern, pattern_length, text, length, found);
    if (2 * pattern_length < LIMIT_PATTERN_BYTES)
        match_again("%.*s|%.*s", pattern, pattern_length, text, length, found);
    return 0;
}
