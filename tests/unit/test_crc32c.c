/*
 * test_crc32c.c - CRC-32C: the vectors of RFC 3720 B.4, and the processor's instruction against the
 * definition bit by bit.
 */
#include "base/crc32c.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { POLYNOMIAL = (int)0x82f63b78 }; /* Castagnoli, reflected */

static uint32_t bit_by_bit(uint32_t crc, const char *bytes, size_t size)
{
    crc = ~crc;
    for (size_t i = 0; i < size; i++) {
        crc ^= (unsigned char)bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ ((crc & 1) != 0 ? (uint32_t)POLYNOMIAL : 0);
    }
    return ~crc;
}

static void gives_the_vectors_of_rfc_3720(void **state)
{
    char zeros[32] = {0};
    char ones[32];
    char rising[32];
    char falling[32];

    (void)state;
    memset(ones, 0xff, sizeof ones);
    for (int i = 0; i < 32; i++) {
        rising[i] = (char)i;
        falling[i] = (char)(31 - i);
    }
    assert_int_equal(crc32c(0, (struct text){zeros, 32}), 0x8a9136aa);
    assert_int_equal(crc32c(0, (struct text){ones, 32}), 0x62a8ab43);
    assert_int_equal(crc32c(0, (struct text){rising, 32}), 0x46dd794e);
    assert_int_equal(crc32c(0, (struct text){falling, 32}), 0x113fdb5c);
    assert_int_equal(crc32c(0, TEXT("123456789")), 0xe3069283);
    assert_int_equal(crc32c(0, TEXT("")), 0);
}

static void equals_the_definition_at_every_size_and_place(void **state)
{
    char bytes[300];
    uint64_t seed = 7;

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        bytes[i] = (char)(seed >> 56);
    }
    for (size_t from = 0; from < 9; from++)
        for (size_t size = 0; size + from <= sizeof bytes; size++)
            assert_int_equal(crc32c(11, (struct text){bytes + from, size}),
                             bit_by_bit(11, bytes + from, size));
}

static void goes_on_where_it_stopped(void **state)
{
    const struct text whole = TEXT("key and value of one record");

    (void)state;
    for (size_t cut = 0; cut <= whole.size; cut++) {
        uint32_t first = crc32c(0, (struct text){whole.data, cut});

        assert_int_equal(crc32c(first, (struct text){whole.data + cut, whole.size - cut}),
                         crc32c(0, whole));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_vectors_of_rfc_3720),
        cmocka_unit_test(equals_the_definition_at_every_size_and_place),
        cmocka_unit_test(goes_on_where_it_stopped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
