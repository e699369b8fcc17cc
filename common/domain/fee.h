/*
 * fee.h - what a payment costs, who pays it, who gets it, and the tax on it.
 *
 *   payment ──> each fee of the schedule that its channel pays
 *
 *      amount ─ tiers ─> fee ─ minimum, maximum ─> whole minor units ─ rate ─> settlement currency
 *                                                                      │
 *                 payer ── own share ────────> us                      ├─ shares, largest remainder
 *                 payer ── agent's share ────> the other agent         │
 *                 payer ── tax on the fee ───> us, owed to a country  <┘
 *
 * A schedule belongs to one version of a corridor; a payment is charged by the version that its
 * window opened with. A fee is a sum of tiers, of which a flat fee has one:
 *
 *   SLAB      the tier that the amount falls into: its fixed part and its percentage of all of it
 *   MARGINAL  every tier that the amount reaches: its fixed part and its percentage of what lies
 *             within it
 *
 * (1) A charge is above zero and goes from one party to another one; what an agent would pay to
 *     itself is no charge.
 * (2) Percentages are exact until the one division of the fee, whose rounding is the fee's own;
 *     so is that of the conversion and of the tax. Shares conserve the fee (I11).
 * (3) A fee that does not fit 64 bits, or needs a rate that the payment does not name, is a reason
 *     to park the payment: nothing is guessed and nothing is charged half.
 * (4) A reversal or refund is charged nothing; a fee that it returns flows back as it would have
 *     been charged on the amount that comes back.
 */
#ifndef SAWA_DOMAIN_FEE_H
#define SAWA_DOMAIN_FEE_H

#include "domain/payment.h"

enum {
    FEES_MAX = 8,                   /* of one schedule */
    FEE_TIERS_MAX = 16,             /* of one fee      */
    FEE_CODE_SIZE = 17,             /* "SCHEME", terminated */
    FEE_CHARGES_MAX = 3 * FEES_MAX, /* of one payment  */
    FEE_SHARE_MAX = 1000000,        /* weight of one party */
};

/* 100 % in the unit of percentages: ten fraction digits, as rates. */
#define FEE_PERCENT_MAX INT64_C(1000000000000)

enum fee_party { FEE_OWN, FEE_DEBTOR_AGENT, FEE_CREDITOR_AGENT, FEE_PARTY_COUNT };
enum fee_tiering { TIERING_SLAB = 1, TIERING_MARGINAL };

struct fee_tier {
    int64_t up_to_minor; /* included; the last tier's is INT64_MAX */
    int64_t fixed_minor;
    int64_t percent; /* RATE_SCALE fraction digits: 1.25 % is 12500000000 */
};

struct fee {
    char code[FEE_CODE_SIZE];
    enum fee_party payer; /* DEBTOR_AGENT or CREDITOR_AGENT */
    uint32_t channels;    /* bit per enum payment_channel that pays it */
    uint32_t returned_by; /* bit per enum payment_kind that gives it back */
    currency currency;    /* of what it is reckoned on and in: source or settlement */
    enum fee_tiering tiering;
    struct fee_tier tiers[FEE_TIERS_MAX]; /* ascending by up_to_minor */
    size_t tier_count;
    int64_t minimum_minor;
    int64_t maximum_minor; /* INT64_MAX: none */
    enum rounding rounding;
    int64_t shares[FEE_PARTY_COUNT]; /* weights, not all zero */
    int64_t tax_percent;             /* 0: none */
    char tax_country[3];             /* empty: no tax */
    int32_t income_account_id;       /* 0 until stored */
    int32_t tax_account_id;          /* 0: no tax, or not stored */
};

struct fee_schedule {
    int32_t corridor_id;
    int32_t version;
    struct fee *fees;
    size_t count;
};

struct fee_charge {
    int32_t number; /* of the fee, 1 to count; negative: the tax on it */
    enum fee_party debtor;
    enum fee_party creditor;
    int64_t minor; /* settlement currency */
};

const char *fee_party_name(enum fee_party party);       /* "DEBTOR_AGENT", as stored */
const char *fee_tiering_name(enum fee_tiering tiering); /* "SLAB" */
must_use bool fee_party_parse(struct text name, enum fee_party *ret_party);
must_use bool fee_tiering_parse(struct text name, enum fee_tiering *ret_tiering);

/* The fee of an amount, both in minor units of the fee's currency; false: (3). */
must_use bool fee_of(const struct fee *fee, int64_t amount_minor, int64_t *ret_minor);

/* Everything payment is charged, in order of the schedule. Anything but REASON_NONE: (3), and
 * there are no charges. */
enum reason fee_charges(const struct fee_schedule *schedule, const struct payment *payment,
                        struct fee_charge charges[FEE_CHARGES_MAX], size_t *ret_count);

/* The account of ours that keeps what a charge of that number leaves with us: the income of the
 * fee, or where number is negative the tax on it. */
int32_t fee_own_account(const struct fee_schedule *schedule, int32_t number);

/* Aborts if a fee has no tiers, tiers out of order, or what (1) and (2) cannot be kept with. */
void assert_fee_schedule_state(const struct fee_schedule *schedule);

#endif
