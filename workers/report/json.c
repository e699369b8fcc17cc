/*
 * json.c - the report as canonical JSON: keys in a fixed order, amounts as strings, no blanks.
 * The digest is of these bytes without the digest itself.
 */
#include "report.h"

static void key_text(struct buffer *out, const char *key, struct text value)
{
    buffer_format(out, "\"%s\":", key);
    buffer_json(out, value);
}

static void key_money(struct buffer *out, const struct report *report, const char *key,
                      int64_t minor)
{
    char text[AMOUNT_TEXT_SIZE];

    buffer_format(out, "\"%s\":\"%s\"", key, report_money(report, minor, text));
}

static void key_date(struct buffer *out, const char *key, calendar_date date)
{
    char text[DATE_TEXT_SIZE];

    date_format(date, text);
    buffer_format(out, "\"%s\":\"%s\"", key, text);
}

static void json_proof(const struct report *report, struct buffer *out)
{
    const struct proof *proof = &report->proof;

    buffer_string(out, ",\"proof\":{");
    if (report->has_bank)
        key_money(out, report, "bank_balance", proof->bank_minor);
    else
        buffer_string(out, "\"bank_balance\":null");
    buffer_byte(out, ',');
    key_money(out, report, "outstanding_at_bank", proof->bank.minor);
    buffer_byte(out, ',');
    key_money(out, report, "outstanding_in_books", proof->book.minor);
    buffer_byte(out, ',');
    key_money(out, report, "differences_in_matches", proof->difference_minor);
    buffer_byte(out, ',');
    key_money(out, report, "book_balance", proof->book_minor);
    buffer_byte(out, ',');
    if (report->has_bank)
        key_money(out, report, "unexplained", proof->unexplained_minor);
    else
        buffer_string(out, "\"unexplained\":null");
    buffer_format(out, ",\"proven\":%s}", report_is_proven(report) ? "true" : "false");
}

static void json_bank(const struct report *report, struct buffer *out)
{
    if (!report->has_bank) {
        buffer_string(out, ",\"statement\":null");
        return;
    }
    buffer_string(out, ",\"statement\":{");
    key_date(out, "closing_date", report->bank_date);
    buffer_byte(out, ',');
    key_text(out, "sequence_number", report->bank_statement);
    buffer_byte(out, ',');
    key_text(out, "format", report->bank_format);
    buffer_byte(out, '}');
}

static void json_rules(const struct report *report, struct buffer *out)
{
    buffer_string(out, ",\"matched\":[");
    for (size_t i = 0; i < report->rule_count; i++) {
        const struct report_rule *rule = &report->rules[i];

        buffer_string(out, i == 0 ? "{" : ",{");
        key_text(out, "rule", rule->rule);
        buffer_format(out, ",\"on_the_day\":%lld,", (long long)rule->day_count);
        key_money(out, report, "on_the_day_amount", rule->day_minor);
        buffer_format(out, ",\"to_date\":%lld,", (long long)rule->to_date_count);
        key_money(out, report, "to_date_amount", rule->to_date_minor);
        buffer_byte(out, ',');
        key_money(out, report, "difference", rule->difference_minor);
        buffer_byte(out, '}');
    }
    buffer_byte(out, ']');
}

static void json_item(const struct report *report, const struct report_item *item,
                      struct buffer *out)
{
    char id[UUID_TEXT_SIZE];

    uuid_format(&item->id, id);
    buffer_format(out, "{\"id\":\"%s\",", id);
    key_date(out, "date", item->date);
    buffer_format(out, ",\"age_days\":%d,", item->age);
    key_money(out, report, "amount", item->amount_minor);
    buffer_byte(out, ',');
    key_text(out, "reference", item->reference);
    buffer_byte(out, ',');
    key_text(out, "end_to_end_id", item->end_to_end_id);
    buffer_byte(out, ',');
    key_text(out, "party", item->party);
    buffer_byte(out, ',');
    key_text(out, "break", item->break_type);
    buffer_byte(out, '}');
}

static void json_ages(const struct report *report, const struct outstanding *outstanding,
                      struct buffer *out)
{
    buffer_string(out, "\"ages\":[");
    for (int i = 0; i < AGE_BUCKETS; i++) {
        buffer_format(out, "%s{\"age\":\"%s\",\"count\":%lld,", i == 0 ? "" : ",",
                      age_bucket_name(i), (long long)outstanding->bucket_counts[i]);
        key_money(out, report, "amount", outstanding->bucket_minors[i]);
        buffer_byte(out, '}');
    }
    buffer_byte(out, ']');
}

static void json_side(const struct report *report, const char *key,
                      const struct outstanding *outstanding, const struct report_item *items,
                      size_t count, struct buffer *out)
{
    buffer_format(out, ",\"%s\":{\"count\":%zu,", key, count);
    json_ages(report, outstanding, out);
    buffer_string(out, ",\"items\":[");
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buffer_byte(out, ',');
        json_item(report, &items[i], out);
    }
    buffer_string(out, "]}");
}

static void json_candidates(const struct report *report, const struct report_break *found,
                            struct buffer *out)
{
    buffer_string(out, ",\"candidates\":[");
    for (size_t i = 0; i < found->candidate_count; i++) {
        const struct report_candidate *candidate = &found->candidates[i];

        buffer_string(out, i == 0 ? "{" : ",{");
        key_date(out, "date", candidate->date);
        buffer_byte(out, ',');
        key_money(out, report, "amount", candidate->amount_minor);
        buffer_byte(out, ',');
        key_text(out, "reference", candidate->reference);
        buffer_byte(out, ',');
        key_text(out, "reason", candidate->reason);
        buffer_byte(out, '}');
    }
    buffer_byte(out, ']');
}

static void json_break(const struct report *report, const struct report_break *found,
                       struct buffer *out)
{
    buffer_byte(out, '{');
    key_text(out, "type", found->type);
    buffer_format(out, ",\"side\":\"%s\",", found->is_entry ? "bank" : "books");
    key_text(out, "cause", text_of(found->cause));
    buffer_byte(out, ',');
    key_money(out, report, "amount", found->amount_minor);
    buffer_byte(out, ',');
    key_date(out, "date", found->date);
    buffer_byte(out, ',');
    key_date(out, "opened_on", found->opened_on);
    buffer_format(out, ",\"age_days\":%d,", found->age);
    key_text(out, "reference", found->reference);
    buffer_byte(out, ',');
    key_text(out, "end_to_end_id", found->end_to_end_id);
    buffer_byte(out, ',');
    key_text(out, "party", found->party);
    json_candidates(report, found, out);
    buffer_byte(out, '}');
}

static void json_breaks(const struct report *report, struct buffer *out)
{
    const struct report_movement *movement = &report->movement;

    buffer_format(out,
                  ",\"break_movement\":{\"opening\":%lld,\"new\":%lld,\"closed\":%lld,"
                  "\"closing\":%lld},\"breaks\":[",
                  (long long)movement->opening, (long long)movement->added,
                  (long long)movement->closed, (long long)movement->closing);
    for (size_t i = 0; i < report->break_count; i++) {
        if (i > 0)
            buffer_byte(out, ',');
        json_break(report, &report->breaks[i], out);
    }
    buffer_byte(out, ']');
}

static void json_total(const struct report *report, const char *key, int64_t count, int64_t minor,
                       struct buffer *out)
{
    buffer_format(out, ",\"%s\":{\"count\":%lld,", key, (long long)count);
    key_money(out, report, "amount", minor);
    buffer_byte(out, '}');
}

static void json_controls(const struct report *report, struct buffer *out)
{
    const struct report_controls *controls = &report->controls;

    buffer_format(out, ",\"controls\":{\"statements\":%lld,\"statements_held\":%lld",
                  (long long)controls->statement_count, (long long)controls->held_count);
    json_total(report, "entry_credits", controls->entry_credit_count, controls->entry_credit_minor,
               out);
    json_total(report, "entry_debits", controls->entry_debit_count, controls->entry_debit_minor,
               out);
    json_total(report, "item_credits", controls->item_credit_count, controls->item_credit_minor,
               out);
    json_total(report, "item_debits", controls->item_debit_count, controls->item_debit_minor, out);
    buffer_byte(out, '}');
}

void report_json(const struct report *report, struct buffer *out)
{
    char code[CURRENCY_CODE_SIZE];

    currency_code(report->currency, code);
    buffer_string(out, "{\"report\":\"reconciliation\",\"version\":1,");
    key_text(out, "account", report->account);
    buffer_byte(out, ',');
    key_text(out, "servicer_bic", report->servicer_bic);
    buffer_byte(out, ',');
    key_text(out, "servicer_account", report->servicer_account);
    buffer_format(out, ",\"currency\":\"%s\",", code);
    key_date(out, "business_date", report->business_date);
    json_bank(report, out);
    json_proof(report, out);
    json_rules(report, out);
    json_side(report, "outstanding_at_bank", &report->proof.bank, report->bank_items,
              report->bank_item_count, out);
    json_side(report, "outstanding_in_books", &report->proof.book, report->book_items,
              report->book_item_count, out);
    json_breaks(report, out);
    json_controls(report, out);
}

void report_json_done(const struct report *report, struct buffer *out)
{
    char hex[2 * SHA256_SIZE + 1];

    digest_format(&report->digest, hex);
    buffer_format(out, ",\"digest\":\"%s\"}\n", hex);
}
