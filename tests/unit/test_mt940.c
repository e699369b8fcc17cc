/*
 * test_mt940.c - MT940, MT942 and MT950, rule by rule (rules 1 to 30 of the statement formats).
 */
#include "statement_fixture.h"

#define HEAD ":20:REF1\n:25:EXAMKENA/0011223344\n:28C:7/1\n:60F:C260301KES1000,00\n"
#define TAIL ":62F:C260302KES1000,00\n-\n"

static void rule_01_reversal_marks_turn_the_direction(void **state)
{
    (void)state;
    read_all(HEAD ":61:2603020302RC100,NTRFA1//B1\n:61:2603020302RD30,NTRFA2//B2\n"
                  ":62F:C260302KES930,00\n");
    has("\"amount\":\"-100.00\",\"currency\":\"KES\",\"status\":\"BOOK\",\"reversal\":true");
    has("\"amount\":\"30.00\",\"currency\":\"KES\",\"status\":\"BOOK\",\"reversal\":true");
    has("\"findings\":[]");
}

static void rule_02_third_letter_is_no_reversal(void **state)
{
    (void)state;
    read_all(":20:R\n:25:1\n:28C:1\n:60F:C260301ZAR100,00\n:61:2603020302DR20,NTRFX\n"
             ":61:2603020302RDR20,NTRFX\n:61:2603020302CN5,NTRFX\n:62F:C260302ZAR105,00\n");
    has("\"amount\":\"-20.00\",\"currency\":\"ZAR\",\"status\":\"BOOK\",\"reversal\":false");
    has("\"amount\":\"20.00\",\"currency\":\"ZAR\",\"status\":\"BOOK\",\"reversal\":true");
    has("\"amount\":\"5.00\"");
    has("\"findings\":[]");
}

static void rule_03_entry_date_takes_the_nearest_year(void **state)
{
    (void)state;
    read_all(HEAD ":61:2601021230C1,NTRFX\n:61:2512310102D1,NTRFX\n" TAIL);
    has("\"value_date\":\"2026-01-02\",\"booking_date\":\"2025-12-30\"");
    has("\"value_date\":\"2025-12-31\",\"booking_date\":\"2026-01-02\"");
    read_all(HEAD ":61:2699990228C1,NTRFX\n:62F:C260302KES1001,00\n");
    has("\"value_date\":null,\"booking_date\":\"2026-02-28\"");
    has("\"code\":\"date_impossible\"");
}

static void rule_04_absent_entry_date_stays_absent(void **state)
{
    (void)state;
    read_all(HEAD ":61:260302C1,NTRFX\n:61:260302    D1,NTRFX\n" TAIL);
    assert_int_equal(count_of("\"value_date\":\"2026-03-02\",\"booking_date\":null"), 2);
}

static void rule_05_ten_digits_and_thirty_february(void **state)
{
    (void)state;
    read_all(HEAD ":61:2009040904C1,NTRFX\n:61:2602300301D1,NTRFX\n" TAIL);
    has("\"value_date\":\"2020-09-04\",\"booking_date\":\"2020-09-04\"");
    has("\"value_date\":\"2026-02-28\",\"booking_date\":\"2026-03-01\"");
    has("\"code\":\"date_adjusted\",\"severity\":\"warning\",\"position\":{\"entry\":2,\"line\":6},"
        "\"text\":\"value date 2026-02-30 read as 2026-02-28\"");
    read_all(HEAD ":61:2604310301D0,NTRFX\n" TAIL);
    has("\"value_date\":null");
    has("\"code\":\"date_impossible\",\"severity\":\"error\"");
}

static void rule_06_amount_spellings(void **state)
{
    (void)state;
    read_all(HEAD ":61:260302C12,NTRFX\n:61:260302C,50NTRFX\n:61:260302C0,1NTRFX\n"
                  ":61:260302C000000000001,62NTRFX\n:61:260302C7NTRFX\n:61:260302C  3,NTRFX\n"
                  ":62F:C260302KES1024,22\n");
    has("\"amount\":\"12.00\"");
    has("\"amount\":\"0.50\"");
    has("\"amount\":\"0.10\"");
    has("\"amount\":\"1.62\"");
    has("\"amount\":\"7.00\"");
    has("\"amount\":\"3.00\"");
    has("\"findings\":[]");
    read_all(HEAD ":61:260302C1 2,00NTRFX\n" TAIL);
    has("\"amount\":null,\"currency\":null");
    has("\"code\":\"amount_unreadable\",\"severity\":\"error\",\"position\":{\"entry\":1");
}

static void rule_07_points_only_by_profile(void **state)
{
    static const char bytes[] = HEAD ":61:260302C1,234.50NTRFX\n" TAIL;

    (void)state;
    read_all(bytes);
    has("amount_unreadable");
    read_as(bytes, "decimal-point");
    has("\"amount\":\"1234.50\"");
    has_not("amount_unreadable");
    read_as(HEAD ":61:260302C1.234,50NTRFX\n" TAIL, "grouping-point");
    has("\"amount\":\"1234.50\"");
}

static void rule_08_missing_closing_is_null(void **state)
{
    (void)state;
    read_all(HEAD ":61:260302C1,NTRFX\n" HEAD TAIL);
    has("\"closing_balance\":null");
    has("\"code\":\"closing_missing\",\"severity\":\"error\"");
    assert_int_equal(count_of("\n"), 2);
}

static void rule_09_broken_balances(void **state)
{
    (void)state;
    read_all(HEAD ":62M:C2603021000,00\n:65F:Dnullnull7414,3\n");
    has("\"closing_balance\":{\"type\":\"CLBD\",\"subtype\":\"INTM\",\"amount\":\"1000.00\","
        "\"currency\":\"KES\"");
    has("\"code\":\"currency_differs\"");
    has("\"available_balances\":[]");
    has("\"code\":\"amount_unreadable\"");
}

static void rule_10_pages_are_objects_of_their_own(void **state)
{
    (void)state;
    read_all(
        ":20:A\n:25:1\n:28C:5/1\n:60F:C260301KES1,\n:61:260301C1,NTRFX\n:62M:C260301KES2,\n-\n"
        ":20:A\n:25:1\n:28C:5/2\n:60M:C260301KES2,\n:61:260301C1,NTRFX\n:62F:C260301KES3,\n-\n");
    assert_int_equal(count_of("\n"), 2);
    has("\"page\":1");
    has("\"page\":2");
    assert_int_equal(count_of("\"subtype\":\"INTM\""), 2);
    assert_int_equal(count_of("\"findings\":[]"), 2);
}

static void rule_10_a_missing_page_breaks_the_chain(void **state)
{
    (void)state;
    read_all(":20:A\n:25:1\n:28C:5/1\n:60F:C260301KES1,\n:62M:C260301KES1,\n-\n"
             ":20:A\n:25:1\n:28C:5/3\n:60M:C260301KES9,\n:62F:C260301KES9,\n-\n");
    has("\"code\":\"continuity_broken\"");
    has("\"code\":\"page_missing\",\"severity\":\"error\"");
}

static void rule_11_empty_last_page(void **state)
{
    (void)state;
    read_all(":20:A\n:25:1\n:28C:5/2\n:60M:C260301KES3,\n:62M:C260301KES3,\n-\n");
    has("\"entries\":[],\"findings\":[]");
}

static void rule_12_balances_without_entries(void **state)
{
    (void)state;
    read_all(HEAD TAIL);
    has("\"entries\":[],\"findings\":[]");
}

static void rule_13_many_statements_and_accounts(void **state)
{
    (void)state;
    read_all(HEAD TAIL ":20:R2\n:25:other\n:28C:1\n:60F:D260301UGX500,\n:62F:D260301UGX500,\n");
    assert_int_equal(count_of("\n"), 2);
    has("\"id\":\"other\"");
    has("\"amount\":\"-500\",\"currency\":\"UGX\"");
}

static void rule_14_long_numbers_are_text(void **state)
{
    (void)state;
    read_all(":20:R\n:25:1\n:28:1810118101181011810118101\n:60F:C260301KES1,\n:62F:C260301KES1,\n");
    has("\"sequence_number\":\"1810118101181011810118101\"");
}

static void rule_14_yearly_restart_is_no_gap(void **state)
{
    (void)state;
    read_all(":20:R\n:25:1\n:28C:250\n:60F:C251231KES1,\n:62F:C251231KES1,\n-\n"
             ":20:R\n:25:1\n:28C:1\n:60F:C251231KES1,\n:62F:C260102KES1,\n-\n"
             ":20:R\n:25:1\n:28C:4\n:60F:C260102KES1,\n:62F:C260103KES1,\n-\n");
    assert_int_equal(count_of("number_gap"), 1);
    has("\"text\":\"statement 4 follows 1\"");
}

static void rule_15_envelopes_and_headers(void **state)
{
    (void)state;
    read_all("{1:F01EXAMKENA0000000000}{2:O9400000000000EXAMKENAN}{3:}{4:\n" HEAD
             ":62F:C260302KES1000,00\n-}{5:}\n");
    has("\"format\":\"mt940\"");
    has("\"findings\":[]");
    read_all("EXAMKENA\n940\n\x01\x02" HEAD TAIL "EXAMKENA\n940\n" HEAD TAIL);
    assert_int_equal(count_of("\n"), 2);
    read_all("{4:\n:25:1\n:28C:1\n:60F:C260301KES1,\n:62F:C260301KES1,\n-}\n");
    has("\"message_id\":null");
    read_all(":940:\n" HEAD TAIL);
    has("\"findings\":[]");
}

static void rule_15_open_block_is_cut_short(void **state)
{
    (void)state;
    assert_string_equal(read_all("{1:F01EXAMKENA}{2:O940}{4:\n" HEAD ":62F:C260302KES1000,00\n"),
                        "refused cut_short");
    assert_string_equal(read_all(HEAD ":61:260302C1,NTRFX\n:62F:C260302KES100"),
                        "refused cut_short");
}

static void rule_16_information_of_the_statement(void **state)
{
    (void)state;
    read_all(HEAD
             ":61:260302C0,NTRFX\n:86:of the entry\n:62F:C260302KES1000,00\n:86:of the whole\n");
    has("\"information\":\"of the whole\"");
    has("\"unstructured\":[\"of the entry\"]");
}

static void rule_17_many_or_no_narratives(void **state)
{
    (void)state;
    read_all(HEAD
             ":86:before any\n:61:260302C0,NTRFX\n:86:one\n:86:two\n:61:260302C0,NTRFY\n" TAIL);
    has("\"unstructured\":[\"one\\ntwo\"]");
    has("\"unstructured\":[]");
    has("\"information\":\"before any\"");
    assert_int_equal(count_of("\"position\":3"), 0);
}

static void rule_18_text_that_looks_like_a_tag(void **state)
{
    (void)state;
    read_all(HEAD ":61:260302C0,NTRFX\n:86:106?00A?20at 2026-03-01T16\n:26:37 B?21 C\n" TAIL);
    has("\"unstructured\":[\"at 2026-03-01T16:26:37 B C\"]");
    has("\"findings\":[]");
}

static void rule_19_unknown_and_misplaced_tags(void **state)
{
    (void)state;
    read_all(HEAD ":NS:22Owner\n:61:260302C0,NTRFX\n:NS:01text\n" TAIL);
    assert_int_equal(count_of("\"code\":\"tag_unknown\""), 2);
    has("\"information\":\"22Owner\"");
    has("\"raw\":\":61:260302C0,NTRFX\\n:NS:01text\"");
    read_all(HEAD ":61:260302C0,NTRFX\n:25:166?00text\n" TAIL);
    has("\"code\":\"tag_misplaced\"");
    has("\"information\":\":25:166?00text\"");
    read_all(HEAD ":61:2603020302CR\n30,00N062NONREF\n:62F:C260302KES1030,00\n");
    has("\"amount\":\"30.00\"");
    has("\"code\":\"tag_misplaced\",\"severity\":\"warning\",\"position\":{\"entry\":1");
}

static void rule_20_gvc(void **state)
{
    (void)state;
    read_all(HEAD ":61:260302C0,NTRFNONREF\n"
                  ":86:166?00CREDIT TRANSFER?10931?20EREF+E-17?21KREF+K-9?22MREF+M-3?23CRE\n"
                  "D+KE99ZZZ1?24SVWZ+Invoice 4711 an?25d more?30EXAMKENA?310011223?32KA\n"
                  "RL ?33SON?34992\n" TAIL);
    has("\"proprietary\":\"166\",\"issuer\":\"GVC\"");
    has("\"end_to_end_id\":\"E-17\"");
    has("\"customer_reference\":\"K-9\"");
    has("\"mandate_id\":\"M-3\"");
    has("{\"type\":\"CRED\",\"reference\":null,\"text\":\"KE99ZZZ1\"}");
    has("\"unstructured\":[\"Invoice 4711 and more\"]");
    has("\"counterparty\":{\"name\":\"KARL SON\",\"account\":\"0011223\",\"agent\":\"EXAMKENA\"}");
    has("\"information\":\"CREDIT TRANSFER\"");
}

static void rule_20_other_signs(void **state)
{
    (void)state;
    read_all(HEAD ":61:260302C0,NTRFX\n:86:000>100987\n>20one >21two>310390\n"
                  ":61:260302C0,NTRFX\n:86:~20three~32NAME\n" TAIL);
    has("\"unstructured\":[\"one two\"]");
    has("\"account\":\"0390\"");
    has("\"unstructured\":[\"three\"]");
    has("\"name\":\"NAME\"");
}

static void rule_20_slash_words(void **state)
{
    (void)state;
    read_all(HEAD ":61:260302C0,NTRFEREF\n"
                  ":86:/EREF/E-17/CNTP/KE12/EXAMKENA/A SHO\nP/Nairobi/REMI/USTD//two/three/\n"
                  ":61:260302C0,NTRFX\n:86:/BENM//NAME/JOHN/REMI/STRD/CUR/9001/\n" TAIL);
    has("\"end_to_end_id\":\"E-17\"");
    has("\"customer_reference\":null");
    has("\"counterparty\":{\"name\":\"A SHOP\",\"account\":\"KE12\",\"agent\":\"EXAMKENA\"}");
    has("\"unstructured\":[\"two/three\"]");
    has("\"structured\":[{\"type\":\"CUR\",\"reference\":\"9001\",\"text\":null}]");
}

static void rule_20_free_text(void **state)
{
    (void)state;
    read_all(HEAD ":61:260302C0,NTRFX\n:86:999PN5477 CHEQUE  \n\n second line\n" TAIL);
    has("\"unstructured\":[\"999PN5477 CHEQUE\\nsecond line\"]");
}

static void rule_21_references(void **state)
{
    (void)state;
    read_all(HEAD ":61:260302C0,NMSCFOO/1//HERP//REF\n:61:260302C0,NMSCNONREF//NONREF\n" TAIL);
    has("\"servicer_reference\":\"HERP//REF\",\"customer_reference\":\"FOO/1\"");
    has("\"servicer_reference\":null,\"customer_reference\":null");
}

/* A place of 16 characters that is filled up with blanks has text behind it. */
static void rule_21_a_padded_reference_ends_at_its_place(void **state)
{
    (void)state;
    read_all(":20:R\n:25:1\n:60F:C260301KES10,\n"
             ":61:2603010301C1,NTRF0733959555      T-MOBILE BV\n"
             ":61:2603010301C1,N030NONREF          TOMTE//B7\n"
             ":61:2603010301C1,NTRFA REFERENCE THAT IS LONG\n:62F:C260301KES13,\n");
    has("\"customer_reference\":\"0733959555\"");
    has("\"information\":\"T-MOBILE BV\"");
    has("\"servicer_reference\":\"B7\",\"customer_reference\":null");
    has("\"information\":\"TOMTE\"");
    has("\"customer_reference\":\"A REFERENCE THAT IS LONG\"");
}

static void rule_20_the_first_part_of_a_counterparty_may_be_empty(void **state)
{
    (void)state;
    read_all(":20:R\n:25:1\n:60F:C260301KES10,\n:61:2603010301C1,NTRFA\n"
             ":86:/REMI/USTD//x/CNTP///OKAFOR AND SONS///\n:61:2603010301C1,NTRFB\n"
             ":86:/CNTP//EXAMKENA/MWANGI/\n:62F:C260301KES12,\n");
    has("\"counterparty\":{\"name\":\"OKAFOR AND SONS\",\"account\":null,\"agent\":null}");
    has("\"counterparty\":{\"name\":\"MWANGI\",\"account\":null,\"agent\":\"EXAMKENA\"}");
}

static void rule_22_line_after_the_entry(void **state)
{
    (void)state;
    read_all(HEAD ":61:260302D56,NTRFX\n/OCMT/UGX4711,/CHGS/KES1,23\n:61:260302C56,NTRFX\n"
                  "a text that is longer than thirty-four characters\n" TAIL);
    has("\"original\":{\"amount\":\"-4711\",\"currency\":\"UGX\",\"exchange_rate\":null}");
    has("\"charges\":[{\"amount\":\"-1.23\",\"currency\":\"KES\",\"included\":null,\"type\":null}"
        "]");
    has("\"information\":\"a text that is longer than thirty-four characters\"");
}

static void rule_23_types_as_they_come(void **state)
{
    (void)state;
    read_all(HEAD ":61:260302C0,MCI0NONREF\n:61:260302C0,S   X\n:61:260302C0,NZ10\n" TAIL);
    has("\"swift_type\":\"MCI0\"");
    has("\"swift_type\":\"S\"");
    has("\"swift_type\":\"NZ10\"");
}

static void rule_24_accounts(void **state)
{
    (void)state;
    read_all(":20:R\n:25:51210600/9223382012EUR\n:60F:C260301EUR1,\n:62F:C260301EUR1,\n");
    has("\"account\":{\"id\":\"51210600/9223382012\",\"scheme\":null,\"currency\":\"EUR\"");
    read_all(":20:R\n:25P:EXAMKENA/123\nOWNRKENA\n:60F:C260301KES1,\n:62F:C260301KES1,\n");
    has("\"id\":\"123\"");
    has("\"servicer_bic\":\"EXAMKENA\",\"owner_bic\":\"OWNRKENA\"");
    read_all(":20:R\n:25:DE89370400440532013000\n:60F:C260301EUR1,\n:62F:C260301EUR1,\n");
    has("\"id\":\"DE89370400440532013000\",\"scheme\":\"IBAN\"");
}

static void rule_25_mt942(void **state)
{
    (void)state;
    read_all(":20:R\n:25:1\n:28C:1\n:34F:KESD0,\n:34F:KESC0,\n:13D:2603021815+0300\n"
             ":61:2603020302C5,NTRFX\n:61:2603020302EC6,NTRFX\n:61:2603050302C7,NTRFX\n"
             ":90D:0KES0,\n:90C:3KES18,\n-\n");
    has("\"format\":\"mt942\"");
    has("\"created\":\"2026-03-02T18:15:00+03:00\"");
    has("\"opening_balance\":null,\"closing_balance\":null");
    has("\"totals\":{\"credit_count\":3,\"credit_amount\":\"18.00\",\"debit_count\":0,"
        "\"debit_amount\":\"0.00\"}");
    has("\"status\":\"PDNG\"");
    has("\"status\":\"FUTR\"");
    has("\"findings\":[]");
}

/* What was told from the future by the first :13D: may be gone when the second one comes. */
static void rule_25_a_second_date_of_the_report_is_passed_over(void **state)
{
    (void)state;
    read_all(":20:R\n:25:1\n:28C:1\n:34F:KESD0,\n:34F:KESC0,\n:13D:2603021815+0300\n"
             ":61:2603020302C5,NTRFX\n:13D:2602011815+0300\n:61:2603020302C6,NTRFX\n-\n");
    has("\"created\":\"2026-03-02T18:15:00+03:00\"");
    has_not("\"status\":\"FUTR\"");
    has("\"code\":\"tag_misplaced\"");
}

static void rule_26_encoding(void **state)
{
    (void)state;
    read_all("\xEF\xBB\xBF" HEAD ":61:260302C0,NTRFX\n:86:caf\xC3\xA9\n" TAIL);
    has("caf\xC3\xA9");
    has("\"findings\":[]");
    read_all(HEAD ":61:260302C0,NTRFX\n:86:caf\xE9 \x80\n" TAIL);
    has("caf\xC3\xA9 \xE2\x82\xAC");
    has("\"code\":\"encoding_guessed\",\"severity\":\"warning\",\"position\":{\"entry\":null,"
        "\"line\":6}");
    read_as(HEAD ":61:260302C0,NTRFX\n:86:caf\xE9 \xA4\n" TAIL, "iso-8859-15");
    has("caf\xC3\xA9 \xE2\x82\xAC");
    has("\"findings\":[]");
}

static void rule_27_line_ends(void **state)
{
    (void)state;
    read_all(":20:R\r\r\n:25:1\r\n\r\n:60F:C260301KES1,  \n:61:260302C1,NTRFX\n\x01:86:a\x02\n"
             ":62F:C260301KES2,");
    has("\"amount\":\"2.00\"");
    has("a\"]");
    has("\"findings\":[]");
}

static void rule_28_zero_amounts_are_entries(void **state)
{
    (void)state;
    read_all(HEAD ":61:260302D0,NTRFX\n" TAIL);
    has("\"position\":1,");
    has("\"amount\":\"0.00\"");
}

static void rule_29_scale_comes_from_the_currency(void **state)
{
    (void)state;
    read_all(":20:R\n:25:1\n:60F:C260301XOF0,\n:61:260302CF25000,NTRFX\n:62F:C260301XOF25000,00\n");
    has("\"amount\":\"25000\",\"currency\":\"XOF\"");
    has("\"findings\":[]");
}

static void rule_30_lone_dash_inside_a_page(void **state)
{
    (void)state;
    read_all(HEAD ":61:260302C0,NTRFX\n:86:one\n-\ntwo\n:61:260302C0,NTRFY\n" TAIL);
    assert_int_equal(count_of("\n"), 1);
    has("\"unstructured\":[\"one\\n-\\ntwo\"]");
    has("\"position\":2,");
}

static void rule_51_more_decimals_than_the_currency(void **state)
{
    (void)state;
    read_all(":20:R\n:25:1\n:60F:C260301UGX0,\n:61:260302C1,50NTRFX\n:62F:C260301UGX2,\n");
    has("\"amount\":\"1.5\",\"currency\":\"UGX\"");
    has("\"code\":\"amount_scale\"");
    has("\"text\":\"opening and entries exceed closing by -0.50\"");
}

static void mismatch_names_the_reading_that_adds_up(void **state)
{
    (void)state;
    read_all(HEAD ":61:2603020302RC100,NTRFX\n:62F:C260302KES1100,00\n");
    has("it adds up with reversals flipped");
    has("\"amount\":\"-100.00\"");
}

static void same_statement_twice_is_a_duplicate(void **state)
{
    (void)state;
    read_all(HEAD ":61:260302C0,NTRFX\n" TAIL HEAD ":61:260302C0,NTRFX\n" TAIL);
    assert_int_equal(count_of("\"code\":\"duplicate_statement\",\"severity\":\"info\""), 1);
}

static void limits_refuse(void **state)
{
    struct statement_limits limits = statement_limits_default;

    (void)state;
    limits.entries_max = 1;
    assert_string_equal(read_cut(text_of(HEAD ":61:260302C0,NTRFX\n:61:260302C0,NTRFX\n" TAIL),
                                 &limits, "default", 0, SIZE_MAX),
                        "refused limit_exceeded");
    limits = statement_limits_default;
    limits.line_size_max = 30;
    assert_string_equal(read_cut(text_of(HEAD ":86:a line that is longer than thirty bytes\n" TAIL),
                                 &limits, "default", 0, 7),
                        "refused limit_exceeded");
    limits = statement_limits_default;
    limits.file_size_max = 10;
    assert_string_equal(read_cut(text_of(HEAD TAIL), &limits, "default", 0, SIZE_MAX),
                        "refused limit_exceeded");
}

static void unknown_bytes_are_refused(void **state)
{
    (void)state;
    assert_string_equal(read_all(""), "refused format_unknown");
    assert_string_equal(read_all("1\n2\n3\n"), "refused format_unknown");
}

static void every_cut_gives_the_same(void **state)
{
    (void)state;
    same_at_every_cut("\xEF\xBB\xBF{1:F01EXAMKENA}{2:O940}{4:\r\n" HEAD
                      ":61:2603020302C5,NTRFA//B\n/OCMT/UGX4711,\n:86:166?00A?20caf\xC3\xA9\n-\n"
                      ":62F:C260302KES1005,00\n-}{5:}\n" HEAD ":61:2603020302RD5,NTRFA//B\n"
                      ":86:caf\xE9 \xFF\n:NS:x\n:62F:C260302KES1005,00\n:86:end\n-\n");
}

/* ---- statements larger than memory ---- */

/* count entries of 0.01, on value dates from 2026-01-01 on, closing 2026-03-01. */
static struct text long_statement(struct buffer *out, int count, int days)
{
    buffer_clear(out);
    buffer_string(out, ":20:R\n:25:1\n:60F:C260101KES0,\n");
    for (int i = 0; i < count; i++) {
        char day[DATE_TEXT_SIZE];

        date_format(date_of(2026, 1, 1) + i % days, day);
        buffer_format(out, ":61:%.2s%.2s%.2sC0,01NTRFR%d//B%d\n:86:one of many\n", day + 2, day + 5,
                      day + 8, i, i);
    }
    buffer_format(out, ":62F:C260301KES%d,%02d\n", count / 100, count % 100);
    assert_false(buffer_failed(out));
    return buffer_view(out);
}

struct flat {
    int64_t minor;
    int32_t last;
    int32_t findings;
};

static enum status flat_entry(void *context, const struct statement *statement,
                              const struct statement_entry *entry, struct error *error)
{
    struct flat *flat = context;

    (void)statement;
    (void)error;
    assert_int_equal(entry->position, flat->last + 1);
    flat->last = entry->position;
    flat->minor += entry->amount.minor;
    return OK;
}

static enum status flat_statement(void *context, const struct statement *statement,
                                  struct error *error)
{
    struct flat *flat = context;

    (void)error;
    assert_null(statement->entries);
    assert_int_equal(statement->entry_count, flat->last);
    flat->findings = statement->finding_count;
    return OK;
}

static enum status read_flat(struct text bytes, const struct statement_limits *limits,
                             bool one_by_one, struct flat *flat)
{
    const struct statement_sink flat_sink = {.context = flat,
                                             .entry = flat_entry,
                                             .statement = flat_statement};
    struct buffer unused = {0};
    struct gathered gathered = {.json = unused, .entries = unused};
    const struct statement_sink whole_sink = {.context = &gathered, .statement = collect};
    struct statement_reader *reader = statement_reader_new(limits, statement_profile_at(0),
                                                           one_by_one ? &flat_sink : &whole_sink);
    struct error error;
    enum status status;

    *flat = (struct flat){0};
    status = statement_reader_feed(reader, bytes, &error);
    if (status == OK)
        status = statement_reader_end(reader, &error);
    statement_reader_free(reader);
    return status;
}

static void entries_that_are_taken_need_no_memory(void **state)
{
    struct statement_limits limits = statement_limits_default;
    struct buffer bytes;
    struct text text;
    struct flat flat;

    (void)state;
    limits.text_size_max = 256 * 1024;
    buffer_init(&bytes, 16 * 1024 * 1024);
    text = long_statement(&bytes, 50000, 28);
    assert_int_equal(read_flat(text, &limits, true, &flat), OK);
    assert_int_equal(flat.last, 50000);
    assert_int_equal(flat.minor, 50000);
    assert_int_equal(flat.findings, 0);
    assert_int_equal(read_flat(text, &limits, false, &flat), REJECT);
    buffer_done(&bytes);
}

static enum status note_findings(void *context, const struct statement *statement,
                                 struct error *error)
{
    (void)error;
    for (const struct finding *finding = statement->findings; finding != NULL;
         finding = finding->next)
        snprintf(context, ANSWER_SIZE, "%s: %.*s", finding_name(finding->code),
                 TEXT_ARG(finding->text));
    return OK;
}

/* The last finding of the only statement, "" where there is none. */
static const char *read_flat_findings(const char *bytes)
{
    static char told[ANSWER_SIZE];
    const struct statement_sink sink = {.context = told, .statement = note_findings};
    struct statement_reader *reader =
        statement_reader_new(&statement_limits_default, statement_profile_at(0), &sink);
    struct error error;

    told[0] = '\0';
    assert_int_equal(statement_reader_feed(reader, text_of(bytes), &error), OK);
    assert_int_equal(statement_reader_end(reader, &error), OK);
    statement_reader_free(reader);
    return told;
}

/* Over STATEMENT_SUMS_MAX dates the sums are kept per currency: the balance is checked all the
 * same, only the reading without forward values is not tried any more. */
static void more_value_dates_than_sums(void **state)
{
    struct buffer bytes;
    char *closing;

    (void)state;
    buffer_init(&bytes, 16 * 1024 * 1024);
    (void)long_statement(&bytes, 600, 300);
    buffer_byte(&bytes, 0);
    assert_string_equal(read_flat_findings(bytes.data), "");
    closing = strstr(bytes.data, ":62F:C260301KES6,00");
    assert_non_null(closing);
    memcpy(closing, ":62F:C260301KES1,20", 19); /* what is value-dated until then */
    assert_string_equal(read_flat_findings(bytes.data),
                        "balance_mismatch: opening and entries exceed "
                        "closing by 4.80");
    (void)long_statement(&bytes, 600, 100);
    buffer_byte(&bytes, 0);
    closing = strstr(bytes.data, ":62F:C260301KES6,00");
    memcpy(closing, ":62F:C260301KES3,60", 19);
    assert_string_equal(read_flat_findings(bytes.data),
                        "balance_mismatch: opening and entries exceed closing by 2.40; it adds up "
                        "without what is value-dated after the closing");
    buffer_done(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rule_01_reversal_marks_turn_the_direction),
        cmocka_unit_test(rule_02_third_letter_is_no_reversal),
        cmocka_unit_test(rule_03_entry_date_takes_the_nearest_year),
        cmocka_unit_test(rule_04_absent_entry_date_stays_absent),
        cmocka_unit_test(rule_05_ten_digits_and_thirty_february),
        cmocka_unit_test(rule_06_amount_spellings),
        cmocka_unit_test(rule_07_points_only_by_profile),
        cmocka_unit_test(rule_08_missing_closing_is_null),
        cmocka_unit_test(rule_09_broken_balances),
        cmocka_unit_test(rule_10_pages_are_objects_of_their_own),
        cmocka_unit_test(rule_10_a_missing_page_breaks_the_chain),
        cmocka_unit_test(rule_11_empty_last_page),
        cmocka_unit_test(rule_12_balances_without_entries),
        cmocka_unit_test(rule_13_many_statements_and_accounts),
        cmocka_unit_test(rule_14_long_numbers_are_text),
        cmocka_unit_test(rule_14_yearly_restart_is_no_gap),
        cmocka_unit_test(rule_15_envelopes_and_headers),
        cmocka_unit_test(rule_15_open_block_is_cut_short),
        cmocka_unit_test(rule_16_information_of_the_statement),
        cmocka_unit_test(rule_17_many_or_no_narratives),
        cmocka_unit_test(rule_18_text_that_looks_like_a_tag),
        cmocka_unit_test(rule_19_unknown_and_misplaced_tags),
        cmocka_unit_test(rule_20_gvc),
        cmocka_unit_test(rule_20_other_signs),
        cmocka_unit_test(rule_20_slash_words),
        cmocka_unit_test(rule_20_free_text),
        cmocka_unit_test(rule_21_references),
        cmocka_unit_test(rule_21_a_padded_reference_ends_at_its_place),
        cmocka_unit_test(rule_20_the_first_part_of_a_counterparty_may_be_empty),
        cmocka_unit_test(rule_22_line_after_the_entry),
        cmocka_unit_test(rule_23_types_as_they_come),
        cmocka_unit_test(rule_24_accounts),
        cmocka_unit_test(rule_25_mt942),
        cmocka_unit_test(rule_25_a_second_date_of_the_report_is_passed_over),
        cmocka_unit_test(rule_26_encoding),
        cmocka_unit_test(rule_27_line_ends),
        cmocka_unit_test(rule_28_zero_amounts_are_entries),
        cmocka_unit_test(rule_29_scale_comes_from_the_currency),
        cmocka_unit_test(rule_30_lone_dash_inside_a_page),
        cmocka_unit_test(rule_51_more_decimals_than_the_currency),
        cmocka_unit_test(mismatch_names_the_reading_that_adds_up),
        cmocka_unit_test(same_statement_twice_is_a_duplicate),
        cmocka_unit_test(limits_refuse),
        cmocka_unit_test(unknown_bytes_are_refused),
        cmocka_unit_test(every_cut_gives_the_same),
        cmocka_unit_test(entries_that_are_taken_need_no_memory),
        cmocka_unit_test(more_value_dates_than_sums),
    };

    return cmocka_run_group_tests_name("mt940", tests, NULL, NULL);
}
