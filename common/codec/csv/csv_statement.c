/*
 * csv_statement.c - see csv_statement.h. Other numbers in brackets are rules of the statement
 * formats.
 */
#include "codec/csv/csv_statement.h"

#include "codec/csv/csv_value.h"

#include <stdio.h>

static struct statement *statement_of(struct csv_statement *message)
{
    return &message->context->statement;
}

/* ---- columns ---- */

static bool find_column(const struct csv_row *row, struct text name, size_t *ret_place)
{
    for (size_t i = 0; i < row->count && i < CSV_COLUMNS_MAX; i++)
        if (csv_is_word(name, row->fields[i])) {
            *ret_place = i;
            return true;
        }
    return false;
}

bool csv_is_header(const struct csv_profile *profile, const struct csv_row *row, size_t *ret_places)
{
    for (size_t i = 0; i < profile->column_count; i++)
        if (!find_column(row, profile->columns[i].name, &ret_places[i]))
            return false;
    return true;
}

static void set_width(struct csv_statement *message)
{
    for (size_t i = 0; i < message->profile->column_count; i++)
        if (message->places[i] >= message->width)
            message->width = message->places[i] + 1;
    message->in_table = true;
}

/* The first column of the profile with that field; empty where there is none. */
static struct text value_of(const struct csv_statement *message, const struct csv_row *row,
                            enum csv_field field)
{
    const struct csv_profile *profile = message->profile;

    for (size_t i = 0; i < profile->column_count; i++)
        if (profile->columns[i].field == field)
            return row->fields[message->places[i]];
    return (struct text){NULL, 0};
}

static bool is_blank(const struct csv_row *row)
{
    for (size_t i = 0; i < row->count && i < CSV_COLUMNS_MAX; i++)
        if (row->fields[i].size > 0)
            return false;
    return true;
}

/* ---- rows with a label ---- */

/* The fields of a row that hold something: its word, without a colon, and what follows it. */
static size_t words_of(const struct csv_row *row, struct text *ret_word, struct text *ret_value)
{
    size_t count = 0;

    *ret_word = *ret_value = (struct text){NULL, 0};
    for (size_t i = 0; i < row->count && i < CSV_COLUMNS_MAX; i++) {
        if (row->fields[i].size == 0)
            continue;
        if (count == 0)
            *ret_word = row->fields[i];
        if (count == 1)
            *ret_value = row->fields[i];
        count++;
    }
    if (count > 0 && ret_word->data[ret_word->size - 1] == ':')
        *ret_word = text_trim(text_first(*ret_word, ret_word->size - 1));
    return count;
}

static struct statement_amount total_of(const struct csv_statement *message,
                                        const struct csv_row *row, enum csv_field field)
{
    struct statement_amount amount = {0};

    if (csv_amount_of(value_of(message, row, field), message->profile, message->currency,
                      &amount) &&
        amount.minor < 0)
        amount.minor = -amount.minor;
    return amount;
}

static void apply_totals(struct csv_statement *message, const struct csv_row *row)
{
    struct statement_totals *totals = &statement_of(message)->totals;

    if (!message->in_table || row->count < message->width)
        return;
    totals->present = true;
    totals->credit_amount = total_of(message, row, CSV_CREDIT);
    totals->debit_amount = total_of(message, row, CSV_DEBIT);
}

static void apply_label(struct csv_statement *message, enum csv_label label,
                        const struct csv_row *row, struct text value)
{
    struct statement *statement = statement_of(message);

    switch (label) {
    case CSV_LABEL_ACCOUNT: statement->account.id = statement_copy(statement, value); break;
    case CSV_LABEL_ACCOUNT_NAME: statement->account.name = statement_copy(statement, value); break;
    case CSV_LABEL_OPENING: message->opening = statement_copy(statement, value); break;
    case CSV_LABEL_CLOSING: message->closing = statement_copy(statement, value); break;
    case CSV_LABEL_TOTALS: apply_totals(message, row); break;
    case CSV_LABEL_CURRENCY:
        if (!statement_currency_parse(value, &message->currency))
            statement_find(statement, FINDING_CURRENCY_DIFFERS, 0, row->line,
                           "'%.*s' is no currency", TEXT_ARG(text_first(value, 20)));
        break;
    }
}

static bool take_label(struct csv_statement *message, const struct csv_row *row)
{
    const struct csv_profile *profile = message->profile;
    struct text word;
    struct text value;

    if (words_of(row, &word, &value) == 0)
        return false;
    for (size_t i = 0; i < profile->label_count; i++)
        if (csv_is_word(profile->labels[i].word, word)) {
            apply_label(message, profile->labels[i].label, row, value);
            return true;
        }
    return false;
}

/* ---- amounts ---- */

static void find_amount(struct csv_statement *message, const struct csv_row *row, int32_t position,
                        const char *what, struct text value)
{
    statement_find(statement_of(message), FINDING_AMOUNT_UNREADABLE, position, row->line,
                   "%s '%.*s'", what, TEXT_ARG(text_first(value, 40)));
}

static currency currency_of(struct csv_statement *message, const struct csv_row *row)
{
    struct text code = value_of(message, row, CSV_CURRENCY);
    currency which = CURRENCY_NONE;

    if (code.size == 0)
        return message->currency;
    if (statement_currency_parse(code, &which) && message->currency == CURRENCY_NONE)
        message->currency = which;
    return which;
}

/* One column with a sign. */
static bool read_signed(const struct csv_statement *message, const struct csv_row *row,
                        currency which, struct statement_amount *ret_amount)
{
    if (!csv_amount_of(value_of(message, row, CSV_AMOUNT), message->profile, which, ret_amount))
        return false;
    if (message->profile->signs == CSV_INVERTED)
        ret_amount->minor = -ret_amount->minor;
    return true;
}

/* One column without, and a word. */
static bool read_marked(const struct csv_statement *message, const struct csv_row *row,
                        currency which, struct statement_amount *ret_amount)
{
    const struct csv_profile *profile = message->profile;
    struct text mark = value_of(message, row, CSV_MARK);
    bool is_debit = csv_words_have(&profile->debit_marks, mark);

    if (!csv_amount_of(value_of(message, row, CSV_AMOUNT), profile, which, ret_amount) ||
        ret_amount->minor < 0 || (!is_debit && !csv_words_have(&profile->credit_marks, mark)))
        return false;
    if (is_debit)
        ret_amount->minor = -ret_amount->minor;
    return true;
}

/* Two columns, one of which is empty or zero. */
static bool read_columns(const struct csv_statement *message, const struct csv_row *row,
                         currency which, struct statement_amount *ret_amount)
{
    const struct csv_profile *profile = message->profile;
    struct text credit = value_of(message, row, CSV_CREDIT);
    struct text debit = value_of(message, row, CSV_DEBIT);
    struct statement_amount in = {.present = credit.size == 0};
    struct statement_amount out = {.present = debit.size == 0};

    if ((credit.size == 0 && debit.size == 0) ||
        (credit.size > 0 && !csv_amount_of(credit, profile, which, &in)) ||
        (debit.size > 0 && !csv_amount_of(debit, profile, which, &out)))
        return false;
    if (profile->signs == CSV_NEGATIVE)
        out.minor = -out.minor;
    if (in.minor < 0 || out.minor < 0 || (in.minor != 0 && out.minor != 0))
        return false;
    *ret_amount = statement_amount_of(in.minor - out.minor, which);
    return true;
}

static bool read_amount(const struct csv_statement *message, const struct csv_row *row,
                        currency which, struct statement_amount *ret_amount)
{
    if (which == CURRENCY_NONE)
        return false;
    switch (message->profile->signs) {
    case CSV_SIGNED:
    case CSV_INVERTED: return read_signed(message, row, which, ret_amount);
    case CSV_MARKS: return read_marked(message, row, which, ret_amount);
    default: return read_columns(message, row, which, ret_amount);
    }
}

/* ---- the running balance (2) ---- */

static void follow_balance(struct csv_statement *message, const struct csv_row *row,
                           const struct statement_entry *entry, __int128 change)
{
    struct csv_running *running = &message->running;
    bool newest_first = message->profile->newest_first;
    struct text value = value_of(message, row, CSV_BALANCE);
    struct statement_amount amount;
    __int128 balance;

    running->is_broken = false;
    if (value.size == 0 || !entry->amount.present ||
        !csv_amount_of(value, message->profile, message->currency, &amount)) {
        running->is_known = false;
        return;
    }
    balance = statement_amount_exact(&amount);
    if (running->is_known)
        running->is_broken = newest_first ? running->balance - running->change != balance
                                          : running->balance + change != balance;
    if (running->is_broken && running->breaks++ == 0)
        running->first_break = entry->position;
    if (!newest_first || !running->has_newest) {
        running->newest = amount;
        running->newest_date = entry->booking_date;
    }
    running->has_newest = running->is_known = true;
    running->balance = balance;
    running->change = change;
}

/* ---- a row of the table ---- */

static calendar_date take_date(struct csv_statement *message, const struct csv_row *row,
                               enum csv_field field, int32_t position, char time[CSV_TIME_SIZE])
{
    struct text value = value_of(message, row, field);
    calendar_date date = DATE_NONE;
    char text[DATE_TEXT_SIZE];
    enum date_verdict verdict;

    time[0] = '\0';
    if (value.size == 0)
        return DATE_NONE;
    verdict = csv_time_of(value, message->profile->dates, &date, time);
    if (verdict == DATE_GOOD)
        return date;
    date_format(date == DATE_NONE ? 0 : date, text);
    statement_find(statement_of(message),
                   verdict == DATE_ADJUSTED ? FINDING_DATE_ADJUSTED : FINDING_DATE_IMPOSSIBLE,
                   position, row->line, "date '%.*s'%s%s", TEXT_ARG(text_first(value, 30)),
                   verdict == DATE_ADJUSTED ? " read as " : "",
                   verdict == DATE_ADJUSTED ? text : "");
    return date;
}

static void set_facts(struct csv_statement *message, const struct csv_row *row,
                      struct statement_entry *entry)
{
    const struct csv_profile *profile = message->profile;
    struct statement *statement = statement_of(message);
    struct statement_facts *facts = &entry->facts;
    struct statement_references *references = &facts->references;
    const struct {
        enum csv_field field;
        struct text *place;
    } texts[] = {
        {CSV_CODE, &facts->code.proprietary},
        {CSV_REFERENCE, &references->servicer_reference},
        {CSV_CUSTOMER_REFERENCE, &references->customer_reference},
        {CSV_END_TO_END, &references->end_to_end_id},
        {CSV_NAME, &facts->counterparty.name},
        {CSV_PARTY_ACCOUNT, &facts->counterparty.account},
    };

    for (size_t i = 0; i < COUNT_OF(texts); i++)
        *texts[i].place = statement_copy(statement, value_of(message, row, texts[i].field));
    if (facts->code.proprietary.size > 0)
        facts->code.issuer = statement_copy(statement, profile->name);
    for (size_t i = 0; i < profile->column_count; i++)
        if (profile->columns[i].field == CSV_TEXT)
            statement_add_text(statement, facts, row->fields[message->places[i]]);
}

/* An entry beside the row's, with its reference and dates; it takes money out. */
static void add_fee_entry(struct csv_statement *message, const struct statement_entry *of,
                          const struct statement_amount *fee)
{
    struct statement *statement = statement_of(message);
    struct statement_entry *entry = statement_add_entry(statement);

    if (entry == NULL)
        return;
    entry->line = of->line;
    entry->status = of->status;
    entry->booking_date = of->booking_date;
    entry->booking_time = of->booking_time;
    entry->value_date = of->value_date;
    entry->amount = *fee;
    entry->facts.references = of->facts.references;
    entry->facts.code.proprietary = statement_copy(statement, TEXT("FEE"));
    entry->facts.code.issuer = statement_copy(statement, message->profile->name);
}

/* Returns by how much it changes the balance beside the row's amount. */
static __int128 take_fee(struct csv_statement *message, const struct csv_row *row,
                         struct statement_entry *entry)
{
    struct statement *statement = statement_of(message);
    struct text value = value_of(message, row, CSV_FEE);
    struct statement_amount fee;
    struct statement_charge *charge;

    if (value.size == 0 || !entry->amount.present)
        return 0;
    if (!csv_amount_of(value, message->profile, entry->amount.currency, &fee)) {
        find_amount(message, row, entry->position, "fee", value);
        return 0;
    }
    fee.minor = fee.minor < 0 ? fee.minor : -fee.minor;
    if (fee.minor == 0)
        return 0;
    if (message->profile->fee_is_entry) {
        add_fee_entry(message, entry, &fee);
        return statement_amount_exact(&fee);
    }
    charge = statement_add_charge(statement, &entry->facts);
    if (charge != NULL)
        charge->amount = fee;
    return 0;
}

static void build_entry(struct csv_statement *message, const struct csv_row *row,
                        enum entry_status status)
{
    struct statement *statement = statement_of(message);
    struct statement_entry *entry = statement_add_entry(statement);
    struct text value = value_of(message, row, CSV_AMOUNT);
    char time[CSV_TIME_SIZE];
    char unused[CSV_TIME_SIZE];
    __int128 change;

    if (entry == NULL)
        return;
    entry->line = row->line;
    entry->status = status;
    entry->booking_date = take_date(message, row, CSV_BOOKING_DATE, entry->position, time);
    entry->booking_time = statement_copy(statement, text_of(time));
    entry->value_date = take_date(message, row, CSV_VALUE_DATE, entry->position, unused);
    set_facts(message, row, entry);
    entry->raw = statement_copy(statement, row->raw);
    if (!read_amount(message, row, currency_of(message, row), &entry->amount)) {
        entry->amount = (struct statement_amount){0};
        find_amount(message, row, entry->position, "amount", value);
    }
    change = entry->amount.present ? statement_amount_exact(&entry->amount) : 0;
    change += take_fee(message, row, entry);
    if (status == STATUS_BOOK)
        follow_balance(message, row, entry, change);
}

static void pass_over(struct csv_statement *message, struct text word)
{
    struct csv_words *passed = &message->passed;
    size_t i = 0;

    while (i < passed->count && !csv_is_word(passed->words[i], word))
        i++;
    if (i == CSV_WORDS_MAX) {
        message->passed_others++;
        return;
    }
    if (i == passed->count)
        passed->words[passed->count++] = statement_copy(statement_of(message), word);
    message->passed_counts[i]++;
}

static void take_row(struct csv_statement *message, const struct csv_row *row)
{
    const struct csv_profile *profile = message->profile;
    struct text word = value_of(message, row, CSV_STATUS);

    if (profile->booked.count == 0 || csv_words_have(&profile->booked, word))
        build_entry(message, row, STATUS_BOOK);
    else if (csv_words_have(&profile->pending, word))
        build_entry(message, row, STATUS_PDNG);
    else
        pass_over(message, word);
}

enum status csv_statement_row(struct csv_statement *message, const struct csv_row *row,
                              struct error *error)
{
    if (is_blank(row))
        return OK;
    message->is_last_short = false;
    if (!message->in_table && csv_is_header(message->profile, row, message->places)) {
        set_width(message);
        return OK;
    }
    if (take_label(message, row) || !message->in_table)
        return statement_entry_done(message->context, row->line, error);
    message->is_last_short = row->count < message->width;
    if (message->is_last_short || row->count > CSV_COLUMNS_MAX)
        statement_find(statement_of(message), FINDING_ENTRY_UNREADABLE, 0, row->line,
                       "%zu columns, where %zu are needed", row->count, message->width);
    else
        take_row(message, row);
    return statement_entry_done(message->context, row->line, error);
}

bool csv_is_last_row_whole(const struct csv_statement *message)
{
    const struct csv_running *running = &message->running;

    return !message->is_last_short && !running->is_broken &&
           (running->is_known || !running->has_newest);
}

/* ---- the whole ---- */

static bool take_balance(struct csv_statement *message, const char *type, struct text value,
                         struct statement_balance *ret_balance)
{
    struct statement *statement = statement_of(message);
    const struct csv_row nowhere = {.line = 0};

    if (value.size == 0)
        return false;
    *ret_balance = (struct statement_balance){.type = statement_copy(statement, text_of(type)),
                                              .date = DATE_NONE};
    if (message->currency != CURRENCY_NONE &&
        csv_amount_of(value, message->profile, message->currency, &ret_balance->amount))
        return true;
    find_amount(message, &nowhere, 0, "balance", value);
    return false;
}

static void set_balances(struct csv_statement *message)
{
    struct statement *statement = statement_of(message);
    const struct csv_running *running = &message->running;

    statement->has_opening = take_balance(message, "OPBD", message->opening, &statement->opening);
    statement->has_closing = take_balance(message, "CLBD", message->closing, &statement->closing);
    if (statement->has_closing || !running->has_newest)
        return;
    statement->closing = (struct statement_balance){
        .type = statement_copy(statement, TEXT("CLBD")),
        .amount = running->newest,
        .date = running->newest_date,
    };
    statement->has_closing = true;
}

static void tell_of_rows(struct csv_statement *message)
{
    char text[128];

    for (size_t i = 0; i < message->passed.count; i++) {
        snprintf(text, sizeof text, "rows of status '%.*s', which are no entries: %lld",
                 TEXT_ARG(text_cut(message->passed.words[i], 40)),
                 (long long)message->passed_counts[i]);
        statement_inform(message->context, text_of(text));
    }
    if (message->passed_others == 0)
        return;
    snprintf(text, sizeof text, "rows of other statuses, which are no entries: %lld",
             (long long)message->passed_others);
    statement_inform(message->context, text_of(text));
}

enum status csv_statement_finish(struct csv_statement *message, int64_t line, struct error *error)
{
    struct statement *statement = statement_of(message);

    statement->format = message->profile->format;
    statement->version = statement_copy(statement, message->profile->name);
    if (statement->account.id.size == 0)
        statement->account.id = statement_copy(statement, message->profile->account);
    statement->account.currency = message->currency;
    set_balances(message);
    tell_of_rows(message);
    if (message->running.breaks > 0)
        statement_find(statement, FINDING_BALANCE_MISMATCH, message->running.first_break, 0,
                       "the running balance does not follow at %lld rows",
                       (long long)message->running.breaks);
    if (!statement->has_closing && !statement->totals.present) /* (3) */
        statement_find(statement, FINDING_CLOSING_MISSING, 0, 0,
                       "no balance and no total: nothing shows that the file is whole");
    return statement_deliver(message->context, line, error);
}

void csv_statement_begin(struct csv_statement *message, struct statement_context *context,
                         const struct csv_profile *profile)
{
    *message = (struct csv_statement){.context = context,
                                      .profile = profile,
                                      .currency = profile->currency};
    if (profile->has_header)
        return;
    for (size_t i = 0; i < profile->column_count; i++)
        message->places[i] = (size_t)profile->columns[i].number - 1;
    set_width(message);
}
