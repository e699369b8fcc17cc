/*
 * grid.c - the rows of one section as a table: columns as wide as their widest cell, numbers to
 * the right, a column without any value left out.
 */
#include "base/clock.h"
#include "domain/date.h"
#include "status.h"

#include <stdio.h>

enum { GRID_CELL_SIZE = 160, GRID_COLUMNS_MAX = 16 };

/* "3 h ago", "in 12 min". */
static void age_format(int64_t from_us, int64_t now_us, char *text, size_t size)
{
    int64_t seconds = (now_us - from_us) / US_PER_SECOND;
    int64_t span = seconds < 0 ? -seconds : seconds;
    const char *unit = "s";

    if (span >= 2 * 86400) {
        span /= 86400;
        unit = "days";
    } else if (span >= 2 * 3600) {
        span /= 3600;
        unit = "h";
    } else if (span >= 2 * 60) {
        span /= 60;
        unit = "min";
    }
    snprintf(text, size, seconds < 0 ? "in %lld %s" : "%lld %s ago", (long long)span, unit);
}

static void instant_cell(int64_t instant_us, int64_t now_us, char text[GRID_CELL_SIZE])
{
    char instant[INSTANT_TEXT_SIZE];
    char age[32];

    instant_format(instant_us, instant);
    age_format(instant_us, now_us, age, sizeof age);
    snprintf(text, GRID_CELL_SIZE, "%.10s %.5s (%s)", instant, instant + 11, age);
}

static void cell_format(const struct column *column, const struct result *answer, int row, int at,
                        const struct status_page *page, char text[GRID_CELL_SIZE])
{
    if (result_is_null(answer, row, at)) {
        text[0] = '\0';
        return;
    }
    switch (column->cell) {
    case CELL_TEXT: text_show(result_text(answer, row, at), text, GRID_CELL_SIZE); break;
    case CELL_INT:
        snprintf(text, GRID_CELL_SIZE, "%lld", (long long)result_int64(answer, row, at));
        break;
    case CELL_INSTANT: instant_cell(result_instant(answer, row, at), page->now_us, text); break;
    case CELL_DATE: date_format(result_date(answer, row, at), text); break;
    }
}

/* 0: no row has a value there. */
static size_t column_width(const struct section *section, const struct result *answer,
                           size_t column, const struct status_page *page)
{
    size_t width = 0;

    for (int row = 0; row < result_rows(answer); row++) {
        char text[GRID_CELL_SIZE];

        cell_format(&section->columns[column], answer, row, ANSWER_COLUMNS + (int)column, page,
                    text);
        width = strlen(text) > width ? strlen(text) : width;
    }
    if (width == 0)
        return 0;
    return strlen(section->columns[column].key) > width ? strlen(section->columns[column].key)
                                                        : width;
}

static void cell_print(const struct column *column, size_t width, const char *text,
                       struct buffer *out)
{
    if (width > 0)
        buffer_format(out, column->cell == CELL_INT ? "  %*s" : "  %-*s", (int)width, text);
}

static void line_end(struct buffer *out)
{
    while (out->size > 0 && out->data[out->size - 1] == ' ')
        out->size--;
    buffer_byte(out, '\n');
}

static void words_print(const struct section *section, const struct result *answer, int row,
                        struct buffer *out)
{
    const struct words *words = row_words(section, answer, row);

    if (words != NULL)
        buffer_format(out, "       %s\n       remedy: %s\n", words->meaning, words->remedy);
}

static void row_print(const struct section *section, const struct result *answer, int row,
                      const struct status_page *page, const size_t *widths, struct buffer *out)
{
    buffer_string(out, result_bool(answer, row, ANSWER_IS_STILL) ? " !" : "  ");
    for (size_t i = 0; i < section->column_count; i++) {
        char text[GRID_CELL_SIZE];

        cell_format(&section->columns[i], answer, row, ANSWER_COLUMNS + (int)i, page, text);
        cell_print(&section->columns[i], widths[i], text, out);
    }
    line_end(out);
    words_print(section, answer, row, out);
}

void grid_print(const struct section *section, const struct result *answer,
                const struct status_page *page, struct buffer *out)
{
    size_t widths[GRID_COLUMNS_MAX];
    int rows = result_rows(answer);

    assert(section->column_count <= GRID_COLUMNS_MAX);
    if (rows == 0)
        return;
    buffer_string(out, "  ");
    for (size_t i = 0; i < section->column_count; i++) {
        widths[i] = column_width(section, answer, i, page);
        cell_print(&section->columns[i], widths[i], section->columns[i].key, out);
    }
    line_end(out);
    for (int row = 0; row < rows; row++)
        row_print(section, answer, row, page, widths, out);
    if (section->by_row && status_section_total(answer) > rows)
        buffer_format(out, "     and %lld more: --limit N\n",
                      (long long)status_section_total(answer) - rows);
}
