/*
 * settlement_limit.c - see settlement_limit.h. The numbers in brackets are its invariants.
 */
#include "domain/settlement_limit.h"

#include <stdlib.h>
#include <string.h>

static bool add_to(int64_t *sum, int64_t value)
{
    return !__builtin_add_overflow(*sum, value, sum);
}

static bool add_payment(struct net_payment *sum, struct net_payment minor)
{
    return add_to(&sum->collect_minor, minor.collect_minor) &&
           add_to(&sum->pay_minor, minor.pay_minor);
}

/* ---- positions ---- */

/* A version may net otherwise than the one that left something over. */
static struct net_position position_of_carry(enum settlement_model model,
                                             const struct net_carry *carry)
{
    return (struct net_position){
        .participant_index = carry->participant_index,
        .counterparty_index =
            model == MODEL_MULTILATERAL ? NETTING_AGENT : carry->counterparty_index,
    };
}

static struct net_position *position_find(const struct net_positions *positions,
                                          const struct net_position *wanted)
{
    return positions->count == 0 ? NULL
                                 : bsearch(wanted, positions->positions, positions->count,
                                           sizeof *wanted, net_position_compare);
}

static bool settles_for_itself(const struct settlement_terms *terms, size_t index)
{
    return terms->participants == NULL ||
           terms->participants[index].through_index == (int32_t)index;
}

/* What may have to join: a place per carry, then one per participant that another settles for. */
static size_t joining(const struct settlement_terms *terms, const struct net_carry *carried,
                      size_t carried_count, size_t participant_count, struct net_position *joins)
{
    size_t count = carried_count;

    for (size_t i = 0; i < carried_count; i++)
        joins[i] = position_of_carry(terms->model, &carried[i]);
    for (size_t i = 0; i < participant_count; i++)
        if (!settles_for_itself(terms, i))
            joins[count++] =
                (struct net_position){.participant_index = terms->participants[i].through_index,
                                      .counterparty_index = NETTING_AGENT};
    return count;
}

/* Those that are not there yet, each once, nothing owed. */
static bool positions_join(struct net_positions *positions, const struct net_position *joins,
                           size_t join_count, struct arena *arena)
{
    struct net_position *all =
        arena_alloc(arena, (positions->count + join_count + 1) * sizeof *all);
    size_t count = positions->count;
    size_t distinct = 0;

    if (all == NULL)
        return false;
    if (count > 0)
        memcpy(all, positions->positions, count * sizeof *all);
    for (size_t i = 0; i < join_count; i++)
        if (position_find(positions, &joins[i]) == NULL)
            all[count++] = joins[i];
    if (count > 0)
        qsort(all, count, sizeof *all, net_position_compare);
    for (size_t i = 0; i < count; i++)
        if (distinct == 0 || net_position_compare(&all[distinct - 1], &all[i]) != 0)
            all[distinct++] = all[i];
    *positions = (struct net_positions){all, distinct};
    return true;
}

static bool positions_add(const struct settlement_terms *terms, const struct net_carry *carried,
                          size_t carried_count, size_t participant_count, struct arena *arena,
                          struct net_positions *positions)
{
    struct net_position *joins;
    size_t count;

    if (carried_count == 0 && terms->participants == NULL)
        return true;
    joins = arena_alloc(arena, (carried_count + participant_count + 1) * sizeof *joins);
    if (joins == NULL)
        return false;
    count = joining(terms, carried, carried_count, participant_count, joins);
    return count == 0 || positions_join(positions, joins, count, arena);
}

/* ---- what is due ---- */

static bool is_two_sided(enum settlement_model model, const struct net_position *position)
{
    return model == MODEL_GROSS && position->counterparty_index != NETTING_AGENT;
}

static bool carries_take(const struct settlement_terms *terms, const struct net_carry *carried,
                         size_t carried_count, const struct net_positions *positions,
                         struct settled *settled)
{
    for (size_t i = 0; i < carried_count; i++) {
        struct net_position wanted = position_of_carry(terms->model, &carried[i]);
        const struct net_position *found = position_find(positions, &wanted);

        assert(found != NULL);
        assert(carried[i].minor.collect_minor >= 0 && carried[i].minor.pay_minor >= 0);
        if (!add_payment(&settled[found - positions->positions].carried_in, carried[i].minor))
            return false;
    }
    return true;
}

/* Positive: is paid. */
static bool due_of(const struct net_position *position, const struct settled *settled,
                   int64_t *ret_minor)
{
    __int128 due = (__int128)position->net_minor + settled->carried_in.pay_minor -
                   settled->carried_in.collect_minor + settled->joined_minor;

    if (due > INT64_MAX || due < -INT64_MAX)
        return false;
    *ret_minor = (int64_t)due;
    return true;
}

/* (2) */
static bool members_join(const struct settlement_terms *terms,
                         const struct net_positions *positions, struct settled *settled)
{
    for (size_t i = 0; i < positions->count; i++) {
        const struct net_position *member = &positions->positions[i];
        size_t index = (size_t)member->participant_index;
        struct net_position wanted = {.counterparty_index = NETTING_AGENT};
        const struct net_position *head;
        int64_t due;

        if (settles_for_itself(terms, index))
            continue;
        assert(terms->model == MODEL_MULTILATERAL);
        wanted.participant_index = terms->participants[index].through_index;
        assert(settles_for_itself(terms, (size_t)wanted.participant_index));
        head = position_find(positions, &wanted);
        assert(head != NULL);
        if (!due_of(member, &settled[i], &due) ||
            !add_to(&settled[head - positions->positions].joined_minor, due))
            return false;
        settled[i].joined_minor = -due;
    }
    return true;
}

static bool position_due(const struct settlement_terms *terms, const struct net_position *position,
                         struct settled *settled)
{
    int64_t due;

    if (is_two_sided(terms->model, position)) {
        settled->instructed = settled->carried_in;
        return add_payment(&settled->instructed,
                           (struct net_payment){position->owes_minor, position->is_owed_minor});
    }
    if (!due_of(position, settled, &due))
        return false;
    settled->instructed = net_payment_of(due);
    return true;
}

/* ---- what becomes of it ---- */

static bool leaves(const struct settlement_terms *terms, int32_t index)
{
    return index != NETTING_AGENT && terms->participants != NULL &&
           terms->participants[index].leaves;
}

static void side_carry(int64_t minimum_minor, int64_t *instructed, int64_t *carried_out)
{
    if (*instructed >= minimum_minor)
        return;
    *carried_out = *instructed;
    *instructed = 0;
}

/* (4): the same for both sides of a pair. */
static void position_carry(const struct settlement_terms *terms,
                           const struct net_position *position, struct settled *settled)
{
    if (!terms->has_next || leaves(terms, position->participant_index) ||
        leaves(terms, position->counterparty_index))
        return;
    side_carry(terms->minimum_minor, &settled->instructed.collect_minor,
               &settled->carried_out.collect_minor);
    side_carry(terms->minimum_minor, &settled->instructed.pay_minor,
               &settled->carried_out.pay_minor);
}

static void position_fund(const struct settlement_terms *terms, const struct net_position *position,
                          struct settled *settled)
{
    if (terms->participants == NULL ||
        !terms->participants[position->participant_index].is_prefunded)
        return;
    settled->funded_minor = settled->instructed.collect_minor;
    settled->instructed.collect_minor = 0;
}

bool settlement_decide(const struct settlement_terms *terms, const struct net_carry *carried,
                       size_t carried_count, size_t participant_count, struct arena *arena,
                       struct net_positions *positions, struct settled **ret_settled)
{
    struct settled *settled;

    assert(terms->minimum_minor >= 0);
    if (!positions_add(terms, carried, carried_count, participant_count, arena, positions))
        return false;
    settled = arena_alloc(arena, (positions->count + 1) * sizeof *settled);
    if (settled == NULL || !carries_take(terms, carried, carried_count, positions, settled))
        return false;
    if (terms->participants != NULL && !members_join(terms, positions, settled))
        return false;
    for (size_t i = 0; i < positions->count; i++) {
        if (!position_due(terms, &positions->positions[i], &settled[i]))
            return false;
        position_carry(terms, &positions->positions[i], &settled[i]);
        position_fund(terms, &positions->positions[i], &settled[i]);
    }
    *ret_settled = settled;
    return true;
}

/* ---- the proof ---- */

static __int128 signed_of(struct net_payment minor)
{
    return (__int128)minor.pay_minor - minor.collect_minor;
}

/* (1) */
static bool position_holds(const struct net_position *position, const struct settled *settled)
{
    __int128 before =
        (__int128)position->net_minor + signed_of(settled->carried_in) + settled->joined_minor;
    __int128 after =
        signed_of(settled->instructed) - settled->funded_minor + signed_of(settled->carried_out);

    return before == after;
}

bool settlement_prove(const struct net_positions *positions, const struct settled *settled,
                      struct settlement_proof *ret_proof)
{
    struct settlement_proof proof = {0};
    __int128 joined = 0;

    for (size_t i = 0; i < positions->count; i++) {
        const struct settled *one = &settled[i];

        if (!position_holds(&positions->positions[i], one))
            return false;
        if (!add_payment(&proof.carried_in, one->carried_in) ||
            !add_payment(&proof.carried_out, one->carried_out) ||
            !add_payment(&proof.instructed, one->instructed) ||
            !add_to(&proof.funded_minor, one->funded_minor))
            return false; /* (3) */
        joined += one->joined_minor;
    }
    if (joined != 0)
        return false; /* (2) */
    *ret_proof = proof;
    return true;
}

/* ---- limits ---- */

static int64_t at_most(__int128 minor)
{
    return minor > INT64_MAX ? INT64_MAX : (int64_t)minor;
}

/* Of the positions of one participant, which stand together. */
static struct limit_breach participant_breach(const struct participant_terms *terms,
                                              const struct net_position *positions,
                                              const struct settled *settled, size_t count)
{
    __int128 debit = 0;
    __int128 funded = 0;

    for (size_t i = 0; i < count; i++) {
        debit += settled[i].funded_minor - signed_of(settled[i].instructed) -
                 signed_of(settled[i].carried_out);
        funded += settled[i].funded_minor;
    }
    if (terms->cap_minor != NET_DEBIT_UNCAPPED && debit > terms->cap_minor)
        return (struct limit_breach){LIMIT_NET_DEBIT, positions->participant_index, at_most(debit),
                                     terms->cap_minor};
    if (terms->is_prefunded && funded > terms->balance_minor)
        return (struct limit_breach){LIMIT_PREFUNDING, positions->participant_index,
                                     at_most(funded), terms->balance_minor};
    return (struct limit_breach){.kind = LIMIT_NONE};
}

struct limit_breach settlement_breach(const struct settlement_terms *terms,
                                      const struct net_positions *positions,
                                      const struct settled *settled)
{
    const struct net_position *all = positions->positions;
    struct limit_breach breach = {.kind = LIMIT_NONE};
    size_t end = 0;

    if (terms->participants == NULL)
        return breach;
    for (size_t i = 0; i < positions->count && breach.kind == LIMIT_NONE; i = end) {
        end = i + 1;
        while (end < positions->count && all[end].participant_index == all[i].participant_index)
            end++;
        breach = participant_breach(&terms->participants[all[i].participant_index], &all[i],
                                    &settled[i], end - i);
    }
    return breach;
}

const char *limit_kind_name(enum limit_kind kind)
{
    static const char *const names[] = {
        [LIMIT_NONE] = "none",
        [LIMIT_NET_DEBIT] = "net_debit_cap",
        [LIMIT_PREFUNDING] = "prefunding_short",
    };

    assert(kind >= LIMIT_NONE && kind <= LIMIT_PREFUNDING);
    return names[kind];
}
