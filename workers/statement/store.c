/*
 * store.c - one statement into the database, whole or held whole; see load.h (3), (4).
 */
#include "load.h"

#include "store/copy.h"

#include "statement_sql.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    PARAMS_SIZE_MAX = 4 * 1024 * 1024,
    TUPLES_SIZE_MAX = 512 * 1024 * 1024,
    TUPLE_FIXED_SIZE = 512,
    REMITTANCE_SIZE_MAX = 1024,
};

/* A statement on its way in: what the checks found out and the writes need. */
struct intake {
    struct session *session;
    const struct statement *statement;
    struct business *tx;
    int32_t account_id;    /* 0: none of ours */
    bool is_agreed_format; /* the one that account's statements are to be in */
    struct digest digest;
    char currency[CURRENCY_CODE_SIZE];
    calendar_date closing_date;
    const char *hold_reason; /* NULL: it loads */
    int32_t loaded_count;
    int64_t new_count;    /* of these, what was not there */
    int64_t statement_id; /* 0: the same content is stored already */
};

/* ---- may it load? ---- */

static bool is_bookable(const struct statement_entry *entry)
{
    return entry->status == STATUS_BOOK && entry->amount.minor != 0;
}

/* An entry the proof can use: in the account's currency and minor unit. */
static bool entry_fits(const struct statement *statement, const struct statement_entry *entry)
{
    return entry->amount.present && entry->amount.currency == statement->account.currency &&
           entry->amount.scale == currency_scale(entry->amount.currency);
}

static bool entries_fit(const struct statement *statement)
{
    for (const struct statement_entry *entry = statement->entries; entry != NULL;
         entry = entry->next) {
        if (entry->status == STATUS_BOOK && !entry_fits(statement, entry))
            return false;
    }
    return true;
}

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

/* The first condition that fails names why the statement waits. */
static const char *hold_reason(const struct intake *intake)
{
    const struct statement *statement = intake->statement;

    if (statement_is_held(statement))
        return "findings";
    if (intake->account_id == 0)
        return "account_unknown";
    if (!is_of_the_day(intake))
        return "not_an_end_of_day_statement";
    if (!closing_fits(statement))
        return "closing_balance_unusable";
    if (intake->closing_date == DATE_NONE)
        return "closing_date_missing";
    if (!entries_fit(statement))
        return "entry_in_another_currency_or_scale";
    return NULL;
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

/* Same number and page in a year, other content: a person decides which one counts. */
static enum status replaced_find(struct intake *intake, struct error *error)
{
    const struct statement *statement = intake->statement;
    struct params params;
    struct result *rows = NULL;
    enum status status;

    if (intake->hold_reason != NULL || statement->sequence_number.size == 0)
        return OK;
    params_init(&params, PARAMS_SIZE_MAX);
    params_int32(&params, intake->account_id);
    params_text(&params, statement->sequence_number);
    params_int32(&params, statement->page);
    params_date(&params, intake->closing_date);
    params_bytes(&params, intake->digest.bytes, SHA256_SIZE);
    status =
        db_run_once(intake->session->db, statement_sql_statement_replaced, &params, error, &rows);
    if (status == OK && result_bool(rows, 0, 0))
        intake->hold_reason = finding_name(FINDING_STATEMENT_REPLACED);
    result_free(rows);
    return status;
}

static enum status intake_decide(struct intake *intake, struct error *error)
{
    const struct statement *statement = intake->statement;
    enum status status;

    statement_digest(statement, &intake->digest);
    if (statement->account.currency != CURRENCY_NONE)
        currency_code(statement->account.currency, intake->currency);
    intake->closing_date = first_date(statement->closing.date, statement->to);
    status = account_find(intake, error);
    if (status != OK)
        return status;
    intake->hold_reason = hold_reason(intake);
    for (const struct statement_entry *entry = statement->entries; entry != NULL;
         entry = entry->next)
        intake->loaded_count += intake->hold_reason == NULL && is_bookable(entry);
    return replaced_find(intake, error);
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
    if (intake->account_id == 0)
        params_null(params);
    else
        params_int32(params, intake->account_id);
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
    params_int32(params, held ? 0 : intake->loaded_count);
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

struct keyed {
    const struct statement_entry *entry;
    struct digest key;
    int32_t occurrence;
};

static int keyed_compare(const void *left, const void *right)
{
    const struct keyed *a = left;
    const struct keyed *b = right;
    int order = memcmp(a->key.bytes, b->key.bytes, SHA256_SIZE);

    return order != 0 ? order
                      : (a->entry->position > b->entry->position) -
                            (a->entry->position < b->entry->position);
}

/* Numbers equal keys 1, 2, ... in the order of the statement (4). */
static void keyed_number(struct keyed *keyed, size_t count)
{
    qsort(keyed, count, sizeof *keyed, keyed_compare);
    for (size_t i = 0; i < count; i++) {
        bool again = i > 0 && digest_equal(&keyed[i].key, &keyed[i - 1].key);

        keyed[i].occurrence = again ? keyed[i - 1].occurrence + 1 : 1;
    }
}

static struct keyed *keyed_make(const struct intake *intake)
{
    struct keyed *keyed = calloc((size_t)intake->loaded_count + 1, sizeof *keyed);
    size_t count = 0;

    assert(keyed != NULL);
    for (const struct statement_entry *entry = intake->statement->entries; entry != NULL;
         entry = entry->next) {
        if (!is_bookable(entry))
            continue;
        keyed[count].entry = entry;
        statement_entry_key(intake->statement, entry, &keyed[count].key);
        count++;
    }
    assert(count == (size_t)intake->loaded_count);
    keyed_number(keyed, count);
    return keyed;
}

/* The same booking has the same id in every database. */
static struct uuid entry_id_of(int32_t account_id, const struct keyed *keyed)
{
    char key[2 * SHA256_SIZE + 1];
    char name[2 * SHA256_SIZE + 64];

    digest_format(&keyed->key, key);
    snprintf(name, sizeof name, "entry/%d/%s/%d", account_id, key, keyed->occurrence);
    return uuid_of_name(text_of(name));
}

/* What the bank wrote about it, one text with single blanks between the parts. */
static void remittance_join(const struct statement_facts *facts, struct buffer *out)
{
    buffer_clear(out);
    statement_texts_join(facts->unstructured, out);
    for (const struct statement_remittance *one = facts->structured; one != NULL; one = one->next) {
        if (out->size > 0)
            buffer_byte(out, ' ');
        buffer_text(out, one->reference.size > 0 ? one->reference : one->text);
    }
    if (out->size == 0)
        buffer_text(out, facts->information);
}

static char *copy_cut(char *at, struct text text)
{
    return copy_text(at, text_or_empty(text_cut(text, REMITTANCE_SIZE_MAX)));
}

static char *copy_references(char *at, const struct statement_references *references)
{
    at = copy_cut(at, references->end_to_end_id);
    at = copy_cut(at, references->instruction_id);
    at = copy_cut(at, references->transaction_id);
    at = copy_cut(at, references->uetr);
    at = copy_cut(at, references->customer_reference);
    return copy_cut(at, references->servicer_reference);
}

static void entry_tuple(const struct intake *intake, const struct keyed *keyed,
                        struct buffer *remittance, struct buffer *tuples)
{
    const struct statement_entry *entry = keyed->entry;
    struct uuid entry_id = entry_id_of(intake->account_id, keyed);
    calendar_date booked = first_date(entry->booking_date, entry->value_date);
    char *at = copy_reserve(tuples, TUPLE_FIXED_SIZE + 7 * (size_t)REMITTANCE_SIZE_MAX);

    if (at == NULL)
        return; /* the ceiling of tuples; asked once at the end */
    remittance_join(&entry->facts, remittance);
    booked = first_date(booked, intake->closing_date);
    at = copy_tuple(at, 21);
    at = copy_uuid(at, &entry_id);
    at = copy_int32(at, intake->account_id);
    at = copy_int64(at, intake->statement_id);
    at = copy_int32(at, entry->position);
    at = copy_bytes(at, keyed->key.bytes, SHA256_SIZE);
    at = copy_int32(at, keyed->occurrence);
    at = copy_int64(at, entry->amount.minor);
    at = copy_text(at, text_of(intake->currency));
    at = copy_date(at, first_date(entry->value_date, booked));
    at = copy_date(at, booked);
    at = copy_date(at, intake->closing_date);
    at = copy_bool(at, entry->reversal);
    at = copy_bool(at, entry->facts.return_code.size > 0 || entry->facts.return_text.size > 0);
    at = copy_references(at, &entry->facts.references);
    at = copy_cut(at, buffer_view(remittance));
    at = copy_bool(at, true);
    copy_finish(tuples, at);
}

static void entries_tuples(const struct intake *intake, struct buffer *tuples)
{
    struct keyed *keyed = keyed_make(intake);
    struct buffer remittance;

    buffer_init(&remittance, PARAMS_SIZE_MAX);
    for (int32_t i = 0; i < intake->loaded_count; i++)
        entry_tuple(intake, &keyed[i], &remittance, tuples);
    buffer_done(&remittance);
    free(keyed);
}

/* By way of a table of their own: what another statement brought is left out (4). */
static enum status entries_stage(struct db *db, struct text tuples, struct error *error,
                                 int64_t *ret_new)
{
    struct result *rows = NULL;
    int64_t staged = 0;
    enum status status = db_run(db, statement_sql_stage_make, NULL, error, NULL);

    if (status == OK)
        status = db_copy(db, statement_sql_stage_copy, &tuples, 1, error, &staged);
    if (status == OK)
        status = db_run(db, statement_sql_entry_insert, NULL, error, &rows);
    if (status == OK)
        *ret_new = result_affected(rows);
    result_free(rows);
    return status;
}

/* Most statements overlap no other, so the rows go straight to their table; where one of them is
 * there already, once more by the stage. */
static enum status entries_copy(struct intake *intake, struct text tuples, struct error *error)
{
    struct db *db = intake->session->db;
    enum status status = db_run(db, statement_sql_entries_save, NULL, error, NULL);

    if (status == OK)
        status = db_copy(db, statement_sql_entry_copy, &tuples, 1, error, &intake->new_count);
    if (status == DUPLICATE) {
        status = db_run(db, statement_sql_entries_undo, NULL, error, NULL);
        if (status == OK)
            status = entries_stage(db, tuples, error, &intake->new_count);
    }
    effects_copy(&intake->tx->effects, "statement_entry", tuples);
    return status;
}

static enum status entries_insert(struct intake *intake, struct error *error)
{
    struct buffer tuples;
    enum status status;

    if (intake->hold_reason != NULL || intake->loaded_count == 0)
        return OK;
    buffer_init(&tuples, TUPLES_SIZE_MAX);
    entries_tuples(intake, &tuples);
    status = buffer_failed(&tuples)
                 ? error_set(error, FATAL, "a statement passes the ceiling of %d bytes of entries",
                             TUPLES_SIZE_MAX)
                 : entries_copy(intake, buffer_view(&tuples), error);
    buffer_done(&tuples);
    return status;
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

static enum status continuity_check(const struct intake *intake, struct error *error)
{
    struct params params;

    if (intake->hold_reason != NULL)
        return OK;
    params_init(&params, PARAMS_SIZE_MAX);
    params_int64(&params, intake->statement_id);
    return db_run_once(intake->session->db, statement_sql_continuity, &params, error, NULL);
}

/* ---- one transaction ---- */

static enum status intake_write(struct intake *intake, const struct load_place *place,
                                struct error *error)
{
    const struct statement *statement = intake->statement;
    enum status status = intake_decide(intake, error);

    if (status == OK)
        status = statement_insert(intake, place, error);
    if (status != OK || intake->statement_id == 0)
        return status;
    status = entries_insert(intake, error);
    if (status == OK)
        status = findings_insert(intake->session->db, place, intake->statement_id,
                                 statement->findings, (size_t)statement->finding_count, error);
    return status == OK ? continuity_check(intake, error) : status;
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
    if (place->trial != NULL)
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
                            .tx = place->trial == NULL ? &tx : place->trial};
    enum status status = OK;

    if (place->trial == NULL)
        status =
            business_begin(session->db, "statement", session->worker, clock_now_us(), error, &tx);
    if (status == OK)
        status = intake_run(&intake, order, place, error);
    if (status == OK)
        intake_count(&intake, answer);
    return status;
}
