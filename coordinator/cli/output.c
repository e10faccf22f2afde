/* Formats, colours and JSON. */
#include "cli/output.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "cli/text.h"
#include "definition/suggest.h"

#include <assert.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const char *const format_words[] = {
#define X(name, word) [name] = word,
    FORMATS(X)
#undef X
};

static const char *const paint_parameters[] = {
#define X(name, parameters) [name] = parameters,
    PAINTS(X)
#undef X
};

enum { WIDTH_DEFAULT = 80, WIDTH_LEAST = 40, WIDTH_MOST = 1000 };

static int output_format(const char *word, enum format *format, struct error *error)
{
    char hint[64];
    struct suggest suggest;
    suggest_init(&suggest, word);
    for (size_t i = 0; i < sizeof format_words / sizeof *format_words; i++) {
        if (strcmp(word, format_words[i]) == 0) {
            *format = (enum format)i;
            return 0;
        }
        suggest_offer(&suggest, format_words[i]);
    }
    return error_set(error, ERROR_USAGE, "--format is table, wide, json or jsonl, not \"%.40s\"; %s", word,
                     suggest_hint(&suggest, hint, sizeof hint, "default: table"));
}

static size_t output_width(FILE *file)
{
    struct winsize size = {0};
    const char *columns = getenv("COLUMNS");
    long width = columns ? strtol(columns, NULL, 10) : 0;
    if (width <= 0 && ioctl(fileno(file), TIOCGWINSZ, &size) == 0)
        width = size.ws_col;
    if (width <= 0)
        width = WIDTH_DEFAULT;
    return (size_t)(width < WIDTH_LEAST ? WIDTH_LEAST : width > WIDTH_MOST ? WIDTH_MOST : width);
}

int output_detect(struct output *output, const struct options *options, FILE *file, struct error *error)
{
    struct output found = {.format = FORMAT_TABLE};
    const char *word = options_value(options, OPTION_FORMAT);
    int code = word ? output_format(word, &found.format, error) : 0;
    if (code)
        return code;
    const char *terminal = getenv("TERM"), *no_color = getenv("NO_COLOR");
    int fd = fileno(file);
    found.terminal = fd >= 0 && isatty(fd);
    found.width = found.terminal ? output_width(file) : 0;
    found.colour = found.terminal && !(no_color && *no_color) && !options_has(options, OPTION_NO_COLOR) &&
                   terminal && strcmp(terminal, "dumb") != 0;
    *output = found;
    return 0;
}

bool output_json_wanted(const struct output *output)
{
    return output->format == FORMAT_JSON || output->format == FORMAT_JSONL;
}

void output_paint(const struct output *output, struct buf *buf, enum paint paint, const char *text)
{
    bool painted = output->colour && paint != PAINT_NONE && *text;
    if (painted)
        buf_printf(buf, "\033[%sm", paint_parameters[paint]);
    text_put(buf, text);
    if (painted)
        buf_puts(buf, "\033[0m");
}

enum paint output_paint_of(const char *word)
{
    static const struct {
        const char *word;
        enum paint paint;
    } table[] = {
        {"completed", PAINT_GOOD},  {"compensated", PAINT_UNDO}, {"compensating", PAINT_UNDO},
        {"paused", PAINT_ALARM},    {"terminated", PAINT_BAD},   {"running", PAINT_BUSY},
        {"confirming", PAINT_BUSY}, {"yes", PAINT_GOOD},         {"no", PAINT_BAD},
        {"unknown", PAINT_UNDO},    {"ok", PAINT_GOOD},          {"warn", PAINT_UNDO},
        {"fail", PAINT_ALARM},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(table[i].word, word) == 0)
            return table[i].paint;
    return PAINT_NONE;
}

/* JSON leaves DEL, C1 controls and direction overrides as they are; within strings (and nowhere else can they
 * stand) they may as well be escaped. */
static void output_put_safe(struct buf *buf, const char *json)
{
    size_t length = strlen(json);
    for (size_t i = 0, width; i < length; i += width) {
        width = utf8_width(json + i, length - i);
        assert(width); /* jansson writes UTF-8 only */
        uint32_t code = utf8_code(json + i, width);
        if (code != '\n' && text_unsafe(code))
            buf_printf(buf, "\\u%04x", (unsigned)code);
        else
            buf_put(buf, json + i, width);
    }
}

static void output_dump(struct buf *buf, const json_t *value, size_t flags)
{
    char *json = json_dumps(value ? value : json_null(), flags | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
    assert(json);
    output_put_safe(buf, json);
    free(json);
}

void output_put_json_line(struct buf *buf, const json_t *value)
{
    output_dump(buf, value, JSON_COMPACT);
}

void output_put_json(const struct output *output, struct buf *buf, const json_t *value)
{
    output_dump(buf, value, output->format == FORMAT_JSONL ? JSON_COMPACT : JSON_INDENT(2));
    buf_putc(buf, '\n');
}

const char *output_member(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

void output_flush(struct buf *buf, FILE *file)
{
    if (buf->length)
        fwrite(buf->data, 1, buf->length, file);
    fflush(file);
    buf_clear(buf);
}
