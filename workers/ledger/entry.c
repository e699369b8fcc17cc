/*
 * entry.c - sawa ledger entry COMMIT/LINE: what an entry is, and what it belongs to.
 */
#include "ledger.h"
#include "ledger_sql.h"

#include "base/clock.h"

/* Columns of entry.sql. */
enum {
    DEBIT_ID,
    DEBIT_CODE,
    DEBIT_KIND,
    DEBIT_PARTICIPANT,
    CREDIT_ID,
    CREDIT_CODE,
    CREDIT_KIND,
    CREDIT_PARTICIPANT,
    AMOUNT,
    CURRENCY_OF,
    BOOKING_DATE,
    ACTION,
    WORKER,
    COMMITTED_AT,
    WINDOW_ID,
    CORRIDOR,
    BUSINESS_DATE,
    SEQUENCE,
    STATE,
    LEAF_HASH,
    LEAF_INDEX,
    PURPOSE,
};

static enum status not_there(const struct place *place, struct error *error)
{
    error_set(error, REJECT, "there is no entry %lld/%d", (long long)place->commit_id,
              (int)place->line);
    error->exit_code = EXIT_REFUSED;
    return error_hint(error, "sawa ledger account CODE shows the entries of an account");
}

static struct text text_or(const struct result *rows, int column, const char *otherwise)
{
    return result_is_null(rows, 0, column) ? text_of(otherwise) : result_text(rows, 0, column);
}

static enum entry_kind kind_of(const struct entry *entry)
{
    static const struct {
        const char *action;
        enum entry_kind kind;
    } of_windows[] = {{"failed", ENTRY_REVERSAL},
                      {"reinstruct", ENTRY_NEXT_ATTEMPT},
                      {"returned", ENTRY_RETURN},
                      {"abandoned", ENTRY_OUTSIDE},
                      {"ruling_approval", ENTRY_RESTORED}};

    for (size_t i = 0; entry->window_id != 0 && i < COUNT_OF(of_windows); i++)
        if (text_is(entry->action, of_windows[i].action))
            return of_windows[i].kind;
    if (entry->window_id != 0)
        return ENTRY_CLOSE;
    if (text_is(entry->action, "ingest") || text_is(entry->action, "parked_retry"))
        return ENTRY_ACCRUAL;
    if (text_is(entry->action, "prefunding_approval"))
        return ENTRY_PREFUNDING;
    if (text_is(entry->action, "suspense_clearing_approval"))
        return ENTRY_CLEARING;
    return text_is(entry->action, "account_opening_approval") ? ENTRY_OPENING : ENTRY_OTHER;
}

enum status entry_read(struct db *db, const struct place *place, struct error *error,
                       struct entry *ret_entry)
{
    struct entry entry = {.place = *place};
    struct params params;
    enum status status;

    params_init(&params, LEDGER_PARAMS_MAX);
    params_int64(&params, place->commit_id);
    params_int32(&params, place->line);
    status = db_run_once(db, ledger_sql_entry, &params, error, &entry.rows);
    if (status != OK)
        return status;
    if (result_rows(entry.rows) == 0) {
        result_free(entry.rows);
        return not_there(place, error);
    }
    entry.debit_account_id = (int32_t)result_int64(entry.rows, 0, DEBIT_ID);
    entry.credit_account_id = (int32_t)result_int64(entry.rows, 0, CREDIT_ID);
    entry.debit_code = text_or(entry.rows, DEBIT_CODE, "?");
    entry.credit_code = text_or(entry.rows, CREDIT_CODE, "?");
    entry.debit_kind = text_or(entry.rows, DEBIT_KIND, "?");
    entry.credit_kind = text_or(entry.rows, CREDIT_KIND, "?");
    entry.amount_minor = result_int64(entry.rows, 0, AMOUNT);
    entry.currency = result_text(entry.rows, 0, CURRENCY_OF);
    entry.action = text_or(entry.rows, ACTION, "?");
    entry.purpose = text_or(entry.rows, PURPOSE, "");
    if (!result_is_null(entry.rows, 0, WINDOW_ID))
        entry.window_id = result_int64(entry.rows, 0, WINDOW_ID);
    entry.kind = kind_of(&entry);
    *ret_entry = entry;
    return OK;
}

static void window_print(const struct entry *entry, struct buffer *out)
{
    char date[DATE_TEXT_SIZE] = "?";

    if (entry->window_id == 0)
        return;
    if (!result_is_null(entry->rows, 0, BUSINESS_DATE))
        date_format(result_date(entry->rows, 0, BUSINESS_DATE), date);
    buffer_format(out, "window   %.*s %s/%lld, %lld, %.*s\n",
                  TEXT_ARG(text_or(entry->rows, CORRIDOR, "?")), date,
                  result_is_null(entry->rows, 0, SEQUENCE)
                      ? 0LL
                      : (long long)result_int64(entry->rows, 0, SEQUENCE),
                  (long long)entry->window_id, TEXT_ARG(text_or(entry->rows, STATE, "?")));
}

static void audit_print(const struct entry *entry, struct buffer *out)
{
    buffer_format(out, "audit    leaf %.*s, ", TEXT_ARG(text_or(entry->rows, LEAF_HASH, "?")));
    if (result_is_null(entry->rows, 0, LEAF_INDEX))
        buffer_string(out, "not sealed yet\n");
    else
        buffer_format(out, "index %lld\n", (long long)result_int64(entry->rows, 0, LEAF_INDEX));
}

void entry_print(const struct entry *entry, struct buffer *out)
{
    static const char *const kinds[] = {[ENTRY_ACCRUAL] = "accrual of payments",
                                        [ENTRY_CLOSE] = "close of a window",
                                        [ENTRY_REVERSAL] = "reversal of what a bank rejected",
                                        [ENTRY_NEXT_ATTEMPT] = "instructed again by approval",
                                        [ENTRY_RETURN] = "money that a bank sends back",
                                        [ENTRY_OUTSIDE] = "settled outside by approval",
                                        [ENTRY_RESTORED] = "made after all, by two people's word",
                                        [ENTRY_PREFUNDING] = "placed beforehand",
                                        [ENTRY_CLEARING] = "suspense cleared by approval",
                                        [ENTRY_OPENING] = "opening balance",
                                        [ENTRY_OTHER] = "other"};
    char date[DATE_TEXT_SIZE];
    char instant[INSTANT_TEXT_SIZE] = "?";
    char text[MONEY_TEXT_SIZE];

    date_format(result_date(entry->rows, 0, BOOKING_DATE), date);
    if (!result_is_null(entry->rows, 0, COMMITTED_AT))
        instant_format(result_instant(entry->rows, 0, COMMITTED_AT), instant);
    buffer_format(out, "entry    %lld/%d, %s, booked %s\n", (long long)entry->place.commit_id,
                  (int)entry->place.line, kinds[entry->kind], date);
    buffer_format(out, "amount   %.*s %.*s\n",
                  TEXT_ARG(money_text(entry->amount_minor, entry->currency, text)),
                  TEXT_ARG(entry->currency));
    if (entry->purpose.size > 0)
        buffer_format(out, "purpose  %.*s\n", TEXT_ARG(entry->purpose));
    buffer_format(out, "debit    %.*s (%.*s)\n", TEXT_ARG(entry->debit_code),
                  TEXT_ARG(entry->debit_kind));
    buffer_format(out, "credit   %.*s (%.*s)\n", TEXT_ARG(entry->credit_code),
                  TEXT_ARG(entry->credit_kind));
    buffer_format(out, "commit   %lld, %.*s, %s, by %.*s\n", (long long)entry->place.commit_id,
                  TEXT_ARG(entry->action), instant, TEXT_ARG(text_or(entry->rows, WORKER, "?")));
    window_print(entry, out);
    audit_print(entry, out);
}

int entry_verb(struct program_run *run, const struct arguments *arguments)
{
    struct session session;
    struct place place = {0};
    struct entry entry = {0};
    struct buffer out;
    struct error error;
    enum status status;

    if (!place_parse(text_of(arguments->word), &place))
        return program_usage(run, "an entry is COMMIT/LINE, as 4711/1");
    if (snapshot_open(run, &error, &session) != OK)
        return program_fail(&error);
    status = entry_read(session.db, &place, &error, &entry);
    session_done(&session);
    if (status != OK)
        return program_fail(&error);
    buffer_init(&out, LEDGER_PARAMS_MAX);
    entry_print(&entry, &out);
    result_free(entry.rows);
    return program_answer(&out, EXIT_OK);
}
