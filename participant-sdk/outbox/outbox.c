/* The table as its users meet it: complete or refused; pruned; closed. */
#include "inside.h"

int belay_outbox_validate(const struct belay_outbox *outbox, struct belay_error *error)
{
    if (!outbox || outbox->size < sizeof *outbox)
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "outbox: there is none, or its size is not set");
    if (!outbox->in_transaction || !outbox->add || !outbox->find || !outbox->next || !outbox->settle ||
        !outbox->count || !outbox->prune || !outbox->close)
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "outbox: it lacks one of its functions");
    return BELAY_OK;
}

int belay_outbox_prune(struct belay_outbox *outbox, int64_t age_s, int64_t *rows, struct belay_error *error)
{
    int64_t pruned = 0;
    int code = belay_outbox_validate(outbox, error);
    if (code)
        return code;
    if (age_s < 0)
        return belay_error_set(error, BELAY_ERROR_ARGUMENT, "prune: the age is negative");
    code = outbox->prune(outbox->self, age_s, &pruned, error);
    if (!code && rows)
        *rows = pruned;
    return code;
}

void belay_outbox_close(struct belay_outbox *outbox)
{
    if (outbox)
        outbox->close(outbox->self);
}
