/* Counting and printing. */
#include "e2e/verdict.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { PRINTED_MAX = 5 }; /* failures of one kind; the rest are counted */

static const char *const names[] = {
#define X(name, text) #name,
    CHECKS(X)
#undef X
};

static const char *const texts[] = {
#define X(name, text) text,
    CHECKS(X)
#undef X
};

bool verdict_note(struct verdict *verdict, enum check check, bool ok, const char *format, ...)
{
    verdict->checks[check].looked++;
    if (ok)
        return true;
    if (verdict->checks[check].failed++ < PRINTED_MAX) {
        va_list arguments;
        va_start(arguments, format);
        printf("%s: ", names[check]);
        vprintf(format, arguments);
        putchar('\n');
        va_end(arguments);
    }
    return false;
}

void verdict_add(struct verdict *verdict, const struct verdict *other)
{
    for (int check = 0; check < CHECKS_COUNT; check++) {
        verdict->checks[check].looked += other->checks[check].looked;
        verdict->checks[check].failed += other->checks[check].failed;
    }
    verdict->skipped += other->skipped;
}

bool verdict_good(const struct verdict *verdict)
{
    for (int check = 0; check < CHECKS_COUNT; check++)
        if (verdict->checks[check].failed)
            return false;
    return true;
}

int verdict_print(const struct verdict *verdict)
{
    unsigned passed = 0, failed = 0;
    for (int check = 0; check < CHECKS_COUNT; check++) {
        unsigned long looked = verdict->checks[check].looked, wrong = verdict->checks[check].failed;
        if (!looked)
            continue;
        passed += !wrong;
        failed += wrong > 0;
        printf("%-5s %-6s %7lu  %s", names[check], wrong ? "FAILED" : "ok", looked, texts[check]);
        if (wrong)
            printf(": %lu times not", wrong);
        putchar('\n');
    }
    if (verdict->skipped)
        printf("%u skipped: this machine cannot do them\n", verdict->skipped);
    printf("%u passed, %u failed\n", passed, failed);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
