/*
 * entry_line.c - see entry_line.h.
 */
#include "entry_line.h"

#include "domain/transaction_kind.h"

#include <stdio.h>

enum { TEXT_SIZE = 300, DATE_WIDTH = 10, AMOUNT_WIDTH = 18, REFERENCE_WIDTH = 16, KIND_WIDTH = 16 };

static void amount_text(const struct statement_amount *amount,
                        char text[STATEMENT_AMOUNT_TEXT_SIZE])
{
    text[0] = '\0';
    if (amount->present)
        statement_amount_format(amount, text);
}

static void date_text(calendar_date date, char text[DATE_TEXT_SIZE])
{
    text[0] = '\0';
    if (date != DATE_NONE)
        date_format(date, text);
}

static void currency_text(const struct statement_amount *amount, char text[CURRENCY_CODE_SIZE])
{
    text[0] = '\0';
    if (amount->present && amount->currency != CURRENCY_NONE)
        currency_code(amount->currency, text);
}

/* What the bank wrote about it, on one line. */
static void remittance_line(const struct statement_facts *facts, struct buffer *out)
{
    size_t begin = out->size;

    statement_texts_join(facts->unstructured, out);
    for (size_t i = begin; i < out->size; i++)
        if ((unsigned char)out->data[i] < ' ' || out->data[i] == 0x7f)
            out->data[i] = ' ';
}

/* ---- CSV ---- */

static void csv_field(struct buffer *out, struct text value)
{
    buffer_byte(out, ',');
    buffer_csv(out, value);
}

/* Our words for the bank's codes; the codes are as they came. */
static void csv_kind(struct buffer *out, const struct statement_facts *facts)
{
    bool has_reason = facts->return_code.size > 0;
    struct buffer code;

    buffer_init(&code, out->max);
    transaction_code_raw(&facts->code, &code);
    csv_field(out, text_of(transaction_kind_name(transaction_meaning_of(&facts->code).kind)));
    csv_field(out, buffer_view(&code));
    csv_field(out,
              text_of(has_reason ? return_reason_name(return_reason_of(facts->return_code)) : ""));
    buffer_done(&code);
}

void entry_csv_head(struct buffer *out)
{
    buffer_string(out, "position,account,value_date,booking_date,amount,currency,status,reversal,"
                       "end_to_end_id,customer_reference,servicer_reference,counterparty,"
                       "remittance,kind,transaction_code,return_reason\r\n");
}

void entry_csv(const struct statement *statement, const struct statement_entry *entry,
               struct buffer *out)
{
    const struct statement_references *references = &entry->facts.references;
    char value_date[DATE_TEXT_SIZE];
    char booking_date[DATE_TEXT_SIZE];
    char amount[STATEMENT_AMOUNT_TEXT_SIZE];
    char code[CURRENCY_CODE_SIZE];
    struct buffer remittance;

    date_text(entry->value_date, value_date);
    date_text(entry->booking_date, booking_date);
    amount_text(&entry->amount, amount);
    currency_text(&entry->amount, code);
    buffer_init(&remittance, out->max);
    remittance_line(&entry->facts, &remittance);
    buffer_format(out, "%d", entry->position);
    csv_field(out, statement->account.id);
    buffer_format(out, ",%s,%s,%s,%s", value_date, booking_date, amount, code);
    csv_field(out, statement_entry_status(entry));
    buffer_string(out, entry->reversal ? ",true" : ",false");
    csv_field(out, references->end_to_end_id);
    csv_field(out, references->customer_reference);
    csv_field(out, references->servicer_reference);
    csv_field(out, entry->facts.counterparty.name);
    csv_field(out, buffer_view(&remittance));
    csv_kind(out, &entry->facts);
    buffer_string(out, "\r\n");
    buffer_done(&remittance);
}

/* ---- a table for people ---- */

void entry_table(const struct statement_entry *entry, struct buffer *out)
{
    const struct statement_references *references = &entry->facts.references;
    struct text reference = references->end_to_end_id.size > 0 ? references->end_to_end_id
                                                               : references->customer_reference;
    char booking_date[DATE_TEXT_SIZE];
    char amount[STATEMENT_AMOUNT_TEXT_SIZE];
    char code[CURRENCY_CODE_SIZE];
    char shown[TEXT_SIZE];

    date_text(entry->booking_date == DATE_NONE ? entry->value_date : entry->booking_date,
              booking_date);
    amount_text(&entry->amount, amount);
    currency_text(&entry->amount, code);
    text_show(reference, shown, sizeof shown);
    buffer_format(out, "%6d  %-*s  %*s %-3s  %-*s  %-*s  ", entry->position, DATE_WIDTH,
                  booking_date, AMOUNT_WIDTH, amount, code, KIND_WIDTH,
                  transaction_kind_name(transaction_meaning_of(&entry->facts.code).kind),
                  REFERENCE_WIDTH, shown);
    remittance_line(&entry->facts, out);
    buffer_byte(out, '\n');
}

static void table_balance(const char *name, bool present, const struct statement_balance *balance,
                          struct buffer *out)
{
    char amount[STATEMENT_AMOUNT_TEXT_SIZE];
    char code[CURRENCY_CODE_SIZE];
    char date[DATE_TEXT_SIZE];

    if (!present)
        return;
    amount_text(&balance->amount, amount);
    currency_text(&balance->amount, code);
    date_text(balance->date, date);
    buffer_format(out, "  %s %s %s %s", name, date, amount, code);
}

void entry_table_tail(const struct statement *statement, struct buffer *out)
{
    char shown[TEXT_SIZE];

    text_show(statement->account.id, shown, sizeof shown);
    buffer_format(out, "%s %s: %d entries", statement_format_name(statement->format), shown,
                  statement->entry_count);
    table_balance("opening", statement->has_opening, &statement->opening, out);
    table_balance("closing", statement->has_closing, &statement->closing, out);
    buffer_byte(out, '\n');
    for (const struct finding *finding = statement->findings; finding != NULL;
         finding = finding->next) {
        text_show(finding->text, shown, sizeof shown);
        buffer_format(out, "  %s %s: %s\n", severity_name(finding_severity(finding->code)),
                      finding_name(finding->code), shown);
    }
}
