/* From a saga to boxes and arrows. */
#include "cli/graph.h"

#include "base/mem.h"
#include "cli/output.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

struct graph {
    const struct graph_language *language;
    struct buf *buf;
    const struct saga *saga;
    bool *drawn; /* steps of the plan */
    unsigned groups_count;
};

enum { NAME_BYTES = 96 };

static void put_list(struct graph *graph, const json_t *list, unsigned depth);
static void put_group(struct graph *graph, const json_t *group, unsigned depth);
static int find_gate(const struct graph *graph, const json_t *group);
static void put_step(struct graph *graph, int index, const json_t *step, unsigned depth);
static void put_rest(struct graph *graph);
static void label_step(struct buf *label, const char *id, const json_t *step, bool pivot);
static void label_group(struct buf *label, const json_t *group);
static void put_arrows(struct graph *graph);
static void put_needs(struct graph *graph, uint16_t index);
static void put_undos(struct graph *graph);
static bool put_undos_of(struct graph *graph, uint16_t from, uint16_t at, bool *seen);
static bool is_behind(const struct plan *plan, uint16_t index, const bool *before);
static void put_arrow(struct graph *graph, uint16_t from, uint16_t to, enum graph_arrow arrow);
static const char *name_of(const struct graph *graph, int index, char name[NAME_BYTES]);
static const json_t *inner_of(const json_t *value);

void graph_put(const struct graph_language *language, struct buf *buf, const struct saga *saga)
{
    struct graph graph = {.language = language, .buf = buf, .saga = saga};
    char title[160];
    graph.drawn = mem_array(saga->definition->plan.steps_count, sizeof *graph.drawn);
    snprintf(title, sizeof title, "%s v%u", saga->definition->name, (unsigned)saga->definition->version);
    language->open(buf, title);
    put_list(&graph, json_object_get(saga->root, "steps"), 1);
    put_rest(&graph);
    put_arrows(&graph);
    language->close(buf);
    mem_free(graph.drawn);
}

static void put_list(struct graph *graph, const json_t *list, unsigned depth)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *step = json_array_get(list, i);
        const char *id = json_string_value(json_object_get(step, "id"));
        int index = id ? definition_find_step(graph->saga->definition, id) : -1;
        if (inner_of(step))
            put_group(graph, step, depth);
        else if (index >= 0)
            put_step(graph, index, step, depth);
    }
}

/* A condition of a group stands in front of it, as the gate that it is. */
static void put_group(struct graph *graph, const json_t *group, unsigned depth)
{
    int gate = find_gate(graph, group);
    char name[NAME_BYTES];
    struct buf label;
    if (gate >= 0)
        put_step(graph, gate, group, depth);
    buf_init(&label, OUTPUT_BYTES);
    label_group(&label, group);
    snprintf(name, sizeof name, "group%u", ++graph->groups_count);
    graph->language->group_open(graph->buf, depth, name, buf_text(&label));
    put_list(graph, inner_of(group), depth + 1);
    graph->language->group_close(graph->buf, depth);
    buf_done(&label);
}

/* The step of the plan that stands for a group's condition, -1 for none. */
static int find_gate(const struct graph *graph, const json_t *group)
{
    const struct definition *definition = graph->saga->definition;
    for (uint16_t i = 0; i < definition->plan.steps_count; i++)
        if (saga_find_step(graph->saga, definition->steps[i].id) == group)
            return i;
    return -1;
}

static void put_step(struct graph *graph, int index, const json_t *step, unsigned depth)
{
    const struct plan_step *plan = &graph->saga->definition->plan.steps[index];
    char name[NAME_BYTES];
    struct buf label;
    bool gate = inner_of(step) != NULL;
    buf_init(&label, OUTPUT_BYTES);
    const char *when = output_member(step, "when");
    if (gate)
        buf_printf(&label, "%s%s", *when ? when : "otherwise", *when ? "?" : "");
    else
        label_step(&label, graph->saga->definition->steps[index].id, step, plan->pivot);
    graph->language->node(graph->buf, depth, name_of(graph, index, name), buf_text(&label),
                          gate          ? GRAPH_GATE
                          : plan->pivot ? GRAPH_PIVOT
                          : plan->child ? GRAPH_CHILD
                                        : GRAPH_STEP);
    graph->drawn[index] = true;
    buf_done(&label);
}

/* What the plan has and the file does not show. */
static void put_rest(struct graph *graph)
{
    for (uint16_t i = 0; i < graph->saga->definition->plan.steps_count; i++) {
        char name[NAME_BYTES];
        if (!graph->drawn[i])
            graph->language->node(graph->buf, 1, name_of(graph, i, name), graph->saga->definition->steps[i].id,
                                  GRAPH_GATE);
    }
}

/* Its id, whom it calls with what, and what is special about it. */
static void label_step(struct buf *label, const char *id, const json_t *step, bool pivot)
{
    static const char *const requests[] = {"action", "try", "prepare"};
    static const char *const kinds[] = {"approval", "waitFor", "delay"};
    const char *participant = output_member(step, "participant"), *when = output_member(step, "when");
    const char *operation = output_member(step, "operation");
    const char *in = output_member(json_object_get(step, "forEach"), "in");
    const json_t *child = json_object_get(step, "saga"), *version = json_object_get(child, "version");
    buf_puts(label, id);
    if (child)
        buf_printf(label, "\nsaga %s", output_member(child, "name"));
    if (version)
        buf_printf(label, " v%lld", (long long)json_integer_value(version));
    if (*participant)
        buf_printf(label, "\n%s", participant);
    if (*operation)
        buf_printf(label, "\noperation %s", operation);
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++)
        if (json_object_get(step, requests[i]))
            buf_printf(label, "\n%s", output_member(json_object_get(step, requests[i]), "request"));
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (json_object_get(step, kinds[i]))
            buf_printf(label, "\n%s", kinds[i]);
    if (*in)
        buf_printf(label, "\nfor each of %s", in);
    if (*when)
        buf_printf(label, "\nif %s", when);
    if (json_is_true(json_object_get(step, "readOnly")))
        buf_puts(label, "\nread only");
    if (json_object_get(step, "prepare"))
        buf_puts(label, "\nvotes");
    if (pivot)
        buf_puts(label, "\npivot");
}

static void label_group(struct buf *label, const json_t *group)
{
    const char *id = output_member(group, "id"), *when = output_member(group, "when");
    bool parallel = json_object_get(group, "parallel"), named = *id || *when;
    buf_puts(label, *id ? id : *when ? when : parallel ? "" : "otherwise");
    if (parallel)
        buf_puts(label, named ? ": together" : "together");
    else if (json_object_get(group, "switch"))
        buf_puts(label, ": one of");
}

static void put_arrows(struct graph *graph)
{
    for (uint16_t i = 0; i < graph->saga->definition->plan.steps_count; i++)
        put_needs(graph, i);
    put_undos(graph);
}

/* What a gate needs comes through the gate. */
static void put_needs(struct graph *graph, uint16_t index)
{
    const struct plan *plan = &graph->saga->definition->plan;
    const struct plan_step *step = &plan->steps[index];
    const struct plan_step *gate = step->gate == PLAN_NONE ? NULL : &plan->steps[step->gate];
    bool first = true;
    for (uint16_t i = 0; i < step->needs_count; i++) {
        uint16_t need = plan->needs[step->needs_first + i];
        bool implied = need == step->gate;
        for (uint16_t k = 0; gate && k < gate->needs_count; k++)
            implied |= plan->needs[gate->needs_first + k] == need;
        if (!implied)
            put_arrow(graph, need, index, GRAPH_NEEDS);
        first &= implied || plan->steps[need].gate != step->gate;
    }
    if (gate && first)
        put_arrow(graph, step->gate, index, GRAPH_NEEDS);
}

/* Where an undo goes on. After the pivot there is none; the pivot's own no goes back too. */
static void put_undos(struct graph *graph)
{
    const struct plan *plan = &graph->saga->definition->plan;
    bool *decided = mem_array(plan->steps_count, sizeof *decided); /* the pivot, and what comes after it */
    uint16_t last = PLAN_NONE;
    for (uint16_t i = 0; i < plan->steps_count; i++) {
        const struct plan_step *step = &plan->steps[i];
        bool after = is_behind(plan, i, decided), turns = step->undoable || step->pivot;
        decided[i] = after || step->pivot;
        if (after || !turns)
            continue;
        if (plan->undo_order == UNDO_SEQUENTIAL && last != PLAN_NONE)
            put_arrow(graph, i, last, GRAPH_UNDO);
        last = step->undoable ? i : last;
        if (plan->undo_order != UNDO_REVERSE)
            continue;
        bool *seen = mem_array(plan->steps_count, sizeof *seen);
        put_undos_of(graph, i, i, seen);
        mem_free(seen);
    }
    mem_free(decided);
}

/* Arrows to the nearest steps before `at` that can be undone, through those that cannot; through the gate only
 * when nothing else leads back. */
static bool put_undos_of(struct graph *graph, uint16_t from, uint16_t at, bool *seen)
{
    const struct plan *plan = &graph->saga->definition->plan;
    const struct plan_step *step = &plan->steps[at];
    bool found = false;
    for (uint16_t i = 0; i <= step->needs_count; i++) {
        uint16_t need = i < step->needs_count ? plan->needs[step->needs_first + i] : step->gate;
        if (need == PLAN_NONE || (need == step->gate && found) || seen[need])
            continue;
        assert(need < at);
        seen[need] = true;
        if (plan->steps[need].undoable)
            put_arrow(graph, from, need, GRAPH_UNDO);
        found |= plan->steps[need].undoable || put_undos_of(graph, from, need, seen);
    }
    return found;
}

static bool is_behind(const struct plan *plan, uint16_t index, const bool *before)
{
    const struct plan_step *step = &plan->steps[index];
    bool behind = step->gate != PLAN_NONE && before[step->gate];
    for (uint16_t i = 0; i < step->needs_count; i++)
        behind |= before[plan->needs[step->needs_first + i]];
    return behind;
}

static void put_arrow(struct graph *graph, uint16_t from, uint16_t to, enum graph_arrow arrow)
{
    char a[NAME_BYTES], b[NAME_BYTES];
    graph->language->arrow(graph->buf, name_of(graph, from, a), name_of(graph, to, b), arrow);
}

/* With a letter in front: "end" and "graph" are good ids, but words of the languages. */
static const char *name_of(const struct graph *graph, int index, char name[NAME_BYTES])
{
    snprintf(name, NAME_BYTES, "s_%s", graph->saga->definition->steps[index].id);
    for (char *at = name; *at; at++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", *at))
            *at = '_';
    return name;
}

static const json_t *inner_of(const json_t *value)
{
    static const char *const inner[] = {"steps", "parallel", "switch"};
    for (size_t i = 0; i < sizeof inner / sizeof *inner; i++)
        if (json_is_array(json_object_get(value, inner[i])))
            return json_object_get(value, inner[i]);
    return NULL;
}
