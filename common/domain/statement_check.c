/*
 * statement_check.c - see statement_check.h.
 *
 *   opening + booked entries = closing
 *
 * A mismatch is tried against three other readings of the same entries: reversals with
 * the other sign, without what is value-dated after the closing, with what is pending.
 */
#include "domain/statement_check.h"

#include <stdio.h>

enum reading { READ_AS_BOOKED, READ_FLIPPED, READ_FORWARD, READ_PENDING };

enum { EXACT_TEXT_SIZE = 64 };

/* A sum at STATEMENT_SCALE_MAX with two decimals or as many as it needs: for findings only. */
static void exact_format(__int128 exact, char text[EXACT_TEXT_SIZE])
{
    unsigned __int128 left = exact < 0 ? -(unsigned __int128)exact : (unsigned __int128)exact;
    char digits[EXACT_TEXT_SIZE];
    int fraction = STATEMENT_SCALE_MAX;
    size_t at = sizeof digits;

    while (fraction > 2 && left % 10 == 0) {
        left /= 10;
        fraction--;
    }
    digits[--at] = '\0';
    for (int written = 0; left > 0 || written <= fraction; written++) {
        if (written == fraction)
            digits[--at] = '.';
        digits[--at] = (char)('0' + (int)(left % 10));
        left /= 10;
        assert(at > 2);
    }
    snprintf(text, EXACT_TEXT_SIZE, "%s%s", exact < 0 ? "-" : "", digits + at);
}

static bool is_forward(const struct statement *statement, const struct statement_entry *entry)
{
    return statement->closing.date != DATE_NONE && entry->value_date != DATE_NONE &&
           entry->value_date > statement->closing.date;
}

/* What entry adds to the balance under a reading, exact. */
static __int128 contribution(const struct statement *statement, const struct statement_entry *entry,
                             enum reading reading)
{
    __int128 exact;

    if (!entry->amount.present || entry->amount.currency != statement->closing.amount.currency)
        return 0; /* (2) */
    exact = statement_amount_exact(&entry->amount);
    if (entry->status == STATUS_PDNG || entry->status == STATUS_FUTR)
        return reading == READ_PENDING ? exact : 0;
    if (entry->status != STATUS_BOOK)
        return 0;
    if (reading == READ_FLIPPED && entry->reversal)
        return -exact;
    if (reading == READ_FORWARD && is_forward(statement, entry))
        return 0;
    return exact;
}

static __int128 sum_of(const struct statement *statement, enum reading reading)
{
    __int128 sum = 0;

    for (const struct statement_entry *entry = statement->entries; entry != NULL;
         entry = entry->next)
        sum += contribution(statement, entry, reading);
    return sum;
}

static bool has_both(const struct statement *statement)
{
    return statement->opening.amount.present && statement->closing.amount.present &&
           statement->opening.amount.currency == statement->closing.amount.currency;
}

/* opening + entries - closing; 0 adds up. */
static __int128 difference(const struct statement *statement, enum reading reading)
{
    assert(has_both(statement));
    return statement_amount_exact(&statement->opening.amount) + sum_of(statement, reading) -
           statement_amount_exact(&statement->closing.amount);
}

bool statement_adds_up(const struct statement *statement)
{
    return has_both(statement) && difference(statement, READ_AS_BOOKED) == 0;
}

/* Formats whose statements end with a booked balance; the others may have none. */
static bool needs_closing(const struct statement *statement)
{
    return statement->format == FORMAT_MT940 || statement->format == FORMAT_MT950 ||
           statement->format == FORMAT_CAMT_053;
}

static void check_closing(struct statement *statement)
{
    if (needs_closing(statement) && !statement->closing.amount.present)
        statement_find(statement, FINDING_CLOSING_MISSING, 0, 0, "no booked closing balance");
}

static void check_opening(struct statement *statement)
{
    char text[EXACT_TEXT_SIZE];

    if (statement->opening.amount.present || !statement->closing.amount.present)
        return;
    exact_format(statement_amount_exact(&statement->closing.amount) -
                     sum_of(statement, READ_AS_BOOKED),
                 text);
    statement_find(statement, FINDING_OPENING_COMPUTED, 0, 0,
                   "no opening balance; closing less entries gives %s", text);
}

/* A forward balance that holds what lies outside the closing (39). */
static bool forward_balance_confirms(const struct statement *statement)
{
    __int128 expected =
        statement_amount_exact(&statement->opening.amount) + sum_of(statement, READ_AS_BOOKED);

    for (const struct statement_balance *balance = statement->available; balance != NULL;
         balance = balance->next)
        if (text_is(balance->type, "FWAV") && balance->amount.present &&
            balance->amount.currency == statement->closing.amount.currency &&
            statement_amount_exact(&balance->amount) == expected)
            return true;
    return false;
}

static const char *reading_that_adds_up(const struct statement *statement)
{
    if (difference(statement, READ_FLIPPED) == 0)
        return "; it adds up with reversals flipped";
    if (difference(statement, READ_FORWARD) == 0)
        return "; it adds up without what is value-dated after the closing";
    if (difference(statement, READ_PENDING) == 0)
        return "; it adds up with pending entries counted";
    return "";
}

static void check_balance(struct statement *statement)
{
    char text[EXACT_TEXT_SIZE];

    if (!has_both(statement) || difference(statement, READ_AS_BOOKED) == 0)
        return;
    if (difference(statement, READ_FORWARD) == 0 && forward_balance_confirms(statement)) {
        statement_find(statement, FINDING_FORWARD_VALUED, 0, 0,
                       "booked entries value-dated after the closing are in the forward balance");
        return;
    }
    exact_format(difference(statement, READ_AS_BOOKED), text);
    statement_find(statement, FINDING_BALANCE_MISMATCH, 0, 0,
                   "opening and entries exceed closing by %s%s", text,
                   reading_that_adds_up(statement));
}

static currency balance_currency(const struct statement *statement)
{
    if (statement->closing.amount.present)
        return statement->closing.amount.currency;
    if (statement->opening.amount.present)
        return statement->opening.amount.currency;
    return statement->account.currency;
}

/* One finding per statement: the first entry shows the place, the count its extent. */
static void check_currency(struct statement *statement)
{
    currency expected = balance_currency(statement);
    const struct statement_entry *first = NULL;
    int32_t count = 0;

    if (expected == CURRENCY_NONE)
        return;
    for (const struct statement_entry *entry = statement->entries; entry != NULL;
         entry = entry->next) {
        if (!entry->amount.present || entry->amount.currency == expected)
            continue;
        if (first == NULL)
            first = entry;
        count++;
    }
    if (first != NULL)
        statement_find(statement, FINDING_CURRENCY_DIFFERS, first->position, first->line,
                       "%d entries in another currency than the account", count);
    if (statement->opening.amount.present && statement->opening.amount.currency != expected)
        statement_find(statement, FINDING_CURRENCY_DIFFERS, 0, 0,
                       "opening and closing balance are in different currencies");
}

struct side {
    int64_t count;
    __int128 amount; /* without sign */
};

static struct side side_of(const struct statement *statement, bool credit)
{
    struct side side = {0};

    for (const struct statement_entry *entry = statement->entries; entry != NULL;
         entry = entry->next) {
        if (!entry->amount.present || (entry->amount.minor > 0) != credit)
            continue;
        if (entry->amount.minor == 0)
            continue; /* a zero line may be counted on either side */
        side.count++;
        side.amount += statement_amount_exact(&entry->amount);
    }
    if (side.amount < 0)
        side.amount = -side.amount;
    return side;
}

static int64_t zero_count(const struct statement *statement)
{
    int64_t count = 0;

    for (const struct statement_entry *entry = statement->entries; entry != NULL;
         entry = entry->next)
        count += entry->amount.present && entry->amount.minor == 0;
    return count;
}

static void check_side(struct statement *statement, bool credit, bool has_count, int64_t count,
                       const struct statement_amount *amount)
{
    struct side side = side_of(statement, credit);
    const char *name = credit ? "credit" : "debit";
    char text[EXACT_TEXT_SIZE];

    if (has_count && (count < side.count || count > side.count + zero_count(statement)))
        statement_find(statement, FINDING_CONTROL_TOTAL_WRONG, 0, 0,
                       "%s entries: %lld announced, %lld read", name, (long long)count,
                       (long long)side.count);
    if (!amount->present || statement_amount_exact(amount) == side.amount)
        return;
    exact_format(side.amount, text);
    statement_find(statement, FINDING_CONTROL_TOTAL_WRONG, 0, 0,
                   "sum of %s entries differs from the announced one: %s read", name, text);
}

static void check_totals(struct statement *statement)
{
    const struct statement_totals *totals = &statement->totals;

    if (!totals->present)
        return;
    check_side(statement, true, totals->has_credit_count, totals->credit_count,
               &totals->credit_amount);
    check_side(statement, false, totals->has_debit_count, totals->debit_count,
               &totals->debit_amount);
}

static __int128 charge_sum(const struct statement_charge *charge, currency which)
{
    __int128 sum = 0;

    for (; charge != NULL; charge = charge->next)
        if (charge->amount.present && charge->amount.currency == which)
            sum += statement_amount_exact(&charge->amount);
    return sum < 0 ? -sum : sum;
}

/* Sums the details and their charges; false where they cannot be summed in entry's currency. */
static bool detail_sum(const struct statement_entry *entry, __int128 *ret_sum,
                       __int128 *ret_charges)
{
    __int128 sum = 0;
    __int128 charges = 0;

    for (const struct statement_detail *detail = entry->details; detail != NULL;
         detail = detail->next) {
        if (!detail->amount.present || detail->amount.currency != entry->amount.currency)
            return false;
        sum += statement_amount_exact(&detail->amount);
        charges += charge_sum(detail->facts.charges, entry->amount.currency);
    }
    *ret_sum = sum;
    *ret_charges = charges;
    return true;
}

/* Charges may explain the difference, once: at the entry or at its details (33). A batch's
 * lines may also carry the direction of the payment instead of that of the booking. */
static bool details_explain(const struct statement_entry *entry, __int128 sum, __int128 charges)
{
    __int128 whole = statement_amount_exact(&entry->amount);
    __int128 at_entry = charge_sum(entry->facts.charges, entry->amount.currency);
    __int128 rest;

    whole = whole < 0 ? -whole : whole;
    sum = sum < 0 ? -sum : sum;
    rest = whole > sum ? whole - sum : sum - whole;
    return rest == 0 || rest == charges || rest == at_entry;
}

static void check_details(struct statement *statement, const struct statement_entry *entry)
{
    __int128 sum;
    __int128 charges;
    char text[EXACT_TEXT_SIZE];

    if (entry->details == NULL || !entry->amount.present || !detail_sum(entry, &sum, &charges))
        return;
    if (details_explain(entry, sum, charges))
        return;
    exact_format(sum, text);
    statement_find(statement, FINDING_DETAIL_SUM_DIFFERS, entry->position, entry->line,
                   "the details sum up to %s", text);
}

void statement_check(struct statement *statement)
{
    assert(statement->entries != NULL || statement->entry_count == 0);
    check_closing(statement);
    check_opening(statement);
    check_balance(statement);
    check_currency(statement);
    check_totals(statement);
    for (const struct statement_entry *entry = statement->entries; entry != NULL;
         entry = entry->next)
        check_details(statement, entry);
}

static struct digest account_digest(const struct statement *statement)
{
    char code[CURRENCY_CODE_SIZE];
    struct text parts[2];

    currency_code(balance_currency(statement), code);
    parts[0] = (struct text){code, CURRENCY_CODE_SIZE};
    parts[1] = statement->account.id;
    return sha256_parts(parts, COUNT_OF(parts));
}

static struct statement_link *link_find(struct statement_chain *chain, const struct digest *account)
{
    for (size_t i = 0; i < chain->link_count; i++)
        if (digest_equal(&chain->links[i].account, account))
            return &chain->links[i];
    return NULL;
}

static struct statement_link *link_new(struct statement_chain *chain)
{
    struct statement_link *link = &chain->links[chain->next_index];

    chain->next_index = (chain->next_index + 1) % STATEMENT_LINKS_MAX;
    if (chain->link_count < STATEMENT_LINKS_MAX)
        chain->link_count++;
    return link;
}

static struct statement_link link_of(const struct statement *statement)
{
    struct statement_link link = {
        .account = account_digest(statement),
        .closing = statement->closing.amount,
        .closing_date = statement->closing.date,
        .page = statement->page,
    };

    statement_digest(statement, &link.content);
    link.has_number = text_to_int64(statement->sequence_number, &link.number);
    return link;
}

static bool follows(const struct statement_link *before, const struct statement *statement)
{
    return before->closing.present && statement->opening.amount.present &&
           before->closing.currency == statement->opening.amount.currency &&
           statement_amount_exact(&before->closing) ==
               statement_amount_exact(&statement->opening.amount);
}

/* Pages are ordered by balances that chain, not by their numbers: a gap in the page numbers
 * counts only where the balances break, too. */
static void check_page(struct statement *statement, const struct statement_link *before,
                       const struct statement_link *now)
{
    if (before->has_number && now->has_number && now->number == before->number &&
        now->page > before->page + 1)
        statement_find(statement, FINDING_PAGE_MISSING, 0, 0, "page %d follows page %d", now->page,
                       before->page);
}

/* Numbers may restart every year: only a jump forward is a gap. */
static void check_number(struct statement *statement, const struct statement_link *before,
                         const struct statement_link *now)
{
    if (before->has_number && now->has_number && now->number > before->number &&
        now->number - 1 != before->number)
        statement_find(statement, FINDING_NUMBER_GAP, 0, 0, "statement %lld follows %lld",
                       (long long)now->number, (long long)before->number);
}

static void check_link(struct statement *statement, const struct statement_link *before,
                       const struct statement_link *now)
{
    if (digest_equal(&before->content, &now->content)) {
        statement_find(statement, FINDING_DUPLICATE_STATEMENT, 0, 0,
                       "the same content as the statement before");
        return;
    }
    if (!before->closing.present || !statement->opening.amount.present)
        return;
    if (!follows(before, statement)) {
        statement_find(statement, FINDING_CONTINUITY_BROKEN, 0, 0,
                       "the opening balance is not the closing balance of the statement before");
        check_page(statement, before, now);
    }
    check_number(statement, before, now);
}

void statement_check_next(struct statement_chain *chain, struct statement *statement)
{
    struct statement_link now;
    struct statement_link *before;

    assert(chain->link_count <= STATEMENT_LINKS_MAX);
    assert(chain->next_index < STATEMENT_LINKS_MAX);
    if (statement->account.id.size == 0 || statement->exhausted)
        return;
    now = link_of(statement);
    before = link_find(chain, &now.account);
    if (before != NULL)
        check_link(statement, before, &now);
    else
        before = link_new(chain);
    *before = now;
}
