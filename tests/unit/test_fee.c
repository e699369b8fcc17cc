/*
 * test_fee.c - fees by figures worked out by hand; tests/model/windows holds random ones against
 * exact fractions.
 */
#include "domain/fee.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static currency kes, usd, ugx;


static int set_up(void **state)
{
    (void)state;
    assert_true(currency_parse(text_of("KES"), &kes));
    assert_true(currency_parse(text_of("USD"), &usd));
    assert_true(currency_parse(text_of("UGX"), &ugx));
    return 0;
}

#define PERCENT(hundredths) ((int64_t)(hundredths)*INT64_C(100000000))

/* 10.00 and 0.5 % up to 10,000.00, and 0.25 % of what lies above. */
static struct fee marginal_fee(void)
{
    return (struct fee){
        .code = "SCHEME",
        .payer = FEE_DEBTOR_AGENT,
        .channels = 0x3E,
        .currency = kes,
        .tiering = TIERING_MARGINAL,
        .tiers = {{1000000, 1000, PERCENT(50)}, {INT64_MAX, 0, PERCENT(25)}},
        .tier_count = 2,
        .maximum_minor = INT64_MAX,
        .rounding = ROUND_HALF_UP,
        .shares = {1, 0, 0},
    };
}

static struct payment payment_of(int64_t minor)
{
    return (struct payment){.kind = PAYMENT_COMPLETED,
                            .channel = CHANNEL_BANK,
                            .instructed_amount = {minor, kes},
                            .settlement_amount = {minor, kes}};
}

static int64_t fee_minor(const struct fee *fee, int64_t amount_minor)
{
    int64_t minor = -1;

    assert_true(fee_of(fee, amount_minor, &minor));
    return minor;
}

static void tiers_are_marginal_or_slabs(void **state)
{
    struct fee fee = marginal_fee();

    (void)state;
    assert_int_equal(fee_minor(&fee, 1000), 1005);
    assert_int_equal(fee_minor(&fee, 1000000), 6000);
    assert_int_equal(fee_minor(&fee, 1000400), 6001);
    assert_int_equal(fee_minor(&fee, 3000000), 11000);
    fee.tiering = TIERING_SLAB;
    assert_int_equal(fee_minor(&fee, 1000000), 6000);
    assert_int_equal(fee_minor(&fee, 1000400), 2501);
    assert_int_equal(fee_minor(&fee, 3000000), 7500);
}

static void minimum_and_maximum_hold(void **state)
{
    struct fee fee = marginal_fee();

    (void)state;
    fee.minimum_minor = 2000;
    fee.maximum_minor = 8000;
    assert_int_equal(fee_minor(&fee, 1), 2000);
    assert_int_equal(fee_minor(&fee, 500000), 3500);
    assert_int_equal(fee_minor(&fee, 900000000), 8000);
}

static void every_rounding_is_its_own(void **state)
{
    static const struct {
        enum rounding rounding;
        int64_t of_half, of_three_halves, of_more;
    } cases[] = {
        {ROUND_HALF_EVEN, 0, 2, 1},
        {ROUND_HALF_UP, 1, 2, 1},
        {ROUND_DOWN, 0, 1, 0},
        {ROUND_UP, 1, 2, 1},
    };
    struct fee fee = marginal_fee();

    (void)state;
    fee.tiers[0] = (struct fee_tier){INT64_MAX, 0, PERCENT(50)};
    fee.tier_count = 1;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        fee.rounding = cases[i].rounding;
        assert_int_equal(fee_minor(&fee, 100), cases[i].of_half);
        assert_int_equal(fee_minor(&fee, 300), cases[i].of_three_halves);
        assert_int_equal(fee_minor(&fee, 120), cases[i].of_more);
    }
}

static void what_does_not_fit_is_refused(void **state)
{
    struct fee fee = marginal_fee();
    struct fee_schedule schedule = {1, 1, &fee, 1};
    struct payment payment = payment_of(INT64_MAX);
    struct fee_charge charges[FEE_CHARGES_MAX];
    size_t count = 7;
    int64_t minor;

    (void)state;
    fee.tiers[1].fixed_minor = INT64_MAX - 1;
    fee.tiers[1].percent = FEE_PERCENT_MAX;
    assert_false(fee_of(&fee, INT64_MAX, &minor));
    assert_int_equal(fee_charges(&schedule, &payment, charges, &count), REASON_FEE_OUT_OF_RANGE);
    assert_int_equal(count, 0);
}

static void assert_charge(const struct fee_charge *charge, int32_t number, enum fee_party debtor,
                          enum fee_party creditor, int64_t minor)
{
    assert_int_equal(charge->number, number);
    assert_int_equal(charge->debtor, debtor);
    assert_int_equal(charge->creditor, creditor);
    assert_int_equal(charge->minor, minor);
}

/* 6,000: two thirds to us, one third to the creditor agent, 16 % tax to us. */
static void shares_and_tax_are_charges(void **state)
{
    struct fee fee = marginal_fee();
    struct fee_schedule schedule = {1, 1, &fee, 1};
    struct payment payment = payment_of(1000200); /* 6,000.5, half up */
    struct fee_charge charges[FEE_CHARGES_MAX];
    size_t count;

    (void)state;
    fee.shares[FEE_OWN] = 2;
    fee.shares[FEE_CREDITOR_AGENT] = 1;
    fee.tax_percent = PERCENT(1600);
    memcpy(fee.tax_country, "KE", 3);
    assert_fee_schedule_state(&schedule);
    assert_int_equal(fee_charges(&schedule, &payment, charges, &count), REASON_NONE);
    assert_int_equal(count, 3);
    assert_charge(&charges[0], 1, FEE_DEBTOR_AGENT, FEE_OWN, 4001); /* 6,001: remainder 2/3 */
    assert_charge(&charges[1], 1, FEE_DEBTOR_AGENT, FEE_CREDITOR_AGENT, 2000);
    assert_charge(&charges[2], -1, FEE_DEBTOR_AGENT, FEE_OWN, 960);
}

static void nobody_pays_itself(void **state)
{
    struct fee fee = marginal_fee();
    struct fee_schedule schedule = {1, 1, &fee, 1};
    struct payment payment = payment_of(1000000);
    struct fee_charge charges[FEE_CHARGES_MAX];
    size_t count;

    (void)state;
    fee.shares[FEE_DEBTOR_AGENT] = 1;
    assert_int_equal(fee_charges(&schedule, &payment, charges, &count), REASON_NONE);
    assert_int_equal(count, 1);
    assert_charge(&charges[0], 1, FEE_DEBTOR_AGENT, FEE_OWN, 3000);
}

static void a_reversal_gives_back_what_the_fee_says(void **state)
{
    struct fee fee = marginal_fee();
    struct fee_schedule schedule = {1, 1, &fee, 1};
    struct payment payment = payment_of(1000000);
    struct fee_charge charges[FEE_CHARGES_MAX];
    size_t count;

    (void)state;
    payment.kind = PAYMENT_REVERSED;
    assert_int_equal(fee_charges(&schedule, &payment, charges, &count), REASON_NONE);
    assert_int_equal(count, 0);
    fee.returned_by = 1U << PAYMENT_REVERSED;
    assert_int_equal(fee_charges(&schedule, &payment, charges, &count), REASON_NONE);
    assert_int_equal(count, 1);
    assert_charge(&charges[0], 1, FEE_OWN, FEE_DEBTOR_AGENT, 6000);
    payment.kind = PAYMENT_REFUNDED;
    assert_int_equal(fee_charges(&schedule, &payment, charges, &count), REASON_NONE);
    assert_int_equal(count, 0);
}

static void only_its_channels_pay(void **state)
{
    struct fee fee = marginal_fee();
    struct fee_schedule schedule = {1, 1, &fee, 1};
    struct payment payment = payment_of(1000000);
    struct fee_charge charges[FEE_CHARGES_MAX];
    size_t count;

    (void)state;
    fee.channels = 1U << CHANNEL_USSD;
    assert_int_equal(fee_charges(&schedule, &payment, charges, &count), REASON_NONE);
    assert_int_equal(count, 0);
    payment.channel = CHANNEL_USSD;
    assert_int_equal(fee_charges(&schedule, &payment, charges, &count), REASON_NONE);
    assert_int_equal(count, 1);
}

/* UGX has no decimals: 1 % of UGX 1,000,050 is UGX 10,001 (half up), at 0.035 KES 350.04. */
static void a_fee_in_source_currency_is_converted(void **state)
{
    struct fee fee = marginal_fee();
    struct fee_schedule schedule = {1, 1, &fee, 1};
    struct payment payment = payment_of(3500175);
    struct fee_charge charges[FEE_CHARGES_MAX];
    size_t count;

    (void)state;
    fee.currency = ugx;
    fee.tiers[0] = (struct fee_tier){INT64_MAX, 0, PERCENT(100)};
    fee.tier_count = 1;
    payment.instructed_amount = (struct amount){1000050, ugx};
    assert_int_equal(fee_charges(&schedule, &payment, charges, &count), REASON_RATE_MISSING);
    assert_int_equal(count, 0);
    payment.rate = 350000000;
    assert_int_equal(fee_charges(&schedule, &payment, charges, &count), REASON_NONE);
    assert_int_equal(count, 1);
    assert_charge(&charges[0], 1, FEE_DEBTOR_AGENT, FEE_OWN, 35004);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tiers_are_marginal_or_slabs),
        cmocka_unit_test(minimum_and_maximum_hold),
        cmocka_unit_test(every_rounding_is_its_own),
        cmocka_unit_test(what_does_not_fit_is_refused),
        cmocka_unit_test(shares_and_tax_are_charges),
        cmocka_unit_test(nobody_pays_itself),
        cmocka_unit_test(a_reversal_gives_back_what_the_fee_says),
        cmocka_unit_test(only_its_channels_pay),
        cmocka_unit_test(a_fee_in_source_currency_is_converted),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
