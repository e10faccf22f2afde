/* Asking the coordinator for its list, and for each transaction. */
#include "e2e/record.h"

#include "e2e/history.h"
#include "e2e/submit.h"
#include "harness/http.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool read_list(struct record *record, unsigned port);
static bool read_view(struct entry *entry, unsigned port);
static void copy(const json_t *object, const char *member, char *value, size_t size);
static int compare(const void *a, const void *b);

int record_open(unsigned port)
{
    static const char target[] = "/v1/transactions?status=running,confirming,compensating,paused&limit=1000";
    struct http_answer answer = http_send(port, "GET", target, NULL, NULL);
    json_t *root = answer.status == 200 ? json_loads(answer.body, 0, NULL) : NULL;
    int count = root ? (int)json_array_size(json_object_get(root, "transactions")) : -1;
    json_decref(root);
    http_done(&answer);
    return count;
}

bool record_read(struct record *record, unsigned port)
{
    *record = (struct record){0};
    if (!read_list(record, port))
        return false;
    qsort(record->entries, record->count, sizeof *record->entries, compare);
    for (size_t i = 0; i < record->count; i++) {
        struct entry *entry = &record->entries[i];
        entry->found = read_view(entry, port);
        entry->illegal = history_check(port, entry->id, entry->status, &entry->facts);
    }
    return true;
}

void record_done(struct record *record)
{
    free(record->entries);
}

const struct entry *record_find(const struct record *record, const char *id)
{
    struct entry wanted;
    snprintf(wanted.id, sizeof wanted.id, "%s", id);
    return record->count ? bsearch(&wanted, record->entries, record->count, sizeof wanted, compare) : NULL;
}

static bool read_list(struct record *record, unsigned port)
{
    char target[128], next[32] = "";
    size_t capacity = 0, index;
    json_t *row;
    do {
        snprintf(target, sizeof target, "/v1/transactions?limit=1000%s%s", next[0] ? "&cursor=" : "", next);
        struct http_answer answer = http_send(port, "GET", target, NULL, NULL);
        json_t *root = answer.status == 200 ? json_loads(answer.body, 0, NULL) : NULL;
        http_done(&answer);
        if (!root)
            return false;
        capacity = record->count + json_array_size(json_object_get(root, "transactions"));
        record->entries = realloc(record->entries, (capacity + 1) * sizeof *record->entries);
        json_array_foreach(json_object_get(root, "transactions"), index, row)
        {
            struct entry *entry = &record->entries[record->count++];
            *entry = (struct entry){0};
            copy(row, "id", entry->id, sizeof entry->id);
            copy(row, "status", entry->status, sizeof entry->status);
        }
        copy(root, "next", next, sizeof next);
        json_decref(root);
    } while (next[0]);
    return true;
}

static bool read_view(struct entry *entry, unsigned port)
{
    char path[512];
    submit_path(entry->id, "", path, sizeof path);
    struct http_answer answer = http_send(port, "GET", path, NULL, NULL);
    json_t *root = answer.status == 200 ? json_loads(answer.body, 0, NULL) : NULL;
    const json_t *input = json_object_get(root, "input");
    copy(root, "status", entry->viewed, sizeof entry->viewed);
    copy(input, "from", entry->from, sizeof entry->from);
    copy(input, "to", entry->to, sizeof entry->to);
    copy(input, "payee", entry->payee, sizeof entry->payee);
    entry->cents = json_integer_value(json_object_get(input, "cents"));
    bool found = root != NULL;
    json_decref(root);
    http_done(&answer);
    return found;
}

static void copy(const json_t *object, const char *member, char *value, size_t size)
{
    const char *text = json_string_value(json_object_get(object, member));
    snprintf(value, size, "%s", text ? text : "");
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->id, ((const struct entry *)b)->id);
}
