/*
 * test_uuid.c - 128-bit identities: read exactly, written back the same, and the day of a UUIDv7.
 */
#include "base/crypto.h"
#include "base/uuid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct uuid uuid_of(const char *text)
{
    struct uuid uuid;

    assert_true(uuid_parse(text_of(text), &uuid));
    return uuid;
}

static void reads_both_forms_in_either_case(void **state)
{
    struct uuid expected = uuid_of("017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
    struct uuid other = uuid_of("017F22E279B07CC398C4DC0C0C07398F");
    char text[UUID_TEXT_SIZE];
    char hex[UUID_HEX_SIZE];

    (void)state;
    assert_int_equal(uuid_compare(&expected, &other), 0);
    uuid_format(&other, text);
    assert_string_equal(text, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
    uuid_format_hex(&other, hex);
    assert_string_equal(hex, "017f22e279b07cc398c4dc0c0c07398f");
}

static void refuses_what_is_no_uuid(void **state)
{
    static const char *const wrong[] = {
        "",
        "017f22e2",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
        "017f22e279b0-7cc3-98c4-dc0c0c07398f-",
        "017f22e2-79b0-7cc3-98c4xdc0c0c07398f",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
        "{017f22e2-79b0-7cc3-98c4-dc0c0c07398}",
        " 17f22e2-79b0-7cc3-98c4-dc0c0c07398f",
        "017f22e2 79b0 7cc3 98c4 dc0c0c07398f",
        "+17f22e279b07cc398c4dc0c0c07398f",
    };
    struct uuid untouched = {{1, 2, 3}};
    struct uuid before = untouched;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        assert_false(uuid_parse(text_of(wrong[i]), &untouched));
        assert_memory_equal(&untouched, &before, sizeof before);
    }
}

static void no_byte_stands_for_a_digit_or_hyphen_it_is_not(void **state)
{
    char text[] = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";

    (void)state;
    for (size_t at = 0; at + 1 < sizeof text; at++) {
        char kept = text[at];

        for (int byte = 0; byte < 256; byte++) {
            struct uuid uuid;
            bool hex = byte != 0 && strchr("0123456789abcdefABCDEF", byte) != NULL;
            bool fits = kept == '-' ? byte == '-' : hex;

            text[at] = (char)byte;
            assert_int_equal(uuid_parse((struct text){text, sizeof text - 1}, &uuid), fits);
        }
        text[at] = kept;
    }
}

static void a_version_7_carries_its_millisecond(void **state)
{
    struct uuid uuid = uuid_of("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"); /* RFC 9562 A.6 */

    (void)state;
    assert_int_equal(uuid_version(&uuid), 7);
    assert_int_equal(uuid_v7_ms(&uuid), 1645557742000);
}

static void a_name_becomes_a_version_5(void **state)
{
    struct uuid one = uuid_of_name(TEXT("P-7"));
    struct uuid same = uuid_of_name(TEXT("P-7"));
    struct uuid other = uuid_of_name(TEXT("P-8"));

    (void)state;
    assert_int_equal(uuid_version(&one), 5);
    assert_int_equal(one.bytes[8] >> 6, 2); /* RFC 9562 4.1 */
    assert_int_equal(uuid_compare(&one, &same), 0);
    assert_int_not_equal(uuid_compare(&one, &other), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_both_forms_in_either_case),
        cmocka_unit_test(refuses_what_is_no_uuid),
        cmocka_unit_test(no_byte_stands_for_a_digit_or_hyphen_it_is_not),
        cmocka_unit_test(a_version_7_carries_its_millisecond),
        cmocka_unit_test(a_name_becomes_a_version_5),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
