/*
 * test_book_file.c - what a person is shown before a corridor changes: exactly what differs.
 */
#include "book_file.h"

#include "base/crypto.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void expect_difference(const char *before, const char *after, const char *expected)
{
    struct buffer out;

    buffer_init(&out, 4096);
    corridor_difference(text_of(before), text_of(after), &out);
    buffer_byte(&out, '\0');
    assert_string_equal(out.data, expected);
    buffer_done(&out);
}

static void test_equal_lines_differ_in_nothing(void **state)
{
    (void)state;
    expect_difference("model: GROSS\nlimit_minor: 5\n", "model: GROSS\nlimit_minor: 5\n", "");
    expect_difference("", "", "");
}

static void test_changes_show_both_sides(void **state)
{
    (void)state;
    expect_difference("model: GROSS\nlimit_minor: 5\n", "model: MULTILATERAL\nlimit_minor: 5\n",
                      "  - model: GROSS\n  + model: MULTILATERAL\n");
}

static void test_order_alone_is_no_difference(void **state)
{
    (void)state;
    expect_difference("participant: A\nparticipant: B\n", "participant: B\nparticipant: A\n", "");
    expect_difference("participant: A\n", "participant: A\nparticipant: AB\n",
                      "  + participant: AB\n");
}

/* The example that ships: read from its file and from what would be stored, it is the same. */
static void test_stored_book_reads_as_its_file(void **state)
{
    struct arena arena;
    struct error error;
    struct book_document document;
    struct corridor_book from_file;
    struct corridor_book stored;
    struct buffer lines[2];

    (void)state;
    arena_init(&arena, 1024 * 1024, 64 * 1024 * 1024);
    assert_int_equal(book_read_file("deploy/corridors.example.yaml", &arena, &error, &document,
                                    &from_file),
                     OK);
    assert_int_equal(book_read_stored(&document, &arena, &error, &stored), OK);
    assert_int_equal(from_file.corridor_count, stored.corridor_count);
    for (size_t i = 0; i < stored.corridor_count; i++) {
        buffer_init(&lines[0], 1024 * 1024);
        buffer_init(&lines[1], 1024 * 1024);
        corridor_lines(&from_file.corridors[i], &lines[0]);
        corridor_lines(&stored.corridors[i], &lines[1]);
        assert_true(text_equal(buffer_view(&lines[0]), buffer_view(&lines[1])));
        assert_true(lines[0].size > 0);
        buffer_done(&lines[0]);
        buffer_done(&lines[1]);
    }
    arena_done(&arena);
}

/* A version that was stored before there were overrides, lags, half days, fees and checks of rates
 * is still as stored: its digest is that of the lines it had then. The example has fees since. */
static void test_digests_of_the_example_stay(void **state)
{
    static const char *const digests[][2] = {
        {"EUR-KES", "e00ec8fa933c67868bed81e2a5e63f6571d76e3a85f3078ca25fb4b07d38c1b6"},
        {"KES-NGN", "9efde16e98f11e4f37eddf73b92ef38316a911a0b978c2922bcfa69352828edc"},
        {"UGX-KES", "846d745ac9f0e3e62b17d643c9d584fda2512f98efa0685c8586a028874430c0"},
        {"XOF-GHS", "abee8f649dd447925f737017391ff04e02404054b9b87a94ca22f5b4ae413664"},
        {"ZAR-ZMW", "d0942d5e84ce0c5676bfd6ce1ba8cb40362485f0a8248a24f2aa77d085e2857f"},
    };
    struct arena arena;
    struct error error;
    struct book_document document;
    struct corridor_book book;

    (void)state;
    arena_init(&arena, 1024 * 1024, 64 * 1024 * 1024);
    assert_int_equal(book_read_file("deploy/corridors.example.yaml", &arena, &error, &document,
                                    &book),
                     OK);
    assert_int_equal(book.corridor_count, COUNT_OF(digests));
    for (size_t i = 0; i < book.corridor_count; i++) {
        char hex[2 * SHA256_SIZE + 1];
        struct corridor corridor = book.corridors[i];
        struct digest digest;
        struct buffer lines;

        corridor.fees.count = 0;
        corridor.checks_rate = false;
        buffer_init(&lines, 1024 * 1024);
        corridor_lines(&corridor, &lines);
        digest = sha256(buffer_view(&lines));
        digest_format(&digest, hex);
        assert_true(text_is(book.corridors[i].code, digests[i][0]));
        assert_string_equal(hex, digests[i][1]);
        buffer_done(&lines);
    }
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal_lines_differ_in_nothing),
        cmocka_unit_test(test_changes_show_both_sides),
        cmocka_unit_test(test_order_alone_is_no_difference),
        cmocka_unit_test(test_stored_book_reads_as_its_file),
        cmocka_unit_test(test_digests_of_the_example_stay),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
