/* Requests with libcurl. */
#include "cli/client.h"

#include "base/buf.h"
#include "base/mem.h"

#include <assert.h>
#include <ctype.h>
#include <curl/curl.h>
#include <string.h>
#include <strings.h>

struct client {
    CURL *curl;
    char *url;
};

/* What a response is collected in. */
struct intake {
    struct buf body;
    struct reply *reply;
    bool head_ended;
};

static char *client_base(const char *url, struct error *error);
static int client_perform(CURL *curl, const char *url, uint64_t timeout_ms, struct intake *intake,
                          struct error *error);

struct client *client_new(const char *url, struct error *error)
{
    assert(url);
    char *base = client_base(url, error);
    if (!base)
        return NULL;
    curl_global_init(CURL_GLOBAL_DEFAULT); /* counted by curl; freed in client_free */
    struct client *client = mem_new(sizeof *client);
    client->curl = curl_easy_init();
    client->url = base;
    assert(client->curl);
    return client;
}

void client_free(struct client *client)
{
    if (!client)
        return;
    curl_easy_cleanup(client->curl);
    curl_global_cleanup();
    mem_free(client->url);
    mem_free(client);
}

const char *client_url(const struct client *client)
{
    return client->url;
}

void reply_done(struct reply *reply)
{
    json_decref(reply->json);
    *reply = (struct reply){0};
}

/* No control characters or spaces (they would split the request), a scheme, no slash at the end. */
static char *client_base(const char *url, struct error *error)
{
    bool clean = *url != '\0';
    for (const char *c = url; *c; c++)
        clean = clean && (unsigned char)*c > 0x20 && *c != 0x7f;
    bool scheme = strstr(url, "://") != NULL;
    if (!clean || (scheme && strncasecmp(url, "http://", 7) != 0 && strncasecmp(url, "https://", 8) != 0)) {
        error_set(error, ERROR_USAGE, "the coordinator's URL is http://HOST:PORT or https://..., not \"%s\"", url);
        return NULL;
    }
    struct buf buf;
    buf_init(&buf, strlen(url) + sizeof "http://");
    buf_puts(&buf, scheme ? "" : "http://");
    buf_puts(&buf, url);
    while (buf.length && buf.data[buf.length - 1] == '/')
        buf.length--;
    return buf_take(&buf, NULL);
}

/* Header values come from the command line; a line break in one would be a second header. */
static int client_header(struct curl_slist **list, const char *name, const char *value, struct error *error)
{
    for (const char *c = value; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            return error_set(error, ERROR_USAGE, "%s cannot hold control characters", name);
    struct buf line;
    buf_init(&line, 8192);
    buf_printf(&line, "%s: %s", name, value);
    if (line.full) {
        buf_done(&line);
        return error_set(error, ERROR_USAGE, "%s is too long", name);
    }
    *list = curl_slist_append(*list, buf_text(&line));
    buf_done(&line);
    return 0;
}

int client_ask(struct client *client, const struct ask *ask, struct reply *reply, struct error *error)
{
    assert(ask->method && ask->path && ask->path[0] == '/');
    struct reply answer = {0};
    struct intake intake = {.reply = &answer};
    buf_init(&intake.body, CLIENT_BODY_BYTES);
    struct curl_slist *headers = curl_slist_append(NULL, "Accept: application/json");
    headers = curl_slist_append(headers, "Expect:"); /* no waiting for 100 Continue */
    if (ask->body)
        headers = curl_slist_append(headers, "Content-Type: application/json");
    int code = ask->key ? client_header(&headers, "Idempotency-Key", ask->key, error) : 0;
    size_t length = strlen(client->url) + strlen(ask->path) + 1;
    char *url = mem_new(length);
    snprintf(url, length, "%s%s", client->url, ask->path);
    if (code)
        goto out;
    curl_easy_reset(client->curl);
    curl_easy_setopt(client->curl, CURLOPT_CUSTOMREQUEST, ask->method);
    curl_easy_setopt(client->curl, CURLOPT_HTTPHEADER, headers);
    if (ask->body) {
        curl_easy_setopt(client->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(ask->body));
        curl_easy_setopt(client->curl, CURLOPT_POSTFIELDS, ask->body);
    } else if (strcmp(ask->method, "POST") == 0) {
        curl_easy_setopt(client->curl, CURLOPT_POSTFIELDS, "");
    }
    code =
        client_perform(client->curl, url, ask->timeout_ms ? ask->timeout_ms : CLIENT_TIMEOUT_MS, &intake, error);
    if (code)
        goto out;
    if (intake.body.length)
        answer.json = json_loadb(intake.body.data, intake.body.length, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    *reply = answer;
out:
    curl_slist_free_all(headers);
    buf_done(&intake.body);
    mem_free(url);
    return code;
}

int client_knock(const char *url, uint64_t timeout_ms, int *status, struct error *error)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
    CURL *curl = curl_easy_init();
    assert(curl);
    struct reply answer = {0};
    struct intake intake = {.reply = &answer};
    buf_init(&intake.body, CLIENT_BODY_BYTES);
    int code = client_perform(curl, url, timeout_ms, &intake, error);
    buf_done(&intake.body);
    curl_easy_cleanup(curl);
    curl_global_cleanup();
    if (!code)
        *status = answer.status;
    return code;
}

static size_t client_body(char *bytes, size_t size, size_t count, void *context)
{
    struct intake *intake = context;
    buf_put(&intake->body, bytes, size * count);
    return intake->body.full ? 0 : size * count;
}

/* The content type, and the coordinator's clock. A head ends with an empty line; libcurl takes one that breaks off
 * for a whole one. */
static size_t client_line(char *bytes, size_t size, size_t count, void *context)
{
    struct intake *intake = context;
    size_t length = size * count;
    char line[256];
    intake->head_ended = length && (bytes[0] == '\r' || bytes[0] == '\n');
    snprintf(line, sizeof line, "%.*s", (int)(length < sizeof line ? length : sizeof line - 1), bytes);
    line[strcspn(line, "\r\n")] = '\0';
    char *value = strchr(line, ':');
    if (!value)
        return length;
    *value++ = '\0';
    value += strspn(value, " \t");
    if (strcasecmp(line, "content-type") == 0) {
        value[strcspn(value, "; ")] = '\0';
        for (char *c = value; *c; c++)
            *c = (char)tolower((unsigned char)*c);
        snprintf(intake->reply->content_type, sizeof intake->reply->content_type, "%s", value);
    } else if (strcasecmp(line, "date") == 0) {
        time_t date = curl_getdate(value, NULL);
        intake->reply->date_ms = date > 0 ? (uint64_t)date * 1000 : 0;
    }
    return length;
}

/* The shortest true reason. curl's own words are for those who know curl. */
static int client_failed(CURLcode code, const char *detail, const struct intake *intake, struct error *error)
{
    if (intake->body.full)
        return error_set(error, ERROR_IO, "the answer is larger than %d MiB", CLIENT_BODY_BYTES >> 20);
    if (code == CURLE_OPERATION_TIMEDOUT)
        return error_set(error, ERROR_IO, "no answer in time");
    if (code == CURLE_COULDNT_CONNECT)
        return error_set(error, ERROR_IO, "connection refused");
    if (code == CURLE_COULDNT_RESOLVE_HOST)
        return error_set(error, ERROR_IO, "the host name is unknown");
    return error_set(error, ERROR_IO, "%s", *detail ? detail : curl_easy_strerror(code));
}

static int client_perform(CURL *curl, const char *url, uint64_t timeout_ms, struct intake *intake,
                          struct error *error)
{
    char detail[CURL_ERROR_SIZE] = "";
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_PROXY, ""); /* a coordinator is next door; its answers are not for proxies */
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                     (long)(timeout_ms < CLIENT_CONNECT_MS ? timeout_ms : CLIENT_CONNECT_MS));
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, detail);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, client_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, intake);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, client_line);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, intake);
    CURLcode code = curl_easy_perform(curl);
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, NULL);
    if (code != CURLE_OK)
        return client_failed(code, detail, intake, error);
    if (!intake->head_ended)
        return error_set(error, ERROR_IO, "the connection ended before the head of the answer did");
    intake->reply->status = (int)status;
    return 0;
}
