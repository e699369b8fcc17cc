/*
 * test_book_file.c - what a person is shown before a corridor changes: exactly what differs.
 */
#include "book_file.h"

#include "base/zone_file.h"
#include "domain/corridor_lines.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void expect_difference(const char *before, const char *after, const char *expected)
{
    struct buffer out;

    buffer_init(&out, 4096);
    lines_difference(text_of(before), text_of(after), &out);
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

static void test_one_value_for_another_is_a_change(void **state)
{
    (void)state;
    expect_difference("model: GROSS\nlimit_minor: 5\n", "model: MULTILATERAL\nlimit_minor: 5\n",
                      "  ~ model: GROSS -> MULTILATERAL\n");
    expect_difference("own_name: A: B\n", "own_name: A\n", "  ~ own_name: A: B -> A\n");
}

static void test_what_comes_and_goes_shows_its_side(void **state)
{
    (void)state;
    expect_difference("uetr: no\n", "uetr: no\nbic: X\n", "  + bic: X\n");
    expect_difference("uetr: no\nbic: X\n", "uetr: no\n", "  - bic: X\n");
    expect_difference("", "model: GROSS\n", "  + model: GROSS\n");
}

/* A list is no single value, even where one of it goes and one comes. */
static void test_lists_change_by_the_line(void **state)
{
    (void)state;
    expect_difference("cut_off: 10:00\ncut_off: 16:00\n", "cut_off: 10:00\ncut_off: 15:00\n",
                      "  - cut_off: 16:00\n  + cut_off: 15:00\n");
    expect_difference("cut_off: 10:00\ncut_off: 16:00\n", "cut_off: 12:00\n",
                      "  - cut_off: 10:00\n  - cut_off: 16:00\n  + cut_off: 12:00\n");
    expect_difference("cut_off: 10:00\n", "cut_off: 12:00\n", "  ~ cut_off: 10:00 -> 12:00\n");
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
    assert_int_equal(book_document_read(&document, "the stored definition", zone_file_source(),
                                        &arena, &error, &stored),
                     OK);
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

/* Lines are for ever: this version was stored by the first release, and must be "as stored" (1). */
static const char small_book[] =
    "holidays: holidays.csv\n"
    "participants:\n"
    "  - {participant_id: 1, code: BANKKE01, country: KE, name: Bank A}\n"
    "  - {participant_id: 2, code: BANKNG01, country: NG, name: Bank B}\n"
    "accounts:\n"
    "  - {code: NOSTRO-USD, servicer_bic: EXAMUS33, scheme: BBAN, servicer_account: \"1\",\n"
    "     currency: USD, statement_format: camt.053}\n"
    "corridors:\n"
    "  - corridor_id: 1\n"
    "    code: KES-NGN\n"
    "    version: 1\n"
    "    effective_from: 2026-01-01\n"
    "    source_currency: KES\n"
    "    target_currency: NGN\n"
    "    settlement_currency: USD\n"
    "    source_country: KE\n"
    "    target_country: NG\n"
    "    model: MULTILATERAL\n"
    "    time_zone: Africa/Nairobi\n"
    "    cut_offs: [\"10:00\", \"16:00\"]\n"
    "    grace_seconds: 300\n"
    "    calendars: [KE, NG]\n"
    "    nostro_account: NOSTRO-USD\n"
    "    limit_minor: 10000000\n"
    "    participants: [BANKKE01, BANKNG01]\n";

static void test_versions_keep_their_digest(void **state)
{
    const struct book_document document = {text_of(small_book),
                                           TEXT("country,date,name\n"
                                                "KE,2026-12-25,C\nNG,2026-10-01,I\n")};
    struct arena arena;
    struct error error;
    struct corridor_book book;
    struct buffer scratch;
    struct digest digest;
    char hex[2 * SHA256_SIZE + 1];

    (void)state;
    arena_init(&arena, 1024 * 1024, 64 * 1024 * 1024);
    buffer_init(&scratch, 1024 * 1024);
    assert_int_equal(book_document_read(&document, "a book", zone_file_source(), &arena, &error,
                                        &book),
                     OK);
    digest = corridor_digest(&book.corridors[0], &scratch);
    digest_format(&digest, hex);
    assert_string_equal(hex, "c71c6d47e29c53783de8057cfa80094466413e1f20a1f3e8df2c041c43fbef1a");
    buffer_done(&scratch);
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal_lines_differ_in_nothing),
        cmocka_unit_test(test_one_value_for_another_is_a_change),
        cmocka_unit_test(test_what_comes_and_goes_shows_its_side),
        cmocka_unit_test(test_lists_change_by_the_line),
        cmocka_unit_test(test_order_alone_is_no_difference),
        cmocka_unit_test(test_stored_book_reads_as_its_file),
        cmocka_unit_test(test_versions_keep_their_digest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
