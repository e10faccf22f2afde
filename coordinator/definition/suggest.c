/* The nearest word by optimal string alignment: insertions, deletions, replacements, swapped neighbours. */
#include "definition/suggest.h"

#include "base/limits.h"

#include <assert.h>
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static size_t distance(const char *a, const char *b);

void suggest_init(struct suggest *suggest, const char *wrong)
{
    *suggest = (struct suggest){.wrong = wrong};
    size_t length = strlen(wrong);
    suggest->distance = length < 3 ? 2 : length / 3 + 2; /* one more than is still near */
}

void suggest_offer(struct suggest *suggest, const char *candidate)
{
    if (strlen(suggest->wrong) > LIMIT_NAME_BYTES || strlen(candidate) > LIMIT_NAME_BYTES)
        return;
    size_t away = distance(suggest->wrong, candidate);
    if (away < suggest->distance && away < strlen(candidate)) {
        suggest->best = candidate;
        suggest->distance = away;
    }
}

const char *suggest_hint(const struct suggest *suggest, char *hint, size_t size, const char *otherwise)
{
    if (!suggest->best)
        return otherwise;
    snprintf(hint, size, "did you mean \"%s\"?", suggest->best);
    return hint;
}

void suggest_identifier(const char *name, char *identifier, size_t size)
{
    assert(size >= 2);
    size_t used = 0;
    if (!isalpha((unsigned char)name[0]) && name[0] != '_')
        identifier[used++] = isdigit((unsigned char)name[0]) ? 's' : '_';
    for (; *name && used + 1 < size && used < LIMIT_NAME_BYTES; name++) {
        bool good = isalnum((unsigned char)*name) || *name == '_';
        if (good)
            identifier[used++] = *name;
        else if (used == 0 || identifier[used - 1] != '_')
            identifier[used++] = '_';
    }
    identifier[used] = '\0';
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t distance(const char *a, const char *b)
{
    size_t rows[3][LIMIT_NAME_BYTES + 1];
    size_t *before = rows[0];
    size_t *above = rows[1];
    size_t *row = rows[2];
    size_t width = strlen(b);
    for (size_t j = 0; j <= width; j++)
        above[j] = j;
    for (size_t i = 1; a[i - 1]; i++) {
        row[0] = i;
        for (size_t j = 1; j <= width; j++) {
            int left = tolower((unsigned char)a[i - 1]);
            int right = tolower((unsigned char)b[j - 1]);
            row[j] = least(least(row[j - 1], above[j]) + 1, above[j - 1] + (left != right));
            if (i > 1 && j > 1 && left == tolower((unsigned char)b[j - 2]) &&
                right == tolower((unsigned char)a[i - 2]))
                row[j] = least(row[j], before[j - 2] + 1);
        }
        size_t *spare = before;
        before = above;
        above = row;
        row = spare;
    }
    return above[width];
}
