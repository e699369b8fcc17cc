/*
 * test_frame.c - the five bytes in front of an Avro body.
 */
#include "codec/avro/frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static enum reason read_reason(struct text value)
{
    uint32_t id = 77;
    struct text body = TEXT("untouched");
    enum reason reason = frame_read(value, &id, &body);

    if (reason != REASON_NONE) {
        assert_int_equal(id, 77);
        assert_true(text_is(body, "untouched"));
    }
    return reason;
}

static void test_id_is_big_endian(void **state)
{
    uint32_t id;
    struct text body;

    (void)state;
    assert_int_equal(frame_read(TEXT("\0\x01\x02\x03\x04"
                                     "body"),
                                &id, &body),
                     REASON_NONE);
    assert_int_equal(id, 0x01020304);
    assert_true(text_is(body, "body"));
}

static void test_write_is_the_inverse(void **state)
{
    static const uint32_t ids[] = {0, 1, 255, 256, UINT32_MAX};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        unsigned char header[FRAME_HEADER_SIZE];
        uint32_t id;
        struct text body;

        frame_write(ids[i], header);
        assert_int_equal(frame_read((struct text){(const char *)header, sizeof header}, &id, &body),
                         REASON_NONE);
        assert_int_equal(id, ids[i]);
        assert_int_equal(body.size, 0);
    }
}

static void test_what_is_not_the_frame(void **state)
{
    (void)state;
    assert_int_equal(read_reason((struct text){NULL, 0}), REASON_VALUE_MISSING);
    assert_int_equal(read_reason(TEXT("")), REASON_FRAME_UNKNOWN);
    assert_int_equal(read_reason(TEXT("\0\0\0\1")), REASON_FRAME_UNKNOWN);
    assert_int_equal(read_reason(TEXT("\1\0\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17")),
                     REASON_FRAME_UNKNOWN);
    assert_int_equal(read_reason(TEXT("{\"event_id\": 1}")), REASON_FRAME_UNKNOWN);
}

static void test_ceiling_of_one_message(void **state)
{
    char *bytes = calloc(1, MESSAGE_SIZE_MAX + 1);

    (void)state;
    assert_non_null(bytes);
    assert_int_equal(read_reason((struct text){bytes, MESSAGE_SIZE_MAX}), REASON_NONE);
    assert_int_equal(read_reason((struct text){bytes, MESSAGE_SIZE_MAX + 1}),
                     REASON_VALUE_OVERSIZED);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_id_is_big_endian),
        cmocka_unit_test(test_write_is_the_inverse),
        cmocka_unit_test(test_what_is_not_the_frame),
        cmocka_unit_test(test_ceiling_of_one_message),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
