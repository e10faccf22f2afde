/* A request's headers, as much of them as the checks need. */
#include "e2e/sighting.h"

#include "belay/protocol.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void header(const char *head, const char *name, char *value, size_t size);
static uint64_t hash(const char *bytes, size_t length);

void sighting_read(struct sighting *sighting, const char *bytes, size_t length)
{
    char key[256], expected[256], attempt[16];
    const char *end = strstr(bytes, "\r\n\r\n");
    size_t head = end ? (size_t)(end - bytes) + 4 : length;
    *sighting = (struct sighting){.body = hash(bytes + head, length - head)};
    header(bytes, BELAY_HEADER_TRANSACTION, sighting->transfer, sizeof sighting->transfer);
    header(bytes, BELAY_HEADER_STEP, sighting->step, sizeof sighting->step);
    header(bytes, BELAY_HEADER_PHASE, sighting->phase, sizeof sighting->phase);
    header(bytes, BELAY_HEADER_ATTEMPT, attempt, sizeof attempt);
    header(bytes, BELAY_HEADER_KEY, key, sizeof key);
    snprintf(expected, sizeof expected, "%s/%s/%s", sighting->transfer, sighting->step, sighting->phase);
    sighting->key_right = strcmp(key, expected) == 0;
    sighting->attempt = (unsigned)strtoul(attempt, NULL, 10);
}

/* "" when it is not there or does not fit. */
static void header(const char *head, const char *name, char *value, size_t size)
{
    char wanted[64];
    snprintf(wanted, sizeof wanted, "\r\n%s:", name);
    value[0] = '\0';
    const char *at = strcasestr(head, wanted);
    if (!at)
        return;
    at += strlen(wanted);
    at += strspn(at, " ");
    size_t length = strcspn(at, "\r");
    if (length < size)
        snprintf(value, size, "%.*s", (int)length, at);
}

/* FNV-1a */
static uint64_t hash(const char *bytes, size_t length)
{
    uint64_t value = 0xcbf29ce484222325u;
    for (size_t i = 0; i < length; i++)
        value = (value ^ (unsigned char)bytes[i]) * 0x100000001b3u;
    return value;
}
