/* Signatures from the coordinator's side: the secrets, the published vectors, what a signed call carries on each
 * attempt, and that no answer tells a secret. */
#include "adapters/sign_libcrypto.h"
#include "unit/api_support.h"
#include "base/buf.h"
#include "engine/signature.h"
#include "unit/engine_fake.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

#define SPEC_SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define OTHER       "whsec_c2VjcmV0LW9mLWEtcm90YXRlZC1lbmRwb2ludA=="

static void secrets(void)
{
    static const char *const right[] = {SPEC_SECRET, OTHER, "whsec_AAAAAAAAAAAAAAAAAAAAAA=="};
    static const char *const wrong[] = {
        "",
        "whsec_",
        "whsec_====",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa w",
        "whsec_AAAAAAAAAAAAAAAAAAAAAB==",
        "whsec_AAAAAAAAAAAAAAAAAAAA",
        "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    };
    struct secret secret;
    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        CU_ASSERT_TRUE(signature_secret(right[i], &secret));
    CU_ASSERT_EQUAL(secret.length, 16);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CU_ASSERT_FALSE(signature_secret(wrong[i], &secret));
}

static void published_vectors(void)
{
    static const struct {
        const char *secret, *id;
        uint64_t time_s;
        const char *body, *expected;
    } vectors[] = {
        {SPEC_SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{\"test\": 2432232314}",
         "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
        {"whsec_plJ3nmyCDGBKInavdOK15jsl", "msg_loFOjxBNrRLzqYUf", 1731705121,
         "{\"event_type\":\"ping\",\"data\":{\"success\":true}}",
         "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0="},
    };
    const struct sign sign = sign_libcrypto();
    CU_ASSERT(sign.now_s(sign.self) > 1700000000);
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct secret two[2];
        struct buf buf;
        char twice[128];
        CU_ASSERT_TRUE(signature_secret(vectors[i].secret, &two[0]));
        two[1] = two[0];
        buf_init(&buf, 1024);
        signature_put(&buf, &sign, two, 1, vectors[i].id, vectors[i].time_s, vectors[i].body,
                      strlen(vectors[i].body));
        CU_ASSERT_STRING_EQUAL(buf_text(&buf), vectors[i].expected);
        buf_clear(&buf);
        signature_put(&buf, &sign, two, 2, vectors[i].id, vectors[i].time_s, vectors[i].body,
                      strlen(vectors[i].body));
        snprintf(twice, sizeof twice, "%s %s", vectors[i].expected, vectors[i].expected);
        CU_ASSERT_STRING_EQUAL(buf_text(&buf), twice);
        buf_done(&buf);
    }
}

/* ---- What a call carries ---- */

static const char saga[] =
    "{\"name\":\"order\",\"version\":1,\"steps\":["
    "{\"id\":\"reserve\",\"participant\":\"inventory\",\"action\":{\"request\":\"POST /r\",\"body\":{\"n\":1}},"
    "\"compensation\":{\"request\":\"DELETE /r\"}}]}";

/* What webhook-signature must be for this call, with one secret, by the vectors' own code. */
static void expect_signed(const struct request *request, const char *secret, const char *header)
{
    const struct sign sign = sign_libcrypto();
    struct secret parsed;
    struct buf buf;
    const char *timestamp = fake_header(request, "webhook-timestamp");
    CU_ASSERT_PTR_NOT_NULL_FATAL(timestamp);
    CU_ASSERT_TRUE(signature_secret(secret, &parsed));
    buf_init(&buf, 1024);
    signature_put(&buf, &sign, &parsed, 1, fake_header(request, "Idempotency-Key"), strtoull(timestamp, NULL, 10),
                  request->body, request->body_length);
    CU_ASSERT_PTR_NOT_NULL(strstr(header, buf_text(&buf)));
    buf_done(&buf);
}

static void what_a_call_carries(void)
{
    struct fake fake;
    fake_open(&fake);
    fake_define(&fake, saga);
    fake_participant(&fake, "inventory",
                     "{\"url\":\"http://inventory\",\"secrets\":[\"" SPEC_SECRET "\",\"" OTHER "\"]}");
    fake_start(&fake, "order", "{}", "o-1");
    CU_ASSERT_EQUAL_FATAL(fake.calls_count, 1);
    const char *signature = fake_header(fake.calls[0], "webhook-signature");
    CU_ASSERT_PTR_NOT_NULL_FATAL(signature);
    CU_ASSERT_STRING_EQUAL(fake_header(fake.calls[0], "webhook-id"), "o-1/reserve/action");
    CU_ASSERT_PTR_EQUAL(strchr(signature, ' '), strrchr(signature, ' '));
    expect_signed(fake.calls[0], SPEC_SECRET, signature);
    expect_signed(fake.calls[0], OTHER, signature);
    fake_restart(&fake); /* the store has the secrets; the second attempt is signed too, with the same id */
    fake_turn(&fake);
    CU_ASSERT_EQUAL_FATAL(fake.calls_count, 1);
    CU_ASSERT_STRING_EQUAL(fake_header(fake.calls[0], "webhook-id"), "o-1/reserve/action");
    expect_signed(fake.calls[0], OTHER, fake_header(fake.calls[0], "webhook-signature"));
    fake_close(&fake);
}

static void without_secrets_no_signature(void)
{
    struct fake fake;
    fake_open(&fake);
    fake_define(&fake, saga);
    fake_participant(&fake, "inventory", "{\"url\":\"http://inventory\",\"secrets\":[]}");
    fake_start(&fake, "order", "{}", "o-1");
    CU_ASSERT_EQUAL_FATAL(fake.calls_count, 1);
    CU_ASSERT_PTR_NULL(fake_header(fake.calls[0], "webhook-signature"));
    fake_close(&fake);
}

/* ---- The registry ---- */

static void no_answer_tells_a_secret(void)
{
    struct api_world *world = api_world_new();
    struct api_answer *answer =
        api_ask(world, "PUT /v1/participants/pay",
                "{\"url\":\"http://pay\",\"secrets\":[\"" SPEC_SECRET "\",\"" OTHER "\"]}");
    CU_ASSERT_EQUAL(answer->status, 201);
    CU_ASSERT_STRING_EQUAL(answer->body,
                           "{\"name\":\"pay\",\"url\":\"http://pay\",\"secrets\":[\"***\",\"***\"]}");
    CU_ASSERT_STRING_EQUAL(api_ask(world, "GET /v1/participants/pay", NULL)->body,
                           "{\"name\":\"pay\",\"url\":\"http://pay\",\"secrets\":[\"***\",\"***\"]}");
    CU_ASSERT_PTR_NULL(strstr(api_ask(world, "GET /v1/participants", NULL)->body, "MfKQ"));
    static const char *const wrong[] = {
        "{\"url\":\"http://pay\",\"secrets\":\"" SPEC_SECRET "\"}",
        "{\"url\":\"http://pay\",\"secrets\":[7]}",
        "{\"url\":\"http://pay\",\"secrets\":[\"planted-secret\"]}",
        "{\"url\":\"http://pay\",\"secrets\":[\"" OTHER "\",\"" OTHER "\",\"" OTHER "\",\"" OTHER "\",\"" OTHER
        "\"]}",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        answer = api_ask(world, "PUT /v1/participants/pay", wrong[i]);
        CU_ASSERT_EQUAL(answer->status, 422);
        CU_ASSERT_PTR_NULL(strstr(answer->body, "planted"));
        CU_ASSERT_PTR_NOT_NULL(strstr(answer->body, "/secrets"));
    }
    answer = api_ask(world, "PUT /v1/participants/pay",
                     "{\"url\":\"http://pay\",\"secrets\":[\"" SPEC_SECRET "\\u0000planted\"]}");
    CU_ASSERT_EQUAL(answer->status, 400); /* no text of ours holds a NUL */
    CU_ASSERT_PTR_NULL(strstr(answer->body, "planted"));
    api_world_free(world);
}

void signature_test_suite(void);
void signature_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("engine/signature", NULL, NULL);
    CU_add_test(suite, "secrets that are some, and that are none", secrets);
    CU_add_test(suite, "the published vectors of Standard Webhooks", published_vectors);
    CU_add_test(suite, "what a signed call carries", what_a_call_carries);
    CU_add_test(suite, "without secrets there is no signature", without_secrets_no_signature);
    CU_add_test(suite, "no answer tells a secret", no_answer_tells_a_secret);
}
