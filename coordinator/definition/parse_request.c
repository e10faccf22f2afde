/* Requests: the line, the headers, the body; of an action, a compensation, or an operation's phases. */
#include "base/limits.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "definition/defaults.h"
#include "definition/keys.h"
#include "definition/parse.h"
#include "definition/request_line.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static void parse_line(struct parse *parse, const char *text, struct request_spec *request);
static void parse_headers(struct parse *parse, const json_t *object, struct request_spec *request);
static void operation_request(struct parse *parse, const json_t *step, const char *name,
                              struct request_spec *request);

void parse_request(struct parse *parse, const json_t *object, struct request_spec *request)
{
    const json_t *line = keys_get(object, "request", TYPE_STRING);
    if (line)
        parse_line(parse, json_string_value(line), request);
    parse_headers(parse, object, request);
    const json_t *body = json_object_get(object, "body");
    if (body && request->method && strcmp(request->method, "GET") == 0)
        parse_complain_at(parse, "body", RULE_MISPLACED, NULL, "a GET has no body");
    else if (body)
        request->body = parse_template(parse, "body", body);
}

void parse_operation(struct parse *parse, const json_t *step, struct node *node)
{
    char *name = NULL;
    if (!parse_name(parse, step, "operation", &name))
        return;
    operation_request(parse, step, name, &node->action);
    /* The second reading of the same text would only repeat the complaints of the first. */
    if (parse->findings->errors_count == 0) {
        operation_request(parse, step, name, &node->undo);
        if (json_is_true(json_object_get(step, "check")))
            operation_request(parse, step, name, &node->check);
    }
    mem_free(name);
}

static void operation_request(struct parse *parse, const json_t *step, const char *name,
                              struct request_spec *request)
{
    char path[LIMIT_NAME_BYTES + 16];
    snprintf(path, sizeof path, "/belay/%s", name);
    request->method = mem_string("POST");
    request->path = parse_text_template(parse, "operation", path, 0);
    parse_headers(parse, step, request);
    const json_t *body = json_object_get(step, "body");
    request->body_input = body == NULL;
    if (body)
        request->body = parse_template(parse, "body", body);
}

static void parse_line(struct parse *parse, const char *text, struct request_spec *request)
{
    struct request_fault fault = request_line_check(text);
    if (fault.message) {
        struct finding *finding = parse_complain_at(parse, "request", RULE_REQUEST, fault.hint,
                                                    "the request \"%.64s\" %s", text, fault.message);
        if (finding)
            finding->inside = fault.offset;
        return;
    }
    size_t method = request_line_method(text);
    request->path = parse_text_template(parse, "request", text + method + 1, method + 1);
    request->method = mem_copy(text, method);
}

static bool has_header(const struct request_spec *request, const char *name)
{
    for (size_t i = 0; i < request->headers_count; i++)
        if (strcasecmp(request->headers[i].name, name) == 0)
            return true;
    return false;
}

static void parse_header(struct parse *parse, const char *name, const json_t *value, struct request_spec *request)
{
    if (!request_header_name(name))
        parse_complain_at(parse, name, RULE_HEADER, NULL, "\"%.64s\" is no header name", name);
    else if (request_header_own(name))
        parse_complain_at(parse, name, RULE_HEADER, NULL, "the header \"%.64s\" is set by Belay", name);
    else if (has_header(request, name))
        parse_complain_at(parse, name, RULE_HEADER, NULL, "the header \"%.64s\" stands here in two spellings",
                          name);
    else if (!json_is_string(value))
        parse_complain_at(parse, name, RULE_TYPE, NULL, "a header is a text, found %s", keys_type_word(value));
    else if (!utf8_printable(json_string_value(value), json_string_length(value)))
        parse_complain_at(parse, name, RULE_HEADER, NULL, "the header \"%.64s\" holds a control character", name);
    else
        request->headers[request->headers_count++] =
            (struct header_spec){mem_string(name), parse_text_template(parse, name, json_string_value(value), 0)};
}

static void parse_headers(struct parse *parse, const json_t *object, struct request_spec *request)
{
    const json_t *headers = keys_get(object, "headers", TYPE_OBJECT);
    if (!headers)
        return;
    size_t mark = parse_enter(parse, "headers");
    if (json_object_size(headers) > HEADERS_MAX) {
        parse_complain(parse, RULE_RANGE, NULL, "a request has at most %d headers", HEADERS_MAX);
    } else {
        request->headers = mem_array(json_object_size(headers), sizeof *request->headers);
        const char *name;
        json_t *value;
        json_object_foreach((json_t *)headers, name, value) parse_header(parse, name, value, request);
    }
    parse_leave(parse, mark);
}
