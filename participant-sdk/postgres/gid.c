/* Names of prepared transactions: they must tell the branch by themselves, because after a crash between PREPARE
 * TRANSACTION and the row there is nothing else. Escaped are '%', '/' and what SQL would have to quote. */
#include "inside.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define GID_PREFIX "belay/"

enum { PARTS = 3 };

static bool put(char gid[GID_MAX + 1], size_t *length, const char *text)
{
    static const char hex[] = "0123456789abcdef";
    for (; *text; text++) {
        bool plain = !strchr("%/'\\", *text);
        if (*length + (plain ? 1 : 3) > GID_MAX)
            return false;
        if (plain) {
            gid[(*length)++] = *text;
            continue;
        }
        gid[(*length)++] = '%';
        gid[(*length)++] = hex[(unsigned char)*text >> 4];
        gid[(*length)++] = hex[(unsigned char)*text & 15];
    }
    gid[*length] = '\0';
    return true;
}

bool gid_print(const struct belay_branch *branch, char gid[GID_MAX + 1])
{
    const char *parts[PARTS] = {branch->transaction, branch->step, branch->item};
    size_t length = strlen(GID_PREFIX);
    memcpy(gid, GID_PREFIX, length + 1);
    for (size_t i = 0; i < PARTS; i++) {
        if (i == PARTS - 1 && !*parts[i])
            continue;
        if (i > 0) {
            if (length == GID_MAX)
                return false;
            gid[length++] = '/';
        }
        if (!put(gid, &length, parts[i]))
            return false;
    }
    return true;
}

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Unescapes up to a '/' or the end; moves both on. */
static bool take(const char **gid, char **out)
{
    for (; **gid && **gid != '/'; (*gid)++) {
        char c = **gid;
        if (c == '%') {
            int high = digit((*gid)[1]), low = high < 0 ? -1 : digit((*gid)[2]);
            if (low < 0)
                return false;
            c = (char)(high * 16 + low);
            *gid += 2;
        }
        *(*out)++ = c;
    }
    *(*out)++ = '\0';
    return true;
}

bool gid_parse(const char *gid, char parts[GID_MAX + 1], struct belay_branch *branch)
{
    const char **texts[PARTS] = {&branch->transaction, &branch->step, &branch->item};
    if (strncmp(gid, GID_PREFIX, strlen(GID_PREFIX)) || strlen(gid) > GID_MAX)
        return false;
    gid += strlen(GID_PREFIX);
    branch->item = "";
    for (size_t i = 0; i < PARTS; i++) {
        *texts[i] = parts;
        if (!take(&gid, &parts) || !**texts[i])
            return false;
        if (!*gid)
            return i > 0;
        gid++;
    }
    return false;
}

void gid_statement(const char *command, const char *gid, char sql[STATEMENT_MAX])
{
    assert(!strchr(gid, '\'') && !strchr(gid, '\\'));
    int length = snprintf(sql, STATEMENT_MAX, "%s '%s'", command, gid);
    assert(length > 0 && length < STATEMENT_MAX);
}

/* FNV-1a. Two branches with one number wait for one another now and then, no more. */
int64_t gid_hash(const char *gid)
{
    uint64_t hash = 14695981039346656037u;
    for (; *gid; gid++)
        hash = (hash ^ (unsigned char)*gid) * 1099511628211u;
    int64_t number;
    memcpy(&number, &hash, sizeof number);
    return number;
}
