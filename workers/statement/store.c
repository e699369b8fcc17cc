/*
 * store.c - one statement into the database, whole or held whole; see load.h (3), (4).
 */
#include "load.h"

#include "statement_sql.h"

#include <stdio.h>
#include <stdlib.h>

enum { PARAMS_SIZE_MAX = 4 * 1024 * 1024, FINDING_TEXT_SIZE = 160 };

/* A statement on its way in: what the checks found out and the writes need. */
struct intake {
    struct session *session;
    const struct statement *statement;
    struct entry_spool *entries;
    struct business *tx;
    bool is_within;        /* tx is not ours: other statements may follow in it */
    int32_t account_id;    /* 0: none of ours */
    bool is_agreed_format; /* the one that account's statements are to be in */
    struct hold_policy policy;
    struct digest digest;
    char currency[CURRENCY_CODE_SIZE];
    calendar_date closing_date;
    const char *hold_reason; /* NULL: it loads */
    struct finding gap;      /* to the statement before; code FINDING_NONE: none */
    char gap_text[FINDING_TEXT_SIZE];
    int32_t loaded_count;
    int64_t new_count;    /* of these, what was not there */
    int64_t statement_id; /* 0: the same content is stored already */
};

/* ---- may it load? ---- */

static bool closing_fits(const struct statement *statement)
{
    const struct statement_amount *closing = &statement->closing.amount;

    return statement->has_closing && closing->present &&
           closing->currency == statement->account.currency &&
           closing->scale == currency_scale(closing->currency);
}

/* Some formats are sent at the end of a day only, or say it. Of the others the agreement with the
 * bank decides: what the account's statements are to be. */
static bool is_of_the_day(const struct intake *intake)
{
    const struct statement *statement = intake->statement;

    switch (statement->format) {
    case FORMAT_MT940:
    case FORMAT_MT950:
    case FORMAT_CAMT_053: return true;
    case FORMAT_BAI2: return statement->is_final == ANSWER_YES;
    case FORMAT_CSV:
    case FORMAT_MOBILE_MONEY:
    case FORMAT_OFX: return intake->is_agreed_format;
    default: return false;
    }
}

/* What no decision mends: there is nothing to book it with, or nothing a proof could hold. */
static const char *hold_reason_for_good(const struct intake *intake)
{
    if (intake->account_id == 0)
        return "account_unknown";
    if (!closing_fits(intake->statement))
        return "closing_balance_unusable";
    if (intake->closing_date == DATE_NONE)
        return "closing_date_missing";
    if (!entry_spool_fits(intake->entries, intake->statement))
        return "entry_in_another_currency_or_scale";
    return NULL;
}

/* The first condition that fails names why the statement waits. */
static const char *hold_reason(const struct intake *intake)
{
    if (hold_policy_ask(&intake->policy, intake->statement->findings) != FINDING_NONE)
        return "findings";
    if (intake->account_id != 0 && !is_of_the_day(intake))
        return "not_an_end_of_day_statement";
    return hold_reason_for_good(intake);
}

static calendar_date first_date(calendar_date first, calendar_date second)
{
    return first != DATE_NONE ? first : second;
}

static enum status account_find(struct intake *intake, struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, PARAMS_SIZE_MAX);
    params_text(&params, intake->statement->account.id);
    params_string(&params, intake->currency);
    status = db_run_once(intake->session->db, statement_sql_account_find, &params, error, &rows);
    if (status == OK && result_rows(rows) == 1) {
        intake->account_id = (int32_t)result_int64(rows, 0, 0);
        intake->is_agreed_format =
            text_is(result_text(rows, 0, 1), statement_format_name(intake->statement->format));
    }
    result_free(rows);
    return status;
}

static void params_account(struct params *params, const struct intake *intake)
{
    if (intake->account_id == 0)
        params_null(params);
    else
        params_int32(params, intake->account_id);
}

/* A code that this program does not know holds nothing: it finds none of that name. */
static enum status policy_read(struct intake *intake, struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    hold_policy_init(&intake->policy);
    params_init(&params, PARAMS_SIZE_MAX);
    params_account(&params, intake);
    status = db_run_once(intake->session->db, statement_sql_policy, &params, error, &rows);
    for (int row = 0; status == OK && row < result_rows(rows); row++)
        (void)!hold_policy_set(&intake->policy, result_text(rows, row, 0),
                               result_bool(rows, row, 1));
    result_free(rows);
    return status;
}

static void params_place(struct params *params, const struct intake *intake)
{
    params_int32(params, intake->account_id);
    params_text(params, intake->statement->sequence_number);
    params_int32(params, intake->statement->page);
    params_date(params, intake->closing_date);
    params_bytes(params, intake->digest.bytes, SHA256_SIZE);
}

/* Same number and page in a year, other content: a person decides which one counts. */
static enum status replaced_find(struct intake *intake, struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    if (intake->hold_reason != NULL || intake->statement->sequence_number.size == 0)
        return OK;
    params_init(&params, PARAMS_SIZE_MAX);
    params_place(&params, intake);
    status =
        db_run_once(intake->session->db, statement_sql_statement_replaced, &params, error, &rows);
    if (status == OK && result_bool(rows, 0, 0))
        intake->hold_reason = finding_name(FINDING_STATEMENT_REPLACED);
    result_free(rows);
    return status;
}

static bool has_finding(const struct statement *statement, enum finding_code code)
{
    for (const struct finding *one = statement->findings; one != NULL; one = one->next) {
        if (one->code == code)
            return true;
    }
    return false;
}

static void gap_note(struct intake *intake, calendar_date before)
{
    char opening[DATE_TEXT_SIZE] = "its day";
    char closing[DATE_TEXT_SIZE];

    if (intake->statement->opening.date != DATE_NONE)
        date_format(intake->statement->opening.date, opening);
    date_format(before, closing);
    snprintf(intake->gap_text, sizeof intake->gap_text,
             "opening balance of %s differs from the closing balance of %s before it", opening,
             closing);
    intake->gap.code = FINDING_CONTINUITY_BROKEN;
    intake->gap.text = text_of(intake->gap_text);
}

/* Does it begin where the one before ended? Of a statement that would load. */
static enum status gap_find(struct intake *intake, struct error *error)
{
    const struct statement *statement = intake->statement;
    struct params params;
    struct result *rows = NULL;
    enum status status;

    if (intake->hold_reason != NULL || !statement->has_opening ||
        !statement->opening.amount.present || has_finding(statement, FINDING_CONTINUITY_BROKEN))
        return OK;
    params_init(&params, PARAMS_SIZE_MAX);
    params_int32(&params, intake->account_id);
    params_int32(&params, statement->page);
    params_date(&params, intake->closing_date);
    params_bytes(&params, intake->digest.bytes, SHA256_SIZE);
    status = db_run_once(intake->session->db, statement_sql_continuity, &params, error, &rows);
    if (status == OK && result_rows(rows) == 1 &&
        result_int64(rows, 0, 0) != statement->opening.amount.minor)
        gap_note(intake, result_date(rows, 0, 1));
    result_free(rows);
    return status;
}

/* What is to be known of it, whatever becomes of it. */
static enum status intake_learn(struct intake *intake, struct error *error)
{
    const struct statement *statement = intake->statement;
    enum status status;

    statement_digest(statement, &intake->digest);
    if (statement->account.currency != CURRENCY_NONE)
        currency_code(statement->account.currency, intake->currency);
    intake->closing_date = first_date(statement->closing.date, statement->to);
    status = account_find(intake, error);
    return status == OK ? policy_read(intake, error) : status;
}

static enum status intake_decide(struct intake *intake, struct error *error)
{
    enum status status;

    intake->hold_reason = hold_reason(intake);
    status = replaced_find(intake, error);
    if (status == OK)
        status = gap_find(intake, error);
    if (hold_policy_ask(&intake->policy, &intake->gap) != FINDING_NONE)
        intake->hold_reason = "findings";
    intake->loaded_count = intake->hold_reason == NULL ? intake->entries->count : 0;
    return status;
}

/* ---- the statement's row ---- */

static void params_balance(struct params *params, const struct statement_balance *balance,
                           bool present, calendar_date date)
{
    if (present && balance->amount.present)
        params_int64(params, balance->amount.minor);
    else
        params_null(params);
    if (date != DATE_NONE)
        params_date(params, date);
    else
        params_null(params);
}

static struct text text_or_empty(struct text text)
{
    return text.data == NULL ? TEXT("") : text;
}

static void params_statement(struct params *params, const struct intake *intake,
                             const struct load_place *place)
{
    const struct statement *statement = intake->statement;
    bool held = intake->hold_reason != NULL;

    params_int64(params, place->file_id);
    params_int32(params, place->ordinal);
    params_int64(params, intake->tx->commit_id);
    params_bytes(params, intake->digest.bytes, SHA256_SIZE);
    params_account(params, intake);
    params_text(params, text_or_empty(statement->account.id));
    params_string(params, intake->currency);
    params_string(params, statement_format_name(statement->format));
    params_text(params, text_or_empty(statement->version));
    params_text(params, text_or_empty(statement->sequence_number));
    params_int32(params, statement->page);
    params_string(params, held ? "HELD" : "LOADED");
    params_string(params, held ? intake->hold_reason : "");
    params_balance(params, &statement->opening, statement->has_opening, statement->opening.date);
    params_balance(params, &statement->closing, statement->has_closing, intake->closing_date);
    params_int32(params, statement->entry_count);
    params_int32(params, intake->loaded_count);
}

static void statement_effect(const struct intake *intake)
{
    struct effects *effects = &intake->tx->effects;

    effects_row(effects, "statement", 3);
    effects_text(effects, (struct text){(const char *)intake->digest.bytes, SHA256_SIZE});
    effects_int64(effects, intake->account_id);
    effects_text(effects, text_of(intake->hold_reason == NULL ? "" : intake->hold_reason));
}

static enum status statement_insert(struct intake *intake, const struct load_place *place,
                                    struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, PARAMS_SIZE_MAX);
    params_statement(&params, intake, place);
    status =
        db_run_once(intake->session->db, statement_sql_statement_insert, &params, error, &rows);
    if (status == OK && result_rows(rows) == 1)
        intake->statement_id = result_int64(rows, 0, 0);
    result_free(rows);
    if (status == OK)
        statement_effect(intake);
    return status;
}

/* ---- its entries ---- */

static struct entry_end entry_end_of(const struct intake *intake)
{
    return (struct entry_end){.account_id = intake->account_id,
                              .statement_id = intake->statement_id,
                              .currency = intake->currency,
                              .closing_date = intake->closing_date};
}

/* By way of a table of their own: what another statement brought is left out (4). */
static enum status entries_stage(struct intake *intake, struct effects *effects,
                                 struct error *error)
{
    struct db *db = intake->session->db;
    struct entry_end end = entry_end_of(intake);
    struct result *rows = NULL;
    int64_t staged = 0;
    enum status status = db_run(db, statement_sql_stage_make, NULL, error, NULL);

    if (status == OK)
        status = db_run(db, statement_sql_stage_clear, NULL, error, NULL);
    if (status == OK)
        status = entry_spool_copy(intake->entries, db, statement_sql_stage_copy, &end, effects,
                                  error, &staged);
    if (status == OK)
        status = db_run(db, statement_sql_entry_insert, NULL, error, &rows);
    if (status == OK)
        intake->new_count = result_affected(rows);
    result_free(rows);
    return status;
}

/* Most statements overlap no other, so the rows go straight to their table; where one of them is
 * there already, once more by the stage. */
static enum status entries_copy(struct intake *intake, struct error *error)
{
    struct db *db = intake->session->db;
    struct entry_end end = entry_end_of(intake);
    enum status status = db_run(db, statement_sql_entries_save, NULL, error, NULL);

    if (status == OK)
        status = entry_spool_copy(intake->entries, db, statement_sql_entry_copy, &end,
                                  &intake->tx->effects, error, &intake->new_count);
    if (status == DUPLICATE) {
        status = db_run(db, statement_sql_entries_undo, NULL, error, NULL);
        if (status == OK)
            status = entries_stage(intake, NULL, error);
    }
    return status == OK && intake->is_within
               ? db_run(db, statement_sql_entries_kept, NULL, error, NULL)
               : status;
}

static enum status entries_insert(struct intake *intake, struct error *error)
{
    enum status status;

    if (intake->loaded_count == 0)
        return OK;
    status = entry_spool_end(intake->entries, intake->statement, error);
    return status == OK ? entries_copy(intake, error) : status;
}

/* ---- its findings ---- */

enum status findings_insert(struct db *db, const struct load_place *place, int64_t statement_id,
                            const struct finding *findings, size_t count, struct error *error)
{
    struct text *codes = calloc(3 * count + 1, sizeof *codes);
    struct text *severities = codes + count;
    struct text *texts = severities + count;
    int64_t *lines = calloc(count + 1, sizeof *lines);
    int32_t *entries = calloc(count + 1, sizeof *entries);
    struct params params;
    enum status status;
    size_t i = 0;

    assert(codes != NULL && lines != NULL && entries != NULL);
    for (const struct finding *finding = findings; finding != NULL; finding = finding->next, i++) {
        codes[i] = text_of(finding_name(finding->code));
        severities[i] = text_of(severity_name(finding_severity(finding->code)));
        texts[i] = text_or_empty(finding->text);
        lines[i] = finding->line;
        entries[i] = finding->entry;
    }
    assert(i == count);
    params_init(&params, PARAMS_SIZE_MAX);
    params_int64(&params, place->file_id);
    if (statement_id == 0)
        params_null(&params);
    else
        params_int64(&params, statement_id);
    params_text_array(&params, codes, count);
    params_text_array(&params, severities, count);
    params_int32_array(&params, entries, count);
    params_int64_array(&params, lines, count);
    params_text_array(&params, texts, count);
    status = db_run_once(db, statement_sql_finding_insert, &params, error, NULL);
    free(entries);
    free(lines);
    free(codes);
    return status;
}

/* The gap, if there is one, stands in front of what the statement shows by itself. */
static enum status intake_findings(struct intake *intake, const struct load_place *place,
                                   struct error *error)
{
    const struct statement *statement = intake->statement;
    size_t count = (size_t)statement->finding_count;
    const struct finding *first = statement->findings;

    if (intake->gap.code != FINDING_NONE) {
        intake->gap.next = statement->findings;
        first = &intake->gap;
        count++;
    }
    return findings_insert(intake->session->db, place, intake->statement_id, first, count, error);
}

/* ---- one that was held, and is released ---- */

enum status release_refuse(struct error *error, const char *detail, const char *hint)
{
    error_set(error, REJECT, "the statement cannot be loaded");
    error_detail(error, "%s", detail);
    error_hint(error, "%s", hint);
    error->exit_code = EXIT_REFUSED;
    return REJECT;
}

/* A person may overrule what holds it, but not what it lacks. */
static enum status release_check(const struct intake *intake, const struct load_place *place,
                                 struct error *error)
{
    const char *reason = hold_reason_for_good(intake);

    if (!digest_equal(&intake->digest, &place->release->digest))
        return release_refuse(error, "its file reads otherwise now than when it came",
                              "give the --profile or --csv-profile it was loaded with");
    return reason == NULL
               ? OK
               : release_refuse(error, reason, "ask the bank for another one, and refuse this one");
}

static enum status release_update(const struct intake *intake, struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, PARAMS_SIZE_MAX);
    params_int64(&params, intake->statement_id);
    params_int32(&params, intake->account_id);
    params_int32(&params, intake->loaded_count);
    status = db_run_once(intake->session->db, statement_sql_release_update, &params, error, &rows);
    if (status == OK && result_affected(rows) != 1)
        status = release_refuse(error, "it is not held any more", "sawa statement list");
    result_free(rows);
    if (status == OK)
        statement_effect(intake);
    return status;
}

/* What it replaces is loaded already and stays. Where that has bookings which this one has not,
 * both together are what no bank ever said. */
static enum status release_replaces(const struct intake *intake, struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    int64_t left;
    enum status status;

    params_init(&params, PARAMS_SIZE_MAX);
    params_place(&params, intake);
    status = db_run_once(intake->session->db, statement_sql_release_left, &params, error, &rows);
    left = status == OK ? result_int64(rows, 0, 0) : 0;
    result_free(rows);
    return left == 0
               ? status
               : release_refuse(error, "it replaces a statement with bookings that it has not",
                                "entries that are loaded stay: refuse it, and settle with"
                                " the bank which one counts");
}

static enum status intake_release(struct intake *intake, const struct load_place *place,
                                  struct error *error)
{
    enum status status = release_check(intake, place, error);

    if (status != OK)
        return status;
    intake->statement_id = place->release->statement_id;
    intake->loaded_count = intake->entries->count;
    status = gap_find(intake, error);
    if (status == OK)
        status = release_update(intake, error);
    if (status == OK)
        status = entry_spool_end(intake->entries, intake->statement, error);
    if (status == OK)
        status = entries_stage(intake, &intake->tx->effects, error);
    if (status == OK && intake->statement->sequence_number.size > 0)
        status = release_replaces(intake, error);
    if (status == OK && intake->gap.code != FINDING_NONE)
        status = findings_insert(intake->session->db, place, intake->statement_id, &intake->gap, 1,
                                 error);
    return status;
}

/* ---- one transaction ---- */

static enum status intake_write(struct intake *intake, const struct load_place *place,
                                struct error *error)
{
    enum status status = intake_learn(intake, error);

    if (status == OK && place->release != NULL)
        return intake_release(intake, place, error);
    if (status == OK)
        status = intake_decide(intake, error);
    if (status == OK)
        status = statement_insert(intake, place, error);
    if (status != OK || intake->statement_id == 0)
        return status;
    status = entries_insert(intake, error);
    return status == OK ? intake_findings(intake, place, error) : status;
}

static void intake_count(const struct intake *intake, struct load_answer *answer)
{
    if (intake->statement_id == 0) {
        answer->duplicate_count++;
    } else if (intake->hold_reason != NULL) {
        answer->held_count++;
    } else {
        answer->loaded_count++;
        answer->entry_count += intake->loaded_count;
        answer->new_count += intake->new_count;
    }
}

static enum status intake_tell(const struct intake *intake, const struct load_order *order,
                               struct error *error)
{
    const struct load_verdict verdict = {
        .statement = intake->statement,
        .statement_id = intake->statement_id,
        .hold_reason = intake->hold_reason,
        .new_count = intake->new_count,
    };

    return order->tell_statement == NULL
               ? OK
               : order->tell_statement(order->context, intake->session, &verdict, error);
}

/* What it is in a transaction of its own, or within the one of a trial. */
static enum status intake_run(struct intake *intake, const struct load_order *order,
                              const struct load_place *place, struct error *error)
{
    enum status status = intake_write(intake, place, error);

    if (status == OK)
        status = intake_tell(intake, order, error);
    if (place->within != NULL)
        return status;
    if (status != OK || intake->statement_id != 0)
        return business_finish(intake->tx, status, error);
    business_abandon(intake->tx); /* (3) the same content: nothing to note */
    return OK;
}

enum status load_statement(struct session *session, const struct load_order *order,
                           const struct load_place *place, const struct statement *statement,
                           struct error *error, struct load_answer *answer)
{
    struct business tx;
    struct intake intake = {.session = session,
                            .statement = statement,
                            .entries = place->entries,
                            .is_within = place->within != NULL,
                            .tx = place->within == NULL ? &tx : place->within};
    enum status status = OK;

    if (place->within == NULL)
        status =
            business_begin(session->db, "statement", session->worker, clock_now_us(), error, &tx);
    if (status == OK)
        status = intake_run(&intake, order, place, error);
    if (status == OK)
        intake_count(&intake, answer);
    return status;
}
