/* Facts of a history, and answers, in words. */
#ifndef BELAY_CLI_FACTS_H
#define BELAY_CLI_FACTS_H

#include "cli/output.h"
#include "definition/phases.h"

/* Puts an answer and why: "yes (200)", "NO (409), card_declined: the card was declined", "no clear answer
 * (timeout)". `told` is a fact, or the action or compensation of a step; `manner` is put between answer and why
 * (" in 33ms"). Nothing when there is no answer. */
void facts_put_answer(const struct output *output, struct buf *buf, const json_t *told, const char *manner);

/* Who gave an answer; "" when nobody says. The yes of an approval has it in its output. */
const char *facts_actor(const json_t *told, const char *kind);

/* Puts what a fact says beyond its type, step and attempt; whatever members are known, so that a fact of a
 * newer coordinator is still told. */
void facts_put_what(const struct output *output, struct buf *buf, const json_t *fact);

/* Puts one line, without its end: when since `begun_ms`, step, what happened. */
void facts_put_line(const struct output *output, struct buf *buf, const json_t *fact, uint64_t begun_ms);

/* Puts "+1.21s" in `width` columns, for a time as JSON has it; spaces when it is none. */
void facts_put_offset(struct buf *buf, const char *at, uint64_t begun_ms, size_t width);

/* A phase of a step as the API shows it, whatever its protocol calls it; NULL when there was none. */
const json_t *facts_phase(const json_t *step, enum verb verb);

#endif
