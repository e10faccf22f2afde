/* A walk down the children. Each saga is walked once, however often it is named; the path bounds the recursion. */
#include "definition/nesting.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"

#include <string.h>

/* What one start of a saga may become: so many levels, so many transactions, itself included. */
struct family {
    unsigned levels;
    unsigned members;
};

/* A saga that was walked. */
struct walked {
    const struct definition *definition;
    struct family family;
};

struct walk {
    nesting_find *find;
    void *context;
    const struct definition *path[LIMIT_NESTING + 1]; /* from the outermost to the one at work */
    unsigned depth;
    struct walked *walked;
    size_t walked_count;
    struct error *error;
};

/* Sagas on their way into an order. */
struct ordering {
    const struct definition *const *list;
    size_t count;
    bool *seen;
    size_t *order;
    size_t ordered;
};

static int walk_saga(struct walk *walk, const struct definition *definition, struct family *family);
static int walk_child(struct walk *walk, const struct step_spec *step, struct family *family);
static const struct walked *find_walked(const struct walk *walk, const struct definition *definition);
static bool is_on_path(const struct walk *walk, const char *name);
static int complain(struct walk *walk, const char *what, const char *last);
static void put_in_order(struct ordering *ordering, size_t which);

int nesting_check(const struct definition *definition, nesting_find *find, void *context, struct error *error)
{
    struct walk walk = {.find = find, .context = context, .error = error};
    struct family family;
    int code = walk_saga(&walk, definition, &family);
    mem_free(walk.walked);
    return code;
}

int nesting_check_step(const struct definition *definition, uint16_t step, nesting_find *find, void *context,
                       struct error *error)
{
    struct walk walk = {.find = find, .context = context, .error = error, .path = {definition}, .depth = 1};
    struct family family;
    int code = walk_child(&walk, &definition->steps[step], &family);
    mem_free(walk.walked);
    return code;
}

int nesting_check_child(const struct definition *child, struct error *error)
{
    const struct plan *plan = &child->plan;
    for (uint16_t i = 0; i < plan->steps_count; i++)
        if (plan->steps[i].pivot || plan->steps[i].votes)
            return error_set(error, ERROR_INVALID,
                             "saga \"%s\" version %u cannot be a child: its %s \"%s\" decides without the parent",
                             child->name, child->version, plan->steps[i].pivot ? "pivot" : "vote",
                             child->steps[i].id);
    return 0;
}

void nesting_order(const struct definition *const *list, size_t count, size_t *order)
{
    struct ordering ordering = {list, count, mem_array(count, sizeof(bool)), order, 0};
    for (size_t i = 0; i < count; i++)
        put_in_order(&ordering, i);
    mem_free(ordering.seen);
}

static int walk_saga(struct walk *walk, const struct definition *definition, struct family *family)
{
    int code = 0;
    *family = (struct family){1, 1};
    walk->path[walk->depth++] = definition;
    for (uint16_t i = 0; !code && i < definition->plan.steps_count; i++) {
        struct family child = {0};
        if (!definition->plan.steps[i].child)
            continue;
        code = walk_child(walk, &definition->steps[i], &child);
        family->members += child.members;
        if (!code && family->members > LIMIT_FAMILY)
            code = error_set(walk->error, ERROR_INVALID,
                             "one start of \"%s\" might become more than %d transactions, which is the limit",
                             definition->name, LIMIT_FAMILY);
        if (code)
            error_wrap(walk->error, "step \"%s\"", definition->steps[i].id);
        if (child.levels >= family->levels)
            family->levels = child.levels + 1;
    }
    walk->depth--;
    walk->walked = mem_grow(walk->walked, (walk->walked_count + 1) * sizeof *walk->walked);
    walk->walked[walk->walked_count++] = (struct walked){definition, *family};
    return code;
}

static int walk_child(struct walk *walk, const struct step_spec *step, struct family *family)
{
    const struct definition *child = NULL;
    if (is_on_path(walk, step->child))
        return complain(walk, "it would start itself again", step->child);
    int code = walk->find(walk->context, step->child, step->child_version, &child, walk->error);
    if (!code && child)
        code = nesting_check_child(child, walk->error);
    if (code)
        return (int)(walk->error->code = ERROR_INVALID);
    const struct walked *walked = child ? find_walked(walk, child) : NULL;
    *family = walked ? walked->family : (struct family){1, 1};
    if (!child)
        return 0;
    if (walk->depth + family->levels > LIMIT_NESTING + 1)
        return complain(walk, "it is too deep", step->child);
    return walked ? 0 : walk_saga(walk, child, family);
}

static const struct walked *find_walked(const struct walk *walk, const struct definition *definition)
{
    for (size_t i = 0; i < walk->walked_count; i++)
        if (walk->walked[i].definition == definition)
            return &walk->walked[i];
    return NULL;
}

/* Another version of it is no better: a saga that leads back to its own name will do so for ever. */
static bool is_on_path(const struct walk *walk, const char *name)
{
    for (unsigned i = 0; i < walk->depth; i++)
        if (strcmp(walk->path[i]->name, name) == 0)
            return true;
    return false;
}

static int complain(struct walk *walk, const char *what, const char *last)
{
    struct buf path;
    buf_init(&path, (LIMIT_NESTING + 2) * (LIMIT_NAME_BYTES + 4));
    for (unsigned i = 0; i < walk->depth; i++)
        buf_printf(&path, "%s -> ", walk->path[i]->name);
    buf_puts(&path, last);
    int code = error_set(walk->error, ERROR_INVALID, "%s: %s (at most %d levels, and none twice)", what,
                         buf_text(&path), LIMIT_NESTING);
    buf_done(&path);
    return code;
}

/* Behind all versions of everything that it starts. */
static void put_in_order(struct ordering *ordering, size_t which)
{
    const struct definition *definition = ordering->list[which];
    if (ordering->seen[which])
        return;
    ordering->seen[which] = true;
    for (uint16_t i = 0; definition && i < definition->plan.steps_count; i++)
        for (size_t k = 0; definition->steps[i].child && k < ordering->count; k++)
            if (ordering->list[k] && strcmp(ordering->list[k]->name, definition->steps[i].child) == 0)
                put_in_order(ordering, k);
    ordering->order[ordering->ordered++] = which;
}
