/*
 * page_json.c - the page for machines: one object, a key per section.
 *
 *   {"ok":false,"still":2,"at":"...","partitions":{"total":8,"still":2,"rows":[{...}]}, ...}
 *
 * Rows have the keys of sections.c, null where there is no value, and where a word is explained
 * also "meaning" and "remedy". Instants are UTC.
 */
#include "base/clock.h"
#include "domain/date.h"
#include "status.h"

static void json_string(struct buffer *out, const char *terminated)
{
    buffer_json(out, text_of(terminated));
}

static void json_instant(struct buffer *out, int64_t instant_us)
{
    char text[INSTANT_TEXT_SIZE];

    instant_format(instant_us, text);
    json_string(out, text);
}

static void json_date(struct buffer *out, int32_t day)
{
    char text[DATE_TEXT_SIZE];

    date_format(day, text);
    json_string(out, text);
}

static void json_cell(const struct column *column, const struct result *answer, int row, int at,
                      struct buffer *out)
{
    buffer_format(out, ",\"%s\":", column->key);
    if (result_is_null(answer, row, at)) {
        buffer_string(out, "null");
        return;
    }
    switch (column->cell) {
    case CELL_TEXT: buffer_json(out, result_text(answer, row, at)); break;
    case CELL_INT: buffer_format(out, "%lld", (long long)result_int64(answer, row, at)); break;
    case CELL_INSTANT: json_instant(out, result_instant(answer, row, at)); break;
    case CELL_DATE: json_date(out, result_date(answer, row, at)); break;
    }
}

static void json_row(const struct section *section, const struct result *answer, int row,
                     struct buffer *out)
{
    const struct words *words = row_words(section, answer, row);

    buffer_format(out, "%s{\"stands_still\":%s", row == 0 ? "" : ",",
                  result_bool(answer, row, ANSWER_IS_STILL) ? "true" : "false");
    for (size_t i = 0; i < section->column_count; i++)
        json_cell(&section->columns[i], answer, row, ANSWER_COLUMNS + (int)i, out);
    if (words != NULL) {
        buffer_string(out, ",\"meaning\":");
        json_string(out, words->meaning);
        buffer_string(out, ",\"remedy\":");
        json_string(out, words->remedy);
    }
    buffer_byte(out, '}');
}

static void json_section(const struct section *section, const struct result *answer,
                         struct buffer *out)
{
    buffer_format(out, ",\"%s\":{\"total\":%lld,\"still\":%lld,\"rows\":[", section->key,
                  (long long)status_section_total(answer), (long long)status_section_still(answer));
    for (int row = 0; row < result_rows(answer); row++)
        json_row(section, answer, row, out);
    buffer_string(out, "]}");
}

void status_page_json(const struct status_page *page, struct buffer *out)
{
    int64_t still = status_still(page);

    buffer_format(out, "{\"ok\":%s,\"still\":%lld,\"at\":", still == 0 ? "true" : "false",
                  (long long)still);
    json_instant(out, page->now_us);
    for (size_t i = 0; i < STATUS_SECTIONS; i++)
        json_section(&status_sections[i], page->answers[i], out);
    buffer_string(out, "}\n");
}
