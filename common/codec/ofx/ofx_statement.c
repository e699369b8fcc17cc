/*
 * ofx_statement.c - see ofx_statement.h. Other numbers in brackets are rules of the statement
 * formats.
 */
#include "codec/ofx/ofx_statement.h"

#include "codec/ofx/ofx_value.h"

#include <stdio.h>

/* ---- names ---- */

enum ofx_area ofx_area_of(struct text name)
{
    static const struct {
        const char *name;
        enum ofx_area area;
    } areas[] = {
        {"SONRS", OFX_SIGN_ON},         {"STMTTRNRS", OFX_RESPONSE}, {"CCSTMTTRNRS", OFX_RESPONSE},
        {"STMTRS", OFX_STATEMENT},      {"CCSTMTRS", OFX_STATEMENT}, {"BANKACCTFROM", OFX_ACCOUNT},
        {"CCACCTFROM", OFX_ACCOUNT},    {"BANKTRANLIST", OFX_LIST},  {"BANKTRANLISTP", OFX_LIST},
        {"STMTTRN", OFX_ENTRY},         {"STMTTRNP", OFX_PENDING},   {"PAYEE", OFX_PAYEE},
        {"BANKACCTTO", OFX_OTHER},      {"CCACCTTO", OFX_OTHER},     {"CURRENCY", OFX_CURRENCY},
        {"ORIGCURRENCY", OFX_ORIGINAL}, {"LEDGERBAL", OFX_LEDGER},   {"AVAILBAL", OFX_AVAILABLE},
        {"BAL", OFX_BALANCE},
    };

    for (size_t i = 0; i < COUNT_OF(areas); i++)
        if (text_is(name, areas[i].name))
            return areas[i].area;
    return OFX_NOWHERE;
}

static enum ofx_field field_of(enum ofx_area area, struct text name)
{
    static const struct {
        enum ofx_area area;
        const char *name;
        enum ofx_field field;
    } fields[] = {
        {OFX_STATEMENT, "CURDEF", OFX_CURDEF},
        {OFX_ACCOUNT, "ACCTID", OFX_ACCTID},
        {OFX_ACCOUNT, "ACCTTYPE", OFX_ACCTTYPE},
        {OFX_LIST, "DTSTART", OFX_DTSTART},
        {OFX_LIST, "DTEND", OFX_DTEND},
        {OFX_LEDGER, "BALAMT", OFX_LEDGER_BALAMT},
        {OFX_LEDGER, "DTASOF", OFX_LEDGER_DTASOF},
        {OFX_AVAILABLE, "BALAMT", OFX_AVAILABLE_BALAMT},
        {OFX_AVAILABLE, "DTASOF", OFX_AVAILABLE_DTASOF},
        {OFX_ENTRY, "TRNTYPE", OFX_TRNTYPE},
        {OFX_ENTRY, "DTPOSTED", OFX_DTPOSTED},
        {OFX_ENTRY, "DTAVAIL", OFX_DTAVAIL},
        {OFX_ENTRY, "TRNAMT", OFX_TRNAMT},
        {OFX_ENTRY, "FITID", OFX_FITID},
        {OFX_ENTRY, "CHECKNUM", OFX_CHECKNUM},
        {OFX_ENTRY, "REFNUM", OFX_REFNUM},
        {OFX_ENTRY, "NAME", OFX_NAME},
        {OFX_ENTRY, "MEMO", OFX_MEMO},
        {OFX_ENTRY, "CORRECTACTION", OFX_CORRECTACTION},
        {OFX_PENDING, "TRNTYPE", OFX_TRNTYPE},
        {OFX_PENDING, "DTTRAN", OFX_DTTRAN},
        {OFX_PENDING, "TRNAMT", OFX_TRNAMT},
        {OFX_PENDING, "REFNUM", OFX_REFNUM},
        {OFX_PENDING, "NAME", OFX_NAME},
        {OFX_PENDING, "MEMO", OFX_MEMO},
        {OFX_PAYEE, "NAME", OFX_PAYEE_NAME},
        {OFX_OTHER, "BANKID", OFX_TO_BANKID},
        {OFX_OTHER, "ACCTID", OFX_TO_ACCTID},
        {OFX_CURRENCY, "CURSYM", OFX_CURSYM},
        {OFX_CURRENCY, "CURRATE", OFX_CURRATE},
        {OFX_ORIGINAL, "CURRATE", OFX_ORIGINAL_CURRATE},
        {OFX_BALANCE, "NAME", OFX_BAL_NAME},
        {OFX_BALANCE, "BALTYPE", OFX_BAL_TYPE},
        {OFX_BALANCE, "VALUE", OFX_BAL_VALUE},
        {OFX_BALANCE, "DTASOF", OFX_BAL_DTASOF},
    };

    for (size_t i = 0; i < COUNT_OF(fields); i++)
        if (fields[i].area == area && text_is(name, fields[i].name))
            return fields[i].field;
    return OFX_FIELD_COUNT;
}

/* ---- values ---- */

static struct statement *statement_of(struct ofx_statement *message)
{
    return &message->context->statement;
}

static void forget(struct ofx_statement *message, enum ofx_field from, enum ofx_field to)
{
    for (size_t i = from; i < to; i++)
        message->values[i] = (struct text){NULL, 0};
}

/* DATE_NONE where there is none, or with a finding where it is impossible. */
static calendar_date take_date(struct ofx_statement *message, enum ofx_field field,
                               const char *what, int32_t position, char time[OFX_TIME_SIZE])
{
    struct text value = message->values[field];
    calendar_date date;
    enum date_verdict verdict = ofx_time_of(value, &date, time);
    bool has_day = text_has_digits(value, 8);

    if (value.size > 0)
        statement_find_date(statement_of(message), verdict, what,
                            text_first(value, has_day ? 8 : 20), date, position,
                            position == 0 ? 0 : message->entry_line);
    return date;
}

static void find_amount(struct ofx_statement *message, struct text value, int32_t position)
{
    statement_find(statement_of(message), FINDING_AMOUNT_UNREADABLE, position,
                   position == 0 ? 0 : message->entry_line, "amount '%.*s'",
                   TEXT_ARG(text_first(value, 40)));
}

/* False too where no currency was named. */
static bool amount_of(struct text value, currency which, struct statement_amount *ret_amount)
{
    return which != CURRENCY_NONE && ofx_amount_of(value, which, ret_amount);
}

/* A balance in the account's currency. False: none, or unreadable, which is noted. */
static bool take_balance(struct ofx_statement *message, const char *type, enum ofx_field amount,
                         enum ofx_field date, struct statement_balance *ret_balance)
{
    struct statement *statement = statement_of(message);
    struct text value = message->values[amount];
    char unused[OFX_TIME_SIZE];

    if (value.size == 0)
        return false;
    *ret_balance = (struct statement_balance){.type = statement_copy(statement, text_of(type))};
    ret_balance->date = take_date(message, date, "balance date", 0, unused);
    if (amount_of(value, statement->account.currency, &ret_balance->amount))
        return true;
    find_amount(message, value, 0);
    return false;
}

/* ---- entries ---- */

/* TRNAMT is in CURSYM where CURRENCY says so, else in the account's. */
static void set_amount(struct ofx_statement *message, struct statement_entry *entry)
{
    struct text value = message->values[OFX_TRNAMT];
    currency which = statement_of(message)->account.currency;

    if (message->values[OFX_CURSYM].size > 0 &&
        !statement_currency_parse(message->values[OFX_CURSYM], &which))
        find_amount(message, message->values[OFX_CURSYM], entry->position);
    else if (!amount_of(value, which, &entry->amount))
        find_amount(message, value, entry->position);
}

static void set_facts(struct ofx_statement *message, struct statement_entry *entry)
{
    struct statement *statement = statement_of(message);
    const struct text *values = message->values;
    struct statement_facts *facts = &entry->facts;

    facts->code.proprietary = values[OFX_TRNTYPE];
    facts->code.issuer = statement_copy(statement, TEXT("OFX"));
    facts->references.servicer_reference = values[OFX_FITID];
    facts->references.customer_reference = values[OFX_CHECKNUM];
    facts->references.entry_reference = values[OFX_REFNUM];
    facts->counterparty.name = values[values[OFX_NAME].size > 0 ? OFX_NAME : OFX_PAYEE_NAME];
    facts->counterparty.account = values[OFX_TO_ACCTID];
    facts->counterparty.agent = values[OFX_TO_BANKID];
    facts->exchange_rate =
        values[values[OFX_CURRATE].size > 0 ? OFX_CURRATE : OFX_ORIGINAL_CURRATE];
    statement_add_text(statement, facts, values[OFX_MEMO]);
}

static void entry_build(struct ofx_statement *message, bool is_pending)
{
    struct statement *statement = statement_of(message);
    struct statement_entry *entry = statement_add_entry(statement);
    char time[OFX_TIME_SIZE];
    char unused[OFX_TIME_SIZE];

    if (entry == NULL)
        return;
    entry->line = message->entry_line;
    entry->status = is_pending ? STATUS_PDNG : STATUS_BOOK;
    entry->booking_date = take_date(message, OFX_DTPOSTED, "posting date", entry->position, time);
    entry->booking_time = statement_copy(statement, text_of(time));
    entry->value_date = take_date(message, is_pending ? OFX_DTTRAN : OFX_DTAVAIL, "value date",
                                  entry->position, unused);
    set_amount(message, entry);
    set_facts(message, entry);
    if (message->values[OFX_CORRECTACTION].size > 0)
        statement_find(statement, FINDING_STATEMENT_REPLACED, entry->position, entry->line,
                       "an entry that corrects another: %.*s",
                       TEXT_ARG(text_first(message->values[OFX_CORRECTACTION], 20)));
}

/* ---- the statement ---- */

static void balance_build(struct ofx_statement *message)
{
    struct statement *statement = statement_of(message);
    struct statement_balance balance;
    char type[36];

    if (text_is(message->values[OFX_BAL_TYPE], "PERCENT")) /* a rate, not money */
        return;
    text_copy(text_cut(message->values[OFX_BAL_NAME], sizeof type - 1), type, sizeof type);
    if (take_balance(message, type, OFX_BAL_VALUE, OFX_BAL_DTASOF, &balance))
        statement_add_balance(statement, &statement->others, &balance);
}

static void header_build(struct ofx_statement *message)
{
    struct statement *statement = statement_of(message);
    char unused[OFX_TIME_SIZE];

    statement->format = FORMAT_OFX;
    statement->version = statement_copy(statement, text_of(message->version));
    statement->created = statement_copy(statement, text_of(message->created));
    statement->message_id = statement_copy(statement, buffer_view(&message->message_id));
    statement->account.id = message->values[OFX_ACCTID];
    statement->account.scheme = message->values[OFX_ACCTTYPE];
    statement->from = take_date(message, OFX_DTSTART, "first date", 0, unused);
    statement->to = take_date(message, OFX_DTEND, "last date", 0, unused);
}

static enum status statement_end(struct ofx_statement *message, int64_t line, struct error *error)
{
    struct statement *statement = statement_of(message);
    struct statement_balance available;

    message->is_open = false;
    header_build(message);
    statement->has_closing =
        take_balance(message, "CLBD", OFX_LEDGER_BALAMT, OFX_LEDGER_DTASOF, &statement->closing);
    if (take_balance(message, "CLAV", OFX_AVAILABLE_BALAMT, OFX_AVAILABLE_DTASOF, &available))
        statement_add_balance(statement, &statement->available, &available);
    return statement_deliver(message->context, line, error);
}

/* ---- what the reader calls ---- */

static void set_created(struct ofx_statement *message, struct text value)
{
    calendar_date date;
    char day[DATE_TEXT_SIZE];
    char time[OFX_TIME_SIZE];

    if (message->created[0] != '\0' || ofx_time_of(value, &date, time) == DATE_IMPOSSIBLE)
        return;
    date_format(date, day);
    snprintf(message->created, sizeof message->created, time[0] == '\0' ? "%s%s" : "%sT%s", day,
             time);
}

void ofx_statement_begin(struct ofx_statement *message, enum ofx_area area, int64_t line)
{
    if (area == OFX_STATEMENT) {
        message->is_open = true;
        forget(message, 0, OFX_FIELD_COUNT);
    }
    if (area == OFX_ENTRY || area == OFX_PENDING) {
        message->entry_line = line;
        forget(message, OFX_OF_ENTRY, OFX_OF_BALANCE);
    }
    if (area == OFX_BALANCE)
        forget(message, OFX_OF_BALANCE, OFX_FIELD_COUNT);
}

void ofx_statement_value(struct ofx_statement *message, enum ofx_area area, struct text name,
                         struct text value)
{
    struct statement *statement = statement_of(message);
    enum ofx_field field = field_of(area, name);

    if (area == OFX_SIGN_ON && text_is(name, "DTSERVER"))
        set_created(message, value);
    if (area == OFX_RESPONSE && text_is(name, "TRNUID")) {
        buffer_clear(&message->message_id);
        buffer_text(&message->message_id, value);
    }
    if (field == OFX_FIELD_COUNT || !message->is_open || message->values[field].size > 0)
        return; /* (1)(2) */
    if (field >= OFX_OF_ENTRY && field < OFX_OF_BALANCE)
        statement_begin_entry(statement);
    message->values[field] = statement_copy(statement, value);
    statement_end_entry(statement);
    if (field == OFX_CURDEF && !statement_currency_parse(value, &statement->account.currency))
        find_amount(message, value, 0);
}

enum status ofx_statement_end(struct ofx_statement *message, enum ofx_area area, int64_t line,
                              struct error *error)
{
    if (!message->is_open)
        return OK;
    switch (area) {
    case OFX_STATEMENT: return statement_end(message, line, error);
    case OFX_ENTRY: entry_build(message, false); break;
    case OFX_PENDING: entry_build(message, true); break;
    case OFX_BALANCE:
        balance_build(message);
        return statement_fits(message->context, line, error); /* an entry may be open around it */
    default: return OK;
    }
    forget(message, OFX_OF_ENTRY, OFX_OF_BALANCE); /* the entry may be gone now */
    return statement_entry_done(message->context, line, error);
}

void ofx_statement_init(struct ofx_statement *message, struct statement_context *context)
{
    *message = (struct ofx_statement){.context = context};
    buffer_init(&message->message_id, context->limits->tag_size_max);
}

void ofx_statement_done(struct ofx_statement *message)
{
    buffer_done(&message->message_id);
}
