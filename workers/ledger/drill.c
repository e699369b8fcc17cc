/*
 * drill.c - sawa ledger drill COMMIT/LINE: what an entry was made of, down to the raw records.
 *
 *   accrual   payments of its commit between its two accounts; their batches
 *   fee, tax  charges that the commit added to its windows; the payments, and what each is charged
 *   close     see drill_close.c; gain and loss: drill_fx.c
 *   opening   what was proposed and approved; so is prefunding; clearing: suspense.c
 *
 * Every step is a sum of the next one, and is printed as an equality; where it does not hold the
 * answer says so and the exit code is 1 (3). What a payment is charged is reckoned again from the
 * payment, by another hand than the one that booked it (payment_charges in
 * schemas/postgres/deploy/payment_charge.sql). Raw records stay sealed: what is told of them is
 * their place, and the root of the hashes of their batch.
 *
 * In CSV and JSON the payments alone go to stdout; what stands around them goes to stderr.
 */
#include "drill.h"
#include "ledger_sql.h"

#include "base/uuid.h"
#include "store/fee_store.h"

#include <stdio.h>

enum { KINDS = 4 };

static const struct column payment_columns[DRILL_CELLS] = {
    {"event_id", 36, false}, {"kind", 9, false},   {"debtor", 10, false}, {"creditor", 10, false},
    {"charge", 12, false},   {"amount", 18, true}, {"raw", 8, false},     {"place", 0, false},
};

static const char *const kind_names[KINDS] = {"let go", "COMPLETED", "REVERSED", "REFUNDED"};

struct buffer *drill_lines(struct drill *drill)
{
    return drill->sheet.format == SHEET_TABLE ? &drill->sheet.out : &drill->around;
}

void drill_equality(struct drill *drill, const char *what, int64_t minor)
{
    bool holds = minor == drill->entry.amount_minor;
    char text[2][MONEY_TEXT_SIZE];

    buffer_format(drill_lines(drill), "%s  %.*s %s %.*s  %s\n", holds ? "proved" : "DIFFERS",
                  TEXT_ARG(money_text(drill->entry.amount_minor, drill->entry.currency, text[0])),
                  holds ? "=" : "<>", TEXT_ARG(money_text(minor, drill->entry.currency, text[1])),
                  what);
    drill->holds = drill->holds && holds;
}

enum status drill_too_large(struct error *error)
{
    return error_set(error, FATAL, "the parts of the entry sum to more than 64 bits");
}

/* ---- payments ---- */

/* Where a payment's raw record is: columns of both streams from topic on. */
static struct text place_text(const struct result *rows, int row, int column, char *text,
                              size_t size)
{
    int length = 0;

    if (result_is_null(rows, row, column))
        return TEXT("");
    length = snprintf(text, size, "%.*s.%lld/%lld@%lld", TEXT_ARG(result_text(rows, row, column)),
                      (long long)result_int64(rows, row, column + 1),
                      (long long)result_int64(rows, row, column + 2),
                      (long long)result_int64(rows, row, column + 3));
    return (struct text){text, length < (int)size ? (size_t)length : size - 1};
}

void drill_row(struct drill *drill, const struct result *rows, int row, int64_t minor,
               int place_column)
{
    int64_t kind = result_int64(rows, row, 1);
    char event[UUID_TEXT_SIZE] = "";
    char money[MONEY_TEXT_SIZE];
    char place[512];
    struct text cells[DRILL_CELLS];

    if (!result_is_null(rows, row, 0)) {
        struct uuid event_id = result_uuid(rows, row, 0);

        uuid_format(&event_id, event);
    }
    cells[0] = text_of(event);
    cells[1] = text_of(kind >= 0 && kind < KINDS ? kind_names[kind] : "?");
    cells[2] = result_text(rows, row, 2);
    cells[3] = result_text(rows, row, 3);
    cells[4] = result_text(rows, row, 4);
    cells[5] = money_text(minor, drill->entry.currency, money);
    cells[6] = result_is_null(rows, row, place_column + 5)
                   ? TEXT("")
                   : result_text(rows, row, place_column + 5);
    cells[7] = place_text(rows, row, place_column, place, sizeof place);
    sheet_row(&drill->sheet, cells);
}

void drill_owing(struct buffer *out, const struct result *rows, int row, int debtor_column)
{
    struct text debtor = result_text(rows, row, debtor_column);
    struct text creditor = result_text(rows, row, debtor_column + 1);

    if (debtor.size == 0)
        buffer_format(out, "we owe %.*s", TEXT_ARG(creditor));
    else
        buffer_format(out, "%.*s owes %.*s", TEXT_ARG(debtor),
                      TEXT_ARG(creditor.size > 0 ? creditor : TEXT("us")));
}

/* ---- an accrual ---- */

static enum status accrual_take(void *context, const struct result *rows, int row,
                                struct error *error)
{
    struct drill *drill = context;
    int64_t minor = result_int64(rows, row, 5);

    if (__builtin_add_overflow(drill->sides.owes_minor, minor, &drill->sides.owes_minor))
        return drill_too_large(error);
    *(drill->entry.purpose.size > 0 ? &drill->charge_count : &drill->payment_count) += 1;
    drill_row(drill, rows, row, minor, 6);
    return OK;
}

static void batch_print(struct buffer *out, const struct result *rows, int row)
{
    struct text place = result_text(rows, row, 11);

    buffer_format(out, "batch    %lld: %.*s %.*s.%lld/%lld, offsets %lld to %lld, ",
                  (long long)result_int64(rows, row, 0), TEXT_ARG(result_text(rows, row, 1)),
                  TEXT_ARG(result_text(rows, row, 2)), (long long)result_int64(rows, row, 3),
                  (long long)result_int64(rows, row, 4), (long long)result_int64(rows, row, 5),
                  (long long)result_int64(rows, row, 6) - 1);
    buffer_format(out, "%lld records, %lld applied; raw: %.*s%s%.*s; root %.*s\n",
                  (long long)result_int64(rows, row, 7), (long long)result_int64(rows, row, 8),
                  TEXT_ARG(result_text(rows, row, 10)), place.size > 0 ? ", " : "", TEXT_ARG(place),
                  TEXT_ARG(result_text(rows, row, 9)));
}

static enum status batches_print(struct drill *drill, struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, LEDGER_PARAMS_MAX);
    params_int64(&params, drill->entry.place.commit_id);
    status = db_run_once(drill->session.db, ledger_sql_drill_batches, &params, error, &rows);
    for (int i = 0; status == OK && i < result_rows(rows); i++)
        batch_print(drill_lines(drill), rows, i);
    result_free(rows);
    return status;
}

static enum status not_of_payments(const struct drill *drill, struct error *error)
{
    error_set(error, REJECT, "entry %lld/%d does not book what participants owe each other",
              (long long)drill->entry.place.commit_id, (int)drill->entry.place.line);
    error_detail(error, "it is between %.*s and %.*s", TEXT_ARG(drill->entry.debit_kind),
                 TEXT_ARG(drill->entry.credit_kind));
    error->exit_code = EXIT_REFUSED;
    return error_hint(error, "sawa ledger entry shows its commit; other entries of it drill");
}

static void params_accrual(struct params *params, const struct entry *entry)
{
    params_init(params, LEDGER_PARAMS_MAX);
    params_int64(params, entry->place.commit_id);
    params_int32(params, entry->debit_account_id);
    params_int32(params, entry->credit_account_id);
    if (entry->purpose.size == 0)
        params_null(params);
    else
        params_text(params, entry->purpose);
}

static void charge_print(struct drill *drill, const struct result *rows, int row)
{
    struct buffer *out = drill_lines(drill);
    char date[DATE_TEXT_SIZE];
    char money[MONEY_TEXT_SIZE];

    date_format(result_date(rows, row, 2), date);
    buffer_format(out,
                  "charge   %.*s %.*s of window %lld, %.*s %s: ", TEXT_ARG(drill->entry.purpose),
                  TEXT_ARG(result_text(rows, row, 3)), (long long)result_int64(rows, row, 0),
                  TEXT_ARG(result_text(rows, row, 1)), date);
    drill_owing(out, rows, row, 4);
    buffer_format(out, " %.*s for %lld payments\n",
                  TEXT_ARG(money_text(result_int64(rows, row, 7), drill->entry.currency, money)),
                  (long long)result_int64(rows, row, 6));
}

/* What the commit added to its windows: the sum that the close will fold. */
static enum status charges_drill(struct drill *drill, struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    int64_t sum = 0;
    enum status status;

    params_accrual(&params, &drill->entry);
    status = db_run_once(drill->session.db, ledger_sql_drill_charges, &params, error, &rows);
    for (int i = 0; status == OK && i < result_rows(rows); i++) {
        charge_print(drill, rows, i);
        if (__builtin_add_overflow(sum, result_int64(rows, i, 7), &sum))
            status = drill_too_large(error);
    }
    result_free(rows);
    if (status == OK)
        drill_equality(drill, "the charges of its windows", sum);
    return status;
}

static enum status accrual_drill(struct drill *drill, struct error *error)
{
    bool is_charge = drill->entry.purpose.size > 0;
    struct params params;
    enum status status;

    if (!is_charge && (!text_is(drill->entry.debit_kind, "OBLIGATION") ||
                       !text_is(drill->entry.credit_kind, "OBLIGATION")))
        return not_of_payments(drill, error);
    status = batches_print(drill, error);
    if (status == OK && is_charge)
        status = charges_drill(drill, error);
    if (status != OK)
        return status;
    sheet_head(&drill->sheet);
    params_accrual(&params, &drill->entry);
    params_currencies(&params);
    status = stream_each(drill->session.db, ledger_sql_drill_payments, &params, accrual_take, drill,
                         error);
    if (status != OK)
        return status;
    sheet_tail(&drill->sheet);
    drill_equality(drill, is_charge ? "what its payments are charged" : "its payments",
                   drill->sides.owes_minor);
    return OK;
}

/* ---- an opening ---- */

void drill_person(struct buffer *out, const char *did, const struct result *rows, int row,
                  int login_column)
{
    struct text named = result_text(rows, row, login_column + 1);

    buffer_format(out, "%s%.*s%s%.*s", did, TEXT_ARG(result_text(rows, row, login_column)),
                  named.size > 0 ? ", " : "", TEXT_ARG(named));
}

static enum status opening_drill(struct drill *drill, struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    struct buffer *out = drill_lines(drill);
    enum status status;

    params_init(&params, LEDGER_PARAMS_MAX);
    params_int64(&params, drill->entry.place.commit_id);
    status = db_run_once(drill->session.db, ledger_sql_drill_opening, &params, error, &rows);
    if (status == OK && result_rows(rows) == 0)
        status = error_set(error, FATAL, "the commit of the entry approved no opening");
    if (status == OK) {
        int64_t book = result_int64(rows, 0, 2);
        char date[DATE_TEXT_SIZE];

        date_format(result_date(rows, 0, 1), date);
        buffer_format(out, "opening  %.*s at the end of %s, %lld outstanding items, digest %.*s\n",
                      TEXT_ARG(result_text(rows, 0, 0)), date, (long long)result_int64(rows, 0, 9),
                      TEXT_ARG(result_text(rows, 0, 8)));
        drill_person(out, "maker    ", rows, 0, 4);
        drill_person(out, "\nchecker  ", rows, 0, 6);
        buffer_byte(out, '\n');
        drill_equality(drill, "the book balance that was approved",
                       book < 0 && book > INT64_MIN ? -book : book);
    }
    result_free(rows);
    return status;
}

/* ---- what was placed beforehand ---- */

static enum status prefunding_drill(struct drill *drill, struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    struct buffer *out = drill_lines(drill);
    enum status status;

    params_init(&params, LEDGER_PARAMS_MAX);
    params_int64(&params, drill->entry.place.commit_id);
    status = db_run_once(drill->session.db, ledger_sql_drill_prefunding, &params, error, &rows);
    if (status == OK && result_rows(rows) == 0)
        status = error_set(error, FATAL, "the commit of the entry approved no prefunding");
    if (status == OK) {
        int64_t minor = result_int64(rows, 0, 1);
        char date[DATE_TEXT_SIZE];

        date_format(result_date(rows, 0, 2), date);
        buffer_format(out, "prefunding of %.*s for %s, reference %.*s: %.*s\n",
                      TEXT_ARG(result_text(rows, 0, 0)), date, TEXT_ARG(result_text(rows, 0, 3)),
                      TEXT_ARG(result_text(rows, 0, 4)));
        drill_person(out, "maker    ", rows, 0, 5);
        drill_person(out, "\nchecker  ", rows, 0, 7);
        buffer_byte(out, '\n');
        drill_equality(drill, minor > 0 ? "what was placed" : "what was given back",
                       minor < 0 && minor > INT64_MIN ? -minor : minor);
    }
    result_free(rows);
    return status;
}

/* ---- the verb ---- */

static enum status nothing_behind(const struct drill *drill, struct error *error)
{
    error_set(error, REJECT, "entries of action %.*s lead to nothing further",
              TEXT_ARG(drill->entry.action));
    error->exit_code = EXIT_REFUSED;
    return error_hint(error, "sawa ledger entry shows its commit and its place in the audit");
}

static enum status drill_kind(struct drill *drill, struct error *error)
{
    switch (drill->entry.kind) {
    case ENTRY_ACCRUAL: return accrual_drill(drill, error);
    case ENTRY_CLOSE:
        return fx_is_entry(&drill->entry) ? fx_drill(drill, error) : close_drill(drill, error);
    case ENTRY_REVERSAL:
    case ENTRY_RETURN:
    case ENTRY_OUTSIDE:
    case ENTRY_RESTORED:
    case ENTRY_NEXT_ATTEMPT: return close_drill(drill, error);
    case ENTRY_OPENING: return opening_drill(drill, error);
    case ENTRY_PREFUNDING: return prefunding_drill(drill, error);
    case ENTRY_CLEARING: return clearing_drill(drill, error);
    default: return nothing_behind(drill, error);
    }
}

/* A day that was let go took its payments: of an accrual nothing is left to prove it with. */
static void gone_print(struct drill *drill)
{
    struct buffer *out = drill_lines(drill);

    if (drill->entry.kind == ENTRY_OPENING || drill->entry.kind == ENTRY_PREFUNDING ||
        drill->entry.kind == ENTRY_CLEARING)
        return;
    if (drill->payment_count > 0 || drill->charge_count == 0)
        buffer_format(out, "%lld payments", (long long)drill->payment_count);
    if (drill->gone_count > 0)
        buffer_format(out, ", %lld of them in days that were let go: one sum per pair and day",
                      (long long)drill->gone_count);
    if (drill->charge_count > 0)
        buffer_format(out, "%s%lld charges", drill->payment_count > 0 ? "; " : "",
                      (long long)drill->charge_count);
    buffer_byte(out, '\n');
    if (!drill->holds && drill->entry.kind == ENTRY_ACCRUAL)
        buffer_string(out, "hint: payments of days that were let go cannot be shown any more: "
                           "sawa archive show\n");
}

static enum status drill_print(struct drill *drill, const struct place *place, struct error *error)
{
    enum status status = entry_read(drill->session.db, place, error, &drill->entry);

    if (status != OK)
        return status;
    entry_print(&drill->entry, drill_lines(drill));
    status = drill_kind(drill, error);
    if (status == OK)
        gone_print(drill);
    return status;
}

int drill_verb(struct program_run *run, const struct arguments *arguments)
{
    struct drill drill = {.holds = true};
    struct place place = {0};
    struct error error;
    int code;

    if (!place_parse(text_of(arguments->word), &place))
        return program_usage(run, "an entry is COMMIT/LINE, as 4711/1");
    if (snapshot_open(run, &error, &drill.session) != OK)
        return program_fail(&error);
    sheet_init(&drill.sheet, arguments->format, payment_columns, DRILL_CELLS);
    buffer_init(&drill.around, 16 * LEDGER_PARAMS_MAX);
    code = drill_print(&drill, &place, &error) == OK ? EXIT_OK : program_fail(&error);
    if (drill.sheet.format == SHEET_JSON)
        buffer_byte(&drill.sheet.out, '\n');
    session_done(&drill.session);
    result_free(drill.entry.rows);
    if (drill.around.size > 0)
        (void)fwrite(drill.around.data, 1, drill.around.size, stderr);
    buffer_done(&drill.around);
    return sheet_end(&drill.sheet, code == EXIT_OK && !drill.holds ? EXIT_FAILED : code);
}
