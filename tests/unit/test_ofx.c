/*
 * test_ofx.c - OFX 1 and OFX 2 (OFX 2.3, chapters 2, 3 and 11).
 */
#include "statement_fixture.h"

#define HEADER_1                                                                                   \
    "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nSECURITY:NONE\nENCODING:USASCII\nCHARSET:1252\n"    \
    "COMPRESSION:NONE\nOLDFILEUID:NONE\nNEWFILEUID:NONE\n\n"
#define HEADER_2                                                                                   \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<?OFX OFXHEADER=\"200\" VERSION=\"220\" "         \
    "SECURITY=\"NONE\" OLDFILEUID=\"NONE\" NEWFILEUID=\"NONE\"?>\n"
#define SIGN_ON                                                                                    \
    "<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS>"                           \
    "<DTSERVER>20260302081500.000[+3:EAT]<LANGUAGE>ENG</SONRS></SIGNONMSGSRSV1>"
#define BEGIN                                                                                      \
    SIGN_ON "<BANKMSGSRSV1><STMTTRNRS><TRNUID>77<STMTRS><CURDEF>KES\n<BANKACCTFROM><BANKID>01"     \
            "<ACCTID>0011223344<ACCTTYPE>CHECKING</BANKACCTFROM><BANKTRANLIST>"                    \
            "<DTSTART>20260301<DTEND>20260302\n"
#define LEDGER "<LEDGERBAL><BALAMT>1000.00<DTASOF>20260302</LEDGERBAL>"
#define END "</BANKTRANLIST>" LEDGER "</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n"
#define ENTRY(amount)                                                                              \
    "<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260301<TRNAMT>" amount "<FITID>1</STMTTRN>"

static void values_without_end_tags(void **state)
{
    (void)state;
    read_all(HEADER_1 BEGIN "<STMTTRN>\n<TRNTYPE>CHECK\n<DTPOSTED>20260301120500.123[-5:EST]\n"
                            "<DTAVAIL>20260302\n<TRNAMT>-200.50\n<FITID>F1\n<CHECKNUM>1000\n"
                            "<REFNUM>R1\n<NAME>A &amp; B &#75;&#x4A;\n<MEMO>rent  March \n"
                            "</STMTTRN>\n" END);
    has("{\"format\":\"ofx\",\"version\":\"102\",\"message_id\":\"77\",\"statement_id\":null");
    has("\"account\":{\"id\":\"0011223344\",\"scheme\":\"CHECKING\",\"currency\":\"KES\"");
    has("\"created\":\"2026-03-02T08:15:00\","
        "\"period\":{\"from\":\"2026-03-01\",\"to\":\"2026-03-02\"}");
    has("\"opening_balance\":null,\"closing_balance\":{\"type\":\"CLBD\",\"subtype\":null,"
        "\"amount\":\"1000.00\",\"currency\":\"KES\",\"date\":\"2026-03-02\"}");
    has("{\"position\":1,\"value_date\":\"2026-03-02\",\"booking_date\":\"2026-03-01\","
        "\"booking_time\":\"12:05:00\",\"amount\":\"-200.50\",\"currency\":\"KES\","
        "\"status\":\"BOOK\"");
    has("\"proprietary\":\"CHECK\",\"issuer\":\"OFX\"");
    has("\"servicer_reference\":\"F1\",\"customer_reference\":\"1000\","
        "\"entry_reference\":\"R1\"");
    has("\"name\":\"A & B KJ\"");
    has("\"unstructured\":[\"rent  March\"]");
    has("\"code\":\"opening_computed\",\"severity\":\"warning\",\"position\":{\"entry\":null,"
        "\"line\":null},\"text\":\"no opening balance; closing less entries gives 1200.50\"");
}

static void values_with_end_tags(void **state)
{
    static char first[ANSWER_SIZE];

    (void)state;
    read_all(HEADER_2 BEGIN ENTRY("12.00") END);
    memcpy(first, answer, sizeof first);
    has("\"version\":\"220\"");
    read_all(HEADER_2
             "<OFX><SONRS><DTSERVER>20260302081500</DTSERVER></SONRS><!-- a <b> -- c> -->"
             "<STMTTRNRS><TRNUID>77</TRNUID><STMTRS><CURDEF>KES</CURDEF><BANKACCTFROM><BANKID>01"
             "</BANKID><ACCTID><![CDATA[0011223344]]></ACCTID><ACCTTYPE>CHECKING</ACCTTYPE>"
             "</BANKACCTFROM><BANKTRANLIST><DTSTART>20260301</DTSTART><DTEND>20260302</DTEND>"
             "<STMTTRN ><TRNTYPE>CREDIT</TRNTYPE><DTPOSTED>20260301</DTPOSTED><TRNAMT>12.00"
             "</TRNAMT><FITID>1</FITID><MEMO/><NAME></NAME></STMTTRN></BANKTRANLIST><LEDGERBAL>"
             "<BALAMT>1000.00</BALAMT><DTASOF>20260302</DTASOF></LEDGERBAL></STMTRS></STMTTRNRS>"
             "</OFX>");
    assert_string_equal(answer, first);
}

static void texts_in_sections_stay_as_they_are(void **state)
{
    (void)state;
    read_all(HEADER_2 BEGIN
             "<STMTTRN><DTPOSTED>20260301<TRNAMT>1<MEMO>a <![CDATA[&amp; <b> ]]> &lt;"
             " &nosuch; &#0; & c&</STMTTRN>" END);
    has("\"unstructured\":[\"a &amp; <b>  < &nosuch; &#0; & c&\"]");
}

/* Blocks that stand inside each other: what an entry held is gone with it, what the statement holds
 * stays, though it was read within an entry. */
static void blocks_within_an_entry(void **state)
{
    (void)state;
    read_all(HEADER_2 BEGIN "<STMTTRN><DTPOSTED>20260301<TRNAMT>1<MEMO>outer"
                            "<STMTTRN><DTPOSTED>20260302<TRNAMT>2<MEMO>inner</STMTTRN>"
                            "<NAME>late" LEDGER "</STMTTRN>" ENTRY("3") END);
    has("\"unstructured\":[\"inner\"]");
    has("\"closing_balance\":{\"type\":\"CLBD\",\"subtype\":null,\"amount\":\"1000.00\"");
    has("\"name\":\"late\"");
    assert_int_equal(count_of("inner"), 1);
}

/* What the open entry has so far is not let go with the balance. */
static void a_balance_within_an_entry_leaves_it_whole(void **state)
{
    (void)state;
    read_all(HEADER_2 BEGIN "<STMTTRN><DTPOSTED>20260301<TRNAMT>1.00<FITID>F1<NAME>first"
                            "<BAL><NAME>held<BALTYPE>DOLLAR<VALUE>5.00</BAL><MEMO>and a memo"
                            "</STMTTRN>" END);
    has("\"booking_date\":\"2026-03-01\"");
    has("\"amount\":\"1.00\"");
    has("\"servicer_reference\":\"F1\"");
    has("\"name\":\"first\"");
    has("\"unstructured\":[\"and a memo\"]");
    has("\"type\":\"held\"");
}

static void the_other_party_and_its_currency(void **state)
{
    (void)state;
    read_all(HEADER_1 BEGIN
             "<STMTTRN><TRNTYPE>XFER<DTPOSTED>20260301<TRNAMT>-10.00<FITID>1<PAYEE><NAME>Juma"
             "<ADDR1>Road 1</PAYEE><BANKACCTTO><BANKID>EXAMTZ01<ACCTID>998<ACCTTYPE>SAVINGS"
             "</BANKACCTTO><CURRENCY><CURRATE>0.05<CURSYM>USD</CURRENCY></STMTTRN>"
             "<STMTTRN><TRNTYPE>XFER<DTPOSTED>20260301<TRNAMT>-11.00<FITID>2<ORIGCURRENCY>"
             "<CURRATE>0.07<CURSYM>UGX</ORIGCURRENCY></STMTTRN>" END);
    has("\"amount\":\"-10.00\",\"currency\":\"USD\"");
    has("\"counterparty\":{\"name\":\"Juma\",\"account\":\"998\",\"agent\":\"EXAMTZ01\"}");
    has("\"code\":\"currency_differs\"");
    has("\"amount\":\"-11.00\",\"currency\":\"KES\"");
    assert_int_equal(count_of("\"id\":\"0011223344\""), 1);
}

static void cards_pending_entries_and_other_balances(void **state)
{
    (void)state;
    read_all(
        HEADER_1
        "<OFX><CCSTMTTRNRS><CCSTMTRS><CURDEF>ZAR<CCACCTFROM><ACCTID>4111</CCACCTFROM>"
        "<BANKTRANLIST>" ENTRY(
            "-5") "</BANKTRANLIST><BANKTRANLISTP><STMTTRNP><TRNTYPE>POS"
                  "<DTTRAN>20260302<TRNAMT>-7<NAME>Shop</STMTTRNP></"
                  "BANKTRANLISTP><LEDGERBAL><BALAMT>-5"
                  "<DTASOF>20260301</LEDGERBAL><AVAILBAL><BALAMT>95,5<DTASOF>20260301</"
                  "AVAILBAL><BALLIST>"
                  "<BAL><NAME>CASHLIMIT<DESC>x<BALTYPE>DOLLAR<VALUE>400.00</BAL><BAL><NAME>RATE"
                  "<BALTYPE>PERCENT<VALUE>19.9</BAL></BALLIST></CCSTMTRS></CCSTMTTRNRS></OFX>");
    has("\"amount\":\"-7.00\",\"currency\":\"ZAR\",\"status\":\"PDNG\"");
    has("\"value_date\":\"2026-03-02\",\"booking_date\":null");
    has("\"available_balances\":[{\"type\":\"CLAV\",\"subtype\":null,\"amount\":\"95.50\"");
    has("\"other_balances\":[{\"type\":\"CASHLIMIT\",\"subtype\":null,\"amount\":\"400.00\","
        "\"currency\":\"ZAR\",\"date\":null}]");
    has("closing less entries gives 0.00");
}

static void rule_61_marks_that_may_mean_thousands_are_no_guess(void **state)
{
    static const char *const bad[] = {"1,234", "1.234", "1,234.56", "1.234,56", "1 234",
                                      "",      "12e3",  "--1",      "-"};

    (void)state;
    read_all(HEADER_1 BEGIN ENTRY("1234,56") ENTRY("+7.5") ENTRY("-.5") ENTRY("12.5000") ENTRY("0")
                 END);
    has("\"amount\":\"1234.56\"");
    has("\"amount\":\"7.50\"");
    has("\"amount\":\"-0.50\"");
    has("\"amount\":\"12.50\"");
    has("\"amount\":\"0.00\"");
    has_not("amount_unreadable");
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        char bytes[4096];

        snprintf(bytes, sizeof bytes, "%s%s%s",
                 HEADER_1 BEGIN "<STMTTRN><DTPOSTED>20260301<TRNAMT>", bad[i],
                 "<FITID>1</STMTTRN>" END);
        read_all(bytes);
        has("\"amount\":null");
        has("\"code\":\"amount_unreadable\",\"severity\":\"error\",\"position\":{\"entry\":1");
    }
    read_all(HEADER_1 "<OFX><STMTRS>" ENTRY("1") "</STMTRS></OFX>");
    has("\"code\":\"amount_unreadable\""); /* of which currency? */
}

static void dates_are_read_as_written(void **state)
{
    (void)state;
    read_all(
        HEADER_1 BEGIN
        "<STMTTRN><DTPOSTED>20260230<TRNAMT>1</STMTTRN><STMTTRN><DTPOSTED>20261301<TRNAMT>1"
        "</STMTTRN><STMTTRN><DTPOSTED>March<TRNAMT>1</STMTTRN><STMTTRN><TRNAMT>1</STMTTRN>" END);
    has("\"text\":\"posting date 2026-02-30 read as 2026-02-28\"");
    has("\"text\":\"posting date 20261301\"");
    has("\"text\":\"posting date March\"");
    assert_int_equal(count_of("\"booking_date\":null"), 3);
    assert_int_equal(count_of("\"code\":\"date_impossible\",\"severity\":\"error\""), 2);
}

static void an_entry_that_corrects_waits_for_a_person(void **state)
{
    (void)state;
    read_all(HEADER_1 BEGIN "<STMTTRN><DTPOSTED>20260301<TRNAMT>1<CORRECTFITID>7<CORRECTACTION>"
                            "REPLACE</STMTTRN>" END);
    has("\"code\":\"statement_replaced\",\"severity\":\"error\"");
}

static void many_statements_and_what_is_left_open(void **state)
{
    (void)state;
    read_all(HEADER_1 BEGIN ENTRY("1") "</BANKTRANLIST>" LEDGER "</STMTRS></STMTTRNRS><STMTTRNRS>"
                                       "<TRNUID>78<STMTRS><CURDEF>UGX<BANKACCTFROM><ACCTID>9"
                                       "</BANKACCTFROM><BANKTRANLIST>" ENTRY("3") "</OFX>");
    assert_int_equal(count_of("\n"), 2);
    has("\"message_id\":\"78\"");
    has("\"amount\":\"3\",\"currency\":\"UGX\"");
    assert_int_equal(count_of("\"created\":\"2026-03-02T08:15:00\""), 2);
}

static void declared_code_page_is_no_guess(void **state)
{
    (void)state;
    read_all(HEADER_1 BEGIN "<STMTTRN><TRNAMT>1<NAME>Caf\xe9</STMTTRN>" END);
    has("\"name\":\"Caf\xc3\xa9\"");
    has_not("encoding_guessed");
    read_all(HEADER_2 BEGIN "<STMTTRN><TRNAMT>1<NAME>Caf\xe9</STMTTRN>" END);
    has("encoding_guessed");
}

static void what_is_refused(void **state)
{
    struct statement_limits limits = statement_limits_default;
    static const char deep[] =
        HEADER_1 "<OFX><SONRS><SONRS><SONRS><SONRS><SONRS><SONRS><SONRS><SONRS><SONRS><SONRS>"
                 "<SONRS><SONRS><SONRS><SONRS><SONRS><SONRS><SONRS></OFX>";

    (void)state;
    assert_string_equal(read_all(HEADER_1 BEGIN ENTRY("1")), "refused cut_short");
    assert_string_equal(read_all(HEADER_2 "<!DOCTYPE OFX [<!ENTITY a \"b\">]>" BEGIN END),
                        "refused doctype");
    assert_string_equal(read_all(HEADER_1 SIGN_ON "</OFX>"), "refused undecodable");
    assert_string_equal(read_all(deep), "refused limit_exceeded");
    limits.tag_size_max = 100;
    assert_string_equal(
        read_cut(text_of(HEADER_1 "<OFX><STMTRS><BANKTRANLIST><STMTTRN><MEMO>0123456789012345678901"
                                  "0123456789012345678901234567890123456789012345678901234567890123"
                                  "0123456789012345678901234567890123456789</OFX>"),
                 &limits, "default", 0, SIZE_MAX),
        "refused limit_exceeded");
}

static void cut_anywhere_it_is_refused(void **state)
{
    static const char bytes[] = HEADER_1 BEGIN ENTRY("1.00") END;

    (void)state;
    for (size_t size = 0; size < sizeof bytes - 2; size++) {
        read_cut((struct text){bytes, size}, &statement_limits_default, "default", 0, SIZE_MAX);
        assert_memory_equal(answer, "refused ", 8);
    }
}

static void pieces_make_no_difference(void **state)
{
    (void)state;
    same_at_every_cut(HEADER_1 BEGIN ENTRY("1.00") "<STMTTRN\n><DTPOSTED>20260230\n<TRNAMT>1,5"
                                                   "<NAME>A &amp; &eacute;</STMTTRN>" END);
    same_at_every_cut(HEADER_2 "<OFX><STMTRS><CURDEF>KES</CURDEF><STMTTRN><NAME>Caf\xe9\n\n"
                               "</NAME><TRNAMT>1</TRNAMT></STMTTRN></STMTRS></OFX>");
    same_at_every_cut(HEADER_2
                      "<OFX><STMTRS><CURDEF>KES</CURDEF><!-- > --><STMTTRN><MEMO>"
                      "<![CDATA[a]]b>]]></MEMO><TRNAMT>1</TRNAMT></STMTTRN></STMTRS></OFX>");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_without_end_tags),
        cmocka_unit_test(values_with_end_tags),
        cmocka_unit_test(texts_in_sections_stay_as_they_are),
        cmocka_unit_test(blocks_within_an_entry),
        cmocka_unit_test(a_balance_within_an_entry_leaves_it_whole),
        cmocka_unit_test(the_other_party_and_its_currency),
        cmocka_unit_test(cards_pending_entries_and_other_balances),
        cmocka_unit_test(rule_61_marks_that_may_mean_thousands_are_no_guess),
        cmocka_unit_test(dates_are_read_as_written),
        cmocka_unit_test(an_entry_that_corrects_waits_for_a_person),
        cmocka_unit_test(many_statements_and_what_is_left_open),
        cmocka_unit_test(declared_code_page_is_no_guess),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(cut_anywhere_it_is_refused),
        cmocka_unit_test(pieces_make_no_difference),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
