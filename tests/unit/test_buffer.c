/*
 * test_buffer.c - bytes that grow up to a ceiling, and say once that they did not fit.
 */
#include "base/buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void grows_up_to_its_ceiling(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, 1000);
    for (int i = 0; i < 1000; i++) {
        buffer_byte(&buffer, (unsigned char)i);
        assert_buffer_state(&buffer);
    }
    assert_false(buffer_failed(&buffer));
    assert_int_equal(buffer.size, 1000);
    for (int i = 0; i < 1000; i++)
        assert_int_equal((unsigned char)buffer.data[i], i & 0xff);
    buffer_byte(&buffer, 'x');
    assert_true(buffer_failed(&buffer));
    assert_int_equal(buffer.size, 1000);
    buffer_done(&buffer);
}

static void once_failed_stays_failed_until_cleared(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, 8);
    buffer_string(&buffer, "12345678");
    buffer_string(&buffer, "9");
    buffer_string(&buffer, ""); /* would fit */
    assert_true(buffer_failed(&buffer));
    assert_null(buffer_reserve(&buffer, 0));
    buffer_clear(&buffer);
    assert_false(buffer_failed(&buffer));
    buffer_string(&buffer, "ok");
    assert_true(text_is(buffer_view(&buffer), "ok"));
    buffer_done(&buffer);
}

static void a_size_that_would_wrap_is_refused(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, SIZE_MAX);
    buffer_string(&buffer, "abc");
    assert_null(buffer_reserve(&buffer, SIZE_MAX - 1));
    assert_true(buffer_failed(&buffer));
    assert_int_equal(buffer.size, 3);
    buffer_done(&buffer);
}

static void reserve_gives_a_place_that_commit_makes_count(void **state)
{
    struct buffer buffer;
    char *at;

    (void)state;
    buffer_init(&buffer, 64);
    at = buffer_reserve(&buffer, 10);
    assert_non_null(at);
    assert_int_equal(buffer.size, 0);
    memcpy(at, "four", 4);
    buffer_commit(&buffer, 4);
    assert_true(text_is(buffer_view(&buffer), "four"));
    buffer_done(&buffer);
}

static void integers_are_big_endian(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, 64);
    buffer_be16(&buffer, 0x0102);
    buffer_be32(&buffer, 0x03040506);
    buffer_be64(&buffer, UINT64_C(0x0708090a0b0c0d0e));
    assert_int_equal(buffer.size, 14);
    for (int i = 0; i < 14; i++)
        assert_int_equal(buffer.data[i], i + 1);
    buffer_done(&buffer);
}

static void format_takes_its_room_exactly(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, 16);
    buffer_format(&buffer, "%s-%d", "0123456789", 12345);
    assert_false(buffer_failed(&buffer));
    assert_true(text_is(buffer_view(&buffer), "0123456789-12345"));
    buffer_format(&buffer, "%d", 1);
    assert_true(buffer_failed(&buffer));
    buffer_done(&buffer);
}

static void json_escapes_what_must_be(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, 256);
    buffer_json(&buffer, TEXT("a\"b\\c\n\t\x01\x1f é"));
    assert_true(text_is(buffer_view(&buffer), "\"a\\\"b\\\\c\\n\\t\\u0001\\u001f é\""));
    buffer_clear(&buffer);
    buffer_json(&buffer, (struct text){NULL, 0});
    assert_true(text_is(buffer_view(&buffer), "\"\""));
    buffer_done(&buffer);
}

static void the_end_takes_null_and_half_built(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_done(NULL);
    buffer_init(&buffer, 1);
    buffer_done(&buffer);
}

static void a_field_of_csv_is_quoted_and_no_formula(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, 200);
    buffer_csv(&buffer, TEXT("a \"b\", c"));
    buffer_csv(&buffer, TEXT("=1+1"));
    buffer_csv(&buffer, TEXT("@x"));
    buffer_csv(&buffer, TEXT("1-2"));
    buffer_csv(&buffer, TEXT(""));
    buffer_byte(&buffer, 0);
    assert_string_equal(buffer.data, "\"a \"\"b\"\", c\"\"'=1+1\"\"'@x\"\"1-2\"\"\"");
    buffer_done(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_field_of_csv_is_quoted_and_no_formula),
        cmocka_unit_test(grows_up_to_its_ceiling),
        cmocka_unit_test(once_failed_stays_failed_until_cleared),
        cmocka_unit_test(a_size_that_would_wrap_is_refused),
        cmocka_unit_test(reserve_gives_a_place_that_commit_makes_count),
        cmocka_unit_test(integers_are_big_endian),
        cmocka_unit_test(format_takes_its_room_exactly),
        cmocka_unit_test(json_escapes_what_must_be),
        cmocka_unit_test(the_end_takes_null_and_half_built),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
