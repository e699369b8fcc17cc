/*
 * netting_fees.c - fees beside obligations: see netting.h.
 */
#include "domain/netting.h"

#include <stdlib.h>
#include <string.h>

static int compare_pairs(const void *left, const void *right)
{
    const struct obligation *a = left;
    const struct obligation *b = right;

    if (a->debtor_index != b->debtor_index)
        return a->debtor_index < b->debtor_index ? -1 : 1;
    return (a->creditor_index > b->creditor_index) - (a->creditor_index < b->creditor_index);
}

/* Each pair once: their counts and amounts summed. False: (3). */
static bool pairs_join(struct obligation *pairs, size_t *count)
{
    size_t distinct = 0;

    if (*count > 0)
        qsort(pairs, *count, sizeof *pairs, compare_pairs);
    for (size_t i = 0; i < *count; i++) {
        struct obligation *last = distinct == 0 ? NULL : &pairs[distinct - 1];

        if (last == NULL || compare_pairs(last, &pairs[i]) != 0)
            pairs[distinct++] = pairs[i];
        else if (__builtin_add_overflow(last->amount_minor, pairs[i].amount_minor,
                                        &last->amount_minor) ||
                 __builtin_add_overflow(last->payment_count, pairs[i].payment_count,
                                        &last->payment_count))
            return false;
    }
    *count = distinct;
    return true;
}

/* Takes the position of index ourselves out; it is the last one, where there is one. */
static int64_t own_take(struct net_positions *positions, size_t ourselves)
{
    const struct net_position *last;

    if (positions->count == 0)
        return 0;
    last = &positions->positions[positions->count - 1];
    if ((size_t)last->participant_index != ourselves)
        return 0;
    positions->count--;
    return last->net_minor;
}

static bool positions_append(const struct net_positions *more, struct arena *arena,
                             struct net_positions *positions)
{
    size_t count = positions->count + more->count;
    struct net_position *all = arena_alloc(arena, (count + 1) * sizeof *all);

    if (all == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        all[i] = i < positions->count ? positions->positions[i]
                                      : more->positions[i - positions->count];
    qsort(all, count, sizeof *all, net_position_compare);
    *positions = (struct net_positions){all, count};
    return true;
}

bool netting_add_fees(enum settlement_model model, const struct obligation *obligations,
                      size_t count, const struct obligation *charges, size_t charge_count,
                      size_t participant_count, struct arena *arena,
                      struct net_positions *positions, int64_t *ret_own_minor)
{
    bool joins = model == MODEL_MULTILATERAL;
    size_t total = joins ? count + charge_count : charge_count;
    struct obligation *all = arena_alloc(arena, (total + 1) * sizeof *all);
    struct net_positions nets;
    struct netting_proof proof;

    if (all == NULL)
        return false;
    if (charge_count > 0)
        memcpy(all, charges, charge_count * sizeof *all);
    if (joins && count > 0)
        memcpy(all + charge_count, obligations, count * sizeof *all);
    if (!pairs_join(all, &total))
        return false;
    if (!netting_run(MODEL_MULTILATERAL, all, total, participant_count + 1, arena, &nets) ||
        !netting_prove(all, total, &nets, participant_count + 1, arena, &proof))
        return false;
    *ret_own_minor = own_take(&nets, participant_count);
    if (!joins)
        return positions_append(&nets, arena, positions);
    *positions = nets;
    return true;
}
