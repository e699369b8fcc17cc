/*
 * sheet.c - see sheet.h.
 */
#include "sheet.h"

#include "runtime/program.h"

#include <stdio.h>

enum { SHEET_OUT_MAX = 16 * 1024 * 1024, SHEET_READY = 64 * 1024 };

static const char *const format_names[] =
    {[SHEET_TABLE] = "table", [SHEET_CSV] = "csv", [SHEET_JSON] = "json"};

bool sheet_format_parse(struct text name, enum sheet_format *ret_format)
{
    for (size_t i = 0; i < COUNT_OF(format_names); i++) {
        if (text_is(name, format_names[i])) {
            *ret_format = (enum sheet_format)i;
            return true;
        }
    }
    return false;
}

void sheet_init(struct sheet *sheet, enum sheet_format format, const struct column *columns,
                size_t column_count)
{
    *sheet = (struct sheet){.format = format, .columns = columns, .column_count = column_count};
    buffer_init(&sheet->out, SHEET_OUT_MAX);
}

/* (1): an error of stdout stays on it, and is told at the end. */
static void flush_ready(struct sheet *sheet)
{
    if (sheet->out.size < SHEET_READY || buffer_failed(&sheet->out))
        return;
    (void)fwrite(sheet->out.data, 1, sheet->out.size, stdout);
    buffer_clear(&sheet->out);
}

int sheet_end(struct sheet *sheet, int code)
{
    if (ferror(stdout) != 0)
        code = EXIT_FATAL;
    return program_answer(&sheet->out, code);
}

/* ---- a table ---- */

static void blanks(struct buffer *out, int count)
{
    for (int i = 0; i < count; i++)
        buffer_byte(out, ' ');
}

static void line_end(struct buffer *out)
{
    while (out->size > 0 && out->data[out->size - 1] == ' ')
        out->size--;
    buffer_byte(out, '\n');
}

static void table_cell(struct sheet *sheet, size_t column, struct text cell)
{
    int missing = sheet->columns[column].width - (int)cell.size;

    if (column > 0)
        blanks(&sheet->out, 2);
    if (sheet->columns[column].is_number)
        blanks(&sheet->out, missing);
    buffer_text(&sheet->out, cell);
    if (!sheet->columns[column].is_number)
        blanks(&sheet->out, missing);
}

/* ---- the others ---- */

static void csv_cell(struct sheet *sheet, size_t column, struct text cell)
{
    if (column > 0)
        buffer_byte(&sheet->out, ',');
    if (sheet->columns[column].is_number)
        buffer_text(&sheet->out, cell);
    else
        buffer_csv(&sheet->out, cell);
}

static void json_cell(struct sheet *sheet, size_t column, struct text cell)
{
    buffer_format(&sheet->out, "%s\"%s\":", column > 0 ? "," : "", sheet->columns[column].key);
    buffer_json(&sheet->out, cell);
}

/* ---- rows ---- */

void sheet_head(struct sheet *sheet)
{
    if (sheet->format == SHEET_JSON) {
        buffer_byte(&sheet->out, '[');
        return;
    }
    for (size_t i = 0; i < sheet->column_count; i++) {
        if (sheet->format == SHEET_TABLE)
            table_cell(sheet, i, text_of(sheet->columns[i].key));
        else
            buffer_format(&sheet->out, "%s%s", i > 0 ? "," : "", sheet->columns[i].key);
    }
    if (sheet->format == SHEET_TABLE)
        line_end(&sheet->out);
    else
        buffer_string(&sheet->out, "\r\n");
}

void sheet_row(struct sheet *sheet, const struct text *cells)
{
    static void (*const write[])(struct sheet * sheet, size_t column, struct text cell) =
        {[SHEET_TABLE] = table_cell, [SHEET_CSV] = csv_cell, [SHEET_JSON] = json_cell};

    if (sheet->format == SHEET_JSON)
        buffer_string(&sheet->out, sheet->row_count > 0 ? ",\n{" : "\n{");
    for (size_t i = 0; i < sheet->column_count; i++)
        write[sheet->format](sheet, i, cells[i]);
    if (sheet->format == SHEET_TABLE)
        line_end(&sheet->out);
    else
        buffer_string(&sheet->out, sheet->format == SHEET_JSON ? "}" : "\r\n");
    sheet->row_count++;
    flush_ready(sheet);
}

void sheet_tail(struct sheet *sheet)
{
    if (sheet->format == SHEET_JSON)
        buffer_string(&sheet->out, "\n]");
}
