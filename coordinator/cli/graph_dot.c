/* Drawings in DOT, the language of Graphviz. */
#include "cli/graph.h"

static void put_label(struct buf *buf, const char *label);

static void indent(struct buf *buf, unsigned depth)
{
    buf_printf(buf, "%*s", (int)(2 * depth), "");
}

static void dot_open(struct buf *buf, const char *title)
{
    buf_puts(buf, "digraph saga {\n  label=");
    put_label(buf, title);
    buf_puts(buf, ";\n  node [shape=box];\n");
}

static void dot_group_open(struct buf *buf, unsigned depth, const char *name, const char *label)
{
    indent(buf, depth);
    buf_printf(buf, "subgraph cluster_%s {\n", name);
    indent(buf, depth + 1);
    buf_puts(buf, "label=");
    put_label(buf, label);
    buf_puts(buf, ";\n");
}

static void dot_group_close(struct buf *buf, unsigned depth)
{
    indent(buf, depth);
    buf_puts(buf, "}\n");
}

static void dot_node(struct buf *buf, unsigned depth, const char *name, const char *label, enum graph_shape shape)
{
    static const char *const looks[] = {"", ", peripheries=2, style=bold", ", shape=diamond", ", shape=component"};
    indent(buf, depth);
    buf_printf(buf, "%s [label=", name);
    put_label(buf, label);
    buf_printf(buf, "%s];\n", looks[shape]);
}

static void dot_arrow(struct buf *buf, const char *from, const char *to, enum graph_arrow arrow)
{
    buf_printf(buf, "  %s -> %s%s;\n", from, to,
               arrow == GRAPH_UNDO ? " [style=dashed, constraint=false, label=\"undo\"]" : "");
}

static void dot_close(struct buf *buf)
{
    buf_puts(buf, "}\n");
}

static void put_label(struct buf *buf, const char *label)
{
    buf_putc(buf, '"');
    for (; *label; label++) {
        if (*label == '\n')
            buf_puts(buf, "\\n");
        else if ((unsigned char)*label < ' ')
            buf_putc(buf, ' ');
        else if (*label == '"' || *label == '\\')
            buf_printf(buf, "\\%c", *label);
        else
            buf_putc(buf, *label);
    }
    buf_putc(buf, '"');
}

const struct graph_language graph_dot = {
    .word = "dot",
    .open = dot_open,
    .group_open = dot_group_open,
    .group_close = dot_group_close,
    .node = dot_node,
    .arrow = dot_arrow,
    .close = dot_close,
};
