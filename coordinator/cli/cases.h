/* Test cases of a saga: what its participants answer, what people do meanwhile, and what is expected. The format
 * is explained in sagas/TESTING.md. */
#ifndef BELAY_CLI_CASES_H
#define BELAY_CLI_CASES_H

#include "base/error.h"
#include "cli/saga.h"

#include <jansson.h>
#include <stdint.h>

/* How files of cases end, as apply.h has it for sagas. */
#define CASES_SUFFIX ".test.json"

/* Time when every case begins, unless it says otherwise: 2026-01-01T00:00:00Z. */
#define CASES_NOW_MS UINT64_C(1767225600000)

/* Checks a whole file: keys, types, that every step it names is there. `sagas` are the saga under test and those
 * that the file adds. ERROR_INVALID with the JSON Pointer in front. */
int cases_check(const json_t *file, const struct saga *sagas, size_t sagas_count, struct error *error);

/* The input of a case: its own, or the file's, changed by its inputPatch (RFC 7396). A new reference; NULL: none.
 */
json_t *cases_input(const json_t *file, const json_t *one);

/* cases_script.c: an answer as it is written, checked: as rehearse_answer gives it. A new object, or NULL. */
json_t *cases_answer(const json_t *written, struct error *error);

/* A rehearse_answer whose context is a struct cases_script: the case's own answer, else the file's, else yes. */
struct cases_script {
    const json_t *file;
    const json_t *one;
};
json_t *cases_script_answer(void *context, const json_t *call);

/* What is done meanwhile in a case, as rehearse.h wants it: a new array. Checked before. */
json_t *cases_acts(const json_t *one);
int cases_act_check(const json_t *act, struct error *error);

/* cases_expect.c: compares a record with what the case expects. A new array of {pointer, message, diff?: [lines]};
 * empty: all is as expected. `pointer` is the case's. */
json_t *cases_expect(const json_t *one, const char *pointer, const json_t *record);
int cases_expect_check(const json_t *expect, struct error *error);

/* Puts a place before the message, or before the place that stands there already. Returns the code. */
int cases_at(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Of every object of the file: a key that it may not have, with what was probably meant. */
int cases_keys(const json_t *object, const char *const *keys, size_t count, struct error *error);
#define CASES_KEYS(object, keys, error) cases_keys(object, keys, sizeof(keys) / sizeof *(keys), error)

#endif
