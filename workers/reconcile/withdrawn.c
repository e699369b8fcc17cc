/*
 * withdrawn.c - the bank books what it had rejected.
 *
 * An item that was withdrawn explains nothing any more. An entry that names it and agrees with it
 * is the payment that the bank said it would not make: it must not be taken for the next attempt
 * of that payment, which has the same amount. It is a break, with the withdrawn item as its
 * candidate, until somebody has asked the bank.
 *
 * Withdrawn items are few: each is compared with each entry.
 */
#include "reconcile.h"

enum { SCORE_CERTAIN = 1000 };

static bool shares_reference(const struct match_item *a, const struct match_item *b)
{
    for (size_t i = 0; i < a->reference_count; i++)
        for (size_t j = 0; j < b->reference_count; j++)
            if (a->references[i].kind == b->references[j].kind &&
                text_equal(a->references[i].value, b->references[j].value))
                return true;
    return false;
}

/* The withdrawn item an entry books all the same, NULL where there is none. */
static const struct match_item *booked_item(const struct step *step, const struct match_item *entry)
{
    for (size_t i = 0; i < step->withdrawn.count; i++) {
        const struct match_item *item = &step->withdrawn.items[i];

        if (item->amount_minor == entry->amount_minor && item->currency == entry->currency &&
            !entry->is_return && shares_reference(item, entry))
            return item;
    }
    return NULL;
}

struct side withdrawn_leave(struct step *step)
{
    struct side left = {step->entries.items, step->entries.count};

    if (step->withdrawn.count == 0)
        return left;
    left.items = arena_alloc(step->arena, (step->entries.count + 1) * sizeof *left.items);
    left.count = 0;
    assert(left.items != NULL);
    for (size_t i = 0; i < step->entries.count; i++)
        if (booked_item(step, &step->entries.items[i]) == NULL)
            left.items[left.count++] = step->entries.items[i];
    return left;
}

static struct match_break break_of(struct step *step, const struct match_item *entry,
                                   const struct match_item *item)
{
    struct match_candidate *candidate = arena_alloc(step->arena, sizeof *candidate);

    assert(candidate != NULL);
    *candidate = (struct match_candidate){
        .id = item->id,
        .score = SCORE_CERTAIN,
        .reason = "the bank had rejected it, and it was withdrawn",
    };
    return (struct match_break){
        .type = entry->amount_minor > 0 ? BREAK_UNIDENTIFIED_RECEIPT : BREAK_MISSING_IN_BOOKS,
        .is_entry = true,
        .id = entry->id,
        .candidates = candidate,
        .candidate_count = 1,
    };
}

void withdrawn_break(struct step *step)
{
    struct match_result *result = &step->result;
    struct match_break *breaks;

    if (step->withdrawn.count == 0)
        return;
    breaks =
        arena_alloc(step->arena, (result->break_count + step->entries.count + 1) * sizeof *breaks);
    assert(breaks != NULL);
    for (size_t i = 0; i < result->break_count; i++)
        breaks[i] = result->breaks[i];
    for (size_t i = 0; i < step->entries.count; i++) {
        const struct match_item *item = booked_item(step, &step->entries.items[i]);

        if (item != NULL)
            breaks[result->break_count++] = break_of(step, &step->entries.items[i], item);
    }
    result->breaks = breaks;
}
