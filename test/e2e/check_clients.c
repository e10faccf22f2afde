/* C1, C2, C14: what the clients were told holds. */
#include "e2e/evidence.h"

#include <string.h>

static void check_accepted(const struct evidence *evidence, const struct deed *deed, struct verdict *verdict);
static void check_refused(const struct evidence *evidence, const struct deed *deed, struct verdict *verdict);
static void check_strangers(const struct evidence *evidence, struct verdict *verdict);

void check_clients(const struct evidence *evidence, struct verdict *verdict)
{
    for (unsigned i = 0; i < evidence->clients->deeds_count; i++) {
        const struct deed *deed = &evidence->clients->deeds[i];
        if (!verdict_note(verdict, CHECK_C17, deed->status != 0, "%s: the submission was never answered",
                          deed->id))
            continue;
        if (deed->status / 100 == 2)
            check_accepted(evidence, deed, verdict);
        else
            check_refused(evidence, deed, verdict);
    }
    check_strangers(evidence, verdict);
}

static void check_accepted(const struct evidence *evidence, const struct deed *deed, struct verdict *verdict)
{
    const struct transfer *transfer = &deed->transfer;
    const struct entry *entry = record_find(&evidence->record, deed->id);
    verdict_note(verdict, CHECK_C2, transfer->fate != FATE_INVALID, "%s is invalid and was accepted", deed->id);
    if (!verdict_note(verdict, CHECK_C1, entry && entry->found && !deed->lost,
                      "%s was answered %d and does not exist", deed->id, deed->status))
        return;
    bool same = strcmp(entry->from, transfer->from) == 0 && strcmp(entry->to, transfer->to) == 0 &&
                strcmp(entry->payee, transfer->payee) == 0 && entry->cents == transfer->cents;
    verdict_note(verdict, CHECK_C1, same, "%s has other content than was submitted: %lld cents, not %lld",
                 deed->id, entry->cents, transfer->cents);
    verdict_note(verdict, CHECK_C1, deed->repeats == deed->repeats_right,
                 "%s, submitted again, was not the same transaction", deed->id);
    verdict_note(verdict, CHECK_C2, deed->others == deed->others_right,
                 "%s, submitted with other content, was not refused", deed->id);
    bool steady = !deed->turned && (!deed->end[0] || strcmp(deed->end, entry->status) == 0);
    verdict_note(verdict, CHECK_C14, steady, "%s was %s to its client and is %s now", deed->id, deed->end,
                 entry->status);
}

/* No transaction, no entry in any book. */
static void check_refused(const struct evidence *evidence, const struct deed *deed, struct verdict *verdict)
{
    verdict_note(verdict, CHECK_C2, deed->transfer.fate == FATE_INVALID, "%s is valid and was answered %d",
                 deed->id, deed->status);
    verdict_note(verdict, CHECK_C2, deed->repeats == deed->repeats_right, "%s was refused once, and then not",
                 deed->id);
    if (!deed->id[0])
        return; /* found as a stranger, if it ran */
    bool ran = record_find(&evidence->record, deed->id);
    for (int bank = 0; bank < BANKS; bank++)
        ran = ran || book_find(&evidence->books[bank], deed->id)->done;
    verdict_note(verdict, CHECK_C2, !ran, "%s was answered %d and ran", deed->id, deed->status);
}

/* As many transactions as were accepted: a submission that was repeated, or whose answer was lost, is one. */
static void check_strangers(const struct evidence *evidence, struct verdict *verdict)
{
    size_t accepted = 0;
    for (unsigned i = 0; i < evidence->clients->deeds_count; i++)
        accepted += evidence->clients->deeds[i].status / 100 == 2;
    verdict_note(verdict, CHECK_C1, accepted == evidence->record.count,
                 "%zu submissions were accepted, there are %zu transactions", accepted, evidence->record.count);
    for (int bank = 0; bank < BANKS; bank++)
        for (size_t i = 0; i < evidence->books[bank].count; i++)
            verdict_note(verdict, CHECK_C2,
                         record_find(&evidence->record, evidence->books[bank].pages[i].transfer) != NULL,
                         "%s has entries and is no transaction", evidence->books[bank].pages[i].transfer);
}
