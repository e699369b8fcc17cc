/*
 * test_customer_event.c - who pays whom: what a bank could hold, and the bytes that are sealed.
 */
#include "codec/event/customer_event.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct customer whole(void)
{
    return (struct customer){
        .debtor = {TEXT("Wanjiku"), TEXT("254700000001"), TEXT("KE"), TEXT("Nairobi")},
        .creditor = {TEXT("Chukwu"), TEXT("0000000107"), TEXT("NG"), TEXT("Lagos")},
        .purpose = TEXT("SALA"),
    };
}

/* The reason for whole() with one text changed. */
#define WITH(field, text)                                                                          \
    ({                                                                                             \
        struct customer one = whole();                                                             \
        one.field = (text);                                                                        \
        customer_check(&one);                                                                      \
    })

static void names_and_accounts_of_both_are_there(void **state)
{
    (void)state;
    assert_int_equal(WITH(purpose, TEXT("SALA")), REASON_NONE);
    assert_int_equal(WITH(debtor.name, TEXT("")), REASON_PARTIES_MISSING);
    assert_int_equal(WITH(debtor.account, TEXT("")), REASON_PARTIES_MISSING);
    assert_int_equal(WITH(creditor.name, TEXT("")), REASON_PARTIES_MISSING);
    assert_int_equal(WITH(creditor.account, TEXT("")), REASON_PARTIES_MISSING);
    assert_int_equal(WITH(debtor.country, TEXT("")), REASON_NONE);
    assert_int_equal(WITH(creditor.town, TEXT("")), REASON_NONE);
    assert_int_equal(WITH(purpose, TEXT("")), REASON_NONE);
}

static void what_no_bank_can_hold_is_refused(void **state)
{
    static char long_name[4 * CUSTOMER_NAME_MAX + 8];

    (void)state;
    memset(long_name, 'a', sizeof long_name);
    assert_int_equal(WITH(debtor.name, ((struct text){long_name, CUSTOMER_NAME_MAX})), REASON_NONE);
    assert_int_equal(WITH(debtor.name, ((struct text){long_name, CUSTOMER_NAME_MAX + 1})),
                     REASON_PARTIES_INVALID);
    assert_int_equal(WITH(debtor.name, TEXT("a\x01"
                                            "b")),
                     REASON_PARTIES_INVALID);
    assert_int_equal(WITH(debtor.name, TEXT("\xff")), REASON_PARTIES_INVALID);
    assert_int_equal(WITH(debtor.name, TEXT("\xe1\x88\xb0")), REASON_PARTIES_INVALID); /* Ge'ez */
    assert_int_equal(WITH(debtor.name, TEXT("...")), REASON_PARTIES_INVALID);
    assert_int_equal(WITH(creditor.account, TEXT("12_34")), REASON_PARTIES_INVALID);
    assert_int_equal(WITH(creditor.account, TEXT(" 1234")), REASON_PARTIES_INVALID);
    assert_int_equal(WITH(creditor.account, TEXT("12345678901234567890123456789012345")),
                     REASON_PARTIES_INVALID);
    assert_int_equal(WITH(creditor.country, TEXT("Kenya")), REASON_PARTIES_INVALID);
    assert_int_equal(WITH(creditor.country, TEXT("ke")), REASON_PARTIES_INVALID);
    assert_int_equal(WITH(creditor.town, TEXT("a town with a name of some forty letters")),
                     REASON_PARTIES_INVALID);
    assert_int_equal(WITH(purpose, TEXT("SALAR")), REASON_PARTIES_INVALID);
    assert_int_equal(WITH(purpose, TEXT("sala")), REASON_PARTIES_INVALID);
}

static void what_is_written_is_read_and_nothing_else(void **state)
{
    struct customer given = whole();
    struct customer read;
    struct buffer bytes;

    (void)state;
    buffer_init(&bytes, CUSTOMER_BYTES_MAX);
    customer_bytes_write(&given, &bytes);
    assert_true(customer_bytes_read(buffer_view(&bytes), &read));
    assert_true(text_equal(read.debtor.name, given.debtor.name));
    assert_true(text_equal(read.debtor.town, given.debtor.town));
    assert_true(text_equal(read.creditor.account, given.creditor.account));
    assert_true(text_equal(read.creditor.country, given.creditor.country));
    assert_true(text_equal(read.purpose, given.purpose));
    for (size_t size = 0; size < bytes.size; size++)
        assert_false(customer_bytes_read((struct text){bytes.data, size}, &read));
    bytes.data[0] = 2;
    assert_false(customer_bytes_read(buffer_view(&bytes), &read));
    bytes.data[0] = 1;
    buffer_byte(&bytes, 0);
    assert_false(customer_bytes_read(buffer_view(&bytes), &read));
    buffer_done(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_accounts_of_both_are_there),
        cmocka_unit_test(what_no_bank_can_hold_is_refused),
        cmocka_unit_test(what_is_written_is_read_and_nothing_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
