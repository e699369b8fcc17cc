/*
 * test_amount.c - money at its edges: int64, scales, rounding, splits that conserve.
 */
#include "domain/amount.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define KES CURRENCY('K', 'E', 'S')
#define XOF CURRENCY('X', 'O', 'F')
#define TND CURRENCY('T', 'N', 'D')

static void arithmetic_refuses_to_wrap(void **state)
{
    struct amount most = {INT64_MAX, KES};
    struct amount least = {INT64_MIN, KES};
    struct amount one = {1, KES};
    struct amount result = {42, KES};

    (void)state;
    assert_false(amount_add(most, one, &result));
    assert_false(amount_subtract(least, one, &result));
    assert_false(amount_negate(least, &result));
    assert_int_equal(result.minor, 42); /* untouched on failure */
    assert_true(amount_add(most, least, &result));
    assert_int_equal(result.minor, -1);
    assert_true(amount_negate(most, &result));
    assert_int_equal(result.minor, -INT64_MAX);
}

static void division_rounds_as_named(void **state)
{
    static const struct {
        int value;
        int divisor;
        int half_even;
        int half_up;
        int down;
        int up;
    } rows[] = {
        {25, 10, 2, 3, 2, 3},      {35, 10, 4, 4, 3, 4},   {-25, 10, -2, -3, -2, -3},
        {-35, 10, -4, -4, -3, -4}, {24, 10, 2, 2, 2, 3},   {-26, 10, -3, -3, -2, -3},
        {30, 10, 3, 3, 3, 3},      {1, 3, 0, 0, 0, 1},     {-1, 3, 0, 0, 0, -1},
        {5, 10, 0, 1, 0, 1},       {-5, 10, 0, -1, 0, -1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int value = rows[i].value;
        int divisor = rows[i].divisor;

        assert_int_equal(divide_rounded(value, divisor, ROUND_HALF_EVEN), rows[i].half_even);
        assert_int_equal(divide_rounded(value, divisor, ROUND_HALF_UP), rows[i].half_up);
        assert_int_equal(divide_rounded(value, divisor, ROUND_DOWN), rows[i].down);
        assert_int_equal(divide_rounded(value, divisor, ROUND_UP), rows[i].up);
    }
}

static void excess_digits_of_a_decimal_are_refused(void **state)
{
    struct amount amount = {7, KES};

    (void)state;
    assert_false(amount_of_decimal(123450, 4, KES, &amount));
    assert_int_equal(amount.minor, 7);
    assert_true(amount_of_decimal(123400, 4, KES, &amount));
    assert_int_equal(amount.minor, 1234);
    assert_true(amount_of_decimal(-5, 0, TND, &amount));
    assert_int_equal(amount.minor, -5000);
    assert_true(amount_of_decimal(2500000, 2, XOF, &amount));
    assert_int_equal(amount.minor, 25000);
    assert_true(amount_of_decimal(INT64_MIN, 2, KES, &amount));
    assert_int_equal(amount.minor, INT64_MIN);
    assert_false(amount_of_decimal((__int128)INT64_MAX + 1, 2, KES, &amount));
    assert_false(amount_of_decimal(INT64_MAX, 1, KES, &amount));
}

static void parse_row(const char *text, char mark, bool minus, currency in, bool well,
                      int64_t minor, bool excess)
{
    struct amount amount = {-99, KES};
    bool ret_excess = !excess;

    assert_int_equal(amount_parse(text_of(text), mark, minus, in, &amount, &ret_excess), well);
    assert_int_equal(ret_excess, excess);
    assert_int_equal(amount.minor, well ? minor : -99);
}

static void texts_are_read_digit_by_digit(void **state)
{
    (void)state;
    parse_row("1234.50", '.', false, KES, true, 123450, false);
    parse_row("1234", '.', false, KES, true, 123400, false);
    parse_row("1234,", ',', false, KES, true, 123400, false);
    parse_row(",5", ',', false, KES, true, 50, false);
    parse_row("25000,00", ',', false, XOF, true, 25000, false);
    parse_row("25000,01", ',', false, XOF, false, 0, true);
    parse_row("0.12345", '.', false, TND, false, 0, true);
    parse_row("0.12300", '.', false, TND, true, 123, false);
    parse_row("-1.00", '.', true, KES, true, -100, false);
    parse_row("-1.00", '.', false, KES, false, 0, false);
    parse_row("92233720368547758.07", '.', false, KES, true, INT64_MAX, false);
    parse_row("92233720368547758.08", '.', false, KES, false, 0, false);
    parse_row("-92233720368547758.08", '.', true, KES, true, INT64_MIN, false);
    parse_row("-92233720368547758.09", '.', true, KES, false, 0, false);
    parse_row("9223372036854775808", '.', false, XOF, false, 0, false);
    parse_row("000000000000000000000000001", '.', false, XOF, true, 1, false);
}

static void what_is_no_number_is_refused(void **state)
{
    static const char *const rows[] = {"",
                                       ".",
                                       "-",
                                       "1.2.3",
                                       "1,5",
                                       " 1",
                                       "1 ",
                                       "+1",
                                       "1e3",
                                       "0x10",
                                       "--1",
                                       "1.-5",
                                       "1 000",
                                       "abc",
                                       "1.001x",
                                       "1.x",
                                       "\xC2\xA0"
                                       "1"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        parse_row(rows[i], '.', true, KES, false, 0, false);
}

static void format_row(int64_t minor, currency in, const char *expected)
{
    char text[AMOUNT_TEXT_SIZE];
    struct amount amount = {minor, in};
    bool excess;

    assert_int_equal(amount_format(amount, text), strlen(expected));
    assert_string_equal(text, expected);
    assert_true(amount_parse(text_of(text), '.', true, in, &amount, &excess));
    assert_int_equal(amount.minor, minor);
}

static void formats_have_the_decimals_of_the_currency(void **state)
{
    (void)state;
    format_row(0, KES, "0.00");
    format_row(5, KES, "0.05");
    format_row(-5, KES, "-0.05");
    format_row(123450, KES, "1234.50");
    format_row(25000, XOF, "25000");
    format_row(0, XOF, "0");
    format_row(-1, TND, "-0.001");
    format_row(INT64_MIN, TND, "-9223372036854775.808");
    format_row(INT64_MIN, XOF, "-9223372036854775808");
    format_row(INT64_MAX, KES, "92233720368547758.07");
}

static void splits_give_the_largest_remainders_a_unit(void **state)
{
    static const int64_t thirds[] = {1, 1, 1};
    static const int64_t weights[] = {50, 0, 30, 20};
    int64_t parts[4];

    (void)state;
    assert_true(amount_split((struct amount){100, KES}, thirds, 3, parts));
    assert_true(parts[0] == 34 && parts[1] == 33 && parts[2] == 33);
    assert_true(amount_split((struct amount){-100, KES}, thirds, 3, parts));
    assert_true(parts[0] == -34 && parts[1] == -33 && parts[2] == -33);
    assert_true(amount_split((struct amount){7, XOF}, weights, 4, parts));
    assert_true(parts[0] == 4 && parts[1] == 0 && parts[2] == 2 && parts[3] == 1);
    assert_true(amount_split((struct amount){INT64_MIN, KES}, weights, 1, parts));
    assert_true(parts[0] == INT64_MIN);
}

static void overflowing_weights_are_refused(void **state)
{
    static const int64_t weights[] = {INT64_MAX, 1};
    int64_t parts[2] = {-1, -1};

    (void)state;
    assert_false(amount_split((struct amount){100, KES}, weights, 2, parts));
    assert_true(parts[0] == -1 && parts[1] == -1);
}

/* Nobody got a unit above its share that one with a larger remainder, or with the same and an
 * earlier place, did not get. */
static void assert_largest_remainders_first(int64_t total, const int64_t *weights,
                                            __int128 weight_sum, const int64_t *parts, size_t count)
{
    __int128 magnitude = total < 0 ? -(__int128)total : total;

    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count; j++) {
            __int128 got = parts[i] < 0 ? -(__int128)parts[i] : parts[i];
            __int128 missed = parts[j] < 0 ? -(__int128)parts[j] : parts[j];
            __int128 rest_got = magnitude * weights[i] % weight_sum;
            __int128 rest_missed = magnitude * weights[j] % weight_sum;

            if (got == magnitude * weights[i] / weight_sum ||
                missed > magnitude * weights[j] / weight_sum)
                continue;
            assert_true(rest_got > rest_missed || (rest_got == rest_missed && i < j));
        }
}

/* Against a naive definition: no part is further than one unit from its exact share, the sum is
 * the total, and the largest remainders got what was left. */
static void random_splits_conserve(void **state)
{
    uint64_t seed = 20260301;

    (void)state;
    for (int round = 0; round < 5000; round++) {
        int64_t weights[9];
        int64_t parts[9];
        int64_t total;
        __int128 sum = 0;
        __int128 weight_sum = 0;
        size_t count = 1 + (size_t)round % 9;

        for (size_t i = 0; i < count; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            weights[i] = (int64_t)(seed >> (round % 3 == 0 ? 8 : 40));
            weights[i] = seed % 7 == 0 ? 0 : weights[i];
            weight_sum += weights[i];
        }
        if (weight_sum == 0)
            continue;
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        total = (int64_t)(seed >> (round % 60)) * (round % 2 == 0 ? 1 : -1);
        if (!amount_split((struct amount){total, KES}, weights, count, parts)) {
            assert_true(weight_sum > INT64_MAX);
            continue;
        }
        for (size_t i = 0; i < count; i++) {
            __int128 exact = (__int128)total * weights[i] / weight_sum;

            sum += parts[i];
            assert_true(parts[i] - exact <= 1 && exact - parts[i] <= 1);
            assert_true(weights[i] != 0 || parts[i] == 0);
        }
        assert_true(sum == total);
        assert_largest_remainders_first(total, weights, weight_sum, parts, count);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arithmetic_refuses_to_wrap),
        cmocka_unit_test(division_rounds_as_named),
        cmocka_unit_test(excess_digits_of_a_decimal_are_refused),
        cmocka_unit_test(texts_are_read_digit_by_digit),
        cmocka_unit_test(what_is_no_number_is_refused),
        cmocka_unit_test(formats_have_the_decimals_of_the_currency),
        cmocka_unit_test(splits_give_the_largest_remainders_a_unit),
        cmocka_unit_test(overflowing_weights_are_refused),
        cmocka_unit_test(random_splits_conserve),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
