/* Times against each other. */
#include "definition/check.h"
#include "definition/duration.h"
#include "definition/patience.h"

enum { DURATION_TEXT = 32 };

static void check_timeout(struct parse *parse, const char *owner, uint64_t timeout_ms);
static void check_lock(struct parse *parse);
static void check_wait(struct parse *parse, const struct node *node);
static bool check_retries(struct parse *parse, const struct node *node, const char *pointer);

void check_time(struct parse *parse, const struct order *order)
{
    const struct draft *draft = parse->draft;
    if (draft->timeout_ms == 0) {
        if (!json_object_get(draft->root, "timeout"))
            parse_complain(parse, RULE_NO_TIMEOUT, "add \"timeout\": \"1h\", or what is right",
                           "the saga has no timeout: it may wait for ever");
        return;
    }
    check_timeout(parse, "/defaults", draft->default_timeout_ms);
    check_lock(parse);
    bool said = !draft->retry.given;
    for (int i = 0; i < (int)draft->nodes_count; i++) {
        const struct node *node = &draft->nodes[i];
        check_wait(parse, node);
        if (node->kind != NODE_CALL)
            continue;
        check_timeout(parse, node->pointer, node->timeout_ms);
        if (pivots_after(order, i))
            continue; /* for ever, and after the timeout as well */
        if (node->retry.given)
            check_retries(parse, node, node->pointer);
        else if (!said)
            said = check_retries(parse, node, "/defaults");
    }
}

static void check_timeout(struct parse *parse, const char *owner, uint64_t timeout_ms)
{
    if (timeout_ms <= parse->draft->timeout_ms)
        return;
    char own[DURATION_TEXT];
    char whole[DURATION_TEXT];
    duration_print(timeout_ms, own, sizeof own);
    duration_print(parse->draft->timeout_ms, whole, sizeof whole);
    size_t mark = parse->path.length;
    buf_puts(&parse->path, owner);
    parse_complain_at(parse, "timeout", RULE_LONG_TIMEOUT, NULL,
                      "the timeout of one attempt, %s, is longer than the saga's, %s", own, whole);
    parse_leave(parse, mark);
}

static void check_lock(struct parse *parse)
{
    const struct draft *draft = parse->draft;
    if (draft->lock_wait_ms <= draft->timeout_ms)
        return;
    char own[DURATION_TEXT];
    char whole[DURATION_TEXT];
    duration_print(draft->lock_wait_ms, own, sizeof own);
    duration_print(draft->timeout_ms, whole, sizeof whole);
    size_t mark = parse_enter(parse, "lock");
    parse_complain_at(parse, "timeout", RULE_LONG_WAIT, NULL,
                      "the wait for the lock, %s, is longer than the saga's timeout, %s", own, whole);
    parse_leave(parse, mark);
}

/* What is awaited for longer than the saga has can never be the reason for its end. */
static void check_wait(struct parse *parse, const struct node *node)
{
    const char *key = node->kind == NODE_DELAY      ? "/delay"
                      : node->kind == NODE_SIGNAL   ? "/waitFor/timeout"
                      : node->kind == NODE_APPROVAL ? "/approval/timeout"
                                                    : "/async/timeout";
    uint64_t wait_ms = node_is_wait(node) ? node->wait_ms : node->async_ms;
    if (wait_ms <= parse->draft->timeout_ms)
        return;
    char own[DURATION_TEXT];
    char whole[DURATION_TEXT];
    duration_print(wait_ms, own, sizeof own);
    duration_print(parse->draft->timeout_ms, whole, sizeof whole);
    check_complain(parse, node, key, RULE_LONG_WAIT, NULL,
                   "the wait of \"%s\", %s, is longer than the saga's timeout, %s", node_name(node), own, whole);
}

/* "forever" means what it says: until the timeout of the saga. Only a number that can never be reached is
 * worth a warning. */
static bool check_retries(struct parse *parse, const struct node *node, const char *pointer)
{
    const struct draft *draft = parse->draft;
    struct retry retry = patience_do(draft, node, false);
    uint64_t longest = policy_longest_ms(&retry, patience_do_ms(draft, node));
    if (longest == UINT64_MAX || longest <= draft->timeout_ms)
        return false;
    char own[DURATION_TEXT];
    char whole[DURATION_TEXT];
    duration_print(longest, own, sizeof own);
    duration_print(draft->timeout_ms, whole, sizeof whole);
    size_t mark = parse->path.length;
    buf_puts(&parse->path, pointer);
    parse_complain_at(parse, "retry", RULE_LONG_RETRIES, NULL,
                      "the tries of \"%s\" can take %s, longer than the saga's timeout, %s", node_name(node), own,
                      whole);
    parse_leave(parse, mark);
    return true;
}
