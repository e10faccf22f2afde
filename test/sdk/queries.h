/* Between the back end and libpq: the n-th query of a thread fails, in the ways that queries fail. The functions
 * of libpq that it stands in for are defined here and call the real ones. */
#ifndef BELAY_SDK_QUERIES_H
#define BELAY_SDK_QUERIES_H

enum query_fault {
    QUERY_NO_MEMORY, /* libpq has no memory: no result, nothing was sent */
    QUERY_UNSENT,    /* the connection broke before it was sent */
    QUERY_UNHEARD,   /* it was done, and the connection broke before the answer came */
    QUERY_REFUSED,   /* the server answers with an error */
    QUERY_FAULTS
};

/* The `n`-th query from now fails, 1 being the next; 0: none. */
void queries_fail(int n, enum query_fault fault);

/* True when a failure that was asked for has happened. */
int queries_failed(void);

/* The process is killed before (or after) the `n`-th query from now. */
void queries_die(int n, int after);

#endif
