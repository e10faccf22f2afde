/* What a saga may announce: the words of "events". */
#ifndef BELAY_DEFINITION_NOTICES_H
#define BELAY_DEFINITION_NOTICES_H

/* name, word in the file and in the type of the CloudEvent */
#define NOTICES(X)                                                                                            \
    X(NOTICE_STARTED, "started")                                                                              \
    X(NOTICE_PAUSED, "paused")                                                                                \
    X(NOTICE_RESUMED, "resumed")                                                                              \
    X(NOTICE_COMPENSATING, "compensating")                                                                    \
    X(NOTICE_COMPLETED, "completed")                                                                          \
    X(NOTICE_COMPENSATED, "compensated")                                                                      \
    X(NOTICE_TERMINATED, "terminated")

enum notice {
#define X(name, word) name,
    NOTICES(X)
#undef X
    NOTICES_COUNT
};

#endif
