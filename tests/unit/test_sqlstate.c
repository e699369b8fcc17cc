/*
 * test_sqlstate.c - what the runtime does about each class of the server's errors.
 */
#include "store/sqlstate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct {
    const char *sqlstate;
    enum status status;
} expected[] = {
    {"23505", DUPLICATE}, /* unique violation                        */
    {"23514", REJECT},    /* check constraint (named below)          */
    {"23503", REJECT},    /* foreign key                             */
    {"23502", REJECT},    /* not null                                */
    {"23P01", REJECT},    /* exclusion                               */
    {"22003", REJECT},    /* out of range                            */
    {"22P03", REJECT},    /* bad binary representation               */
    {"22021", REJECT},    /* not in the encoding                     */
    {"40001", RETRY},     /* serialization failure                   */
    {"40P01", RETRY},     /* deadlock                                */
    {"55P03", RETRY},     /* lock time-out                           */
    {"57014", RETRY},     /* statement time-out                      */
    {"57P01", RETRY},     /* ended by an administrator               */
    {"57P03", RETRY},     /* starting up                             */
    {"25006", RETRY},     /* read-only: no longer the primary        */
    {"53100", RETRY},     /* disk full                               */
    {"53300", RETRY},     /* too many connections                    */
    {"58030", RETRY},     /* I/O error                               */
    {"08006", RETRY},     /* connection failure                      */
    {"08P01", RETRY},     /* protocol violation                      */
    {"25P03", RETRY},     /* idle in transaction: we were stopped    */
    {"25P02", FATAL},     /* in a failed transaction: a bug of ours  */
    {"28P01", FATAL},     /* password                                */
    {"42501", FATAL},     /* insufficient privilege                  */
    {"42P01", FATAL},     /* no such table: wrong schema version     */
    {"3D000", FATAL},     /* no such database                        */
    {"XX000", FATAL},     /* internal error                          */
    {"", FATAL},
};

static void each_class_has_its_treatment(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(expected); i++)
        assert_int_equal(sqlstate_status(expected[i].sqlstate, "a_constraint"), expected[i].status);
}

static void a_check_without_a_name_is_a_missing_partition(void **state)
{
    (void)state;
    assert_int_equal(sqlstate_status("23514", ""), RETRY);
    assert_int_equal(sqlstate_status("23514", "payment_amounts_positive"), REJECT);
    assert_int_equal(sqlstate_status("23505", ""), DUPLICATE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_class_has_its_treatment),
        cmocka_unit_test(a_check_without_a_name_is_a_missing_partition),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
