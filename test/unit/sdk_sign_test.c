/* Signatures: the published vectors, everything that must be refused, and a participant that insists on them. */
#include "sdk_support.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

#define SPEC_SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define SPEC_ID     "msg_p5jXN8AQM9LWM0D4loKWxJek"
#define SPEC_BODY   "{\"test\": 2432232314}"
#define SPEC_SIGNED "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
#define OTHER       "whsec_c2VjcmV0LW9mLWEtcm90YXRlZC1lbmRwb2ludA=="

enum { SPEC_TIME = 1614265330 };

/* ---- HMAC and base64 ---- */

/* RFC 4231: test cases 1 to 4, 6 and 7. */
static void hmac_of_the_rfc(void)
{
    static unsigned char aa[131], cases3[50], cases4[50], key1[20], key4[25];
    memset(aa, 0xaa, sizeof aa);
    memset(cases3, 0xdd, sizeof cases3);
    memset(cases4, 0xcd, sizeof cases4);
    memset(key1, 0x0b, sizeof key1);
    for (unsigned i = 0; i < sizeof key4; i++)
        key4[i] = (unsigned char)(i + 1);
    const struct {
        const void *key;
        size_t key_length;
        const void *data;
        size_t length;
        const char *hex;
    } cases[] = {
        {key1, 20, "Hi There", 8, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {"Jefe", 4, "what do ya want for nothing?", 28,
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {aa, 20, cases3, 50, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
        {key4, 25, cases4, 50, "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
        {aa, 131, "Test Using Larger Than Block-Size Key - Hash Key First", 54,
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t cut = 0; cut <= cases[i].length; cut += 7) { /* however it is cut into pieces */
            unsigned char mac[BELAY_SIGN_MAC];
            char hex[2 * BELAY_SIGN_MAC + 1];
            const struct belay_piece pieces[] = {
                {cases[i].data, cut}, {NULL, 0}, {(const char *)cases[i].data + cut, cases[i].length - cut}};
            CU_ASSERT_EQUAL(belay_hmac_libcrypto(cases[i].key, cases[i].key_length, pieces, 3, mac), 0);
            for (size_t j = 0; j < sizeof mac; j++)
                snprintf(hex + 2 * j, 3, "%02x", mac[j]);
            CU_ASSERT_STRING_EQUAL(hex, cases[i].hex);
        }
}

static void secrets_that_are_read(void)
{
    struct belay_secret secret;
    CU_ASSERT_EQUAL(belay_secret_parse(SPEC_SECRET, &secret, NULL), BELAY_OK);
    CU_ASSERT_EQUAL(secret.length, 24);
    CU_ASSERT_EQUAL(secret.bytes[0], 0x31);
    CU_ASSERT_EQUAL(belay_secret_parse("whsec_AAAAAAAAAAAAAAAAAAAAAA==", &secret, NULL), BELAY_OK);
    CU_ASSERT_EQUAL(secret.length, 16);
    char longest[6 + 88 + 1] = "whsec_"; /* 64 bytes */
    memset(longest + 6, 'A', 86);
    memcpy(longest + 92, "==", 3);
    CU_ASSERT_EQUAL(belay_secret_parse(longest, &secret, NULL), BELAY_OK);
    CU_ASSERT_EQUAL(secret.length, 64);
}

static void secrets_that_are_not(void)
{
    static const char *const wrong[] = {
        NULL,
        "",
        "whsec_",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS w",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa-_",
        "whsec_AAAAAAAAAAAAAAAAAAAAAB==", /* bits left over: the same bytes as another text */
        "whsec_AAAAAAAAAAAAAAAAAAAAAA=A",
        "whsec_AAAA=AAAAAAAAAAAAAAAAAAAAAA=",
        "whsec_====",
        "whsec_AAAAAAAAAAAAAAAAAAAA", /* 15 bytes */
        "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", /* 65 */
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct belay_secret secret;
        struct belay_error error;
        CU_ASSERT_EQUAL(belay_secret_parse(wrong[i], &secret, &error), BELAY_ERROR_ARGUMENT);
        if (wrong[i] && strlen(wrong[i]) > 10)
            CU_ASSERT_PTR_NULL(strstr(error.text, wrong[i] + 6)); /* no message tells a secret */
    }
}

static void the_published_vectors(void)
{
    static const struct {
        const char *secret, *id;
        int64_t time_s;
        const char *body, *expected;
    } vectors[] = {
        {SPEC_SECRET, SPEC_ID, SPEC_TIME, SPEC_BODY, SPEC_SIGNED},
        {"whsec_plJ3nmyCDGBKInavdOK15jsl", "msg_loFOjxBNrRLzqYUf", 1731705121,
         "{\"event_type\":\"ping\",\"data\":{\"success\":true}}",
         "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0="},
    };
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct belay_secret secret;
        char text[BELAY_SIGN_TEXT];
        CU_ASSERT_EQUAL(belay_secret_parse(vectors[i].secret, &secret, NULL), BELAY_OK);
        CU_ASSERT_EQUAL(belay_sign(&secret, belay_hmac_libcrypto, vectors[i].id, vectors[i].time_s,
                                   vectors[i].body, strlen(vectors[i].body), text, NULL),
                        BELAY_OK);
        CU_ASSERT_STRING_EQUAL(text, vectors[i].expected);
    }
}

/* ---- Verifying ---- */

/* Verifies the specification's message with the given headers (NULL: not there), body and time. */
static int verify(const char *id, const char *timestamp, const char *signature, const char *body, int64_t now_s)
{
    struct belay_header headers[3];
    size_t count = 0;
    struct belay_secret secrets[2];
    belay_secret_parse(OTHER, &secrets[0], NULL);
    belay_secret_parse(SPEC_SECRET, &secrets[1], NULL);
    if (id)
        headers[count++] = (struct belay_header){"Webhook-Id", id};
    if (timestamp)
        headers[count++] = (struct belay_header){"WEBHOOK-TIMESTAMP", timestamp};
    if (signature)
        headers[count++] = (struct belay_header){"webhook-signature", signature};
    const struct belay_request request = {.size = sizeof request,
                                          .method = "POST",
                                          .path = "/",
                                          .headers = headers,
                                          .headers_count = count,
                                          .body = body,
                                          .body_length = strlen(body)};
    return belay_verify(secrets, 2, belay_hmac_libcrypto, &request, now_s, NULL);
}

static void what_is_accepted(void)
{
    static const char *const headers[] = {
        SPEC_SIGNED,
        "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= " SPEC_SIGNED,
        SPEC_SIGNED " v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/"
        "enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg== " SPEC_SIGNED,
        "  " SPEC_SIGNED " ",
        "nonsense , ,, v1, v1 " SPEC_SIGNED,
    };
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        CU_ASSERT_EQUAL(verify(SPEC_ID, "1614265330", headers[i], SPEC_BODY, SPEC_TIME), BELAY_OK);
}

static void the_window(void)
{
    static const struct {
        int64_t off;
        int code;
    } times[] = {{0, BELAY_OK},
                 {300, BELAY_OK},
                 {-300, BELAY_OK},
                 {301, BELAY_ERROR_SIGNATURE},
                 {-301, BELAY_ERROR_SIGNATURE},
                 {1000000000, BELAY_ERROR_SIGNATURE},
                 {-SPEC_TIME, BELAY_ERROR_SIGNATURE}};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        CU_ASSERT_EQUAL(verify(SPEC_ID, "1614265330", SPEC_SIGNED, SPEC_BODY, SPEC_TIME + times[i].off),
                        times[i].code);
    static const char *const odd[] = {
        "",     " 1614265330", "+1614265330",   "1614265330 ",          "1614265330.0",
        "0x1f", "-1614265330", "9999999999999", "18446744075323816946", "1614265331"};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        CU_ASSERT_EQUAL(verify(SPEC_ID, odd[i], SPEC_SIGNED, SPEC_BODY, SPEC_TIME), BELAY_ERROR_SIGNATURE);
}

static void what_is_refused(void)
{
    const char *time = "1614265330";
    CU_ASSERT_EQUAL(verify(NULL, time, SPEC_SIGNED, SPEC_BODY, SPEC_TIME), BELAY_ERROR_SIGNATURE);
    CU_ASSERT_EQUAL(verify(SPEC_ID, NULL, SPEC_SIGNED, SPEC_BODY, SPEC_TIME), BELAY_ERROR_SIGNATURE);
    CU_ASSERT_EQUAL(verify(SPEC_ID, time, NULL, SPEC_BODY, SPEC_TIME), BELAY_ERROR_SIGNATURE);
    CU_ASSERT_EQUAL(verify("msg_q", time, SPEC_SIGNED, SPEC_BODY, SPEC_TIME), BELAY_ERROR_SIGNATURE);
    CU_ASSERT_EQUAL(verify(SPEC_ID, time, SPEC_SIGNED, "{\"test\": 2432232315}", SPEC_TIME),
                    BELAY_ERROR_SIGNATURE);
    CU_ASSERT_EQUAL(verify(SPEC_ID, time, SPEC_SIGNED, "", SPEC_TIME), BELAY_ERROR_SIGNATURE);
    static const char *const signatures[] = {
        "",
        "v1",
        "v1,",
        "v1,=",
        "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE",
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OF=", /* the same bytes, were it lax */
        SPEC_SIGNED "A",
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=,",
    };
    for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++)
        CU_ASSERT_EQUAL(verify(SPEC_ID, time, signatures[i], SPEC_BODY, SPEC_TIME), BELAY_ERROR_SIGNATURE);
    for (size_t i = 3; i < sizeof SPEC_SIGNED - 2; i++) { /* each character counts */
        char changed[] = SPEC_SIGNED;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        CU_ASSERT_EQUAL(verify(SPEC_ID, time, changed, SPEC_BODY, SPEC_TIME), BELAY_ERROR_SIGNATURE);
    }
}

static int broken_hmac(const void *key, size_t key_length, const struct belay_piece *pieces, size_t pieces_count,
                       unsigned char mac[BELAY_SIGN_MAC])
{
    (void)key;
    (void)key_length;
    (void)pieces;
    (void)pieces_count;
    memset(mac, 0, BELAY_SIGN_MAC);
    return -1;
}

/* ---- A participant with secrets ---- */

static int64_t test_now_s;

static int64_t test_clock(void *context)
{
    (void)context;
    return test_now_s;
}

static const struct belay_clock fixed = {.now_s = test_clock};

static int say_yes(struct belay_call *call)
{
    return belay_sqlite_run(call, "INSERT INTO effect VALUES (:key)", NULL);
}

static struct belay_participant *insist(struct sdk_service *service, const char *const *secrets, size_t count,
                                        belay_hmac *hmac)
{
    sdk_service_open(service, ":memory:");
    const struct belay_operation operation = {
        .size = sizeof operation, .name = "pay", .on_action = say_yes, .on_compensation = say_yes};
    const struct belay_participant_options options = {.size = sizeof options,
                                                      .barrier = service->barrier,
                                                      .secrets = secrets,
                                                      .secrets_count = count,
                                                      .hmac = hmac,
                                                      .clock = &fixed};
    struct belay_participant *participant = NULL;
    CU_ASSERT_EQUAL(belay_participant_new(&options, &participant, NULL), BELAY_OK);
    CU_ASSERT_EQUAL(belay_participant_add(participant, &operation, NULL), BELAY_OK);
    return participant;
}

/* Calls t/s/<phase>, signed with `secret` for the id `id`; NULL leaves out. */
static int call_signed(struct belay_participant *participant, const char *path, const char *phase,
                       const char *secret, const char *id)
{
    char key[64], timestamp[24], text[BELAY_SIGN_TEXT] = "v1,none";
    snprintf(key, sizeof key, "t/s/%s", phase);
    snprintf(timestamp, sizeof timestamp, "%lld", (long long)test_now_s);
    struct belay_secret parsed;
    if (secret && !belay_secret_parse(secret, &parsed, NULL))
        belay_sign(&parsed, belay_hmac_libcrypto, id, test_now_s, "{}", 2, text, NULL);
    const struct belay_header headers[] = {
        {"Idempotency-Key", key}, {"Belay-Transaction", "t"}, {"Belay-Step", "s"},      {"Belay-Phase", phase},
        {"webhook-id", id},       {"webhook-timestamp", timestamp}, {"webhook-signature", text},
    };
    const struct belay_request request = {.size = sizeof request,
                                          .method = "POST",
                                          .path = path,
                                          .headers = headers,
                                          .headers_count = secret ? 7 : 4,
                                          .body = "{}",
                                          .body_length = 2};
    return sdk_send(participant, &request);
}

static void only_signed_calls(void)
{
    static const char *const secrets[] = {SPEC_SECRET, OTHER};
    static const char stranger[] = "whsec_c3RyYW5nZXJzdHJhbmdlcnN0cmFuZ2Vy";
    struct sdk_service service;
    test_now_s = SPEC_TIME;
    struct belay_participant *participant = insist(&service, secrets, 2, belay_hmac_libcrypto);
    CU_ASSERT_EQUAL(call_signed(participant, "/belay/pay", "action", NULL, NULL), 401);
    CU_ASSERT_PTR_NOT_NULL(strstr(sdk_body(), "\"code\":\"unauthorized\""));
    CU_ASSERT_EQUAL(sdk_code(), BELAY_OK);
    CU_ASSERT_EQUAL(call_signed(participant, "/belay/no-such-thing", "action", NULL, NULL), 401);
    CU_ASSERT_EQUAL(call_signed(participant, "/belay/pay", "action", stranger, "t/s/action"), 401);
    CU_ASSERT_EQUAL(call_signed(participant, "/belay/pay", "compensation", SPEC_SECRET, "t/s/action"), 401);
    CU_ASSERT_PTR_NOT_NULL(strstr(sdk_body(), "webhook-id is not the Idempotency-Key"));
    CU_ASSERT_EQUAL(sdk_count(service.db, "SELECT count(*) FROM belay_barrier"), 0);
    CU_ASSERT_EQUAL(call_signed(participant, "/belay/no-such-thing", "action", OTHER, "t/s/action"), 404);
    CU_ASSERT_EQUAL(call_signed(participant, "/belay/pay", "action", SPEC_SECRET, "t/s/action"), 204);
    CU_ASSERT_EQUAL(call_signed(participant, "/belay/pay", "action", OTHER, "t/s/action"), 204);
    test_now_s += 86400;
    CU_ASSERT_EQUAL(call_signed(participant, "/belay/pay", "action", OTHER, "t/s/action"), 204);
    CU_ASSERT_EQUAL(sdk_count(service.db, "SELECT count(*) FROM effect"), 1);
    belay_participant_free(participant);
    sdk_service_close(&service);
}

static void a_library_that_fails(void)
{
    static const char *const secrets[] = {SPEC_SECRET};
    struct sdk_service service;
    test_now_s = SPEC_TIME;
    struct belay_participant *participant = insist(&service, secrets, 1, broken_hmac);
    CU_ASSERT_EQUAL(call_signed(participant, "/belay/pay", "action", SPEC_SECRET, "t/s/action"), 500);
    CU_ASSERT_EQUAL(sdk_code(), BELAY_ERROR_SYSTEM);
    CU_ASSERT_EQUAL(sdk_count(service.db, "SELECT count(*) FROM effect"), 0);
    belay_participant_free(participant);
    sdk_service_close(&service);
}

static void options_that_do_not_fit(void)
{
    static const char *const good[] = {SPEC_SECRET}, *const bad[] = {"secret"};
    static const struct belay_clock empty = {.context = NULL};
    struct sdk_service service;
    sdk_service_open(&service, ":memory:");
    const struct belay_participant_options base = {.size = sizeof base, .barrier = service.barrier};
    struct belay_participant_options wrong[6] = {base, base, base, base, base, base};
    for (size_t i = 0; i < 6; i++) {
        wrong[i].secrets = good;
        wrong[i].secrets_count = 1;
        wrong[i].hmac = belay_hmac_libcrypto;
        wrong[i].clock = &fixed;
    }
    wrong[0].secrets = NULL;
    wrong[1].secrets_count = BELAY_SECRETS_MAX + 1;
    wrong[2].hmac = NULL;
    wrong[3].clock = NULL;
    wrong[4].clock = &empty;
    wrong[5].secrets = bad;
    for (size_t i = 0; i < 6; i++) {
        struct belay_participant *participant = NULL;
        CU_ASSERT_EQUAL(belay_participant_new(&wrong[i], &participant, NULL), BELAY_ERROR_ARGUMENT);
        CU_ASSERT_PTR_NULL(participant);
    }
    /* A service compiled against the first version: its struct ends before the secrets. */
    struct belay_participant_options old = base;
    old.size = offsetof(struct belay_participant_options, secrets);
    struct belay_participant *participant = NULL;
    CU_ASSERT_EQUAL(belay_participant_new(&old, &participant, NULL), BELAY_OK);
    belay_participant_free(participant);
    sdk_service_close(&service);
}

static void the_systems_clock(void)
{
    CU_ASSERT(belay_clock_system.now_s(belay_clock_system.context) > 1700000000);
}

void sdk_sign_test_suite(void);
void sdk_sign_test_suite(void)
{
    CU_pSuite suite = CU_add_suite("sdk/sign", NULL, NULL);
    CU_add_test(suite, "HMAC-SHA256 as in RFC 4231, in any pieces", hmac_of_the_rfc);
    CU_add_test(suite, "secrets that are read", secrets_that_are_read);
    CU_add_test(suite, "secrets that are none", secrets_that_are_not);
    CU_add_test(suite, "the published vectors of Standard Webhooks", the_published_vectors);
    CU_add_test(suite, "one good signature is enough", what_is_accepted);
    CU_add_test(suite, "five minutes to both sides", the_window);
    CU_add_test(suite, "what is missing, changed or malformed is refused", what_is_refused);
    CU_add_test(suite, "a participant with secrets takes only signed calls", only_signed_calls);
    CU_add_test(suite, "a library that cannot verify is a 500", a_library_that_fails);
    CU_add_test(suite, "options that do not fit together", options_that_do_not_fit);
    CU_add_test(suite, "the system's clock", the_systems_clock);
}
