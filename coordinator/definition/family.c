/* Findings about children, each at the step that starts the child. */
#include "definition/family.h"

#include "definition/nesting.h"
#include "definition/rules.h"

#include <assert.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

struct family {
    const struct definition *const *list;
    size_t count;
};

static int find_member(void *context, const char *name, uint32_t version, const struct definition **found,
                       struct error *error);
static bool put_pointer(struct buf *pointer, const json_t *list, const char *id);

void family_check(const struct definition *const *list, size_t count, size_t which, struct findings *findings)
{
    const struct definition *definition = list[which];
    struct family family = {list, count};
    json_t *root = json_loadb(definition->text, definition->text_length, 0, NULL);
    for (uint16_t i = 0; i < definition->plan.steps_count; i++) {
        const struct step_spec *step = &definition->steps[i];
        const struct definition *child = NULL;
        struct error error;
        struct buf pointer;
        if (!step->child)
            continue;
        buf_init(&pointer, FINDING_POINTER_BYTES);
        buf_puts(&pointer, "/steps");
        bool found = put_pointer(&pointer, json_object_get(root, "steps"), step->id);
        assert(found);
        buf_puts(&pointer, "/saga/name");
        find_member(&family, step->child, step->child_version, &child, NULL);
        if (nesting_check_step(definition, i, find_member, &family, &error))
            findings_add(findings, rule_code(RULE_UNFIT_CHILD), buf_text(&pointer), NULL, "%s", error.text);
        else if (!child && step->child_version)
            findings_add(findings, rule_code(RULE_ABSENT_CHILD), buf_text(&pointer), "name its file too",
                         "version %u of \"%s\" is not among these files: it must be registered first",
                         (unsigned)step->child_version, step->child);
        else if (!child)
            findings_add(findings, rule_code(RULE_ABSENT_CHILD), buf_text(&pointer), "name its file too",
                         "\"%s\" is not among these files: it must be registered first", step->child);
        buf_done(&pointer);
    }
    json_decref(root);
}

/* A nesting_find: what is not among them is not looked into. */
static int find_member(void *context, const char *name, uint32_t version, const struct definition **found,
                       struct error *error)
{
    (void)error;
    const struct family *family = context;
    for (size_t i = 0; i < family->count; i++) {
        const struct definition *one = family->list[i];
        if (!one || strcmp(one->name, name) != 0 || (version && one->version != version))
            continue;
        if (!*found || one->version > (*found)->version)
            *found = one;
    }
    return 0;
}

/* Where the step of that id stands, behind the pointer of the list; false and unchanged when it is not there. */
static bool put_pointer(struct buf *pointer, const json_t *list, const char *id)
{
    static const char *const inner[] = {"steps", "parallel", "switch"};
    size_t before = pointer->length;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *value = json_array_get(list, i);
        const char *own = json_string_value(json_object_get(value, "id"));
        buf_printf(pointer, "/%zu", i);
        if (own && strcmp(own, id) == 0)
            return true;
        size_t here = pointer->length;
        for (size_t k = 0; k < sizeof inner / sizeof *inner; k++) {
            pointer->length = here;
            buf_printf(pointer, "/%s", inner[k]);
            if (put_pointer(pointer, json_object_get(value, inner[k]), id))
                return true;
        }
        pointer->length = before;
    }
    return false;
}
