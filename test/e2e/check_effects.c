/* C3, C7, C8, C13: what the banks' databases say. */
#include "e2e/evidence.h"

#include <stdio.h>
#include <string.h>

static void check_transfer(const struct evidence *evidence, const struct deed *deed, struct verdict *verdict);
static bool is_paid(const struct transfer *transfer, const struct page *debit, const struct page *credit);
static bool is_undone(const struct page *debit, const struct page *credit);
static void check_soundness(const struct evidence *evidence, struct verdict *verdict);

void check_effects(const struct evidence *evidence, struct verdict *verdict)
{
    const struct book *books = evidence->books;
    for (unsigned i = 0; i < evidence->clients->deeds_count; i++)
        if (evidence->clients->deeds[i].status / 100 == 2)
            check_transfer(evidence, &evidence->clients->deeds[i], verdict);
    verdict_note(verdict, CHECK_C8, books[BANK_DEBTOR].total + books[BANK_CREDITOR].total == evidence->opening,
                 "there were %lld cents, and there are %lld", evidence->opening,
                 books[BANK_DEBTOR].total + books[BANK_CREDITOR].total);
    verdict_note(verdict, CHECK_C8, books[BANK_DEBTOR].entries + books[BANK_CREDITOR].entries == 0,
                 "the entries of both banks add up to %lld cents",
                 books[BANK_DEBTOR].entries + books[BANK_CREDITOR].entries);
    for (int bank = 0; bank < BANKS; bank++)
        verdict_note(verdict, CHECK_C8, !books[bank].wrong_accounts,
                     "%u accounts of the %s do not match their entries", books[bank].wrong_accounts,
                     town_bank_names[bank]);
    check_soundness(evidence, verdict);
}

static void check_transfer(const struct evidence *evidence, const struct deed *deed, struct verdict *verdict)
{
    const struct transfer *transfer = &deed->transfer;
    const struct entry *entry = record_find(&evidence->record, deed->id);
    const struct page *debit = book_find(&evidence->books[BANK_DEBTOR], deed->id);
    const struct page *credit = book_find(&evidence->books[BANK_CREDITOR], deed->id);
    const char *status = entry ? entry->status : "missing";
    bool completed = strcmp(status, "completed") == 0;
    bool right = completed                            ? is_paid(transfer, debit, credit)
                 : strcmp(status, "compensated") == 0 ? is_undone(debit, credit)
                                                      : false;
    verdict_note(
        verdict, CHECK_C3, right,
        "%s is %s; debtor: %u done, %u undone, %u settled, %lld cents; creditor: %u done, %u undone, %lld "
        "cents; wanted %lld",
        deed->id, status, debit->done, debit->undone, debit->settled, debit->cents, credit->done, credit->undone,
        credit->cents, transfer->cents);
    verdict_note(verdict, CHECK_C3, !completed || transfer->fate == FATE_PAID, "%s must be refused, and completed",
                 deed->id);
    bool once =
        debit->done < 2 && debit->undone < 2 && debit->settled < 2 && credit->done < 2 && credit->undone < 2;
    verdict_note(verdict, CHECK_C7, once, "%s: debit %u, refund %u, settled %u, credit %u, reversal %u times",
                 deed->id, debit->done, debit->undone, debit->settled, credit->done, credit->undone);
}

static bool is_paid(const struct transfer *transfer, const struct page *debit, const struct page *credit)
{
    return debit->done == 1 && !debit->undone && debit->settled == 1 && credit->done == 1 && !credit->undone &&
           debit->cents == -transfer->cents && credit->cents == transfer->cents &&
           strcmp(debit->account, transfer->from) == 0 && strcmp(credit->account, transfer->to) == 0;
}

static bool is_undone(const struct page *debit, const struct page *credit)
{
    return debit->done == debit->undone && credit->done == credit->undone && !debit->settled && !debit->balance &&
           !credit->balance && debit->in_order && credit->in_order;
}

static void check_soundness(const struct evidence *evidence, struct verdict *verdict)
{
    char path[TOWN_PATH], words[64];
    town_path(evidence->town, "data/belay.db", path);
    book_integrity(path, words, sizeof words);
    verdict_note(verdict, CHECK_C13, strcmp(words, "ok") == 0, "%s: %s", path, words);
    for (int bank = 0; bank < BANKS; bank++)
        verdict_note(verdict, CHECK_C13, strcmp(evidence->books[bank].sound, "ok") == 0, "%s: %s",
                     town_bank_names[bank], evidence->books[bank].sound);
}
