/* Encoding and decoding of facts. */
#include "engine/fact_code.h"

#include <assert.h>
#include <string.h>

static void put(struct buf *buf, uint64_t number);
static bool get(const unsigned char *bytes, size_t length, size_t *at, uint64_t *number);

void fact_encode(struct buf *buf, const struct fact *fact, const void *payload, size_t length)
{
    assert(fact_word(fact->type));
    buf_putc(buf, (char)fact->type);
    buf_putc(buf, (char)((unsigned)fact->verb << 4 | (unsigned)fact->answer));
    put(buf, fact->branch == BRANCH_NONE ? 0 : fact->branch + 1u);
    put(buf, fact->code);
    put(buf, fact->attempt);
    put(buf, fact->at_ms);
    put(buf, fact->due_ms);
    put(buf, fact->value);
    put(buf, length);
    buf_put(buf, payload, length);
}

bool fact_decode(const void *bytes, size_t length, size_t *at, struct fact *fact, const char **payload,
                 size_t *payload_length)
{
    const unsigned char *in = bytes;
    uint64_t branch, code, attempt, size;
    if (*at + 2 > length || !fact_word((enum fact_type)in[*at]))
        return false;
    fact->type = (enum fact_type)in[*at];
    fact->verb = (enum verb)(in[*at + 1] >> 4);
    fact->answer = (enum answer)(in[*at + 1] & 15u);
    *at += 2;
    if (fact->verb > VERB_CONFIRM || fact->answer > ANSWER_PENDING)
        return false;
    if (!get(in, length, at, &branch) || !get(in, length, at, &code) || !get(in, length, at, &attempt) ||
        !get(in, length, at, &fact->at_ms) || !get(in, length, at, &fact->due_ms) ||
        !get(in, length, at, &fact->value) || !get(in, length, at, &size))
        return false;
    if (branch > BRANCH_NONE || code > UINT16_MAX || attempt > UINT32_MAX || size > length - *at)
        return false;
    fact->branch = branch == 0 ? BRANCH_NONE : (uint16_t)(branch - 1);
    fact->code = (uint16_t)code;
    fact->attempt = (uint32_t)attempt;
    *payload = (const char *)in + *at;
    *payload_length = size;
    *at += size;
    return true;
}

static void put(struct buf *buf, uint64_t number)
{
    while (number >= 0x80) {
        buf_putc(buf, (char)(number | 0x80));
        number >>= 7;
    }
    buf_putc(buf, (char)number);
}

static bool get(const unsigned char *bytes, size_t length, size_t *at, uint64_t *number)
{
    *number = 0;
    for (unsigned shift = 0; shift < 64 && *at < length; shift += 7) {
        unsigned char byte = bytes[(*at)++];
        *number |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return true;
    }
    return false;
}
