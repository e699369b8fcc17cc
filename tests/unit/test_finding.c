/*
 * test_finding.c - names of findings, and which of them hold a statement back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/finding.h"

static void a_name_leads_back_to_its_code(void **state)
{
    (void)state;
    for (int code = FINDING_NONE + 1; code < FINDING_COUNT; code++) {
        enum finding_code found = finding_of_name(text_of(finding_name((enum finding_code)code)));

        assert_int_equal(found, code);
    }
    assert_int_equal(finding_of_name(TEXT("none")), FINDING_NONE);
    assert_int_equal(finding_of_name(TEXT("balance")), FINDING_NONE);
}

static void errors_hold_as_shipped(void **state)
{
    struct hold_policy policy;

    (void)state;
    hold_policy_init(&policy);
    for (int code = FINDING_NONE + 1; code < FINDING_COUNT; code++) {
        struct finding one = {.code = (enum finding_code)code};
        bool is_error = finding_severity(one.code) == SEVERITY_ERROR;

        assert_int_equal(hold_policy_ask(&policy, &one), is_error ? one.code : FINDING_NONE);
    }
    assert_int_equal(hold_policy_ask(&policy, NULL), FINDING_NONE);
}

static void a_policy_moves_codes(void **state)
{
    struct finding second = {.code = FINDING_BALANCE_MISMATCH};
    struct finding first = {.code = FINDING_CLOSING_MISSING, .next = &second};
    struct hold_policy policy;

    (void)state;
    hold_policy_init(&policy);
    assert_int_equal(hold_policy_ask(&policy, &first), FINDING_CLOSING_MISSING);
    assert_true(hold_policy_set(&policy, TEXT("closing_missing"), false));
    assert_int_equal(hold_policy_ask(&policy, &first), FINDING_NONE);
    assert_true(hold_policy_set(&policy, TEXT("balance_mismatch"), true));
    assert_int_equal(hold_policy_ask(&policy, &first), FINDING_BALANCE_MISMATCH);
}

static void what_no_policy_moves(void **state)
{
    struct finding replaced = {.code = FINDING_STATEMENT_REPLACED};
    struct hold_policy policy;

    (void)state;
    hold_policy_init(&policy);
    assert_true(hold_policy_set(&policy, TEXT("statement_replaced"), false));
    assert_int_equal(hold_policy_ask(&policy, &replaced), FINDING_STATEMENT_REPLACED);
    assert_false(hold_policy_set(&policy, TEXT("cut_short"), false));
    assert_false(hold_policy_set(&policy, TEXT("nothing"), true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_leads_back_to_its_code),
        cmocka_unit_test(errors_hold_as_shipped),
        cmocka_unit_test(a_policy_moves_codes),
        cmocka_unit_test(what_no_policy_moves),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
