/*
 * test_rate.c - rates as text and as factors, exact to the last minor unit.
 */
#include "domain/rate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define KES CURRENCY('K', 'E', 'S')
#define NGN CURRENCY('N', 'G', 'N')
#define UGX CURRENCY('U', 'G', 'X')
#define TND CURRENCY('T', 'N', 'D')

static void texts_are_exact(void **state)
{
    static const struct {
        const char *text;
        int64_t rate;
        const char *again;
    } rows[] = {
        {"1", RATE_ONE, "1"},
        {"11.25", INT64_C(112500000000), "11.25"},
        {"0.0000000001", 1, "0.0000000001"},
        {"0.10000000000000", RATE_ONE / 10, "0.1"},
        {"922337203.6854775807", INT64_MAX, "922337203.6854775807"},
        {"007.5", INT64_C(75000000000), "7.5"},
        {"120", INT64_C(1200000000000), "120"},
    };
    char text[RATE_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int64_t rate = 0;

        assert_true(rate_parse(text_of(rows[i].text), &rate));
        assert_int_equal(rate, rows[i].rate);
        assert_int_equal(rate_format(rate, text), strlen(rows[i].again));
        assert_string_equal(text, rows[i].again);
    }
}

static void what_is_no_rate_is_refused(void **state)
{
    static const char *const rows[] = {"",
                                       ".",
                                       "1.",
                                       ".5",
                                       "0",
                                       "0.0",
                                       "-1",
                                       "1.-5",
                                       "1,5",
                                       "1e3",
                                       "1.2.3",
                                       " 1",
                                       "abc",
                                       "0.00000000001",
                                       "922337203.6854775808",
                                       "99999999999999999999",
                                       "1.12345678901"};
    int64_t rate = 42;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_false(rate_parse(text_of(rows[i]), &rate));
    assert_int_equal(rate, 42);
}

static void decimals_of_any_scale_become_rates(void **state)
{
    int64_t rate = 42;

    (void)state;
    assert_true(rate_of_decimal(1125, 2, &rate));
    assert_int_equal(rate, INT64_C(112500000000));
    assert_true(rate_of_decimal(INT64_C(1500000000000000000), 18, &rate));
    assert_int_equal(rate, RATE_ONE * 3 / 2);
    assert_false(rate_of_decimal(1, 18, &rate));
    assert_false(rate_of_decimal(0, 4, &rate));
    assert_false(rate_of_decimal(-1, 0, &rate));
    assert_false(rate_of_decimal((__int128)INT64_MAX * INT64_MAX, 0, &rate));
}

static int64_t convert(int64_t minor, currency from, const char *rate_text, currency target,
                       enum rounding rounding)
{
    struct amount amount = {0, KES};
    int64_t rate = 0;

    assert_true(rate_parse(text_of(rate_text), &rate));
    assert_true(rate_convert((struct amount){minor, from}, rate, target, rounding, &amount));
    assert_true(amount.currency == target);
    return amount.minor;
}

static void conversions_mind_both_scales(void **state)
{
    (void)state;
    assert_int_equal(convert(10000, KES, "11.25", NGN, ROUND_HALF_EVEN), 112500);
    assert_int_equal(convert(10000, KES, "28.7", UGX, ROUND_HALF_EVEN), 2870);
    assert_int_equal(convert(2870, UGX, "0.0348432056", KES, ROUND_HALF_EVEN), 10000);
    assert_int_equal(convert(1, KES, "0.5", NGN, ROUND_HALF_EVEN), 0);
    assert_int_equal(convert(3, KES, "0.5", NGN, ROUND_HALF_EVEN), 2);
    assert_int_equal(convert(1, KES, "0.5", NGN, ROUND_HALF_UP), 1);
    assert_int_equal(convert(-1, KES, "0.5", NGN, ROUND_DOWN), 0);
    assert_int_equal(convert(-1, KES, "0.5", NGN, ROUND_UP), -1);
    assert_int_equal(convert(5, UGX, "0.0009", TND, ROUND_DOWN), 4);
    assert_int_equal(convert(INT64_MAX, KES, "1", NGN, ROUND_DOWN), INT64_MAX);
    assert_int_equal(convert(INT64_MIN, KES, "1", NGN, ROUND_DOWN), INT64_MIN);
}

static void what_does_not_fit_is_refused(void **state)
{
    struct amount amount = {42, KES};

    (void)state;
    assert_false(
        rate_convert((struct amount){INT64_MAX, KES}, RATE_ONE + 1, NGN, ROUND_DOWN, &amount));
    assert_false(
        rate_convert((struct amount){INT64_MIN, UGX}, INT64_MAX, TND, ROUND_DOWN, &amount));
    assert_false(rate_convert_back((struct amount){INT64_MAX, UGX}, 1, TND, ROUND_DOWN, &amount));
    assert_int_equal(amount.minor, 42);
}

static void back_undoes_there_within_half_a_unit(void **state)
{
    (void)state;
    for (int64_t minor = -100000; minor <= 100000; minor += 7) {
        struct amount there = {0, KES};
        struct amount back = {0, KES};

        assert_true(rate_convert((struct amount){minor, KES}, RATE_ONE * 11 + 12345, NGN,
                                 ROUND_HALF_EVEN, &there));
        assert_true(rate_convert_back(there, RATE_ONE * 11 + 12345, KES, ROUND_HALF_EVEN, &back));
        assert_int_equal(back.minor, minor);
    }
}

static void what_is_settled_follows_from_the_rate(void **state)
{
    struct amount instructed = {1000050, UGX};
    int64_t rate = 350000000; /* KES 0.035: 35,001.75, exactly */

    (void)state;
    assert_int_equal(rate_check(instructed, (struct amount){3500175, KES}, rate, ROUND_HALF_EVEN),
                     REASON_NONE);
    assert_int_equal(rate_check(instructed, (struct amount){3500174, KES}, rate, ROUND_HALF_EVEN),
                     REASON_AMOUNT_OFF_RATE);
    assert_int_equal(rate_check(instructed, (struct amount){3500175, KES}, 0, ROUND_HALF_EVEN),
                     REASON_RATE_MISSING);
    rate += 5; /* 35,001.7505.. */
    assert_int_equal(rate_check(instructed, (struct amount){3500175, KES}, rate, ROUND_DOWN),
                     REASON_NONE);
    assert_int_equal(rate_check(instructed, (struct amount){3500176, KES}, rate, ROUND_UP),
                     REASON_NONE);
    assert_int_equal(rate_check((struct amount){INT64_MAX, UGX}, (struct amount){1, KES}, INT64_MAX,
                                ROUND_DOWN),
                     REASON_AMOUNT_OFF_RATE);
    assert_int_equal(rate_check((struct amount){5, KES}, (struct amount){4, KES}, 0, ROUND_DOWN),
                     REASON_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_exact),
        cmocka_unit_test(what_is_no_rate_is_refused),
        cmocka_unit_test(decimals_of_any_scale_become_rates),
        cmocka_unit_test(conversions_mind_both_scales),
        cmocka_unit_test(what_does_not_fit_is_refused),
        cmocka_unit_test(what_is_settled_follows_from_the_rate),
        cmocka_unit_test(back_undoes_there_within_half_a_unit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
