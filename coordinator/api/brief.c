/* Writing of the short form. */
#include "api/brief.h"

#include "api/percent.h"
#include "api/write.h"
#include "base/put.h"

#include <assert.h>
#include <string.h>

static bool brief_has_cause(const struct command *command);

void brief_write(struct exchange *exchange, const struct command *command)
{
    struct buf *buf = &exchange->response;
    assert(command->result_id[0] && buf->length == 0);
    write_open(buf, '{');
    write_text(buf, "id", command->result_id);
    write_text(buf, "saga", command->result_saga);
    write_number(buf, "version", command->result_version);
    write_text(buf, "status", status_word(command->result_status));
    if (brief_has_cause(command)) {
        write_text(buf, "cause", cause_word(command->result_cause));
        write_text(buf, "step", command->result_step);
    }
    write_json(buf, "output", command->result_output, command->result_output_length);
    buf_putc(buf, '}');
}

void brief_locate(struct exchange *exchange, const char *id)
{
    struct buf buf;
    buf_init(&buf, sizeof exchange->location - 1);
    buf_puts(&buf, "/v1/transactions/");
    buf_put_percent(&buf, id, strlen(id));
    assert(!buf.full); /* an id of LIMIT_ID_BYTES fits three times */
    put_text(exchange->location, sizeof exchange->location, buf_text(&buf));
    buf_done(&buf);
}

/* Why it is undone, paused or ended by hand; that all steps were done needs no saying. */
static bool brief_has_cause(const struct command *command)
{
    switch (command->result_status) {
    case STATUS_COMPENSATING:
    case STATUS_COMPENSATED:
    case STATUS_PAUSED:
    case STATUS_TERMINATED:
        return command->result_cause != CAUSE_NONE;
    default:
        return false;
    }
}
