/* Timeouts and retries as they come out in the end. */
#include "definition/patience.h"

#include "definition/defaults.h"

uint64_t patience_do_ms(const struct draft *draft, const struct node *node)
{
    if (node->timeout_ms)
        return node->timeout_ms;
    if (draft->default_timeout_ms)
        return draft->default_timeout_ms;
    bool shorter = draft->timeout_ms && draft->timeout_ms < DEFAULT_TIMEOUT_MS;
    return shorter ? draft->timeout_ms : DEFAULT_TIMEOUT_MS;
}

/* The saga's timeout does not bind what comes after it. */
static uint64_t second_ms(const struct draft *draft, const struct node *node, uint64_t own_ms)
{
    if (own_ms)
        return own_ms;
    if (node->timeout_ms)
        return node->timeout_ms;
    return draft->default_timeout_ms ? draft->default_timeout_ms : DEFAULT_TIMEOUT_MS;
}

uint64_t patience_undo_ms(const struct draft *draft, const struct node *node)
{
    return second_ms(draft, node, node->undo_timeout_ms);
}

uint64_t patience_confirm_ms(const struct draft *draft, const struct node *node)
{
    return second_ms(draft, node, node->confirm_timeout_ms);
}

struct retry patience_do(const struct draft *draft, const struct node *node, bool after_pivot)
{
    struct retry retry = after_pivot ? DEFAULT_INSISTENT_RETRY : DEFAULT_RETRY;
    policy_apply(&draft->retry, after_pivot, &retry);
    policy_apply(&node->retry, false, &retry);
    return retry;
}

struct retry patience_undo(const struct draft *draft, const struct node *node)
{
    struct retry retry = DEFAULT_INSISTENT_RETRY;
    policy_apply(&draft->undo_retry, false, &retry);
    policy_apply(&node->undo_retry, false, &retry);
    return retry;
}

struct retry patience_confirm(const struct node *node)
{
    struct retry retry = DEFAULT_INSISTENT_RETRY;
    policy_apply(&node->confirm_retry, false, &retry);
    return retry;
}
