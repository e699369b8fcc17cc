/*
 * test_fx.c - which quote is in force, rates across a pivot, and what locks bring, by figures
 * worked out by hand; tests/model/windows holds random ones against exact fractions.
 */
#include "domain/fx_gain.h"
#include "domain/fx_rate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define KES CURRENCY('K', 'E', 'S')
#define USD CURRENCY('U', 'S', 'D')
#define ZAR CURRENCY('Z', 'A', 'R')
#define UGX CURRENCY('U', 'G', 'X')
#define TND CURRENCY('T', 'N', 'D')

#define MINUTE INT64_C(60000000)
#define NOW (INT64_C(1772452800) * 1000000)

static int64_t rate_of(const char *text)
{
    int64_t rate = 0;

    assert_true(rate_parse(text_of(text), &rate));
    return rate;
}

/* A quote of the desk, from minutes ago until hours ahead. */
static struct fx_quote quote_of(currency base, currency quoted, const char *mid, int64_t minutes)
{
    return (struct fx_quote){.event_id = {{(unsigned char)minutes}},
                             .source = TEXT("DESK"),
                             .base_currency = base,
                             .quote_currency = quoted,
                             .mid = rate_of(mid),
                             .valid_from_us = NOW - minutes * MINUTE,
                             .valid_until_us = NOW + 60 * MINUTE};
}

static struct fx_policy policy_of(enum fx_side side, currency pivot)
{
    return (struct fx_policy){TEXT("DESK"), side, 60, pivot, ROUND_HALF_EVEN};
}

static enum fx_answer choose(const struct fx_policy *policy, const struct fx_quote *quotes,
                             size_t count, struct fx_choice *choice)
{
    return fx_rate_choose(policy, KES, USD, NOW, quotes, count, choice);
}

static void assert_rate(const struct fx_policy *policy, const struct fx_quote *quotes, size_t count,
                        const char *expected)
{
    struct fx_choice choice = {0};

    assert_int_equal(choose(policy, quotes, count, &choice), FX_FOUND);
    assert_int_equal(choice.rate, rate_of(expected));
}

static void the_newest_in_force_counts(void **state)
{
    struct fx_policy policy = policy_of(SIDE_MID, CURRENCY_NONE);
    struct fx_quote quotes[] = {quote_of(KES, USD, "0.0071", 30), quote_of(KES, USD, "0.0072", 20),
                                quote_of(KES, USD, "0.0073", 10), quote_of(KES, USD, "0.0074", -5)};

    (void)state;
    assert_rate(&policy, quotes, 4, "0.0073"); /* the last is of the future */
    quotes[2].valid_until_us = NOW;            /* no longer */
    assert_rate(&policy, quotes, 4, "0.0072");
    quotes[1].source = TEXT("OTHER");
    assert_rate(&policy, quotes, 4, "0.0071");
    quotes[2] = quote_of(KES, USD, "0.0079", 30);
    quotes[2].event_id.bytes[0]--; /* the greater id wins, not the order */
    assert_rate(&policy, quotes, 4, "0.0071");
    quotes[2].event_id.bytes[0] += 2;
    assert_rate(&policy, quotes, 4, "0.0079");
}

static void old_is_stale_and_none_is_missing(void **state)
{
    struct fx_policy policy = policy_of(SIDE_MID, CURRENCY_NONE);
    struct fx_quote quote = quote_of(KES, USD, "0.0071", 60);
    struct fx_choice choice = {.rate = 7};

    (void)state;
    assert_rate(&policy, &quote, 1, "0.0071"); /* sixty minutes are not more than sixty */
    quote.valid_from_us--;
    assert_int_equal(choose(&policy, &quote, 1, &choice), FX_RATE_STALE);
    quote = quote_of(KES, USD, "0.0071", 5);
    quote.valid_until_us = NOW;
    assert_int_equal(choose(&policy, &quote, 1, &choice), FX_RATE_STALE);
    quote = quote_of(KES, USD, "0.0071", -1);
    assert_int_equal(choose(&policy, &quote, 1, &choice), FX_RATE_MISSING);
    assert_int_equal(choose(&policy, NULL, 0, &choice), FX_RATE_MISSING);
    assert_int_equal(choice.rate, 7);
}

static void an_inverse_is_read_on_its_other_side(void **state)
{
    struct fx_policy policy = policy_of(SIDE_BID, CURRENCY_NONE);
    struct fx_quote quote = quote_of(USD, KES, "129", 5);

    (void)state;
    quote.bid = rate_of("128");
    quote.ask = rate_of("130");
    assert_rate(&policy, &quote, 1, "0.0076923077"); /* 1 / 130 */
    policy.side = SIDE_ASK;
    assert_rate(&policy, &quote, 1, "0.0078125"); /* 1 / 128 */
    policy.side = SIDE_MID;
    assert_rate(&policy, &quote, 1, "0.007751938");
}

static void a_side_that_is_not_quoted_is_no_quote(void **state)
{
    struct fx_policy policy = policy_of(SIDE_BID, CURRENCY_NONE);
    struct fx_quote quotes[] = {quote_of(KES, USD, "0.0071", 5), quote_of(KES, USD, "0.0072", 9)};
    struct fx_choice choice;

    (void)state;
    assert_int_equal(choose(&policy, quotes, 2, &choice), FX_RATE_MISSING);
    quotes[1].bid = rate_of("0.007");
    assert_rate(&policy, quotes, 2, "0.007");
}

static void a_pivot_is_asked_where_the_pair_is_not_quoted(void **state)
{
    struct fx_policy policy = policy_of(SIDE_MID, ZAR);
    struct fx_quote quotes[] = {quote_of(KES, ZAR, "0.14", 5), quote_of(USD, ZAR, "18", 6),
                                quote_of(KES, USD, "0.0071", -1)};
    struct fx_choice choice;

    (void)state;
    assert_rate(&policy, quotes, 3, "0.0077777778");
    quotes[0] = quote_of(ZAR, KES, "7", 5);
    assert_rate(&policy, quotes, 3, "0.0079365079"); /* 1 / 126 */
    quotes[1] = quote_of(ZAR, USD, "0.05", 6);
    assert_rate(&policy, quotes, 3, "0.0071428571");
    assert_int_equal(choose(&policy, quotes, 1, &choice), FX_RATE_MISSING);
    quotes[1].valid_until_us = NOW;
    assert_int_equal(choose(&policy, quotes, 3, &choice), FX_RATE_STALE);
    quotes[1].valid_until_us = NOW + 1;
    quotes[2] = quote_of(KES, USD, "0.0071", 61); /* the pair itself is quoted, and stale */
    assert_int_equal(choose(&policy, quotes, 3, &choice), FX_RATE_STALE);
}

static void what_does_not_fit_is_no_rate(void **state)
{
    struct fx_policy policy = policy_of(SIDE_MID, ZAR);
    struct fx_quote quotes[] = {quote_of(KES, ZAR, "922337203.6854775807", 5),
                                quote_of(ZAR, USD, "922337203.6854775807", 5)};
    struct fx_choice choice;

    (void)state;
    assert_int_equal(choose(&policy, quotes, 2, &choice), FX_RATE_UNFIT);
    quotes[1].mid = 1; /* 0.0922337203|6854775807 */
    assert_rate(&policy, quotes, 2, "0.0922337204");
    quotes[0] = quote_of(ZAR, KES, "922337203.6854775807", 5);
    assert_int_equal(choose(&policy, quotes, 2, &choice), FX_RATE_UNFIT); /* 1e-19 */
    policy.rounding = ROUND_UP;
    assert_rate(&policy, quotes, 2, "0.0000000001");
}

/* ---- locks ---- */

static struct fx_lock lock_of(bool is_of_window, const char *rate, int64_t notional)
{
    return (struct fx_lock){.is_of_window = is_of_window,
                            .base_currency = KES,
                            .quote_currency = USD,
                            .rate = rate_of(rate),
                            .notional_minor = notional,
                            .valid_from_us = NOW - 60 * MINUTE,
                            .valid_until_us = NOW + 1,
                            .used_from_us = NOW,
                            .used_until_us = NOW};
}

static struct fx_gain gain_of(int64_t volume, struct fx_lock *locks, size_t count)
{
    struct fx_gain gain = {-1, -1, -1};

    assert_true(fx_gain_decide((struct amount){volume, KES}, rate_of("0.0077"), USD,
                               ROUND_HALF_EVEN, locks, count, &gain));
    return gain;
}

static void a_lock_gains_on_what_it_covers(void **state)
{
    struct fx_lock lock = lock_of(true, "0.0079", 60000000); /* 600,000.00 of 1,000,000.00 */
    struct fx_gain gain = gain_of(100000000, &lock, 1);

    (void)state;
    assert_int_equal(gain.worth_minor, 770000);
    assert_int_equal(gain.covered_minor, 60000000);
    assert_int_equal(gain.result_minor, 474000 - 462000);
    lock.rate = rate_of("0.0076");
    assert_int_equal(gain_of(100000000, &lock, 1).result_minor, 456000 - 462000);
    lock.notional_minor = INT64_MAX; /* no more than there is */
    assert_int_equal(gain_of(100000000, &lock, 1).covered_minor, 100000000);
}

static void a_lock_out_of_force_covers_nothing(void **state)
{
    struct fx_lock lock = lock_of(true, "0.0079", 60000000);

    (void)state;
    lock.valid_until_us = NOW;
    assert_int_equal(gain_of(100000000, &lock, 1).covered_minor, 0);
    assert_int_equal(lock.cover, COVER_OUT_OF_VALIDITY);
    lock.valid_until_us = NOW + 1;
    lock.used_from_us = lock.valid_from_us - 1;
    assert_int_equal(gain_of(100000000, &lock, 1).covered_minor, 0);
    lock.used_from_us = NOW;
    lock.quote_currency = ZAR;
    assert_int_equal(gain_of(100000000, &lock, 1).result_minor, 0);
    assert_int_equal(lock.cover, COVER_OTHER_PAIR);
}

static void payments_that_name_a_lock_leave_the_rest_to_the_window(void **state)
{
    struct fx_lock locks[] = {lock_of(false, "0.008", 50000), lock_of(true, "0.0078", 30000),
                              lock_of(true, "0.0079", 90000)};
    struct fx_gain gain;

    (void)state;
    locks[0].claimed_minor = 70000; /* 20,000 beyond its notional: at the rate */
    gain = gain_of(150000, locks, 3);
    assert_int_equal(locks[0].covered_minor, 50000);
    assert_int_equal(locks[1].covered_minor, 30000);
    assert_int_equal(locks[2].covered_minor, 50000); /* 150,000 - 70,000 - 30,000 */
    assert_int_equal(gain.covered_minor, 130000);
    assert_int_equal(gain.result_minor, (400 - 385) + (234 - 231) + (395 - 385));
    locks[0].drawn_minor = 20000;
    assert_int_equal(gain_of(150000, locks, 3).covered_minor, 110000);
}

static void what_came_back_takes_nothing_from_a_lock(void **state)
{
    struct fx_lock locks[] = {lock_of(false, "0.008", 50000), lock_of(true, "0.0078", 30000)};
    struct fx_gain gain;

    (void)state;
    locks[0].claimed_minor = -1000;
    gain = gain_of(-1000, locks, 2);
    assert_int_equal(gain.worth_minor, -8); /* -7.7 */
    assert_int_equal(gain.covered_minor, 0);
    assert_int_equal(gain.result_minor, 0);
}

/* USD 77.00 at 130 KES: KES 10,010.00, worth what was locked. */
static void a_notional_in_settlement_currency_counts_by_its_rate(void **state)
{
    struct fx_lock lock = lock_of(true, "130", 7700);
    struct fx_gain gain;

    (void)state;
    lock.base_currency = USD;
    lock.quote_currency = KES;
    gain = gain_of(2000000, &lock, 1);
    assert_int_equal(gain.covered_minor, 1001000);
    assert_int_equal(lock.lock_worth_minor, 7700);
    assert_int_equal(lock.rate_worth_minor, 7708); /* 7707.7 */
    assert_int_equal(gain.result_minor, -8);
}

static void decimals_differ(void **state)
{
    struct fx_gain gain;
    struct fx_lock lock = lock_of(true, "0.00084", 1000000);

    (void)state;
    lock.base_currency = UGX;
    lock.quote_currency = TND;
    assert_true(fx_gain_decide((struct amount){1000000, UGX}, rate_of("0.00083"), TND,
                               ROUND_HALF_EVEN, &lock, 1, &gain));
    assert_int_equal(gain.worth_minor, 830000);
    assert_int_equal(gain.result_minor, 10000);
}

static void what_does_not_fit_is_refused(void **state)
{
    struct fx_lock locks[] = {lock_of(false, "1", INT64_MAX),
                              lock_of(true, "900000000", INT64_MAX)};
    struct fx_gain gain;
    struct amount volume = {INT64_MAX, KES};

    (void)state;
    assert_true(fx_gain_decide(volume, RATE_ONE, USD, ROUND_DOWN, locks, 1, &gain));
    assert_int_equal(gain.worth_minor, INT64_MAX);
    assert_false(fx_gain_decide(volume, 2 * RATE_ONE, USD, ROUND_DOWN, locks, 1, &gain));
    assert_false(fx_gain_decide(volume, RATE_ONE, USD, ROUND_DOWN, locks + 1, 1, &gain));
    locks[0].claimed_minor = -1;
    assert_false(fx_gain_decide(volume, RATE_ONE, USD, ROUND_DOWN, locks, 1, &gain));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_newest_in_force_counts),
        cmocka_unit_test(old_is_stale_and_none_is_missing),
        cmocka_unit_test(an_inverse_is_read_on_its_other_side),
        cmocka_unit_test(a_side_that_is_not_quoted_is_no_quote),
        cmocka_unit_test(a_pivot_is_asked_where_the_pair_is_not_quoted),
        cmocka_unit_test(what_does_not_fit_is_no_rate),
        cmocka_unit_test(a_lock_gains_on_what_it_covers),
        cmocka_unit_test(a_lock_out_of_force_covers_nothing),
        cmocka_unit_test(payments_that_name_a_lock_leave_the_rest_to_the_window),
        cmocka_unit_test(what_came_back_takes_nothing_from_a_lock),
        cmocka_unit_test(a_notional_in_settlement_currency_counts_by_its_rate),
        cmocka_unit_test(decimals_differ),
        cmocka_unit_test(what_does_not_fit_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
