/* What the saga of a rehearsal announces. Most of it is heard as it is sent; the last events are not sent any more
 * before the curtain falls, but they are in the store. */
#include "base/time.h"
#include "cli/rehearse_inner.h"

#include <string.h>

static bool visit(void *context, const struct store_message *message);

void rehearse_event(struct stage *stage, const char *to, const char *bytes, size_t length)
{
    json_t *event = json_loadb(bytes, length, 0, NULL);
    json_t *id = json_object_get(event, "id");
    const char *subject = json_string_value(json_object_get(event, "subject"));
    const char *type = json_string_value(json_object_get(event, "type"));
    const char *time = json_string_value(json_object_get(event, "time"));
    const char *word = type ? strrchr(type, '.') : NULL;
    json_t *events = json_object_get(stage->record, "events");
    uint64_t at_ms;
    bool own = word && subject && strcmp(subject, stage->rehearse->id) == 0 && time && time_parse(time, &at_ms);
    for (size_t i = 0; own && i < json_array_size(events); i++)
        own = !json_equal(json_object_get(json_array_get(events, i), "id"), id);
    if (own)
        json_array_append_new(events, json_pack("{s:O, s:s, s:s, s:I, s:O}", "id", id, "event", word + 1, "to", to,
                                                "at_ms", (json_int_t)(at_ms - stage->rehearse->begin_ms), "data",
                                                json_object_get(event, "data")));
    json_decref(event);
}

int rehearse_events(struct stage *stage, struct error *error)
{
    const char *to = stage->definition ? stage->definition->notices_to : NULL;
    return to ? stage->store->each_message(stage->store->self, to, UINT32_MAX, visit, stage, error) : 0;
}

static bool visit(void *context, const struct store_message *message)
{
    struct stage *stage = context;
    rehearse_event(stage, stage->definition->notices_to, message->bytes, message->length);
    return true;
}
