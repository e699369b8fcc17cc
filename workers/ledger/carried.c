/*
 * carried.c - sawa ledger period verify: what closed periods bring forward, against every entry
 * since the books began.
 *
 * A trial balance starts from what the newest closed period brings forward. Rows of that are
 * written by the database when a period closes, and by nobody else; this is how to know. Exit 1
 * where one differs.
 */
#include "ledger.h"
#include "ledger_sql.h"

enum { CELLS = 6 };

static const struct column columns[CELLS] = {
    {"last_date", 10, false},     {"account", 26, false}, {"carried_debit", 18, true},
    {"carried_credit", 18, true}, {"debit", 18, true},    {"credit", 18, true},
};

static void difference_row(struct sheet *sheet, const struct result *rows, int row)
{
    char date[DATE_TEXT_SIZE];
    char money[4][MONEY_TEXT_SIZE];
    struct text cells[CELLS];

    date_format(result_date(rows, row, 0), date);
    cells[0] = text_of(date);
    cells[1] = result_text(rows, row, 1);
    for (int i = 0; i < 4; i++)
        cells[2 + i] =
            money_text(result_int64(rows, row, 3 + i), result_text(rows, row, 2), money[i]);
    sheet_row(sheet, cells);
}

int period_verify(struct program_run *run, const struct arguments *arguments)
{
    struct session session;
    struct sheet sheet;
    struct result *rows = NULL;
    struct error error;
    enum status status;
    int count;

    if (snapshot_open(run, &error, &session) != OK)
        return program_fail(&error);
    status = db_run(session.db, ledger_sql_period_differences, NULL, &error, &rows);
    session_done(&session);
    if (status != OK)
        return program_fail(&error);
    count = result_rows(rows);
    sheet_init(&sheet, arguments->format, columns, CELLS);
    if (count > 0 || sheet.format != SHEET_TABLE)
        sheet_head(&sheet);
    for (int row = 0; row < count; row++)
        difference_row(&sheet, rows, row);
    sheet_tail(&sheet);
    if (sheet.format == SHEET_JSON)
        buffer_byte(&sheet.out, '\n');
    if (sheet.format == SHEET_TABLE)
        buffer_format(&sheet.out, "%s\n",
                      count == 0 ? "what closed periods bring forward is what their entries say"
                                 : "what closed periods bring forward DIFFERS from their entries");
    result_free(rows);
    return sheet_end(&sheet, count == 0 ? EXIT_OK : EXIT_FAILED);
}
