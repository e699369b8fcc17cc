/*
 * mt_message.c - see mt_message.h. Numbers in brackets are rules of the statement formats.
 */
#include "codec/swift_mt/mt_message.h"

#include "codec/swift_mt/mt_field.h"
#include "codec/swift_mt/mt_narrative.h"

#include <stdio.h>

/* A booking date whose year is not known yet stands in this leap year until the message ends. */
enum { YEAR_OPEN = 4 };

void mt_message_begin(struct mt_message *message, struct statement_context *context)
{
    *message = (struct mt_message){
        .context = context,
        .hint = message->hint,
        .indicator_date = DATE_NONE,
    };
}

static struct statement *statement_of(struct mt_message *message)
{
    return &message->context->statement;
}

/* The first line of a field that has only one; what follows is kept as information. */
static struct text only_line(struct mt_message *message, struct text field, int64_t line)
{
    struct text first = text_trim(text_take(&field, '\n'));

    if (text_trim(field).size > 0)
        mt_apply_information(message, "", field, line + 1);
    return first;
}

void mt_apply_information(struct mt_message *message, const char *tag, struct text field,
                          int64_t line)
{
    (void)tag;
    (void)line;
    statement_inform(message->context, text_trim(field));
}

void mt_apply_reference(struct mt_message *message, const char *tag, struct text field,
                        int64_t line)
{
    struct statement *statement = statement_of(message);

    (void)tag;
    statement->message_id = statement_copy(statement, only_line(message, field, line));
}

/* The second line of :25P: is the owner's BIC (24). */
void mt_apply_account(struct mt_message *message, const char *tag, struct text field, int64_t line)
{
    struct statement *statement = statement_of(message);
    struct mt_account account = mt_account_of(text_take(&field, '\n'));
    struct text rest = text_trim(field);

    statement->account.id = statement_copy(statement, account.id);
    statement->account.servicer_bic = statement_copy(statement, account.servicer_bic);
    statement->account.currency = account.currency;
    if (account.is_iban)
        statement->account.scheme = statement_copy(statement, TEXT("IBAN"));
    if (strcmp(tag, "25P") == 0)
        statement->account.owner_bic = statement_copy(statement, only_line(message, rest, line));
    else if (rest.size > 0)
        mt_apply_information(message, tag, rest, line + 1);
}

/* number/page; the number stays text: it may be long, or restart every year (14). */
void mt_apply_number(struct mt_message *message, const char *tag, struct text field, int64_t line)
{
    struct statement *statement = statement_of(message);
    struct text number = only_line(message, field, line);
    const char *slash = number.size == 0 ? NULL : memchr(number.data, '/', number.size);
    size_t size = slash == NULL ? number.size : (size_t)(slash - number.data);
    int64_t page;

    (void)tag;
    statement->statement_id = statement_copy(statement, number);
    statement->sequence_number = statement_copy(statement, text_trim(text_first(number, size)));
    if (text_to_int64(text_trim(text_from(number, size + 1)), &page) && page > 0 &&
        page <= INT32_MAX)
        statement->page = (int32_t)page;
}

/* YYMMDDHHMM and an offset: when the report was made (25); the first one says it. */
void mt_apply_indicator(struct mt_message *message, const char *tag, struct text field,
                        int64_t line)
{
    struct statement *statement = statement_of(message);
    struct text made = only_line(message, field, line);
    char date[DATE_TEXT_SIZE];
    char text[64];
    struct text offset = text_from(made, 10);

    (void)tag;
    message->is_intraday = true;
    if (message->indicator_date != DATE_NONE) { /* entries were told from the future by it */
        statement_find(statement, FINDING_TAG_MISPLACED, 0, line, "a second :13D: is passed over");
        return;
    }
    if (!text_has_digits(made, 6) ||
        date_parse_short(made, &message->indicator_date) == DATE_IMPOSSIBLE) {
        statement_find(statement, FINDING_DATE_IMPOSSIBLE, 0, line, "date of :13D:");
        return;
    }
    date_format(message->indicator_date, date);
    if (!text_has_digits(made, 10))
        snprintf(text, sizeof text, "%s", date);
    else if (offset.size == 5 && text_has_digits(text_from(offset, 1), 4))
        snprintf(text, sizeof text, "%sT%.2s:%.2s:00%.3s:%.2s", date, made.data + 6, made.data + 8,
                 offset.data, offset.data + 3);
    else
        snprintf(text, sizeof text, "%sT%.2s:%.2s:00", date, made.data + 6, made.data + 8);
    statement->created = statement_copy(statement, text_of(text));
}

/* The floor limit itself is no fact about entries; its currency is the account's (25). */
void mt_apply_floor(struct mt_message *message, const char *tag, struct text field, int64_t line)
{
    struct statement *statement = statement_of(message);
    currency which;

    (void)tag;
    message->is_intraday = true;
    if (statement->account.currency == CURRENCY_NONE &&
        statement_currency_parse(text_first(only_line(message, field, line), 3), &which))
        statement->account.currency = which;
}

/* The amount of a balance or an entry; absent where it cannot be read (6, 7). */
static struct statement_amount read_amount(struct mt_message *message, struct text digits,
                                           currency which, int32_t position, int64_t line)
{
    const struct statement_profile *profile = message->context->profile;
    struct statement_amount amount = {0};
    bool excess = false;

    if (!mt_amount_of(digits, profile->decimal_point, profile->grouping_point, which, &amount,
                      &excess)) {
        statement_find(statement_of(message), FINDING_AMOUNT_UNREADABLE, position, line,
                       "amount '%.*s'", TEXT_ARG(text_first(digits, 40)));
        return (struct statement_amount){0};
    }
    if (excess)
        statement_find(statement_of(message), FINDING_AMOUNT_SCALE, position, line,
                       "amount %.*s has more decimals than its currency", TEXT_ARG(digits));
    return amount;
}

static currency known_currency(const struct statement *statement)
{
    if (statement->opening.amount.present)
        return statement->opening.amount.currency;
    return statement->account.currency;
}

/* A balance without currency takes the account's (9). */
static currency balance_currency(struct mt_message *message, const struct mt_balance *balance,
                                 int64_t line)
{
    struct statement *statement = statement_of(message);
    currency which;

    if (statement_currency_parse(balance->currency, &which))
        return which;
    statement_find(statement, FINDING_CURRENCY_DIFFERS, 0, line,
                   "a balance without currency is read in the account's");
    return known_currency(statement);
}

/* False: broken, dropped with a finding (9). */
static bool read_balance(struct mt_message *message, struct text field, const char *type,
                         int64_t line, struct statement_balance *ret_balance)
{
    struct statement *statement = statement_of(message);
    struct mt_balance balance;
    enum date_verdict verdict;

    field = only_line(message, field, line);
    if (!mt_balance_of(field, &balance)) {
        statement_find(statement, FINDING_AMOUNT_UNREADABLE, 0, line, "%s balance '%.*s'", type,
                       TEXT_ARG(text_first(field, 40)));
        return false;
    }
    *ret_balance = (struct statement_balance){
        .type = statement_copy(statement, text_of(type)),
        .amount = read_amount(message, balance.amount, balance_currency(message, &balance, line), 0,
                              line),
    };
    verdict = date_parse_short(balance.date, &ret_balance->date);
    statement_find_date(statement, verdict, "balance date", balance.date, ret_balance->date, 0,
                        line);
    if (!balance.credit)
        ret_balance->amount.minor = -ret_balance->amount.minor;
    return ret_balance->amount.present;
}

static void set_subtype(struct statement *statement, struct statement_balance *balance,
                        const char *tag)
{
    if (tag[2] == 'M')
        balance->subtype = statement_copy(statement, TEXT("INTM")); /* (10) */
}

void mt_apply_opening(struct mt_message *message, const char *tag, struct text field, int64_t line)
{
    struct statement *statement = statement_of(message);

    message->has_balance = true;
    message->opening_seen = true;
    if (!read_balance(message, field, "OPBD", line, &statement->opening))
        return;
    statement->has_opening = true;
    set_subtype(statement, &statement->opening, tag);
}

void mt_apply_closing(struct mt_message *message, const char *tag, struct text field, int64_t line)
{
    struct statement *statement = statement_of(message);

    message->has_balance = true;
    message->closing_seen = true;
    if (!read_balance(message, field, "CLBD", line, &statement->closing))
        return;
    statement->has_closing = true;
    set_subtype(statement, &statement->closing, tag);
}

void mt_apply_available(struct mt_message *message, const char *tag, struct text field,
                        int64_t line)
{
    struct statement *statement = statement_of(message);
    struct statement_balance balance;

    if (read_balance(message, field, tag[1] == '4' ? "CLAV" : "FWAV", line, &balance))
        statement_add_balance(statement, &statement->available, &balance);
}

void mt_apply_total(struct mt_message *message, const char *tag, struct text field, int64_t line)
{
    struct statement *statement = statement_of(message);
    struct statement_totals *totals = &statement->totals;
    struct mt_total total;
    struct statement_amount amount;
    currency which = CURRENCY_NONE;
    bool credit = tag[2] == 'C';

    message->is_intraday = true;
    if (!mt_total_of(only_line(message, field, line), &total) ||
        !statement_currency_parse(total.currency, &which))
        return;
    amount = read_amount(message, total.amount, which, 0, line);
    totals->present = true;
    *(credit ? &totals->has_credit_count : &totals->has_debit_count) = total.has_count;
    *(credit ? &totals->credit_count : &totals->debit_count) = total.count;
    *(credit ? &totals->credit_amount : &totals->debit_amount) = amount;
}

static void set_value_date(struct mt_message *message, const struct mt_line *line, int64_t at)
{
    struct statement_entry *entry = message->entry;
    enum date_verdict verdict = date_parse_short(line->value_date, &entry->value_date);

    statement_find_date(statement_of(message), verdict, "value date", line->value_date,
                        entry->value_date, entry->position, at);
}

/* MMDD in the year nearest to the value date; without one the year waits (3). */
static void set_booking_date(struct mt_message *message, const struct mt_line *line, int64_t at)
{
    struct statement_entry *entry = message->entry;
    calendar_date value = entry->value_date;
    enum date_verdict verdict = DATE_GOOD;
    int month;
    int day;

    if (line->entry_date.size == 0)
        return; /* (4) */
    month = (line->entry_date.data[0] - '0') * 10 + line->entry_date.data[1] - '0';
    day = (line->entry_date.data[2] - '0') * 10 + line->entry_date.data[3] - '0';
    entry->booking_date =
        value == DATE_NONE ? date_of(YEAR_OPEN, month, day) : mt_date_near(month, day, value);
    if (entry->booking_date == DATE_NONE && month == 2 && day == 30) {
        verdict = DATE_ADJUSTED; /* (5) */
        entry->booking_date =
            value == DATE_NONE ? date_of(YEAR_OPEN, 2, 29) : mt_date_near(3, 1, value) - 1;
    }
    if (entry->booking_date == DATE_NONE)
        verdict = DATE_IMPOSSIBLE;
    statement_find_date(statement_of(message), verdict, "entry date", line->entry_date,
                        entry->booking_date, entry->position, at);
}

static void set_line(struct mt_message *message, const struct mt_line *line, int64_t at)
{
    struct statement *statement = statement_of(message);
    struct statement_entry *entry = message->entry;
    struct statement_references *references = &entry->facts.references;

    set_value_date(message, line, at);
    set_booking_date(message, line, at);
    entry->amount =
        read_amount(message, line->amount, known_currency(statement), entry->position, at);
    if (!line->credit)
        entry->amount.minor = -entry->amount.minor;
    entry->status = line->expected ? STATUS_PDNG : STATUS_BOOK;
    entry->reversal = line->reversal;
    entry->facts.code.swift_type = statement_copy(statement, line->type);
    references->customer_reference = statement_copy(statement, line->customer_reference);
    references->servicer_reference = statement_copy(statement, line->servicer_reference);
    entry->facts.information = statement_copy(statement, line->rest);
}

/* A :61: broken over a line end is read joined; what still is none keeps its text (19). */
static bool read_line(struct mt_message *message, struct text *field, int64_t at,
                      struct mt_line *ret_line)
{
    struct statement *statement = statement_of(message);
    struct text rest = *field;
    struct text first = text_take(&rest, '\n');
    struct text second = text_take(&rest, '\n');

    if (mt_line_of(first, ret_line)) {
        text_take(field, '\n');
        return true;
    }
    if (!mt_line_of(statement_join(statement, first, "", second), ret_line))
        return false;
    statement_find(statement, FINDING_TAG_MISPLACED, message->entry->position, at,
                   ":61: is broken over a line end");
    *field = rest;
    return true;
}

void mt_apply_entry(struct mt_message *message, const char *tag, struct text field, int64_t line)
{
    struct statement *statement = statement_of(message);
    struct mt_line parts;

    (void)tag;
    message->entry = statement_add_entry(statement);
    if (message->entry == NULL)
        return;
    assert(line > 0);
    message->entry->line = line;
    if (!read_line(message, &field, line, &parts)) {
        statement_find(statement, FINDING_ENTRY_UNREADABLE, message->entry->position, line,
                       ":61: has not the shape of an entry");
        return;
    }
    set_line(message, &parts, line);
    mt_supplement_apply(statement, message->entry, field);
}

static enum statement_format format_of(const struct mt_message *message)
{
    if (message->hint != FORMAT_UNKNOWN)
        return message->hint;
    return message->is_intraday && !message->has_balance ? FORMAT_MT942 : FORMAT_MT940;
}

/* Booked, unless the message turns out to be a report of the day before its value date (25). */
static bool may_be_future(const struct mt_message *message)
{
    const struct statement_entry *entry = message->entry;
    bool may_be_intraday =
        message->hint == FORMAT_MT942 || (message->hint == FORMAT_UNKNOWN && !message->has_balance);

    return may_be_intraday && entry->status == STATUS_BOOK && entry->value_date != DATE_NONE &&
           (message->indicator_date == DATE_NONE || entry->value_date > message->indicator_date);
}

/* What mt_message_finish may still change: an entry without currency, a date without year, and
 * whether it is of the future. */
static bool is_unsettled(const struct mt_message *message)
{
    const struct statement_entry *entry = message->entry;
    int year = 0;
    int month;
    int day;

    if (entry->amount.present && entry->amount.currency == CURRENCY_NONE)
        return true;
    if (entry->booking_date != DATE_NONE)
        date_parts(entry->booking_date, &year, &month, &day);
    return year == YEAR_OPEN || may_be_future(message);
}

void mt_message_end_entry(struct mt_message *message, struct text narrative, struct text raw)
{
    struct statement *statement = statement_of(message);

    if (message->entry == NULL)
        return;
    mt_narrative_apply(statement, message->entry, narrative);
    message->entry->raw = statement_copy(statement, text_trim(raw));
    if (is_unsettled(message))
        message->context->entries_wait = true;
    message->entry = NULL;
}

/* The year that waited for the closing date or :13D: (3). */
static void settle_year(struct mt_message *message, struct statement_entry *entry)
{
    struct statement *statement = statement_of(message);
    calendar_date near = statement->closing.date;
    int year;
    int month;
    int day;

    if (entry->booking_date == DATE_NONE)
        return;
    date_parts(entry->booking_date, &year, &month, &day);
    if (year != YEAR_OPEN)
        return;
    if (near == DATE_NONE)
        near = message->indicator_date;
    entry->booking_date = near == DATE_NONE ? DATE_NONE : mt_date_near(month, day, near);
    if (entry->booking_date == DATE_NONE)
        statement_find(statement, FINDING_DATE_IMPOSSIBLE, entry->position, entry->line,
                       "entry date %02d%02d has no year to stand in", month, day);
}

/* An amount that was read before the currency was known; without one it has two decimals. */
static void settle_currency(struct statement_amount *amount, currency which)
{
    struct statement_amount probe;
    bool excess;

    if (!amount->present || amount->currency != CURRENCY_NONE || which == CURRENCY_NONE ||
        !statement_amount_parse(TEXT("0"), ',', which, &probe, &excess))
        return;
    amount->currency = which;
    while (amount->scale > probe.scale && amount->minor % 10 == 0) {
        amount->minor /= 10;
        amount->scale--;
    }
    while (amount->scale < probe.scale &&
           !__builtin_mul_overflow(amount->minor, 10, &probe.minor)) {
        amount->minor = probe.minor;
        amount->scale++;
    }
}

static void settle_entries(struct mt_message *message)
{
    struct statement *statement = statement_of(message);
    currency which = statement->account.currency;

    for (struct statement_entry *entry = statement->entries; entry != NULL; entry = entry->next) {
        settle_year(message, entry);
        settle_currency(&entry->amount, which);
        if (statement->format == FORMAT_MT942 && entry->status == STATUS_BOOK &&
            message->indicator_date != DATE_NONE && entry->value_date != DATE_NONE &&
            entry->value_date > message->indicator_date)
            entry->status = STATUS_FUTR; /* (25) */
    }
}

void mt_message_finish(struct mt_message *message)
{
    struct statement *statement = statement_of(message);
    struct statement_account *account = &statement->account;

    assert(message->entry == NULL); /* the last one was ended */
    statement->format = format_of(message);
    if (account->currency == CURRENCY_NONE && statement->opening.amount.present)
        account->currency = statement->opening.amount.currency;
    if (account->currency == CURRENCY_NONE && statement->closing.amount.present)
        account->currency = statement->closing.amount.currency;
    if (account->currency == CURRENCY_NONE && statement->totals.credit_amount.present)
        account->currency = statement->totals.credit_amount.currency;
    if (account->currency == CURRENCY_NONE && statement->totals.debit_amount.present)
        account->currency = statement->totals.debit_amount.currency;
    settle_entries(message);
    statement->from = statement->opening.date;
    statement->to = statement->closing.date;
}
