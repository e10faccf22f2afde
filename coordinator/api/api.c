/* The entry of the service: from a raw request to the handler of its route. */
#include "api/api.h"

#include "api/answer.h"
#include "api/routes.h"
#include "base/mem.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

struct route {
    const char *method;
    const char *pattern;
    const char *parameters;
    handler *serve;
};

static const struct route routes[] = {
#define X(method, pattern, parameters, name) {method, pattern, parameters, name},
    ROUTES(X)
#undef X
};

enum { ROUTES_COUNT = sizeof routes / sizeof *routes };

static void api_serve(void *self, struct exchange *exchange);
static void api_refuse_host(struct exchange *exchange);
static const struct route *api_route(struct exchange *exchange, const struct path *path, struct error *error);
static void api_allow(struct exchange *exchange, const char *method);

struct api *api_new(struct api_engine engine, struct store *store)
{
    assert(engine.submit && engine.counts && store);
    struct api *api = mem_new(sizeof *api);
    api->engine = engine;
    api->store = store;
    atomic_init(&api->draining, false);
    return api;
}

void api_free(struct api *api)
{
    mem_free(api);
}

struct service api_service(struct api *api)
{
    return (struct service){.self = api, .serve = api_serve};
}

void api_guard(struct api *api, const char *public_url)
{
    host_guard(&api->hosts, public_url);
}

void api_drain(struct api *api)
{
    atomic_store(&api->draining, true);
}

static void api_serve(void *self, struct exchange *exchange)
{
    struct api *api = self;
    struct target target;
    struct error error;
    exchange->response.max = LIMIT_RESPONSE_BYTES;
    if (!host_allowed(&api->hosts, exchange->header(exchange, "Host"))) {
        api_refuse_host(exchange);
        return;
    }
    if (path_parse(exchange->path, &target.path, &error)) {
        answer_error(exchange, &error);
        return;
    }
    const struct route *route = api_route(exchange, &target.path, &error);
    if (!route || query_parse(exchange->query, route->parameters, &target.query, &error)) {
        answer_error(exchange, &error);
        return;
    }
    route->serve(api, exchange, &target);
}

static void api_refuse_host(struct exchange *exchange)
{
    struct error error;
    error_set(&error, ERROR_MISDIRECTED, "the request is for the host \"%.255s\", which is not this one",
              exchange->header(exchange, "Host"));
    answer_problem(exchange, &error,
                   "use localhost, 127.0.0.1, [::1], or the host that belayd's --public-url names", NULL);
}

/* The route of the request, or NULL and the error: no such path, or a path without this method. */
static const struct route *api_route(struct exchange *exchange, const struct path *path, struct error *error)
{
    const char *method = strcmp(exchange->method, "HEAD") == 0 ? "GET" : exchange->method;
    exchange->allow[0] = '\0';
    for (size_t i = 0; i < ROUTES_COUNT; i++) {
        if (!path_matches(path, routes[i].pattern))
            continue;
        if (strcmp(method, routes[i].method) == 0) {
            exchange->allow[0] = '\0';
            return &routes[i];
        }
        api_allow(exchange, routes[i].method);
    }
    if (exchange->allow[0])
        error_set(error, ERROR_METHOD, "%s is not allowed here; allowed: %s", exchange->method, exchange->allow);
    else
        error_set(error, ERROR_NOT_FOUND, "there is no %s; README.md lists every path", exchange->path);
    return NULL;
}

/* Appends to the Allow header; HEAD comes with GET. */
static void api_allow(struct exchange *exchange, const char *method)
{
    size_t length = strlen(exchange->allow);
    const char *with_head = strcmp(method, "GET") == 0 ? ", HEAD" : "";
    snprintf(exchange->allow + length, sizeof exchange->allow - length, "%s%s%s", length ? ", " : "", method,
             with_head);
    assert(strlen(exchange->allow) < sizeof exchange->allow - 1);
}
