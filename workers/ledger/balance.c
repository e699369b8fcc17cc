/*
 * balance.c - sawa ledger trial-balance: every account with postings, and a total per currency.
 *
 * The totals are proved twice: debits equal credits over the accounts, and both equal the sum of
 * the entries, which is read without looking at any account (3). Exit 1 where one does not hold.
 */
#include "ledger.h"
#include "ledger_sql.h"

#include "base/crypto.h"

enum { CELLS = 9 };

static const struct column columns[CELLS] = {
    {"account", 26, false},      {"kind", 12, false},          {"currency", 8, false},
    {"opening", 18, true},       {"debit", 18, true},          {"credit", 18, true},
    {"balance_debit", 18, true}, {"balance_credit", 18, true}, {"note", 0, false},
};

struct balance {
    const struct arguments *arguments;
    struct session session;
    struct sheet sheet;
    struct totals totals;
};

static enum status run_span(struct balance *balance, const char *sql, struct error *error,
                            struct result **ret_rows)
{
    struct params params;

    params_init(&params, LEDGER_PARAMS_MAX);
    params_date_or_null(&params, balance->arguments->from);
    params_date(&params, until_of(balance->arguments));
    params_string(&params, balance->arguments->currency);
    return db_run_once(balance->session.db, sql, &params, error, ret_rows);
}

static const char *note_of(struct text normal_side, __int128 minor)
{
    bool is_contrary = (text_is(normal_side, "DEBIT") && minor < 0) ||
                       (text_is(normal_side, "CREDIT") && minor > 0);

    return is_contrary ? "against its normal side" : "";
}

/* The figures of one line; minor is debits less credits at the end. */
struct figures {
    struct text name, kind, currency;
    __int128 opening, debit, credit, balance_debit, balance_credit;
    const char *note;
};

static void figures_row(struct sheet *sheet, const struct figures *figures)
{
    char text[CELLS][MONEY_TEXT_SIZE];
    const __int128 numbers[] = {figures->opening, figures->debit, figures->credit,
                                figures->balance_debit, figures->balance_credit};
    struct text cells[CELLS] = {figures->name, figures->kind, figures->currency};

    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        cells[3 + i] = money_text(numbers[i], figures->currency, text[3 + i]);
    cells[CELLS - 1] = text_of(figures->note);
    sheet_row(sheet, cells);
}

static enum status account_row(struct balance *balance, const struct result *rows, int row,
                               struct error *error)
{
    int64_t opening = result_int64(rows, row, 4);
    int64_t debit = result_int64(rows, row, 5);
    int64_t credit = result_int64(rows, row, 6);
    __int128 minor = (__int128)opening + debit - credit;
    struct total *total = totals_of(&balance->totals, result_text(rows, row, 3));
    const struct figures figures = {.name = result_text(rows, row, 0),
                                    .kind = result_text(rows, row, 1),
                                    .currency = result_text(rows, row, 3),
                                    .opening = opening,
                                    .debit = debit,
                                    .credit = credit,
                                    .balance_debit = minor > 0 ? minor : 0,
                                    .balance_credit = minor < 0 ? -minor : 0,
                                    .note = note_of(result_text(rows, row, 2), minor)};

    if (total == NULL)
        return error_set(error, FATAL, "the books hold more than %d currencies", TOTALS_MAX);
    total_add(total, opening, debit, credit);
    figures_row(&balance->sheet, &figures);
    return OK;
}

static enum status accounts_print(struct balance *balance, struct error *error)
{
    struct result *rows = NULL;
    enum status status = run_span(balance, ledger_sql_trial_balance, error, &rows);

    if (status == OK)
        sheet_head(&balance->sheet);
    for (int i = 0; status == OK && i < result_rows(rows); i++)
        status = account_row(balance, rows, i, error);
    result_free(rows);
    return status;
}

static enum status entries_read(struct balance *balance, struct error *error)
{
    struct result *rows = NULL;
    enum status status = run_span(balance, ledger_sql_entry_totals, error, &rows);

    for (int i = 0; status == OK && i < result_rows(rows); i++) {
        struct total *total = totals_of(&balance->totals, result_text(rows, i, 0));

        if (total == NULL) {
            status = error_set(error, FATAL, "the books hold more than %d currencies", TOTALS_MAX);
            break;
        }
        total->entry_count = result_int64(rows, i, 1);
        total->entries_minor = result_int64(rows, i, 2);
    }
    result_free(rows);
    return status;
}

/* True: all are balanced. */
static bool totals_print(struct balance *balance)
{
    bool balanced = true;

    if (balance->sheet.format == SHEET_TABLE)
        buffer_byte(&balance->sheet.out, '\n');
    for (size_t i = 0; i < balance->totals.count; i++) {
        const struct total *total = &balance->totals.of[i];
        bool holds = total_is_balanced(total);
        const struct figures figures = {.name = TEXT("total"),
                                        .kind = TEXT("TOTAL"),
                                        .currency = text_of(total->currency),
                                        .debit = total->debit,
                                        .credit = total->credit,
                                        .balance_debit = total->balance_debit,
                                        .balance_credit = total->balance_credit,
                                        .note = holds ? "balanced" : "NOT BALANCED"};

        figures_row(&balance->sheet, &figures);
        balanced = balanced && holds;
    }
    sheet_tail(&balance->sheet);
    return balanced;
}

static enum status digest_read(struct balance *balance, struct error *error,
                               char ret_hex[2 * SHA256_SIZE + 1])
{
    struct params params;
    struct result *rows = NULL;
    struct digest digest;
    enum status status;

    params_init(&params, LEDGER_PARAMS_MAX);
    params_date(&params, balance->arguments->until);
    status = db_run_once(balance->session.db, ledger_sql_digest, &params, error, &rows);
    if (status == OK) {
        digest = result_digest(rows, 0, 0);
        digest_format(&digest, ret_hex);
    }
    result_free(rows);
    return status;
}

static void json_open(struct balance *balance)
{
    struct buffer *out = &balance->sheet.out;
    char from[DATE_TEXT_SIZE] = "";
    char until[DATE_TEXT_SIZE] = "";

    if (balance->arguments->from != DATE_NONE)
        date_format(balance->arguments->from, from);
    if (balance->arguments->until != DATE_NONE)
        date_format(balance->arguments->until, until);
    buffer_format(out, "{\"from\":\"%s\",\"until\":\"%s\",\"rows\":", from, until);
}

/* What stands behind the rows: whether the books balance, and the digest of that day. */
static enum status tail_print(struct balance *balance, bool balanced, struct error *error)
{
    struct buffer *out = &balance->sheet.out;
    char hex[2 * SHA256_SIZE + 1] = "";
    enum status status = OK;

    if (balance->arguments->until != DATE_NONE)
        status = digest_read(balance, error, hex);
    if (balance->sheet.format == SHEET_JSON)
        buffer_format(out, ",\"balanced\":%s,\"digest\":\"%s\"}\n", balanced ? "true" : "false",
                      hex);
    if (balance->sheet.format == SHEET_TABLE && hex[0] != '\0')
        buffer_format(out, "\ndigest %s (of all currencies, since the books began)\n", hex);
    return status;
}

static enum status balance_print(struct balance *balance, struct error *error, bool *ret_balanced)
{
    enum status status = OK;
    bool balanced;

    if (balance->sheet.format == SHEET_JSON)
        json_open(balance);
    status = accounts_print(balance, error);
    if (status == OK)
        status = entries_read(balance, error);
    if (status != OK)
        return status;
    balanced = totals_print(balance);
    status = tail_print(balance, balanced, error);
    if (status == OK)
        *ret_balanced = balanced;
    return status;
}

int balance_verb(struct program_run *run, const struct arguments *arguments)
{
    struct balance balance = {.arguments = arguments};
    struct error error;
    bool balanced = false;
    enum status status = snapshot_open(run, &error, &balance.session);

    if (status != OK)
        return program_fail(&error);
    sheet_init(&balance.sheet, arguments->format, columns, CELLS);
    status = balance_print(&balance, &error, &balanced);
    session_done(&balance.session);
    if (status != OK) {
        buffer_done(&balance.sheet.out);
        return program_fail(&error);
    }
    if (!balanced)
        log_error("books_not_balanced", "debits and credits of the books differ");
    return sheet_end(&balance.sheet, balanced ? EXIT_OK : EXIT_FAILED);
}
