/* The life of an example service that embeds the SDK: options, database, participant, server. What makes it the
 * service that it is, is the struct. */
#ifndef BELAY_COMMON_SERVICE_H
#define BELAY_COMMON_SERVICE_H

#include "belay/sqlite.h"
#include "common/reporter.h"
#include "common/view.h"

struct service {
    const char *name;
    unsigned port;       /* by default, on 127.0.0.1 */
    const char *schema;  /* of a new database */
    const char *samples; /* what a new database begins with */
    const struct belay_operation *operations;
    size_t operations_count;
    const struct view *views;
    size_t views_count;
    const struct reports *reports; /* of work that ends after its call was answered; NULL: there is none */
};

#define OPERATION(operation, action, compensation)                                                                \
    {                                                                                                             \
        .size = sizeof(struct belay_operation), .name = operation, .on_action = action,                           \
        .on_compensation = compensation                                                                           \
    }

/* Held until the decision: tried, then confirmed or cancelled. */
#define HELD(operation, try, confirm, cancel)                                                                     \
    {                                                                                                             \
        .size = sizeof(struct belay_operation), .name = operation, .on_try = try, .on_confirm = confirm,          \
        .on_cancel = cancel                                                                                       \
    }

/* Two-phase commit: the answer to prepare is a vote. */
#define VOTED(operation, prepare, commit, rollback)                                                               \
    {                                                                                                             \
        .size = sizeof(struct belay_operation), .name = operation, .on_prepare = prepare, .on_commit = commit,    \
        .on_rollback = rollback                                                                                   \
    }

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* main() of the service: returns its exit code. */
int service_main(const struct service *service, int argc, char **argv);

#endif
