/* A client: starts a saga, waits for its end however long that takes, and says how it ended.
 *
 *     start URL SAGA ID INPUT      start http://127.0.0.1:7070 place-order order-17 '{"sku":"book"}'
 *
 * The id makes it safe: run twice with the same id, it is one transaction. */
#include <belay/curl.h>

#include <stdio.h>
#include <string.h>

/* Sends and frees `request`. */
static int ask(struct belay_curl *curl, struct belay_outgoing *request, struct belay_result *result,
               struct belay_error *error)
{
    struct belay_response response = {.size = sizeof response};
    int code = belay_client_send(belay_curl_transport(curl), request, &response, result, error);
    if (!code && result->output)
        printf("%.*s\n", (int)result->output_length, result->output);
    belay_response_done(&response);
    belay_outgoing_done(request);
    return code;
}

int main(int argc, char **argv)
{
    if (argc != 5)
        return fprintf(stderr, "usage: start URL SAGA ID INPUT\n"), 2;
    const struct belay_curl_options options = {.size = sizeof options, .url = argv[1]};
    const struct belay_start start = {.size = sizeof start,
                                      .saga = argv[2],
                                      .id = argv[3],
                                      .input = argv[4],
                                      .input_length = strlen(argv[4]),
                                      .wait_s = 10};
    struct belay_outgoing request = {.size = sizeof request};
    struct belay_result result = {.size = sizeof result};
    struct belay_curl *curl = NULL;
    struct belay_error error;
    int code = belay_curl_new(&options, &curl, &error);
    if (!code)
        code = belay_client_start(&start, &request, &error);
    if (!code)
        code = ask(curl, &request, &result, &error);
    while (!code && !belay_status_ended(result.status) && result.status != BELAY_STATUS_PAUSED) {
        code = belay_client_get(argv[3], BELAY_WAIT_MAX, &request, &error);
        if (!code)
            code = ask(curl, &request, &result, &error);
    }
    if (code)
        fprintf(stderr, "start: %s\n", error.text);
    else
        fprintf(stderr, "%s: %s %s %s\n", argv[3], belay_status_word(result.status), result.cause, result.step);
    belay_curl_free(curl);
    return code ? 1 : result.status != BELAY_STATUS_COMPLETED;
}
