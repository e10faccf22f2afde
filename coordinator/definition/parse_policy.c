/* Retry policies: "none", "forever", or an object. */
#include "base/limits.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "definition/defaults.h"
#include "definition/keys.h"
#include "definition/parse.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static void parse_object(struct parse *parse, const json_t *object, struct policy *policy);
static void parse_codes(struct parse *parse, const json_t *object, struct policy *policy);

void parse_retry(struct parse *parse, const json_t *object, bool of_action, struct policy *policy)
{
    static const char *const words[] = {"none", "forever"};
    const json_t *value = keys_get(object, "retry", TYPE_STRING | TYPE_OBJECT);
    if (!value)
        return;
    policy->given = true;
    if (json_is_string(value)) {
        size_t choice = 0;
        policy->has_attempts = parse_word(parse, object, "retry", words, 2, &choice);
        policy->value.attempts_max = choice == 0; /* "none": the first try is the only one */
        return;
    }
    size_t mark = parse_enter(parse, "retry");
    keys_check(parse, value, &keys_retry, of_action ? ON_DO : 0);
    parse_object(parse, value, policy);
    if (of_action)
        parse_codes(parse, value, policy);
    parse_leave(parse, mark);
}

static void parse_backoff(struct parse *parse, const json_t *object, struct policy *policy)
{
    const json_t *value = keys_get(object, "backoff", TYPE_NUMBER);
    if (!value)
        return;
    double factor = json_number_value(value);
    if (!(factor >= 1 && factor <= RETRY_BACKOFF_MAX)) {
        parse_complain_at(parse, "backoff", RULE_RANGE, NULL, "\"backoff\" is from 1 to %d, found %g",
                          RETRY_BACKOFF_MAX, factor);
        return;
    }
    policy->has_backoff = true;
    policy->value.backoff_permille = (uint32_t)lround(factor * 1000);
}

static void parse_object(struct parse *parse, const json_t *object, struct policy *policy)
{
    static const char *const jitters[] = {[JITTER_NONE] = "none", [JITTER_FULL] = "full"};
    struct retry *retry = &policy->value;
    size_t jitter = JITTER_FULL;
    policy->has_attempts = parse_count(parse, object, "maxAttempts", 1, RETRY_ATTEMPTS_MAX, &retry->attempts_max);
    policy->has_initial = parse_duration(parse, object, "initialInterval", &retry->initial_ms);
    policy->has_interval_max = parse_duration(parse, object, "maxInterval", &retry->interval_max_ms);
    policy->has_total = parse_duration(parse, object, "totalTimeout", &retry->total_ms);
    policy->has_jitter = parse_word(parse, object, "jitter", jitters, 2, &jitter);
    retry->jitter = (enum jitter)jitter;
    parse_backoff(parse, object, policy);
    if (policy->has_initial && policy->has_interval_max && retry->interval_max_ms < retry->initial_ms) {
        parse_complain_at(parse, "maxInterval", RULE_RANGE, NULL,
                          "\"maxInterval\" is shorter than \"initialInterval\"");
        policy->has_interval_max = false;
    }
}

static void parse_codes(struct parse *parse, const json_t *object, struct policy *policy)
{
    const json_t *array = keys_get(object, "nonRetryable", TYPE_ARRAY);
    if (!array)
        return;
    size_t mark = parse_enter(parse, "nonRetryable");
    if (json_array_size(array) > RETRY_CODES_MAX)
        parse_complain(parse, RULE_RANGE, NULL, "\"nonRetryable\" has at most %d codes", RETRY_CODES_MAX);
    policy->has_codes = true;
    policy->codes = mem_array(RETRY_CODES_MAX, sizeof *policy->codes);
    for (size_t i = 0; i < json_array_size(array) && i < RETRY_CODES_MAX; i++) {
        const json_t *code = json_array_get(array, i);
        size_t inner = parse_enter_index(parse, i);
        size_t length = json_is_string(code) ? json_string_length(code) : 0;
        if (!json_is_string(code))
            parse_complain(parse, RULE_TYPE, NULL, "a code is a text, found %s", keys_type_word(code));
        else if (length == 0 || length > LIMIT_NAME_BYTES || !utf8_printable(json_string_value(code), length))
            parse_complain(parse, RULE_RANGE, NULL, "a code has 1 to %d printable bytes", LIMIT_NAME_BYTES);
        else
            policy->codes[policy->codes_count++] = mem_string(json_string_value(code));
        parse_leave(parse, inner);
    }
    parse_leave(parse, mark);
}
