/*
 * sheet.h - rows on stdout as an aligned table, as CSV (RFC 4180) or as a JSON array of objects.
 *
 *   sheet_init(&sheet, format, columns, COUNT_OF(columns));
 *   sheet_head(&sheet);
 *   sheet_row(&sheet, cells) ...
 *   sheet_tail(&sheet);
 *   return sheet_end(&sheet, code);
 *
 * (1) Memory is flat: what is ready is written, whatever the number of rows.
 * (2) Numbers are texts to all three: no amount meets a double. In CSV they stand without quotes.
 *
 * Between the calls a caller may append to out: lines of a table, what stands around an array.
 */
#ifndef SAWA_LEDGER_SHEET_H
#define SAWA_LEDGER_SHEET_H

#include "base/buffer.h"

enum sheet_format { SHEET_TABLE, SHEET_CSV, SHEET_JSON };

/* False: there is no format of that name. */
must_use bool sheet_format_parse(struct text name, enum sheet_format *ret_format);

struct column {
    const char *key;
    int width;      /* of the table; a longer cell pushes its line */
    bool is_number; /* to the right */
};

struct sheet {
    enum sheet_format format;
    const struct column *columns;
    size_t column_count;
    size_t row_count;
    struct buffer out;
};

void sheet_init(struct sheet *sheet, enum sheet_format format, const struct column *columns,
                size_t column_count);

void sheet_head(struct sheet *sheet);
void sheet_row(struct sheet *sheet, const struct text *cells); /* column_count of them */
void sheet_tail(struct sheet *sheet);

/* Writes the rest and frees it; code, or EXIT_FATAL where it could not be written. */
must_use int sheet_end(struct sheet *sheet, int code);

#endif
