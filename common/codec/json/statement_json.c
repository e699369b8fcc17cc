/*
 * statement_json.c - see statement_json.h. One function per object, in the order of its keys.
 */
#include "codec/json/statement_json.h"

/* "key": with a comma before all but the first of an object. */
static void key(struct buffer *out, const char *name)
{
    size_t size = strlen(name);
    char *at = buffer_reserve(out, size + 4);
    char *begin = at;

    if (at == NULL)
        return;
    assert(out->size > 0);
    if (out->data[out->size - 1] != '{')
        *at++ = ',';
    *at++ = '"';
    memcpy(at, name, size);
    at += size;
    *at++ = '"';
    *at++ = ':';
    buffer_commit(out, (size_t)(at - begin));
}

static void next_item(struct buffer *out)
{
    if (!out->failed && out->data[out->size - 1] != '[')
        buffer_byte(out, ',');
}

static void put_text(struct buffer *out, const char *name, struct text text)
{
    key(out, name);
    if (text.size == 0)
        buffer_string(out, "null");
    else
        buffer_json(out, text);
}

static void put_number(struct buffer *out, const char *name, bool present, int64_t number)
{
    key(out, name);
    if (present)
        buffer_format(out, "%lld", (long long)number);
    else
        buffer_string(out, "null");
}

static void put_bool(struct buffer *out, const char *name, bool value)
{
    key(out, name);
    buffer_string(out, value ? "true" : "false");
}

static void put_answer(struct buffer *out, const char *name, enum answer answer)
{
    key(out, name);
    buffer_string(out, answer == ANSWER_NONE ? "null" : answer == ANSWER_YES ? "true" : "false");
}

static void put_date(struct buffer *out, const char *name, calendar_date date)
{
    char text[DATE_TEXT_SIZE] = "";

    if (date != DATE_NONE)
        date_format(date, text);
    put_text(out, name, text_of(text));
}

static void put_currency(struct buffer *out, currency which)
{
    char code[CURRENCY_CODE_SIZE] = "";

    if (which != CURRENCY_NONE)
        currency_code(which, code);
    put_text(out, "currency", text_of(code));
}

static void put_amount(struct buffer *out, const char *name, const struct statement_amount *amount)
{
    char text[STATEMENT_AMOUNT_TEXT_SIZE] = "";

    if (amount->present)
        statement_amount_format(amount, text);
    put_text(out, name, text_of(text));
}

static void put_money(struct buffer *out, const struct statement_amount *amount)
{
    put_amount(out, "amount", amount);
    put_currency(out, amount->present ? amount->currency : CURRENCY_NONE);
}

static void put_account(struct buffer *out, const struct statement_account *account)
{
    key(out, "account");
    buffer_byte(out, '{');
    put_text(out, "id", account->id);
    put_text(out, "scheme", account->scheme);
    put_currency(out, account->currency);
    put_text(out, "name", account->name);
    put_text(out, "servicer_bic", account->servicer_bic);
    put_text(out, "owner_bic", account->owner_bic);
    buffer_byte(out, '}');
}

static void put_period(struct buffer *out, const struct statement *statement)
{
    key(out, "period");
    buffer_byte(out, '{');
    put_date(out, "from", statement->from);
    put_date(out, "to", statement->to);
    buffer_byte(out, '}');
}

static void put_balance_object(struct buffer *out, const struct statement_balance *balance)
{
    buffer_byte(out, '{');
    put_text(out, "type", balance->type);
    put_text(out, "subtype", balance->subtype);
    put_money(out, &balance->amount);
    put_date(out, "date", balance->date);
    buffer_byte(out, '}');
}

static void put_balance(struct buffer *out, const char *name, bool present,
                        const struct statement_balance *balance)
{
    key(out, name);
    if (present)
        put_balance_object(out, balance);
    else
        buffer_string(out, "null");
}

static void put_balances(struct buffer *out, const char *name,
                         const struct statement_balance *balance)
{
    key(out, name);
    buffer_byte(out, '[');
    for (; balance != NULL; balance = balance->next) {
        next_item(out);
        put_balance_object(out, balance);
    }
    buffer_byte(out, ']');
}

static void put_totals(struct buffer *out, const struct statement_totals *totals)
{
    key(out, "totals");
    if (!totals->present) {
        buffer_string(out, "null");
        return;
    }
    buffer_byte(out, '{');
    put_number(out, "credit_count", totals->has_credit_count, totals->credit_count);
    put_amount(out, "credit_amount", &totals->credit_amount);
    put_number(out, "debit_count", totals->has_debit_count, totals->debit_count);
    put_amount(out, "debit_amount", &totals->debit_amount);
    buffer_byte(out, '}');
}

static void put_code(struct buffer *out, const struct statement_code *code)
{
    key(out, "transaction_code");
    buffer_byte(out, '{');
    put_text(out, "domain", code->domain);
    put_text(out, "family", code->family);
    put_text(out, "subfamily", code->subfamily);
    put_text(out, "proprietary", code->proprietary);
    put_text(out, "issuer", code->issuer);
    put_text(out, "swift_type", code->swift_type);
    buffer_byte(out, '}');
}

static void put_references(struct buffer *out, const struct statement_references *references)
{
    key(out, "references");
    buffer_byte(out, '{');
    put_text(out, "servicer_reference", references->servicer_reference);
    put_text(out, "customer_reference", references->customer_reference);
    put_text(out, "entry_reference", references->entry_reference);
    put_text(out, "message_id", references->message_id);
    put_text(out, "payment_information_id", references->payment_information_id);
    put_text(out, "instruction_id", references->instruction_id);
    put_text(out, "end_to_end_id", references->end_to_end_id);
    put_text(out, "transaction_id", references->transaction_id);
    put_text(out, "uetr", references->uetr);
    put_text(out, "mandate_id", references->mandate_id);
    put_text(out, "clearing_reference", references->clearing_reference);
    buffer_byte(out, '}');
}

static void put_counterparty(struct buffer *out, const struct statement_party *party)
{
    key(out, "counterparty");
    buffer_byte(out, '{');
    put_text(out, "name", party->name);
    put_text(out, "account", party->account);
    put_text(out, "agent", party->agent);
    buffer_byte(out, '}');
}

static void put_structured(struct buffer *out, const struct statement_remittance *structured)
{
    key(out, "structured");
    buffer_byte(out, '[');
    for (; structured != NULL; structured = structured->next) {
        next_item(out);
        buffer_byte(out, '{');
        put_text(out, "type", structured->type);
        put_text(out, "reference", structured->reference);
        put_text(out, "text", structured->text);
        buffer_byte(out, '}');
    }
    buffer_byte(out, ']');
}

static void put_remittance(struct buffer *out, const struct statement_facts *facts)
{
    key(out, "remittance");
    buffer_byte(out, '{');
    key(out, "unstructured");
    buffer_byte(out, '[');
    for (const struct statement_text *line = facts->unstructured; line != NULL; line = line->next) {
        next_item(out);
        buffer_json(out, line->text);
    }
    buffer_byte(out, ']');
    put_structured(out, facts->structured);
    buffer_byte(out, '}');
}

static void put_charges(struct buffer *out, const struct statement_charge *charge)
{
    key(out, "charges");
    buffer_byte(out, '[');
    for (; charge != NULL; charge = charge->next) {
        next_item(out);
        buffer_byte(out, '{');
        put_money(out, &charge->amount);
        put_answer(out, "included", charge->included);
        put_text(out, "type", charge->type);
        buffer_byte(out, '}');
    }
    buffer_byte(out, ']');
}

static void put_original(struct buffer *out, const struct statement_facts *facts)
{
    key(out, "original");
    if (!facts->original.present && facts->exchange_rate.size == 0) {
        buffer_string(out, "null");
        return;
    }
    buffer_byte(out, '{');
    put_money(out, &facts->original);
    put_text(out, "exchange_rate", facts->exchange_rate);
    buffer_byte(out, '}');
}

static void put_return_reason(struct buffer *out, const struct statement_facts *facts)
{
    key(out, "return_reason");
    if (facts->return_code.size == 0 && facts->return_text.size == 0) {
        buffer_string(out, "null");
        return;
    }
    buffer_byte(out, '{');
    put_text(out, "code", facts->return_code);
    put_text(out, "text", facts->return_text);
    buffer_byte(out, '}');
}

static void put_facts(struct buffer *out, const struct statement_facts *facts)
{
    put_code(out, &facts->code);
    put_references(out, &facts->references);
    put_counterparty(out, &facts->counterparty);
    put_remittance(out, facts);
    put_charges(out, facts->charges);
    put_original(out, facts);
    put_return_reason(out, facts);
    put_text(out, "information", facts->information);
}

static void put_details(struct buffer *out, const struct statement_detail *detail)
{
    key(out, "details");
    buffer_byte(out, '[');
    for (; detail != NULL; detail = detail->next) {
        next_item(out);
        buffer_byte(out, '{');
        put_number(out, "position", true, detail->position);
        put_money(out, &detail->amount);
        put_facts(out, &detail->facts);
        buffer_byte(out, '}');
    }
    buffer_byte(out, ']');
}

void statement_json_entry(const struct statement_entry *entry, struct buffer *out)
{
    buffer_string(out, entry->position > 1 ? ",{" : "{");
    put_number(out, "position", true, entry->position);
    put_date(out, "value_date", entry->value_date);
    put_date(out, "booking_date", entry->booking_date);
    put_text(out, "booking_time", entry->booking_time);
    put_money(out, &entry->amount);
    put_text(out, "status", statement_entry_status(entry));
    put_bool(out, "reversal", entry->reversal);
    put_facts(out, &entry->facts);
    put_details(out, entry->details);
    put_text(out, "raw", entry->raw);
    buffer_byte(out, '}');
}

static void put_finding(struct buffer *out, const struct finding *finding)
{
    buffer_byte(out, '{');
    put_text(out, "code", text_of(finding_name(finding->code)));
    put_text(out, "severity", text_of(severity_name(finding_severity(finding->code))));
    key(out, "position");
    buffer_byte(out, '{');
    put_number(out, "entry", finding->entry > 0, finding->entry);
    put_number(out, "line", finding->line > 0, finding->line);
    buffer_byte(out, '}');
    put_text(out, "text", finding->text);
    buffer_byte(out, '}');
}

static void put_findings(struct buffer *out, const struct finding *finding)
{
    key(out, "findings");
    buffer_byte(out, '[');
    for (; finding != NULL; finding = finding->next) {
        next_item(out);
        put_finding(out, finding);
    }
    buffer_byte(out, ']');
}

void statement_json_head(const struct statement *statement, struct buffer *out)
{
    assert(!statement->exhausted);
    buffer_byte(out, '{');
    put_text(out, "format", text_of(statement_format_name(statement->format)));
    put_text(out, "version", statement->version);
    put_text(out, "message_id", statement->message_id);
    put_text(out, "statement_id", statement->statement_id);
    put_text(out, "sequence_number", statement->sequence_number);
    put_number(out, "page", statement->page > 0, statement->page);
    put_answer(out, "last_page", statement->last_page);
    put_account(out, &statement->account);
    put_text(out, "created", statement->created);
    put_period(out, statement);
    put_balance(out, "opening_balance", statement->has_opening, &statement->opening);
    put_balance(out, "closing_balance", statement->has_closing, &statement->closing);
    put_balances(out, "available_balances", statement->available);
    put_balances(out, "other_balances", statement->others);
    put_totals(out, &statement->totals);
    put_text(out, "information", statement->information);
    key(out, "entries");
    buffer_byte(out, '[');
}

void statement_json_tail(const struct statement *statement, struct buffer *out)
{
    buffer_byte(out, ']');
    put_findings(out, statement->findings);
    buffer_byte(out, '}');
}

void statement_json_write(const struct statement *statement, struct buffer *out)
{
    statement_json_head(statement, out);
    for (const struct statement_entry *entry = statement->entries; entry != NULL;
         entry = entry->next)
        statement_json_entry(entry, out);
    statement_json_tail(statement, out);
}

static void new_line(struct buffer *out, int depth)
{
    buffer_byte(out, '\n');
    for (int i = 0; i < depth; i++)
        buffer_string(out, "  ");
}

static void indent_string(struct json_indent *indent, char byte, struct buffer *out)
{
    buffer_byte(out, (unsigned char)byte);
    if (byte == '"' && !indent->is_escaped)
        indent->in_string = false;
    indent->is_escaped = byte == '\\' && !indent->is_escaped;
}

static bool is_closing(char byte)
{
    return byte == '}' || byte == ']';
}

/* A line for the first item of what was opened, or for the end of what has items. */
static void indent_break(struct json_indent *indent, char byte, struct buffer *out)
{
    bool is_empty = indent->opened != '\0' && is_closing(byte);

    if (is_closing(byte))
        indent->depth--;
    if (!is_empty && (indent->opened != '\0' || is_closing(byte)))
        new_line(out, indent->depth);
    indent->opened = '\0';
}

static void indent_byte(struct json_indent *indent, char byte, struct buffer *out)
{
    indent_break(indent, byte, out);
    buffer_byte(out, (unsigned char)byte);
    indent->in_string = byte == '"';
    if (byte == '{' || byte == '[') {
        indent->depth++;
        indent->opened = byte;
    }
    if (byte == ',')
        new_line(out, indent->depth);
    if (byte == ':')
        buffer_byte(out, ' ');
}

void statement_json_indent(struct json_indent *indent, struct text json, struct buffer *out)
{
    for (size_t at = 0; at < json.size; at++) {
        if (indent->in_string)
            indent_string(indent, json.data[at], out);
        else
            indent_byte(indent, json.data[at], out);
    }
}
