/*
 * test_payment_file.c - payment files: states, ids, signatures, the X set, what becomes of answers.
 */
#include "domain/iban.h"
#include "domain/payment_file.h"
#include "domain/x_set.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* ---- the X set (66) ---- */

static void assert_folds(const char *text, size_t size_max, const char *expected)
{
    struct buffer out;

    buffer_init(&out, 4096);
    x_set_fold(text_of(text), size_max, &out);
    buffer_byte(&out, '\0');
    assert_string_equal(out.data, expected);
    assert_true(x_set_holds(text_of(out.data)));
    assert_true(strlen(out.data) <= size_max);
    buffer_done(&out);
}

static void test_rule_66_texts_are_folded(void **state)
{
    (void)state;
    assert_folds("Société & Frères", 140, "Societe + Freres");
    assert_folds("Ọ̀ṣun_Bank \"Plc\"", 140, "Osun-Bank 'Plc'");
    assert_folds("Ɓaƙin Ɗan Ŋmɛɔ", 140, "Bakin Dan Nmeo");
    assert_folds("<b>1 < 2</b>;", 140, ".b.1 . 2./b.,");
    assert_folds("日本銀行", 140, "....");
    assert_folds("  blanks \t around  ", 140, "blanks   around");
    assert_folds("cut in time", 4, "cut");
    assert_folds("é", 1, "e");
    assert_folds("", 140, "");
}

/* Every code point gives characters of the set, or none. */
static void test_rule_66_no_character_escapes(void **state)
{
    struct buffer point;
    struct buffer out;

    (void)state;
    buffer_init(&point, 8);
    buffer_init(&out, 8);
    for (uint32_t i = 1; i <= 0x10FFFF; i++) {
        if (i >= 0xD800 && i <= 0xDFFF)
            continue;
        buffer_clear(&point);
        buffer_clear(&out);
        buffer_utf8(&point, i);
        x_set_fold(buffer_view(&point), 4, &out);
        assert_true(out.size <= 1);
        assert_true(x_set_holds(buffer_view(&out)));
    }
    buffer_done(&point);
    buffer_done(&out);
}

/* ---- files ---- */

static struct payment_order order(unsigned char last, int64_t minor)
{
    struct payment_order one = {.amount_minor = minor};

    one.instruction_id.bytes[15] = last;
    return one;
}

static void test_the_sum_is_checked(void **state)
{
    const struct payment_order orders[] = {order(1, INT64_MAX), order(2, 1)};
    struct payment_file file = {.orders = orders, .order_count = 1};

    (void)state;
    assert_true(payment_file_sum(&file));
    assert_int_equal(file.sum_minor, INT64_MAX);
    file.order_count = 2;
    assert_false(payment_file_sum(&file)); /* I11 */
    file.order_count = 0;
    assert_false(payment_file_sum(&file));
}

static void test_the_id_follows_from_what_a_file_holds(void **state)
{
    const struct payment_order one_way[] = {order(1, 5), order(2, 6)};
    const struct payment_order other_way[] = {order(2, 6), order(1, 5)};
    struct uuid first = payment_file_id(one_way, 2, 0);
    struct uuid same = payment_file_id(other_way, 2, 0);
    struct uuid fewer = payment_file_id(one_way, 1, 0);
    struct uuid again = payment_file_id(one_way, 2, 1);

    (void)state;
    assert_int_equal(uuid_compare(&first, &same), 0);
    assert_int_not_equal(uuid_compare(&first, &fewer), 0);
    assert_int_not_equal(uuid_compare(&first, &again), 0);
}

static void test_rule_68_a_uetr_is_version_4_and_stable(void **state)
{
    struct uuid id = order(7, 1).instruction_id;
    struct uuid one = payment_uetr(&id);
    struct uuid same = payment_uetr(&id);

    (void)state;
    assert_int_equal(uuid_version(&one), 4);
    assert_int_equal(one.bytes[8] >> 6, 2);
    assert_int_equal(uuid_compare(&one, &same), 0);
    assert_int_not_equal(uuid_compare(&one, &id), 0);
}

static void test_signatures_follow_threshold_and_profile(void **state)
{
    struct bank_profile profile = {.release_threshold_minor = 100};

    (void)state;
    assert_int_equal(bank_signatures(&profile, 100), 1);
    assert_int_equal(bank_signatures(&profile, 101), 2);
    profile.release_automatic = true;
    assert_int_equal(bank_signatures(&profile, 100), 0);
    assert_int_equal(bank_signatures(&profile, 101), 2);
}

/* The drawing in payment_file.h has one "FROM --function--> TO" per row of the table. */
static void test_the_drawing_shows_the_transitions(void **state)
{
    static char header[32768];
    FILE *file = fopen("common/domain/payment_file.h", "r");
    size_t count;
    size_t arrows = 0;
    const struct file_transition *rows = file_transitions(&count);

    (void)state;
    assert_non_null(file);
    header[fread(header, 1, sizeof header - 1, file)] = '\0';
    fclose(file);
    for (size_t i = 0; i < count; i++) {
        char arrow[96];

        snprintf(arrow, sizeof arrow, "%s --%s--> %s", file_state_name(rows[i].from),
                 rows[i].function, file_state_name(rows[i].to));
        if (strstr(header, arrow) == NULL)
            fail_msg("payment_file.h does not draw: %s", arrow);
    }
    for (const char *at = strstr(header, "--relay_"); at != NULL; at = strstr(at + 1, "--relay_"))
        arrows++;
    assert_int_equal(arrows, count);
}

/* ---- answers ---- */

static void test_statuses_move_forward_only(void **state)
{
    static const struct {
        enum instruction_status known, said;
        enum status_outcome outcome;
    } rows[] = {
        {INSTRUCTION_PENDING, INSTRUCTION_SETTLED, STATUS_UNKNOWN},
        {INSTRUCTION_SENT, INSTRUCTION_SENT, STATUS_SAME},
        {INSTRUCTION_SENT, INSTRUCTION_ACCEPTED, STATUS_APPLIED},
        {INSTRUCTION_SENT, INSTRUCTION_SETTLED, STATUS_APPLIED},
        {INSTRUCTION_SENT, INSTRUCTION_REJECTED, STATUS_APPLIED},
        {INSTRUCTION_ACCEPTED, INSTRUCTION_SENT, STATUS_STALE},
        {INSTRUCTION_ACCEPTED, INSTRUCTION_REJECTED, STATUS_APPLIED},
        {INSTRUCTION_SETTLED, INSTRUCTION_SETTLED, STATUS_SAME},
        {INSTRUCTION_SETTLED, INSTRUCTION_ACCEPTED, STATUS_STALE},
        {INSTRUCTION_SETTLED, INSTRUCTION_REJECTED, STATUS_CONTRADICTS},
        {INSTRUCTION_REJECTED, INSTRUCTION_SETTLED, STATUS_CONTRADICTS},
        {INSTRUCTION_REJECTED, INSTRUCTION_SENT, STATUS_STALE},
        {INSTRUCTION_PENDING, INSTRUCTION_RETURNED, STATUS_UNKNOWN},
        {INSTRUCTION_SENT, INSTRUCTION_RETURNED, STATUS_APPLIED},
        {INSTRUCTION_SETTLED, INSTRUCTION_RETURNED, STATUS_APPLIED},
        {INSTRUCTION_REJECTED, INSTRUCTION_RETURNED, STATUS_CONTRADICTS},
        {INSTRUCTION_RETURNED, INSTRUCTION_SETTLED, STATUS_STALE},
        {INSTRUCTION_RETURNED, INSTRUCTION_REJECTED, STATUS_CONTRADICTS},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_int_equal(instruction_move(rows[i].known, rows[i].said), rows[i].outcome);
}

/* The table in payment_file.h has a line for each status that may be known, its outcomes in the
 * order of the statuses that may be said. */
static void test_the_header_shows_what_follows_from_statuses(void **state)
{
    static char header[32768];
    FILE *file = fopen("common/domain/payment_file.h", "r");
    size_t rows = 0;

    (void)state;
    assert_non_null(file);
    while (fgets(header, sizeof header, file) != NULL) {
        enum instruction_status known;
        char names[INSTRUCTION_RETURNED + 1][16];
        char rest;

        if (sscanf(header, " * %15s %15s %15s %15s %15s %15s %c", names[0], names[1], names[2],
                   names[3], names[4], names[5], &rest) != INSTRUCTION_RETURNED + 1 ||
            !instruction_status_parse(text_of(names[0]), &known))
            continue;
        rows++;
        for (enum instruction_status said = INSTRUCTION_SENT; said <= INSTRUCTION_RETURNED; said++)
            assert_string_equal(status_outcome_name(instruction_move(known, said)), names[said]);
    }
    fclose(file);
    assert_int_equal(rows, INSTRUCTION_RETURNED + 1);
}

static struct payment_return back(int64_t minor, const char *code, const char *reference)
{
    struct payment_return one = {{minor, CURRENCY_NONE}, text_of(reference)};

    assert_true(currency_parse(text_of(code), &one.amount.currency));
    return one;
}

static void test_what_comes_back_is_what_was_sent_or_less(void **state)
{
    const struct amount sent = back(500, "KES", "").amount;
    const struct payment_return known = back(480, "KES", "R1");
    const struct {
        enum instruction_status status;
        struct payment_return said;
        enum status_outcome outcome;
    } rows[] = {
        {INSTRUCTION_PENDING, back(500, "KES", "R1"), STATUS_UNKNOWN},
        {INSTRUCTION_SENT, back(500, "KES", "R1"), STATUS_APPLIED},
        {INSTRUCTION_SETTLED, back(480, "KES", ""), STATUS_APPLIED}, /* charges */
        {INSTRUCTION_SETTLED, back(1, "KES", "R1"), STATUS_APPLIED},
        {INSTRUCTION_SETTLED, back(501, "KES", "R1"), STATUS_CONTRADICTS},
        {INSTRUCTION_SETTLED, back(0, "KES", "R1"), STATUS_CONTRADICTS},
        {INSTRUCTION_SETTLED, back(-1, "KES", "R1"), STATUS_CONTRADICTS},
        {INSTRUCTION_SETTLED, back(500, "UGX", "R1"), STATUS_CONTRADICTS},
        {INSTRUCTION_REJECTED, back(500, "KES", "R1"), STATUS_CONTRADICTS},
        {INSTRUCTION_RETURNED, back(480, "KES", "R1"), STATUS_SAME},
        {INSTRUCTION_RETURNED, back(480, "KES", "R2"), STATUS_CONTRADICTS},
        {INSTRUCTION_RETURNED, back(20, "KES", "R1"), STATUS_CONTRADICTS},
        {INSTRUCTION_RETURNED, back(480, "UGX", "R1"), STATUS_CONTRADICTS},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_int_equal(payment_return_move(rows[i].status, sent,
                                             rows[i].status == INSTRUCTION_RETURNED ? &known : NULL,
                                             &rows[i].said),
                         rows[i].outcome);
}

static void test_codes_of_banks(void **state)
{
    enum instruction_status status = INSTRUCTION_PENDING;

    (void)state;
    assert_true(payment_status_read(TEXT("ACSC"), &status));
    assert_int_equal(status, INSTRUCTION_SETTLED);
    assert_true(payment_status_read(TEXT("RJCT"), &status));
    assert_int_equal(status, INSTRUCTION_REJECTED);
    assert_true(payment_status_read(TEXT("PDNG"), &status));
    assert_int_equal(status, INSTRUCTION_SENT);
    assert_false(payment_status_read(TEXT("PART"), &status)); /* of a group, and of no one in it */
    assert_false(payment_status_read(TEXT(""), &status));
    assert_int_equal(status, INSTRUCTION_SENT);
}

/* ---- IBAN ---- */

static void test_ibans_by_their_check_digits(void **state)
{
    (void)state;
    assert_true(iban_is_valid(TEXT("GB82WEST12345698765432"))); /* ISO 13616, its own example */
    assert_false(iban_is_valid(TEXT("GB82WEST12345698765433")));
    assert_false(iban_is_valid(TEXT("0000000101")));
    assert_false(iban_is_valid(TEXT("gb82west12345698765432")));
    assert_false(iban_is_valid(TEXT("GB82-WEST-12345698765432")));
    assert_false(iban_is_valid(TEXT("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rule_66_texts_are_folded),
        cmocka_unit_test(test_rule_66_no_character_escapes),
        cmocka_unit_test(test_the_sum_is_checked),
        cmocka_unit_test(test_the_id_follows_from_what_a_file_holds),
        cmocka_unit_test(test_rule_68_a_uetr_is_version_4_and_stable),
        cmocka_unit_test(test_signatures_follow_threshold_and_profile),
        cmocka_unit_test(test_the_drawing_shows_the_transitions),
        cmocka_unit_test(test_statuses_move_forward_only),
        cmocka_unit_test(test_the_header_shows_what_follows_from_statuses),
        cmocka_unit_test(test_what_comes_back_is_what_was_sent_or_less),
        cmocka_unit_test(test_codes_of_banks),
        cmocka_unit_test(test_ibans_by_their_check_digits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
