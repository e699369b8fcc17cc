/*
 * suspense.c - sawa ledger suspense: what was settled outside and is not cleared, and since when;
 * and the drill from an entry that cleared some of it.
 *
 * What is listed is proved against the books: per currency the payments' sum is what the suspense
 * account stands at, by its entries alone (3). Exit 1 where it is not.
 */
#include "drill.h"
#include "ledger_sql.h"

#include "base/uuid.h"

#include <stdio.h>

enum { CELLS = 10 };

static const struct column columns[CELLS] = {
    {"since", 12, false},    {"days", 5, true},          {"participant", 14, false},
    {"direction", 9, false}, {"currency", 8, false},     {"amount", 18, true},
    {"left", 18, true},      {"instruction", 36, false}, {"window", 12, true},
    {"reason", 0, false},
};

/* The columns of sql/suspense.sql. */
enum { SINCE, DAYS, PARTICIPANT, DIRECTION, CURRENCY, AMOUNT, LEFT, INSTRUCTION, WINDOW, REASON };

/* What payments leave per currency, debits less credits, and what the account stands at. */
struct left {
    struct totals totals;
    struct sheet sheet;
};

static enum status too_many(struct error *error)
{
    return error_set(error, FATAL, "the books hold more than %d currencies", TOTALS_MAX);
}

static enum status payment_row(struct left *left, const struct result *rows, int row,
                               struct error *error)
{
    struct uuid instruction_id = result_uuid(rows, row, INSTRUCTION);
    struct text code = result_text(rows, row, CURRENCY);
    struct total *total = totals_of(&left->totals, code);
    bool is_owed = text_is(result_text(rows, row, DIRECTION), "COLLECT");
    char money[2][MONEY_TEXT_SIZE];
    char number[2][24];
    char date[DATE_TEXT_SIZE];
    char id[UUID_TEXT_SIZE];

    if (total == NULL)
        return too_many(error);
    *(is_owed ? &total->debit : &total->credit) += result_int64(rows, row, LEFT);
    date_format(result_date(rows, row, SINCE), date);
    uuid_format(&instruction_id, id);
    snprintf(number[0], sizeof number[0], "%lld", (long long)result_int64(rows, row, DAYS));
    snprintf(number[1], sizeof number[1], "%lld", (long long)result_int64(rows, row, WINDOW));
    sheet_row(&left->sheet, (const struct text[CELLS]){
                                text_of(date),
                                text_of(number[0]),
                                result_text(rows, row, PARTICIPANT),
                                result_text(rows, row, DIRECTION),
                                code,
                                money_text(result_int64(rows, row, AMOUNT), code, money[0]),
                                money_text(result_int64(rows, row, LEFT), code, money[1]),
                                text_of(id),
                                text_of(number[1]),
                                result_text(rows, row, REASON),
                            });
    return OK;
}

static enum status read_until(struct db *db, const char *sql, const struct arguments *arguments,
                              struct error *error, struct result **ret_rows)
{
    struct params params;

    params_init(&params, LEDGER_PARAMS_MAX);
    params_date(&params, until_of(arguments));
    params_string(&params, arguments->currency);
    return db_run_once(db, sql, &params, error, ret_rows);
}

static enum status payments_print(struct left *left, struct db *db,
                                  const struct arguments *arguments, struct error *error)
{
    struct result *rows = NULL;
    enum status status = read_until(db, ledger_sql_suspense, arguments, error, &rows);

    sheet_head(&left->sheet);
    for (int i = 0; status == OK && i < result_rows(rows); i++)
        status = payment_row(left, rows, i, error);
    sheet_tail(&left->sheet);
    result_free(rows);
    return status;
}

/* What the accounts stand at, into balance_debit: (3). */
static enum status balances_read(struct left *left, struct db *db,
                                 const struct arguments *arguments, struct error *error)
{
    struct result *rows = NULL;
    enum status status = read_until(db, ledger_sql_suspense_balance, arguments, error, &rows);

    for (int i = 0; status == OK && i < result_rows(rows); i++) {
        struct total *total = totals_of(&left->totals, result_text(rows, i, 1));

        if (total == NULL)
            status = too_many(error);
        else
            total->balance_debit += result_int64(rows, i, 2);
    }
    result_free(rows);
    return status;
}

/* "12.50 Cr": which side a balance is on. */
static struct text side_text(__int128 minor, struct text code, char text[MONEY_TEXT_SIZE],
                             const char **ret_side)
{
    *ret_side = minor < 0 ? " Cr" : minor > 0 ? " Dr" : "";
    return money_text(minor < 0 ? -minor : minor, code, text);
}

/* True: what is left is what the books say, in every currency. */
static bool left_proved(struct left *left, struct buffer *out)
{
    bool holds = true;

    for (size_t i = 0; i < left->totals.count; i++) {
        const struct total *total = &left->totals.of[i];
        struct text code = text_of(total->currency);
        __int128 minor = total->debit - total->credit;
        char money[2][MONEY_TEXT_SIZE];
        const char *side[2];
        struct text told = side_text(minor, code, money[0], &side[0]);
        struct text booked = side_text(total->balance_debit, code, money[1], &side[1]);
        bool is_proved = minor == total->balance_debit;

        buffer_format(out, "%s  %s %.*s%s left of payments %s %.*s%s on the suspense account\n",
                      is_proved ? "proved" : "DIFFERS", total->currency, TEXT_ARG(told), side[0],
                      is_proved ? "=" : "<>", TEXT_ARG(booked), side[1]);
        holds = holds && is_proved;
    }
    return holds;
}

int suspense_verb(struct program_run *run, const struct arguments *arguments)
{
    struct left left = {0};
    struct session session;
    struct buffer proof;
    struct error error;
    enum status status = snapshot_open(run, &error, &session);
    bool holds;

    if (status != OK)
        return program_fail(&error);
    sheet_init(&left.sheet, arguments->format, columns, CELLS);
    buffer_init(&proof, LEDGER_PARAMS_MAX);
    status = payments_print(&left, session.db, arguments, &error);
    if (status == OK)
        status = balances_read(&left, session.db, arguments, &error);
    session_done(&session);
    holds = left_proved(&left, &proof);
    if (arguments->format == SHEET_JSON)
        buffer_byte(&left.sheet.out, '\n');
    if (status == OK && proof.size > 0)
        (void)fwrite(proof.data, 1, proof.size, stderr);
    buffer_done(&proof);
    return sheet_end(&left.sheet, status != OK ? program_fail(&error)
                                  : holds      ? EXIT_OK
                                               : EXIT_FAILED);
}

/* ---- the drill ---- */

/* The columns of sql/drill_clearing.sql. */
enum {
    CLEARING_ID,
    PURPOSE,
    CLEARED,
    CLEARING_REASON,
    MAKER,
    PROPOSED_BY,
    CHECKER,
    APPROVED_BY,
    DIGEST,
    OF_INSTRUCTION,
    OF_DIRECTION,
    OF_PARTICIPANT,
    OUTSIDE,
    STILL_LEFT,
    ALL_CLEARED,
    OUTSIDE_ON,
    OUTSIDE_COMMIT,
    OF_WINDOW,
    OUTSIDE_REASON,
    VALUE_DATE,
    REFERENCE,
    IS_OPEN,
};

static void expected_print(struct buffer *out, const struct result *rows)
{
    char date[DATE_TEXT_SIZE];

    if (result_is_null(rows, 0, VALUE_DATE))
        return;
    date_format(result_date(rows, 0, VALUE_DATE), date);
    buffer_format(out, "expected on %s, reference %.*s: %s\n", date,
                  TEXT_ARG(result_text(rows, 0, REFERENCE)),
                  result_bool(rows, 0, IS_OPEN) ? "no statement has it yet" : "on a statement");
}

static void outside_print(struct drill *drill, const struct result *rows)
{
    struct uuid instruction_id = result_uuid(rows, 0, OF_INSTRUCTION);
    struct buffer *out = drill_lines(drill);
    char money[2][MONEY_TEXT_SIZE];
    char date[DATE_TEXT_SIZE];
    char id[UUID_TEXT_SIZE];

    uuid_format(&instruction_id, id);
    date_format(result_date(rows, 0, OUTSIDE_ON), date);
    buffer_format(out,
                  "of       %s, %.*s %.*s %.*s of window %lld, settled outside on %s in commit "
                  "%lld: %.*s\n",
                  id, TEXT_ARG(result_text(rows, 0, OF_DIRECTION)),
                  TEXT_ARG(result_text(rows, 0, OF_PARTICIPANT)),
                  TEXT_ARG(
                      money_text(result_int64(rows, 0, OUTSIDE), drill->entry.currency, money[0])),
                  (long long)result_int64(rows, 0, OF_WINDOW), date,
                  (long long)result_int64(rows, 0, OUTSIDE_COMMIT),
                  TEXT_ARG(result_text(rows, 0, OUTSIDE_REASON)));
    buffer_format(out, "left     %.*s\n",
                  TEXT_ARG(money_text(result_int64(rows, 0, STILL_LEFT), drill->entry.currency,
                                      money[1])));
}

/* What was settled outside is what was cleared of it and what is left. */
static void conserved_print(struct drill *drill, const struct result *rows)
{
    __int128 sum = (__int128)result_int64(rows, 0, ALL_CLEARED) + result_int64(rows, 0, STILL_LEFT);
    bool holds = sum == result_int64(rows, 0, OUTSIDE);
    char money[MONEY_TEXT_SIZE];

    buffer_format(drill_lines(drill), "%s  all that was cleared of it and what is left %s %.*s\n",
                  holds ? "proved" : "DIFFERS", holds ? "=" : "<>",
                  TEXT_ARG(
                      money_text(result_int64(rows, 0, OUTSIDE), drill->entry.currency, money)));
    drill->holds = drill->holds && holds;
}

static void clearing_print(struct drill *drill, const struct result *rows)
{
    struct buffer *out = drill_lines(drill);

    buffer_format(out, "clearing %lld as %.*s: %.*s; digest %.*s\n",
                  (long long)result_int64(rows, 0, CLEARING_ID),
                  TEXT_ARG(result_text(rows, 0, PURPOSE)),
                  TEXT_ARG(result_text(rows, 0, CLEARING_REASON)),
                  TEXT_ARG(result_text(rows, 0, DIGEST)));
    drill_person(out, "maker    ", rows, 0, MAKER);
    drill_person(out, "\nchecker  ", rows, 0, CHECKER);
    buffer_byte(out, '\n');
    expected_print(out, rows);
    outside_print(drill, rows);
    drill_equality(drill, "what was approved", result_int64(rows, 0, CLEARED));
    conserved_print(drill, rows);
}

enum status clearing_drill(struct drill *drill, struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, LEDGER_PARAMS_MAX);
    params_int64(&params, drill->entry.place.commit_id);
    status = db_run_once(drill->session.db, ledger_sql_drill_clearing, &params, error, &rows);
    if (status == OK && result_rows(rows) == 0)
        status = error_set(error, FATAL, "the commit of the entry cleared nothing");
    if (status == OK)
        clearing_print(drill, rows);
    result_free(rows);
    return status;
}
