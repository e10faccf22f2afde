/* The context: what is read from a call, what is handed on, and what is left behind because it is malformed. */
#include "belay/client.h"

#include <CUnit/Basic.h>
#include <string.h>

#define PARENT "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

static void hands_on(void)
{
    const struct belay_header headers[] = {
        {"Host", "x"},      {"TraceParent", PARENT}, {"tracestate", "a=1,b=2"}, {"Belay-Transaction", "o/1"},
        {"baggage", "k=v"}, {"Cookie", "secret"}};
    struct belay_context context;
    belay_context_read(headers, 6, &context);
    CU_ASSERT_STRING_EQUAL(context.transaction, "o/1");
    struct belay_header out[BELAY_CONTEXT_HEADERS];
    CU_ASSERT_EQUAL_FATAL(belay_context_headers(&context, out), 4);
    CU_ASSERT_STRING_EQUAL(out[0].name, "Belay-Transaction");
    CU_ASSERT_STRING_EQUAL(out[1].value, PARENT);
    CU_ASSERT_STRING_EQUAL(out[2].value, "a=1,b=2");
    CU_ASSERT_STRING_EQUAL(out[3].value, "k=v");
    struct belay_outgoing request = {.size = sizeof request};
    struct belay_error error;
    CU_ASSERT_EQUAL_FATAL(belay_client_cancel("a", NULL, &request, &error), BELAY_OK);
    CU_ASSERT_EQUAL(belay_outgoing_carry(&request, &context, &error), BELAY_OK);
    CU_ASSERT_EQUAL(request.headers_count, 5);
    for (int i = 0; i < 2; i++)
        CU_ASSERT_EQUAL(belay_outgoing_carry(&request, &context, &error), BELAY_OK);
    CU_ASSERT_EQUAL(belay_outgoing_carry(&request, &context, &error), BELAY_ERROR_ARGUMENT);
    belay_outgoing_done(&request);
    belay_context_read(NULL, 0, &context);
    CU_ASSERT_EQUAL(belay_context_headers(&context, out), 0);
}

static void leaves_the_malformed(void)
{
    static const char *const parents[] = {
        "",
        "00",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-011",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
        "00-4BF92F3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7_01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "0g-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01x",
        "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-\n",
    };
    struct belay_context context;
    char child[BELAY_TRACEPARENT_BYTES];
    static const unsigned char span[8] = {1};
    for (size_t i = 0; i < sizeof parents / sizeof *parents; i++) {
        const struct belay_header headers[] = {{"traceparent", parents[i]}, {"tracestate", "a=1"}};
        belay_context_read(headers, 2, &context);
        CU_ASSERT_PTR_NULL(context.traceparent);
        CU_ASSERT_PTR_NULL(context.tracestate);
    }
    for (size_t i = 0; i + 2 < sizeof parents / sizeof *parents; i++) {
        CU_ASSERT_EQUAL(belay_trace_child(parents[i], span, child), 0);
        CU_ASSERT_STRING_EQUAL(child, "");
    }
    const struct belay_header twice[] = {{"traceparent", PARENT}, {"Traceparent", PARENT}, {"baggage", "a\nb"}};
    belay_context_read(twice, 3, &context);
    CU_ASSERT_PTR_NULL(context.traceparent);
    CU_ASSERT_PTR_NULL(context.baggage);
    CU_ASSERT_EQUAL(belay_trace_child(NULL, span, child), 0);
}

static void makes_children(void)
{
    static const unsigned char span[8] = {0, 1, 2, 3, 0xfc, 0xfd, 0xfe, 0xff}, zero[8];
    char child[BELAY_TRACEPARENT_BYTES];
    CU_ASSERT_EQUAL(belay_trace_child(PARENT, span, child), 1);
    CU_ASSERT_STRING_EQUAL(child, "00-4bf92f3577b34da6a3ce929d0e0e4736-00010203fcfdfeff-01");
    CU_ASSERT_EQUAL(
        belay_trace_child("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-09-what.the.future", span, child),
        1);
    CU_ASSERT_STRING_EQUAL(child, "00-4bf92f3577b34da6a3ce929d0e0e4736-00010203fcfdfeff-09");
    CU_ASSERT_EQUAL(belay_trace_child(PARENT, zero, child), 0);
    CU_ASSERT_STRING_EQUAL(child, "");
}

void sdk_context_test_suite(void);
void sdk_context_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("sdk/context", NULL, NULL);
    CU_add_test(suite, "hands on", hands_on);
    CU_add_test(suite, "leaves behind what is malformed", leaves_the_malformed);
    CU_add_test(suite, "makes children", makes_children);
}
