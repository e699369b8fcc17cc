/*
 * test_ledger.c - what sawa-ledger decides without a database: places, money, totals, what is due,
 * sheets.
 */
#include "ledger.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_an_entry_is_commit_and_line(void **state)
{
    static const char *const bad[] = {"",     "1",    "1/",  "/1",    "1/0",          "0/1",
                                      "-1/1", "1/-1", "1/x", "1/1/1", "1/2147483648", " 1/1"};
    struct place place = {0};

    (void)state;
    assert_true(place_parse(TEXT("4711/2"), &place));
    assert_int_equal(place.commit_id, 4711);
    assert_int_equal(place.line, 2);
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(place_parse(text_of(bad[i]), &place));
    assert_int_equal(place.commit_id, 4711); /* untouched */
}

static void money_is(__int128 minor, const char *code, const char *wanted)
{
    char text[MONEY_TEXT_SIZE];
    struct text money = money_text(minor, text_of(code), text);

    assert_int_equal(money.size, strlen(wanted));
    assert_memory_equal(money.data, wanted, money.size);
}

static void test_money_keeps_every_digit(void **state)
{
    (void)state;
    money_is(0, "KES", "0.00");
    money_is(5, "KES", "0.05");
    money_is(-5, "KES", "-0.05");
    money_is(123456, "KES", "1234.56");
    money_is(0, "UGX", "0");
    money_is(-1200, "UGX", "-1200");
    money_is(7, "TND", "0.007");
    money_is(INT64_MIN, "KES", "-92233720368547758.08");
    money_is((__int128)INT64_MAX * 3, "UGX", "27670116110564327421");
    money_is(12, "QQQ", "12 minor"); /* a currency of another version is not guessed */
    money_is(-((__int128)1 << 126) * 2, "TND", "-170141183460469231731687303715884105.728");
}

static void test_totals_see_each_difference(void **state)
{
    static struct totals totals;
    struct total *kes = totals_of(&totals, TEXT("KES"));
    struct total wrong;

    (void)state;
    total_add(kes, 0, 700, 200);
    total_add(kes, 50, 0, 500);
    total_add(kes, -50, 0, 0);
    kes->entries_minor = 700;
    assert_ptr_equal(totals_of(&totals, TEXT("KES")), kes);
    assert_ptr_not_equal(totals_of(&totals, TEXT("NGN")), kes);
    assert_int_equal(kes->balance_debit, 500);
    assert_int_equal(kes->balance_credit, 500);
    assert_true(total_is_balanced(kes));
    wrong = *kes;
    wrong.credit++;
    assert_false(total_is_balanced(&wrong));
    wrong = *kes;
    wrong.entries_minor--;
    assert_false(total_is_balanced(&wrong));
    wrong = *kes;
    total_add(&wrong, 1, 0, 0); /* a balance from nowhere, turnover untouched */
    assert_false(total_is_balanced(&wrong));
}

static void test_totals_of_extremes_do_not_wrap(void **state)
{
    static struct totals totals;
    struct total *total = totals_of(&totals, TEXT("UGX"));

    (void)state;
    for (int i = 0; i < 3; i++)
        total_add(total, INT64_MAX, INT64_MAX, 0);
    assert_true(total->debit == (__int128)INT64_MAX * 3);
    assert_true(total->balance_debit == (__int128)INT64_MAX * 6);
}

static void test_currencies_have_a_ceiling(void **state)
{
    static struct totals totals;

    (void)state;
    for (int i = 0; i < TOTALS_MAX; i++) {
        const char code[] = {(char)('A' + i / 26), (char)('A' + i % 26), 'X', '\0'};

        assert_non_null(totals_of(&totals, text_of(code)));
    }
    assert_null(totals_of(&totals, TEXT("ZZZ")));
    assert_non_null(totals_of(&totals, TEXT("AAX")));
}

static void test_what_is_due_follows_the_model(void **state)
{
    static const struct {
        enum settlement_model model;
        int32_t counterparty_id; /* 0: the agent, who nets in every model */
        bool collects;
        int64_t owes, is_owed, due;
    } rows[] = {
        {MODEL_GROSS, 7, true, 130, 40, 130},        {MODEL_GROSS, 7, false, 130, 40, 40},
        {MODEL_GROSS, 0, true, 130, 40, 90},         {MODEL_GROSS, 0, false, 130, 40, 0},
        {MODEL_BILATERAL, 7, true, 130, 40, 90},     {MODEL_BILATERAL, 7, false, 130, 40, 0},
        {MODEL_MULTILATERAL, 0, false, 40, 100, 60}, {MODEL_MULTILATERAL, 0, true, 40, 100, 0},
    };
    const struct sides far_apart = {.owes_minor = INT64_MIN, .is_owed_minor = INT64_MAX};
    int64_t due = 7;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct sides sides = {rows[i].owes, rows[i].is_owed};

        assert_true(due_of(rows[i].model, &sides, rows[i].counterparty_id, rows[i].collects, &due));
        assert_int_equal(due, rows[i].due);
    }
    due = 7;
    assert_false(due_of(MODEL_MULTILATERAL, &far_apart, 0, true, &due));
    assert_int_equal(due, 7);
}

static const struct column columns[] = {{"name", 6, false},
                                        {"amount", 8, true},
                                        {"note", 0, false}};

static void sheet_is(enum sheet_format format, const char *wanted)
{
    const struct text first[] = {TEXT("a"), TEXT("-1.50"), TEXT("")};
    const struct text second[] = {TEXT("=b\"c"), TEXT("20.00"), TEXT("x, y")};
    struct sheet sheet;

    sheet_init(&sheet, format, columns, COUNT_OF(columns));
    sheet_head(&sheet);
    sheet_row(&sheet, first);
    sheet_row(&sheet, second);
    sheet_tail(&sheet);
    assert_int_equal(sheet.row_count, 2);
    assert_int_equal(sheet.out.size, strlen(wanted));
    assert_memory_equal(sheet.out.data, wanted, sheet.out.size);
    buffer_done(&sheet.out);
}

static void test_one_row_in_three_forms(void **state)
{
    (void)state;
    sheet_is(SHEET_TABLE, "name      amount  note\n"
                          "a          -1.50\n"
                          "=b\"c       20.00  x, y\n");
    sheet_is(SHEET_CSV, "name,amount,note\r\n"
                        "\"a\",-1.50,\"\"\r\n"
                        "\"'=b\"\"c\",20.00,\"x, y\"\r\n");
    sheet_is(SHEET_JSON, "[\n{\"name\":\"a\",\"amount\":\"-1.50\",\"note\":\"\"},"
                         "\n{\"name\":\"=b\\\"c\",\"amount\":\"20.00\",\"note\":\"x, y\"}\n]");
}

static void test_formats_have_names(void **state)
{
    enum sheet_format format = SHEET_TABLE;

    (void)state;
    assert_true(sheet_format_parse(TEXT("json"), &format));
    assert_int_equal(format, SHEET_JSON);
    assert_false(sheet_format_parse(TEXT("xml"), &format));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_entry_is_commit_and_line),
        cmocka_unit_test(test_money_keeps_every_digit),
        cmocka_unit_test(test_totals_see_each_difference),
        cmocka_unit_test(test_totals_of_extremes_do_not_wrap),
        cmocka_unit_test(test_currencies_have_a_ceiling),
        cmocka_unit_test(test_what_is_due_follows_the_model),
        cmocka_unit_test(test_one_row_in_three_forms),
        cmocka_unit_test(test_formats_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
