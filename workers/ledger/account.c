/*
 * account.c - sawa ledger accounts and account CODE.
 *
 * An account's postings come through a cursor, oldest first, with the balance after each. The last
 * of them must be what the sums of the account say (3).
 */
#include "ledger.h"
#include "ledger_sql.h"

#include <stdio.h>

/* ---- the chart ---- */

int accounts_verb(struct program_run *run, const struct arguments *arguments)
{
    static const struct column columns[] = {
        {"account", 28, false}, {"kind", 12, false},        {"normal_side", 11, false},
        {"currency", 8, false}, {"participant", 12, false}, {"meaning", 0, false},
    };
    struct session session;
    struct sheet sheet;
    struct params params;
    struct result *rows = NULL;
    struct error error;
    enum status status = snapshot_open(run, &error, &session);

    if (status != OK)
        return program_fail(&error);
    params_init(&params, LEDGER_PARAMS_MAX);
    params_string(&params, arguments->currency);
    status = db_run_once(session.db, ledger_sql_accounts, &params, &error, &rows);
    session_done(&session);
    if (status != OK)
        return program_fail(&error);
    sheet_init(&sheet, arguments->format, columns, COUNT_OF(columns));
    sheet_head(&sheet);
    for (int row = 0; row < result_rows(rows); row++) {
        struct text cells[COUNT_OF(columns)];

        for (size_t i = 0; i < COUNT_OF(columns); i++)
            cells[i] = result_text(rows, row, (int)i);
        sheet_row(&sheet, cells);
    }
    sheet_tail(&sheet);
    result_free(rows);
    return sheet_end(&sheet, EXIT_OK);
}

/* ---- one account ---- */

static const struct column posting_columns[] = {
    {"booking_date", 12, false}, {"entry", 14, false},  {"debit", 18, true},
    {"credit", 18, true},        {"balance", 18, true}, {"other_account", 28, false},
    {"action", 0, false},
};

struct posted {
    const struct arguments *arguments;
    struct session session;
    struct sheet sheet;
    int32_t account_id;
    struct text currency;
    int64_t opening_minor, debit_minor, credit_minor;
    int64_t running_minor;
    int64_t count;
    struct result *rows; /* texts live as long as it */
};

static enum status not_there(const char *code, struct error *error)
{
    error_set(error, REJECT, "there is no account %.80s", code);
    error->exit_code = EXIT_REFUSED;
    return error_hint(error, "sawa ledger accounts lists them");
}

static enum status account_read(struct posted *posted, struct error *error)
{
    struct params params;
    enum status status;

    params_init(&params, LEDGER_PARAMS_MAX);
    params_string(&params, posted->arguments->word);
    params_date_or_null(&params, posted->arguments->from);
    params_date(&params, until_of(posted->arguments));
    status =
        db_run_once(posted->session.db, ledger_sql_account_find, &params, error, &posted->rows);
    if (status == OK && result_rows(posted->rows) == 0)
        return not_there(posted->arguments->word, error);
    if (status != OK)
        return status;
    posted->account_id = (int32_t)result_int64(posted->rows, 0, 0);
    posted->currency = result_text(posted->rows, 0, 3);
    posted->opening_minor = result_int64(posted->rows, 0, 5);
    posted->debit_minor = result_int64(posted->rows, 0, 6);
    posted->credit_minor = result_int64(posted->rows, 0, 7);
    posted->running_minor = posted->opening_minor;
    return OK;
}

/* A balance on its own line of the table: "opening 12.50 Dr". */
static void balance_line(struct posted *posted, const char *what, int64_t minor)
{
    char text[MONEY_TEXT_SIZE];
    struct text money = money_text(minor < 0 ? -(__int128)minor : minor, posted->currency, text);

    if (posted->sheet.format == SHEET_TABLE)
        buffer_format(&posted->sheet.out, "%s balance %.*s %.*s%s\n", what, TEXT_ARG(money),
                      TEXT_ARG(posted->currency),
                      minor < 0   ? " Cr"
                      : minor > 0 ? " Dr"
                                  : "");
}

static void head_print(struct posted *posted)
{
    struct text participant = result_text(posted->rows, 0, 4);

    if (posted->sheet.format == SHEET_TABLE)
        buffer_format(&posted->sheet.out, "%s  %.*s %.*s%s%.*s\n", posted->arguments->word,
                      TEXT_ARG(result_text(posted->rows, 0, 1)), TEXT_ARG(posted->currency),
                      participant.size > 0 ? " of " : "", TEXT_ARG(participant));
    balance_line(posted, "opening", posted->opening_minor);
    sheet_head(&posted->sheet);
}

static enum status posting_take(void *context, const struct result *rows, int row,
                                struct error *error)
{
    struct posted *posted = context;
    int64_t debit = result_int64(rows, row, 3);
    int64_t credit = result_int64(rows, row, 4);
    char date[DATE_TEXT_SIZE];
    char entry[48];
    char money[3][MONEY_TEXT_SIZE];
    struct text cells[COUNT_OF(posting_columns)];

    if (__builtin_add_overflow(posted->running_minor, debit, &posted->running_minor) ||
        __builtin_sub_overflow(posted->running_minor, credit, &posted->running_minor))
        return error_set(error, FATAL, "a running balance of the account passes 64 bits");
    posted->count++;
    date_format(result_date(rows, row, 0), date);
    snprintf(entry, sizeof entry, "%lld/%lld", (long long)result_int64(rows, row, 1),
             (long long)result_int64(rows, row, 2));
    cells[0] = text_of(date);
    cells[1] = text_of(entry);
    cells[2] = debit > 0 ? money_text(debit, posted->currency, money[0]) : TEXT("");
    cells[3] = credit > 0 ? money_text(credit, posted->currency, money[1]) : TEXT("");
    cells[4] = money_text(posted->running_minor, posted->currency, money[2]);
    cells[5] = result_text(rows, row, 5);
    cells[6] = result_is_null(rows, row, 6) ? TEXT("") : result_text(rows, row, 6);
    sheet_row(&posted->sheet, cells);
    return OK;
}

static enum status postings_print(struct posted *posted, struct error *error)
{
    struct params params;

    params_init(&params, LEDGER_PARAMS_MAX);
    params_int32(&params, posted->account_id);
    params_date_or_null(&params, posted->arguments->from);
    params_date(&params, until_of(posted->arguments));
    return stream_each(posted->session.db, ledger_sql_account_postings, &params, posting_take,
                       posted, error);
}

/* True: the running balance ends where the sums say. */
static bool account_tail(struct posted *posted)
{
    __int128 closing = (__int128)posted->opening_minor + posted->debit_minor - posted->credit_minor;
    bool holds = closing == posted->running_minor;
    char text[2][MONEY_TEXT_SIZE];

    sheet_tail(&posted->sheet);
    if (posted->sheet.format == SHEET_JSON)
        buffer_byte(&posted->sheet.out, '\n');
    balance_line(posted, "closing", posted->running_minor);
    if (posted->sheet.format == SHEET_TABLE)
        buffer_format(&posted->sheet.out, "%lld postings, debits %.*s, credits %.*s: %s\n",
                      (long long)posted->count,
                      TEXT_ARG(money_text(posted->debit_minor, posted->currency, text[0])),
                      TEXT_ARG(money_text(posted->credit_minor, posted->currency, text[1])),
                      holds ? "they make the closing balance" : "NOT the closing balance");
    return holds;
}

static enum status account_print(struct posted *posted, struct error *error, bool *ret_holds)
{
    enum status status = account_read(posted, error);

    if (status != OK)
        return status;
    head_print(posted);
    status = postings_print(posted, error);
    if (status == OK)
        *ret_holds = account_tail(posted);
    return status;
}

int account_verb(struct program_run *run, const struct arguments *arguments)
{
    struct posted posted = {.arguments = arguments};
    struct error error;
    bool holds = false;
    int code;

    if (snapshot_open(run, &error, &posted.session) != OK)
        return program_fail(&error);
    sheet_init(&posted.sheet, arguments->format, posting_columns, COUNT_OF(posting_columns));
    code = account_print(&posted, &error, &holds) == OK ? EXIT_OK : program_fail(&error);
    session_done(&posted.session);
    result_free(posted.rows);
    return sheet_end(&posted.sheet, code == EXIT_OK && !holds ? EXIT_FAILED : code);
}
