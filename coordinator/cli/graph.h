/* The drawing of a saga: which boxes and arrows there are, whatever the language they are written in. */
#ifndef BELAY_CLI_GRAPH_H
#define BELAY_CLI_GRAPH_H

#include "base/buf.h"
#include "cli/saga.h"

#include <jansson.h>

enum graph_shape { GRAPH_STEP, GRAPH_PIVOT, GRAPH_GATE, GRAPH_CHILD };
enum graph_arrow { GRAPH_NEEDS, GRAPH_UNDO };

/* How a language writes it. Names are identifiers; a label is lines with "\n" between them, not escaped yet. */
struct graph_language {
    const char *word; /* as -o has it */
    void (*open)(struct buf *buf, const char *title);
    void (*group_open)(struct buf *buf, unsigned depth, const char *name, const char *label);
    void (*group_close)(struct buf *buf, unsigned depth);
    void (*node)(struct buf *buf, unsigned depth, const char *name, const char *label, enum graph_shape shape);
    void (*arrow)(struct buf *buf, const char *from, const char *to, enum graph_arrow arrow);
    void (*close)(struct buf *buf);
};

extern const struct graph_language graph_mermaid, graph_dot;

/* Puts the whole drawing. The arrows are those of the compiled plan, which the core runs by: who waits for whom,
 * what stands behind a condition, and in which order undos follow each other. Groups and labels are the author's.
 */
void graph_put(const struct graph_language *language, struct buf *buf, const struct saga *saga);

#endif
