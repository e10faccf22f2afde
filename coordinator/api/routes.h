/* The route table: every call there is, the query parameters it takes and the function that serves it. A path
 * that matches no row is 404, one that matches rows of other methods only is 405. HEAD is served as GET. */
#ifndef BELAY_API_ROUTES_H
#define BELAY_API_ROUTES_H

#include "api/api.h"
#include "api/host.h"
#include "api/path.h"
#include "api/query.h"

#include <stdatomic.h>

/* method, pattern, query parameters, handler */
#define ROUTES(X)                                                                                             \
    X("GET", "/health/live", "", health_live)                                                                 \
    X("GET", "/health/ready", "", health_ready)                                                               \
    X("POST", "/v1/definitions", "dryRun", definitions_post)                                                  \
    X("GET", "/v1/definitions", "", definitions_list)                                                         \
    X("GET", "/v1/definitions/{name}", "", definition_get)                                                   \
    X("GET", "/v1/definitions/{name}/{version}", "", definition_get)                                         \
    X("POST", "/v1/transactions", "", transactions_start)                                                     \
    X("GET", "/v1/transactions", "status saga tag step participant since until cursor limit",                 \
      transactions_list)                                                                                      \
    X("GET", "/v1/transactions/{id}", "wait", transaction_get)                                                \
    X("GET", "/v1/transactions/{id}/history", "from limit", history_get)                                      \
    X("GET", "/v1/transactions/{id}/steps/{step}/items", "from limit state", items_get)                       \
    X("GET", "/v1/transactions/{id}/outcome", "", outcome_get)                                                \
    X("POST", "/v1/transactions/{id}/cancel", "", operate_post)                                               \
    X("POST", "/v1/transactions/{id}/pause", "", operate_post)                                                \
    X("POST", "/v1/transactions/{id}/resume", "", operate_post)                                               \
    X("POST", "/v1/transactions/{id}/retry", "", operate_post)                                                \
    X("POST", "/v1/transactions/{id}/skip", "", operate_post)                                                 \
    X("POST", "/v1/transactions/{id}/resolve", "", operate_post)                                              \
    X("POST", "/v1/transactions/{id}/terminate", "", operate_post)                                            \
    X("POST", "/v1/transactions/{id}/steps/{step}/complete", "token", tell_complete)                          \
    X("POST", "/v1/transactions/{id}/steps/{step}/complete/heartbeat", "token", tell_heartbeat)               \
    X("POST", "/v1/transactions/{id}/steps/{step}/fail", "token", tell_fail)                                  \
    X("POST", "/v1/transactions/{id}/steps/{step}/heartbeat", "token", tell_heartbeat)                        \
    X("POST", "/v1/transactions/{id}/steps/{step}/items/{item}/complete", "token", tell_complete)             \
    X("POST", "/v1/transactions/{id}/steps/{step}/items/{item}/complete/heartbeat", "token", tell_heartbeat)  \
    X("POST", "/v1/transactions/{id}/steps/{step}/items/{item}/fail", "token", tell_fail)                     \
    X("POST", "/v1/transactions/{id}/steps/{step}/items/{item}/heartbeat", "token", tell_heartbeat)           \
    X("POST", "/v1/transactions/{id}/steps/{step}/approve", "", tell_approve)                                 \
    X("POST", "/v1/transactions/{id}/steps/{step}/reject", "", tell_reject)                                   \
    X("POST", "/v1/transactions/{id}/signals/{name}", "", tell_signal)                                        \
    X("GET", "/v1/participants", "", participants_list)                                                       \
    X("GET", "/v1/participants/{name}", "", participants_get)                                                 \
    X("PUT", "/v1/participants/{name}", "", participants_put)                                                 \
    X("DELETE", "/v1/participants/{name}", "", participants_delete)

struct api {
    struct api_engine engine;
    struct store *store;
    struct host_rule hosts;
    atomic_bool draining;
};

/* What a request is aimed at, decoded and checked. Lives during the handler's call only. */
struct target {
    struct path path;
    struct query query;
};

/* Handlers answer the exchange: now, or through the engine's reply. */
typedef void handler(struct api *api, struct exchange *exchange, const struct target *target);

#define X(method, pattern, parameters, name) handler name;
ROUTES(X)
#undef X

#endif
