/*
 * test_proof.c - the proof adds up from both sides, says what it cannot explain, and never wraps.
 */
#include "domain/proof.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_both_sides_meet(void **state)
{
    struct proof proof = {.bank_minor = 1000, .book_minor = 1250};

    (void)state;
    assert_true(outstanding_add(&proof.bank, 50, 0));  /* a receipt nobody expects   */
    assert_true(outstanding_add(&proof.book, 300, 5)); /* a payment that is late     */
    assert_true(proof_close(&proof));
    assert_int_equal(proof.unexplained_minor, 0);
    assert_int_equal(proof.bank_minor - proof.bank.minor + proof.book.minor, proof.book_minor);
}

static void test_what_is_left_is_shown(void **state)
{
    struct proof proof = {.bank_minor = 999, .book_minor = 1000};

    (void)state;
    assert_true(proof_close(&proof));
    assert_int_equal(proof.unexplained_minor, -1);
}

static void test_differences_inside_matches_count(void **state)
{
    struct proof proof = {.bank_minor = 97, .book_minor = 100, .difference_minor = -3};

    (void)state;
    assert_true(proof_close(&proof));
    assert_int_equal(proof.unexplained_minor, 0);
}

static void test_nothing_wraps(void **state)
{
    struct proof proof = {.bank_minor = INT64_MAX, .book_minor = INT64_MIN};
    struct outstanding outstanding = {.minor = INT64_MAX};

    (void)state;
    assert_false(proof_close(&proof));
    assert_false(outstanding_add(&outstanding, 1, 0));
}

static void test_ages_fall_into_one_bucket(void **state)
{
    static const struct {
        int32_t age;
        int bucket;
    } rows[] = {{0, 0}, {1, 0}, {2, 1}, {3, 1}, {4, 2}, {7, 2}, {8, 3}, {30, 3}, {31, 4}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_int_equal(age_bucket(rows[i].age), rows[i].bucket);
    assert_int_equal(age_of(10, 8), 0);
    assert_int_equal(age_of(8, 10), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_sides_meet),
        cmocka_unit_test(test_what_is_left_is_shown),
        cmocka_unit_test(test_differences_inside_matches_count),
        cmocka_unit_test(test_nothing_wraps),
        cmocka_unit_test(test_ages_fall_into_one_bucket),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
