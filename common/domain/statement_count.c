/*
 * statement_count.c - entries into sums; see statement_check.h (3).
 */
#include "domain/statement_check.h"

/* ---- the details of a batch ---- */

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
    char text[STATEMENT_EXACT_TEXT_SIZE];

    if (entry->details == NULL || !entry->amount.present || !detail_sum(entry, &sum, &charges))
        return;
    if (details_explain(entry, sum, charges))
        return;
    statement_exact_format(sum, text);
    statement_find(statement, FINDING_DETAIL_SUM_DIFFERS, entry->position, entry->line,
                   "the details sum up to %s", text);
}

/* ---- counting ---- */

static struct statement_sum *sum_find(struct statement *statement, currency which,
                                      calendar_date value_date)
{
    struct statement_sum **link = &statement->sums;
    struct statement_sum *sum;

    while (*link != NULL && ((*link)->currency != which || (*link)->value_date != value_date))
        link = &(*link)->next;
    sum = *link;
    if (sum == NULL)
        return NULL;
    *link = sum->next; /* to the front: the next entry is likely of the same day */
    sum->next = statement->sums;
    statement->sums = sum;
    return sum;
}

/* NULL past the ceiling of a statement. */
static struct statement_sum *sum_add(struct statement *statement, currency which,
                                     calendar_date value_date)
{
    struct statement_sum *sum; /* it outlives its entries */

    if (statement->sum_count >= 2 * STATEMENT_SUMS_MAX)
        statement->exhausted = true;
    sum = statement_alloc_lasting(statement, sizeof *sum);
    if (sum == NULL)
        return NULL;
    sum->currency = which;
    sum->value_date = value_date;
    sum->next = statement->sums;
    statement->sums = sum;
    statement->sum_count++;
    return sum;
}

/* The sum an entry belongs to: of its day, or where those are used up, of its currency. */
static struct statement_sum *sum_of_entry(struct statement *statement,
                                          const struct statement_entry *entry)
{
    currency which = entry->amount.currency;
    struct statement_sum *sum = sum_find(statement, which, entry->value_date);

    if (sum != NULL)
        return sum;
    if (statement->sum_count < STATEMENT_SUMS_MAX)
        return sum_add(statement, which, entry->value_date);
    statement->dates_merged = true;
    sum = sum_find(statement, which, DATE_NONE);
    return sum != NULL ? sum : sum_add(statement, which, DATE_NONE);
}

/* A zero line may be counted on either side. */
static void sum_take_side(struct statement_sum *sum, __int128 exact)
{
    if (exact > 0) {
        sum->credit_count++;
        sum->credit += exact;
    } else if (exact < 0) {
        sum->debit_count++;
        sum->debit -= exact;
    } else {
        sum->zero_count++;
    }
}

static void sum_take(struct statement_sum *sum, const struct statement_entry *entry)
{
    __int128 exact = statement_amount_exact(&entry->amount);

    if (sum->count++ == 0) {
        sum->first_position = entry->position;
        sum->first_line = entry->line;
    }
    sum_take_side(sum, exact);
    if (entry->status == STATUS_PDNG || entry->status == STATUS_FUTR)
        sum->pending += exact;
    if (entry->status != STATUS_BOOK)
        return;
    sum->booked += exact;
    if (entry->reversal)
        sum->reversed += exact;
}

static void count_entry(struct statement *statement, const struct statement_entry *entry)
{
    struct statement_sum *sum;

    statement_digest_entry(statement, entry);
    if (!entry->amount.present)
        return;
    sum = sum_of_entry(statement, entry);
    if (sum != NULL)
        sum_take(sum, entry);
    check_details(statement, entry);
}

void statement_count(struct statement *statement)
{
    struct statement_entry *entry = statement->uncounted;

    statement->uncounted = NULL;
    for (; entry != NULL; entry = entry->next)
        count_entry(statement, entry);
}
