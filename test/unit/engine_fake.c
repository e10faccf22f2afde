/* The world around an engine under test. */
#include "unit/engine_fake.h"

#include "adapters/sign_libcrypto.h"
#include "adapters/store_memory.h"
#include "base/mem.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

static uint64_t now(void *self)
{
    return ((struct fake *)self)->now_ms;
}

static uint64_t draw(void *self)
{
    return ++((struct fake *)self)->drawn;
}

static void collect(void *self, struct request **requests, size_t count)
{
    struct fake *fake = self;
    for (size_t i = 0; i < count; i++) {
        CU_ASSERT_TRUE_FATAL(fake->calls_count < FAKE_CALLS);
        fake->calls[fake->calls_count++] = requests[i];
    }
}

static int commit(void *self, const struct store_batch *batch, struct error *error)
{
    struct fake *fake = self;
    if (fake->fail_commit)
        return error_set(error, ERROR_STORE, "the disk is full");
    fake->commits++;
    fake->removed = batch->removes_count;
    fake->now_ms += fake->commit_ms;
    return fake->store->commit(fake->store->self, batch, error);
}

/* The port's other functions get the real store's self; only commit gets the fake. */
static struct fake *current;

static int commit_through(void *self, const struct store_batch *batch, struct error *error)
{
    (void)self;
    return commit(current, batch, error);
}

static void silent(void *self, enum trace_level level, const char *text)
{
    (void)self;
    (void)level;
    (void)text;
}

static void open_engine(struct fake *fake)
{
    struct error error;
    current = fake;
    fake->port = *fake->store;
    fake->port.commit = commit_through;
    struct engine_ports ports = {.store = &fake->port,
                                 .caller = {fake, collect},
                                 .clock = {fake, now},
                                 .entropy = {fake, draw},
                                 .trace = {NULL, TRACE_DEBUG, silent},
                                 .sign = sign_libcrypto()};
    fake->engine = engine_new(&ports, &fake->options, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(fake->engine);
}

void fake_open(struct fake *fake)
{
    *fake = (struct fake){.now_ms = 1700000000000u};
    fake->store = store_memory_open(42);
    open_engine(fake);
}

static void drop_engine(struct fake *fake)
{
    engine_free(fake->engine);
    for (size_t i = 0; i < fake->calls_count; i++)
        request_free(fake->calls[i]);
    fake->calls_count = 0;
}

void fake_close(struct fake *fake)
{
    drop_engine(fake);
    fake->store->close(fake->store->self);
}

void fake_restart(struct fake *fake)
{
    drop_engine(fake);
    open_engine(fake);
}

int fake_turn(struct fake *fake)
{
    struct error error;
    int code = 0;
    for (int i = 0; i < 5 && !code; i++)
        code = engine_turn(fake->engine, 0, &error);
    return code;
}

static void reply(struct command *command)
{
    struct told *told = command->context;
    told->replies++;
    if (command->result_output)
        snprintf(told->output, sizeof told->output, "%.*s", (int)command->result_output_length,
                 command->result_output);
}

void fake_submit(struct fake *fake, struct told *told)
{
    told->command.reply = reply;
    told->command.context = told;
    CU_ASSERT_TRUE_FATAL(engine_submit(fake->engine, &told->command));
}

void fake_define(struct fake *fake, const char *saga)
{
    struct findings findings;
    struct buf why;
    buf_init(&why, 10000);
    findings_init(&findings);
    struct told told = {.command = {.type = COMMAND_DEFINE}};
    told.command.definition = definition_parse(saga, strlen(saga), &findings);
    findings_print(&findings, "saga", &why);
    if (!told.command.definition)
        fprintf(stderr, "%s", buf_text(&why));
    CU_ASSERT_PTR_NOT_NULL_FATAL(told.command.definition);
    fake_submit(fake, &told);
    fake_turn(fake);
    CU_ASSERT_TRUE(told.replies == 1 && told.command.created);
    findings_done(&findings);
    buf_done(&why);
    fake_participant(fake, "inventory", "{\"url\":\"http://127.0.0.1:1/stock/\"}");
    fake_participant(
        fake, "payments",
        "{\"url\":\"http://127.0.0.1:2\",\"headers\":{\"Authorization\":\"Bearer t\"},\"maxInFlight\":2}");
}

void fake_participant(struct fake *fake, const char *name, const char *json)
{
    struct told told = {
        .command = {
            .type = COMMAND_PARTICIPANT, .name = name, .text = json, .text_length = json ? strlen(json) : 0}};
    fake_submit(fake, &told);
    fake_turn(fake);
    CU_ASSERT_EQUAL(told.replies, 1);
    CU_ASSERT_EQUAL(told.command.error.code, ERROR_NONE);
}

struct told fake_start(struct fake *fake, const char *saga, const char *input, const char *id)
{
    struct told told = {.command = {.type = COMMAND_START,
                                    .saga = saga,
                                    .input = input,
                                    .input_length = input ? strlen(input) : 0,
                                    .id = id}};
    fake_submit(fake, &told);
    fake_turn(fake);
    CU_ASSERT_EQUAL(told.replies, 1);
    return told;
}

void fake_answer(struct fake *fake, int status, const char *body)
{
    CU_ASSERT_TRUE_FATAL(fake->calls_count > 0);
    struct request *request = fake->calls[0];
    struct response *response = mem_new(sizeof *response);
    response->tag = request->tag;
    response->transport = status ? TRANSPORT_OK : TRANSPORT_BROKEN;
    response->status = status;
    if (body) {
        response->body = mem_string(body);
        response->body_length = strlen(body);
        snprintf(response->content_type, sizeof response->content_type, "application/json");
    }
    request_free(request);
    memmove(fake->calls, fake->calls + 1, --fake->calls_count * sizeof(struct request *));
    engine_answered(fake->engine, &response, 1);
    fake_turn(fake);
}

const char *fake_header(const struct request *request, const char *name)
{
    static char copies[16][1024];
    static size_t next;
    size_t length;
    const char *value = request_header(request, name, &length);
    if (!value)
        return NULL;
    char *copy = copies[next++ % (sizeof copies / sizeof *copies)];
    snprintf(copy, sizeof *copies, "%.*s", (int)length, value);
    return copy;
}

static bool copy_row(void *context, const struct store_row *row)
{
    struct fake_row *copy = context;
    copy->txn = row->txn;
    copy->status = (enum status)row->status;
    snprintf(copy->reason, sizeof copy->reason, "%s", row->reason ? row->reason : "");
    return false;
}

struct fake_row fake_newest(struct fake *fake, const char *saga)
{
    struct fake_row row = {.txn = 0};
    struct error error;
    const struct store_query query = {.saga = saga, .limit = 1};
    CU_ASSERT_EQUAL(fake->store->each_row(fake->store->self, &query, copy_row, &row, &error), 0);
    return row;
}
