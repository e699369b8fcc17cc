/*
 * test_leaf.c - the canonical bytes of a leaf, byte by byte: they are for ever.
 */
#include "domain/leaf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct leaf leaf_of(const struct leaf_range *ranges, size_t range_count)
{
    struct leaf leaf = {.commit_id = 7,
                        .action = TEXT("ingest"),
                        .worker = TEXT("w1"),
                        .actor = TEXT(""),
                        .instant_us = 1,
                        .ranges = ranges,
                        .range_count = range_count};

    memset(leaf.effects.bytes, 0xee, SHA256_SIZE);
    return leaf;
}

/* A leaf without ranges, spelled out: if this test fails, old leaves no longer verify. */
static void test_bytes_are_for_ever(void **state)
{
    static const char head[] = "\0\0\0\013sawa.leaf.1"
                               "\0\0\0\010\0\0\0\0\0\0\0\007"
                               "\0\0\0\006ingest"
                               "\0\0\0\002w1"
                               "\0\0\0\0"
                               "\0\0\0\010\0\0\0\0\0\0\0\001"
                               "\0\0\0\010\0\0\0\0\0\0\0\0"
                               "\0\0\0\040";
    struct leaf leaf = leaf_of(NULL, 0);
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, 4096);
    leaf_encode(&leaf, &buffer);
    assert_int_equal(buffer.size, sizeof head - 1 + SHA256_SIZE);
    assert_memory_equal(buffer.data, head, sizeof head - 1);
    assert_memory_equal(buffer.data + sizeof head - 1, leaf.effects.bytes, SHA256_SIZE);
    buffer_done(&buffer);
}

/* Fields cannot lend each other bytes: "ab" + "c" is not "a" + "bc". */
static void test_two_leaves_differ(void **state)
{
    struct leaf left = leaf_of(NULL, 0);
    struct leaf right = leaf_of(NULL, 0);
    struct buffer buffer;
    size_t middle;

    (void)state;
    left.action = TEXT("ab");
    left.worker = TEXT("c");
    right.action = TEXT("a");
    right.worker = TEXT("bc");
    buffer_init(&buffer, 4096);
    leaf_encode(&left, &buffer);
    middle = buffer.size;
    leaf_encode(&right, &buffer);
    assert_int_equal(buffer.size, 2 * middle);
    assert_memory_not_equal(buffer.data, buffer.data + middle, middle);
    buffer_done(&buffer);
}

/* RFC 6962: MTH({""}) = SHA-256(0x00). */
static void test_hash_is_of_rfc_6962(void **state)
{
    struct digest hash = leaf_hash(TEXT(""));
    char text[2 * SHA256_SIZE + 1];

    (void)state;
    digest_format(&hash, text);
    assert_string_equal(text, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
}

static void test_effects_know_a_null_from_an_empty_text(void **state)
{
    struct effects effects;
    struct digest with_null;
    struct digest with_empty;

    (void)state;
    effects_init(&effects);
    effects_row(&effects, "t", 1);
    effects_null(&effects);
    with_null = effects_end(&effects);
    effects_done(&effects);
    effects_init(&effects);
    effects_row(&effects, "t", 1);
    effects_text(&effects, TEXT(""));
    with_empty = effects_end(&effects);
    effects_done(&effects);
    assert_false(digest_equal(&with_null, &with_empty));
}

static void test_ranges_are_part_of_it(void **state)
{
    struct leaf_range range = {.source = TEXT("KAFKA/c/payments/1"),
                               .partition = 3,
                               .epoch = 2,
                               .first_offset = 10,
                               .next_offset = 12};
    struct leaf none = leaf_of(NULL, 0);
    struct leaf one = leaf_of(&range, 1);
    struct buffer buffer;
    size_t middle;

    (void)state;
    buffer_init(&buffer, 4096);
    leaf_encode(&none, &buffer);
    middle = buffer.size;
    leaf_encode(&one, &buffer);
    assert_int_equal(buffer.size - middle, middle + (4 + 18) + 4 * 12 + 36);
    buffer_done(&buffer);
}

static bool covers(struct text bytes, const struct leaf_range *range)
{
    return leaf_covers(bytes, 7, range);
}

static void test_a_leaf_covers_its_ranges_and_no_other(void **state)
{
    struct leaf_range ranges[] = {{.source = TEXT("KAFKA/c/payments/1"),
                                   .partition = 3,
                                   .epoch = 2,
                                   .first_offset = 10,
                                   .next_offset = 12},
                                  {.source = TEXT("KAFKA/c/payments/1"),
                                   .partition = 4,
                                   .first_offset = 1,
                                   .next_offset = 2}};
    struct leaf leaf = leaf_of(ranges, 2);
    struct leaf_range other = ranges[1];
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, 4096);
    leaf_encode(&leaf, &buffer);
    assert_true(covers(buffer_view(&buffer), &ranges[0]));
    assert_true(covers(buffer_view(&buffer), &ranges[1]));
    assert_false(leaf_covers(buffer_view(&buffer), 8, &ranges[0]));
    other.next_offset++;
    assert_false(covers(buffer_view(&buffer), &other));
    other = ranges[1];
    other.records_root.bytes[0] = 1;
    assert_false(covers(buffer_view(&buffer), &other));
    buffer_done(&buffer);
}

/* Cut anywhere, in memory of its very size, or with a byte more: no leaf. */
static void test_what_is_no_whole_leaf_covers_nothing(void **state)
{
    struct leaf_range range = {.source = TEXT("s"), .first_offset = 1, .next_offset = 2};
    struct leaf leaf = leaf_of(&range, 1);
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, 4096);
    leaf_encode(&leaf, &buffer);
    for (size_t size = 0; size < buffer.size; size++) {
        char *exact = malloc(size + 1);

        assert_non_null(exact);
        memcpy(exact + 1, buffer.data, size);
        assert_false(covers((struct text){exact + 1, size}, &range));
        free(exact);
    }
    buffer_byte(&buffer, 0);
    assert_false(covers(buffer_view(&buffer), &range));
    buffer_done(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes_are_for_ever),
        cmocka_unit_test(test_two_leaves_differ),
        cmocka_unit_test(test_hash_is_of_rfc_6962),
        cmocka_unit_test(test_effects_know_a_null_from_an_empty_text),
        cmocka_unit_test(test_ranges_are_part_of_it),
        cmocka_unit_test(test_a_leaf_covers_its_ranges_and_no_other),
        cmocka_unit_test(test_what_is_no_whole_leaf_covers_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
