/*
 * test_book_file.c - what a person is shown before a corridor changes: exactly what differs.
 */
#include "runtime/book_file.h"

#include "base/crypto.h"
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

/* A fee is told line by line: each has the key of the fee and of its own first word. */
static void test_fees_change_key_by_key(void **state)
{
    (void)state;
    expect_difference("fee A: payer X, currency KES\nfee A: minimum_minor 1, maximum_minor 9\n",
                      "fee A: payer X, currency KES\nfee A: minimum_minor 2, maximum_minor 9\n",
                      "  ~ fee A: minimum_minor: 1, maximum_minor 9 -> 2, maximum_minor 9\n");
    expect_difference("fee A: SLAB tier 1 up to 5\nfee A: SLAB tier 2 up to 9\n",
                      "fee A: SLAB tier 1 up to 6\nfee A: SLAB tier 2 up to 9\n",
                      "  - fee A: SLAB tier 1 up to 5\n  + fee A: SLAB tier 1 up to 6\n");
    expect_difference("fee A: payer X, currency KES\n",
                      "fee A: payer X, currency KES\nfee B: payer X, currency KES\n",
                      "  + fee B: payer X, currency KES\n");
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
        cmocka_unit_test(test_fees_change_key_by_key),
        cmocka_unit_test(test_order_alone_is_no_difference),
        cmocka_unit_test(test_stored_book_reads_as_its_file),
        cmocka_unit_test(test_digests_of_the_example_stay),
        cmocka_unit_test(test_versions_keep_their_digest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
