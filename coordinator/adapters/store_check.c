/* Asserts on batches and queries. */
#include "adapters/store_check.h"

#include <assert.h>
#include <string.h>

enum { STATUS_BITS = 32 }; /* a query names statuses as bits of 32 */

static void check_number(uint64_t number)
{
    assert(number <= INT64_MAX);
}

static void check_row(const struct store_row *row)
{
    assert(row->txn > 0 && row->status < STATUS_BITS);
    check_number(row->txn);
    check_number(row->updated_ms);
    check_number(row->ended_ms);
    check_number(row->expires_ms);
    check_number(row->wake_ms);
    assert(!row->wake_ms || row->open);
    assert(!row->expires_ms || !row->open);
}

static void check_insert(const struct store_row *row)
{
    check_row(row);
    check_number(row->begun_ms);
    assert(row->saga);
    if (row->tags) {
        size_t length = strlen(row->tags);
        assert(length >= 3 && row->tags[0] == '\n' && row->tags[length - 1] == '\n');
    }
}

static void check_facts(const struct store_facts *facts)
{
    assert(facts->txn > 0 && facts->count > 0);
    check_number(facts->txn);
    assert(facts->seq <= UINT32_MAX - facts->count);
    assert(facts->bytes || facts->length == 0);
}

static void check_message(const struct store_message *message)
{
    assert(message->participant && message->txn > 0);
    check_number(message->txn);
    assert(message->bytes || message->length == 0);
}

void store_check_batch(const struct store_batch *batch)
{
    for (size_t i = 0; i < batch->inserts_count; i++)
        check_insert(&batch->inserts[i]);
    for (size_t i = 0; i < batch->updates_count; i++)
        check_row(&batch->updates[i]);
    for (size_t i = 0; i < batch->facts_count; i++)
        check_facts(&batch->facts[i]);
    for (size_t i = 0; i < batch->definitions_count; i++) {
        assert(batch->definitions[i].name && batch->definitions[i].text && batch->definitions[i].version > 0);
        check_number(batch->definitions[i].at_ms);
    }
    for (size_t i = 0; i < batch->removes_count; i++)
        check_number(batch->removes[i]);
    for (size_t i = 0; i < batch->participants_count; i++)
        assert(batch->participants[i].name);
    for (size_t i = 0; i < batch->schedules_count; i++) {
        assert(batch->schedules[i].saga);
        check_number(batch->schedules[i].done_ms);
    }
    for (size_t i = 0; i < batch->messages_count; i++)
        check_message(&batch->messages[i]);
    for (size_t i = 0; i < batch->delivered_count; i++)
        check_message(&batch->delivered[i]);
}

void store_check_query(const struct store_query *query)
{
    assert(query->limit > 0);
}
