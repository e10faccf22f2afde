/* The cache of compiled definitions. */
#include "engine/definitions.h"

#include "base/mem.h"

#include <assert.h>
#include <string.h>

struct version {
    uint32_t number;
    struct definition *definition; /* NULL until first used */
};

struct saga {
    struct link link;
    char *name;
    struct version *versions; /* newest first */
    size_t count;
};

struct loading {
    const char *text;
    struct definition *definition;
    struct error *error;
    int failed;
};

struct walking {
    struct definitions *definitions;
    bool (*visit)(void *context, const struct definition *newest); /* NULL: it was enough */
    void *context;
    struct error *error;
    int failed;
};

static void visit_newest(struct link *link, void *context);
static struct saga *saga_find(const struct definitions *definitions, const char *name);
static struct saga *saga_get(struct definitions *definitions, const char *name);
static void saga_insert(struct saga *saga, struct version version);
static bool saga_list(void *context, const struct store_definition *stored);
static void saga_free(struct link *link, void *context);
static struct version *version_find(const struct saga *saga, uint32_t number);
static int version_load(struct definitions *definitions, const struct saga *saga, struct version *version,
                        struct error *error);
static bool version_parse(void *context, const struct store_definition *stored);

int definitions_open(struct definitions *definitions, struct store *store, struct error *error)
{
    *definitions = (struct definitions){.store = store};
    return store->each_definition(store->self, NULL, 0, saga_list, definitions, error);
}

void definitions_done(struct definitions *definitions)
{
    table_each(&definitions->sagas, saga_free, NULL);
    table_done(&definitions->sagas);
}

int definitions_get(struct definitions *definitions, const char *name, uint32_t number,
                    const struct definition **definition, struct error *error)
{
    struct saga *saga = saga_find(definitions, name);
    if (!saga)
        return error_set(error, ERROR_NOT_FOUND, "no saga \"%s\" is registered: register its file first", name);
    assert(saga->count > 0);
    struct version *version = number ? version_find(saga, number) : &saga->versions[0];
    if (!version)
        return error_set(error, ERROR_NOT_FOUND, "saga \"%s\" has no version %u (the newest is %u)", name, number,
                         saga->versions[0].number);
    int code = version_load(definitions, saga, version, error);
    if (!code)
        *definition = version->definition;
    return code;
}

int definitions_each_newest(struct definitions *definitions,
                            bool (*visit)(void *context, const struct definition *newest), void *context,
                            struct error *error)
{
    struct walking walking = {definitions, visit, context, error, 0};
    table_each(&definitions->sagas, visit_newest, &walking);
    return walking.failed;
}

int definitions_check(struct definitions *definitions, const struct definition *definition, bool *known,
                      uint32_t *next_free, struct error *error)
{
    struct saga *saga = saga_find(definitions, definition->name);
    struct version *version = version_find(saga, definition->version);
    *known = version != NULL;
    if (!version)
        return 0;
    int code = version_load(definitions, saga, version, error);
    if (code)
        return code;
    const struct definition *old = version->definition;
    if (old->text_length == definition->text_length && memcmp(old->text, definition->text, old->text_length) == 0)
        return 0;
    *next_free = saga->versions[0].number + 1;
    return error_set(error, ERROR_CONFLICT,
                     "saga \"%s\" version %u is registered with other content, and a version never changes: "
                     "give this one \"version\": %u",
                     definition->name, definition->version, *next_free);
}

void definitions_add(struct definitions *definitions, struct definition *definition)
{
    struct saga *saga = saga_get(definitions, definition->name);
    assert(!version_find(saga, definition->version));
    saga_insert(saga, (struct version){definition->version, definition});
}

static void visit_newest(struct link *link, void *context)
{
    struct walking *walking = context;
    struct saga *saga = table_owner(link, struct saga, link);
    if (walking->failed || !walking->visit)
        return;
    walking->failed = version_load(walking->definitions, saga, &saga->versions[0], walking->error);
    if (!walking->failed && !walking->visit(walking->context, saga->versions[0].definition))
        walking->visit = NULL;
}

static struct saga *saga_find(const struct definitions *definitions, const char *name)
{
    struct link *link = table_first(&definitions->sagas, table_hash(&definitions->sagas, name));
    for (; link; link = table_next(link)) {
        struct saga *saga = table_owner(link, struct saga, link);
        if (strcmp(saga->name, name) == 0)
            return saga;
    }
    return NULL;
}

static struct saga *saga_get(struct definitions *definitions, const char *name)
{
    struct saga *saga = saga_find(definitions, name);
    if (!saga) {
        saga = mem_new(sizeof *saga);
        saga->name = mem_string(name);
        table_put(&definitions->sagas, &saga->link, table_hash(&definitions->sagas, name));
    }
    return saga;
}

static void saga_insert(struct saga *saga, struct version version)
{
    saga->versions = mem_grow(saga->versions, (saga->count + 1) * sizeof *saga->versions);
    size_t at = 0;
    while (at < saga->count && saga->versions[at].number > version.number)
        at++;
    memmove(&saga->versions[at + 1], &saga->versions[at], (saga->count - at) * sizeof *saga->versions);
    saga->versions[at] = version;
    saga->count++;
}

static bool saga_list(void *context, const struct store_definition *stored)
{
    saga_insert(saga_get(context, stored->name), (struct version){.number = stored->version});
    return true;
}

static void saga_free(struct link *link, void *context)
{
    (void)context;
    struct saga *saga = table_owner(link, struct saga, link);
    for (size_t i = 0; i < saga->count; i++)
        definition_free(saga->versions[i].definition);
    mem_free(saga->versions);
    mem_free(saga->name);
    mem_free(saga);
}

static struct version *version_find(const struct saga *saga, uint32_t number)
{
    for (size_t i = 0; saga && i < saga->count; i++)
        if (saga->versions[i].number == number)
            return &saga->versions[i];
    return NULL;
}

static int version_load(struct definitions *definitions, const struct saga *saga, struct version *version,
                        struct error *error)
{
    struct loading loading = {.error = error};
    struct store *store = definitions->store;
    if (version->definition)
        return 0;
    int code = store->each_definition(store->self, saga->name, version->number, version_parse, &loading, error);
    if (!code && !loading.definition && !loading.failed)
        loading.failed =
            error_set(error, ERROR_CORRUPT, "saga \"%s\" version %u was in the store and is not any more",
                      saga->name, version->number);
    version->definition = loading.definition;
    return code ? code : loading.failed;
}

/* What is stored was validated once; a version of Belay that finds it wrong now is newer than what it reads. */
static bool version_parse(void *context, const struct store_definition *stored)
{
    struct loading *loading = context;
    struct findings findings;
    findings_init(&findings);
    loading->definition = definition_load(stored->text, stored->length, &findings);
    if (!loading->definition)
        loading->failed =
            error_set(loading->error, ERROR_CORRUPT, "stored saga \"%s\" version %u: %s %s", stored->name,
                      stored->version, findings.list[0].code, findings.list[0].message);
    findings_done(&findings);
    return false;
}
