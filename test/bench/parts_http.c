/* HTTP and JSON: what the libraries do when nothing else is to be done. */
#include "bench/load.h"
#include "bench/parts.h"
#include "bench/responder.h"
#include "bench/scenarios.h"
#include "harness/process.h"

#include <curl/curl.h>
#include <jansson.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define START "{\"saga\":\"two\"," SCENARIO_INPUT "}"

enum { IN_FLIGHT = 64 };

static CURLU *target(CURLU *url, unsigned port);
static bool run_curl(struct part *part, uint64_t us, CURLU *url, struct curl_slist *headers);
static CURL *new_request(CURLU *url, struct curl_slist *headers);
static size_t ignore(char *bytes, size_t size, size_t count, void *context);
static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *body, size_t *body_length,
                              void **state);
static uint64_t thread_cpu_us(void);

/* As belayd has it: the headers of a call, with values as long, as one element of the list behind those that take
 * back what the library would add; no proxy is looked for. */
bool parts_curl(struct part *part, uint64_t us)
{
    static const char *const lines[] = {
        "Expect:",
        "Accept:",
        "Content-Type:",
        "Idempotency-Key: 019ad0b0-0000-7000-8000-000000000000/first/action\r\n"
        "Belay-Transaction: 019ad0b0-0000-7000-8000-000000000000\r\n"
        "Belay-Step: first\r\n"
        "Belay-Phase: action\r\n"
        "Belay-Attempt: 1\r\n"
        "Belay-Deadline: 2026-11-28T12:00:00.000Z\r\n"
        "traceparent: 00-0123456789abcdef0123456789abcdef-0123456789abcdef-01\r\n"
        "Content-Type: application/json",
    };
    struct responder responder;
    struct curl_slist *headers = NULL;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        headers = curl_slist_append(headers, lines[i]);
    CURLU *url = curl_url();
    bool ok = responder_open(&responder) && run_curl(part, us, target(url, responder.port), headers);
    responder_close(&responder);
    curl_url_cleanup(url);
    curl_slist_free_all(headers);
    return ok;
}

static CURLU *target(CURLU *url, unsigned port)
{
    char text[64];
    snprintf(text, sizeof text, "http://127.0.0.1:%u/first", port);
    curl_url_set(url, CURLUPART_URL, text, 0);
    return url;
}

static bool run_curl(struct part *part, uint64_t us, CURLU *url, struct curl_slist *headers)
{
    CURL *requests[IN_FLIGHT];
    CURLM *multi = curl_multi_init();
    int running, left;
    bool ok = true;
    for (int i = 0; i < IN_FLIGHT; i++)
        curl_multi_add_handle(multi, requests[i] = new_request(url, headers));
    uint64_t begun_us = process_now_us(), cpu_us = parts_cpu_us();
    for (*part = (struct part){0}; ok && part->elapsed_us < us; part->elapsed_us = process_now_us() - begun_us) {
        curl_multi_poll(multi, NULL, 0, 1000, NULL);
        curl_multi_perform(multi, &running);
        for (CURLMsg *message; ok && (message = curl_multi_info_read(multi, &left)); part->count++) {
            CURL *request = message->easy_handle;
            if (message->data.result != CURLE_OK)
                fprintf(stderr, "libcurl: %s\n", curl_easy_strerror(message->data.result));
            ok = message->data.result == CURLE_OK && curl_multi_remove_handle(multi, request) == CURLM_OK &&
                 curl_multi_add_handle(multi, request) == CURLM_OK;
        }
    }
    part->cpu_us = parts_cpu_us() - cpu_us;
    for (int i = 0; i < IN_FLIGHT; i++) {
        curl_multi_remove_handle(multi, requests[i]);
        curl_easy_cleanup(requests[i]);
    }
    curl_multi_cleanup(multi);
    return ok;
}

static CURL *new_request(CURLU *url, struct curl_slist *headers)
{
    CURL *request = curl_easy_init();
    curl_easy_setopt(request, CURLOPT_CURLU, url);
    curl_easy_setopt(request, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(request, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(request, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(request, CURLOPT_POSTFIELDS, START);
    curl_easy_setopt(request, CURLOPT_WRITEFUNCTION, ignore);
    return request;
}

static size_t ignore(char *bytes, size_t size, size_t count, void *context)
{
    (void)bytes, (void)context;
    return size * count;
}

/* The load is made by this thread, the answers by the library's. */
bool parts_microhttpd(struct part *part, uint64_t us)
{
    unsigned port = process_steady_port();
    struct load_result result;
    const struct load load = {.port = port,
                              .clients = IN_FLIGHT,
                              .target = "/v1/transactions",
                              .headers = SCENARIO_WAIT,
                              .body = START,
                              .duration_ms = us / 1000,
                              .status = 201};
    struct MHD_Daemon *daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_INTERNAL_POLLING_THREAD, (uint16_t)port,
                                                 NULL, NULL, answer, NULL, MHD_OPTION_END);
    if (!daemon) {
        fprintf(stderr, "libmicrohttpd does not listen on port %u\n", port);
        return false;
    }
    uint64_t cpu_us = parts_cpu_us() - thread_cpu_us();
    bool ok = load_run(&load, &result);
    *part = (struct part){.count = result.answers, .elapsed_us = result.elapsed_us};
    part->cpu_us = parts_cpu_us() - thread_cpu_us() - cpu_us;
    MHD_stop_daemon(daemon);
    return ok;
}

static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *body, size_t *body_length,
                              void **state)
{
    static char text[] = "{\"id\":\"019ad0b0-0000-7000-8000-000000000000\",\"status\":\"completed\"}";
    (void)context, (void)url, (void)method, (void)version, (void)body;
    if (!*state || *body_length) { /* the head; a piece of the body */
        *state = text;
        *body_length = 0;
        return MHD_YES;
    }
    struct MHD_Response *response = MHD_create_response_from_buffer(sizeof text - 1, text, MHD_RESPMEM_PERSISTENT);
    MHD_add_response_header(response, "Content-Type", "application/json");
    enum MHD_Result queued = MHD_queue_response(connection, 201, response);
    MHD_destroy_response(response);
    return queued;
}

bool parts_jansson(struct part *part, uint64_t us)
{
    bool ok = true;
    uint64_t begun_us = process_now_us(), cpu_us = parts_cpu_us();
    for (*part = (struct part){0}; ok && part->elapsed_us < us; part->elapsed_us = process_now_us() - begun_us) {
        json_t *start = json_loads(START, 0, NULL);
        char *text = json_dumps(start, JSON_COMPACT);
        ok = text && strcmp(text, START) == 0;
        free(text);
        json_decref(start);
        part->count++;
    }
    part->cpu_us = parts_cpu_us() - cpu_us;
    if (!ok)
        fprintf(stderr, "Jansson does not print what it read: %s\n", START);
    return ok;
}

static uint64_t thread_cpu_us(void)
{
    struct rusage used;
    getrusage(RUSAGE_THREAD, &used);
    return (uint64_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000 +
           (uint64_t)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}
