/* What became of a call, noted on its way and told to the participant's logger at the end. */
#ifndef BELAY_SRC_RECORD_H
#define BELAY_SRC_RECORD_H

#include "call.h"

/* The hook, or the barrier in its place, answered: a static word, and a text (copied) or NULL. */
void belay_record_answer(struct belay_call *call, const char *what, const char *why);

/* The call was answered with this problem. */
void belay_record_problem(struct belay_call *call, enum belay_problem problem, const char *why);

/* The call failed with this code. Takes the place of what was noted before. */
void belay_record_failure(struct belay_call *call, int code, const char *why);

/* Tells the logger, if there is one. */
void belay_record_tell(const struct belay_logger *logger, const struct belay_call *call, int status);

#endif
