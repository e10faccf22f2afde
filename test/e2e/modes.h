/* The modes of the program. Each returns the exit status of main(). */
#ifndef BELAY_E2E_MODES_H
#define BELAY_E2E_MODES_H

#include "e2e/plan.h"

/* One episode with the kills of the plan. */
int mode_run(const struct plan *plan);

/* Every input of every example saga, through the command line. */
int mode_examples(const struct plan *plan);

/* One transaction with `plan->items` items that completes, and one that fails at the last but one. */
int mode_items(const struct plan *plan);

/* A sweep of failing system calls, and signals under load; `plan->kills` is how far each sweep goes. */
int mode_faults(const struct plan *plan);

#endif
