/*
 * statement_check.c - see statement_check.h.
 *
 *   opening + booked entries = closing
 *
 * A mismatch is tried against three other readings of the same entries: reversals with
 * the other sign, without what is value-dated after the closing, with what is pending.
 */
#include "domain/statement_check.h"

enum reading { READ_AS_BOOKED, READ_FLIPPED, READ_FORWARD, READ_PENDING };

static bool is_forward(const struct statement *statement, const struct statement_sum *sum)
{
    return statement->closing.date != DATE_NONE && sum->value_date != DATE_NONE &&
           sum->value_date > statement->closing.date;
}

/* What sum adds to the balance under a reading, exact. */
static __int128 contribution(const struct statement *statement, const struct statement_sum *sum,
                             enum reading reading)
{
    if (sum->currency != statement->closing.amount.currency)
        return 0; /* (2) */
    switch (reading) {
    case READ_FLIPPED: return sum->booked - 2 * sum->reversed;
    case READ_FORWARD: return is_forward(statement, sum) ? 0 : sum->booked;
    case READ_PENDING: return sum->booked + sum->pending;
    default: return sum->booked;
    }
}

static __int128 sum_of(const struct statement *statement, enum reading reading)
{
    __int128 total = 0;

    for (const struct statement_sum *sum = statement->sums; sum != NULL; sum = sum->next)
        total += contribution(statement, sum, reading);
    return total;
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
    char text[STATEMENT_EXACT_TEXT_SIZE];

    if (statement->opening.amount.present || !statement->closing.amount.present)
        return;
    statement_exact_format(statement_amount_exact(&statement->closing.amount) -
                               sum_of(statement, READ_AS_BOOKED),
                           text);
    statement_find(statement, FINDING_OPENING_COMPUTED, 0, 0,
                   "no opening balance; closing less entries gives %s", text);
}

/* Not tried where the sums do not tell the dates apart. */
static bool adds_up_without_forward(const struct statement *statement)
{
    return !statement->dates_merged && difference(statement, READ_FORWARD) == 0;
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
    if (adds_up_without_forward(statement))
        return "; it adds up without what is value-dated after the closing";
    if (difference(statement, READ_PENDING) == 0)
        return "; it adds up with pending entries counted";
    return "";
}

static void check_balance(struct statement *statement)
{
    char text[STATEMENT_EXACT_TEXT_SIZE];

    if (!has_both(statement) || difference(statement, READ_AS_BOOKED) == 0)
        return;
    if (adds_up_without_forward(statement) && forward_balance_confirms(statement)) {
        statement_find(statement, FINDING_FORWARD_VALUED, 0, 0,
                       "booked entries value-dated after the closing are in the forward balance");
        return;
    }
    statement_exact_format(difference(statement, READ_AS_BOOKED), text);
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
    const struct statement_sum *first = NULL;
    int64_t count = 0;

    if (expected == CURRENCY_NONE)
        return;
    for (const struct statement_sum *sum = statement->sums; sum != NULL; sum = sum->next) {
        if (sum->currency == expected)
            continue;
        if (first == NULL || sum->first_position < first->first_position)
            first = sum;
        count += sum->count;
    }
    if (first != NULL)
        statement_find(statement, FINDING_CURRENCY_DIFFERS, first->first_position,
                       first->first_line, "%lld entries in another currency than the account",
                       (long long)count);
    if (statement->opening.amount.present && statement->opening.amount.currency != expected)
        statement_find(statement, FINDING_CURRENCY_DIFFERS, 0, 0,
                       "opening and closing balance are in different currencies");
}

struct side {
    int64_t count;
    int64_t zero_count;
    __int128 amount; /* without sign */
};

static struct side side_of(const struct statement *statement, bool credit)
{
    struct side side = {0};

    for (const struct statement_sum *sum = statement->sums; sum != NULL; sum = sum->next) {
        side.count += credit ? sum->credit_count : sum->debit_count;
        side.zero_count += sum->zero_count;
        side.amount += credit ? sum->credit : sum->debit;
    }
    return side;
}

static void check_side(struct statement *statement, bool credit, bool has_count, int64_t count,
                       const struct statement_amount *amount)
{
    struct side side = side_of(statement, credit);
    const char *name = credit ? "credit" : "debit";
    char text[STATEMENT_EXACT_TEXT_SIZE];

    if (has_count && (count < side.count || count > side.count + side.zero_count))
        statement_find(statement, FINDING_CONTROL_TOTAL_WRONG, 0, 0,
                       "%s entries: %lld announced, %lld read", name, (long long)count,
                       (long long)side.count);
    if (!amount->present || statement_amount_exact(amount) == side.amount)
        return;
    statement_exact_format(side.amount, text);
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

void statement_check(struct statement *statement)
{
    statement_count(statement);
    check_closing(statement);
    check_opening(statement);
    check_balance(statement);
    check_currency(statement);
    check_totals(statement);
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
