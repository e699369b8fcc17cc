/*
 * camt_parts.c - see camt_parts.h. Numbers in brackets are rules of the statement formats.
 */
#include "codec/iso20022/camt_parts.h"

static struct statement *statement_of(struct camt *camt)
{
    return &camt->context->statement;
}

XML_FOLDED struct text at(const struct camt *camt, int32_t node, const char *path)
{
    return xml_text_at(&camt->tree, node, path);
}

/* The first of several paths that has text. */
static struct text first_of(const struct camt *camt, int32_t node, const char *const *paths)
{
    struct text text = {NULL, 0};

    for (; node != XML_NONE && *paths != NULL && text.size == 0; paths++)
        text = at(camt, node, *paths);
    return text;
}

#define FIRST_OF(camt, node, ...) first_of(camt, node, (const char *const[]){__VA_ARGS__, NULL})

static struct text keep(struct camt *camt, struct text text)
{
    return text.size == 0 ? (struct text){NULL, 0} : statement_copy(statement_of(camt), text);
}

static void keep_if_absent(struct camt *camt, struct text *place, struct text text)
{
    if (place->size == 0)
        *place = keep(camt, text);
}

static enum answer answer_of(struct text text)
{
    if (text_is(text, "true") || text_is(text, "1"))
        return ANSWER_YES;
    return text_is(text, "false") || text_is(text, "0") ? ANSWER_NO : ANSWER_NONE;
}

static int32_t small_number(struct text text)
{
    int64_t number;

    return text_to_int64(text, &number) && number > 0 && number <= INT32_MAX ? (int32_t)number : 0;
}

bool camt_header(struct camt *camt, int32_t node)
{
    struct camt_header *header = &camt->header;

    header->page = small_number(at(camt, node, "MsgPgntn/PgNb"));
    header->last_page = answer_of(at(camt, node, "MsgPgntn/LastPgInd"));
    return text_copy(at(camt, node, "MsgId"), header->message_id, sizeof header->message_id) &&
           text_copy(at(camt, node, "CreDtTm"), header->created, sizeof header->created);
}

/* The date as written; a zone never moves it (41). *ret_time: what stands behind the T. */
static calendar_date date_at(struct camt *camt, int32_t node, const char *path, int32_t position,
                             struct text *ret_time)
{
    int32_t found = xml_find(&camt->tree, node, path);
    struct text text = FIRST_OF(camt, found, "Dt", "DtTm");
    calendar_date date = DATE_NONE;

    *ret_time = (struct text){NULL, 0};
    if (text.size == 0)
        text = xml_text(&camt->tree, found);
    if (text.size == 0)
        return DATE_NONE;
    if (text.size < 10 || !date_parse((struct text){text.data, 10}, &date))
        statement_find(statement_of(camt), FINDING_DATE_IMPOSSIBLE, position,
                       camt->tree.nodes[found].line, "%s '%.*s'", path,
                       TEXT_ARG(text_first(text, 40)));
    else if (text.size > 11 && text.data[10] == 'T')
        *ret_time = (struct text){text.data + 11, text.size - 11};
    return date;
}

/* An amount without its sign; absent with a finding where it cannot be read (51). */
static struct statement_amount amount_of(struct camt *camt, int32_t node, int32_t position)
{
    struct statement *statement = statement_of(camt);
    struct text text = xml_text(&camt->tree, node);
    struct statement_amount amount = {0};
    currency which;
    bool excess = false;

    if (node == XML_NONE)
        return amount;
    if (!statement_currency_parse(xml_currency(&camt->tree, node), &which))
        which = statement->account.currency;
    if (!statement_amount_parse(text, '.', which, &amount, &excess)) {
        statement_find(statement, FINDING_AMOUNT_UNREADABLE, position, camt->tree.nodes[node].line,
                       "%s '%.*s'", camt->tree.nodes[node].name, TEXT_ARG(text_first(text, 40)));
        return (struct statement_amount){0};
    }
    if (excess)
        statement_find(statement, FINDING_AMOUNT_SCALE, position, camt->tree.nodes[node].line,
                       "%.*s has more decimals than its currency", (int)text.size, text.data);
    return amount;
}

/* False: there is no direction at path. */
static bool direction_at(const struct camt *camt, int32_t node, const char *path, bool *ret_credit)
{
    struct text text = at(camt, node, path);

    if (!text_is(text, "CRDT") && !text_is(text, "DBIT"))
        return false;
    *ret_credit = text_is(text, "CRDT");
    return true;
}

static struct text account_id(struct camt *camt, int32_t node)
{
    return FIRST_OF(camt, node, "Id/IBAN", "Id/Othr/Id", "Id/BBAN", "Id/PrtryAcct/Id", "Id/UPIC",
                    "Prxy/Id");
}

static struct text agent_id(struct camt *camt, int32_t node)
{
    return FIRST_OF(camt, node, "FinInstnId/BICFI", "FinInstnId/BIC", "FinInstnId/CmbndId/BIC",
                    "FinInstnId/ClrSysMmbId/MmbId", "FinInstnId/ClrSysMmbId/Id",
                    "FinInstnId/Othr/Id", "FinInstnId/Nm");
}

static void part_account(struct camt *camt, int32_t node)
{
    struct statement_account *account = &statement_of(camt)->account;

    account->id = keep(camt, account_id(camt, node));
    if (at(camt, node, "Id/IBAN").size > 0)
        account->scheme = keep(camt, TEXT("IBAN"));
    else
        account->scheme =
            keep(camt, FIRST_OF(camt, node, "Id/Othr/SchmeNm/Cd", "Id/Othr/SchmeNm/Prtry"));
    if (!statement_currency_parse(at(camt, node, "Ccy"), &account->currency))
        account->currency = CURRENCY_NONE;
    account->name = keep(camt, FIRST_OF(camt, node, "Nm", "Ownr/Nm", "Ownr/Pty/Nm"));
    account->servicer_bic =
        keep(camt, FIRST_OF(camt, node, "Svcr/FinInstnId/BICFI", "Svcr/FinInstnId/BIC",
                            "Svcr/FinInstnId/CmbndId/BIC"));
    account->owner_bic =
        keep(camt, FIRST_OF(camt, node, "Ownr/Id/OrgId/AnyBIC", "Ownr/Id/OrgId/BICOrBEI",
                            "Ownr/Id/OrgId/BEI", "Ownr/Pty/Id/OrgId/AnyBIC"));
}

static void demote(struct camt *camt, struct statement_balance *balance)
{
    statement_add_balance(statement_of(camt), &statement_of(camt)->others, balance);
}

static bool is_available(struct text type)
{
    return text_is(type, "CLAV") || text_is(type, "OPAV") || text_is(type, "ITAV") ||
           text_is(type, "FWAV");
}

/* Opening is OPBD, else PRCD; closing is CLBD; a second of a kind is kept as another (38). */
static void place_balance(struct camt *camt, struct statement_balance *balance)
{
    struct statement *statement = statement_of(camt);
    bool opens = text_is(balance->type, "OPBD") || text_is(balance->type, "PRCD");

    if (opens && statement->has_opening && text_is(statement->opening.type, "PRCD") &&
        text_is(balance->type, "OPBD")) {
        demote(camt, &statement->opening);
        statement->opening = *balance;
    } else if (opens && !statement->has_opening) {
        statement->opening = *balance;
        statement->has_opening = true;
    } else if (text_is(balance->type, "CLBD") && !statement->has_closing) {
        statement->closing = *balance;
        statement->has_closing = true;
    } else if (is_available(balance->type)) {
        statement_add_balance(statement, &statement->available, balance);
    } else {
        demote(camt, balance);
    }
}

static void part_balance(struct camt *camt, int32_t node)
{
    struct statement *statement = statement_of(camt);
    struct statement_balance balance = {0};
    struct text time;
    bool credit = false;

    balance.type = keep(camt, FIRST_OF(camt, node, "Tp/CdOrPrtry/Cd", "Tp/CdOrPrtry/Prtry", "Tp/Cd",
                                       "Tp/Prtry"));
    balance.subtype = keep(camt, FIRST_OF(camt, node, "Tp/SubTp/Cd", "Tp/SubTp/Prtry"));
    balance.date = date_at(camt, node, "Dt", 0, &time);
    balance.amount = amount_of(camt, xml_find(&camt->tree, node, "Amt"), 0);
    if (balance.amount.present && !direction_at(camt, node, "CdtDbtInd", &credit)) {
        statement_find(statement, FINDING_AMOUNT_UNREADABLE, 0, camt->tree.nodes[node].line,
                       "a balance without CdtDbtInd");
        balance.amount = (struct statement_amount){0};
    }
    if (!balance.amount.present)
        return;
    if (!credit)
        balance.amount.minor = -balance.amount.minor;
    place_balance(camt, &balance);
}

static currency sum_currency(const struct statement *statement)
{
    if (statement->closing.amount.present)
        return statement->closing.amount.currency;
    if (statement->opening.amount.present)
        return statement->opening.amount.currency;
    return statement->account.currency;
}

static void read_total(struct camt *camt, int32_t node, bool *ret_has_count, int64_t *ret_count,
                       struct statement_amount *ret_amount)
{
    bool excess;

    *ret_has_count = text_to_int64(at(camt, node, "NbOfNtries"), ret_count);
    if (!statement_amount_parse(at(camt, node, "Sum"), '.', sum_currency(statement_of(camt)),
                                ret_amount, &excess))
        *ret_amount = (struct statement_amount){0};
}

static void part_totals(struct camt *camt, int32_t node)
{
    struct statement_totals *totals = &statement_of(camt)->totals;
    int32_t credit = xml_find(&camt->tree, node, "TtlCdtNtries");
    int32_t debit = xml_find(&camt->tree, node, "TtlDbtNtries");

    totals->present = credit != XML_NONE || debit != XML_NONE;
    read_total(camt, credit, &totals->has_credit_count, &totals->credit_count,
               &totals->credit_amount);
    read_total(camt, debit, &totals->has_debit_count, &totals->debit_count, &totals->debit_amount);
}

static void part_id(struct camt *camt, int32_t node)
{
    assert(node != XML_NONE);
    statement_of(camt)->statement_id = keep(camt, xml_text(&camt->tree, node));
}

static void part_sequence(struct camt *camt, int32_t node)
{
    statement_of(camt)->sequence_number = keep(camt, xml_text(&camt->tree, node));
}

static void part_created(struct camt *camt, int32_t node)
{
    statement_of(camt)->created = keep(camt, xml_text(&camt->tree, node));
}

static void part_pages(struct camt *camt, int32_t node)
{
    statement_of(camt)->page = small_number(at(camt, node, "PgNb"));
    statement_of(camt)->last_page = answer_of(at(camt, node, "LastPgInd"));
}

static void part_period(struct camt *camt, int32_t node)
{
    struct text time;

    statement_of(camt)->from = date_at(camt, node, "FrDtTm", 0, &time);
    if (statement_of(camt)->from == DATE_NONE)
        statement_of(camt)->from = date_at(camt, node, "FrDt", 0, &time);
    statement_of(camt)->to = date_at(camt, node, "ToDtTm", 0, &time);
    if (statement_of(camt)->to == DATE_NONE)
        statement_of(camt)->to = date_at(camt, node, "ToDt", 0, &time);
}

static void part_information(struct camt *camt, int32_t node)
{
    statement_inform(camt->context, xml_text(&camt->tree, node));
}

void camt_part(struct camt *camt, int32_t node)
{
    static const struct {
        const char *name;
        void (*read)(struct camt *camt, int32_t node);
    } parts[] = {
        {"Id", part_id},
        {"StmtPgntn", part_pages},
        {"RptPgntn", part_pages},
        {"NtfctnPgntn", part_pages},
        {"ElctrncSeqNb", part_sequence},
        {"CreDtTm", part_created},
        {"FrToDt", part_period},
        {"Acct", part_account},
        {"Bal", part_balance},
        {"TxsSummry", part_totals},
        {"AddtlStmtInf", part_information},
        {"AddtlRptInf", part_information},
        {"AddtlNtfctnInf", part_information},
    };

    for (size_t i = 0; i < COUNT_OF(parts); i++)
        if (strcmp(camt->tree.nodes[node].name, parts[i].name) == 0)
            parts[i].read(camt, node);
}

static void read_code(struct camt *camt, int32_t node, struct statement_code *code)
{
    int32_t both = xml_find(&camt->tree, node, "BkTxCd");
    int32_t domain = xml_find(&camt->tree, both, "Domn");
    int32_t family = xml_find(&camt->tree, domain, "Fmly");
    int32_t proprietary = xml_find(&camt->tree, both, "Prtry");

    code->domain = keep(camt, at(camt, domain, "Cd"));
    code->family = keep(camt, at(camt, family, "Cd"));
    code->subfamily = keep(camt, at(camt, family, "SubFmlyCd"));
    code->proprietary = keep(camt, at(camt, proprietary, "Cd"));
    code->issuer = keep(camt, at(camt, proprietary, "Issr"));
}

static void read_references(struct camt *camt, int32_t node,
                            struct statement_references *references)
{
    references->message_id = keep(camt, at(camt, node, "MsgId"));
    references->servicer_reference = keep(camt, at(camt, node, "AcctSvcrRef"));
    references->payment_information_id = keep(camt, at(camt, node, "PmtInfId"));
    references->instruction_id = keep(camt, at(camt, node, "InstrId"));
    references->end_to_end_id = keep(camt, at(camt, node, "EndToEndId"));
    references->transaction_id = keep(camt, at(camt, node, "TxId"));
    references->uetr = keep(camt, at(camt, node, "UETR"));
    references->mandate_id = keep(camt, at(camt, node, "MndtId"));
    references->clearing_reference = keep(camt, at(camt, node, "ClrSysRef"));
}

/* The debtor of a credit, the creditor of a debit, exchanged when it is a reversal. */
static void read_counterparty(struct camt *camt, int32_t node, bool debtor,
                              struct statement_party *party)
{
    int32_t parties = xml_find(&camt->tree, node, "RltdPties");
    int32_t agents = xml_find(&camt->tree, node, "RltdAgts");
    int32_t side = xml_find(&camt->tree, parties, debtor ? "Dbtr" : "Cdtr");

    party->name = keep(camt, FIRST_OF(camt, side, "Nm", "Pty/Nm", "Agt/FinInstnId/Nm"));
    party->account =
        keep(camt,
             account_id(camt, xml_find(&camt->tree, parties, debtor ? "DbtrAcct" : "CdtrAcct")));
    party->agent =
        keep(camt, agent_id(camt, xml_find(&camt->tree, agents, debtor ? "DbtrAgt" : "CdtrAgt")));
}

static void read_structured(struct camt *camt, int32_t node, struct statement_facts *facts)
{
    struct statement_remittance *structured = statement_add_structured(statement_of(camt), facts);

    if (structured == NULL)
        return;
    structured->type =
        keep(camt,
             FIRST_OF(camt, node, "CdtrRefInf/Tp/CdOrPrtry/Cd", "CdtrRefInf/Tp/CdOrPrtry/Prtry",
                      "CdtrRefInf/CdtrRefTp/Cd", "RfrdDocInf/Tp/CdOrPrtry/Cd",
                      "RfrdDocInf/Tp/CdOrPrtry/Prtry", "RfrdDocInf/RfrdDocTp/Cd"));
    structured->reference = keep(camt, FIRST_OF(camt, node, "CdtrRefInf/Ref", "CdtrRefInf/CdtrRef",
                                                "RfrdDocInf/Nb", "RfrdDocInf/RfrdDocNb"));
    structured->text = keep(camt, at(camt, node, "AddtlRmtInf"));
}

static void read_remittance(struct camt *camt, int32_t node, struct statement_facts *facts)
{
    int32_t remittance = xml_find(&camt->tree, node, "RmtInf");

    for (int32_t line = xml_find(&camt->tree, remittance, "Ustrd"); line != XML_NONE;
         line = xml_next(&camt->tree, line))
        statement_add_text(statement_of(camt), facts, xml_text(&camt->tree, line));
    for (int32_t item = xml_find(&camt->tree, remittance, "Strd"); item != XML_NONE;
         item = xml_next(&camt->tree, item))
        read_structured(camt, item, facts);
}

/* A charge is money out unless it says CRDT. */
static void read_charge(struct camt *camt, int32_t node, const char *amount_path,
                        struct statement_facts *facts, int32_t position)
{
    int32_t amount = xml_find(&camt->tree, node, amount_path);
    struct statement_charge *charge;
    bool credit = false;

    if (amount == XML_NONE)
        return;
    charge = statement_add_charge(statement_of(camt), facts);
    if (charge == NULL)
        return;
    charge->amount = amount_of(camt, amount, position);
    if (!direction_at(camt, node, "CdtDbtInd", &credit) || !credit)
        charge->amount.minor = -charge->amount.minor;
    charge->included = answer_of(at(camt, node, "ChrgInclInd"));
    charge->type = keep(camt, FIRST_OF(camt, node, "Tp/Cd", "Tp/Prtry/Id", "Tp/Prtry"));
}

/* Records from version 3 on, Chrgs itself repeated before; a total stands for missing parts. */
static void read_charges(struct camt *camt, int32_t node, struct statement_facts *facts,
                         int32_t position)
{
    for (int32_t charges = xml_find(&camt->tree, node, "Chrgs"); charges != XML_NONE;
         charges = xml_next(&camt->tree, charges)) {
        int32_t record = xml_find(&camt->tree, charges, "Rcrd");

        if (record == XML_NONE && xml_find(&camt->tree, charges, "Amt") != XML_NONE)
            read_charge(camt, charges, "Amt", facts, position);
        else if (record == XML_NONE)
            read_charge(camt, charges, "TtlChrgsAndTaxAmt", facts, position);
        for (; record != XML_NONE; record = xml_next(&camt->tree, record))
            read_charge(camt, record, "Amt", facts, position);
    }
}

/* What was instructed, where it is not simply the amount itself. */
static void read_original(struct camt *camt, int32_t node, const struct statement_amount *amount,
                          struct statement_facts *facts, int32_t position)
{
    int32_t details = xml_find(&camt->tree, node, "AmtDtls");
    struct statement_amount original =
        amount_of(camt, xml_find(&camt->tree, details, "InstdAmt/Amt"), position);

    facts->exchange_rate =
        keep(camt, FIRST_OF(camt, details, "InstdAmt/CcyXchg/XchgRate", "TxAmt/CcyXchg/XchgRate",
                            "CntrValAmt/CcyXchg/XchgRate", "AnncdPstngAmt/CcyXchg/XchgRate"));
    if (!original.present)
        return;
    if (amount->present && original.currency == amount->currency &&
        statement_amount_exact(&original) ==
            (amount->minor < 0 ? -statement_amount_exact(amount) : statement_amount_exact(amount)))
        return;
    if (!camt->credit)
        original.minor = -original.minor;
    facts->original = original;
}

/* All siblings of one name as lines. */
static struct text lines_at(struct camt *camt, int32_t node, const char *name)
{
    struct buffer lines;
    struct text kept;

    buffer_init(&lines, camt->context->limits->element_size_max);
    for (int32_t line = xml_find(&camt->tree, node, name); line != XML_NONE;
         line = xml_next(&camt->tree, line)) {
        if (lines.size > 0)
            buffer_byte(&lines, '\n');
        buffer_text(&lines, xml_text(&camt->tree, line));
    }
    kept = keep(camt, buffer_view(&lines));
    buffer_done(&lines);
    return kept;
}

static void read_return(struct camt *camt, int32_t node, struct statement_facts *facts)
{
    int32_t information = xml_find(&camt->tree, node, "RtrInf");

    facts->return_code =
        keep(camt, FIRST_OF(camt, information, "Rsn/Cd", "Rsn/Prtry", "RtrRsn/Cd", "RtrRsn/Prtry"));
    facts->return_text = lines_at(camt, information, "AddtlInf");
}

/* What Ntry and TxDtls have in common, except references and information. */
static void read_facts(struct camt *camt, int32_t node, const struct statement_amount *amount,
                       struct statement_facts *facts)
{
    bool debtor = camt->credit != camt->entry->reversal;

    read_code(camt, node, &facts->code);
    read_counterparty(camt, node, debtor, &facts->counterparty);
    read_remittance(camt, node, facts);
    read_charges(camt, node, facts, camt->entry->position);
    read_original(camt, node, amount, facts, camt->entry->position);
    read_return(camt, node, facts);
}

static void read_status(struct camt *camt, int32_t node, struct statement_entry *entry)
{
    struct text text = FIRST_OF(camt, node, "Sts", "Sts/Cd", "Sts/Prtry");

    if (text.size == 0)
        return; /* BOOK, as most banks leave it out */
    for (enum entry_status status = STATUS_BOOK; status <= STATUS_FUTR; status++)
        if (text_is(text, entry_status_name(status))) {
            entry->status = status;
            return;
        }
    entry->status = STATUS_OTHER;
    entry->status_text = keep(camt, text);
}

/* CdtDbtInd is the effective direction; RvslInd turns it only where a profile says so (31). */
static void read_direction(struct camt *camt, int32_t node, struct statement_entry *entry)
{
    if (!direction_at(camt, node, "CdtDbtInd", &camt->credit) && entry->amount.present) {
        statement_find(statement_of(camt), FINDING_AMOUNT_UNREADABLE, entry->position, entry->line,
                       "an entry without CdtDbtInd");
        entry->amount = (struct statement_amount){0};
    }
    entry->reversal = answer_of(at(camt, node, "RvslInd")) == ANSWER_YES;
    if (entry->reversal && camt->context->profile->reversal_flips_sign)
        camt->credit = !camt->credit;
    if (!camt->credit)
        entry->amount.minor = -entry->amount.minor;
}

void camt_entry_begin(struct camt *camt, int32_t node)
{
    struct statement *statement = statement_of(camt);
    struct statement_entry *entry = statement_add_entry(statement);

    assert(camt->entry == NULL);
    assert(node != XML_NONE);
    camt->entry = entry;
    if (entry == NULL)
        return;
    entry->line = camt->tree.nodes[node].line;
    entry->amount = amount_of(camt, xml_find(&camt->tree, node, "Amt"), entry->position);
    if (xml_find(&camt->tree, node, "Amt") == XML_NONE)
        statement_find(statement, FINDING_AMOUNT_UNREADABLE, entry->position, entry->line,
                       "an entry without Amt");
    read_direction(camt, node, entry);
}

/* Its own amount, or the one in AmtDtls; never the entry's total (32). */
static struct statement_amount detail_amount(struct camt *camt, int32_t node)
{
    static const char *const paths[] = {"Amt", "AmtDtls/TxAmt/Amt"};
    struct statement_amount amount = {0};
    bool credit = camt->credit;

    for (size_t i = 0; i < COUNT_OF(paths) && !amount.present; i++)
        amount = amount_of(camt, xml_find(&camt->tree, node, paths[i]), camt->entry->position);
    direction_at(camt, node, "CdtDbtInd", &credit);
    if (!credit)
        amount.minor = -amount.minor;
    return amount;
}

void camt_detail(struct camt *camt, int32_t node)
{
    struct statement *statement = statement_of(camt);
    struct statement_detail *detail;

    if (camt->entry == NULL)
        return;
    detail = statement_add_detail(statement, camt->entry);
    if (detail == NULL)
        return;
    detail->amount = detail_amount(camt, node);
    read_facts(camt, node, &detail->amount, &detail->facts);
    read_references(camt, xml_find(&camt->tree, node, "Refs"), &detail->facts.references);
    detail->facts.information = keep(camt, at(camt, node, "AddtlTxInf"));
}

static void fill_code(struct statement_code *code, const struct statement_code *from)
{
    if (code->domain.size == 0 && code->proprietary.size == 0)
        *code = *from;
}

static void fill(struct text *place, struct text from)
{
    if (place->size == 0)
        *place = from;
}

static void fill_references(struct statement_references *references,
                            const struct statement_references *from)
{
    fill(&references->servicer_reference, from->servicer_reference);
    fill(&references->customer_reference, from->customer_reference);
    fill(&references->entry_reference, from->entry_reference);
    fill(&references->message_id, from->message_id);
    fill(&references->payment_information_id, from->payment_information_id);
    fill(&references->instruction_id, from->instruction_id);
    fill(&references->end_to_end_id, from->end_to_end_id);
    fill(&references->transaction_id, from->transaction_id);
    fill(&references->uetr, from->uetr);
    fill(&references->mandate_id, from->mandate_id);
    fill(&references->clearing_reference, from->clearing_reference);
}

static void fill_facts(struct statement_facts *facts, const struct statement_facts *from)
{
    fill_code(&facts->code, &from->code);
    fill_references(&facts->references, &from->references);
    fill(&facts->counterparty.name, from->counterparty.name);
    fill(&facts->counterparty.account, from->counterparty.account);
    fill(&facts->counterparty.agent, from->counterparty.agent);
    facts->unstructured = facts->unstructured != NULL ? facts->unstructured : from->unstructured;
    facts->structured = facts->structured != NULL ? facts->structured : from->structured;
    facts->charges = facts->charges != NULL ? facts->charges : from->charges; /* once (33) */
    if (!facts->original.present)
        facts->original = from->original;
    fill(&facts->exchange_rate, from->exchange_rate);
    fill(&facts->return_code, from->return_code);
    fill(&facts->return_text, from->return_text);
    fill(&facts->information, from->information);
}

/* A detail that says another amount than its entry keeps it: as the original. */
static void fill_from_only_detail(struct statement_entry *entry)
{
    struct statement_detail *detail = entry->details;

    assert(entry->detail_count == 1);
    assert(detail->next == NULL);
    fill_facts(&entry->facts, &detail->facts);
    if (!entry->facts.original.present && detail->amount.present && entry->amount.present &&
        (detail->amount.currency != entry->amount.currency ||
         (statement_amount_exact(&detail->amount) != statement_amount_exact(&entry->amount) &&
          statement_amount_exact(&detail->amount) != -statement_amount_exact(&entry->amount))))
        entry->facts.original = detail->amount;
    entry->details = NULL;
    entry->last_detail = NULL;
    entry->detail_count = 0;
}

void camt_entry_end(struct camt *camt, int32_t node)
{
    struct statement_entry *entry = camt->entry;
    struct statement_references *references;
    struct text time;

    if (entry == NULL)
        return;
    references = &entry->facts.references;
    entry->booking_date = date_at(camt, node, "BookgDt", entry->position, &time);
    entry->booking_time = keep(camt, time);
    entry->value_date = date_at(camt, node, "ValDt", entry->position, &time);
    read_status(camt, node, entry);
    read_facts(camt, node, &entry->amount, &entry->facts);
    references->servicer_reference = keep(camt, at(camt, node, "AcctSvcrRef"));
    references->entry_reference = keep(camt, at(camt, node, "NtryRef"));
    keep_if_absent(camt, &references->message_id, at(camt, node, "NtryDtls/Btch/MsgId"));
    keep_if_absent(camt, &references->payment_information_id,
                   at(camt, node, "NtryDtls/Btch/PmtInfId"));
    entry->facts.information = keep(camt, at(camt, node, "AddtlNtryInf"));
    if (entry->detail_count == 1)
        fill_from_only_detail(entry);
    camt->entry = NULL;
}

static struct statement_balance *take_balance(struct statement_balance **list,
                                              struct statement_balance *balance)
{
    while (*list != balance)
        list = &(*list)->next;
    *list = balance->next;
    return balance;
}

/* The earlier and the later interim balance of an intraday report (38). */
static void choose_interim(struct statement *statement)
{
    struct statement_balance *first = NULL;
    struct statement_balance *last = NULL;

    for (struct statement_balance *balance = statement->others; balance != NULL;
         balance = balance->next) {
        if (!text_is(balance->type, "ITBD"))
            continue;
        if (first == NULL || balance->date < first->date)
            first = balance;
        if (last == NULL || balance->date >= last->date)
            last = balance;
    }
    if (first == NULL || first == last)
        return;
    statement->opening = *take_balance(&statement->others, first);
    statement->closing = *take_balance(&statement->others, last);
    statement->has_opening = true;
    statement->has_closing = true;
}

void camt_finish(struct camt *camt)
{
    struct statement *statement = statement_of(camt);

    assert(camt->entry == NULL);
    assert(camt->format != FORMAT_UNKNOWN);
    statement->format = camt->format;
    statement->version = keep(camt, text_of(camt->format_version));
    statement->message_id = keep(camt, text_of(camt->header.message_id));
    keep_if_absent(camt, &statement->created, text_of(camt->header.created)); /* (42) */
    if (statement->page == 0 && statement->last_page == ANSWER_NONE) {
        statement->page = camt->header.page;
        statement->last_page = camt->header.last_page;
    }
    if (!statement->has_opening && !statement->has_closing)
        choose_interim(statement);
    if (!camt->version_known)
        statement_find(statement, FINDING_VERSION_UNKNOWN, 0, 0,
                       "the namespace names no version of ISO 20022 that is known");
}
