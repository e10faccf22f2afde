/* Probes: alive as long as this can be answered; ready as long as new work is welcome. */
#include "api/answer.h"
#include "api/routes.h"
#include "api/write.h"
#include "base/version.h"

void health_live(struct api *api, struct exchange *exchange, const struct target *target)
{
    (void)api;
    (void)target;
    struct buf *buf = &exchange->response;
    write_open(buf, '{');
    write_text(buf, "status", "live");
    write_text(buf, "version", BELAY_VERSION);
    buf_putc(buf, '}');
    answer_json(exchange, 200);
}

void health_ready(struct api *api, struct exchange *exchange, const struct target *target)
{
    (void)target;
    if (atomic_load(&api->draining)) {
        struct error error;
        error_set(&error, ERROR_BUSY, "draining: this coordinator is about to end");
        answer_error(exchange, &error);
        return;
    }
    struct engine_counts counts;
    api->engine.counts(api->engine.self, &counts);
    struct buf *buf = &exchange->response;
    write_open(buf, '{');
    write_text(buf, "status", "ready");
    write_number(buf, "open", counts.open);
    write_number(buf, "loaded", counts.loaded);
    write_number(buf, "started", counts.started);
    write_number(buf, "ended", counts.ended);
    write_number(buf, "commits", counts.commits);
    write_number(buf, "facts", counts.facts);
    write_number(buf, "calls", counts.calls);
    write_number(buf, "inbox", counts.inbox);
    buf_putc(buf, '}');
    answer_json(exchange, 200);
}
