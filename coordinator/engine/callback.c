/* Tokens and URLs of callbacks. */
#include "engine/callback.h"

#include "base/siphash.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

void callback_token(const struct txn *txn, uint64_t number, uint16_t branch, char token[CALLBACK_TOKEN])
{
    unsigned char key[SIPHASH_KEY];
    struct {
        uint64_t branch;
        uint64_t half;
    } message = {branch, 0};
    assert(branch < txn->branches_count);
    memcpy(key, &txn->seed, sizeof txn->seed);
    memcpy(key + sizeof txn->seed, &number, sizeof number);
    uint64_t high = siphash(key, &message, sizeof message);
    message.half = 1;
    uint64_t low = siphash(key, &message, sizeof message);
    snprintf(token, CALLBACK_TOKEN, "%016llx%016llx", (unsigned long long)high, (unsigned long long)low);
}

bool callback_token_right(const struct txn *txn, uint64_t number, uint16_t branch, const char *token)
{
    char right[CALLBACK_TOKEN];
    unsigned difference = 0;
    callback_token(txn, number, branch, right);
    if (!token || strlen(token) != CALLBACK_TOKEN - 1)
        return false;
    for (size_t i = 0; i < CALLBACK_TOKEN - 1; i++)
        difference |= (unsigned)(token[i] ^ right[i]);
    return difference == 0;
}

void callback_url(struct buf *buf, const char *base, const char *id, const char *step, const char *item,
                  const char *token)
{
    buf_printf(buf, "%s/v1/transactions/", base);
    buf_put_percent(buf, id, strlen(id));
    buf_printf(buf, "/steps/%s", step);
    if (item) {
        buf_puts(buf, "/items/");
        buf_put_percent(buf, item, strlen(item));
    }
    buf_printf(buf, "/complete?token=%s", token);
}
