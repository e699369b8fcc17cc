/*
 * html.c - the report as one page: no script, no outside resource, tables that a screen reader can
 * walk (caption, th with scope), legible without colour, and printed on paper as it stands.
 */
#include "report.h"

static const char page_head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
    "style-src 'unsafe-inline'\">\n<style>\n"
    ":root{color-scheme:light dark}\n"
    "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem}\n"
    "h1{font-size:1.5rem;margin-bottom:.2rem}h2{font-size:1.15rem;margin-top:2rem}\n"
    "table{border-collapse:collapse;width:100%;margin:.5rem 0 1rem}\n"
    "caption{text-align:left;font-weight:600;padding:.3rem 0}\n"
    "th,td{border-bottom:1px solid #8886;padding:.25rem .6rem;text-align:left;"
    "vertical-align:top}\n"
    "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}\n"
    "tr.total th,tr.total td{border-top:2px solid;font-weight:600}\n"
    ".verdict{border:2px solid;padding:.6rem .8rem;font-weight:600}\n"
    ".bad{border-style:double;border-width:4px}\n"
    ".mono{font-family:ui-monospace,monospace;overflow-wrap:anywhere}\n"
    ".small{font-size:.85rem}\n"
    "@media print{body{margin:0;max-width:none;font-size:10pt}tr{break-inside:avoid}"
    "thead{display:table-header-group}h2{break-after:avoid}}\n"
    "</style>\n";

static void escaped(struct buffer *out, struct text text)
{
    for (size_t i = 0; i < text.size; i++) {
        switch (text.data[i]) {
        case '<': buffer_string(out, "&lt;"); break;
        case '>': buffer_string(out, "&gt;"); break;
        case '&': buffer_string(out, "&amp;"); break;
        case '"': buffer_string(out, "&quot;"); break;
        default: buffer_byte(out, (unsigned char)text.data[i]); break;
        }
    }
}

/* ---- cells ---- */

static void cell_text(struct buffer *out, struct text text)
{
    buffer_string(out, "<td>");
    escaped(out, text);
    buffer_string(out, "</td>");
}

static void cell_money(struct buffer *out, const struct report *report, int64_t minor)
{
    char text[AMOUNT_TEXT_SIZE];

    buffer_format(out, "<td class=\"n\">%s</td>", report_money(report, minor, text));
}

static void cell_number(struct buffer *out, int64_t number)
{
    buffer_format(out, "<td class=\"n\">%lld</td>", (long long)number);
}

static void cell_date(struct buffer *out, calendar_date date)
{
    char text[DATE_TEXT_SIZE];

    date_format(date, text);
    buffer_format(out, "<td>%s</td>", text);
}

/* Column heads; one that begins with '#' is for numbers. */
static void table_begin(struct buffer *out, const char *caption, const char *const *heads,
                        size_t count)
{
    buffer_format(out, "<table>\n<caption>%s</caption>\n<thead><tr>", caption);
    for (size_t i = 0; i < count; i++) {
        bool is_number = heads[i][0] == '#';

        buffer_format(out, "<th scope=\"col\"%s>%s</th>", is_number ? " class=\"n\"" : "",
                      heads[i] + is_number);
    }
    buffer_string(out, "</tr></thead>\n<tbody>\n");
}

static void table_end(struct buffer *out)
{
    buffer_string(out, "</tbody>\n</table>\n");
}

/* ---- sections ---- */

static void head_write(const struct report *report, struct buffer *out)
{
    char date[DATE_TEXT_SIZE];
    char code[CURRENCY_CODE_SIZE];

    date_format(report->business_date, date);
    currency_code(report->currency, code);
    buffer_string(out, page_head);
    buffer_string(out, "<title>Reconciliation ");
    escaped(out, report->account);
    buffer_format(out, " %s</title>\n</head>\n<body>\n<main>\n<h1>Reconciliation of ", date);
    escaped(out, report->account);
    buffer_format(out, "</h1>\n<p>%s at the end of <time datetime=\"%s\">%s</time>, account ", code,
                  date, date);
    escaped(out, report->servicer_account);
    buffer_string(out, " at ");
    escaped(out, report->servicer_bic);
    buffer_string(out, "</p>\n");
}

static void verdict_write(const struct report *report, struct buffer *out)
{
    char text[AMOUNT_TEXT_SIZE];

    if (!report->has_bank)
        buffer_string(out, "<p class=\"verdict bad\">Not proven: there is no statement up to this "
                           "date.</p>\n");
    else if (report_is_proven(report))
        buffer_string(out, "<p class=\"verdict\">Proven: bank and books agree, every difference is "
                           "listed below.</p>\n");
    else
        buffer_format(out, "<p class=\"verdict bad\">Not proven: %s is not explained.</p>\n",
                      report_money(report, report->proof.unexplained_minor, text));
}

static void step(const struct report *report, const char *what, int64_t minor, bool is_total,
                 struct buffer *out)
{
    buffer_format(out, "<tr%s><th scope=\"row\">%s</th>", is_total ? " class=\"total\"" : "", what);
    cell_money(out, report, minor);
    buffer_string(out, "</tr>\n");
}

static const char *const proof_heads[] = {"Step", "#Amount"};

static void proof_from_bank(const struct report *report, struct buffer *out)
{
    const struct proof *proof = &report->proof;

    table_begin(out, "From the bank to the books", proof_heads, COUNT_OF(proof_heads));
    step(report, "Statement closing balance", proof->bank_minor, false, out);
    step(report, "less booked at the bank, not in the books", -proof->bank.minor, false, out);
    step(report, "plus in the books, not booked at the bank", proof->book.minor, false, out);
    step(report, "less differences inside matches", -proof->difference_minor, false, out);
    step(report, "less unexplained", -proof->unexplained_minor, false, out);
    step(report, "Book balance", proof->book_minor, true, out);
    table_end(out);
}

static void proof_from_books(const struct report *report, struct buffer *out)
{
    const struct proof *proof = &report->proof;

    table_begin(out, "From the books to the bank", proof_heads, COUNT_OF(proof_heads));
    step(report, "Book balance", proof->book_minor, false, out);
    step(report, "less in the books, not booked at the bank", -proof->book.minor, false, out);
    step(report, "plus booked at the bank, not in the books", proof->bank.minor, false, out);
    step(report, "plus differences inside matches", proof->difference_minor, false, out);
    step(report, "plus unexplained", proof->unexplained_minor, false, out);
    step(report, "Statement closing balance", proof->bank_minor, true, out);
    table_end(out);
}

static void proof_write(const struct report *report, struct buffer *out)
{
    char date[DATE_TEXT_SIZE];

    buffer_string(out, "<h2>Proof</h2>\n");
    if (!report->has_bank)
        return;
    date_format(report->bank_date, date);
    buffer_format(out, "<p>Last statement: %s, number ", date);
    escaped(out, report->bank_statement.size > 0 ? report->bank_statement : TEXT("none"));
    buffer_string(out, ", ");
    escaped(out, report->bank_format);
    buffer_string(out, "</p>\n");
    proof_from_bank(report, out);
    proof_from_books(report, out);
}

static void matched_write(const struct report *report, struct buffer *out)
{
    static const char *const heads[] = {"Rule",     "#On the day", "#Amount",
                                        "#To date", "#Amount",     "#Difference"};

    buffer_string(out, "<h2>Matched</h2>\n");
    table_begin(out, "Matches by rule", heads, COUNT_OF(heads));
    for (size_t i = 0; i < report->rule_count; i++) {
        const struct report_rule *rule = &report->rules[i];

        buffer_string(out, "<tr><th scope=\"row\">");
        escaped(out, rule->rule);
        buffer_string(out, "</th>");
        cell_number(out, rule->day_count);
        cell_money(out, report, rule->day_minor);
        cell_number(out, rule->to_date_count);
        cell_money(out, report, rule->to_date_minor);
        cell_money(out, report, rule->difference_minor);
        buffer_string(out, "</tr>\n");
    }
    table_end(out);
}

static void ages_write(const struct report *report, const char *caption,
                       const struct outstanding *outstanding, struct buffer *out)
{
    static const char *const heads[] = {"Age", "#Items", "#Amount"};

    table_begin(out, caption, heads, COUNT_OF(heads));
    for (int i = 0; i < AGE_BUCKETS; i++) {
        buffer_format(out, "<tr><th scope=\"row\">%s</th>", age_bucket_name(i));
        cell_number(out, outstanding->bucket_counts[i]);
        cell_money(out, report, outstanding->bucket_minors[i]);
        buffer_string(out, "</tr>\n");
    }
    buffer_string(out, "<tr class=\"total\"><th scope=\"row\">All</th>");
    cell_number(out, outstanding->count);
    cell_money(out, report, outstanding->minor);
    buffer_string(out, "</tr>\n");
    table_end(out);
}

static void items_write(const struct report *report, const char *caption,
                        const struct report_item *items, size_t count, struct buffer *out)
{
    static const char *const heads[] = {"Date",          "#Age",      "#Amount", "Reference",
                                        "End-to-end id", "With whom", "Break"};

    if (count == 0)
        return;
    table_begin(out, caption, heads, COUNT_OF(heads));
    for (size_t i = 0; i < count; i++) {
        buffer_string(out, "<tr>");
        cell_date(out, items[i].date);
        cell_number(out, items[i].age);
        cell_money(out, report, items[i].amount_minor);
        cell_text(out, items[i].reference);
        cell_text(out, items[i].end_to_end_id);
        cell_text(out, items[i].party);
        cell_text(out, items[i].break_type);
        buffer_string(out, "</tr>\n");
    }
    table_end(out);
}

static void outstanding_write(const struct report *report, struct buffer *out)
{
    buffer_string(out, "<h2>Outstanding</h2>\n");
    ages_write(report, "Booked at the bank, not in the books, by age", &report->proof.bank, out);
    items_write(report, "Booked at the bank, not in the books", report->bank_items,
                report->bank_item_count, out);
    ages_write(report, "In the books, not booked at the bank, by age", &report->proof.book, out);
    items_write(report, "In the books, not booked at the bank", report->book_items,
                report->book_item_count, out);
}

static void candidates_write(const struct report *report, const struct report_break *found,
                             struct buffer *out)
{
    buffer_string(out, "<td>");
    for (size_t i = 0; i < found->candidate_count; i++) {
        const struct report_candidate *candidate = &found->candidates[i];
        char date[DATE_TEXT_SIZE];
        char money[AMOUNT_TEXT_SIZE];

        date_format(candidate->date, date);
        buffer_format(out, "%s%zu. %s, %s, ", i == 0 ? "" : "<br>", i + 1, date,
                      report_money(report, candidate->amount_minor, money));
        escaped(out, candidate->reference);
        buffer_string(out, ": ");
        escaped(out, candidate->reason);
    }
    buffer_string(out, "</td>");
}

static void break_write(const struct report *report, const struct report_break *found,
                        struct buffer *out)
{
    buffer_string(out, "<tr><th scope=\"row\">");
    escaped(out, found->type);
    buffer_format(out, "</th><td>%s</td>", found->is_entry ? "bank" : "books");
    cell_date(out, found->date);
    cell_number(out, found->age);
    cell_money(out, report, found->amount_minor);
    cell_text(out, found->reference);
    cell_text(out, text_of(found->cause));
    candidates_write(report, found, out);
    buffer_string(out, "</tr>\n");
}

static void movement_write(const struct report *report, struct buffer *out)
{
    static const char *const heads[] = {"#Opening", "#New", "#Closed", "#Closing"};

    table_begin(out, "Movement on the day: opening + new - closed = closing", heads,
                COUNT_OF(heads));
    buffer_string(out, "<tr>");
    cell_number(out, report->movement.opening);
    cell_number(out, report->movement.added);
    cell_number(out, report->movement.closed);
    cell_number(out, report->movement.closing);
    buffer_string(out, "</tr>\n");
    table_end(out);
}

static void breaks_write(const struct report *report, struct buffer *out)
{
    static const char *const heads[] = {"Type",    "Side",      "Date",  "#Age in days",
                                        "#Amount", "Reference", "Cause", "Candidates"};

    buffer_string(out, "<h2>Breaks</h2>\n");
    movement_write(report, out);
    if (report->break_count == 0)
        return;
    table_begin(out, "Open breaks, their causes and what might explain them", heads,
                COUNT_OF(heads));
    for (size_t i = 0; i < report->break_count; i++)
        break_write(report, &report->breaks[i], out);
    table_end(out);
}

static void control(const struct report *report, const char *what, int64_t count, int64_t minor,
                    struct buffer *out)
{
    buffer_format(out, "<tr><th scope=\"row\">%s</th>", what);
    cell_number(out, count);
    cell_money(out, report, minor);
    buffer_string(out, "</tr>\n");
}

static void controls_write(const struct report *report, struct buffer *out)
{
    static const char *const heads[] = {"Total up to the date", "#Count", "#Amount"};
    const struct report_controls *controls = &report->controls;

    buffer_format(out,
                  "<h2>Control totals</h2>\n<p>Statements read: %lld; held for a person: "
                  "%lld.</p>\n",
                  (long long)controls->statement_count, (long long)controls->held_count);
    table_begin(out, "What was read and what was expected", heads, COUNT_OF(heads));
    control(report, "Bookings, money in", controls->entry_credit_count,
            controls->entry_credit_minor, out);
    control(report, "Bookings, money out", controls->entry_debit_count, controls->entry_debit_minor,
            out);
    control(report, "Expected, money in", controls->item_credit_count, controls->item_credit_minor,
            out);
    control(report, "Expected, money out", controls->item_debit_count, controls->item_debit_minor,
            out);
    table_end(out);
}

void report_html(const struct report *report, struct buffer *out)
{
    char hex[2 * SHA256_SIZE + 1];

    digest_format(&report->digest, hex);
    head_write(report, out);
    verdict_write(report, out);
    proof_write(report, out);
    matched_write(report, out);
    outstanding_write(report, out);
    breaks_write(report, out);
    controls_write(report, out);
    buffer_format(out,
                  "<p class=\"small\">SHA-256 of the figures: <span class=\"mono\">%s</span>"
                  "</p>\n</main>\n</body>\n</html>\n",
                  hex);
}
