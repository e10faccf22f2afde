/* Finds the references of an expression, and which of them stand behind a has() that decides whether they
 * matter. Since && and || take the deciding side even when the other one fails, a has() guards both ways. */
#include "definition/expr_node.h"

#include "base/limits.h"

#include <assert.h>
#include <string.h>

enum { PATH_MAX_LENGTH = LIMIT_EXPR_DEPTH + 1 };

/* A constant path from a variable on, as pointers into the tree. */
struct path {
    const char *parts[PATH_MAX_LENGTH];
    size_t length;
    size_t offset;
};

/* The has() of a condition that is known to have come out `truth`; a chain up to the root of the tree. */
struct guard {
    const struct guard *outer;
    const struct node *condition;
    bool truth;
};

struct walk {
    expr_visitor *visit;
    void *context;
};

static void walk_node(const struct walk *walk, const struct node *node, const struct guard *guard);

void expr_visit(const struct expr *expr, expr_visitor *visit, void *context)
{
    struct walk walk = {visit, context};
    walk_node(&walk, expr->root, NULL);
}

/* The name that one more step of a path has; NULL when it is not constant. */
static const char *step_name(const struct node *node)
{
    if (node->type == NODE_SELECT)
        return node->name;
    if (node->type == NODE_INDEX && node->children[1]->type == NODE_LITERAL &&
        node->children[1]->value.type == VALUE_STRING)
        return node->children[1]->name;
    return NULL;
}

/* True when `node` is a variable with constant steps behind it. */
static bool read_path(const struct node *node, struct path *path)
{
    size_t length = 1;
    const struct node *at = node;
    for (; at->type == NODE_SELECT || at->type == NODE_INDEX; at = at->children[0], length++)
        if (!step_name(at))
            return false;
    if (at->type != NODE_VARIABLE)
        return false;
    assert(length <= PATH_MAX_LENGTH);
    path->length = length;
    path->offset = at->start;
    for (; length > 1; node = node->children[0])
        path->parts[--length] = step_name(node);
    path->parts[0] = at->name;
    return true;
}

/* One of the two is the beginning of the other: when has(a.b.c) holds, a.b is there, and when has(a.b) holds
 * the author has thought of a.b.c. */
static bool related(const struct path *a, const struct path *b)
{
    size_t shared = a->length < b->length ? a->length : b->length;
    for (size_t i = 0; i < shared; i++)
        if (strcmp(a->parts[i], b->parts[i]) != 0)
            return false;
    return true;
}

/* Does `condition` coming out `truth` mean that a has() of the path holds? */
static bool promises(const struct node *condition, bool truth, const struct path *path)
{
    struct path tested;
    switch (condition->type) {
    case NODE_HAS:
        return truth && read_path(condition->children[0], &tested) && related(&tested, path);
    case NODE_NOT:
        return promises(condition->children[0], !truth, path);
    case NODE_AND:
    case NODE_OR:
        return truth == (condition->type == NODE_AND) &&
               (promises(condition->children[0], truth, path) || promises(condition->children[1], truth, path));
    default:
        return false;
    }
}

static bool guarded(const struct guard *guard, const struct path *path)
{
    for (; guard; guard = guard->outer)
        if (promises(guard->condition, guard->truth, path))
            return true;
    return false;
}

/* A node whose path is constant is one reference; else its parts are looked at. */
static bool visit_path(const struct walk *walk, const struct node *node, const struct guard *guard, bool in_has)
{
    struct path path;
    if (!read_path(node, &path))
        return false;
    walk->visit(walk->context, path.parts, path.length, path.offset, in_has || guarded(guard, &path));
    return true;
}

static void walk_children(const struct walk *walk, const struct node *node, size_t first,
                          const struct guard *guard)
{
    for (size_t i = first; i < node->children_count; i++)
        walk_node(walk, node->children[i], guard);
}

static void walk_logic(const struct walk *walk, const struct node *node, const struct guard *guard)
{
    bool needed = node->type == NODE_AND; /* a side matters only while the other one comes out so */
    for (size_t side = 0; side < 2; side++) {
        struct guard inner = {.outer = guard, .condition = node->children[1 - side], .truth = needed};
        walk_node(walk, node->children[side], &inner);
    }
}

static void walk_choice(const struct walk *walk, const struct node *node, const struct guard *guard)
{
    walk_node(walk, node->children[0], guard);
    for (size_t side = 1; side <= 2; side++) {
        struct guard inner = {.outer = guard, .condition = node->children[0], .truth = side == 1};
        walk_node(walk, node->children[side], &inner);
    }
}

static void walk_node(const struct walk *walk, const struct node *node, const struct guard *guard)
{
    if (visit_path(walk, node, guard, false))
        return;
    switch (node->type) {
    case NODE_AND:
    case NODE_OR:
        walk_logic(walk, node, guard);
        break;
    case NODE_CHOICE:
        walk_choice(walk, node, guard);
        break;
    case NODE_HAS:
        if (!visit_path(walk, node->children[0], guard, true))
            walk_children(walk, node->children[0], 0, guard);
        break;
    default:
        walk_children(walk, node, 0, guard);
    }
}
