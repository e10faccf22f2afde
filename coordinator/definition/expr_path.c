/* How messages call a part of an expression: `input.items[2].sku` where it is a path, else its source. */
#include "definition/expr_eval.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* What was written so far; never over `size`. */
struct path {
    char *text;
    size_t size;
    size_t length;
};

static void put(struct path *path, const char *text, size_t length);
static void put_source(struct path *path, const struct eval *eval, const struct node *node);
static void put_node(struct path *path, const struct eval *eval, const struct node *node);

void expr_path_print(const struct eval *eval, const struct node *node, char *text, size_t size)
{
    assert(size > 8);
    struct path path = {.text = text, .size = size};
    put_node(&path, eval, node);
    if (path.length == size) { /* cut, at a whole character */
        path.length = size - 4;
        while (path.length > 0 && ((unsigned char)text[path.length] & 0xc0) == 0x80)
            path.length--;
        memcpy(text + path.length, "...", 3);
        path.length += 3;
    }
    text[path.length] = '\0';
}

static void put(struct path *path, const char *text, size_t length)
{
    for (size_t i = 0; i < length && path->length < path->size; i++)
        path->text[path->length++] = (unsigned char)text[i] < ' ' || text[i] == 0x7f ? ' ' : text[i];
}

static void put_source(struct path *path, const struct eval *eval, const struct node *node)
{
    assert(node->start <= node->end && node->end <= eval->expr->length);
    put(path, eval->expr->text + node->start, node->end - node->start);
}

static void put_local(struct path *path, const struct eval *eval, const struct node *node)
{
    const struct local *local = &eval->locals[node->slot];
    enum node_type range = local->range->type;
    if (local->key ||
        (range != NODE_VARIABLE && range != NODE_LOCAL && range != NODE_SELECT && range != NODE_INDEX)) {
        put(path, node->name, node->name_length);
        return;
    }
    char index[32];
    int length = snprintf(index, sizeof index, "[%zu]", local->index);
    put_node(path, eval, local->range);
    put(path, index, (size_t)length);
}

static void put_node(struct path *path, const struct eval *eval, const struct node *node)
{
    switch (node->type) {
    case NODE_LOCAL:
        put_local(path, eval, node);
        break;
    case NODE_SELECT:
        put_node(path, eval, node->children[0]);
        put(path, ".", 1);
        put(path, node->name, node->name_length);
        break;
    case NODE_INDEX:
        put_node(path, eval, node->children[0]);
        put(path, "[", 1);
        put_source(path, eval, node->children[1]);
        put(path, "]", 1);
        break;
    default:
        put_source(path, eval, node);
    }
}
