/* Fuzzes durations and timestamps. `make fuzz` builds it with libFuzzer and all of the coordinator.
 *
 * Whatever is read is within its range, and what is printed of it is read back as the same. */
#include "definition/duration.h"
#include "definition/value_number.h"
#include "definition/value_time.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_duration(const char *text, size_t size)
{
    uint64_t ms = 0, again = 0;
    char printed[32];
    if (!duration_parse(text, size, &ms))
        return;
    assert(ms <= (uint64_t)3650 * 86400000);
    duration_print(ms, printed, sizeof printed);
    assert(duration_parse(printed, strlen(printed), &again) && again == ms);
}

static void fuzz_values(const char *text, size_t size)
{
    struct value value, again;
    char printed[VALUE_TEXT_MAX];
    if (!value_time_read(text, size, &value)) {
        value_time_print(&value, printed);
        assert(!value_time_read(printed, strlen(printed), &again));
        assert(again.integer == value.integer && again.nanos == value.nanos);
    }
    if (!value_time_read_duration(text, size, &value)) {
        value_time_print(&value, printed);
        assert(!value_time_read_duration(printed, strlen(printed), &again));
        assert(again.integer == value.integer);
    }
}

static void fuzz_numbers(const char *text, size_t size)
{
    double real = 0, again = 0;
    int64_t integer = 0, whole = 0;
    char printed[VALUE_TEXT_MAX];
    if (value_number_double(text, size, &real)) {
        value_number_print(real, printed);
        assert(value_number_double(printed, strlen(printed), &again));
        assert(!memcmp(&real, &again, sizeof real) || real != real);
        if (value_number_truncate(real, &whole))
            assert((double)whole <= real + 1 && (double)whole >= real - 1);
    }
    if (value_number_int(text, size, &integer))
        assert(integer == 0 || (integer < 0) == (text[0] == '-'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = size ? (const char *)data : "";
    fuzz_duration(text, size);
    fuzz_values(text, size);
    fuzz_numbers(text, size);
    return 0;
}
