/* Numbers and the UUIDv7s made of them. */
#include "engine/id.h"

#include "base/put.h"
#include "core/retry.h"

#include <assert.h>
#include <string.h>

enum { COUNT_BITS = 20 };

static uint64_t seal(uint64_t txn, uint64_t secret);

uint64_t id_next(uint64_t last, uint64_t now_ms)
{
    uint64_t first = now_ms << COUNT_BITS & INT64_MAX;
    uint64_t next = first > last ? first : last + 1;
    assert(next > last && next <= INT64_MAX);
    return next;
}

/* RFC 9562: 48 bits of milliseconds, version 7, 12 bits, variant 10, 62 bits. The count's upper 12 bits follow
 * the version, its lower 8 and 54 sealed bits the variant. */
void id_print(uint64_t txn, uint64_t secret, char text[LIMIT_ID_TEXT])
{
    uint64_t ms = txn >> COUNT_BITS;
    uint64_t count = txn & ((1u << COUNT_BITS) - 1);
    uint64_t high = ms << 16 | 0x7000u | count >> 8;
    uint64_t low = 1ull << 63 | (count & 0xffu) << 54 | seal(txn, secret);
    static const size_t groups[] = {8, 4, 4, 4, 12};
    char digits[2 * PUT_HEX];
    put_hex(put_hex(digits, high), low);
    const char *from = digits;
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        text = put_bytes(text, from, groups[i]);
        *text++ = '-';
        from += groups[i];
    }
    text[-1] = '\0';
}

bool id_parse(const char *text, uint64_t secret, uint64_t *txn)
{
    uint64_t half[2] = {0, 0};
    unsigned digits = 0;
    for (const char *c = text; *c; c++) {
        const char *hex = "0123456789abcdef";
        const char *digit = strchr(hex, *c);
        bool dash = c - text == 8 || c - text == 13 || c - text == 18 || c - text == 23;
        if (dash != (*c == '-') || (!dash && !digit) || digits > 32)
            return false;
        if (!dash) {
            half[digits / 16 % 2] = half[digits / 16 % 2] << 4 | (uint64_t)(digit - hex);
            digits++;
        }
    }
    uint64_t number = (half[0] >> 16) << COUNT_BITS | (half[0] & 0xfff) << 8 | (half[1] >> 54 & 0xff);
    char again[LIMIT_ID_TEXT];
    id_print(number & INT64_MAX, secret, again);
    if (digits != 32 || strcmp(text, again) != 0)
        return false;
    *txn = number;
    return true;
}

/* 54 bits that only this store's ids have. */
static uint64_t seal(uint64_t txn, uint64_t secret)
{
    return retry_noise(secret ^ txn, (uint32_t)(txn >> 32), (uint32_t)txn) & ((1ull << 54) - 1);
}
