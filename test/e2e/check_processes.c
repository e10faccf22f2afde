/* C12, C15, C17, C18, ENDS: the coordinator's own account, and how the processes did. */
#include "e2e/evidence.h"

#include <string.h>

/* What a coordinator of this load may hold when it is over; a sanitizer or valgrind keeps freed memory for a
 * while. */
enum {
    DESCRIPTORS_MAX = 600,
    THREADS_MAX = 24,
    MEMORY_KIB_MAX = 256 * 1024,
    MEMORY_KIB_CHECKED_MAX = 1536 * 1024,
    LOG_BYTES_MAX = 64 << 20
};

static void check_record(const struct evidence *evidence, struct verdict *verdict);
static void check_bounds(const struct evidence *evidence, struct verdict *verdict);
static void check_vacuity(const struct evidence *evidence, struct verdict *verdict);

void check_processes(const struct evidence *evidence, struct verdict *verdict)
{
    check_record(evidence, verdict);
    check_bounds(evidence, verdict);
    check_vacuity(evidence, verdict);
    verdict_note(verdict, CHECK_C17, evidence->open == 0, "%u transactions have not ended", evidence->open);
    verdict_note(verdict, CHECK_C17, evidence->settled, "the network never came to rest");
    verdict_note(verdict, CHECK_ENDS, !evidence->toll->unasked, "%u times, first: %s", evidence->toll->unasked,
                 evidence->toll->unasked_first);
}

static void check_record(const struct evidence *evidence, struct verdict *verdict)
{
    verdict_note(verdict, CHECK_C12, evidence->read, "the list, or a bank's database, cannot be read");
    for (size_t i = 0; i < evidence->record.count; i++) {
        const struct entry *entry = &evidence->record.entries[i];
        verdict_note(verdict, CHECK_C12, !entry->illegal, "%s: %s", entry->id, entry->illegal);
        verdict_note(verdict, CHECK_C12, strcmp(entry->status, entry->viewed) == 0,
                     "%s is %s in the list and %s alone", entry->id, entry->status, entry->viewed);
    }
}

static void check_bounds(const struct evidence *evidence, struct verdict *verdict)
{
    const struct plan *plan = evidence->town->plan;
    unsigned long memory = strstr(plan->build, "san") || plan->valgrind ? MEMORY_KIB_CHECKED_MAX : MEMORY_KIB_MAX;
    verdict_note(verdict, CHECK_C15, evidence->peak_kib <= memory, "%lu KiB of memory", evidence->peak_kib);
    verdict_note(verdict, CHECK_C15, evidence->descriptors <= DESCRIPTORS_MAX, "%lu descriptors",
                 evidence->descriptors);
    verdict_note(verdict, CHECK_C15, evidence->threads <= THREADS_MAX, "%lu threads", evidence->threads);
    verdict_note(verdict, CHECK_C15, evidence->log_bytes <= LOG_BYTES_MAX, "a write-ahead log of %lu bytes",
                 evidence->log_bytes);
}

/* Every fault of the plan has fired, and the load had all that the checks are about. */
static void check_vacuity(const struct evidence *evidence, struct verdict *verdict)
{
    const struct plan *plan = evidence->town->plan;
    const struct toll *toll = evidence->toll;
    unsigned completed = 0, compensated = 0, repeats = 0, others = 0, refused = 0, paid = 0;
    for (unsigned i = 0; i < evidence->clients->deeds_count; i++) {
        const struct deed *deed = &evidence->clients->deeds[i];
        paid += deed->transfer.fate == FATE_PAID;
        repeats += deed->repeats;
        others += deed->others;
        refused += deed->status / 100 == 4;
    }
    for (size_t i = 0; i < evidence->record.count; i++) {
        completed += strcmp(evidence->record.entries[i].status, "completed") == 0;
        compensated += strcmp(evidence->record.entries[i].status, "compensated") == 0;
    }
    verdict_note(verdict, CHECK_C18,
                 toll->kills == plan->kills && toll->service_kills == plan->service_kills &&
                     toll->stops == plan->stops && toll->terms == plan->terms &&
                     toll->terms_twice == plan->terms_twice,
                 "%u of %u kills, %u of %u service kills", toll->kills, plan->kills, toll->service_kills,
                 plan->service_kills);
    verdict_note(verdict, CHECK_C18, completed * 2 > paid, "only %u of %u good transfers completed", completed,
                 paid);
    if (evidence->clients->deeds_count < 100)
        return;
    verdict_note(verdict, CHECK_C18, compensated && repeats && others && refused,
                 "%u compensated, %u repeats, %u with other content, %u refused", compensated, repeats, others,
                 refused);
    verdict_note(verdict, CHECK_C18, !plan->fail_rate || evidence->mistreated, "the network mistreated nothing");
}
