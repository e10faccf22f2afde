/* Measuring and writing of tables. */
#include "cli/listing.h"

#include "base/mem.h"
#include "base/time.h"
#include "cli/text.h"
#include "cli/times.h"

#include <assert.h>
#include <string.h>

enum { COLUMNS_MAX = 16, COLUMN_GAP = 2, COLUMN_LEAST = 6, CELL_BYTES = 64 << 10 };

/* A table being laid out: cells row by row, safe texts. */
struct layout {
    const struct output *output;
    const struct column *columns;
    size_t columns_count;
    size_t rows_count;
    char **cells;
    size_t widths[COLUMNS_MAX]; /* 0 = not shown */
};

static char *listing_cell(const struct output *output, const struct column *column, const json_t *row);
static void listing_measure(struct layout *layout);
static void listing_fit(struct layout *layout);
static void listing_write(const struct layout *layout, struct buf *buf);

void listing_put(const struct output *output, struct buf *buf, const struct column *columns, size_t columns_count,
                 const json_t *rows)
{
    assert(columns_count > 0 && columns_count <= COLUMNS_MAX);
    size_t index;
    json_t *row;
    if (output->format == FORMAT_JSON) {
        output_put_json(output, buf, rows);
        return;
    }
    if (output->format == FORMAT_JSONL) {
        json_array_foreach(rows, index, row) output_put_json(output, buf, row);
        return;
    }
    struct layout layout = {output, columns, columns_count, json_array_size(rows), NULL, {0}};
    layout.cells = mem_array(layout.rows_count * columns_count, sizeof *layout.cells);
    json_array_foreach(rows, index, row) for (size_t i = 0; i < columns_count; i++)
        layout.cells[index * columns_count + i] = listing_cell(output, &columns[i], row);
    listing_measure(&layout);
    listing_fit(&layout);
    listing_write(&layout, buf);
    for (size_t i = 0; i < layout.rows_count * columns_count; i++)
        mem_free(layout.cells[i]);
    mem_free(layout.cells);
}

static void cell_age(const struct output *output, const char *text, struct buf *buf)
{
    uint64_t ms;
    char span[TIMES_TEXT];
    if (output->format == FORMAT_WIDE || !time_parse(text, &ms)) {
        text_put(buf, text);
        return;
    }
    times_print_span(output->now_ms > ms ? output->now_ms - ms : 0, span);
    buf_puts(buf, span);
}

static char *listing_cell(const struct output *output, const struct column *column, const json_t *row)
{
    struct buf buf;
    buf_init(&buf, CELL_BYTES);
    const json_t *value = json_object_get(row, column->member);
    size_t index;
    json_t *item;
    if (column->kind == COLUMN_LIST) {
        json_array_foreach(value, index, item)
        {
            buf_puts(&buf, index ? "," : "");
            text_put(&buf, json_is_string(item) ? json_string_value(item) : "?");
        }
    } else if (column->kind == COLUMN_AGE && json_is_string(value)) {
        cell_age(output, json_string_value(value), &buf);
    } else if (json_is_string(value) && column->kind != COLUMN_JSON) {
        text_put(&buf, json_string_value(value));
    } else if (value) {
        output_put_json_line(&buf, value);
    }
    return buf_take(&buf, NULL);
}

static void listing_measure(struct layout *layout)
{
    for (size_t i = 0; i < layout->columns_count; i++) {
        size_t width = 0;
        for (size_t row = 0; row < layout->rows_count; row++) {
            size_t cell = text_width(layout->cells[row * layout->columns_count + i]);
            width = cell > width ? cell : width;
        }
        size_t title = strlen(layout->columns[i].title);
        bool hidden = layout->columns[i].wide && layout->output->format != FORMAT_WIDE;
        bool empty = width == 0 && layout->rows_count > 0;
        layout->widths[i] = hidden || empty ? 0 : width > title ? width : title;
    }
}

static size_t listing_total(const struct layout *layout)
{
    size_t total = 0;
    for (size_t i = 0; i < layout->columns_count; i++)
        total += layout->widths[i] ? layout->widths[i] + COLUMN_GAP : 0;
    return total > COLUMN_GAP ? total - COLUMN_GAP : total;
}

/* Takes the excess from the widest flexible column until it is no longer the widest, and so on. */
static void listing_fit(struct layout *layout)
{
    while (layout->output->width && listing_total(layout) > layout->output->width) {
        size_t widest = layout->columns_count;
        for (size_t i = 0; i < layout->columns_count; i++)
            if (layout->columns[i].flexible && layout->widths[i] > COLUMN_LEAST &&
                (widest == layout->columns_count || layout->widths[i] > layout->widths[widest]))
                widest = i;
        if (widest == layout->columns_count)
            return;
        layout->widths[widest]--;
    }
}

/* One line; `row` is SIZE_MAX for the titles. Nothing is put behind the last cell of a line. */
static void listing_line(const struct layout *layout, size_t row, struct buf *buf)
{
    struct buf cell;
    buf_init(&cell, CELL_BYTES);
    size_t pending = 0;
    for (size_t i = 0; i < layout->columns_count; i++) {
        size_t width = layout->widths[i];
        if (!width)
            continue;
        const struct column *column = &layout->columns[i];
        const char *text = row == SIZE_MAX ? column->title : layout->cells[row * layout->columns_count + i];
        size_t shown = text_width(text) < width ? text_width(text) : width;
        if (shown) {
            text_put_spaces(buf, pending);
            buf_clear(&cell);
            text_put_cell(&cell, text, shown);
            output_paint(layout->output, buf,
                         row == SIZE_MAX                 ? PAINT_BOLD
                         : column->kind == COLUMN_STATUS ? output_paint_of(text)
                                                         : PAINT_NONE,
                         buf_text(&cell));
            pending = 0;
        }
        pending += width - shown + COLUMN_GAP;
    }
    buf_putc(buf, '\n');
    buf_done(&cell);
}

static void listing_write(const struct layout *layout, struct buf *buf)
{
    listing_line(layout, SIZE_MAX, buf);
    for (size_t row = 0; row < layout->rows_count; row++)
        listing_line(layout, row, buf);
}
