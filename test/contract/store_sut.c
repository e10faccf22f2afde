/* The store under test, its directory, and what tests ask of both. */
#include "contract/store_sut.h"

#include "adapters/store_sqlite.h"

#include <CUnit/Basic.h>
#include <assert.h>
#include <stdio.h>
#include <string.h>

char *sut_path;
struct store *sut;
struct error sut_error;

struct store *sut_open(void)
{
    sut_error = (struct error){0};
    sut = store_sqlite_open(sut_path, &sut_error);
    return sut;
}

void sut_close(void)
{
    sut->close(sut->self);
    sut = NULL;
}

void sut_begin(void)
{
    sut_path = store_scratch_new();
    CU_ASSERT_PTR_NOT_NULL_FATAL(sut_open());
}

void sut_end(void)
{
    if (sut)
        sut_close();
    store_scratch_remove(sut_path);
}

const char *sut_file(const char *name)
{
    static char full[256];
    snprintf(full, sizeof full, "%s/%s", sut_path, name);
    return full;
}

bool sut_says(const char *part)
{
    return strstr(sut_error.text, part) != NULL;
}

bool sut_refused(int code, const char *part)
{
    bool right = !sut_open() && (int)sut_error.code == code && sut_says(part) && sut_says(sut_path);
    if (!right)
        fprintf(stderr, "expected %d \"%s\", found %d \"%s\"\n", code, part, (int)sut_error.code, sut_error.text);
    return right;
}

void sut_copy(const char *from, const char *to, off_t length)
{
    char source[256];
    snprintf(source, sizeof source, "%s", sut_file(from));
    FILE *in = fopen(source, "rb"), *out = fopen(sut_file(to), "wb");
    assert(in && out);
    for (int byte = 0; length-- && (byte = fgetc(in)) != EOF;)
        fputc(byte, out);
    fclose(in);
    fclose(out);
}

int sut_commit(uint64_t txn, const char *text)
{
    struct store_row row = store_plain_row(txn);
    struct store_facts facts = store_text_facts(txn, 0, 1, text);
    struct store_batch batch = {.inserts = &row, .inserts_count = 1, .facts = &facts, .facts_count = 1};
    return sut->commit(sut->self, &batch, &sut_error);
}

bool sut_holds(uint64_t acknowledged, uint64_t possible)
{
    uint64_t last = 0;
    if (sut->last(sut->self, &last, &sut_error) || last < acknowledged || last > possible)
        return false;
    for (uint64_t txn = 1; txn <= last; txn++) {
        struct store_seen row = {0}, facts = {0};
        if (sut->row(sut->self, txn, store_see_row, &row, &sut_error) || row.count != 1 ||
            sut->each_fact(sut->self, txn, 0, store_see_facts, &facts, &sut_error) || facts.count != 1)
            return false;
    }
    int64_t sound = 0;
    struct store_sqlite *inner = sut->self;
    return !store_sqlite_number(inner->writer, "SELECT integrity_check = 'ok' FROM pragma_integrity_check", &sound,
                                &sut_error) &&
           sound;
}
