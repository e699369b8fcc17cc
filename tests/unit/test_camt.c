/*
 * test_camt.c - camt.052, .053 and .054, rule by rule (rules 31 to 54 of the statement formats).
 */
#include "statement_fixture.h"

#define NS "urn:iso:std:iso:20022:tech:xsd:"
#define DOCUMENT(version)                                                                          \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Document xmlns=\"" version "\">"
#define HEADER "<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-03-02T01:02:03+03:00</CreDtTm></GrpHdr>"
#define ACCOUNT                                                                                    \
    "<Id>S1</Id><ElctrncSeqNb>7</ElctrncSeqNb>"                                                    \
    "<Acct><Id><Othr><Id>0011223344</Id></Othr></Id><Ccy>KES</Ccy></Acct>"
#define BALANCE(type, amount, date)                                                                \
    "<Bal><Tp><CdOrPrtry><Cd>" type "</Cd></CdOrPrtry></Tp><Amt Ccy=\"KES\">" amount               \
    "</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>" date "</Dt></Dt></Bal>"
#define BEGIN DOCUMENT(NS "camt.053.001.08") "<BkToCstmrStmt>" HEADER "<Stmt>" ACCOUNT
#define OPEN_1000 BALANCE("OPBD", "1000.00", "2026-03-01")
#define CLOSE(amount) BALANCE("CLBD", amount, "2026-03-01")
#define END "</Stmt></BkToCstmrStmt></Document>"
#define ENTRY(amount, direction, more)                                                             \
    "<Ntry><Amt Ccy=\"KES\">" amount "</Amt><CdtDbtInd>" direction "</CdtDbtInd>" more "</Ntry>"
#define DETAIL(more) "<NtryDtls><TxDtls>" more "</TxDtls></NtryDtls>"

static void rule_31_indicator_is_the_effective_direction(void **state)
{
    static const char bytes[] =
        BEGIN OPEN_1000 CLOSE("900.00") ENTRY("100.00", "DBIT", "<RvslInd>true</RvslInd>") END;

    (void)state;
    read_all(bytes);
    has("\"amount\":\"-100.00\",\"currency\":\"KES\",\"status\":\"BOOK\",\"reversal\":true");
    has("\"findings\":[]");
    read_as(bytes, "reversal-flips-sign");
    has("\"amount\":\"100.00\",\"currency\":\"KES\",\"status\":\"BOOK\",\"reversal\":true");
    has("it adds up with reversals flipped");
}

static void rule_32_batch_details_have_their_own_amounts(void **state)
{
    (void)state;
    read_all(BEGIN OPEN_1000 CLOSE("1030.00") ENTRY(
        "30.00", "CRDT",
        "<NtryDtls><TxDtls><Refs><EndToEndId>A</EndToEndId></Refs><Amt Ccy=\"KES\">10.00</Amt>"
        "<CdtDbtInd>CRDT</CdtDbtInd></TxDtls><TxDtls><AmtDtls><TxAmt><Amt Ccy=\"KES\">20.00</Amt>"
        "</TxAmt></AmtDtls></TxDtls></NtryDtls>") END);
    has("\"details\":[{\"position\":1,\"amount\":\"10.00\",\"currency\":\"KES\"");
    has("{\"position\":2,\"amount\":\"20.00\",\"currency\":\"KES\"");
    has("\"findings\":[]");
    read_all(BEGIN OPEN_1000 CLOSE("1030.00")
                 ENTRY("30.00", "CRDT", "<NtryDtls><TxDtls/><TxDtls/></NtryDtls>") END);
    assert_int_equal(count_of("\"amount\":null"), 2);
    has("\"findings\":[]");
}

static void rule_32_a_single_detail_fills_the_entry(void **state)
{
    (void)state;
    read_all(BEGIN OPEN_1000 CLOSE("1030.00")
                 ENTRY("30.00", "CRDT",
                       "<AcctSvcrRef>B1</AcctSvcrRef>" DETAIL(
                           "<Refs><EndToEndId>E1</EndToEndId><AcctSvcrRef>no</AcctSvcrRef></Refs>"
                           "<RmtInf><Ustrd>text</Ustrd></RmtInf>")) END);
    has("\"details\":[]");
    has("\"servicer_reference\":\"B1\"");
    has("\"end_to_end_id\":\"E1\"");
    has("\"unstructured\":[\"text\"]");
}

static void rule_33_charges_explain_details(void **state)
{
    (void)state;
    read_all(BEGIN OPEN_1000 CLOSE("1027.00") ENTRY(
        "27.00", "CRDT",
        "<Chrgs><Rcrd><Amt Ccy=\"KES\">3.00</Amt><CdtDbtInd>DBIT</CdtDbtInd>"
        "<ChrgInclInd>true</ChrgInclInd></Rcrd></Chrgs><NtryDtls>"
        "<TxDtls><Amt Ccy=\"KES\">10.00</Amt></TxDtls><TxDtls><Amt Ccy=\"KES\">20.00</Amt>"
        "</TxDtls></NtryDtls>") END);
    has("\"charges\":[{\"amount\":\"-3.00\",\"currency\":\"KES\",\"included\":true,\"type\":null}"
        "]");
    has("\"findings\":[]");
    read_all(BEGIN OPEN_1000 CLOSE("1027.00")
                 ENTRY("27.00", "CRDT",
                       "<NtryDtls><TxDtls><Amt Ccy=\"KES\">10.00</Amt></TxDtls>"
                       "<TxDtls><Amt Ccy=\"KES\">20.00</Amt></TxDtls></NtryDtls>") END);
    has("\"code\":\"detail_sum_differs\",\"severity\":\"warning\",\"position\":{\"entry\":1");
}

static void rule_34_currencies_never_add_up(void **state)
{
    (void)state;
    read_all(BEGIN OPEN_1000 CLOSE("1030.00") ENTRY(
        "30.00", "CRDT",
        "<NtryDtls><TxDtls><Amt Ccy=\"UGX\">900</Amt></TxDtls><TxDtls><Amt Ccy=\"UGX\">1</Amt>"
        "</TxDtls></NtryDtls>") "<Ntry><Amt "
                                "Ccy=\"UGX\">5</Amt><CdtDbtInd>CRDT</CdtDbtInd></Ntry>" END);
    has("\"amount\":\"900\",\"currency\":\"UGX\"");
    has("\"code\":\"currency_differs\",\"severity\":\"warning\",\"position\":{\"entry\":2");
    has_not("balance_mismatch");
    has_not("detail_sum_differs");
}

static void rule_35_details_are_children(void **state)
{
    (void)state;
    read_all(BEGIN OPEN_1000 CLOSE("1030.00")
                 ENTRY("30.00", "CRDT",
                       "<NtryDtls><TxDtls/><TxDtls/></NtryDtls><NtryDtls><TxDtls/></NtryDtls>")
                     END);
    assert_int_equal(count_of("\"value_date\""), 1);
    has("{\"position\":3,\"amount\":null");
}

static void rule_36_references_are_taken_as_they_are(void **state)
{
    (void)state;
    read_all(BEGIN OPEN_1000 CLOSE("1002.00")
                 ENTRY("1.00", "CRDT",
                       "<NtryRef>N</NtryRef>" DETAIL(
                           "<Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>"))
                     ENTRY("1.00", "CRDT",
                           "<NtryRef>N</NtryRef>" DETAIL(
                               "<Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>")) END);
    assert_int_equal(count_of("\"entry_reference\":\"N\""), 2);
    assert_int_equal(count_of("\"end_to_end_id\":\"NOTPROVIDED\""), 2);
}

static void rule_37_two_equal_payments_are_two(void **state)
{
    (void)state;
    read_all(BEGIN OPEN_1000 CLOSE("1002.00") ENTRY("1.00", "CRDT", "") ENTRY("1.00", "CRDT", "")
                 END);
    has("\"position\":2,");
    has("\"findings\":[]");
}

static void rule_38_opening_and_closing(void **state)
{
    (void)state;
    read_all(BEGIN BALANCE("PRCD", "999.00", "2026-02-28") OPEN_1000 CLOSE("1000.00")
                 BALANCE("CLAV", "5.00", "2026-03-01") BALANCE("INFO", "6.00", "2026-03-01") END);
    has("\"opening_balance\":{\"type\":\"OPBD\",\"subtype\":null,\"amount\":\"1000.00\"");
    has("\"available_balances\":[{\"type\":\"CLAV\"");
    has("\"other_balances\":[{\"type\":\"PRCD\"");
    has("{\"type\":\"INFO\"");
    read_all(BEGIN BALANCE("PRCD", "999.00", "2026-02-28") CLOSE("999.00") END);
    has("\"opening_balance\":{\"type\":\"PRCD\"");
    read_all(DOCUMENT(
        NS "camt.052.001.08") "<BkToCstmrAcctRpt>" HEADER "<Rpt>" ACCOUNT BALANCE("ITBD", "5.00",
                                                                                  "2026-03-02")
                 BALANCE("ITBD", "4.00", "2026-03-01")
                     ENTRY("1.00", "CRDT", "") "</Rpt></BkToCstmrAcctRpt></Document>");
    has("\"opening_balance\":{\"type\":\"ITBD\",\"subtype\":null,\"amount\":\"4.00\"");
    has("\"closing_balance\":{\"type\":\"ITBD\",\"subtype\":null,\"amount\":\"5.00\"");
    has("\"other_balances\":[]");
}

static void rule_39_forward_valued(void **state)
{
    (void)state;
    read_all(BEGIN OPEN_1000 CLOSE("1001.00") BALANCE("FWAV", "1003.00", "2026-03-02")
                 ENTRY("1.00", "CRDT", "<ValDt><Dt>2026-03-01</Dt></ValDt>")
                     ENTRY("2.00", "CRDT", "<ValDt><Dt>2026-03-02</Dt></ValDt>") END);
    has("\"code\":\"forward_valued\",\"severity\":\"info\"");
    has_not("balance_mismatch");
}

static void rule_40_no_balances_in_notifications(void **state)
{
    (void)state;
    read_all(DOCUMENT(NS "camt.054.001.04") "<BkToCstmrDbtCdtNtfctn>" HEADER "<Ntfctn>" ACCOUNT
                 ENTRY("000012.50", "DBIT", "") "</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>");
    has("\"format\":\"camt.054\"");
    has("\"amount\":\"-12.50\"");
    has("\"opening_balance\":null,\"closing_balance\":null");
    has("\"findings\":[]");
}

static void rule_41_dates_as_written(void **state)
{
    (void)state;
    read_all(BEGIN OPEN_1000 CLOSE("1001.00")
                 ENTRY("1.00", "CRDT",
                       "<BookgDt><DtTm>2026-03-01T23:11:735</DtTm></BookgDt>"
                       "<ValDt><DtTm>2026-03-01T23:59:59.123456789+14:00</DtTm></ValDt>") END);
    has("\"value_date\":\"2026-03-01\",\"booking_date\":\"2026-03-01\","
        "\"booking_time\":\"23:11:735\"");
    read_all(BEGIN OPEN_1000 CLOSE("1001.00") ENTRY("1.00", "CRDT", "") END);
    has("\"value_date\":null,\"booking_date\":null");
    has("\"findings\":[]");
}

static void rule_42_created_from_the_header(void **state)
{
    (void)state;
    read_all(BEGIN OPEN_1000 CLOSE("1000.00") END);
    has("\"created\":\"2026-03-02T01:02:03+03:00\"");
}

static void rule_43_versions_and_wrappers(void **state)
{
    (void)state;
    read_all(BEGIN OPEN_1000 CLOSE("1000.00") END);
    has("\"version\":\"camt.053.001.08\"");
    read_all("<x:Envelope xmlns:x=\"urn:soap\"><x:Body><AppHdr><BizMsgIdr>1</BizMsgIdr></AppHdr>"
             "<d:Document xmlns:d=\"" NS "camt.053.001.02\"><d:BkToCstmrStmt><d:GrpHdr>"
             "<d:MsgId>W</d:MsgId></d:GrpHdr><d:Stmt><d:Id>S</d:Id><d:Bal><d:Tp><d:CdOrPrtry>"
             "<d:Cd>CLBD</d:Cd></d:CdOrPrtry></d:Tp><d:Amt Ccy=\"KES\">1.00</d:Amt>"
             "<d:CdtDbtInd>DBIT</d:CdtDbtInd></d:Bal></d:Stmt></d:BkToCstmrStmt></d:Document>"
             "</x:Body></x:Envelope>");
    has("\"version\":\"camt.053.001.02\",\"message_id\":\"W\"");
    has("\"amount\":\"-1.00\"");
    read_all("<Document><BkToCstmrStmt><Stmt><Id>S</Id>" CLOSE("1.00") END);
    has("\"version\":null");
    has("\"code\":\"version_unknown\"");
    read_all(DOCUMENT("http://www.example.org/camt.053.001.04.ch.02.xsd") "<BkToCstmrStmt>" HEADER
                                                                          "<Stmt>" ACCOUNT OPEN_1000
                                                                              CLOSE("1000.00") END);
    has("\"version\":\"camt.053.001.04\"");
    has("\"code\":\"version_unknown\"");
}

static void rule_43_each_name_in_each_place(void **state)
{
    (void)state;
    read_all(BEGIN OPEN_1000 CLOSE("999.00") ENTRY(
        "1.00", "DBIT",
        "<Sts><Cd>BOOK</Cd></Sts>" DETAIL(
            "<RltdPties><Dbtr><Nm>we</Nm></Dbtr><Cdtr><Pty><Nm>they</Nm></Pty></Cdtr>"
            "<CdtrAcct><Id><IBAN>KE1</IBAN></Id></CdtrAcct></RltdPties><RltdAgts><CdtrAgt>"
            "<FinInstnId><BICFI>EXAMKENA</BICFI></FinInstnId></CdtrAgt></RltdAgts>")) END);
    has("\"counterparty\":{\"name\":\"they\",\"account\":\"KE1\",\"agent\":\"EXAMKENA\"}");
    read_all(BEGIN OPEN_1000 CLOSE("999.00") ENTRY(
        "1.00", "DBIT",
        "<RvslInd>true</RvslInd><Sts>BOOK</Sts>" DETAIL(
            "<RltdPties><Dbtr><Nm>they</Nm></Dbtr></RltdPties><RltdAgts><DbtrAgt><FinInstnId>"
            "<BIC>EXAMUGKA</BIC></FinInstnId></DbtrAgt></RltdAgts>")) END);
    has("\"counterparty\":{\"name\":\"they\",\"account\":null,\"agent\":\"EXAMUGKA\"}");
}

static void rule_44_states_of_an_entry(void **state)
{
    (void)state;
    read_all(BEGIN OPEN_1000 CLOSE("1000.00") ENTRY("1.00", "CRDT", "<Sts>PDNG</Sts>")
                 ENTRY("1.00", "CRDT", "<Sts><Prtry>ODD</Prtry></Sts>") END);
    has("\"status\":\"PDNG\"");
    has("\"status\":\"ODD\"");
    has("\"findings\":[]");
}

static void rule_45_the_root_decides(void **state)
{
    (void)state;
    read_all(DOCUMENT(
        NS "camt.053.001.08") "<BkToCstmrAcctRpt>" HEADER
                              "<Rpt>" ACCOUNT ENTRY("1.00", "CRDT",
                                                    "") "</Rpt></BkToCstmrAcctRpt></Document>");
    has("\"format\":\"camt.052\"");
    assert_string_equal(read_all(DOCUMENT(NS "pain.001.001.09") "<CstmrCdtTrfInitn/></Document>"),
                        "refused format_unknown");
    assert_string_equal(read_all(DOCUMENT(NS "camt.053.001.08") "<BkToCstmrStmt>" HEADER
                                                                "</BkToCstmrStmt></Document>"),
                        "refused undecodable");
}

static void rule_46_many_statements(void **state)
{
    (void)state;
    read_all(BEGIN OPEN_1000 CLOSE("1000.00") "</Stmt><Stmt><Id>S2</Id>" CLOSE("7.00") END);
    assert_int_equal(count_of("\n"), 2);
    has("\"statement_id\":\"S2\"");
    assert_int_equal(count_of("\"message_id\":\"M1\",\"statement_id\""), 2);
    has("\"code\":\"opening_computed\"");
}

static void rule_48_a_declared_encoding_may_lie(void **state)
{
    (void)state;
    read_all("<?xml version='1.0' encoding='ISO-8859-1'?><Document><BkToCstmrStmt><Stmt><Id>"
             "caf\xC3\xA9</Id>" CLOSE("1.00") END);
    has("\"statement_id\":\"caf\xC3\xA9\"");
    has_not("encoding_guessed");
    read_all("<?xml version='1.0' encoding='ISO-8859-15'?><Document><BkToCstmrStmt><Stmt><Id>"
             "caf\xE9 \xA4</Id>" CLOSE("1.00") END);
    has("\"statement_id\":\"caf\xC3\xA9 \xE2\x82\xAC\"");
    has_not("encoding_guessed");
    read_all("\xEF\xBB\xBF<?xml version='1.0' encoding='UTF-8'?><Document><BkToCstmrStmt><Stmt><Id>"
             "caf\xE9 \x80</Id>" CLOSE("1.00") END);
    has("\"statement_id\":\"caf\xC3\xA9 \xE2\x82\xAC\"");
    has("\"code\":\"encoding_guessed\"");
}

static void rule_48_utf16_with_a_mark(void **state)
{
    static const char plain[] = "<Document><BkToCstmrStmt><Stmt><Id>S</Id>" CLOSE("1.00") END;
    static char wide[2 * sizeof plain];
    size_t size = 0;

    (void)state;
    wide[size++] = (char)0xFF;
    wide[size++] = (char)0xFE;
    for (size_t i = 0; i < sizeof plain - 1; i++) {
        wide[size++] = plain[i];
        wide[size++] = 0;
    }
    read_cut((struct text){wide, size}, &statement_limits_default, "default", 0, 3);
    has("\"statement_id\":\"S\"");
}

static void rule_49_codes_are_optional(void **state)
{
    (void)state;
    read_all(BEGIN OPEN_1000 CLOSE("1002.00") ENTRY("1.00", "CRDT", "<BkTxCd/>")
                 ENTRY("1.00", "CRDT",
                       "<BkTxCd><Prtry><Cd>NMSC+051</Cd><Issr>X</Issr></Prtry></BkTxCd>") END);
    has("\"proprietary\":\"NMSC+051\",\"issuer\":\"X\"");
    has("\"findings\":[]");
}

static void rule_50_any_uetr_is_read(void **state)
{
    (void)state;
    read_all(BEGIN OPEN_1000 CLOSE("1001.00")
                 ENTRY("1.00", "CRDT",
                       DETAIL("<Refs><UETR>EB6305C9-1F7F-11DE-AED0-16487C27B42D"
                              "</UETR></Refs>")) END);
    has("\"uetr\":\"EB6305C9-1F7F-11DE-AED0-16487C27B42D\"");
}

static void rule_51_more_decimals(void **state)
{
    (void)state;
    read_all(BEGIN OPEN_1000 CLOSE("1001.00000") ENTRY("0.99900", "CRDT", "")
                 ENTRY("0.001", "CRDT", "") END);
    has("\"amount\":\"0.999\"");
    has("\"amount\":\"1001.00\"");
    assert_int_equal(count_of("\"code\":\"amount_scale\""), 2);
    has_not("balance_mismatch");
}

static void rule_52_accounts_and_balances(void **state)
{
    (void)state;
    read_all(BEGIN "<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"UGX\">1</Amt>"
                   "<CdtDbtInd>CRDT</CdtDbtInd></Bal>" CLOSE("1.00") END);
    has("\"account\":{\"id\":\"0011223344\",\"scheme\":null,\"currency\":\"KES\"");
    has("\"code\":\"currency_differs\"");
    has_not("balance_mismatch");
}

static void rule_53_returns_keep_their_parts(void **state)
{
    (void)state;
    read_all(BEGIN OPEN_1000 CLOSE("947.00") ENTRY(
        "53.00", "DBIT",
        "<RvslInd>true</RvslInd>" DETAIL(
            "<Amt Ccy=\"KES\">50.00</Amt><Chrgs><Amt Ccy=\"KES\">3.00</Amt></Chrgs>"
            "<RtrInf><Rsn><Cd>AC01</Cd></Rsn><AddtlInf>wrong account</AddtlInf></RtrInf>")) END);
    has("\"amount\":\"-53.00\"");
    has("\"charges\":[{\"amount\":\"-3.00\"");
    has("\"original\":{\"amount\":\"-50.00\",\"currency\":\"KES\",\"exchange_rate\":null}");
    has("\"return_reason\":{\"code\":\"AC01\",\"text\":\"wrong account\"}");
}

static void rule_54_doctype_and_depth(void **state)
{
    struct statement_limits limits = statement_limits_default;

    (void)state;
    assert_string_equal(read_all("<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><Document>"
                                 "<BkToCstmrStmt><Stmt><Id>&b;</Id></Stmt></BkToCstmrStmt>"
                                 "</Document>"),
                        "refused doctype");
    assert_string_equal(read_all("<Document><BkToCstmrStmt><Stmt><Id>&b;</Id></Stmt>"
                                 "</BkToCstmrStmt></Document>"),
                        "refused undecodable");
    limits.depth_max = 5;
    assert_string_equal(read_cut(text_of(BEGIN OPEN_1000 END), &limits, "default", 0, SIZE_MAX),
                        "refused limit_exceeded");
    limits = statement_limits_default;
    limits.attributes_max = 0;
    assert_string_equal(read_cut(text_of(BEGIN OPEN_1000 END), &limits, "default", 0, SIZE_MAX),
                        "refused limit_exceeded");
    limits = statement_limits_default;
    limits.element_size_max = 16;
    assert_string_equal(read_cut(text_of(BEGIN ENTRY("1", "CRDT",
                                                     "<AddtlNtryInf>long enough</AddtlNtryInf>")
                                             END),
                                 &limits, "default", 0, SIZE_MAX),
                        "refused limit_exceeded");
}

static void rule_54_payments_are_cut_off_one_by_one(void **state)
{
    struct statement_limits limits = statement_limits_default;

    (void)state;
    limits.elements_max = 8;
    read_cut(text_of(BEGIN ENTRY("1.00", "CRDT",
                                 "<NtryDtls><TxDtls><Refs><TxId>1</TxId></Refs></TxDtls><TxDtls>"
                                 "<Refs><TxId>2</TxId></Refs></TxDtls><TxDtls><Refs><TxId>3</TxId>"
                                 "</Refs></TxDtls></NtryDtls>") END),
             &limits, "default", 0, SIZE_MAX);
    has("\"transaction_id\":\"3\"");
}

static void control_totals_are_checked(void **state)
{
    (void)state;
    read_all(BEGIN OPEN_1000 CLOSE(
        "1001.00") "<TxsSummry><TtlCdtNtries><NbOfNtries>2</NbOfNtries><Sum>9.00</Sum></"
                   "TtlCdtNtries>"
                   "<TtlDbtNtries><NbOfNtries>0</NbOfNtries></TtlDbtNtries></TxsSummry>" ENTRY(
                       "1.00", "CRDT", "") END);
    assert_int_equal(count_of("\"code\":\"control_total_wrong\""), 2);
    has("\"totals\":{\"credit_count\":2,\"credit_amount\":\"9.00\",\"debit_count\":0,"
        "\"debit_amount\":null}");
}

static void a_cut_file_is_refused_whole(void **state)
{
    static const char bytes[] = BEGIN OPEN_1000 CLOSE("1001.00")
        ENTRY("1.00", "CRDT", "") "</Stmt><Stmt>" CLOSE("1.00") END;

    (void)state;
    for (size_t size = 1; size < sizeof bytes - 1; size++) {
        read_cut((struct text){bytes, size}, &statement_limits_default, "default", 0, SIZE_MAX);
        assert_true(strcmp(answer, "refused cut_short") == 0);
    }
}

static void every_cut_gives_the_same(void **state)
{
    (void)state;
    same_at_every_cut(
        BEGIN OPEN_1000 CLOSE("1030.00")
            ENTRY("30.00", "CRDT",
                  "<!-- note --><NtryDtls><TxDtls><Refs><EndToEndId>A&amp;B</EndToEndId></Refs>"
                  "<Amt Ccy='KES'>10.00</Amt></TxDtls><TxDtls><Amt Ccy=\"KES\">21.00</Amt>"
                  "<RmtInf><Ustrd><![CDATA[caf\xC3\xA9]]> and "
                  "\xE9</Ustrd></RmtInf></TxDtls></NtryDtls>") "</Stmt>\n<Stmt><Id>S2</"
                                                               "Id>\n" CLOSE("1.001") END);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rule_31_indicator_is_the_effective_direction),
        cmocka_unit_test(rule_32_batch_details_have_their_own_amounts),
        cmocka_unit_test(rule_32_a_single_detail_fills_the_entry),
        cmocka_unit_test(rule_33_charges_explain_details),
        cmocka_unit_test(rule_34_currencies_never_add_up),
        cmocka_unit_test(rule_35_details_are_children),
        cmocka_unit_test(rule_36_references_are_taken_as_they_are),
        cmocka_unit_test(rule_37_two_equal_payments_are_two),
        cmocka_unit_test(rule_38_opening_and_closing),
        cmocka_unit_test(rule_39_forward_valued),
        cmocka_unit_test(rule_40_no_balances_in_notifications),
        cmocka_unit_test(rule_41_dates_as_written),
        cmocka_unit_test(rule_42_created_from_the_header),
        cmocka_unit_test(rule_43_versions_and_wrappers),
        cmocka_unit_test(rule_43_each_name_in_each_place),
        cmocka_unit_test(rule_44_states_of_an_entry),
        cmocka_unit_test(rule_45_the_root_decides),
        cmocka_unit_test(rule_46_many_statements),
        cmocka_unit_test(rule_48_a_declared_encoding_may_lie),
        cmocka_unit_test(rule_48_utf16_with_a_mark),
        cmocka_unit_test(rule_49_codes_are_optional),
        cmocka_unit_test(rule_50_any_uetr_is_read),
        cmocka_unit_test(rule_51_more_decimals),
        cmocka_unit_test(rule_52_accounts_and_balances),
        cmocka_unit_test(rule_53_returns_keep_their_parts),
        cmocka_unit_test(rule_54_doctype_and_depth),
        cmocka_unit_test(rule_54_payments_are_cut_off_one_by_one),
        cmocka_unit_test(control_totals_are_checked),
        cmocka_unit_test(a_cut_file_is_refused_whole),
        cmocka_unit_test(every_cut_gives_the_same),
    };

    return cmocka_run_group_tests_name("camt", tests, NULL, NULL);
}
