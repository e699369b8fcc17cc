/*
 * bai_statement.c - see bai_statement.h. Numbers in brackets up to 2 are of its head, the others
 * rules of the statement formats.
 */
#include "codec/bai2/bai_statement.h"

#include <stdio.h>

static struct statement *statement_of(struct bai_statement *message)
{
    return &message->context->statement;
}

static void find_unreadable(struct bai_statement *message, int32_t position, const char *what,
                            struct text field)
{
    statement_find(statement_of(message), FINDING_AMOUNT_UNREADABLE, position, message->line,
                   "%s '%.*s'", what, TEXT_ARG(text_first(field, 40)));
}

/* ---- 01 and 02 ---- */

/* HHMM as a time of day; 2400 and 9999 are ends of days, and no time. */
static void set_created(struct bai_header *header, struct text date, struct text time)
{
    calendar_date day;
    char text[DATE_TEXT_SIZE];

    header->created[0] = '\0';
    if (date.size != 6 || !text_has_digits(date, 6) ||
        date_parse_short(date, &day) == DATE_IMPOSSIBLE)
        return;
    date_format(day, text);
    if (time.size == 4 && text_has_digits(time, 4) && text_compare(time, TEXT("2400")) < 0)
        snprintf(header->created, sizeof header->created, "%sT%.2s:%.2s:00", text, time.data,
                 time.data + 2);
    else
        snprintf(header->created, sizeof header->created, "%s", text);
}

static void apply_file(struct bai_statement *message, struct bai_fields *fields)
{
    struct text field[8]; /* sender, receiver, date, time, id, record and block length, version */

    for (size_t i = 0; i < COUNT_OF(field); i++)
        field[i] = bai_field(fields);
    set_created(&message->header, field[2], field[3]);
    buffer_clear(&message->header.file_id);
    buffer_text(&message->header.file_id, field[4]);
    if (!text_is(field[7], "2"))
        statement_find(statement_of(message), FINDING_VERSION_UNKNOWN, 0, message->line,
                       "BAI version '%.*s'", TEXT_ARG(text_first(field[7], 20)));
}

/* 1 and 3 are interim, of yesterday and of today; 2 and 4 final. */
static enum answer is_final(struct text modifier)
{
    if (text_is(modifier, "2") || text_is(modifier, "4"))
        return ANSWER_YES;
    return modifier.size == 0 ? ANSWER_NONE : ANSWER_NO;
}

static void apply_group(struct bai_statement *message, struct bai_fields *fields)
{
    struct bai_header *header = &message->header;
    struct text field[7]; /* receiver, originator, status, date, time, currency, modifier */

    for (size_t i = 0; i < COUNT_OF(field); i++)
        field[i] = bai_field(fields);
    header->status = field[2].size == 1 ? field[2].data[0] : '\0';
    header->date = DATE_NONE;
    header->verdict = DATE_GOOD;
    text_copy(field[3], header->digits, sizeof header->digits);
    if (field[3].size == 6 && text_has_digits(field[3], 6))
        header->verdict = date_parse_short(field[3], &header->date);
    else if (field[3].size > 0)
        header->verdict = DATE_IMPOSSIBLE;
    if (!statement_currency_parse(field[5], &header->currency))
        header->currency = CURRENCY('U', 'S', 'D'); /* (58) */
    header->is_final = is_final(field[6]);
}

/* ---- 03 ---- */

/* Adds what is written to the control total; false: it is no amount. */
static bool take_amount(struct bai_statement *message, struct text field,
                        struct statement_amount *ret_amount)
{
    int64_t minor;

    if (!bai_amount_of(field, &minor))
        return false;
    message->totals[IN_ACCOUNT].sum += minor;
    *ret_amount = statement_amount_of(minor, statement_of(message)->account.currency);
    return true;
}

/* ISO names of what has one; the others keep the bank's type code. */
static const char *balance_type(struct text type)
{
    static const char *const names[][2] = {{"010", "OPBD"},
                                           {"015", "CLBD"},
                                           {"040", "OPAV"},
                                           {"045", "CLAV"}};

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (text_is(type, names[i][0]))
            return names[i][1];
    return NULL;
}

static void apply_balance(struct bai_statement *message, struct text type,
                          const struct statement_amount *amount)
{
    struct statement *statement = statement_of(message);
    const char *name = balance_type(type);
    struct statement_balance balance = {
        .type = statement_copy(statement, name == NULL ? type : text_of(name)),
        .amount = *amount,
        .date = message->header.date,
    };

    if (text_is(balance.type, "OPBD") && !statement->has_opening) {
        statement->opening = balance;
        statement->has_opening = true;
    } else if (text_is(balance.type, "CLBD") && !statement->has_closing) {
        statement->closing = balance;
        statement->has_closing = true;
    } else {
        statement_add_balance(statement,
                              text_is(balance.type, "OPAV") || text_is(balance.type, "CLAV")
                                  ? &statement->available
                                  : &statement->others,
                              &balance);
    }
}

/* 100 and 400: all credits, all debits. */
static void apply_total(struct bai_statement *message, bool is_credit, struct text count,
                        const struct statement_amount *amount)
{
    struct statement_totals *totals = &statement_of(message)->totals;
    int64_t *number = is_credit ? &totals->credit_count : &totals->debit_count;
    bool *has_number = is_credit ? &totals->has_credit_count : &totals->has_debit_count;

    totals->present = true;
    *has_number = text_has_digits(count, 1) && text_to_int64(count, number);
    *(is_credit ? &totals->credit_amount : &totals->debit_amount) = *amount;
}

/* One type code with amount, number of items and funds. */
static void apply_summary(struct bai_statement *message, struct bai_fields *fields)
{
    struct text type = bai_field(fields);
    struct text written = bai_field(fields);
    struct text count = bai_field(fields);
    struct bai_funds funds = bai_funds_of(fields);
    enum bai_kind kind = bai_kind_of(type, message->context->profile->customised_type_codes);
    struct statement_amount amount;

    if (type.size == 0 && written.size == 0)
        return;
    if (kind == BAI_UNKNOWN || !funds.is_known)
        statement_find(statement_of(message), FINDING_TYPE_CODE_UNKNOWN, 0, message->line,
                       "summary of type '%.*s'", TEXT_ARG(text_first(type, 20)));
    if (!take_amount(message, written, &amount)) {
        if (written.size > 0)
            find_unreadable(message, 0, "amount of a summary", written);
        return;
    }
    if (text_is(type, "100") || text_is(type, "400"))
        apply_total(message, text_is(type, "100"), count, &amount);
    else
        apply_balance(message, type, &amount);
}

static void apply_account(struct bai_statement *message, struct bai_fields *fields)
{
    const struct bai_header *header = &message->header;
    struct statement *statement = statement_of(message);

    statement->format = FORMAT_BAI2;
    statement->message_id = statement_copy(statement, buffer_view(&header->file_id));
    statement->created = statement_copy(statement, text_of(header->created));
    statement->from = statement->to = header->date;
    statement->is_final = header->is_final;
    statement_find_date(statement, header->verdict, "as-of date", text_of(header->digits),
                        header->date, 0, message->line);
    if (header->status != '1' && header->status != '\0')
        statement_find(statement, FINDING_STATEMENT_REPLACED, 0, message->line,
                       "group status %c is no update", header->status);
    statement->account.id = statement_copy(statement, bai_field(fields));
    if (!statement_currency_parse(bai_field(fields), &statement->account.currency))
        statement->account.currency = header->currency;
    while (!fields->ended)
        apply_summary(message, fields);
}

/* ---- 16 ---- */

static void set_amount(struct bai_statement *message, struct statement_entry *entry,
                       const struct bai_entry *read)
{
    enum bai_kind kind = bai_kind_of(read->type, message->context->profile->customised_type_codes);
    struct statement_amount amount;

    if (!take_amount(message, read->amount, &amount) || amount.minor < 0) {
        find_unreadable(message, entry->position, "amount", read->amount);
        return;
    }
    if (kind != BAI_CREDIT && kind != BAI_DEBIT) { /* in or out: we do not guess (59) */
        statement_find(statement_of(message), FINDING_TYPE_CODE_UNKNOWN, entry->position,
                       message->line, "type code %.3s", read->type.data);
        find_unreadable(message, entry->position, "direction of amount", read->amount);
        return;
    }
    if (kind == BAI_DEBIT)
        amount.minor = -amount.minor;
    entry->amount = amount;
}

static void set_dates(struct bai_statement *message, struct statement_entry *entry,
                      const struct bai_funds *funds)
{
    struct statement *statement = statement_of(message);
    struct text digits = funds->value_date;
    enum date_verdict verdict = DATE_IMPOSSIBLE;

    entry->booking_date = message->header.date;
    if (!funds->is_known)
        statement_find(statement, FINDING_TYPE_CODE_UNKNOWN, entry->position, message->line,
                       "funds type %c", funds->type);
    if (digits.size == 0)
        return;
    if (digits.size == 6 && text_has_digits(digits, 6))
        verdict = date_parse_short(digits, &entry->value_date);
    statement_find_date(statement, verdict, "value date", text_first(digits, 20), entry->value_date,
                        entry->position, message->line);
}

static void entry_fill(struct bai_statement *message, struct statement_entry *entry,
                       const struct bai_entry *read, struct text text, struct text raw)
{
    struct statement *statement = statement_of(message);

    entry->line = message->line;
    entry->status = STATUS_BOOK;
    set_amount(message, entry, read);
    set_dates(message, entry, &read->funds);
    entry->facts.code.proprietary = statement_copy(statement, read->type);
    entry->facts.code.issuer = statement_copy(statement, TEXT("BAI2"));
    entry->facts.references.servicer_reference = statement_copy(statement, read->bank_reference);
    entry->facts.references.customer_reference =
        statement_copy(statement, read->customer_reference);
    statement_add_text(statement, &entry->facts, text);
    entry->raw = statement_copy(statement, raw);
}

/* Fields that are absent at its end are absent. */
static void apply_entry(struct bai_statement *message, const struct bai_gathered *record)
{
    struct text text = text_trim(text_from(record->content, record->text_at));
    struct statement_entry *entry;
    struct bai_entry read;
    size_t unused;

    (void)!bai_entry_of(text_first(record->content, record->text_at), &read, &unused);
    if (bai_kind_of(read.type, false) == BAI_INFORMATION && read.amount.size == 0) {
        statement_inform(message->context, text);
        return;
    }
    entry = statement_add_entry(statement_of(message));
    if (entry != NULL)
        entry_fill(message, entry, &read, text, record->raw);
}

/* ---- 49, 98 and 99 ---- */

static void find_total(struct bai_statement *message, const char *what, enum bai_place place,
                       int64_t announced, int64_t read)
{
    static const char *const names[] = {"", "file", "group", "account"};

    message->is_total_wrong = true;
    statement_find(statement_of(message), FINDING_CONTROL_TOTAL_WRONG, 0, message->line,
                   "%s of the %s: %lld announced, %lld read", what, names[place],
                   (long long)announced, (long long)read);
}

static void check_count(struct bai_statement *message, const char *what, enum bai_place place,
                        struct text field, int64_t read)
{
    int64_t announced = 0;

    if (!text_has_digits(field, 1) || !text_to_int64(field, &announced) || announced != read)
        find_total(message, what, place, announced, read);
}

static void apply_end(struct bai_statement *message, enum bai_place place,
                      struct bai_fields *fields)
{
    const struct bai_total *total = &message->totals[place];
    int64_t announced = 0;

    if (!bai_amount_of(bai_field(fields), &announced) || announced != total->sum)
        find_total(message, "sum", place, announced, (int64_t)total->sum);
    message->totals[place - 1].sum += announced; /* (1) */
    if (place != IN_ACCOUNT)
        check_count(message, place == IN_GROUP ? "accounts" : "groups", place, bai_field(fields),
                    total->parts);
    check_count(message, "records", place, bai_field(fields), total->records);
}

/* ---- all of them ---- */

enum status bai_statement_take(struct bai_statement *message, const struct bai_gathered *record,
                               struct error *error)
{
    struct bai_fields fields = {.rest = record->content};

    message->line = record->line;
    switch (record->code) {
    case BAI_FILE: apply_file(message, &fields); break;
    case BAI_GROUP: apply_group(message, &fields); break;
    case BAI_ACCOUNT: apply_account(message, &fields); break;
    case BAI_ENTRY: apply_entry(message, record); break;
    case BAI_ACCOUNT_END: apply_end(message, IN_ACCOUNT, &fields); break;
    case BAI_GROUP_END: apply_end(message, IN_GROUP, &fields); break;
    case BAI_FILE_END: apply_end(message, IN_FILE, &fields); break;
    case BAI_TEXT:
    case BAI_MORE: break;
    }
    return statement_entry_done(message->context, record->line, error);
}

void bai_statement_init(struct bai_statement *message, struct statement_context *context)
{
    *message = (struct bai_statement){.context = context,
                                      .header = {.date = DATE_NONE,
                                                 .currency = CURRENCY('U', 'S', 'D')}}; /* (58) */
    buffer_init(&message->header.file_id, context->limits->line_size_max);
}

void bai_statement_done(struct bai_statement *message)
{
    buffer_done(&message->header.file_id);
}
