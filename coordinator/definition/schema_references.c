/* "$ref": finding what it leads to, and schemas that lead back to themselves. */
#include "definition/schema_inside.h"

#include "base/limits.h"
#include "base/mem.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void resolve(struct schema_reading *reading, const struct schema_reference *reference);
static json_t *follow(json_t *json, const char *pointer);
static json_t *descend(json_t *json, char *token);
static bool decode(const char *reference, char **pointer);
static struct schema_node *target_node(struct schema_reading *reading, json_t *json, const char *pointer);
static bool search(struct schema_reading *reading, struct schema_node *node, const struct schema_rule *by,
                   unsigned depth);

void schema_reference_add(struct schema_reading *reading, struct schema_rule *rule)
{
    const struct buf *path = &reading->parse->path;
    size_t length = path->length < FINDING_POINTER_BYTES ? path->length : FINDING_POINTER_BYTES;
    while (length < path->length && path->data[length] != '/')
        length--;
    if ((reading->references_count & (reading->references_count - 1)) == 0) /* full at every power of two */
        reading->references =
            mem_grow(reading->references, (reading->references_count ? 2 * reading->references_count : 1) *
                                              sizeof *reading->references);
    reading->references[reading->references_count++] =
        (struct schema_reference){rule, mem_copy(path->data, length)};
}

void schema_references_resolve(struct schema_reading *reading)
{
    for (size_t i = 0; i < reading->references_count && !reading->full; i++) { /* it may grow on the way */
        struct schema_reference reference = reading->references[i];
        resolve(reading, &reference);
    }
}

void schema_references_check(struct schema_reading *reading)
{
    for (size_t i = 0; i < reading->schema->nodes_count && !reading->full; i++)
        if (!search(reading, reading->schema->nodes[i], NULL, 0))
            return;
}

void schema_references_done(struct schema_reading *reading)
{
    for (size_t i = 0; i < reading->references_count; i++)
        mem_free(reading->references[i].pointer);
    mem_free(reading->references);
}

static void complain(const struct schema_reading *reading, const struct schema_reference *reference,
                     const char *hint, const char *why)
{
    findings_add(reading->parse->findings, rule_code(RULE_SCHEMA_REF), reference->pointer, hint,
                 "\"$ref\": \"%.80s\" %s", json_string_value(reference->rule->json), why);
}

static void resolve(struct schema_reading *reading, const struct schema_reference *reference)
{
    static const char hint[] = "\"#/$defs/NAME\" leads to the member NAME of the \"$defs\" of the schema";
    const char *text = json_string_value(reference->rule->json);
    char *pointer = NULL;
    if (text[0] != '#' || (text[1] && text[1] != '/')) {
        complain(reading, reference, hint, "does not lead to a place in this schema");
        return;
    }
    if (!decode(text + 1, &pointer)) {
        complain(reading, reference, "%25 is a \"%\", ~0 a \"~\", ~1 a \"/\"", "has a broken escape");
        return;
    }
    json_t *json = follow(reading->schema->root, pointer);
    if (json) {
        reference->rule->nodes = mem_array(1, sizeof *reference->rule->nodes);
        reference->rule->nodes[0] = target_node(reading, json, pointer);
        reference->rule->nodes_count = 1;
    } else {
        complain(reading, reference, hint, "leads to nothing");
    }
    mem_free(pointer);
}

static json_t *follow(json_t *json, const char *pointer)
{
    while (json && *pointer) {
        assert(*pointer == '/');
        size_t length = strcspn(pointer + 1, "/");
        char *token = mem_copy(pointer + 1, length);
        json = descend(json, token);
        mem_free(token);
        pointer += 1 + length;
    }
    return json;
}

/* The member or element that a token of a JSON Pointer names; spoils the token. */
static json_t *descend(json_t *json, char *token)
{
    if (json_is_array(json)) {
        char *end;
        unsigned long index = strtoul(token, &end, 10);
        return isdigit((unsigned char)*token) && !*end ? json_array_get(json, index) : NULL;
    }
    char *to = token;
    for (const char *from = token; *from; from++)
        *to++ = *from != '~' ? *from : *++from == '0' ? '~' : '/';
    *to = '\0';
    return json_object_get(json, token);
}

static int digit(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : isxdigit((unsigned char)c) ? (c | 32) - 'a' + 10 : -1;
}

/* Percent-decodes a fragment; false when it, or the pointer that comes of it, is none. */
static bool decode(const char *reference, char **pointer)
{
    char *text = mem_string(reference), *to = text;
    bool good = true;
    for (const char *from = reference; *from && good; from++) {
        int high = *from == '%' ? digit(from[1]) : 0;
        int low = *from == '%' && high >= 0 ? digit(from[2]) : 0;
        good = high >= 0 && low >= 0 && (*from != '%' || high + low > 0);
        *to++ = *from == '%' ? (char)(high * 16 + low) : *from;
        from += *from == '%' && good ? 2 : 0;
    }
    *to = '\0';
    for (const char *at = text; *at && good; at++)
        good = *at != '~' || at[1] == '0' || at[1] == '1';
    if (good)
        *pointer = text;
    else
        mem_free(text);
    return good;
}

/* What is no schema by its place becomes one by being led to. */
static struct schema_node *target_node(struct schema_reading *reading, json_t *json, const char *pointer)
{
    char address[32];
    snprintf(address, sizeof address, "%p", (void *)json);
    const json_t *number = json_object_get(reading->index, address);
    if (number)
        return reading->schema->nodes[json_integer_value(number)];
    size_t mark = reading->parse->path.length;
    buf_puts(&reading->parse->path, pointer);
    struct schema_node *node = schema_read(reading, json);
    parse_leave(reading->parse, mark);
    return node;
}

/* Goes as far as a check goes without going down in the value; `by` is the rule that led here. False when it has
 * complained. */
static bool search(struct schema_reading *reading, struct schema_node *node, const struct schema_rule *by,
                   unsigned depth)
{
    if (node->mark == MARK_DONE)
        return true;
    if (node->mark == MARK_OPEN || depth == LIMIT_SCHEMA_DEPTH) {
        for (size_t i = 0; i < reading->references_count; i++)
            if (reading->references[i].rule == by)
                complain(reading, &reading->references[i], "a recursive schema goes down on its way back",
                         node->mark == MARK_OPEN ? "leads back to itself, through no member and no item"
                                                 : "is the end of too long a way of references");
        return false;
    }
    node->mark = MARK_OPEN;
    for (size_t i = 0; i < node->rules_count; i++) {
        const struct schema_rule *rule = &node->rules[i];
        bool leads = rule->keyword->form == FORM_REFERENCE;
        for (size_t k = 0; rule->keyword->in_place && k < rule->nodes_count; k++)
            if (!search(reading, rule->nodes[k], leads ? rule : by, depth + 1))
                return false;
    }
    node->mark = MARK_DONE;
    return true;
}
