/*
 * fee.c - see fee.h. The numbers in brackets are its invariants.
 */
#include "domain/fee.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const char *const party_names[] = {
    [FEE_OWN] = "OWN",
    [FEE_DEBTOR_AGENT] = "DEBTOR_AGENT",
    [FEE_CREDITOR_AGENT] = "CREDITOR_AGENT",
};

static const char *const tiering_names[] = {
    [TIERING_SLAB] = "SLAB",
    [TIERING_MARGINAL] = "MARGINAL",
};

const char *fee_party_name(enum fee_party party)
{
    assert((size_t)party < COUNT_OF(party_names));
    return party_names[party];
}

const char *fee_tiering_name(enum fee_tiering tiering)
{
    assert(tiering == TIERING_SLAB || tiering == TIERING_MARGINAL);
    return tiering_names[tiering];
}

bool fee_party_parse(struct text name, enum fee_party *ret_party)
{
    for (size_t i = 0; i < COUNT_OF(party_names); i++)
        if (text_equal(name, text_of(party_names[i]))) {
            *ret_party = (enum fee_party)i;
            return true;
        }
    return false;
}

bool fee_tiering_parse(struct text name, enum fee_tiering *ret_tiering)
{
    for (size_t i = TIERING_SLAB; i < COUNT_OF(tiering_names); i++)
        if (text_equal(name, text_of(tiering_names[i]))) {
            *ret_tiering = (enum fee_tiering)i;
            return true;
        }
    return false;
}

/* ---- the fee of an amount ---- */

/* The largest product is 2^63 x 10^12, and there are at most two per tier: 2^108. */
static __int128 tier_sum(const struct fee_tier *tier, int64_t within_minor)
{
    return (__int128)tier->fixed_minor * FEE_PERCENT_MAX + (__int128)within_minor * tier->percent;
}

static __int128 slab_sum(const struct fee *fee, int64_t amount_minor)
{
    size_t i = 0;

    while (amount_minor > fee->tiers[i].up_to_minor)
        i++;
    return tier_sum(&fee->tiers[i], amount_minor);
}

static __int128 marginal_sum(const struct fee *fee, int64_t amount_minor)
{
    int64_t below_minor = 0;
    __int128 sum = 0;

    for (size_t i = 0; i < fee->tier_count && amount_minor > below_minor; i++) {
        const struct fee_tier *tier = &fee->tiers[i];
        int64_t top_minor = amount_minor < tier->up_to_minor ? amount_minor : tier->up_to_minor;

        sum += tier_sum(tier, top_minor - below_minor);
        below_minor = tier->up_to_minor;
    }
    return sum;
}

bool fee_of(const struct fee *fee, int64_t amount_minor, int64_t *ret_minor)
{
    __int128 sum;
    __int128 minor;

    assert(amount_minor > 0);
    sum = fee->tiering == TIERING_SLAB ? slab_sum(fee, amount_minor)
                                       : marginal_sum(fee, amount_minor);
    minor = divide_rounded(sum, FEE_PERCENT_MAX, fee->rounding); /* (2) */
    if (minor < fee->minimum_minor)
        minor = fee->minimum_minor;
    if (minor > fee->maximum_minor && fee->maximum_minor < INT64_MAX)
        minor = fee->maximum_minor;
    if (minor > INT64_MAX)
        return false; /* (3) */
    *ret_minor = (int64_t)minor;
    return true;
}

/* ---- the charges of a payment ---- */

static enum reason fee_in_settlement_currency(const struct fee *fee, const struct payment *payment,
                                              struct amount *ret_fee)
{
    currency settlement = payment->settlement_amount.currency;
    bool converts = fee->currency != settlement;
    struct amount basis = converts ? payment->instructed_amount : payment->settlement_amount;
    struct amount amount = {0, fee->currency};

    assert(basis.currency == fee->currency);
    if (converts && payment->rate == 0)
        return REASON_RATE_MISSING;
    if (!fee_of(fee, basis.minor, &amount.minor))
        return REASON_FEE_OUT_OF_RANGE;
    if (converts && !rate_convert(amount, payment->rate, settlement, fee->rounding, &amount))
        return REASON_FEE_OUT_OF_RANGE;
    *ret_fee = amount;
    return REASON_NONE;
}

struct charges {
    struct fee_charge *items;
    size_t count;
};

/* (1), and (4) for what is returned. */
static void charge_add(struct charges *charges, int32_t number, enum fee_party payer,
                       enum fee_party payee, bool is_returned, int64_t minor)
{
    if (minor == 0 || payer == payee)
        return;
    assert(charges->count < FEE_CHARGES_MAX);
    charges->items[charges->count++] = (struct fee_charge){
        .number = number,
        .debtor = is_returned ? payee : payer,
        .creditor = is_returned ? payer : payee,
        .minor = minor,
    };
}

static enum reason fee_charge(const struct fee *fee, int32_t number, const struct payment *payment,
                              struct charges *charges)
{
    bool is_returned = payment->kind != PAYMENT_COMPLETED;
    int64_t parts[FEE_PARTY_COUNT];
    filled_later struct amount amount;
    enum reason reason = fee_in_settlement_currency(fee, payment, &amount);
    __int128 tax;

    if (reason != REASON_NONE)
        return reason;
    tax = divide_rounded((__int128)amount.minor * fee->tax_percent, FEE_PERCENT_MAX, fee->rounding);
    if (!amount_split(amount, fee->shares, FEE_PARTY_COUNT, parts))
        return REASON_FEE_OUT_OF_RANGE;
    for (size_t i = 0; i < FEE_PARTY_COUNT; i++)
        charge_add(charges, number, fee->payer, (enum fee_party)i, is_returned, parts[i]);
    charge_add(charges, -number, fee->payer, FEE_OWN, is_returned, (int64_t)tax);
    return REASON_NONE;
}

static bool is_charged(const struct fee *fee, const struct payment *payment)
{
    bool by_channel = (fee->channels >> payment->channel & 1) != 0;
    bool by_kind = payment->kind == PAYMENT_COMPLETED ||
                   (fee->returned_by >> payment->kind & 1) != 0; /* (4) */

    return by_channel && by_kind;
}

enum reason fee_charges(const struct fee_schedule *schedule, const struct payment *payment,
                        struct fee_charge items[FEE_CHARGES_MAX], size_t *ret_count)
{
    struct charges charges = {items, 0};
    enum reason reason = REASON_NONE;

    for (size_t i = 0; reason == REASON_NONE && i < schedule->count; i++)
        if (is_charged(&schedule->fees[i], payment))
            reason = fee_charge(&schedule->fees[i], (int32_t)i + 1, payment, &charges);
    *ret_count = reason == REASON_NONE ? charges.count : 0;
    return reason;
}

int32_t fee_own_account(const struct fee_schedule *schedule, int32_t number)
{
    const struct fee *fee = &schedule->fees[(number < 0 ? -number : number) - 1];

    assert(number != 0);
    assert((size_t)(fee - schedule->fees) < schedule->count);
    return number < 0 ? fee->tax_account_id : fee->income_account_id;
}

/* ---- what must hold ---- */

static void assert_tiers_state(const struct fee *fee)
{
    assert(fee->tier_count >= 1 && fee->tier_count <= FEE_TIERS_MAX);
    assert(fee->tiers[fee->tier_count - 1].up_to_minor == INT64_MAX);
    for (size_t i = 0; i < fee->tier_count; i++) {
        const struct fee_tier *tier = &fee->tiers[i];

        assert(tier->fixed_minor >= 0);
        assert(tier->percent >= 0 && tier->percent <= FEE_PERCENT_MAX);
        assert(tier->up_to_minor > (i == 0 ? 0 : fee->tiers[i - 1].up_to_minor));
    }
}

void assert_fee_schedule_state(const struct fee_schedule *schedule)
{
    assert(schedule->count <= FEES_MAX);
    for (size_t i = 0; i < schedule->count; i++) {
        const struct fee *fee = &schedule->fees[i];
        int64_t weight = 0;

        assert_tiers_state(fee);
        assert(fee->payer == FEE_DEBTOR_AGENT || fee->payer == FEE_CREDITOR_AGENT);
        assert(fee->minimum_minor >= 0 && fee->minimum_minor <= fee->maximum_minor);
        assert(fee->tax_percent >= 0 && fee->tax_percent <= FEE_PERCENT_MAX);
        assert((fee->tax_percent > 0) == (fee->tax_country[0] != '\0'));
        for (size_t j = 0; j < FEE_PARTY_COUNT; j++) {
            assert(fee->shares[j] >= 0 && fee->shares[j] <= FEE_SHARE_MAX);
            weight += fee->shares[j];
        }
        assert(weight > 0);
    }
}
