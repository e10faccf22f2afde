/* Every limit of the coordinator, each with its reason (invariant 10). What users may want to change is
 * an option of belayd whose default stands here. */
#ifndef BELAY_BASE_LIMITS_H
#define BELAY_BASE_LIMITS_H

enum {
    /* Definitions: what a person can still read, and what one step of the core can scan in microseconds. */
    LIMIT_DEFINITION_BYTES = 1 << 20,
    LIMIT_STEPS = 1000,
    LIMIT_ITEMS = 10000,     /* of one step with forEach */
    LIMIT_ITEMS_ALL = 60000, /* of one transaction: branches are counted with 16 bits, steps included */
    LIMIT_CONCURRENCY = 1000, /* items of one step that are at work at once: what one event may have to look at */
    LIMIT_ITEM_BYTES = 128,  /* of an item's key as it travels in headers and keys */
    LIMIT_BRANCH_NAME = 196, /* "STEP[KEY]" with its NUL */
    LIMIT_JSON_DEPTH = 64, /* jansson accepts 2048, and recursion costs stack; leaves 30 groups within groups */
    LIMIT_FINDINGS = 1000, /* a person mends the first hundred and asks again */
    LIMIT_NAME_BYTES = 64, /* names of sagas, steps, participants; they travel in headers and keys */

    /* Expressions: one evaluation must never hold up the engine's only thread, nor its memory. */
    LIMIT_EXPR_BYTES = 4096,  /* what does not fit on a page belongs into a service; bounds the syntax tree too */
    LIMIT_EXPR_DEPTH = 128,   /* of the syntax tree: recursion costs stack; CEL asks for 32 */
    LIMIT_EXPR_NESTING = 2,   /* macros within macros: a third level is n*n*n steps */
    LIMIT_EXPR_ARGUMENTS = 32, /* of one call; as many as CEL asks for */
    LIMIT_EXPR_STEPS = 200000, /* about 3 ms of the engine's thread; `input.orderId` takes two */
    LIMIT_EXPR_MEMORY_BYTES = 4 << 20, /* working memory of one evaluation: several of the largest inputs */
    LIMIT_EXPR_RESULT_BYTES = 1 << 20, /* as JSON: a result becomes a body, see LIMIT_BODY_BYTES */

    /* input.schema: it is read once, and every input is held to it on the engine's only thread. */
    LIMIT_SCHEMA_NODES = 10000,         /* schemas within schemas: about 100 bytes each */
    LIMIT_SCHEMA_DEPTH = 400,           /* schemas that are checked within each other: recursion costs stack */
    LIMIT_SCHEMA_STEPS = 2000000,       /* of one check: at most 50 ms; 10,000 items of five fields take 8 ms */
    LIMIT_SCHEMA_VIOLATIONS = 100,      /* a person mends these and starts again */
    LIMIT_SCHEMA_PATTERNS_SIZE = 50000, /* instructions of all patterns: 12 bytes each */
    LIMIT_PATTERN_BYTES = 1000,         /* of one "pattern": nobody reads a longer one */
    LIMIT_PATTERN_DEPTH = 50,           /* groups within groups: recursion costs stack */
    LIMIT_PATTERN_REPEATS = 1000,       /* {1000}: repetitions are written out */
    LIMIT_PATTERN_SIZE = 5000,          /* instructions of one pattern: each may be a step for each character */

    /* Bodies: an input and each output lie in memory while their transaction is open. */
    LIMIT_BODY_BYTES = 1 << 20,
    LIMIT_DETAIL_BYTES = 1024, /* of a participant's refusal we keep what fits on a screen */

    /* HTTP in: the head of a request, the time a client may take for one, connections held at once. */
    LIMIT_HEAD_BYTES = 16 * 1024, /* as Node.js has it; the memory for it is cleared after each request */
    LIMIT_TARGET_BYTES = 8 * 1024,
    LIMIT_HEAD_MS = 10 * 1000,
    LIMIT_REQUEST_MS = 60 * 1000,
    LIMIT_CONNECTIONS = 4096,
    LIMIT_RESPONSE_BYTES = 16 << 20, /* of our answers: one page of a history, or a transaction with its outputs */
    LIMIT_OUTPUTS_BYTES = 8 << 20,   /* of outputs in one answer; what is over it has to be asked for by itself */
    LIMIT_ITEMS_SHOWN = 100,         /* of one step, with the transaction: two screens; there is a list of all */
    LIMIT_WAIT_S = 60, /* `Prefer: wait` longer than this is answered 202 */

    /* Identity: the client's own id of a transaction. */
    LIMIT_ID_BYTES = 128,
    LIMIT_ID_TEXT = 129, /* the same with its NUL */
    LIMIT_REASON_BYTES = 1024,
    LIMIT_LOCK_BYTES = 256, /* of a lock's key; it is kept for everybody who holds or wants one */
    LIMIT_NESTING = 8, /* children within children: who looks for an order's trouble has to follow them */
    LIMIT_FAMILY = 10000, /* transactions that one start may become: an operator's verb reaches all at once */
    LIMIT_TAGS = 16,
    LIMIT_TAG_BYTES = 64,

    /* The engine: events that wait for their turn; events of one batch, so that a commit stays short. */
    LIMIT_INBOX = 65536,
    LIMIT_INBOX_MS = 5000, /* when who is next has waited so long, the disk hangs: clients give up after ten */
    LIMIT_BATCH = 512,
    LIMIT_OPEN = 100000,   /* transactions in memory, about 2 KiB each with small payloads; the rest is on disk */
    LIMIT_REST_MS = 5000,  /* how long one that only waits stays in memory: what comes soon finds it there */
    LIMIT_AHEAD_MS = 1000, /* what wakes so soon is loaded together: one look a second */
    LIMIT_HISTORY_FACTS = 100000, /* a retry a minute for a month; then the transaction pauses for a person */
    LIMIT_PARTICIPANTS = 1000,
    LIMIT_URL_BYTES = 2048,        /* of a participant; what proxies on the way take without asking */
    LIMIT_HEADERS = 32,            /* of a participant: they are sent with every call */
    LIMIT_HEADER_BYTES = 4096,     /* of one header's value: the longest tokens fit */
    LIMIT_SECRETS = 4,             /* of a participant: two are needed to rotate; each costs an HMAC per call */
    LIMIT_SECRET_LEAST = 16,       /* bytes of a secret: 128 bits cannot be guessed */
    LIMIT_SECRET_BYTES = 64,       /* the block of SHA-256: longer ones would be hashed to less */
    LIMIT_CALLS = 1024,            /* in flight in total: file descriptors */
    LIMIT_CALLS_PER_SECOND = 100000, /* the largest pace that can be asked for: more than a thread can send */
    LIMIT_CALLS_PARTICIPANT = 256, /* in flight to one participant, so that a hung one leaves room for others */

    /* Schedules: the engine's thread looks after them. */
    LIMIT_SCHEDULE_LEAST_MS = 1000, /* between two runs of one saga */
    LIMIT_SCHEDULE_MISSED = 100,    /* runs made up for at once after an absence: a day of quarter hours */

    /* The outbox: messages of one participant in memory (the rest waits in the store), and on their way. */
    LIMIT_OUTBOX_WINDOW = 64,
    LIMIT_OUTBOX_CALLS = 8, /* less than a step's calls get: announcements can wait */
    LIMIT_OUTBOX_MS = 10 * 1000, /* one attempt: the receiver only has to put it down */

    /* Retention: what one commit removes, so that nobody waits long for it, and how often it is looked for. */
    LIMIT_SWEEP = 64,
    LIMIT_SWEEP_TOOK_MS = 20, /* a commit that took longer with it makes the next one take less along */
    LIMIT_SWEEP_LEAST = 8,    /* but not less: where every commit takes long, it is not the removals */
    LIMIT_SWEEP_MS = 10 * 1000,

    /* Listing: one page. */
    LIMIT_PAGE = 1000,
};

#endif
