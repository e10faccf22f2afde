/* What rides in the first fact: everything that was submitted, so that a history stands on its own. */
#include "base/limits.h"
#include "base/mem.h"
#include "definition/value.h"
#include "engine/payload.h"

#include <assert.h>
#include <string.h>

static char *tags_from(const json_t *list);
static void print_parent(const struct begun_parent *parent, struct buf *buf);
static struct begun_parent parent_from(const json_t *parent);

void payload_begun_print(const struct begun *begun, struct buf *buf)
{
    buf_puts(buf, "{\"saga\":");
    buf_put_json(buf, begun->saga, strlen(begun->saga));
    buf_puts(buf, ",\"version\":");
    buf_put_number(buf, begun->version);
    if (begun->id) {
        buf_puts(buf, ",\"id\":");
        buf_put_json(buf, begun->id, strlen(begun->id));
    }
    if (begun->key) {
        buf_puts(buf, ",\"key\":");
        buf_put_json(buf, begun->key, strlen(begun->key));
    }
    if (begun->lock) {
        buf_puts(buf, ",\"lock\":");
        buf_put_json(buf, begun->lock, strlen(begun->lock));
    }
    if (begun->tags) {
        buf_puts(buf, ",\"tags\":[");
        for (const char *tag = begun->tags + 1; *tag;) {
            size_t length = strcspn(tag, "\n");
            if (tag != begun->tags + 1)
                buf_putc(buf, ',');
            buf_put_json(buf, tag, length);
            tag += length + (tag[length] == '\n');
        }
        buf_putc(buf, ']');
    }
    if (begun->parent.txn)
        print_parent(&begun->parent, buf);
    if (begun->input) {
        buf_puts(buf, ",\"input\":");
        buf_put(buf, begun->input, begun->input_length);
    }
    buf_putc(buf, '}');
}

/* The texts point into one owner: the parsed document, to which the printed input and tags are added. */
int payload_begun_parse(const char *bytes, size_t length, struct begun *begun, struct error *error)
{
    json_t *root = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, NULL);
    const char *saga = json_string_value(json_object_get(root, "saga"));
    json_int_t version = json_integer_value(json_object_get(root, "version"));
    if (!saga || version < 1 || version > UINT32_MAX) {
        json_decref(root);
        return error_set(error, ERROR_CORRUPT, "the first fact does not say which saga it began");
    }
    *begun = (struct begun){.saga = saga,
                            .version = (uint32_t)version,
                            .id = json_string_value(json_object_get(root, "id")),
                            .key = json_string_value(json_object_get(root, "key")),
                            .lock = json_string_value(json_object_get(root, "lock")),
                            .parent = parent_from(json_object_get(root, "parent")),
                            .owner = root};
    const json_t *tags = json_object_get(root, "tags");
    if (tags) {
        char *text = tags_from(tags);
        json_object_set_new(root, "tags", json_string(text));
        mem_free(text);
        begun->tags = json_string_value(json_object_get(root, "tags"));
    }
    json_t *input = json_object_get(root, "input");
    if (input) { /* as the API printed it: a step may send it on, and its bytes never change (invariant 6) */
        char *text = value_json_text(input, 2 * LIMIT_BODY_BYTES, &begun->input_length);
        json_object_set_new(root, "input", json_string(text));
        mem_free(text);
        begun->input = json_string_value(json_object_get(root, "input"));
    }
    return 0;
}

void payload_begun_done(struct begun *begun)
{
    json_decref(begun->owner);
    *begun = (struct begun){0};
}

static char *tags_from(const json_t *list)
{
    struct buf buf;
    buf_init(&buf, SIZE_MAX / 2);
    buf_putc(&buf, '\n');
    size_t i;
    json_t *tag;
    json_array_foreach((json_t *)list, i, tag)
    {
        assert(json_is_string(tag));
        buf_printf(&buf, "%s\n", json_string_value(tag));
    }
    return buf_take(&buf, NULL);
}

static void print_parent(const struct begun_parent *parent, struct buf *buf)
{
    buf_printf(buf, ",\"parent\":{\"txn\":%llu,\"root\":%llu,\"depth\":%u,\"branch\":%u,\"id\":",
               (unsigned long long)parent->txn, (unsigned long long)parent->root, parent->depth, parent->branch);
    buf_put_json(buf, parent->id, strlen(parent->id));
    buf_puts(buf, ",\"step\":");
    buf_put_json(buf, parent->step, strlen(parent->step));
    buf_putc(buf, '}');
}

static struct begun_parent parent_from(const json_t *parent)
{
    return (struct begun_parent){
        .txn = (uint64_t)json_integer_value(json_object_get(parent, "txn")),
        .root = (uint64_t)json_integer_value(json_object_get(parent, "root")),
        .depth = (unsigned)json_integer_value(json_object_get(parent, "depth")),
        .branch = (uint16_t)json_integer_value(json_object_get(parent, "branch")),
        .id = json_string_value(json_object_get(parent, "id")),
        .step = json_string_value(json_object_get(parent, "step")),
    };
}
