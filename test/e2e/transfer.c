/* Making transfers. */
#include "e2e/transfer.h"

#include "e2e/dice.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static void name_it(struct transfer *transfer, unsigned number, uint64_t dice);
static enum fate choose_fate(uint64_t dice);

void transfer_make(struct transfer *transfer, uint64_t seed, unsigned number)
{
    uint64_t state = dice_number(seed, number);
    *transfer = (struct transfer){.fate = choose_fate(dice_next(&state, 20))};
    name_it(transfer, number, dice_next(&state, 16));
    unsigned from = (unsigned)dice_next(&state, TRANSFER_ACCOUNTS);
    unsigned to = (unsigned)dice_next(&state, TRANSFER_ACCOUNTS);
    snprintf(transfer->from, sizeof transfer->from, "d%u", from);
    snprintf(transfer->to, sizeof transfer->to, "c%u", to);
    snprintf(transfer->payee, sizeof transfer->payee, "owner of c%u", to);
    transfer->cents = 1 + (long long)dice_next(&state, 1000);
    if (transfer->fate == FATE_POOR)
        snprintf(transfer->from, sizeof transfer->from, "poor");
    if (transfer->fate == FATE_CLOSED)
        snprintf(transfer->to, sizeof transfer->to, "shut");
    if (transfer->fate == FATE_MISTAKEN)
        snprintf(transfer->payee, sizeof transfer->payee, "somebody else");
    transfer->wait = dice_next(&state, 4) == 0;
    transfer->again = dice_next(&state, 6) == 0;
    transfer->another = dice_next(&state, 12) == 0;
}

char *transfer_body(const struct transfer *transfer, long long more)
{
    json_t *body = json_pack("{s:s, s:{s:s, s:s, s:s}}", "saga", "bank", "input", "from", transfer->from, "to",
                             transfer->to, "payee", transfer->payee);
    json_object_set_new(json_object_get(body, "input"), "cents", json_integer(transfer->cents + more));
    if (transfer->fate == FATE_INVALID && transfer->cents % 2)
        json_object_set_new(body, "version", json_integer(7)); /* there is none */
    if (transfer->fate == FATE_INVALID && transfer->cents % 2 == 0)
        json_object_set_new(body, "centz", json_integer(7)); /* no such key */
    if (transfer->id[0])
        json_object_set_new(body, "id", json_string(transfer->id));
    char *text = json_dumps(body, JSON_COMPACT);
    json_decref(body);
    return text;
}

void transfer_headers(const struct transfer *transfer, char *headers, unsigned long size)
{
    int length = 0;
    headers[0] = '\0';
    if (transfer->key[0])
        length = snprintf(headers, size, "Idempotency-Key: %s\r\n", transfer->key);
    if (transfer->wait)
        snprintf(headers + length, size - (unsigned long)length, "Prefer: wait=5\r\n");
}

/* Most have plain ids, some what ids may also hold, some only a key. */
static void name_it(struct transfer *transfer, unsigned number, uint64_t dice)
{
    if (dice < 3)
        snprintf(transfer->key, sizeof transfer->key, "key-%u", number);
    else if (dice == 3)
        snprintf(transfer->id, sizeof transfer->id, "Überweisung %u/ä? #50%%&=+", number);
    else
        snprintf(transfer->id, sizeof transfer->id, "transfer-%u", number);
}

static enum fate choose_fate(uint64_t dice)
{
    return dice == 0   ? FATE_INVALID
           : dice == 1 ? FATE_POOR
           : dice <= 4 ? FATE_CLOSED
           : dice <= 7 ? FATE_MISTAKEN
                       : FATE_PAID;
}
