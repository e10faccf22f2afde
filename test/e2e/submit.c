/* Submitting and following, over connections that break. */
#include "e2e/submit.h"

#include "harness/http.h"
#include "harness/process.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAUSE_MS = 20 };

static struct http_answer insist(struct clients *clients, struct deed *deed, const char *method,
                                 const char *target, const char *headers, const char *body);
static void submit_again(struct clients *clients, struct deed *deed, const char *headers, const char *body);
static void submit_another(struct clients *clients, struct deed *deed, const char *headers);
static void learn(struct deed *deed, const struct http_answer *answer);
static void tell_end(struct deed *deed, const char *status);

void submit_deed(struct clients *clients, struct deed *deed)
{
    char headers[256];
    const struct transfer *transfer = &deed->transfer;
    char *body = transfer_body(transfer, 0);
    transfer_headers(transfer, headers, sizeof headers);
    snprintf(deed->id, sizeof deed->id, "%s", transfer->id);
    struct http_answer answer = insist(clients, deed, "POST", "/v1/transactions", headers, body);
    deed->status = answer.status;
    learn(deed, &answer);
    http_done(&answer);
    if (transfer->again && deed->status)
        submit_again(clients, deed, headers, body);
    if (transfer->another && deed->status / 100 == 2)
        submit_another(clients, deed, headers);
    free(body);
}

void submit_follow(struct clients *clients, struct deed *deed)
{
    char path[512], status[DEED_STATUS] = "";
    submit_path(deed->id, "?wait=5", path, sizeof path);
    while (!submit_final(status) && !deed->lost && !atomic_load(&clients->hurry)) {
        struct http_answer answer = insist(clients, deed, "GET", path, "", NULL);
        submit_member(answer.body, "status", status, sizeof status);
        deed->lost = answer.status == 404;
        http_done(&answer);
    }
    tell_end(deed, status);
}

void submit_path(const char *id, const char *rest, char *path, size_t size)
{
    size_t length = (size_t)snprintf(path, size, "/v1/transactions/");
    for (const char *at = id; *at && length + 4 < size; at++) {
        bool plain = (*at >= 'a' && *at <= 'z') || (*at >= '0' && *at <= '9') || *at == '-';
        length += (size_t)snprintf(path + length, size - length, plain ? "%c" : "%%%02X", (unsigned char)*at);
    }
    snprintf(path + length, size - length, "%s", rest);
}

bool submit_member(const char *json, const char *member, char *value, size_t size)
{
    json_t *root = json_loads(json, 0, NULL);
    const char *text = json_string_value(json_object_get(root, member));
    bool fits = text && strlen(text) < size;
    if (fits)
        snprintf(value, size, "%s", text);
    json_decref(root);
    return fits;
}

bool submit_final(const char *status)
{
    return strcmp(status, "completed") == 0 || strcmp(status, "compensated") == 0 ||
           strcmp(status, "terminated") == 0;
}

/* No answer and 503 mean: again. Everything else is an answer. */
static struct http_answer insist(struct clients *clients, struct deed *deed, const char *method,
                                 const char *target, const char *headers, const char *body)
{
    for (;; process_sleep_ms(PAUSE_MS)) {
        struct http_answer answer = http_send(clients->port, method, target, headers, body);
        if ((answer.status && answer.status != 503) || atomic_load(&clients->hurry))
            return answer;
        deed->silences += answer.status == 0;
        http_done(&answer);
    }
}

/* The same submission is the same transaction; a refused one is refused again. */
static void submit_again(struct clients *clients, struct deed *deed, const char *headers, const char *body)
{
    char id[TRANSFER_ID] = "";
    struct http_answer answer = insist(clients, deed, "POST", "/v1/transactions", headers, body);
    submit_member(answer.body, "id", id, sizeof id);
    bool accepted = deed->status / 100 == 2;
    bool same = answer.status / 100 == 2 && answer.status != 201 && strcmp(id, deed->id) == 0;
    /* whoever waited for an end that came is answered 201, also the second time */
    same = same || (answer.status == 201 && deed->transfer.wait && strcmp(id, deed->id) == 0);
    deed->repeats++;
    deed->repeats_right += accepted ? same : answer.status == deed->status;
    learn(deed, &answer);
    http_done(&answer);
}

static void submit_another(struct clients *clients, struct deed *deed, const char *headers)
{
    char *body = transfer_body(&deed->transfer, 1);
    struct http_answer answer = insist(clients, deed, "POST", "/v1/transactions", headers, body);
    deed->others++;
    deed->others_right += answer.status == 409;
    http_done(&answer);
    free(body);
}

static void learn(struct deed *deed, const struct http_answer *answer)
{
    char status[DEED_STATUS] = "";
    if (answer->status / 100 != 2)
        return;
    submit_member(answer->body, "id", deed->id, sizeof deed->id);
    submit_member(answer->body, "status", status, sizeof status);
    tell_end(deed, status);
}

/* "" when no status was told. */
static void tell_end(struct deed *deed, const char *status)
{
    deed->turned = deed->turned || (status[0] && deed->end[0] && strcmp(deed->end, status) != 0);
    if (submit_final(status))
        snprintf(deed->end, sizeof deed->end, "%s", status);
}
