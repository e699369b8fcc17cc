/*
 * test_csv.c - CSV files by profile (rules 60 to 63 of the statement formats).
 */
#include "statement_fixture.h"

#include "codec/csv/csv_profile.h"
#include "codec/csv/csv_value.h"

static struct arena arena;
static struct csv_profile profile;
static struct statement_profile bank;

static int arena_make(void **state)
{
    (void)state;
    arena_init(&arena, 64 * 1024, 1024 * 1024);
    return 0;
}

static int arena_unmake(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

/* The profile that the next readings are by; "" or what is wrong with it. */
static const char *profile_is(const char *yaml)
{
    static char wrong[512];
    struct error error;

    wrong[0] = '\0';
    if (csv_profile_read(text_of(yaml), "test.yaml", &arena, &error, &profile) != OK)
        snprintf(wrong, sizeof wrong, "%s", error.detail);
    bank = (struct statement_profile){.name = "test", .csv = &profile, .csv_count = 1};
    return wrong;
}

static const char *read_csv(const char *bytes)
{
    return read_by(text_of(bytes), &statement_limits_default, &bank, 0, SIZE_MAX);
}

#define SIGNED                                                                                     \
    "name: test\nmeaning: a test\ndates: ymd\nsigns: signed\ncurrency: KES\naccount: A1\n"         \
    "columns:\n  booking_date: Date\n  amount: Amount\n  text: Text\n  balance: Balance\n"
#define HEADER "Date,Amount,Text,Balance\n"

static void a_small_file_whole(void **state)
{
    (void)state;
    assert_string_equal(profile_is(SIGNED), "");
    read_csv(HEADER "2026-03-01,10.50,\"one, \"\"two\"\"\nthree\",110.50\n"
                    "2026-03-02 12:05:00,-0.50,four,110.00\n");
    has("{\"format\":\"csv\",\"version\":\"test\",\"message_id\":null");
    has("\"account\":{\"id\":\"A1\",\"scheme\":null,\"currency\":\"KES\"");
    has("\"opening_balance\":null,\"closing_balance\":{\"type\":\"CLBD\",\"subtype\":null,"
        "\"amount\":\"110.00\",\"currency\":\"KES\",\"date\":\"2026-03-02\"}");
    has("{\"position\":1,\"value_date\":null,\"booking_date\":\"2026-03-01\","
        "\"booking_time\":null,\"amount\":\"10.50\",\"currency\":\"KES\",\"status\":\"BOOK\"");
    has("\"unstructured\":[\"one, \\\"two\\\"\\nthree\"]");
    has("\"raw\":\"2026-03-01,10.50,\\\"one, \\\"\\\"two\\\"\\\"\\nthree\\\",110.50\"");
    has("\"booking_date\":\"2026-03-02\",\"booking_time\":\"12:05:00\",\"amount\":\"-0.50\"");
    has("closing less entries gives 100.00");
    has_not("balance_mismatch");
}

static void rule_60_zero_and_minus_zero_are_values(void **state)
{
    (void)state;
    profile_is(SIGNED);
    read_csv(HEADER "2026-03-01,0,a,1\n2026-03-01,-0.00,b,1\n");
    assert_int_equal(count_of("\"amount\":\"0.00\",\"currency\":\"KES\""), 2);
    has_not("amount_unreadable");
}

static void rule_61_the_profile_names_the_marks(void **state)
{
    static const struct {
        const char *marks, *text, *read;
    } cases[] = {
        {"decimal_mark: '.'\ngrouping_mark: ','\n", "1,234,567.5", "1234567.50"},
        {"decimal_mark: '.'\ngrouping_mark: ','\n", "-1234.50", "-1234.50"},
        {"decimal_mark: '.'\ngrouping_mark: ','\n", "(1,234.50)", "-1234.50"},
        {"decimal_mark: '.'\ngrouping_mark: ','\n", "1,234.50-", "-1234.50"},
        {"decimal_mark: '.'\ngrouping_mark: ','\n", "KES 1,234.50", "1234.50"},
        {"decimal_mark: '.'\ngrouping_mark: ','\n", "KES -5", "-5.00"},
        {"decimal_mark: '.'\ngrouping_mark: ','\n", "5 kes", "5.00"},
        {"decimal_mark: '.'\ngrouping_mark: ','\n", "1,23", NULL},
        {"decimal_mark: '.'\ngrouping_mark: ','\n", "1,2345", NULL},
        {"decimal_mark: '.'\ngrouping_mark: ','\n", ",123", NULL},
        {"decimal_mark: '.'\ngrouping_mark: ','\n", "1.234,50", NULL},
        {"decimal_mark: '.'\ngrouping_mark: ','\n", "1.234", NULL},
        {"decimal_mark: '.'\ngrouping_mark: ','\n", "12x", NULL},
        {"decimal_mark: '.'\ngrouping_mark: ','\n", "USD 5", NULL},
        {"decimal_mark: '.'\ngrouping_mark: ','\n", "--5", NULL},
        {"decimal_mark: ','\ngrouping_mark: ' '\n", "1 234,5", "1234.50"},
        {"decimal_mark: ','\n", "1.234,50", NULL},
        {"decimal_mark: none\n", "12345", "123.45"},
        {"decimal_mark: none\n", "-12345", "-123.45"},
        {"decimal_mark: none\n", "123.45", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char yaml[512];
        struct statement_amount amount;
        char text[STATEMENT_AMOUNT_TEXT_SIZE];

        snprintf(yaml, sizeof yaml, "%s%s", cases[i].marks, SIGNED);
        assert_string_equal(profile_is(yaml), "");
        if (!csv_amount_of(text_of(cases[i].text), &profile, CURRENCY('K', 'E', 'S'), &amount)) {
            if (cases[i].read != NULL)
                print_message("not read: %s\n", cases[i].text);
            assert_null(cases[i].read);
            continue;
        }
        statement_amount_format(&amount, text);
        assert_non_null(cases[i].read);
        assert_string_equal(text, cases[i].read);
    }
}

#define COLUMNS(signs)                                                                             \
    "name: test\nmeaning: a test\ndates: dmy\nsigns: " signs "\ncurrency: KES\n"                   \
    "columns:\n  booking_date: Date\n  credit: In\n  debit: Out\n"

static void rule_62_columns_for_each_direction(void **state)
{
    (void)state;
    assert_string_equal(profile_is(COLUMNS("columns")), "");
    read_csv("Date,In,Out\n01/03/2026,5,\n1/3/26,0.00,7\n01-Mar-2026,,-7\n1/3/2026,5,7\n"
             "1/3/2026,,\n");
    has("\"amount\":\"5.00\"");
    has("\"amount\":\"-7.00\"");
    assert_int_equal(count_of("\"booking_date\":\"2026-03-01\""), 5);
    assert_int_equal(count_of("\"code\":\"amount_unreadable\",\"severity\":\"error\""), 3);
    assert_string_equal(profile_is(COLUMNS("negative")), "");
    read_csv("Date,In,Out\n01/03/2026,5,0\n1/3/26,,-7\n1/3/26,,7\n");
    has("\"amount\":\"5.00\"");
    has("\"amount\":\"-7.00\"");
    assert_int_equal(count_of("\"code\":\"amount_unreadable\""), 1);
}

static void rule_62_inverted_signs_and_marks(void **state)
{
    (void)state;
    assert_string_equal(profile_is("name: card\nmeaning: a card\ndates: mdy\nsigns: inverted\n"
                                   "columns:\n  booking_date: Date\n  amount: Amount\n"
                                   "  currency: Currency\n"),
                        "");
    read_csv("Currency,Date,Amount\nZAR,03/01/2026,12.00\nZAR,3/1/2026,-5\nUSD,3/1/2026,1\n");
    has("\"amount\":\"-12.00\",\"currency\":\"ZAR\"");
    has("\"amount\":\"5.00\",\"currency\":\"ZAR\"");
    has("\"amount\":\"-1.00\",\"currency\":\"USD\"");
    has("\"account\":{\"id\":null,\"scheme\":null,\"currency\":\"ZAR\"");
    has("\"code\":\"currency_differs\"");
    assert_string_equal(profile_is(
                            "name: m\nmeaning: m\ndates: ymd\nsigns: marks\ncurrency: XOF\n"
                            "credit_marks: [CR]\ndebit_marks: [DR, D]\ndelimiter: ';'\n"
                            "columns:\n  value_date: Valeur\n  amount: Montant\n  mark: Sens\n"),
                        "");
    read_csv(
        "Valeur;Montant;Sens\n20260301;500;cr\n20260301;25000;D\n20260301;1;X\n20260301;-1;CR\n");
    has("\"value_date\":\"2026-03-01\",\"booking_date\":null,\"booking_time\":null,"
        "\"amount\":\"500\",\"currency\":\"XOF\"");
    has("\"amount\":\"-25000\"");
    assert_int_equal(count_of("\"code\":\"amount_unreadable\""), 2);
}

static void rule_62_rows_outside_the_table(void **state)
{
    (void)state;
    assert_string_equal(
        profile_is("name: test\nmeaning: a test\ndates: ymd\nsigns: columns\nlabels:\n"
                   "  Account No: account\n  Holder: account_name\n  Currency: currency\n"
                   "  Opening balance: opening_balance\n  Closing balance: closing_balance\n"
                   "  Total: totals\ncolumns:\n  booking_date: Date\n  credit: In\n  debit: Out\n"),
        "");
    read_csv("The Bank,,\n\nAccount No:,0011,\nHolder,Example Ltd,\ncurrency:,,UGX\n"
             "Opening Balance,100,\n\nDate,In,Out\n\n2026-03-01,50,\n,,\n2026-03-01,,20\n"
             "Total,50,21\nClosing balance:,130\nprinted by,me\n");
    has("\"id\":\"0011\"");
    has("\"name\":\"Example Ltd\"");
    has("\"opening_balance\":{\"type\":\"OPBD\",\"subtype\":null,\"amount\":\"100\","
        "\"currency\":\"UGX\",\"date\":null}");
    has("\"closing_balance\":{\"type\":\"CLBD\",\"subtype\":null,\"amount\":\"130\"");
    has("\"totals\":{\"credit_count\":null,\"credit_amount\":\"50\",\"debit_count\":null,"
        "\"debit_amount\":\"21\"}");
    assert_int_equal(count_of("\"value_date\""), 2);
    has("\"code\":\"control_total_wrong\"");
    has_not("balance_mismatch");
    has("2 columns, where 3 are needed"); /* what is no label and no row holds the file back */
    has("\"code\":\"entry_unreadable\",\"severity\":\"error\"");
}

static void rule_62_without_a_header_columns_are_numbers(void **state)
{
    (void)state;
    assert_string_equal(profile_is("name: n\nmeaning: n\nheader: none\ndates: ymd\nsigns: signed\n"
                                   "currency: KES\ncolumns:\n  booking_date: 2\n  amount: 1\n"),
                        "");
    read_csv("5,2026-03-01\n-6,2026-03-02\n");
    has("\"booking_date\":\"2026-03-01\",\"booking_time\":null,\"amount\":\"5.00\"");
    has("\"amount\":\"-6.00\"");
    has("\"code\":\"closing_missing\",\"severity\":\"error\"");
    has("nothing shows that the file is whole");
}

static void rule_63_mobile_money(void **state)
{
    static const char operator_yaml[] =
        "name: wallet\nmeaning: a wallet\nformat: mobile_money\norder: newest_first\ndates: dmy\n"
        "signs: negative\ncurrency: KES\nbooked: [Completed]\npending: [Pending]\nfee: entry\n"
        "columns:\n  reference: Receipt No.\n  booking_date: Completion Time\n  text: Details\n"
        "  status: Transaction Status\n  credit: Paid In\n  debit: Withdrawn\n  balance: Balance\n"
        "  fee: Fee\n  name: Other Party\n";
    static const char header[] =
        "Receipt No.,Completion Time,Details,Transaction Status,Paid In,Withdrawn,Balance,Fee,"
        "Other Party\n";
    char bytes[2048];

    (void)state;
    assert_string_equal(profile_is(operator_yaml), "");
    snprintf(bytes, sizeof bytes, "%s%s", header,
             "R4,01-03-2026 15:13:31,salary,Completed,,-50.00,847.00,3.00,254 - Asha\n"
             "R3,01-03-2026 15:13:30,fee,Pending,,-1.00,,,\n"
             "R2,01-03-2026 09:00:00,x,Failed,,-9.00,,,\n"
             "R2,01-03-2026 09:00:00,x,0123456789012345678901234567890123456789\xc3\xa9,,,,,\n"
             "R2,01-03-2026 "
             "09:00:00,x,012345678901234567890123456789012345678\xc3\xa9,,,,,\nR2,01-03-2026 "
             "09:00:00,x,failed,7,,,,\n"
             "R1,01-03-2026 08:00:00,from a shop,Completed,900.00,,900.00,,255 - Juma\n");
    read_csv(bytes);
    has("{\"format\":\"mobile_money\",\"version\":\"wallet\"");
    has("\"booking_date\":\"2026-03-01\",\"booking_time\":\"15:13:31\",\"amount\":\"-50.00\"");
    assert_int_equal(count_of("\"servicer_reference\":\"R4\""), 2);
    has("\"amount\":\"-3.00\"");
    has("\"proprietary\":\"FEE\",\"issuer\":\"wallet\"");
    has("\"name\":\"255 - Juma\"");
    assert_int_equal(count_of("\"status\":\"PDNG\""), 1);
    assert_int_equal(count_of("\"value_date\""), 4);
    has("\"information\":\"rows of status 'Failed', which are no entries: 2\\n");
    has("'012345678901234567890123456789012345678', which"); /* no half character */
    has("\"closing_balance\":{\"type\":\"CLBD\",\"subtype\":null,\"amount\":\"847.00\"");
    has("closing less entries gives 0.00");
    has_not("balance_mismatch");
    snprintf(bytes, sizeof bytes, "%s%s", header,
             "R4,01-03-2026 15:13:31,salary,Completed,,-50.00,848.00,3.00,254 - Asha\n"
             "R1,01-03-2026 08:00:00,from a shop,Completed,900.00,,900.00,,255 - Juma\n");
    read_csv(bytes);
    has("the running balance does not follow at 1 rows");
}

static void a_fee_may_be_a_charge_of_the_row(void **state)
{
    (void)state;
    assert_string_equal(profile_is("name: acquirer\nmeaning: cards\ndates: ymd\nsigns: signed\n"
                                   "currency: ZAR\ncolumns:\n  booking_date: D\n  amount: A\n"
                                   "  fee: F\n  customer_reference: C\n  end_to_end_id: E\n"
                                   "  code: T\n  party_account: P\n"),
                        "");
    read_csv("D\tA\tF\tC\tE\tT\tP\n");
    assert_string_equal(answer, "refused format_unknown");
    read_csv("D,A,F,C,E,T,P\n2026-03-01,100,2.50,c,e,SALE,4111\n2026-03-01,100,x,,,,\n");
    has("\"charges\":[{\"amount\":\"-2.50\",\"currency\":\"ZAR\",\"included\":null,\"type\":null}"
        "]");
    has("\"proprietary\":\"SALE\",\"issuer\":\"acquirer\"");
    has("\"customer_reference\":\"c\"");
    has("\"end_to_end_id\":\"e\"");
    has("\"account\":\"4111\"");
    has("\"text\":\"fee 'x'\"");
}

static void dates_in_many_spellings(void **state)
{
    static const struct {
        enum csv_dates order;
        const char *text, *date, *time;
    } cases[] = {
        {CSV_YMD, "2026-03-01", "2026-03-01", ""},
        {CSV_YMD, "2026/3/1 9:05", "2026-03-01", ""},
        {CSV_YMD, "20260301 09:05:07", "2026-03-01", "09:05:07"},
        {CSV_YMD, "2026-03-01T09:05:07+03:00", "2026-03-01", "09:05:07"},
        {CSV_DMY, "01.03.26", "2026-03-01", ""},
        {CSV_DMY, "1 March 2026 09:05", "2026-03-01", "09:05:00"},
        {CSV_DMY, "01Mar2026", "2026-03-01", ""},
        {CSV_DMY, "01032026", "2026-03-01", ""},
        {CSV_DMY, "01-03-2026 12:05:07 AM", "2026-03-01", "00:05:07"},
        {CSV_MDY, "03/01/2026 01:05 PM", "2026-03-01", "13:05:00"},
        {CSV_MDY, "Mar 1 2026", "2026-03-01", ""},
        {CSV_DMY, "30/02/2026", "2026-02-28", ""},
        {CSV_DMY, "03/13/2026", NULL, ""},
        {CSV_YMD, "01-03-2026", NULL, ""},
        {CSV_YMD, "yesterday", NULL, ""},
        {CSV_YMD, "", NULL, ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        calendar_date date;
        char time[CSV_TIME_SIZE];
        char text[DATE_TEXT_SIZE];
        enum date_verdict verdict =
            csv_time_of(text_of(cases[i].text), cases[i].order, &date, time);

        if (cases[i].date == NULL) {
            assert_int_equal(verdict, DATE_IMPOSSIBLE);
            continue;
        }
        assert_int_not_equal(verdict, DATE_IMPOSSIBLE);
        date_format(date, text);
        assert_string_equal(text, cases[i].date);
        assert_string_equal(time, cases[i].time);
    }
}

static void a_profile_says_what_is_wrong_with_it(void **state)
{
    static const struct {
        const char *yaml, *wrong;
    } cases[] = {
        {"nam: x\n", "line 1, key nam: unknown"},
        {"name: x\n", "key meaning: required"},
        {"name: x\nmeaning: x\ndates: ymd\nsigns: both\n",
         "key signs: both is not one of its values"},
        {"name: x\nmeaning: x\ndates: ymd\nsigns: signed\ncolumns:\n  text: T\n",
         "key amount: a column that signs need"},
        {"name: x\nmeaning: x\ndates: ymd\nsigns: signed\ndelimiter: ab\n",
         "ab is not one character"},
        {"name: x\nmeaning: x\nheader: none\ndates: ymd\nsigns: signed\ncolumns:\n  amount: A\n",
         "A is not the number of a column"},
        {"name: x\nmeaning: x\ndates: ymd\nsigns: signed\ncolumns:\n  amount: A\n  status: S\n",
         "key booked: required where there is a status"},
        {"name: x\nmeaning: x\ndates: ymd\nsigns: marks\ncolumns:\n  amount: A\n  mark: M\n",
         "key credit_marks: required where signs are marks"},
        {"name: x\nmeaning: x\ndates: ymd\nsigns: signed\ngrouping_mark: .\ncolumns:\n  amount: "
         "A\n",
         "the same as decimal_mark"},
        {"name: x\nmeaning: x\ndates: ymd\nsigns: signed\nlabels:\n  a: b\ncolumns:\n  amount: A\n",
         "b is not one of its values"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *wrong = profile_is(cases[i].yaml);

        if (strstr(wrong, cases[i].wrong) == NULL)
            print_message("%s\nsays: %s\n", cases[i].yaml, wrong);
        assert_non_null(strstr(wrong, cases[i].wrong));
    }
}

static void a_file_cut_inside_its_last_row_is_refused(void **state)
{
    static const char bytes[] =
        HEADER "2026-03-01,10.50,one,110.50\n2026-03-02,-0.50,\"f\n4\",110.00\n";
    static const size_t second = sizeof HEADER "2026-03-01,10.50,one,110.50\n" - 1;

    (void)state;
    profile_is(SIGNED);
    for (size_t size = second + 1; size < sizeof bytes - 2; size++) {
        read_by((struct text){bytes, size}, &statement_limits_default, &bank, 0, SIZE_MAX);
        if (size < sizeof bytes - 5 && strcmp(answer, "refused cut_short") != 0)
            print_message("read, though cut: %.*s\n", (int)(size - second), bytes + second);
        if (size < sizeof bytes - 5) /* 110 and 110.0 are 110.00 */
            assert_string_equal(answer, "refused cut_short");
    }
    read_csv(bytes);
    assert_int_equal(count_of("\"value_date\""), 2);
}

static void pieces_make_no_difference(void **state)
{
    static const char bytes[] =
        "Bank\r\n" HEADER "2026-03-01,10.50,\"one\r\n\"\"x\"\"\",110.50\r\n\n"
        "2026-02-30,x,f\xe9,110.00\r\n2026-03-02,1\r\n";
    static char whole[ANSWER_SIZE];

    (void)state;
    profile_is(SIGNED);
    memcpy(whole, read_csv(bytes), sizeof whole);
    has("\"line\":7");
    has("\"code\":\"encoding_guessed\",\"severity\":\"warning\",\"position\":{\"entry\":null,"
        "\"line\":6}");
    for (size_t cut = 1; cut < sizeof bytes - 1; cut++)
        assert_string_equal(read_by(text_of(bytes), &statement_limits_default, &bank, cut,
                                    SIZE_MAX),
                            whole);
    assert_string_equal(read_by(text_of(bytes), &statement_limits_default, &bank, 0, 1), whole);
}

static void rows_may_end_with_cr_alone(void **state)
{
    static const char bytes[] = HEADER "2026-03-01,1,one,1\r2026-03-02,1,two,2\r";
    static char whole[ANSWER_SIZE];

    (void)state;
    profile_is(SIGNED);
    memcpy(whole, read_csv(bytes), sizeof whole);
    has("\"raw\":\"2026-03-01,1,one,1\"");
    has("\"raw\":\"2026-03-02,1,two,2\"");
    assert_string_equal(read_by(text_of(bytes), &statement_limits_default, &bank, 0, 1), whole);
}

static void limits_refuse_the_file(void **state)
{
    struct statement_limits limits = statement_limits_default;

    (void)state;
    profile_is(SIGNED);
    limits.tag_size_max = 64;
    read_by(text_of(HEADER "2026-03-01,10.50,\"0123456789012345678901234567890123456789012345678901"
                           "\n\n\n01234567890123456789\",110.50\n"),
            &limits, &bank, 0, SIZE_MAX);
    assert_string_equal(answer, "refused limit_exceeded");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_file_whole),
        cmocka_unit_test(rule_60_zero_and_minus_zero_are_values),
        cmocka_unit_test(rule_61_the_profile_names_the_marks),
        cmocka_unit_test(rule_62_columns_for_each_direction),
        cmocka_unit_test(rule_62_inverted_signs_and_marks),
        cmocka_unit_test(rule_62_rows_outside_the_table),
        cmocka_unit_test(rule_62_without_a_header_columns_are_numbers),
        cmocka_unit_test(rule_63_mobile_money),
        cmocka_unit_test(a_fee_may_be_a_charge_of_the_row),
        cmocka_unit_test(dates_in_many_spellings),
        cmocka_unit_test(a_profile_says_what_is_wrong_with_it),
        cmocka_unit_test(a_file_cut_inside_its_last_row_is_refused),
        cmocka_unit_test(pieces_make_no_difference),
        cmocka_unit_test(rows_may_end_with_cr_alone),
        cmocka_unit_test(limits_refuse_the_file),
    };

    return cmocka_run_group_tests(tests, arena_make, arena_unmake);
}
