/* Telling of waits. */
#include "cli/waits.h"

#include "cli/output.h"
#include "cli/text.h"

#include <string.h>

enum { DAY_BYTES = 10 }; /* of "2026-01-02T03:04:05.678Z" */

static void put_roles(struct buf *buf, const json_t *roles);

void waits_put(struct buf *buf, const json_t *told, const char *near)
{
    const char *kind = output_member(told, "kind");
    buf_puts(buf, "waits");
    if (strcmp(kind, "approval") == 0) {
        buf_puts(buf, " for a yes or no");
        put_roles(buf, json_object_get(told, "roles"));
    } else if (strcmp(kind, "signal") == 0) {
        buf_puts(buf, " for the signal ");
        text_put(buf, output_member(told, "signal"));
    } else if (strcmp(kind, "saga") == 0) {
        buf_puts(buf, " for the transaction ");
        text_put(buf, output_member(told, "child"));
    } else if (strcmp(kind, "delay") != 0) {
        buf_puts(buf, " for the participant to call back");
    }
    waits_put_until(buf, output_member(told, "waitsUntil"), near);
}

void waits_put_until(struct buf *buf, const char *until, const char *near)
{
    if (!*until)
        return;
    bool same = strlen(until) > DAY_BYTES + 1 && strncmp(until, near, DAY_BYTES) == 0;
    buf_puts(buf, " until ");
    text_put(buf, same ? until + DAY_BYTES + 1 : until);
}

bool waits_put_command(struct buf *buf, const json_t *told, const char *txn, const char *step, bool no)
{
    const char *kind = output_member(told, "kind");
    bool approval = strcmp(kind, "approval") == 0, signal = strcmp(kind, "signal") == 0;
    if (!approval && (!signal || no))
        return false;
    struct buf line;
    buf_init(&line, OUTPUT_BYTES);
    buf_puts(&line, approval ? (no ? "belay reject " : "belay approve ") : "belay signal ");
    text_put_word(&line, txn);
    buf_putc(&line, ' ');
    text_put_word(&line, approval ? step : output_member(told, "signal"));
    if (approval && json_array_size(json_object_get(told, "roles"))) {
        const char *role = json_string_value(json_array_get(json_object_get(told, "roles"), 0));
        buf_puts(&line, " --role ");
        text_put_word(&line, role ? role : "?");
    }
    text_put(buf, buf_text(&line));
    buf_done(&line);
    return true;
}

/* " from fraud, boss or audit" */
static void put_roles(struct buf *buf, const json_t *roles)
{
    size_t index, count = json_array_size(roles);
    json_t *role;
    json_array_foreach(roles, index, role)
    {
        buf_puts(buf, index == 0 ? " from " : index + 1 == count ? " or " : ", ");
        text_put(buf, json_is_string(role) ? json_string_value(role) : "?");
    }
}
