/* Reading the command line. */
#include "bench/options.h"

#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

enum kind { TEXT, NUMBER };

enum index {
#define X(kind, member, name, value, word, help) INDEX_##member,
    OPTIONS(X)
#undef X
        INDEX_COUNT
};

static const struct {
    enum kind kind;
    size_t offset;
} places[] = {
#define X(kind, member, name, value, word, help) {kind, offsetof(struct options, member)},
    OPTIONS(X)
#undef X
};

static const struct option names[] = {
#define X(kind, member, name, value, word, help) {name, required_argument, NULL, INDEX_##member},
    OPTIONS(X)
#undef X
        {NULL, 0, NULL, 0},
};

static bool set(struct options *options, int index, const char *text);

bool options_parse(struct options *options, int argc, char **argv)
{
    *options = (struct options){
#define X(kind, member, name, value, word, help) .member = (value),
        OPTIONS(X)
#undef X
    };
    int index;
    while ((index = getopt_long(argc, argv, "o:", names, NULL)) != -1)
        if (index == '?' || !set(options, index == 'o' ? INDEX_out : index, optarg))
            return false;
    options->rest = argv + optind;
    options->rest_count = argc - optind;
    return true;
}

void options_print(void)
{
#define X(kind, member, name, value, word, help) printf("  --%-9s %-8s %s\n", name, word, help);
    OPTIONS(X)
#undef X
}

static bool set(struct options *options, int index, const char *text)
{
    char *place = (char *)options + places[index].offset;
    if (places[index].kind == TEXT) {
        *(const char **)(void *)place = text;
        return true;
    }
    char *end;
    *(uint64_t *)(void *)place = strtoull(text, &end, 10);
    if (*text >= '0' && *text <= '9' && !*end)
        return true;
    fprintf(stderr, "--%s: expected a number, got \"%s\"\n", names[index].name, text);
    return false;
}
