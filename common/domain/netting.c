/*
 * netting.c - see netting.h. The numbers in brackets are its invariants.
 */
#include "domain/netting.h"

void assert_obligations_state(const struct obligation *obligations, size_t count,
                              size_t participant_count)
{
    for (size_t i = 0; i < count; i++) {
        const struct obligation *obligation = &obligations[i];

        assert(obligation->debtor_index >= 0);
        assert(obligation->creditor_index >= 0);
        assert((size_t)obligation->debtor_index < participant_count);
        assert((size_t)obligation->creditor_index < participant_count);
        assert(obligation->debtor_index != obligation->creditor_index);
        assert(obligation->payment_count > 0 && obligation->amount_minor > 0);
        if (i == 0)
            continue;
        assert(obligation[-1].debtor_index < obligation->debtor_index ||
               (obligation[-1].debtor_index == obligation->debtor_index &&
                obligation[-1].creditor_index < obligation->creditor_index));
    }
}

/* (3) */
static bool add_to(int64_t *sum, int64_t value)
{
    return !__builtin_add_overflow(*sum, value, sum);
}

/* owes and is_owed are not negative, so their difference always fits. */
static struct net_position position_of(int32_t participant_index, int32_t counterparty_index,
                                       int64_t owes_minor, int64_t is_owed_minor)
{
    assert(owes_minor >= 0);
    assert(is_owed_minor >= 0);
    return (struct net_position){participant_index, counterparty_index, owes_minor, is_owed_minor,
                                 is_owed_minor - owes_minor};
}

/* ---- multilateral ---- */

/* What each participant owes and is owed. */
struct totals {
    int64_t *owes;
    int64_t *is_owed;
};

static bool totals_alloc(struct arena *arena, size_t participant_count, struct totals *ret_totals)
{
    ret_totals->owes = arena_alloc(arena, participant_count * sizeof(int64_t));
    ret_totals->is_owed = arena_alloc(arena, participant_count * sizeof(int64_t));
    return ret_totals->owes != NULL && ret_totals->is_owed != NULL;
}

static bool totals_of_obligations(const struct obligation *obligations, size_t count,
                                  struct totals *totals)
{
    for (size_t i = 0; i < count; i++)
        if (!add_to(&totals->owes[obligations[i].debtor_index], obligations[i].amount_minor) ||
            !add_to(&totals->is_owed[obligations[i].creditor_index], obligations[i].amount_minor))
            return false;
    return true;
}

static bool against_agent(const struct obligation *obligations, size_t count,
                          size_t participant_count, struct arena *arena,
                          struct net_positions *ret_positions)
{
    struct net_position *positions = arena_alloc(arena, participant_count * sizeof *positions);
    struct totals totals;
    size_t position_count = 0;

    if (positions == NULL || !totals_alloc(arena, participant_count, &totals))
        return false;
    if (!totals_of_obligations(obligations, count, &totals))
        return false;
    for (size_t i = 0; i < participant_count; i++)
        if (totals.owes[i] != 0 || totals.is_owed[i] != 0)
            positions[position_count++] =
                position_of((int32_t)i, NETTING_AGENT, totals.owes[i], totals.is_owed[i]);
    *ret_positions = (struct net_positions){positions, position_count};
    return true;
}

/* ---- gross and bilateral ---- */

/* The obligations in order of (creditor, debtor): a stable counting sort by creditor. */
static const struct obligation **by_creditor(const struct obligation *obligations, size_t count,
                                             size_t participant_count, struct arena *arena)
{
    const struct obligation **sorted = arena_alloc(arena, (count + 1) * sizeof *sorted);
    size_t *begins = arena_alloc(arena, (participant_count + 1) * sizeof *begins);

    if (sorted == NULL || begins == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++)
        begins[obligations[i].creditor_index + 1]++;
    for (size_t i = 0; i < participant_count; i++)
        begins[i + 1] += begins[i];
    for (size_t i = 0; i < count; i++)
        sorted[begins[obligations[i].creditor_index]++] = &obligations[i];
    return sorted;
}

/* Order of an obligation seen from its debtor and one seen from its creditor, by (own, other). */
static int compare_sides(const struct obligation *owes, const struct obligation *is_owed)
{
    if (owes->debtor_index != is_owed->creditor_index)
        return owes->debtor_index < is_owed->creditor_index ? -1 : 1;
    return (owes->creditor_index > is_owed->debtor_index) -
           (owes->creditor_index < is_owed->debtor_index);
}

/* Merges both views of the obligations, each in its order, into positions (4). */
static size_t merge_sides(const struct obligation *owes, const struct obligation *const *is_owed,
                          size_t count, struct net_position *positions)
{
    size_t i = 0;
    size_t j = 0;
    size_t position_count = 0;

    while (i < count || j < count) {
        int order = i == count ? 1 : j == count ? -1 : compare_sides(&owes[i], is_owed[j]);
        int64_t owes_minor = order <= 0 ? owes[i].amount_minor : 0;
        int64_t is_owed_minor = order >= 0 ? is_owed[j]->amount_minor : 0;
        int32_t own = order <= 0 ? owes[i].debtor_index : is_owed[j]->creditor_index;
        int32_t other = order <= 0 ? owes[i].creditor_index : is_owed[j]->debtor_index;

        positions[position_count++] = position_of(own, other, owes_minor, is_owed_minor);
        i += order <= 0;
        j += order >= 0;
    }
    return position_count;
}

static bool of_pairs(const struct obligation *obligations, size_t count, size_t participant_count,
                     struct arena *arena, struct net_positions *ret_positions)
{
    struct net_position *positions = arena_alloc(arena, (2 * count + 1) * sizeof *positions);
    const struct obligation **sorted = by_creditor(obligations, count, participant_count, arena);

    if (positions == NULL || sorted == NULL)
        return false;
    *ret_positions =
        (struct net_positions){positions, merge_sides(obligations, sorted, count, positions)};
    return true;
}

/* ---- models ---- */

static const char *const model_names[] = {
    [MODEL_GROSS] = "GROSS",
    [MODEL_BILATERAL] = "BILATERAL",
    [MODEL_MULTILATERAL] = "MULTILATERAL",
};

const char *settlement_model_name(enum settlement_model model)
{
    assert(model >= MODEL_GROSS && model <= MODEL_MULTILATERAL);
    return model_names[model];
}

bool settlement_model_parse(struct text name, enum settlement_model *ret_model)
{
    for (size_t i = MODEL_GROSS; i < COUNT_OF(model_names); i++) {
        if (text_is(name, model_names[i])) {
            *ret_model = (enum settlement_model)i;
            return true;
        }
    }
    return false;
}

int net_position_compare(const void *left, const void *right)
{
    const struct net_position *a = left;
    const struct net_position *b = right;

    if (a->participant_index != b->participant_index)
        return a->participant_index < b->participant_index ? -1 : 1;
    return (a->counterparty_index > b->counterparty_index) -
           (a->counterparty_index < b->counterparty_index);
}

bool netting_run(enum settlement_model model, const struct obligation *obligations, size_t count,
                 size_t participant_count, struct arena *arena, struct net_positions *ret_positions)
{
    assert_obligations_state(obligations, count, participant_count);
    return model == MODEL_MULTILATERAL
               ? against_agent(obligations, count, participant_count, arena, ret_positions)
               : of_pairs(obligations, count, participant_count, arena, ret_positions);
}

struct net_payment netting_payment(enum settlement_model model, const struct net_position *position)
{
    if (model == MODEL_GROSS && position->counterparty_index != NETTING_AGENT)
        return (struct net_payment){position->owes_minor, position->is_owed_minor};
    return net_payment_of(position->net_minor);
}

/* ---- the proof ---- */

static bool prove_obligations(const struct obligation *obligations, size_t count,
                              struct netting_proof *proof)
{
    for (size_t i = 0; i < count; i++)
        if (!add_to(&proof->obligation_minor, obligations[i].amount_minor) ||
            !add_to(&proof->payment_count, obligations[i].payment_count))
            return false;
    return true;
}

static bool prove_positions(const struct net_positions *positions, struct totals *totals,
                            struct netting_proof *proof)
{
    for (size_t i = 0; i < positions->count; i++) {
        const struct net_position *position = &positions->positions[i];
        int64_t net = position->net_minor;

        if (net != position->is_owed_minor - position->owes_minor)
            return false;
        if (!add_to(&proof->owes_minor, position->owes_minor) ||
            !add_to(&proof->is_owed_minor, position->is_owed_minor) ||
            !add_to(net < 0 ? &proof->net_debit_minor : &proof->net_credit_minor,
                    net < 0 ? -net : net))
            return false;
        totals->owes[position->participant_index] += position->owes_minor; /* below the sums */
        totals->is_owed[position->participant_index] += position->is_owed_minor;
    }
    return true;
}

bool netting_prove(const struct obligation *obligations, size_t count,
                   const struct net_positions *positions, size_t participant_count,
                   struct arena *arena, struct netting_proof *ret_proof)
{
    struct netting_proof proof = {0};
    struct totals expected;
    struct totals found;

    if (!totals_alloc(arena, participant_count, &expected) ||
        !totals_alloc(arena, participant_count, &found))
        return false;
    if (!prove_obligations(obligations, count, &proof) ||
        !totals_of_obligations(obligations, count, &expected) ||
        !prove_positions(positions, &found, &proof))
        return false; /* (3) */
    if (proof.net_debit_minor != proof.net_credit_minor)
        return false; /* (1) */
    if (proof.owes_minor != proof.obligation_minor || proof.is_owed_minor != proof.obligation_minor)
        return false; /* (2) */
    for (size_t i = 0; i < participant_count; i++)
        if (expected.owes[i] != found.owes[i] || expected.is_owed[i] != found.is_owed[i])
            return false; /* (2) */
    *ret_proof = proof;
    return true;
}
