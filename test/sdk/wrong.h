/* A ledger that gets something wrong, on purpose: what the conformance program must find. */
#ifndef BELAY_SDK_WRONG_H
#define BELAY_SDK_WRONG_H

/* Serves at `address` until SIGTERM. It keeps everything in memory, so that a kill loses it; beside that, `what`
 * is wrong: "memory" (nothing else), "barrier" (nothing is remembered), "answers" (they are not stored), "fence"
 * (an undo of nothing leaves none), "refusals" (they are not stored), "unsigned" (signatures are not looked at).
 * Returns the status to exit with. */
int wrong_serve(const char *what, const char *address, const char *secret);

#endif
