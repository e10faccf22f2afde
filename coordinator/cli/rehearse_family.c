/* The transactions of a rehearsal: the one that is rehearsed, its children, and theirs. They are found in what is
 * stored, as everybody else finds them. */
#include "base/mem.h"
#include "cli/rehearse_inner.h"
#include "engine/history.h"

#include <assert.h>
#include <string.h>

/* One reading of what is new of a member. */
struct looking {
    struct stage *stage;
    struct member *member;
    uint64_t *children; /* that were started */
    json_t *ids;        /* theirs */
    size_t children_count;
};

static struct member *find(const struct stage *stage, uint64_t txn);
static bool read_birth(void *context, const struct history_entry *entry);
static const struct definition *find_definition(const struct stage *stage, const json_t *birth);
static void name_member(struct member *member, const char *step);
static bool look(void *context, const struct history_entry *entry);
static json_t *rename_all(const struct stage *stage, json_t *value);
static json_t *rename_text(const struct stage *stage, json_t *value);

struct member *rehearse_member(struct stage *stage, uint64_t txn, const char *id)
{
    struct member *member = find(stage, txn);
    json_t *birth = NULL; /* the first fact tells where it belongs */
    struct error ignored;
    if (member)
        return member;
    history_read(stage->store, txn, 0, read_birth, &birth, &ignored);
    const json_t *parent = json_object_get(birth, "parent");
    json_int_t above = json_integer_value(json_object_get(parent, "txn"));
    const char *step = json_string_value(json_object_get(parent, "step"));
    member = mem_new(sizeof *member);
    *member = (struct member){.txn = txn, .id = mem_string(id)};
    if (above) {
        member->parent = find(stage, (uint64_t)above); /* it called, or waited, before its child did anything */
        member->parent_branch = (uint16_t)json_integer_value(json_object_get(parent, "branch"));
        if (!member->parent)
            member->parent =
                rehearse_member(stage, (uint64_t)above, json_string_value(json_object_get(parent, "id")));
    }
    name_member(member, step);
    member->definition = find_definition(stage, birth);
    names_init(&member->names, member->definition);
    json_decref(birth);
    stage->members = mem_grow(stage->members, (stage->members_count + 1) * sizeof(struct member *));
    stage->members[stage->members_count++] = member;
    return member;
}

struct member *rehearse_family_find(const struct stage *stage, const char *name, const char **rest)
{
    size_t length = strcspn(name, "[");
    while (length > 0 && name[length - 1] != '/')
        length--;
    *rest = name + length;
    for (size_t i = stage->members_count; i-- > 0;) {
        const char *path = stage->members[i]->path;
        if (strlen(path) == length && strncmp(path, name, length) == 0)
            return stage->members[i];
    }
    return NULL;
}

int rehearse_family_look(struct stage *stage, struct error *error)
{
    int code = 0;
    for (size_t i = 0; !code && i < stage->members_count; i++) { /* it grows behind */
        struct looking looking = {.stage = stage, .member = stage->members[i], .ids = json_array()};
        code = history_read(stage->store, stage->members[i]->txn, stage->members[i]->seen, look, &looking, error);
        for (size_t k = 0; k < looking.children_count; k++)
            rehearse_member(stage, looking.children[k], json_string_value(json_array_get(looking.ids, k)));
        mem_free(looking.children);
        json_decref(looking.ids);
    }
    return code;
}

const struct member *rehearse_family_paused(const struct stage *stage)
{
    for (size_t i = stage->members_count; i-- > 0;) /* the innermost stands where the trouble is */
        if (stage->members[i]->paused)
            return stage->members[i];
    return NULL;
}

void rehearse_family_rename(struct stage *stage)
{
    if (stage->members_count > 1)
        json_decref(rename_all(stage, json_incref(stage->record)));
}

void rehearse_family_done(struct stage *stage)
{
    for (size_t i = 0; i < stage->members_count; i++) {
        struct member *member = stage->members[i];
        names_done(&member->names);
        mem_free(member->facts);
        mem_free(member->path);
        mem_free(member->id);
        mem_free(member->shown);
        mem_free(member);
    }
    mem_free(stage->members);
}

static struct member *find(const struct stage *stage, uint64_t txn)
{
    for (size_t i = 0; i < stage->members_count; i++)
        if (stage->members[i]->txn == txn)
            return stage->members[i];
    return NULL;
}

static bool read_birth(void *context, const struct history_entry *entry)
{
    *(json_t **)context = json_loadb(entry->payload, entry->payload_length, 0, NULL);
    return false;
}

static const struct definition *find_definition(const struct stage *stage, const json_t *birth)
{
    const char *name = json_string_value(json_object_get(birth, "saga"));
    json_int_t version = json_integer_value(json_object_get(birth, "version"));
    assert(name);
    for (size_t i = 0; i < stage->definitions_count; i++)
        if (strcmp(stage->definitions[i]->name, name) == 0 && stage->definitions[i]->version == version)
            return stage->definitions[i];
    assert(!"what runs is registered");
    return NULL;
}

/* What stands before its steps, "flight/", and what stands for its id, "test.flight". */
static void name_member(struct member *member, const char *step)
{
    struct buf path, shown;
    buf_init(&path, 4096);
    buf_init(&shown, 4096);
    if (member->parent) {
        buf_printf(&path, "%s%s/", member->parent->path, step);
        buf_printf(&shown, "%s.%s", member->parent->shown, step);
    } else {
        buf_puts(&shown, member->id);
    }
    member->path = buf_take(&path, NULL);
    member->shown = buf_take(&shown, NULL);
}

/* Who is awaited, who was started, and whether it stands still. */
static bool look(void *context, const struct history_entry *entry)
{
    struct looking *looking = context;
    struct member *member = looking->member;
    const struct fact *fact = &entry->fact;
    bool pending = fact->type == FACT_ANSWERED && fact->answer == ANSWER_PENDING;
    names_learn(&member->names, entry);
    if (pending || fact->type == FACT_AWAITED) {
        struct buf name;
        buf_init(&name, 4096);
        rehearse_put_branch(member, fact->branch, &name);
        json_object_set_new(looking->stage->awaited, buf_text(&name), json_true());
        buf_done(&name);
    }
    if (pending && member->definition->plan.steps[names_step(&member->names, fact->branch)].child) {
        json_t *told = json_loadb(entry->payload, entry->payload_length, 0, NULL);
        const json_t *child = json_object_get(told, "child");
        looking->children = mem_grow(looking->children, (looking->children_count + 1) * sizeof *looking->children);
        looking->children[looking->children_count++] = (uint64_t)json_integer_value(json_object_get(child, "txn"));
        json_array_append(looking->ids, json_object_get(child, "id"));
        json_decref(told);
    }
    if (fact->type == FACT_PAUSED) {
        member->paused = true;
        member->pause_cause = (enum cause)fact->code;
    } else if (fact->type == FACT_RESUMED || fact->type == FACT_ENDED) {
        member->paused = false;
    }
    member->seen = entry->seq + 1;
    return true;
}

void rehearse_put_branch(const struct member *member, uint16_t branch, struct buf *buf)
{
    char name[LIMIT_BRANCH_NAME];
    names_print(&member->names, branch, name);
    buf_printf(buf, "%s%s", member->path, name);
}

/* Ids of children are another number in every run that differs anywhere: they go by their parents' and the step.
 * Takes the value, gives a new one. */
static json_t *rename_all(const struct stage *stage, json_t *value)
{
    const char *key;
    json_t *member;
    if (json_is_string(value))
        return rename_text(stage, value);
    if (json_is_object(value))
        json_object_foreach(value, key, member)
            json_object_set_new(value, key, rename_all(stage, json_incref(member)));
    for (size_t i = 0; i < json_array_size(value); i++)
        json_array_set_new(value, i, rename_all(stage, json_incref(json_array_get(value, i))));
    return value;
}

static json_t *rename_text(const struct stage *stage, json_t *value)
{
    for (size_t i = 0; i < stage->members_count; i++) {
        const struct member *member = stage->members[i];
        const char *text = json_string_value(value), *at = text, *found;
        if (!member->parent || !strstr(text, member->id))
            continue;
        struct buf renamed;
        buf_init(&renamed, SIZE_MAX / 2);
        for (; (found = strstr(at, member->id)); at = found + strlen(member->id)) {
            buf_put(&renamed, at, (size_t)(found - at));
            buf_puts(&renamed, member->shown);
        }
        buf_puts(&renamed, at);
        json_decref(value);
        value = json_stringn(buf_text(&renamed), renamed.length);
        buf_done(&renamed);
    }
    return value;
}
