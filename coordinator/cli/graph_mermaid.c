/* Drawings in Mermaid, which GitHub, GitLab and many editors show. */
#include "cli/graph.h"

static void put_label(struct buf *buf, const char *label);

static void indent(struct buf *buf, unsigned depth)
{
    buf_printf(buf, "%*s", (int)(2 * depth), "");
}

static void mermaid_open(struct buf *buf, const char *title)
{
    buf_puts(buf, "flowchart TD\n");
    buf_printf(buf, "  %%%% %s; dashed: where an undo goes on\n", title);
}

static void mermaid_group_open(struct buf *buf, unsigned depth, const char *name, const char *label)
{
    indent(buf, depth);
    buf_printf(buf, "subgraph %s [", name);
    put_label(buf, label);
    buf_puts(buf, "]\n");
}

static void mermaid_group_close(struct buf *buf, unsigned depth)
{
    indent(buf, depth);
    buf_puts(buf, "end\n");
}

static void mermaid_node(struct buf *buf, unsigned depth, const char *name, const char *label,
                         enum graph_shape shape)
{
    static const char *const open[] = {"[", "[[", "{", "(["}, *const close[] = {"]", "]]:::pivot", "}", "])"};
    indent(buf, depth);
    buf_printf(buf, "%s%s", name, open[shape]);
    put_label(buf, label);
    buf_printf(buf, "%s\n", close[shape]);
}

static void mermaid_arrow(struct buf *buf, const char *from, const char *to, enum graph_arrow arrow)
{
    buf_printf(buf, "  %s %s %s\n", from, arrow == GRAPH_UNDO ? "-.->" : "-->", to);
}

static void mermaid_close(struct buf *buf)
{
    buf_puts(buf, "  classDef pivot stroke-width:3px\n");
}

/* Quoted; its own quotes, brackets and number signs as entities, so that no text is taken for the language. */
static void put_label(struct buf *buf, const char *label)
{
    buf_putc(buf, '"');
    for (; *label; label++) {
        if (*label == '\n')
            buf_puts(buf, "<br/>");
        else if ((unsigned char)*label < ' ')
            buf_putc(buf, ' ');
        else if (*label == '"' || *label == '<' || *label == '>' || *label == '&' || *label == '#' ||
                 *label == '`')
            buf_printf(buf, "#%d;", *label);
        else
            buf_putc(buf, *label);
    }
    buf_putc(buf, '"');
}

const struct graph_language graph_mermaid = {
    .word = "mermaid",
    .open = mermaid_open,
    .group_open = mermaid_group_open,
    .group_close = mermaid_group_close,
    .node = mermaid_node,
    .arrow = mermaid_arrow,
    .close = mermaid_close,
};
