/* The coordinator asks what became of a message. */
#include "inside.h"

#include <string.h>

int belay_outbox_check(struct belay_call *call)
{
    static const char commit[] = "{\"outcome\":\"commit\"}", abort[] = "{\"outcome\":\"abort\"}";
    struct belay_outbox *outbox = belay_call_context(call);
    struct belay_outbox_row row = {.id = belay_call_transaction(call), .state = BELAY_OUTBOX_FENCE};
    struct belay_error error;
    int added = 0, found = 0;
    if (belay_outbox_validate(outbox, &error))
        return belay_fail(call, "%s; it is the operation's context", error.text);
    if (!outbox->in_transaction(outbox->self))
        return belay_fail(call, "the outbox is not on the connection of the participant's barrier");
    /* First the fence, which takes no hold where there is a row: then no writer comes between. */
    if (outbox->add(outbox->self, &row, &added, &error) ||
        outbox->find(outbox->self, belay_call_transaction(call), &row, &found, &error))
        return belay_fail(call, "%s", error.text);
    if (!found)
        return belay_fail(call, "the message's row was there, and is not");
    return row.state == BELAY_OUTBOX_FENCE ? belay_answer(call, abort, strlen(abort))
                                           : belay_answer(call, commit, strlen(commit));
}
