/* All that the checks of an episode may look at: the histories of the clients and the network, the coordinator's
 * answers, the banks' databases, and what happened to the processes. */
#ifndef BELAY_E2E_EVIDENCE_H
#define BELAY_E2E_EVIDENCE_H

#include "e2e/books.h"
#include "e2e/client.h"
#include "e2e/keeper.h"
#include "e2e/record.h"
#include "e2e/verdict.h"
#include "e2e/witness.h"

struct evidence {
    const struct town *town;
    const struct clients *clients;
    const struct toll *toll;
    const struct sighting *sightings;
    size_t sightings_count;
    unsigned mistreated;
    struct record record;
    struct book books[BANKS];
    long long opening; /* money in both banks before the load */
    unsigned open;     /* transactions that did not end in time */
    unsigned long peak_kib, descriptors, threads, log_bytes;
    bool settled, read; /* the network came to rest; everything could be read */
};

/* Each looks at its part and notes what it finds. */
void check_clients(const struct evidence *evidence, struct verdict *verdict);   /* C1, C2, C14 */
void check_effects(const struct evidence *evidence, struct verdict *verdict);   /* C3, C7, C8, C13 */
void check_sightings(const struct evidence *evidence, struct verdict *verdict); /* C4, C5, C6, C9 */
void check_processes(const struct evidence *evidence, struct verdict *verdict); /* C12, C15, C17, C18, ENDS */

#endif
