/*
 * csv.c - the report as rows (RFC 4180): section, what, date, age_days, currency, amount, count,
 * reference, end_to_end_id, party, note.
 *
 * Texts are fields of buffer_csv; numbers are ours and stand as they are.
 */
#include "report.h"

static void cell(struct buffer *out, struct text text)
{
    buffer_byte(out, ',');
    buffer_csv(out, text);
}

/* One row; what is absent is empty. */
struct row {
    const char *section;
    struct text what;
    calendar_date date;
    int32_t age; /* -1: none */
    bool has_amount;
    int64_t minor;
    int64_t count; /* -1: none */
    struct text reference, end_to_end_id, party, note;
};

static const struct row empty_row = {.date = DATE_NONE, .age = -1, .count = -1};

static void row_write(const struct report *report, const struct row *row, struct buffer *out)
{
    char code[CURRENCY_CODE_SIZE];
    char money[AMOUNT_TEXT_SIZE] = "";
    char date[DATE_TEXT_SIZE] = "";

    currency_code(report->currency, code);
    if (row->date != DATE_NONE)
        date_format(row->date, date);
    if (row->has_amount)
        report_money(report, row->minor, money);
    buffer_string(out, row->section);
    cell(out, row->what);
    buffer_format(out, ",%s,", date);
    if (row->age >= 0)
        buffer_format(out, "%d", row->age);
    buffer_format(out, ",%s,%s,", code, money);
    if (row->count >= 0)
        buffer_format(out, "%lld", (long long)row->count);
    cell(out, row->reference);
    cell(out, row->end_to_end_id);
    cell(out, row->party);
    cell(out, row->note);
    buffer_string(out, "\r\n");
}

static void figure(const struct report *report, const char *section, const char *what,
                   int64_t minor, int64_t count, struct buffer *out)
{
    struct row row = empty_row;

    row.section = section;
    row.what = text_of(what);
    row.has_amount = true;
    row.minor = minor;
    row.count = count;
    row_write(report, &row, out);
}

static void number(const struct report *report, const char *section, const char *what,
                   int64_t count, struct buffer *out)
{
    struct row row = empty_row;

    row.section = section;
    row.what = text_of(what);
    row.count = count;
    row_write(report, &row, out);
}

static void head_rows(const struct report *report, struct buffer *out)
{
    struct row row = empty_row;
    char hex[2 * SHA256_SIZE + 1];

    digest_format(&report->digest, hex);
    row.section = "report";
    row.what = report->account;
    row.date = report->business_date;
    row.reference = report->servicer_account;
    row.party = report->servicer_bic;
    row.note = text_of(hex);
    row_write(report, &row, out);
}

static void proof_rows(const struct report *report, struct buffer *out)
{
    const struct proof *proof = &report->proof;

    if (report->has_bank)
        figure(report, "proof", "bank_balance", proof->bank_minor, -1, out);
    figure(report, "proof", "outstanding_at_bank", proof->bank.minor, proof->bank.count, out);
    figure(report, "proof", "outstanding_in_books", proof->book.minor, proof->book.count, out);
    figure(report, "proof", "differences_in_matches", proof->difference_minor, -1, out);
    figure(report, "proof", "book_balance", proof->book_minor, -1, out);
    if (report->has_bank)
        figure(report, "proof", "unexplained", proof->unexplained_minor, -1, out);
}

static void matched_rows(const struct report *report, struct buffer *out)
{
    for (size_t i = 0; i < report->rule_count; i++) {
        struct row row = empty_row;

        row.section = "matched";
        row.what = report->rules[i].rule;
        row.has_amount = true;
        row.minor = report->rules[i].to_date_minor;
        row.count = report->rules[i].to_date_count;
        row_write(report, &row, out);
        row.section = "matched_on_the_day";
        row.minor = report->rules[i].day_minor;
        row.count = report->rules[i].day_count;
        row_write(report, &row, out);
    }
}

static void age_rows(const struct report *report, const char *section,
                     const struct outstanding *outstanding, struct buffer *out)
{
    for (int i = 0; i < AGE_BUCKETS; i++)
        figure(report, section, age_bucket_name(i), outstanding->bucket_minors[i],
               outstanding->bucket_counts[i], out);
}

static void item_rows(const struct report *report, const char *section,
                      const struct report_item *items, size_t count, struct buffer *out)
{
    for (size_t i = 0; i < count; i++) {
        struct row row = {.section = section,
                          .what = items[i].break_type,
                          .date = items[i].date,
                          .age = items[i].age,
                          .has_amount = true,
                          .minor = items[i].amount_minor,
                          .count = -1,
                          .reference = items[i].reference,
                          .end_to_end_id = items[i].end_to_end_id,
                          .party = items[i].party};

        row_write(report, &row, out);
    }
}

static void candidate_rows(const struct report *report, const struct report_break *found,
                           struct buffer *out)
{
    for (size_t i = 0; i < found->candidate_count; i++) {
        struct row row = empty_row;

        row.section = "candidate";
        row.what = found->type;
        row.date = found->candidates[i].date;
        row.has_amount = true;
        row.minor = found->candidates[i].amount_minor;
        row.count = found->candidates[i].rank;
        row.reference = found->candidates[i].reference;
        row.note = found->candidates[i].reason;
        row_write(report, &row, out);
    }
}

static void break_rows(const struct report *report, struct buffer *out)
{
    for (size_t i = 0; i < report->break_count; i++) {
        const struct report_break *found = &report->breaks[i];
        struct row row = {.section = found->is_entry ? "break_at_bank" : "break_in_books",
                          .what = found->type,
                          .date = found->date,
                          .age = found->age,
                          .has_amount = true,
                          .minor = found->amount_minor,
                          .count = -1,
                          .reference = found->reference,
                          .end_to_end_id = found->end_to_end_id,
                          .party = found->party,
                          .note = text_of(found->cause)};

        row_write(report, &row, out);
        candidate_rows(report, found, out);
    }
}

static void control_rows(const struct report *report, struct buffer *out)
{
    const struct report_controls *controls = &report->controls;
    const struct report_movement *movement = &report->movement;

    number(report, "break_movement", "opening", movement->opening, out);
    number(report, "break_movement", "new", movement->added, out);
    number(report, "break_movement", "closed", movement->closed, out);
    number(report, "break_movement", "closing", movement->closing, out);
    number(report, "controls", "statements", controls->statement_count, out);
    number(report, "controls", "statements_held", controls->held_count, out);
    figure(report, "controls", "entry_credits", controls->entry_credit_minor,
           controls->entry_credit_count, out);
    figure(report, "controls", "entry_debits", controls->entry_debit_minor,
           controls->entry_debit_count, out);
    figure(report, "controls", "item_credits", controls->item_credit_minor,
           controls->item_credit_count, out);
    figure(report, "controls", "item_debits", controls->item_debit_minor,
           controls->item_debit_count, out);
}

void report_csv(const struct report *report, struct buffer *out)
{
    buffer_string(out, "section,what,date,age_days,currency,amount,count,reference,end_to_end_id,"
                       "party,note\r\n");
    head_rows(report, out);
    proof_rows(report, out);
    matched_rows(report, out);
    age_rows(report, "age_at_bank", &report->proof.bank, out);
    age_rows(report, "age_in_books", &report->proof.book, out);
    item_rows(report, "outstanding_at_bank", report->bank_items, report->bank_item_count, out);
    item_rows(report, "outstanding_in_books", report->book_items, report->book_item_count, out);
    break_rows(report, out);
    control_rows(report, out);
}
