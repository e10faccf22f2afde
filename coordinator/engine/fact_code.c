/* Encoding and decoding of facts. */
#include "engine/fact_code.h"

#include "base/put.h"

#include <assert.h>
#include <string.h>

enum {
    NUMBER_BYTES = 10,                /* of the largest: seven bits in each */
    HEAD_BYTES = 2 + 7 * NUMBER_BYTES /* what stands before the payload, at most */
};

static char *put(char *at, uint64_t number);
static bool get(const unsigned char *bytes, size_t length, size_t *at, uint64_t *number);

void fact_encode(struct buf *buf, const struct fact *fact, const void *payload, size_t length)
{
    assert(fact_word(fact->type));
    char *at = buf_room(buf, HEAD_BYTES + length);
    if (!at)
        return;
    *at++ = (char)fact->type;
    *at++ = (char)((unsigned)fact->verb << 4 | (unsigned)fact->answer);
    at = put(at, fact->branch == BRANCH_NONE ? 0 : fact->branch + 1u);
    at = put(at, fact->code);
    at = put(at, fact->attempt);
    at = put(at, fact->at_ms);
    at = put(at, fact->due_ms);
    at = put(at, fact->value);
    at = put(at, length);
    if (length)
        at = put_bytes(at, payload, length);
    buf_fill(buf, at);
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

static char *put(char *at, uint64_t number)
{
    for (; number >= 0x80; number >>= 7)
        *at++ = (char)(number | 0x80);
    *at++ = (char)number;
    return at;
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
